"""The content store: files named by the SHA-256 of what they hold, never in the database.

Equal content lies there once. A file is complete or absent: it is written beside its place, forced
to the disk and then renamed, so that a row which names it can be trusted after a crash.
"""

import ctypes
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol, runtime_checkable

import structlog
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext as _
from typing_extensions import override

from ansvar.kernel.refusal import Refusal, said

log = structlog.get_logger(__name__)

ALIAS = "content"
"""The key in Django's STORAGES under which an installation says where content lies."""
CHUNK = 256 * 1024
_BESIDE = ".new-"
_IN_MEMORY = 1024 * 1024
_MANY = 8
"""From so many files on, writing out the whole file system is cheaper than each of them."""
_sync_file_system = getattr(ctypes.CDLL(None), "syncfs", None)
"""Of Linux; Python has no name for it."""
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class ContentMissing(Exception):
    """A row names content that the store does not hold."""


class ContentDamaged(ContentMissing):
    """What lies under a name in the store is not what was put there."""


class ContentAway(Refusal):
    """The store does not answer, or does not let this installation in; later it may again.

    *why* is for the people who run it: it is in the log, never on a page.
    """

    status = 503

    def __init__(self, *, why: str) -> None:
        self.why = why
        log.warning("content_store_away", error=why)
        super().__init__(
            said("Files cannot be kept or read now; nothing was changed. Try again in a minute.")
        )


@runtime_checkable
class KeepsMany(Protocol):
    """A storage that keeps many files faster than one by one."""

    def missing(self, names: Collection[str]) -> set[str]:
        """Return those of *names* that do not lie here."""

    def save_many(self, contents: Mapping[str, bytes]) -> None:
        """Keep many files: all are safe when this returns."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What was put into the store."""

    sha256: str
    size: int


class LocalContent(FileSystemStorage):
    """A folder of this machine as content store."""

    def __init__(self, location: str | Path | None = None) -> None:
        super().__init__(
            location=location,
            base_url=None,
            file_permissions_mode=0o600,
            directory_permissions_mode=0o700,
        )

    @override
    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        # Equal names mean equal content here: there is nothing to evade.
        return name

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield the name and the size of everything that lies here."""
        for place in Path(self.location).glob("[0-9a-f][0-9a-f]/*"):
            name = f"{place.parent.name}/{place.name}"
            if is_name(name):
                yield name, place.stat().st_size

    def missing(self, names: Collection[str]) -> set[str]:
        """Return those of *names* that do not lie here."""
        return {name for name in names if not self.exists(name)}

    def save_many(self, contents: Mapping[str, bytes]) -> None:
        """Keep many files, forced to the disk together: all are safe when this returns."""
        written: dict[Path, Path] = {}
        try:
            for name, content in contents.items():
                place = Path(self.path(name))
                written[place] = self._beside(place, [content])
            _force_all([*written.values()], within=Path(self.location))
            for place, temporary in written.items():
                temporary.replace(place)
        except BaseException:
            for temporary in written.values():
                temporary.unlink(missing_ok=True)
            raise
        folders = {above for place in written for above in place.parents[:2]}
        _force_all([*folders], within=Path(self.location))

    def _save(self, name: str, content: "File[Any]") -> str:
        place = Path(self.path(name))
        temporary = self._beside(place, content.chunks(CHUNK))
        try:
            _force(temporary)
            temporary.replace(place)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        for folder in place.parents[:2]:
            _force(folder)
        return name

    def _beside(self, place: Path, chunks: Iterable[bytes]) -> Path:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=_BESIDE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(chunks)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return Path(temporary)


def put(content: bytes | IO[bytes]) -> Stored:
    """Keep *content* and return under which name; a stream is read once, in pieces."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        digest = hashlib.sha256()
        size = 0
        for chunk in _pieces(content):
            digest.update(chunk)
            size += len(chunk)
            spool.write(chunk)
        stored = Stored(sha256=digest.hexdigest(), size=size)
        name = name_of(stored.sha256)
        if not _storage().exists(name):
            spool.seek(0)
            _storage().save(name, File(spool, name=name))
    return stored


def put_many(contents: Sequence[bytes]) -> list[Stored]:
    """Keep many contents and return under which names, in their order; equal ones once."""
    stored = [
        Stored(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
        for content in contents
    ]
    found = {name_of(one.sha256): content for one, content in zip(stored, contents, strict=True)}
    storage = _storage()
    if isinstance(storage, KeepsMany):
        missing = storage.missing(found)
        storage.save_many({name: found[name] for name in found if name in missing})
    else:
        for name, content in found.items():
            if not storage.exists(name):
                storage.save(name, File(io.BytesIO(content), name=name))
    return stored


class Pieces(Iterator[bytes]):
    """Content piece by piece; the last one comes only if all of it is what was put there."""

    def __init__(self, file: "File[Any]", sha256: str) -> None:
        self._file = file
        self._sha256 = sha256
        self._digest = hashlib.sha256()
        self._is_whole = False
        self._next = self._read()

    @override
    def __next__(self) -> bytes:
        piece = self._next
        if not piece:
            raise StopIteration
        self._next = b"" if self._is_whole else self._read()
        return piece

    def close(self) -> None:
        """Let go of the file, also when it has not been read to its end."""
        self._next = b""
        self._file.close()

    def __del__(self) -> None:
        # Whoever has seen enough, such as a virus scanner, just stops.
        self.close()

    def _read(self) -> bytes:
        """Read on; what ends here, as a small file does at once, is let go of."""
        try:
            piece = b"".join(_filled(self._file))
        except BaseException:
            self._file.close()
            raise
        self._digest.update(piece)
        if len(piece) < CHUNK:
            self._is_whole = True
            self._file.close()
            if self._digest.hexdigest() != self._sha256:
                raise _damaged(self._sha256)
        return piece


def _filled(file: "File[Any]") -> Iterator[bytes]:
    """Yield the next CHUNK of a file, or less at its end: a network may give less at a time."""
    missing = CHUNK
    while missing and (part := file.read(missing)):
        missing -= len(part)
        yield part


def open_content(sha256: str) -> "File[Any]":
    """Open content for reading as a stream.

    Raises: ContentMissing; ContentAway.
    """
    try:
        return _storage().open(name_of(sha256), "rb")
    except FileNotFoundError as error:
        words = _("The content store has no file {sha256}.")
        raise ContentMissing(words.format(sha256=sha256)) from error


def pieces_of(sha256: str) -> Pieces:
    """Open content for a download, piece by piece; what cannot be read is told at once.

    Raises: ContentMissing; ContentDamaged; ContentAway.
    """
    return Pieces(open_content(sha256), sha256)


def read(sha256: str) -> bytes:
    """Return content whole.

    Raises: ContentMissing; ContentDamaged; ContentAway.
    """
    with open_content(sha256) as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _damaged(sha256)
    return content


def _damaged(sha256: str) -> ContentDamaged:
    words = _("The content store has a damaged file {sha256}.")
    return ContentDamaged(words.format(sha256=sha256))


def name_of(sha256: str) -> str:
    """Return the file's name in the storage: `ab/cdef...`, so that no folder grows too full.

    Raises: ValueError for anything but a SHA-256 in hexadecimal.
    """
    if not _SHA256.match(sha256):
        raise ValueError(f"{sha256!r} is not a SHA-256.")
    return f"{sha256[:2]}/{sha256[2:]}"


def is_name(name: str) -> bool:
    """Tell whether content could have this name; beside it there may be other things."""
    return name[2:3] == "/" and bool(_SHA256.match(name.replace("/", "", 1)))


def _storage() -> Storage:
    return storages[ALIAS]


def _pieces(content: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(CHUNK):
        yield chunk


def _force_all(paths: Sequence[Path], *, within: Path) -> None:
    """Force many files or folders of one file system to the disk.

    Fifty mails of a real mix take 140 ms one by one and 35 ms with all that the file system has
    not written yet (ext4 on a solid-state disk).
    """
    if len(paths) >= _MANY and _sync_file_system is not None:
        handle = os.open(within, os.O_RDONLY)
        try:
            if _sync_file_system(handle) == 0:
                return
        finally:
            os.close(handle)
    # Also after a failure: then this names what is wrong with which file.
    for path in paths:
        _force(path)


def _force(path: Path) -> None:
    """Force a file, or a folder's list of names, to the disk, so that it survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
