"""What rows of a log stand for, and what a mapping file may say."""

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby, pairwise
from typing import Any

import pytest
from event_files import cells_of
from event_logs import CRANE, MAPPING
from hypothesis import given
from hypothesis import strategies as st

from ansvar.importers.decisions import (
    BadMapping,
    LogMapping,
    Remark,
    Remarks,
    RowReader,
    Tracer,
)
from ansvar.importers.decisions.events import Event
from ansvar.importers.decisions.mapping import Standing
from ansvar.importers.decisions.retracing import CaseStory
from ansvar.importers.replaying import story_in
from ansvar.importers.sources.logs import Row
from ansvar.tickets.decisions import DONE, State, WaitingFor

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
STANDINGS = {
    "new": Standing(state=State.NEW),
    "work": Standing(state=State.IN_WORK),
    "asks": Standing(state=State.WAITING, waiting_for=WaitingFor.REQUESTER),
    "orders": Standing(state=State.WAITING, waiting_for=WaitingFor.SUPPLIER),
    "mended": Standing(state=State.RESOLVED),
    "over": Standing(state=State.CLOSED),
}


def traced(*rows: tuple[str, str, str], end: State | None = None) -> CaseStory:
    """Return the story of rows of state, team and person, an hour apart."""
    events = [
        Event(
            row=number,
            at=BEGIN + timedelta(hours=number),
            standing=STANDINGS[state],
            team=team,
            person=person,
            requester="R",
        )
        for number, (state, team, person) in enumerate(rows, start=1)
    ]
    tracer = Tracer(case="C", holds_in=frozenset(State), remarks=Remarks(), end=end)
    return tracer.trace(events, rows=len(rows))


def done_in(story: CaseStory) -> str:
    return " ".join(type(step).__name__ for step in story.steps[1:])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("new", "A", "")], ""),
        ([("new", "A", "p")], "Assignment"),
        ([("work", "A", "")], "Beginning"),
        ([("work", "A", "p"), ("work", "A", "p")], "Assignment Beginning"),
        ([("new", "A", "p"), ("new", "A", "")], "Assignment Assignment"),
        ([("work", "A", ""), ("work", "B", "")], "Beginning HandOver Beginning"),
        ([("work", "A", ""), ("new", "B", "q")], "Beginning HandOver"),
        ([("asks", "A", ""), ("asks", "B", "q")], "Wait HandOver"),
        ([("asks", "A", ""), ("orders", "A", "")], "Wait Wait"),
        ([("asks", "A", ""), ("asks", "A", "")], "Wait"),
        ([("asks", "A", ""), ("new", "A", "")], "Wait Resumption"),
        ([("asks", "A", ""), ("work", "A", "")], "Wait Beginning"),
        ([("mended", "A", ""), ("over", "A", "")], "Resolution Closing"),
        ([("over", "A", "")], "Resolution Closing"),
        ([("over", "A", ""), ("mended", "A", "")], "Resolution Closing"),
        ([("work", "A", ""), ("mended", "B", "q")], "Beginning HandOver Resolution"),
        ([("mended", "A", ""), ("work", "A", "")], "Resolution Reopening Beginning"),
        ([("over", "A", ""), ("asks", "B", "")], "Resolution Closing Reopening HandOver Wait"),
        # What changes hands after the end stays resolved, and nobody gets it in hand.
        ([("mended", "A", ""), ("mended", "B", "q")], "Resolution LateHandOver"),
        (
            [("mended", "A", ""), ("over", "B", "q"), ("new", "B", "q")],
            "Resolution LateHandOver Closing Reopening Assignment",
        ),
    ],
)
def test_rows_are_what_differs_from_the_row_before(rows: list[tuple[str, str, str]], expected: str):
    assert done_in(traced(*rows)) == expected


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(STANDINGS)), st.sampled_from("AB"), st.sampled_from("pq")),
        min_size=1,
        max_size=12,
    )
)
def test_counters_are_the_changes_that_the_rows_show(rows: list[tuple[str, str, str]]):
    story = traced(*rows)
    done = [STANDINGS[state].state in DONE for state, _team, _person in rows]
    reopens = sum(before and not now for before, now in pairwise(done))
    assert story.counted["reopens"] == reopens
    held = [team for team, _rows in groupby(team for _state, team, _person in rows)]
    assert list(story.teams) == held
    moves = len(held) - 1
    assert story.counted["hand_overs"] == moves
    moments = [step.at for step in story.steps]
    assert moments == sorted(moments)


@pytest.mark.parametrize(
    ("rows", "end", "expected"),
    [
        ([("work", "A", "")], State.RESOLVED, "Beginning Resolution"),
        ([("asks", "A", "")], State.CLOSED, "Wait Resolution Closing"),
        ([("mended", "A", "")], State.CLOSED, "Resolution"),
        ([("over", "A", ""), ("new", "A", "")], None, "Resolution Closing Reopening"),
    ],
)
def test_a_case_that_its_last_row_leaves_open_ends_as_the_mapping_wishes(
    rows: list[tuple[str, str, str]], end: State | None, expected: str
):
    assert done_in(traced(*rows, end=end)) == expected


def test_rows_are_told_in_the_order_of_the_file_or_of_their_moments():
    reader = partial(RowReader, now=BEGIN + timedelta(days=365))
    shuffled = [Row(number=number, cells=cells) for number, cells in enumerate(
        cells_of("\n".join(reversed(CRANE.splitlines()))), start=1)]  # fmt: skip
    by_file = story_in("C7", shuffled, reader(mapping=LogMapping.parse(MAPPING)))
    by_time = {"file": {**MAPPING["file"], "order": "time"}}
    sorted_ = story_in("C7", shuffled, reader(mapping=LogMapping.parse(MAPPING | by_time)))
    assert by_file.remarks.counts[Remark.WENT_BACK] == 6
    assert Remark.WENT_BACK not in sorted_.remarks.counts
    assert sorted_.teams == ("Quay", "Workshop", "Quay")


def without(section: str, key: str) -> dict[str, Any]:
    kept = {name: value for name, value in MAPPING[section].items() if name != key}
    return {section: kept}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "needs a “name”"),
        ({"colums": {}}, "knows no “colums”"),
        ({"columns": {**MAPPING["columns"], "taem": "crew"}}, "knows no “taem”"),
        (without("columns", "moment"), "“moment”"),
        ({"values": {"state": {"busy": "working"}}}, "“working” is no state"),
        ({"values": {"state": {"busy": "waiting"}}}, "“waiting” is no state"),
        ({"values": {"state": {"busy": "waiting:date"}}}, "“waiting:date” is no state"),
        ({"values": {"state": {"busy": "new:requester"}}}, "“new:requester” is no state"),
        ({"values": {"priority": {"high": 6}}}, "a number from 1 to 5"),
        ({"values": {"kind": {"x": "wish"}}}, "no kind of ticket"),
        ({"time": {"zone": "Sweden/Nowhere"}}, "no time zone"),
        ({"holder": {"states": ["busy"]}}, "“states”"),
        ({"known": {"teams": {}}}, "knows no “teams”"),
        ({"unnamed": "nobody"}, "a section of its own"),
        ({"counters": {"moves": "moves"}}, "knows no “moves”"),
        ({"file": {"order": "size"}}, "file, time"),
        ({"file": {"delimiter": "; "}}, "is one letter"),
        ({"end": {"state": "new"}}, "closed, resolved"),
        ({"end": {"state": "closed", "days": -1}}, "a number of days"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(changed: dict[str, Any], words: str):
    with pytest.raises(BadMapping, match=words):
        LogMapping.parse(MAPPING | changed)
