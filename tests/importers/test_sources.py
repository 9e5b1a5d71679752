"""Every source gives the same mails, in an order that stays, from any place on."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from dovecot import PASSWORD, MailServer
from old_mail import BEGIN, an_old_mail, as_mbox

from ansvar.importers.sources import Source, SourceMissing, mbox, source_at
from ansvar.importers.sources.source import MailGone

TEXT = "First.\n\nFrom here on it is quoted.\n>From there too.\n"
MAILS = [
    an_old_mail("eva@x.test", f"Matter {number}", at=BEGIN, own=f"m{number}@x", text=TEXT)
    for number in range(5)
]


def in_an_mbox(folder: Path) -> Path:
    return as_mbox(folder / "inbox", MAILS, filed_at=BEGIN)


def in_an_mbox_of_windows(folder: Path) -> Path:
    path = in_an_mbox(folder)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return path


def in_a_maildir(folder: Path) -> Path:
    box = folder / "Maildir"
    for place in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Trash/cur", ".Trash/new"):
        (box / place).mkdir(parents=True)
    for number, place in enumerate(["cur/1:2,S", "cur/2:2,", "new/3", ".Sent/cur/4:2,S", "new/5"]):
        (box / place).write_bytes(MAILS[number])
    (box / ".Trash" / "cur" / "9:2,S").write_bytes(MAILS[0])
    return box


def in_files(folder: Path) -> Path:
    for number, raw in enumerate(MAILS):
        (folder / f"{number}.eml").write_bytes(raw)
    return folder


SHAPES = [in_an_mbox, in_an_mbox_of_windows, in_a_maildir, in_files]


def subjects(source: Source, *, after: str = "") -> list[bytes]:
    found = source.mails(after=after)
    return [next(line for line in one.head.splitlines() if b"Subject" in line) for one in found]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("block", [1024 * 1024, 2000])
def test_a_source_gives_its_mails_from_any_place_on(
    tmp_path: Path, shape: Callable[[Path], Path], block: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mbox, "_BLOCK", block)
    with closing(source_at(str(shape(tmp_path)))) as source:
        found = list(source.mails())
        everything = subjects(source)
        assert sorted(everything) == [f"Subject: Matter {n}".encode() for n in range(5)]
        for number, one in enumerate(found):
            assert subjects(source, after=one.place) == everything[number + 1 :]
            raw = source.read(one.place).replace(b"\r\n", b"\n")
            assert raw.strip() in [mail.strip() for mail in MAILS]
        assert found[-1].done == source.total


def test_a_mail_that_was_read_meanwhile_is_found_under_its_new_name(tmp_path: Path):
    box = in_a_maildir(tmp_path)
    with closing(source_at(str(box))) as source:
        place = next(one.place for one in source.mails() if one.place.endswith("new/3"))
        (box / "new" / "3").rename(box / "cur" / "3:2,RS")
        assert source.read(place) == MAILS[2]
        (box / "cur" / "3:2,RS").unlink()
        with pytest.raises(MailGone):
            source.read(place)


def test_the_line_before_a_mail_says_when_it_was_filed(tmp_path: Path):
    path = tmp_path / "takeout"
    path.write_bytes(b"From 123@xxx Mon Mar 03 10:30:00 +0200 2025\n" + MAILS[0])
    with closing(source_at(str(path))) as source:
        (found,) = source.mails()
    assert found.filed_at == datetime(2025, 3, 3, 8, 30, tzinfo=UTC)


def test_what_holds_no_mail_is_refused_with_what_to_do(tmp_path: Path):
    (tmp_path / "letter.txt").write_text("Dear all")
    for wrong, words in [
        ("nothing", "There is nothing at"),
        ("letter.txt", "is no mbox"),
        (".", "no .eml file"),
    ]:
        with pytest.raises(SourceMissing, match=words):
            source_at(str(tmp_path / wrong))


@pytest.mark.realparts
def test_a_folder_of_a_real_server_is_read_without_leaving_a_trace(mail_server: MailServer):
    user = mail_server.add_user("old@corp.test")
    for raw in MAILS:
        mail_server.deliver("old@corp.test", raw)
    address = f"imap://{quote(user)}@127.0.0.1:{mail_server.imap_port}/INBOX"
    with closing(source_at(address, password=PASSWORD)) as source:
        found = list(source.mails())
        assert subjects(source, after=found[2].place) == [
            b"Subject: Matter 3",
            b"Subject: Matter 4",
        ]
        assert b"Subject: Matter 1" in source.read(found[1].place)
        assert PASSWORD not in source.name
        assert found[0].filed_at is not None
    assert all("\\Seen" not in flags for flags in mail_server.flags("old@corp.test"))
