"""A sample of a real log is told as the log has it."""

import csv
import lzma
from collections import Counter, defaultdict
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from builders import a_desk, a_team
from verified import differences

from ansvar.importers import replaying
from ansvar.importers.commands import begin_log
from ansvar.importers.sources.log_finding import log_at
from ansvar.kernel.actor import SYSTEM
from ansvar.tickets.models import Ticket

LOGS = Path(__file__).parents[3] / "shared" / "data" / "logs"
LOG = LOGS / "servicenow_incident_events.csv.xz"
VOLVO = LOGS / "bpic2013_vinst_incidents.csv.xz"
EVERY = 97
HAND_OVERS = [
    (0, 2285), (1, 1305), (2, 763), (3, 305), (4, 226), (5, 101), (6, 97), (7, 42), (8, 52),
    (9, 30), (10, 17), (11, 12), (12, 7), (13, 8), (14, 7), (15, 6), (16, 8), (17, 2), (18, 2),
    (19, 1), (20, 4), (21, 1), (22, 2), (23, 1), (29, 1), (31, 2),
]  # fmt: skip
"""Hand-overs of a case, and how many cases have so many, counted over the raw rows."""


@pytest.mark.shared_data
@pytest.mark.django_db
@pytest.mark.skipif(not LOG.exists(), reason="needs the sample logs beside the project")
def test_changes_of_team_and_reopenings_are_those_of_the_log(tmp_path: Path):
    sample = tmp_path / "sample.csv"
    logged = {}
    with lzma.open(LOG, "rt", newline="") as file, sample.open("w", newline="") as out:
        rows = csv.DictReader(file)
        writer = csv.DictWriter(out, rows.fieldnames or ())
        writer.writeheader()
        for number, (case, own) in enumerate(groupby(rows, key=lambda row: row["number"])):
            kept = list(own)
            # What was taken up again is rare: all of it, and every so many of the rest.
            if number % EVERY == 0 or (number % 2 == 0 and kept[-1]["reopen_count"] != "0"):
                writer.writerows(kept)
                last = kept[-1]
                logged[case] = (int(last["reassignment_count"]), int(last["reopen_count"]))
    assert len(logged) > 250
    desk = a_desk()
    a_team(desk)
    log = log_at(str(sample), replaying.mapping_at("servicenow"))
    counted = [there for _rows, there in log.count() if there][-1]
    run = begin_log(desk=desk, source=log.name, log="servicenow", by=SYSTEM)
    list(replaying.replay(run, log, counted, by=SYSTEM))
    assert run.counts["left"] == 0
    tickets = Ticket.objects.values_list("imported_case__case", "hand_over_count", "reopen_count")
    told = {case: (hand_overs, reopens) for case, hand_overs, reopens in tickets}
    assert {case: reopens for case, (_moves, reopens) in told.items()} == {
        case: reopens for case, (_moves, reopens) in logged.items()
    }
    other = [case for case in logged if told[case] != logged[case]]
    assert len(other) <= len(logged) // 100
    differing = run.report["counters"]["hand_overs"]["differing"]
    assert sum(one["cases"] for one in differing) == len(other)
    assert not [one for one in differing if one["what"] == "unexplained"]
    assert differences() == []


def figures_of(sequences: dict[str, list[str]]) -> dict[str, Any]:
    """Return what teams that held cases one after the other say of ping-pong."""
    patterns = {
        case: sum(first == third for first, third in zip(teams, teams[2:], strict=False))
        for case, teams in sequences.items()
    }
    moves = Counter(len(teams) - 1 for teams in sequences.values())
    stayed = [
        all("2nd" not in team and "3rd" not in team for team in teams)
        for teams in sequences.values()
    ]
    return {
        "cases": len(sequences),
        "with a pattern": sum(count >= 1 for count in patterns.values()),
        "with two or more": sum(count > 1 for count in patterns.values()),
        "patterns": sum(patterns.values()),
        "hand-overs": sorted(moves.items()),
        "never left the first line": sum(stayed),
    }


def teams_in_rows() -> dict[str, list[str]]:
    """Return which teams held each case, from nothing but the raw rows."""
    cases = defaultdict(list)
    with lzma.open(VOLVO, "rt", encoding="utf-8-sig", newline="") as file:
        for place, row in enumerate(csv.DictReader(file)):
            moment = datetime.fromisoformat(row["Change Date+Time"])
            cases[row["SR Number"]].append((moment, place, row["Involved ST"]))
    return {
        case: [team for team, _same in groupby(team for _at, _place, team in sorted(rows))]
        for case, rows in cases.items()
    }


@pytest.mark.shared_data
@pytest.mark.skipif(not VOLVO.exists(), reason="needs the sample logs beside the project")
def test_custody_goes_through_the_teams_that_the_raw_rows_name():
    log = log_at(str(VOLVO), replaying.mapping_at("bpic2013"))
    counted = [there for _rows, there in log.count() if there][-1]
    planned = {story.case: list(story.teams) for story in replaying.stories_in(log, counted)}
    raw = teams_in_rows()
    assert planned == raw
    assert figures_of(raw) == {
        "cases": 5287,
        "with a pattern": 992,
        "with two or more": 440,
        "patterns": 2089,
        "hand-overs": HAND_OVERS,
        "never left the first line": 2984,
    }
    lines = {team: log.mapping.line_of(team) for teams in raw.values() for team in teams}
    assert all((line == 1) == ("2nd" not in team and "3rd" not in team)
               for team, line in lines.items())  # fmt: skip
