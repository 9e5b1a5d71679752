"""The small event log of the harbour in other kinds of files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from event_logs import COLUMNS
from openpyxl import Workbook

OF_CASE = ("no", "begun", "client")
"""Columns that a trace says once for all of its events."""


def cells_of(*cases: str) -> list[dict[str, str]]:
    """Return the rows of cases as in a table."""
    names = COLUMNS.split(";")
    rows = [line.split(";") for case in cases for line in case.strip().splitlines()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def as_xes(folder: Path, *cases: str, head: str = "", name: str = "harbour.xes") -> Path:
    """Write cases as traces; what is missing is left out."""
    traces = []
    for case in cases:
        rows = cells_of(case)
        said = "".join(_attribute(key, rows[0][key]) for key in OF_CASE)
        events = "".join(
            "<event>" + "".join(_attribute(key, row[key]) for key in row if key not in OF_CASE)
            + _nested(row) + "</event>" for row in rows
        )  # fmt: skip
        traces.append(f"<trace>{said}{events}</trace>")
    path = folder / name
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        '<log xes.version="1.0" xmlns="http://www.xes-standard.org/">'
        '<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept"/>'
        '<global scope="event"><string key="status" value="fresh"/></global>'
        f"{''.join(traces)}</log>",
        encoding="utf-8",
    )
    return path


def as_xlsx(folder: Path, rows: Iterable[list[Any]], *, sheet: str = "Log") -> Path:
    """Write rows into the second sheet of a workbook."""
    workbook = Workbook()
    first = workbook.active
    assert first is not None
    first.append(["Nothing to see here"])
    second = workbook.create_sheet(sheet)
    for row in rows:
        second.append(row)
    path = folder / "harbour.xlsx"
    workbook.save(path)
    return path


def _attribute(key: str, value: str) -> str:
    if value == "-":
        return ""
    kind = "date" if key == "when" else "string"
    return f"<{kind} key={quoteattr(key)} value={quoteattr(value)}/>"


def _nested(row: dict[str, str]) -> str:
    """Return a list, and an attribute that is said of another one: only the list is a column."""
    return (
        '<list key="marks"><values><string key="a" value="wet"/><string key="b" value="red"/>'
        f'</values></list><string key="note" value={quoteattr(escape(row["crew"]))}>'
        '<string key="status" value="over"/></string>'
    )
