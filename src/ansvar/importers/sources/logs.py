"""Event logs as files: rows with columns, read one after the other, packed or not."""

import bz2
import csv
import gzip
import lzma
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from ansvar.importers.decisions import LogMapping, digest
from ansvar.importers.sources.finding import SourceMissing
from ansvar.kernel.refusal import Refusal

_OPENERS: dict[str, Callable[..., IO[str]]] = {
    ".xz": lzma.open,
    ".gz": gzip.open,
    ".bz2": bz2.open,
}
_TOLD_EVERY = 2000
_LONGEST_CELL = 16 * 1024 * 1024


class LogNotFitting(Refusal):
    """A log that the mapping was not made for, or that cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row: its number in the file, counted from 1 below the names of the columns."""

    number: int
    cells: dict[str, str]
    is_broken: bool = False
    """It has other cells than the first row has names."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What the first look at a log has shown."""

    rows: int
    per_case: Counter[int]
    """Rows of each case, by the digest of its name."""
    homeless: int
    """Rows that name no case."""

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return len(self.per_case)


class CsvLog:
    """A log with separated values; the first row names the columns."""

    kind = "log"

    def __init__(self, path: Path, mapping: LogMapping) -> None:
        self.path = path
        self.mapping = mapping

    @property
    def name(self) -> str:
        """What it is called on the command line and on pages."""
        return str(self.path)

    def count(self) -> Iterator[tuple[int, Counted | None]]:
        """Count rows and cases: yields how many rows, and at last what there is.

        Raises: LogNotFitting.
        """
        per_case: Counter[int] = Counter()
        rows = homeless = 0
        for row in self.rows():
            rows += 1
            if key := self._key(row):
                per_case[key] += 1
            else:
                homeless += 1
            if rows % _TOLD_EVERY == 0:
                yield rows, None
        yield rows, Counted(rows=rows, per_case=per_case, homeless=homeless)

    def cases(self, counted: Counted) -> Iterator[tuple[str, list[Row]]]:
        """Yield each case with its rows in their order, as soon as its last row was read.

        Rows of a case may lie apart: only cases that are not complete yet are held in memory.
        """
        waiting: dict[int, list[Row]] = {}
        for row in self.rows():
            key = self._key(row)
            if not key:
                continue
            rows = waiting.setdefault(key, [])
            rows.append(row)
            if len(rows) == counted.per_case[key]:
                del waiting[key]
                yield self._case(row), rows

    def rows(self) -> Iterator[Row]:
        """Yield all rows.

        Raises: LogNotFitting.
        """
        with self._opened() as file:
            reader = csv.reader(file, delimiter=self.mapping.delimiter)
            header = next(reader, [])
            self._require_columns(header)
            for number, cells in enumerate(reader, start=1):
                if cells:
                    yield Row(
                        number=number,
                        cells=dict(zip(header, [*cells, *[""] * len(header)], strict=False)),
                        is_broken=len(cells) != len(header),
                    )

    def _case(self, row: Row) -> str:
        missing = self.mapping.missing
        words = [row.cells[column].strip() for column in self.mapping.columns["case"]]
        return ", ".join(word for word in words if word not in missing)

    def _key(self, row: Row) -> int:
        case = self._case(row)
        return digest(case) if case else 0

    def _require_columns(self, header: Iterable[str]) -> None:
        there = list(header)
        if missing := self.mapping.missing_columns(there):
            raise LogNotFitting(
                _("{path} has no column {missing}. It has: {there}.").format(
                    path=self.path, missing=", ".join(missing), there=", ".join(there) or "–"
                )
            )

    @contextmanager
    def _opened(self) -> Iterator[IO[str]]:
        opener = _OPENERS.get(self.path.suffix.lower(), open)
        csv.field_size_limit(_LONGEST_CELL)
        try:
            with opener(
                self.path, "rt", encoding=self.mapping.encoding, errors="replace", newline=""
            ) as file:
                yield file
        except (OSError, EOFError, lzma.LZMAError, csv.Error, LookupError) as error:
            raise LogNotFitting(
                _("{path} cannot be read: {error}.").format(path=self.path, error=error)
            ) from error


def log_at(text: str, mapping: LogMapping) -> CsvLog:
    """Return the log at a path.

    Raises: SourceMissing; LogNotFitting for a kind of file that is not read.
    """
    path = Path(text).expanduser()
    if not path.is_file():
        raise SourceMissing(_("There is no file {path}.").format(path=path))
    path = path.resolve()
    names = [suffix.lower() for suffix in path.suffixes]
    inner = [suffix for suffix in names if suffix not in _OPENERS][-1:]
    if inner not in ([".csv"], [".tsv"], [".txt"]):
        raise LogNotFitting(
            _("{path} is no .csv file, packed as .xz, .gz or .bz2 or not.").format(path=path)
        )
    return CsvLog(path, mapping)
