"""A sample of a real log is told as the log has it."""

import csv
import lzma
from itertools import groupby
from pathlib import Path

import pytest
from builders import a_desk, a_team
from verified import differences

from ansvar.importers import replaying
from ansvar.importers.commands import begin_log
from ansvar.importers.sources.log_finding import log_at
from ansvar.kernel.actor import SYSTEM
from ansvar.tickets.models import Ticket

LOG = Path(__file__).parents[3] / "shared" / "data" / "logs" / "servicenow_incident_events.csv.xz"
EVERY = 97


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
