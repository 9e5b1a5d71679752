"""What was kept of service levels, and whose time the missed ones took: counted by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from builders import OFFICE_HOURS, a_calendar, a_desk, a_team, acting, an_agent, an_organisation
from levels import a_level, a_row

from ansvar.insight.attainment import Asked, MissedAsked, attainment_of, doubts_of, missed_clocks
from ansvar.insight.decisions.drift import Tally
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Organisation
from ansvar.servicelevels.commands import publish_level, save_draft
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Row, Target, Terms
from ansvar.servicelevels.models import Clock
from ansvar.tickets.commands import (
    assign_ticket,
    hand_over_ticket,
    resolve_ticket,
    resume_ticket,
    wait_with_ticket,
)
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_ticket, handed_back

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
END = MONDAY + timedelta(days=60)


def at(hour: float, *, day: int = 0) -> clock.at:
    return clock.at(MONDAY + timedelta(days=day, hours=hour))


@pytest.fixture
def place() -> Workplace:
    """A desk that is open from 8 to 17 on weekdays."""
    with at(6):
        desk = a_desk(calendar=a_calendar(hours=OFFICE_HOURS))
        first, second = a_team(desk), a_team(desk, line=2)
        agent = an_agent(team=first)
    return Workplace(desk=desk, first=first, second=second, agent=agent, by=acting(agent))


def asked(place: Workplace, *kinds: LevelKind) -> Asked:
    return Asked(desk=place.desk, start=MONDAY, end=END, kinds=kinds or tuple(LevelKind))


def solved(ticket: Ticket, hour: float, place: Workplace, *, day: int = 0) -> None:
    with at(hour, day=day):
        resolve_ticket(ticket.pk, resolution="Restarted it.", by=place.by)


def a_hard_day(place: Workplace, supplier: Organisation) -> Ticket:
    """Return a ticket of nine hours: four with a team, one a person, four the supplier."""
    with at(8):
        ticket = a_ticket(place)
        hand_over_ticket(ticket.pk, team=place.second, reason="Yours", by=place.by)
    with at(12):
        handed_back(ticket, place.first, by=place.by)
        assign_ticket(ticket.pk, to=place.agent, by=place.by)
    with at(13):
        wait_with_ticket(
            ticket.pk,
            waiting_for=WaitingFor.SUPPLIER,
            note="They mend it.",
            supplier=supplier,
            by=place.by,
        )
    with at(17):
        resume_ticket(ticket.pk, why="mended", by=place.by)
    solved(ticket, 17, place)
    return ticket


def test_kept_late_and_running_are_told_by_target_month_and_team(place: Workplace):
    with at(7):
        level = a_level(place.desk, a_row((1,), resolution=60), a_row(resolution=240))
    for hour, day in [(10, 0), (12, 1), (13, 2), (11, 30)]:
        with at(8, day=day):
            ticket = a_ticket(place)
        solved(ticket, hour, place, day=day)
    with at(8, day=58):
        a_ticket(place)
    with clock.at(END):
        report = attainment_of(asked(place, LevelKind.SLA))
    (line,) = report.levels
    (target,) = line.targets
    assert (line.id, target.measure, target.row.priorities) == (
        level.level_id, Measure.RESOLUTION, frozenset()
    )  # fmt: skip
    assert target.whole.tally == Tally(kept=3, all=4)
    assert (target.whole.running, target.whole.overdue) == (1, 1)
    assert report.months == [date(2026, 3, 1), date(2026, 4, 1)]
    assert target.months[date(2026, 4, 1)].tally == Tally(kept=1, all=1)
    assert [(holder.id, attained.tally) for holder, attained in line.holders] == [
        (place.first.pk, Tally(kept=3, all=4))
    ]
    assert target.is_below


def test_time_beyond_the_target_is_shared_out_in_proportion(place: Workplace):
    supplier = an_organisation(name="Nordkassa")
    with at(7):
        a_level(place.desk, a_row(resolution=180))
    a_hard_day(place, supplier)
    with clock.at(END):
        (line,) = attainment_of(asked(place, LevelKind.SLA)).levels
    # Nine hours against three: six too many, of which 4/9, 1/9 and 4/9.
    assert (line.missed, line.beyond) == (1, timedelta(hours=6))
    minutes = {blame.holder.name: round(blame.beyond.total_seconds() / 60) for blame in line.blames}
    assert minutes == {place.second.name: 160, place.first.name: 40, "Nordkassa": 160}
    assert sum(blame.share for blame in line.blames) == pytest.approx(1)


def test_agreements_with_teams_and_suppliers_are_told_by_them(place: Workplace):
    supplier = an_organisation(name="Nordkassa")
    with at(7):
        a_level(place.desk, a_row(hold=180), kind=LevelKind.OLA)
        a_level(place.desk, a_row(supplier=240), kind=LevelKind.UC)
    a_hard_day(place, supplier)
    with clock.at(END):
        ola, contract = attainment_of(asked(place, LevelKind.OLA, LevelKind.UC)).levels
    assert {(holder.name, one.kept, one.late) for holder, one in ola.holders} == {
        (place.first.name, 0, 1), (place.second.name, 0, 1)
    }  # fmt: skip
    # Four hours and five against three each.
    assert ola.beyond == timedelta(hours=3)
    assert [(holder.name, one.kept, one.late) for holder, one in contract.holders] == [
        ("Nordkassa", 1, 0)
    ]


def test_equal_targets_of_two_versions_are_one_line(place: Workplace):
    with at(7):
        first = a_level(place.desk, a_row(resolution=240))
    with at(8):
        ticket = a_ticket(place)
    solved(ticket, 9, place)
    rows = (Row(targets={Measure.RESOLUTION: Target(minutes=240)}),)
    with at(7, day=1):
        save_draft(first.level_id, terms=Terms(rows=rows, restarts=True), by=SYSTEM)
        publish_level(first.level_id, by=SYSTEM)
    with at(8, day=1):
        ticket = a_ticket(place)
    solved(ticket, 9, place, day=1)
    with clock.at(END):
        (line,) = attainment_of(asked(place, LevelKind.SLA)).levels
    (target,) = line.targets
    assert target.whole.kept == 2
    assert len(target.versions) == 2


def test_the_missed_ones_can_be_listed(place: Workplace):
    supplier = an_organisation()
    with at(7):
        level = a_level(place.desk, a_row(resolution=180))
        other = a_level(place.desk, a_row(hold=180), kind=LevelKind.OLA)
    ticket = a_hard_day(place, supplier)
    everything = asked(place, LevelKind.SLA, LevelKind.OLA)

    def missed(**wanted: object) -> list[Clock]:
        return missed_clocks(MissedAsked(asked=everything, **wanted), limit=9)

    assert {row.ticket for row in missed()} == {ticket}
    assert [row.measure for row in missed(level_id=level.level_id)] == ["resolution"]
    held = missed(level_id=other.level_id, team_id=place.second.pk)
    assert [row.used for row in held] == [timedelta(hours=4)]
    assert not missed(level_id=level.level_id, measure="reaction")
    first, *others = missed()
    assert first.stopped_at is not None
    assert missed(before=(first.stopped_at, first.pk)) == others


def test_tickets_under_no_agreement_are_counted_and_said(place: Workplace):
    with at(8):
        a_ticket(place)
    with at(9):
        a_level(place.desk, a_row(resolution=180))
    with at(10):
        a_ticket(place)
    doubts = doubts_of(asked(place))
    assert (doubts.opened, doubts.without_level, doubts.closed) == (2, 1, 0)
