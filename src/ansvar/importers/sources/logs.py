"""Event logs: rows with columns, read one after the other, and which of them are one case."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from ansvar.importers.decisions import LogMapping, digest
from ansvar.kernel.refusal import Refusal

_TOLD_EVERY = 2000


class LogNotFitting(Refusal):
    """A log that the mapping was not made for, or that cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row: its number in the file, counted from 1 below the names of the columns."""

    number: int
    cells: dict[str, str]
    """Those that the mapping asks for, each of them."""
    is_broken: bool = False
    """It has other cells than the first row has names."""


class Rows(Protocol):
    """A file of some kind, as rows."""

    @property
    def columns(self) -> Sequence[str]:
        """The names of its columns, as far as they are known; all of them after the last row."""

    def rows(self) -> Iterator[Row]:
        """Yield all rows.

        Raises: LogNotFitting.
        """


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What the first look at a log has shown."""

    rows: int
    per_case: Counter[int]
    """Rows of each case, by the digest of its name."""
    homeless: int
    """Rows that name no case."""
    unused: tuple[str, ...] = ()
    """Columns that the mapping does not ask for."""

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return len(self.per_case)


class EventLog:
    """A file with the rows of many cases."""

    kind = "log"

    def __init__(self, path: Path, mapping: LogMapping, file: Rows) -> None:
        self.path = path
        self.mapping = mapping
        self.file = file

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
        for row in self.file.rows():
            rows += 1
            if key := self._key(row):
                per_case[key] += 1
            else:
                homeless += 1
            if rows % _TOLD_EVERY == 0:
                yield rows, None
        columns = self.file.columns
        require_columns(self.path, self.mapping, columns)
        if not per_case:
            raise LogNotFitting(
                _("{path} has no row that names a case in {columns}.").format(
                    path=self.path, columns=", ".join(self.mapping.columns["case"])
                )
            )
        wanted = self.mapping.wanted_columns
        unused = tuple(column for column in columns if column not in wanted)
        yield rows, Counted(rows=rows, per_case=per_case, homeless=homeless, unused=unused)

    def cases(self, counted: Counted) -> Iterator[tuple[str, list[Row]]]:
        """Yield each case with its rows in their order, as soon as its last row was read.

        Rows of a case may lie apart: only cases that are not complete yet are held in memory.
        """
        waiting: dict[int, list[Row]] = {}
        for row in self.file.rows():
            key = self._key(row)
            if not key:
                continue
            rows = waiting.setdefault(key, [])
            rows.append(row)
            if len(rows) == counted.per_case[key]:
                del waiting[key]
                yield self._case(row), rows

    def _case(self, row: Row) -> str:
        missing = self.mapping.missing
        words = [row.cells[column].strip() for column in self.mapping.columns["case"]]
        return ", ".join(word for word in words if word not in missing)

    def _key(self, row: Row) -> int:
        case = self._case(row)
        return digest(case) if case else 0


def require_columns(
    path: Path, mapping: LogMapping, columns: Sequence[str], *, hint: str = ""
) -> None:
    """Refuse a file that lacks columns of the mapping, or has one of them twice.

    Raises: LogNotFitting, with what there is and the *hint*.
    """
    if missing := mapping.missing_columns(columns):
        raise LogNotFitting(
            " ".join(
                part
                for part in (
                    _("{path} has no column {missing}. It has: {there}.").format(
                        path=path, missing=", ".join(missing), there=", ".join(columns) or "–"
                    ),
                    hint or _("Write in [columns] of the mapping what they are called here."),
                )
                if part
            )
        )
    counts = Counter(columns)
    if twice := sorted(column for column in mapping.wanted_columns if counts[column] > 1):
        raise LogNotFitting(
            _("{path} has the column {twice} more than once; name its columns apart.").format(
                path=path, twice=twice[0]
            )
        )
