"""One log is the same cases, whatever kind of file it is in."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from event_files import as_xes, as_xlsx, cells_of
from event_logs import COLUMNS, CRANE, LAMP, MAPPING, a_log

from ansvar.importers.decisions import LogMapping
from ansvar.importers.sources import sheets
from ansvar.importers.sources.finding import SourceMissing
from ansvar.importers.sources.log_finding import log_at
from ansvar.importers.sources.logs import Counted, EventLog, LogNotFitting

IN_XES = {
    "columns": {
        **MAPPING["columns"],
        "case": "case:no",
        "opened": "case:begun",
        "requester": "case:client",
    }
}
ATTACK = '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def looked_at(path: Path, **changed: Any) -> tuple[EventLog, Counted]:
    log = log_at(str(path), LogMapping.parse(MAPPING | changed))
    return log, [there for _rows, there in log.count() if there][-1]


def told_by(path: Path, **changed: Any) -> dict[str, list[dict[str, str]]]:
    """Return the cases of a log with what their rows say; nothing where a cell is missing."""
    log, counted = looked_at(path, **changed)
    return {
        case: [
            {
                name.removeprefix("case:"): "" if cell == "-" else cell
                for name, cell in row.cells.items()
            }
            for row in rows
        ]
        for case, rows in log.cases(counted)
    }


def lines() -> list[list[Any]]:
    """Return the rows as a person keeps them in a sheet: moments, numbers, cells left empty."""
    names = COLUMNS.split(";")
    rows: list[list[Any]] = [["Log of the harbour, May"], [], names]
    for cells in cells_of(CRANE, LAMP):
        row: list[Any] = [None if cell == "-" else cell for cell in cells.values()]
        for place in (1, 2):
            row[place] = datetime.strptime(row[place], "%Y-%m-%d %H:%M")  # noqa: DTZ007 - as in a sheet
        rows.append([*row[:-2], float(row[-2]), int(row[-1])])
    return rows


def test_traces_say_what_a_table_says(tmp_path: Path):
    expected = told_by(a_log(tmp_path, CRANE, LAMP))
    path = as_xes(tmp_path, CRANE, LAMP)
    assert told_by(path, **IN_XES) == expected
    for pack, ending in ((gzip.compress, "gz"), (lzma.compress, "xz"), (bz2.compress, "bz2")):
        packed = tmp_path / f"harbour.xes.{ending}"
        packed.write_bytes(pack(path.read_bytes()))
        assert told_by(packed, **IN_XES) == expected
    assert looked_at(path, **IN_XES)[1].unused == ("marks", "note")
    columns = {**IN_XES["columns"], "subject": ["about", "marks"]}
    assert told_by(path, columns=columns)["C7"][0]["marks"] == "wet, red"


def test_a_sheet_says_what_a_table_says(tmp_path: Path):
    expected = told_by(a_log(tmp_path, CRANE, LAMP))
    path = as_xlsx(tmp_path, lines())
    told = told_by(path, file={"sheet": "Log"})
    for row in (row for rows in expected.values() for row in rows):
        for name in ("when", "begun"):
            row[name] = row[name].replace(" ", "T") + ":00"
    assert told == expected


def test_columns_that_nobody_asks_for_are_named(tmp_path: Path):
    path = a_log(tmp_path, CRANE)
    columns = {name: said for name, said in MAPPING["columns"].items() if name != "resolution"}
    assert looked_at(path, columns=columns)[1].unused == ("told how",)


def of_words(text: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "x.csv"
        path.write_text(text)
        return path

    return write


def of_bytes(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return write


HEAD = f"{COLUMNS}\n"


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (of_words(""), "is empty"),
        (of_words(COLUMNS.replace(";", "|")), "look separated by |: write delimiter"),
        (of_words(HEAD.replace("crew", "gang")), r"no column crew.*It has: no, when, begun.*\[col"),
        (of_words(HEAD.replace("crew", "no")), "no column crew"),
        (of_words(f"{COLUMNS};no\n"), "has the column no more than once"),
        (of_words(HEAD + "-;2025-05-05 10:00\n"), "has no row that names a case in no"),
        (of_bytes("x.csv", HEAD.encode("utf-16")), "UTF-16"),
        (of_bytes("x.csv", b"PK\x03\x04packed"), "unpack it first"),
        (of_bytes("x.csv.gz", gzip.compress(HEAD.encode())[:30]), "ends in the middle"),
        (of_bytes("x.csv.gz", b"\x1f\x8b\x08no"), "export it again"),
        (of_bytes("x.pdf", b"%PDF"), "Save it as one of these"),
        (of_bytes("x.xlsx.gz", b""), "unpack it first"),
        (of_bytes("x.xlsx", b"no sheet"), "save it anew"),
        (of_bytes("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1"), "without a password"),
        (lambda folder: as_xlsx(folder, lines()), "no column about.*It has: Nothing to see here"),
        (of_bytes("x.xes", b"<mxml/>"), "is a <mxml>, not a <log>"),
        (of_bytes("x.xes", b"<log><trace>"), "no whole XES file"),
        (lambda folder: as_xes(folder, CRANE), "no column begun, client, no"),
        (lambda folder: as_xes(folder, CRANE, head=ATTACK), "files attack"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(
    write: Callable[[Path], Path], words: str, tmp_path: Path
):
    with pytest.raises(LogNotFitting, match=words):
        looked_at(write(tmp_path))


def test_what_is_asked_for_and_is_not_there_is_named(tmp_path: Path):
    path = as_xlsx(tmp_path, lines())
    with pytest.raises(LogNotFitting, match="names one of: Sheet, Log"):
        looked_at(path, file={"sheet": "Lgo"})
    with pytest.raises(LogNotFitting, match="no encoding “latin-99”"):
        looked_at(a_log(tmp_path, CRANE), file={"encoding": "latin-99", "delimiter": ";"})
    with pytest.raises(SourceMissing, match="is a folder"):
        looked_at(tmp_path)


def test_a_workbook_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sheets, "_MOST_BESIDE", 1000)
    path = as_xlsx(tmp_path, lines())
    with pytest.raises(LogNotFitting, match=r"save it as \.csv"):
        looked_at(path, file={"sheet": "Log"})
