"""How well replies are read, measured on sample mails that are not part of the product."""

import json
import re
import tarfile
from pathlib import Path

import pytest

from ansvar.conversations.parsing import read_mail
from ansvar.conversations.parsing.html_quoting import split_html
from ansvar.conversations.parsing.quoting import reply_parts
from ansvar.conversations.sanitising import text_from_html

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "mail" / "mail_samples.tar.xz"
TEXTS = "crisp/test/fixtures/"
TALON = "talon/tests/fixtures/"
ENOUGH = 0.9
# What is expected of these shows the introduction of the earlier mail, or that whole mail below a
# rule, as if it were new: the program that it was made with does not know these forms.
INTRODUCTION_EXPECTED = {"email_custom_quote_header.txt", "email_thread.txt", "email_2_1.txt"}

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SAMPLES.exists(), reason="needs the sample mails beside the project"),
]


@pytest.fixture(scope="module")
def replies() -> dict[str, bytes]:
    found = {}
    with tarfile.open(SAMPLES) as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            if member.isfile() and name.startswith("replies/"):
                file = archive.extractfile(member)
                assert file is not None
                found[name.removeprefix("replies/")] = file.read()
    return found


def test_of_nine_in_ten_replies_exactly_the_new_words_are_shown_and_none_is_hidden(replies):
    expected = json.loads(replies["crisp/expected_from_email-reply-parser-2.3.7.json"])
    differing = []
    for name, wanted in expected.items():
        parts = reply_parts(replies[TEXTS + name].decode("utf-8", "replace"))
        if _lines(parts.own) != _lines(wanted["visible"]):
            differing.append(name)
        shown = {line.strip() for line in _lines(parts.shown)}
        hidden = [one for one in _lines(wanted["visible"]) if one.strip() not in shown]
        assert not hidden or name in INTRODUCTION_EXPECTED, (name, hidden)
    assert len(differing) <= (1 - ENOUGH) * len(expected), differing


def test_mails_of_many_programs_end_where_their_answer_ends(replies):
    names = [name for name in replies if name.startswith(f"{TALON}standard_replies/")]
    mails = [name for name in names if name.endswith(".eml")]
    for name in mails:
        wanted = replies.get(name.removesuffix(".eml") + "_reply_text", b"Hello").decode()
        mail = read_mail(replies[name])
        # What is expected has the signature; here it is folded with the quotation.
        signature = reply_parts(mail.text).signature
        assert _letters(mail.new_text + signature) == _letters(wanted), name
    assert len(mails) > 9


def test_html_replies_end_where_their_answer_ends(replies):
    names = [name for name in replies if name.startswith(f"{TALON}html_replies/")]
    head = b"From: anna@x.test\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    for name in names:
        source = replies[name].decode("utf-8", "replace")
        mail = read_mail(head + source.encode())
        for said in (text_from_html(split_html(source).new), mail.new_text, mail.own_text):
            assert _letters(said) == "Hi.Iamfine.Thanks,Alex", name
    assert len(names) > 7


def test_signatures_of_known_authors_are_told_from_their_words(replies):
    folder = f"{TALON}signature/emails/stripped/"
    bodies = [name for name in replies if name.startswith(folder) and name.endswith("_body")]
    right = 0
    for name in bodies:
        stem = name.removesuffix("_body")
        author, wanted = (replies[f"{stem}_{part}"].decode() for part in ("sender", "signature"))
        parts = reply_parts(replies[name].decode(), author=author.strip())
        right += _letters(parts.signature) == _letters(wanted)
        # None of the author's words went with it.
        assert _letters(wanted).endswith(_letters(parts.signature)), name
    assert right >= ENOUGH * len(bodies)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _letters(text: str) -> str:
    return re.sub(r"\s+", "", text)
