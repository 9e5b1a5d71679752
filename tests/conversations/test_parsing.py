import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import a_mail

from ansvar.conversations.parsing import Unreadable, read_mail
from ansvar.conversations.parsing.nature import Sort


def raw(head: str, body: str = "Hi", *, charset: str = "utf-8") -> bytes:
    return f"{head}\n\n{body}".encode(charset).replace(b"\n", b"\r\n")


def test_an_ordinary_mail_is_read_whole():
    mail = read_mail(
        a_mail(
            "Hej på dig",
            sender='"Åsa, Öberg" <asa@example.com>',
            to="IT <it@corp.test>, hr@corp.test",
            Cc="Bo <BO@Example.com>",
            subject="Överföring 你好",
            Message_ID="<a@b>",
            answers="x@y",
        )
    )
    assert mail.sender is not None
    assert (mail.sender.address, mail.sender.name) == ("asa@example.com", "Åsa, Öberg")
    assert [one.address for one in mail.addressed] == [
        "it@corp.test",
        "hr@corp.test",
        "bo@example.com",
    ]
    assert (mail.subject, mail.text, mail.message_id) == ("Överföring 你好", "Hej på dig", "a@b")
    assert mail.references == ("x@y",)
    assert mail.nature.sort is Sort.PERSON


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("=?iso-8859-1?Q?Fel_p=E5_skrivare?=", "Fel på skrivare"),
        ("=?utf-8?B?0J/RgNC40LLQtdGC?= =?utf-8?B?LCDQvNC40YA=?=", "Привет, мир"),
        ("=?utf-8?Q?Sm=C3?= =?utf-8?Q?=A5?=", "Små"),
        ("=?x-no-such-charset?Q?abc?=", "abc"),
        ("=?utf-8?B?not base64!?=", "not base64!"),
        ("a\tb\n\tc", "a b c"),
    ],
)
def test_subjects_are_read_in_every_way_they_are_written(subject: str, words: str):
    assert read_mail(raw(f"From: a@b.test\nSubject: {subject}")).subject == words


def test_raw_bytes_in_headers_are_read_in_the_charset_of_the_text():
    mail = read_mail(
        raw(
            "From: Иван <i@b.test>\nSubject: Принтер\nContent-Type: text/plain; charset=koi8-r",
            "Не печатает",
            charset="koi8-r",
        )
    )
    assert (mail.subject, mail.text) == ("Принтер", "Не печатает")
    assert mail.sender is not None
    assert mail.sender.name == "Иван"


@pytest.mark.parametrize("charset", ["utf-8", "us-ascii", "x-unknown", "punycode", "zip", ""])
def test_a_charset_that_lies_costs_no_words(charset: str):
    head = f"From: a@b.test\nContent-Type: text/plain; charset={charset}"
    assert read_mail(raw(head, "Größe", charset="cp1252")).text == "Größe"
    assert read_mail(raw(head, "Größe")).text == "Größe"


def test_html_alone_is_put_into_words_and_made_harmless():
    html = (
        "<p onclick=x()>One<br>two</p><script>bad()</script><img src='http://t.test/p.gif'>"
        "<img src='cid:logo'><a href='javascript:x'>a</a><style>p{}</style>"
    )
    mail = read_mail(raw("From: a@b.test\nContent-Type: text/html", html))
    assert mail.new_text == "One\ntwo\n\na"
    assert 'src="cid:logo"' in mail.html
    for danger in ("script", ' src="http', "onclick", "style"):
        assert danger not in mail.html


def test_attached_mails_and_files_keep_their_content():
    inner = a_mail("Inner", subject="Old/one")
    boundary = "Content-Type: multipart/mixed; boundary=x"
    parts = (
        b"--x\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--x\r\n"
        b"Content-Type: application/pdf; name*=utf-8''%C3%A4.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--x--\r\n"
    )
    mail = read_mail(f"From: a@b.test\r\n{boundary}\r\n\r\n".encode() + parts)
    assert [(file.name, file.media_type) for file in mail.files] == [
        ("Old_one.eml", "message/rfc822"),
        ("ä.pdf", "application/pdf"),
    ]
    assert mail.files[1].content == b"%PDF"
    assert b"Inner" in mail.files[0].content
    assert "Inner" not in mail.text


@pytest.mark.parametrize(
    ("headers", "sort"),
    [
        ({"Auto_Submitted": "auto-generated"}, Sort.PROGRAM),
        ({"Auto_Submitted": "no"}, Sort.PERSON),
        ({"Precedence": "junk"}, Sort.PROGRAM),
        ({"Precedence": "list"}, Sort.UNANSWERABLE),
        ({"List_Id": "<all.corp.test>"}, Sort.UNANSWERABLE),
        ({"X_Auto_Response_Suppress": "DR, OOF"}, Sort.UNANSWERABLE),
        ({"X_Auto_Response_Suppress": "DR"}, Sort.PERSON),
        ({"Return_Path": "<>"}, Sort.PROGRAM),
        ({"sender": "Postmaster <postmaster@x.test>"}, Sort.PROGRAM),
        ({"sender": "no-reply@x.test"}, Sort.UNANSWERABLE),
    ],
)
def test_programs_and_lists_are_told_from_people(headers, sort: Sort):
    assert read_mail(a_mail(**headers)).nature.sort is sort


def test_the_same_mail_by_two_ways_has_one_fingerprint():
    one = a_mail()
    other = b"Received: by mx2\nDelivered-To: desk2@corp.test\n" + one
    assert read_mail(one).fingerprint == read_mail(other).fingerprint
    assert read_mail(one).fingerprint != read_mail(a_mail("Other words")).fingerprint


def nested(depth: int) -> bytes:
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
        for number in range(depth)
    )
    return b"From: a@b.test\r\n" + head + b"Content-Type: text/plain\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (b"\n\n", "empty"),
        (nested(60), "nested too deeply"),
        (nested(3_000), "nested too deeply"),
        (
            b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
            + b"--x\r\n\r\na\r\n" * 5_000,
            "too many parts",
        ),
    ],
)
def test_what_cannot_be_read_has_a_reason_in_words(mail: bytes, why: str):
    with pytest.raises(Unreadable, match=why):
        read_mail(mail)


SAMPLES = [
    a_mail("Hi\n\n> old", html="<p>Hi</p>", files=(("a.pdf", "application/pdf", b"%PDF"),)),
    a_mail(subject="=?utf-8?B?0J/RgNC4?=", sender="=?utf-8?Q?=C3=A4?= <a@b.test>"),
    nested(4),
]


@settings(max_examples=300)
@given(st.sampled_from(SAMPLES), st.integers(0, 2**32), st.integers(1, 40))
def test_broken_mail_is_read_or_refused_in_words(sample: bytes, seed: int, breaks: int):
    chance = random.Random(seed)
    broken = bytearray(sample)
    for _ in range(breaks):
        at = chance.randrange(len(broken))
        kind = chance.randrange(4)
        if kind == 0:
            broken[at] = chance.randrange(256)
        elif kind == 1:
            del broken[at : at + chance.randrange(1, 20)]
        elif kind == 2:
            broken[at:at] = chance.choice(
                [b"\x00", b"\r\n", b'"', b"=?utf-8?B?", b";", b"<", b"--"]
            )
        else:
            broken[at:at] = broken[at : at + 60]
        if not broken:
            break
    _read(bytes(broken))


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(sample: bytes):
    _read(sample)
    _read(b"From: " + sample)
    _read(b"From: a@b.test\r\nContent-Type: " + sample + b"\r\n\r\n" + sample)


def _read(sample: bytes) -> None:
    try:
        mail = read_mail(sample)
    except Unreadable:
        return
    for words in (mail.subject, mail.text, mail.html, mail.message_id, *mail.references):
        assert "\x00" not in words
        words.encode("utf-8")
