"""The report of hand-overs: added up by team, service and period."""

import csv
import io
import json
import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from builders import a_service
from histories import HOUR, MONDAY, Crew, a_crew, walked

from ansvar.insight.decisions.periods import Period, Step, first_day, name_of
from ansvar.insight.handover_rows import TABLES, report_as_json, rows_of
from ansvar.insight.handovers import HandoverReport, asked_of, handovers_of
from ansvar.insight.queries import Scope
from ansvar.kernel.actor import SYSTEM
from ansvar.ops import report_running
from ansvar.ops.trouble import Trouble
from ansvar.people.commands import edit_team
from ansvar.tickets.decisions import Kind

pytestmark = pytest.mark.django_db

QUARTER = Period(start=MONDAY - HOUR, end=MONDAY + timedelta(days=90))


@pytest.fixture
def crew() -> Crew:
    return a_crew()


def report(crew: Crew, *kinds: Kind, step: Step = Step.MONTH) -> HandoverReport:
    return handovers_of(asked_of(Scope(desk=crew.desk), QUARTER, kinds), step=step)


def random_paths(count: int) -> list[str]:
    """Return what tickets might have gone through; the same team twice in a row is possible."""
    # Of one seed: what fails once fails again.
    dice = random.Random(4)
    return ["".join(dice.choices("ABCD", k=dice.randint(1, 7))) for _number in range(count)]


def merged(path: str) -> str:
    return "".join(name for at, name in enumerate(path) if not at or path[at - 1] != name)


def test_report_agrees_with_a_count_over_the_raw_rows(crew: Crew):
    paths = random_paths(25)
    for path in paths:
        walked(crew, merged(path))
    told = [merged(path) for path in paths]
    patterns = [sum(one[at] == one[at + 2] for at in range(len(one) - 2)) for one in told]
    walks = report(crew).whole.walks
    assert walks.cases == len(paths)
    assert walks.histogram == Counter(len(one) - 1 for one in told)
    assert (walks.patterns, walks.with_pattern) == (sum(patterns), sum(map(bool, patterns)))
    assert walks.with_two == sum(count > 1 for count in patterns)
    assert walks.never_left == sum(set(one) <= set("AB") for one in told)


def test_who_gave_back_and_who_got_it_back_is_told_by_team(crew: Crew):
    edit_team(crew.teams["C"].pk, hourly_rate=Decimal(50), by=SYSTEM)
    walked(crew, "ACA")
    walked(crew, "AC")
    walked(crew, "B")
    teams = {one.team.name: one for one in report(crew).teams}
    assert list(teams) == ["C", "A", "B"]
    a, c = teams["A"], teams["C"]
    assert (a.cases, a.given, a.got, a.given_back, a.got_back) == (2, 2, 1, 0, 1)
    assert (c.cases, c.given, c.got, c.given_back, c.got_back) == (2, 1, 2, 1, 0)
    assert (a.lost.working, a.lost.cost, c.lost.cost) == (HOUR, 50, 0)


def test_services_and_months_have_figures_of_their_own(crew: Crew):
    till = a_service(crew.desk, name="Till")
    walked(crew, "ABA", service=till)
    walked(crew, "A", start=MONDAY + timedelta(days=35))
    found = report(crew)
    assert [(one and one.name, figures.walks.patterns) for one, figures in found.services] == [
        ("Till", 1),
        (None, 0),
    ]
    months = [(name_of(day, Step.MONTH), figures.walks.cases) for day, figures in found.periods]
    assert months == [("2026-03", 1), ("2026-04", 1)]
    quarters = [name_of(day, Step.QUARTER) for day, _f in report(crew, step=Step.QUARTER).periods]
    assert quarters == ["2026-Q1", "2026-Q2"]


def test_project_work_is_apart_unless_it_is_asked_for(crew: Crew):
    walked(crew, "ABA", kind=Kind.PROJECT_WORK)
    walked(crew, "A")
    usual, whole = report(crew), report(crew, *Kind)
    assert (usual.whole.walks.cases, usual.whole.walks.patterns, usual.project_work) == (1, 0, 1)
    assert (whole.whole.walks.cases, whole.whole.walks.patterns, whole.project_work) == (2, 1, 0)


@pytest.mark.parametrize(
    ("step", "first", "name"),
    [
        (Step.MONTH, (11, 1), "2026-11"),
        (Step.QUARTER, (10, 1), "2026-Q4"),
        (Step.YEAR, (1, 1), "2026"),
    ],
)
def test_a_date_lies_in_a_month_a_quarter_and_a_year(step: Step, first: tuple[int, int], name: str):
    day = first_day(MONDAY.date().replace(month=11, day=22), step)
    assert ((day.month, day.day), name_of(day, step)) == (first, name)


def test_tables_and_json_for_programs_have_the_same_figures(
    crew: Crew, capsys: pytest.CaptureFixture[str]
):
    walked(crew, "ACAC")
    found = report(crew)
    for table in TABLES:
        headings, *rows = rows_of(found, table)
        assert rows
        assert {len(row) for row in rows} == {len(headings)}
    told = report_as_json(found)
    assert (told["cases"], told["patterns"], told["histogram"]) == (1, 2, {"3": 1})
    assert told["lost_working_minutes"] == 120
    assert [(one["giver"], one["bounces"]) for one in told["pairs"]] == [("A", 1), ("C", 1)]
    assert json.loads(printed(capsys, crew, as_json=True))["patterns"] == 2
    lines = list(csv.reader(io.StringIO(printed(capsys, crew, as_csv=True))))
    assert lines[0][:4] == ["giver", "team", "handovers", "bounces"]
    assert ["A", "C", "2", "1"] in [line[:4] for line in lines]
    assert "patterns A, B, A in all" in printed(capsys, crew)


def printed(
    capsys: pytest.CaptureFixture[str], crew: Crew, *, as_json: bool = False, as_csv: bool = False
) -> str:
    asked = report_running.asked(
        desk=crew.desk.prefix.lower(), team="", service="", kinds=(), since=MONDAY, until=MONDAY
    )
    report_running.print_handovers(asked, cut="year", table="pair", as_json=as_json, as_csv=as_csv)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"desk": "NO"}, "no desk with the prefix 'NO'"),
        ({"team": "Z"}, "has no team 'Z'; there are: A, B, C, D"),
        ({"service": "Z"}, "has no service 'Z'"),
        ({"kinds": ["holiday"]}, "no kind 'holiday'"),
        ({"since": MONDAY, "until": MONDAY - timedelta(days=1)}, "lies before"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(crew: Crew, wrong: dict[str, object], said: str):
    options: dict[str, object] = {
        "desk": crew.desk.prefix, "team": "", "service": "", "kinds": (), "since": None,
        "until": None,
    }  # fmt: skip
    with pytest.raises(Trouble, match=said):
        report_running.asked(**{**options, **wrong})  # type: ignore[arg-type]  # by parameters
