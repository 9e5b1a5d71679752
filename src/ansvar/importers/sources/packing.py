"""Files that are packed or not: told by how they begin, whatever they are called."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext as _

from ansvar.importers.sources.logs import LogNotFitting

PACKINGS = (".xz", ".gz", ".bz2")
_BEGINNINGS: tuple[tuple[bytes, Callable[..., IO[bytes]]], ...] = (
    (b"\xfd7zXZ\x00", cast("Callable[..., IO[bytes]]", lzma.open)),
    (b"\x1f\x8b", cast("Callable[..., IO[bytes]]", gzip.open)),
    (b"BZh", cast("Callable[..., IO[bytes]]", bz2.open)),
)
_ZIP = b"PK\x03\x04"


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a file as what is in it.

    Raises: LogNotFitting, also for what fails while it is read.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(8)
        if beginning.startswith(_ZIP):
            raise LogNotFitting(_("{path} is a .zip file: unpack it first.").format(path=path))
        opener = next((one for start, one in _BEGINNINGS if beginning.startswith(start)), open)
        with opener(path, "rb") as unpacking:
            yield unpacking
    except EOFError as error:
        raise LogNotFitting(
            _("{path} ends in the middle: copy or export it again.").format(path=path)
        ) from error
    except (OSError, lzma.LZMAError, zlib.error) as error:
        raise LogNotFitting(
            _("{path} cannot be read: {error}. Copy or export it again.").format(
                path=path, error=error
            )
        ) from error
