"""Event logs in spreadsheets (`.xlsx`), read row by row."""

import warnings
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from ansvar.importers.decisions import LogMapping
from ansvar.importers.sources.logs import LogNotFitting, Row, require_columns

_LOOKED_THROUGH = 20
"""Rows above which titles may stand before the names of the columns."""
_MOST_BESIDE = 1024**3
"""Bytes beside the sheets, mostly the table of words, which is read whole; a bomb has more."""
_SHEETS = "xl/worksheets/"
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_FAULTS = (OSError, ValueError, KeyError, TypeError, SyntaxError, BadZipFile, zlib.error)
"""What reading a sheet that is none, or is broken, ends with."""


class Sheet:
    """A sheet of a workbook; a row among its first ones names the columns."""

    def __init__(self, path: Path, mapping: LogMapping) -> None:
        self.path = path
        self.mapping = mapping
        self.columns: Sequence[str] = ()

    def rows(self) -> Iterator[Row]:
        """Yield all rows.

        Raises: LogNotFitting.
        """
        try:
            self._require_readable()
            with closing(self._workbook()) as workbook:
                yield from self._rows_in(self._lines(workbook))
        except _FAULTS as error:
            raise LogNotFitting(
                _("{path} cannot be read as a spreadsheet ({error}): save it anew.").format(
                    path=self.path, error=error
                )
            ) from error

    def _require_readable(self) -> None:
        with self.path.open("rb") as file:
            if file.read(4) == _OLD_OR_LOCKED:
                raise LogNotFitting(
                    _(
                        "{path} is protected by a password, or in the old format: save it as "
                        ".xlsx without a password."
                    ).format(path=self.path)
                )
        with ZipFile(self.path) as parts:
            # No more than this is ever unpacked, whatever is in it.
            sizes = {part.filename: part.file_size for part in parts.infolist()}
        beside = sum(size for name, size in sizes.items() if not name.startswith(_SHEETS))
        if beside > _MOST_BESIDE:
            raise LogNotFitting(
                _("{path} holds too many words for memory: save it as .csv.").format(path=self.path)
            )

    def _workbook(self) -> Workbook:
        with warnings.catch_warnings():
            # Of styles and checks that it leaves out; none of them is a cell.
            warnings.simplefilter("ignore", UserWarning)
            return load_workbook(self.path, read_only=True, data_only=True, keep_links=False)

    def _lines(self, workbook: Workbook) -> Iterator[list[str]]:
        """Yield the rows of the sheet that have anything in them."""
        wanted, names = self.mapping.sheet, workbook.sheetnames
        if not names or (wanted and wanted not in names):
            raise LogNotFitting(
                _("{path} has no sheet “{wanted}”; [file] of the mapping names one of: {names}.")
                .format(path=self.path, wanted=wanted, names=", ".join(names) or "–")
            )  # fmt: skip
        sheet = workbook[wanted or names[0]]
        if not hasattr(sheet, "iter_rows"):
            raise LogNotFitting(
                _("{sheet} in {path} is a diagram; name another sheet in [file].").format(
                    sheet=wanted or names[0], path=self.path
                )
            )
        # Some programs write a wrong size into the sheet; without one it is read to its end.
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(values_only=True):
            line = [_text(cell) for cell in cells]
            if any(line):
                yield line

    def _rows_in(self, lines: Iterable[list[str]]) -> Iterator[Row]:
        lines = iter(lines)
        header = self._header(lines)
        wanted = [(name, header.index(name)) for name in sorted(self.mapping.wanted_columns)]
        for number, line in enumerate(lines, start=1):
            count = len(line)
            yield Row(
                number=number,
                cells={name: line[place] if place < count else "" for name, place in wanted},
            )

    def _header(self, lines: Iterator[list[str]]) -> Sequence[str]:
        """Return the names of the columns: above them titles may stand, and notes."""
        first: list[str] | None = None
        for line in islice(lines, _LOOKED_THROUGH):
            names = [name.strip() for name in line]
            if first is None:
                first = names
            if not self.mapping.missing_columns(names):
                first = names
                break
        self.columns = [name for name in first or () if name]
        require_columns(self.path, self.mapping, self.columns)
        return first or []


def _text(value: Any) -> str:
    """Return what a cell shows, a moment as ISO has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return value.isoformat() if isinstance(value, datetime) else str(value)
