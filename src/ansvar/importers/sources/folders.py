"""Mails as files: a Maildir with its subfolders, or a folder of .eml files."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from django.utils.translation import gettext as _
from typing_extensions import override

from ansvar.importers.sources.source import ENOUGH, LARGEST, Found, MailGone

_LEFT_ALONE = {"trash", "junk", "spam", "drafts", "deleted items", "deleted messages", "templates"}
_BOXES = ("cur", "new")


class Files:
    """Mails as files; its places are paths below the folder."""

    kind = "eml"

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """The path."""
        return str(self._path)

    @property
    def total(self) -> int:
        """Mails."""
        return len(self._places)

    @property
    def signature(self) -> str:
        """Return how many there are, and the last of them."""
        return f"{self.total} {self._places[-1] if self._places else ''}"

    def mails(self, *, after: str = "") -> Iterator[Found]:
        """Yield the mails behind a place, in the order of their names."""
        for number, place in enumerate(self._places, start=1):
            if place > after:
                yield self._found(place, number)

    def read(self, place: str) -> bytes:
        """Return a mail."""
        try:
            return self._file_of(place).read_bytes()
        except OSError as error:
            raise MailGone(_("The file is not there any more.")) from error

    def close(self) -> None:
        """Nothing is open."""

    @cached_property
    def _places(self) -> list[str]:
        if self._path.is_file():
            return [self._path.name]
        found = (one for one in self._path.rglob("*") if one.suffix.lower() == ".eml")
        return sorted(one.relative_to(self._path).as_posix() for one in found if one.is_file())

    def _file_of(self, place: str) -> Path:
        return self._path if self._path.is_file() else self._path / place

    def _found(self, place: str, number: int) -> Found:
        try:
            path = self._file_of(place)
            known = path.stat()
            with path.open("rb") as file:
                head = file.read(ENOUGH)
        except OSError as error:
            return Found(place=place, head=b"", size=0, done=number, trouble=str(error))
        trouble = ""
        if known.st_size > LARGEST:
            trouble = _("The mail is larger than {size} MB.").format(size=LARGEST // 1024 // 1024)
        return Found(
            place=place,
            head=head,
            size=known.st_size,
            done=number,
            filed_at=datetime.fromtimestamp(known.st_mtime, UTC),
            trouble=trouble,
        )


class Maildir(Files):
    """A Maildir with its subfolders, but for drafts, junk and what was thrown away.

    Programs rename files when a mail is read, so a place is the name without its flags.
    """

    kind = "maildir"

    @cached_property
    @override
    def _places(self) -> list[str]:
        boxes = [self._path, *(one for one in self._path.rglob("*") if is_maildir(one))]
        return sorted(
            f"{box.relative_to(self._path).as_posix()}/{name}/{file.name.partition(':')[0]}"
            for box in boxes
            if not self._is_left_alone(box)
            for name in _BOXES
            if (box / name).is_dir()
            for file in (box / name).iterdir()
            if file.is_file() and not file.name.startswith(".")
        )

    def _is_left_alone(self, box: Path) -> bool:
        parts = box.relative_to(self._path).as_posix().replace(".", "/").lower().split("/")
        return bool(_LEFT_ALONE & set(parts))

    @override
    def _file_of(self, place: str) -> Path:
        box, _slash, start = place.rpartition("/")
        known = self._path / place
        if known.exists():
            return known
        # A mail that somebody reads moves from new to cur and gets flags.
        for name in _BOXES:
            folder = (self._path / box).parent / name
            for file in folder.glob(_escaped(start) + ":*"):
                return file
            if (folder / start).exists():
                return folder / start
        raise FileNotFoundError(place)


def is_maildir(path: Path) -> bool:
    """Tell whether a folder is a Maildir."""
    return path.is_dir() and (path / "cur").is_dir() and (path / "new").is_dir()


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
