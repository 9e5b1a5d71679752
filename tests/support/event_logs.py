"""A small event log of another desk, as a file, and its mapping."""

import json
from pathlib import Path
from typing import Any

from ansvar.importers import replaying
from ansvar.importers.commands import begin_log
from ansvar.importers.decisions import LogMapping
from ansvar.importers.models import ImportRun
from ansvar.importers.sources.log_finding import log_at
from ansvar.importers.sources.logs import Counted, EventLog
from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Desk

COLUMNS = "no;when;begun;status;crew;solver;clerk;client;about;place;rank;told how;moves;returns"
MAPPING: dict[str, Any] = {
    "name": "harbour",
    "file": {"missing": ["-"], "delimiter": ";"},
    "time": {"format": "%Y-%m-%d %H:%M", "zone": "Europe/Stockholm"},
    "columns": {
        "case": "no",
        "moment": "when",
        "opened": "begun",
        "state": "status",
        "team": "crew",
        "person": "solver",
        "author": "clerk",
        "requester": "client",
        "service": "about",
        "site": "place",
        "priority": "rank",
        "subject": ["about", "place"],
        "resolution": "told how",
    },
    "values": {
        "state": {
            "fresh": "new",
            "busy": "in_work",
            "asks": "waiting:requester",
            "mended": "resolved",
            "over": "closed",
        },
        "priority": {"high": 1, "middle": 3},
    },
    "unnamed": {"team": "Crew without a name"},
    "counters": {"hand_overs": "moves", "reopens": "returns"},
}
# Crane 7 goes from the quay to the workshop and back, waits, and breaks once more.
CRANE = """\
C7;2025-05-05 10:00;2025-05-05 09:30;fresh;Quay;-;Mia;Olof;Crane;North pier;middle;-;0;0
C7;2025-05-05 10:20;2025-05-05 09:30;busy;Quay;Rut;Rut;Olof;Crane;North pier;middle;-;0;0
C7;2025-05-05 11:00;2025-05-05 09:30;busy;Workshop;Kim;Rut;Olof;Crane;North pier;high;-;1;0
C7;2025-05-05 12:00;2025-05-05 09:30;asks;Quay;Rut;Kim;Olof;Crane;North pier;high;-;2;0
C7;2025-05-06 08:00;2025-05-05 09:30;mended;Quay;Rut;Rut;Olof;Crane;North pier;high;New cable;2;0
C7;2025-05-06 09:00;2025-05-05 09:30;busy;Quay;Rut;Mia;Olof;Crane;North pier;high;-;2;1
C7;2025-05-06 10:00;2025-05-05 09:30;over;Quay;Rut;Rut;Olof;Crane;North pier;high;Oil;2;1
"""
# The log knows of no crew at first, changes it after the end, and counts a change it does not show.
LAMP = """\
L1;2025-05-05 10:10;2025-05-05 10:10;fresh;-;-;Mia;-;Lamp;-;middle;-;0;0
L1;2025-05-05 10:30;2025-05-05 10:10;busy;Quay;Rut;Rut;-;Lamp;-;middle;-;1;0
L1;2025-05-05 10:40;2025-05-05 10:10;lost;Quay;Rut;Rut;-;Lamp;-;middle;-;2;0
L1;2025-05-05 10:35;2025-05-05 10:10;mended;Quay;Rut;Rut;-;Lamp;-;middle;-;2;0
L1;2025-05-05 11:00;2025-05-05 10:10;over;Workshop;-;Rut;-;Lamp;-;high;-;3;0
"""


def a_log(folder: Path, *cases: str, name: str = "harbour.csv") -> Path:
    """Write cases into one file, their rows one after the other."""
    path = folder / name
    path.write_text("\n".join([COLUMNS, *(case.strip() for case in cases)]) + "\n")
    return path


def opened(path: Path, **changed: Any) -> tuple[EventLog, Counted]:
    """Return a log with what the first look at it shows."""
    log = log_at(str(path), LogMapping.parse(MAPPING | changed))
    counted = [there for _rows, there in log.count() if there][-1]
    return log, counted


def replayed(desk: Desk, path: Path, *, limit: int | None = None, **changed: Any) -> ImportRun:
    """Import a log, or what is new in it."""
    log, counted = opened(path, **changed)
    run = begin_log(desk=desk, source=log.name, log=log.mapping.name, by=SYSTEM)
    list(replaying.replay(run, log, counted, limit=limit, by=SYSTEM))
    return run


def a_mapping(folder: Path, **changed: Any) -> Path:
    """Write the mapping of the harbour into a file."""
    path = folder / "harbour.toml"
    path.write_text(_as_toml(MAPPING | changed))
    return path


def _as_toml(table: dict[str, Any], path: str = "") -> str:
    # Strings and lists of strings are written alike in JSON.
    plain = [f"{json.dumps(key)} = {json.dumps(said)}" for key, said in table.items()
             if not isinstance(said, dict)]  # fmt: skip
    inner = {f"{path}{json.dumps(key)}": said for key, said in table.items()
             if isinstance(said, dict)}  # fmt: skip
    sections = [f"[{name}]\n{_as_toml(said, f'{name}.')}" for name, said in inner.items()]
    return "\n".join([*plain, *sections])
