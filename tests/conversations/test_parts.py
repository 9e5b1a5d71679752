import base64
import struct
from datetime import datetime

import pytest
from mails import a_mail

from ansvar.conversations.parsing import read_mail
from ansvar.conversations.parsing.charsets import text_of
from ansvar.conversations.parsing.flowed import joined_lines
from ansvar.conversations.parsing.marks import Mark

HEAD = "From: a@b.test\nSubject: x\n"


def a_file(fields: str, content: bytes = b"abc") -> bytes:
    body = base64.encodebytes(content).decode()
    return f"{HEAD}Content-Transfer-Encoding: base64\n{fields}\n\n{body}".encode("latin-1")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('Content-Disposition: attachment; filename="Two  blanks.pdf"', "Two  blanks.pdf"),
        ("Content-Disposition: attachment; filename=no quotes.pdf; size=3", "no quotes.pdf"),
        ("Content-Disposition: attachment; filename*=utf-8''%C3%A4%20b.txt", "ä b.txt"),
        ("Content-Disposition: attachment; filename*=koi8-r'ru'%C0.txt", "ю.txt"),
        ("Content-Disposition: attachment; filename*=plain.txt", "plain.txt"),
        (
            "Content-Type: a/b; name*1*=%A4.t; name*0*=utf-8''%C3; name*2=xt",
            "ä.txt",
        ),
        ('Content-Disposition: attachment; filename="=?utf-8?Q?=C3=A4=2Etxt?="', "ä.txt"),
        ('Content-Type: a/b; name="=?utf-8?B?w6Q=?=\n =?utf-8?B?LnR4dA==?="', "ä.txt"),
        ('Content-Type: a/b; name="\xe4.txt"', "ä.txt"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', "etc_passwd"),
        ('Content-Disposition: attachment; filename="=?utf-8?b??="\nContent-Type: image/jpeg',
         "image.jpg"),
        ("Content-Type: image/png\nContent-ID: <logo.png@1>", "logo.png"),
        ("Content-Type: application/pdf\nContent-Description: The bill", "The bill.pdf"),
    ],
)  # fmt: skip
def test_files_have_the_names_that_were_meant(fields: str, name: str):
    assert [file.name for file in read_mail(a_file(fields)).files] == [name]


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("base64", "\nYW\n\nJj\n\n", b"abc"),
        ("base64", "YWI=\nYw==", b"abc"),
        ("base64", "YW Jj!", b"abc"),
        ("BASE64 ", "YWJj", b"abc"),
        ("quoted-printable;", "a=62=\t \nc  \n", b"abc\n"),
        ("7-bit", "abc", b"abc"),
        ("x-uuencode", "begin 644 f\n#86)C\n`\nend\n", b"abc"),
    ],
)
def test_transfer_encodings_are_undone_however_they_are_broken(
    encoding: str, body: str, content: bytes
):
    head = f"{HEAD}Content-Type: application/x; name=f\nContent-Transfer-Encoding: {encoding}\n\n"
    assert read_mail((head + body).encode()).files[0].content == content


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-2022-jp", "日本語"), ("gb18030", "中文字符"), ("gb2312", "中文"),
        ("koi8-r", "Принтер"),
        ("windows-1251", "Привет"), ("windows-1250", "Zażółć gęślą"), ("utf-7", "Grüße"),
        ("shift_jis", "日本語"), ("big5", "中文"), ("euc-kr", "한국어"), ("iso-8859-15", "5 €"),
        ("utf-16", "Hej åäö"), ("us-ascii", "Hej"), ("unknown-8bit", "Hej åäö"),
    ],
)  # fmt: skip
def test_charsets_are_read(charset: str, text: str):
    codec = "utf-8" if charset == "unknown-8bit" else charset
    assert text_of(text.encode(codec), charset) == text


@pytest.mark.parametrize(
    "text",
    [
        "Räksmörgås på Åland, återställ lösenordet", "Ёлка, съешь ещё этих мягких булок",
        "Zażółć gęślą jaźń", "👍🏽 klart 🎉", 'if (a != b) { s = "Ã"; } // §1 – «ok»',
        "Ça coûte 5 € à l’été", "naïve façade × ÷", "ÄÖÜ ßẞ ²³ °C ½", "Ελληνικά", "עברית",
    ],
)  # fmt: skip
def test_right_text_is_never_mended(text: str):
    assert text_of(text.encode(), "utf-8") == text


@pytest.mark.parametrize("text", ["Ã¥tgÃ¤rd pÃ¥ skrivaren", "fÃ¼r MÃ¼ller"])
def test_text_that_was_read_wrongly_before_is_mended(text: str):
    assert text_of(text.encode(), "utf-8") == text.encode("latin-1").decode()


@pytest.mark.parametrize(
    ("text", "delete_space", "joined"),
    [
        ("One \ntwo\nthree", False, "One two\nthree"),
        ("Super \ncali", True, "Supercali"),
        ("Hi\n-- \nBo ", False, "Hi\n-- \nBo "),
        ("> a \n> b\n>> c \nd", False, "> a b\n>> c \nd"),
        (" From here", False, "From here"),
    ],
)
def test_lines_broken_for_the_way_are_joined(text: str, *, delete_space: bool, joined: str):
    assert joined_lines(text, delete_space=delete_space) == joined


@pytest.mark.parametrize(
    ("field", "shown", "addresses"),
    [
        ("Anna <A@b.test>", ("Anna <A@b.test>",), ["a@b.test"]),
        ("a@b.test (Anna)", ("a@b.test (Anna)",), ["a@b.test"]),
        ("Berg, Anna <a@b.test>, c@d.test", ('"Berg, Anna" <a@b.test>', "c@d.test"),
         ["a@b.test", "c@d.test"]),
        ("undisclosed-recipients:;", (), []),
        ("Team: a@b.test, c@d.test;, e@f.test", ("a@b.test", "c@d.test", "e@f.test"),
         ["a@b.test", "c@d.test", "e@f.test"]),
        ("a@b.test; c@d.test", ("a@b.test", "c@d.test"), ["a@b.test", "c@d.test"]),
        ("MAILER-DAEMON (System)", ("MAILER-DAEMON (System)",), []),
        ("<a@b.test, <c@d.test>", ("a@b.test", "c@d.test"), ["a@b.test", "c@d.test"]),
        ("Jörg <jörg@exämple.test>", ('"Jörg" <jörg@exämple.test>',), ["jörg@exämple.test"]),
    ],
)  # fmt: skip
def test_addresses_are_shown_as_written_and_read_as_meant(
    field: str, shown: tuple[str, ...], addresses: list[str]
):
    mail = read_mail(f"From: x@y.test\nTo: {field}\n\nHi".encode())
    assert mail.shown_to == shown
    assert [one.address for one in mail.to] == addresses


def a_tnef(text: bytes, name: bytes, content: bytes) -> bytes:
    def attribute(level: int, number: int, data: bytes) -> bytes:
        return struct.pack("<BHHI", level, number, 0, len(data)) + data + b"\0\0"

    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(
        [
            attribute(1, 0x9007, struct.pack("<II", 1252, 0)),
            attribute(1, 0x800C, text),
            attribute(2, 0x9002, b"\0" * 14),
            attribute(2, 0x8010, name + b"\0"),
            attribute(2, 0x800F, content),
        ]
    )


def test_a_winmail_dat_is_unpacked_and_kept():
    packed = a_tnef("Hej på dig".encode("cp1252"), b"plan.txt", b"abc")
    mail = read_mail(a_file('Content-Type: application/ms-tnef; name="winmail.dat"', packed))
    assert mail.text == "Hej på dig"
    assert [(file.name, file.content) for file in mail.files] == [
        ("winmail.dat", packed),
        ("plan.txt", b"abc"),
    ]
    assert mail.marks == (Mark.TNEF,)
    broken = read_mail(a_file("Content-Type: application/ms-tnef", packed[:-4]))
    assert broken.marks == (Mark.BROKEN_TNEF,)


def test_an_invitation_is_read_with_its_zone_and_kept_as_a_file():
    calendar = (
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nSUMMARY:Fika\nLOCATION:Köket\n"
        "ORGANIZER;CN=Bo:mailto:Bo@x.test\nDTSTART;TZID=Europe/Stockholm:20250203T100000\n"
        "DURATION:PT30M\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    mail = read_mail(a_mail(files=(("invite.ics", "text/calendar", calendar.encode()),)))
    entry = mail.invitation
    assert entry is not None
    assert (entry.method, entry.summary, entry.place) == ("REQUEST", "Fika", "Köket")
    assert (entry.organiser, entry.zone) == ("bo@x.test", "Europe/Stockholm")
    assert isinstance(entry.start, datetime)
    assert isinstance(entry.end, datetime)
    assert (entry.start.isoformat(), entry.end.minute) == ("2025-02-03T10:00:00+01:00", 30)
    assert [file.name for file in mail.files] == ["invite.ics"]
    assert mail.marks == (Mark.INVITATION,)


def der(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


def test_a_mail_signed_as_a_whole_is_read():
    inside = b"Content-Type: text/plain\r\n\r\nHi there"
    kind = bytes.fromhex("06092a864886f70d010702")
    data = bytes.fromhex("06092a864886f70d010701")
    encapsulated = der(0x30, data + der(0xA0, der(0x04, inside)))
    signed = der(0x30, b"\x02\x01\x01" + der(0x31, b"") + encapsulated)
    raw = der(0x30, kind + der(0xA0, signed))
    mail = read_mail(a_file("Content-Type: application/pkcs7-mime; name=smime.p7m", raw))
    assert (mail.text, mail.marks) == ("Hi there", (Mark.SIGNED_SMIME,))


@pytest.mark.parametrize(
    ("head", "body", "mark"),
    [
        ("multipart/signed; boundary=x",
         "--x\n\nHi\n--x\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nab\n--x--",
         Mark.SIGNED_SMIME),
        ("multipart/signed; boundary=x",
         "--x\n\nHi\n--x\nContent-Type: application/pgp-signature\n\nab\n--x--", Mark.SIGNED_PGP),
        ("text/plain",
         ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHi\n-----BEGIN PGP SIGNATURE-----\n"
         "\nab\n-----END PGP SIGNATURE-----\n"), Mark.SIGNED_PGP),
    ],
)  # fmt: skip
def test_a_signature_is_no_part_of_what_is_read(head: str, body: str, mark: Mark):
    mail = read_mail(f"{HEAD}Content-Type: {head}\n\n{body}".encode())
    assert (mail.text, mail.marks) == ("Hi", (mark,))
    assert all(file.is_signature for file in mail.files)


@pytest.mark.parametrize(
    ("head", "body", "mark"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data", "abc", Mark.ENCRYPTED_SMIME),
        ("multipart/encrypted; boundary=x",
         ("--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--x\n"
         "Content-Type: application/octet-stream; name=encrypted.asc\n\nab\n--x--"),
         Mark.ENCRYPTED_PGP),
        ("text/plain", "-----BEGIN PGP MESSAGE-----\n\nab\n-----END PGP MESSAGE-----\n",
         Mark.ENCRYPTED_PGP),
    ],
)  # fmt: skip
def test_an_encrypted_mail_says_so_and_is_not_taken_for_an_empty_one(
    head: str, body: str, mark: Mark
):
    mail = read_mail(f"From: a@b.test\nContent-Type: {head}\n\n{body}".encode())
    assert mail.marks == (mark,)
    assert mail.is_encrypted
    assert not mail.says_nothing
    assert mark.sentence.startswith("The mail is encrypted")


@pytest.mark.parametrize(
    "lines",
    [
        "begin 644 f.txt\n#86)C\n`\nend\n",
        "=ybegin line=128 size=3 name=f.txt\n\x8b\x8c\x8d\n=yend\n",
    ],
)
def test_files_between_the_lines_are_taken_out(lines: str):
    mail = read_mail(f"{HEAD}\nHi\n{lines}Bye".encode("latin-1"))
    assert [(file.name, file.content) for file in mail.files] == [("f.txt", b"abc")]
    assert mail.text.split() == ["Hi", "Bye"]
    assert Mark.INLINE_FILES in mail.marks


@pytest.mark.parametrize(
    "body",
    [
        "--x\n\nHi\n--x\nContent-Type: a/b; name=f\n\nabc",
        (
            "--x\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nHi\n--x--\n"
            "--x\nContent-Type: a/b; name=f\n\nabc\n--x--"
        ),
        "--y\nContent-Type: text/plain\n\nHi\n--y\nContent-Type: a/b; name=f\n\nabc\n--y--",
    ],
)
def test_parts_are_told_apart_although_boundaries_are_broken(body: str):
    mail = read_mail(f"{HEAD}Content-Type: multipart/mixed; boundary=x\n\n{body}".encode())
    assert (mail.text, [file.content for file in mail.files]) == ("Hi", [b"abc"])


def test_pictures_named_by_their_place_are_shown_in_it():
    mail = read_mail(
        f"{HEAD}Content-Type: multipart/related; boundary=x\n\n"
        '--x\nContent-Type: text/html\n\n<img src="http://x.test/a.png">\n'
        "--x\nContent-Type: image/png\nContent-Location: http://x.test/a.png\n\nabc\n--x--".encode()
    )
    assert f'src="cid:{mail.files[0].content_id}"' in mail.html


def test_the_way_of_a_mail_is_read():
    mail = read_mail(
        b"Return-Path: <Bounce@x.test>\nDelivered-To: IT@corp.test\nX-Original-To: it@corp.test\n"
        b"Authentication-Results: mx; dkim=pass\nAuthentication-Results: old; spf=fail\n"
        b"Reply-To: Bo <bo@x.test>\nFrom: a@b.test\n\nHi"
    )
    assert (mail.return_path, mail.delivered_to) == ("bounce@x.test", ("it@corp.test",))
    assert mail.authentication == ("mx; dkim=pass", "old; spf=fail")
    assert [one.address for one in mail.reply_to] == ["bo@x.test"]


def test_only_a_picture_that_the_text_shows_passes_for_a_part_of_the_text():
    """Some programs give every attached file a Content-ID."""
    raw = (
        b"From: a@b.test\nContent-Type: multipart/related; boundary=x\n\n"
        b'--x\nContent-Type: text/html\n\n<img src="cid:One@x"> <a href="cid:two@x">list</a>\n'
        b"--x\nContent-Type: image/png; name=a.png\nContent-ID: <one@X>\n\nA\n"
        b"--x\nContent-Type: application/pdf; name=b.pdf\nContent-ID: <two@x>\n\nB\n"
        b"--x\nContent-Type: image/png; name=c.png\nContent-ID: <three@x>\n\nC\n--x--\n"
    )
    mail = read_mail(raw)
    assert {file.name: bool(file.content_id) for file in mail.files} == {
        "a.png": True,
        "b.pdf": False,
        "c.png": False,
    }
