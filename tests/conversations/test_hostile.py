import struct
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import a_mail

from ansvar.conversations.parsing import Unreadable, read_mail
from ansvar.conversations.parsing.marks import Mark
from ansvar.conversations.parsing.tnef import unpacked

HEAD = b"From: a@b.test\r\nSubject: Help\r\n"


def a_part(media_type: bytes, body: bytes, *fields: bytes) -> bytes:
    more = b"".join(field + b"\r\n" for field in fields)
    return HEAD + b"Content-Type: " + media_type + b"\r\n" + more + b"\r\n" + body


def nested(depth: int, leaf: bytes) -> bytes:
    levels = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
        for number in range(depth)
    )
    return HEAD + b"".join(levels) + leaf


def a_tnef(properties: bytes, *attributes: bytes) -> bytes:
    packed = b"\x01" + struct.pack("<HHI", 0x9003, 6, len(properties)) + properties + b"\0\0"
    return b"\x78\x9f\x3e\x22\x01\x00" + packed + b"".join(attributes)


# Each of these took the parsers of libraries minutes, gigabytes, or an exception.
HOSTILE = {
    "a hundred thousand header fields": b"X-A: b\r\n" * 100_000 + HEAD + b"\r\nHi",
    "one field of 5 MB": b"X-A: " + b"a" * 5_000_000 + b"\r\n" + HEAD + b"\r\nHi",
    "a field folded a million times": b"X-A: a"
    + b"\r\n b" * 1_000_000
    + b"\r\n"
    + HEAD
    + b"\r\nHi",
    "parameters without end": a_part(b"multipart/mixed" + b";" * 60_000, b"Hi"),
    "quotes without end": a_part(b"text/plain" + b';a="' * 15_000, b"Hi"),
    "short lines in deep parts": nested(18, b"\r\n" + b"\n" * 300_000 + b"Hi"),
    "comments in comments": b"To: " + b"(" * 20_000 + b"\r\n" + HEAD + b"\r\nHi",
    "brackets without end": b"To: " + b"<" * 20_000 + b"\r\n" + HEAD + b"\r\nHi",
    "words that never end": b"X: y\r\nCc: " + b"=?a?Q?" * 3_300 + b"\r\n" + HEAD + b"\r\nHi",
    "mails in mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5_000 + b"Hi",
    "files that never end": a_part(b"text/plain", b"begin 644 a\r\n" * 50_000),
    "blanks before nothing": a_part(
        b"text/plain", b" " * 1_000_000 + b"x", b"Content-Transfer-Encoding: quoted-printable"
    ),
    "tags in tags": a_part(b"text/html", b"<div>" * 100_000 + b"Hi"),
    "zero bytes": HEAD + b"\r\n" + b"\0" * 100_000 + b"Hi",
    "a winmail.dat that claims billions": a_part(
        b"application/ms-tnef; name=winmail.dat",
        a_tnef(struct.pack("<IHHI", 1, 0x1002, 0x3001, 2**32 - 1)),
    ),
    "a signature in itself": a_part(
        b"application/pkcs7-mime; smime-type=signed-data", b"\x30\x80" * 100_000
    ),
    "a calendar in itself": a_part(b"text/calendar", b"BEGIN:VEVENT\r\n" * 5_000),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_made_to_stop_the_reading_is_read(what: str):
    mail = read_mail(HOSTILE[what])
    assert mail.sender is not None
    assert (mail.sender.address, mail.subject) == ("a@b.test", "Help")


def test_what_was_left_out_is_said():
    assert Mark.CUT in read_mail(HOSTILE["a hundred thousand header fields"]).marks
    assert Mark.CUT in read_mail(HOSTILE["one field of 5 MB"]).marks
    assert Mark.CUT in read_mail(a_part(b"text/plain", b"a b " * 600_000)).marks
    assert read_mail(a_mail()).marks == ()


def test_a_count_in_a_winmail_dat_takes_no_memory_that_is_not_there():
    raw = a_tnef(struct.pack("<IHHI", 2**32 - 1, 0x1003, 0x3001, 2**32 - 1))
    tracemalloc.start()
    packed = unpacked(raw)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not packed.is_whole
    assert peak < 1_000_000


def test_an_archive_is_a_file_and_is_not_unpacked():
    bomb = b"PK\x03\x04" + b"\0" * 100
    mail = read_mail(a_mail(files=(("bomb.zip", "application/zip", bomb),)))
    assert [(file.name, file.content) for file in mail.files] == [("bomb.zip", bomb)]


def test_a_limit_may_be_set_or_lifted():
    with pytest.raises(Unreadable, match="larger than 0 MB"):
        read_mail(a_mail(), largest=100)
    assert read_mail(a_mail(), largest=None).text


@pytest.mark.parametrize(
    "head",
    [
        b"From: one@b.test\r\nFrom: two@b.test\r\n",
        b"From: One <one@b.test>\r\nX: y\r\nFROM: Two <two@b.test>\r\n",
    ],
)
def test_a_second_sender_does_not_replace_the_first_and_is_told(head: bytes):
    mail = read_mail(head + b"Subject: x\r\n\r\nHi")
    assert mail.sender is not None
    assert mail.sender.address == "one@b.test"
    assert Mark.SEVERAL_SENDERS in mail.marks


PIECES = st.sampled_from(
    [
        b"--x\r\n", b"--x--\r\n", b"\r\n", b"\r\n\r\n", b"\0", b"\xff\xfe", b"=", b"=?utf-8?B?",
        b"Content-Type: multipart/mixed; boundary=x\r\n",
        b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: text/html\r\n", b"<div>",
        b"Content-Transfer-Encoding: base64\r\n", b"begin 644 a\r\n", b"end\r\n", b"> ", b"(", b'"',
        b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22", b"From: a@b\r\n", b";",
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:2\r\n",
        b"Content-Type: application/pkcs7-mime\r\n\r\n\x30\x80\x06\x01", b"filename*0*=utf-8''%",
        b"-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n", b"On 1/1/20, a <a@b> wrote:\r\n",
        b"=ybegin line=1 name=a\r\n", b"=yend\r\n",
    ]
)  # fmt: skip


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_broken_pieces_of_mail_are_read_or_refused_in_words(pieces: list[bytes]):
    refused: list[Unreadable] = []
    for raw in (b"".join(pieces), HEAD + b"".join(pieces)):
        try:
            mail = read_mail(raw)
        except Unreadable as refusal:
            refused.append(refusal)
            continue
        names = [file.name for file in mail.files]
        for words in (mail.subject, mail.text, mail.html, mail.shown_from, *names):
            assert "\x00" not in words
            words.encode()
    # A cause is an error that nobody foresaw.
    assert [one for one in refused if one.__cause__ or not str(one).endswith(".")] == []
