"""Event logs with separated values: `.csv`, `.tsv`, `.txt`; the first row names the columns."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from ansvar.importers.decisions import LogMapping
from ansvar.importers.sources.logs import LogNotFitting, Row, require_columns
from ansvar.importers.sources.packing import PACKINGS, unpacked

_LONGEST_CELL = 16 * 1024 * 1024
_SEPARATORS = (";", "\t", "|", ",")


class SeparatedValues:
    """A file of lines, its cells set apart by one letter."""

    def __init__(self, path: Path, mapping: LogMapping) -> None:
        self.path = path
        self.mapping = mapping
        self.columns: Sequence[str] = ()

    def rows(self) -> Iterator[Row]:
        """Yield all rows.

        Raises: LogNotFitting.
        """
        csv.field_size_limit(_LONGEST_CELL)
        with unpacked(self.path) as packed:
            file = io.TextIOWrapper(
                packed, encoding=self._encoding(packed), errors="replace", newline=""
            )
            try:
                yield from self._rows_in(file)
            except (csv.Error, UnicodeError) as error:
                raise LogNotFitting(
                    _("{path} cannot be read as a table: {error}.").format(
                        path=self.path, error=error
                    )
                ) from error

    def _rows_in(self, file: io.TextIOWrapper) -> Iterator[Row]:
        reader = csv.reader(file, delimiter=self._delimiter)
        header = [name.strip() for name in next(reader, [])]
        if not header:
            raise LogNotFitting(_("{path} is empty.").format(path=self.path))
        self.columns = header
        require_columns(self.path, self.mapping, header, hint=self._hint(header))
        width = len(header)
        wanted = [(name, header.index(name)) for name in sorted(self.mapping.wanted_columns)]
        number = 0
        for cells in reader:
            if not cells:
                continue
            number += 1
            count = len(cells)
            yield Row(
                number=number,
                cells={name: cells[place] if place < count else "" for name, place in wanted},
                is_broken=count != width,
            )

    @property
    def _delimiter(self) -> str:
        if self.mapping.delimiter:
            return self.mapping.delimiter
        names = [suffix.lower() for suffix in self.path.suffixes]
        inner = [suffix for suffix in names if suffix not in PACKINGS][-1:]
        return "\t" if inner == [".tsv"] else ","

    def _encoding(self, packed: IO[bytes]) -> str:
        """Return the encoding of the mapping, if there is one of that name and it can be meant.

        Raises: LogNotFitting.
        """
        wanted = self.mapping.encoding
        try:
            codecs.lookup(wanted)
        except LookupError:
            raise LogNotFitting(
                _(
                    "There is no encoding “{wanted}”; [file] of the mapping names one such as "
                    "utf-8 or cp1252."
                ).format(wanted=wanted)
            ) from None
        beginning = packed.read(2)
        packed.seek(0)
        is_wide = beginning in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
        if is_wide and "16" not in wanted:
            raise LogNotFitting(
                _("{path} is written in UTF-16: write encoding = “utf-16” into [file].").format(
                    path=self.path
                )
            )
        return wanted

    def _hint(self, header: Sequence[str]) -> str:
        """Return what to do when the first row looks as if it were separated otherwise."""
        others = [one for one in _SEPARATORS if one != self._delimiter and one in header[0]]
        if len(header) > 1 or not others:
            return ""
        shown = "\\t" if others[0] == "\t" else others[0]
        return _("Its columns look separated by {shown}: write delimiter into [file].").format(
            shown=shown
        )
