"""What may be promised: the figure, the share behind it, how sure it is, and who reads it."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import (
    OFFICE_HOURS,
    a_calendar,
    a_desk,
    a_team,
    acting,
    an_administrator,
    an_agent,
    an_agreed_service,
)
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from levels import a_level

from ansvar.catalogue.models import Service
from ansvar.insight.commands import choose_shown_promises, recompute_promises, set_promise_months
from ansvar.insight.decisions.drift import Direction, Done, Tally, direction_of, reality_of
from ansvar.insight.decisions.promises import (
    Unit,
    WorkingWeek,
    order_statistic,
    promise_of,
    rounded_up,
    solving_time,
    wilson,
    working_week,
)
from ansvar.insight.explaining import promise_in_words, sureness_in_words
from ansvar.insight.models import Drift, Promise
from ansvar.insight.promising import (
    promise_of_service,
    shown_promises,
    shown_promises_of_desks,
    standings_of,
)
from ansvar.insight.tasks import recompute
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.kernel.rights import NotPermitted
from ansvar.people.decisions import calendar_from
from ansvar.servicelevels.commands import publish_level, save_draft
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.story import course_of
from ansvar.servicelevels.decisions.terms import Measure, Row, Target, Terms
from ansvar.servicelevels.models import Timing
from ansvar.tickets.commands import (
    close_ticket,
    merge_ticket,
    resolve_ticket,
)
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_ticket

OFFICE = WorkingWeek(day=timedelta(hours=8), week=timedelta(hours=40))
ALWAYS = WorkingWeek(day=timedelta(hours=24), week=timedelta(hours=168))
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("time", "week", "amount", "unit"),
    [
        (hours(0), OFFICE, 15, Unit.MINUTE),
        (hours(0.25), OFFICE, 15, Unit.MINUTE),
        (hours(0.26), OFFICE, 30, Unit.MINUTE),
        (hours(3), OFFICE, 4, Unit.HOUR),
        (hours(4.1), OFFICE, 1, Unit.DAY),
        (hours(17), OFFICE, 3, Unit.DAY),
        (hours(40), OFFICE, 5, Unit.DAY),
        (hours(40.1), OFFICE, 2, Unit.WEEK),
        (hours(1000), OFFICE, 25, Unit.WEEK),
        (hours(4.1), ALWAYS, 1, Unit.DAY),
        (hours(24 * 6), ALWAYS, 1, Unit.WEEK),
        (hours(2.5), WorkingWeek(day=hours(3), week=hours(6)), 1, Unit.DAY),
        (hours(5), WorkingWeek(day=hours(3), week=hours(6)), 2, Unit.DAY),
        (hours(6.1), WorkingWeek(day=hours(3), week=hours(6)), 2, Unit.WEEK),
    ],
)
def test_a_time_is_rounded_up_to_a_natural_figure(
    time: timedelta, week: WorkingWeek, amount: int, unit: Unit
):
    figure = rounded_up(time, week)
    assert (figure.amount, figure.unit) == (amount, unit)
    assert figure.time >= time


def test_the_working_week_is_that_of_the_calendar():
    calendar = calendar_from(
        name="x", timezone="UTC", hours={"0": [["08:00", "12:00"]], "2": [["08:00", "16:00"]]}
    )
    assert working_week(calendar) == WorkingWeek(day=hours(6), week=hours(12))
    assert working_week(calendar_from(name="x", timezone="UTC", hours={})) is None


@pytest.mark.parametrize(
    ("share", "sample", "place"),
    [(0.9, 20, 18), (0.9, 21, 19), (0.9, 10, 9), (1, 7, 7), (0.9, 1, 1)],
)
def test_the_figure_is_a_time_that_was_observed(share: float, sample: int, place: int):
    assert order_statistic([hours(number + 1) for number in range(sample)], share) == hours(place)


@pytest.mark.parametrize(
    ("kept", "sample", "low", "high"),
    [
        # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_how_sure_a_share_is_agrees_with_published_intervals(
    kept: int, sample: int, low: float, high: float
):
    assert wilson(kept, sample) == pytest.approx((low, high), abs=0.00006)


@given(st.lists(st.integers(0, 10_000), min_size=20, max_size=60))
def test_a_promise_was_kept_in_at_least_nine_of_ten_cases(minutes: list[int]):
    kept = promise_of([timedelta(minutes=one) for one in minutes], OFFICE)
    assert kept is not None
    assert kept.within >= 0.9 * kept.sample
    assert kept.low <= kept.within / kept.sample <= kept.high


def test_waiting_for_the_requester_and_for_a_refusal_is_left_out():
    office = calendar_from(name="x", timezone="UTC", hours=OFFICE_HOURS)
    opened = MONDAY + hours(8)
    story = [
        (opened, {"opened": True, "state": "new", "team": 1}),
        (opened + hours(1), {"state": "waiting", "waiting": "requester"}),
        (opened + hours(49), {"state": "in_work", "waiting": ""}),
        (opened + hours(50), {"state": "resolved"}),
        (opened + hours(53), {"state": "in_work"}),
        # From Wednesday at 13:00 to Thursday at 10:00: four hours and two.
        (opened + hours(74), {"state": "resolved"}),
    ]
    whole = Hours(((None, office),))
    assert solving_time(course_of(story), whole) == hours(8)
    assert solving_time(course_of(story[:-1]), whole) is None


def test_of_fewer_than_twenty_tickets_nothing_is_promised():
    assert promise_of([hours(1)] * 19, OFFICE) is None
    assert promise_of([hours(1)] * 20, OFFICE) is not None


def test_what_was_done_is_measured_against_the_present_target():
    now = MONDAY
    done = [
        Done(at=now - timedelta(days=days), used=hours(used))
        for days, used in [(1, 1), (2, 5), (29, 4), (40, 3), (89, 9), (91, 4), (179, 5), (181, 1)]
    ]
    real = reality_of(done, target=hours(4), objective=80, now=now)
    assert (real.month, real.quarter, real.before) == (
        Tally(kept=2, all=3), Tally(kept=3, all=5), Tally(kept=1, all=2)
    )  # fmt: skip
    assert real.held == hours(5)


@pytest.mark.parametrize(
    ("lately", "before", "direction"),
    [
        (Tally(kept=19, all=20), Tally(kept=18, all=20), Direction.BETTER),
        (Tally(kept=18, all=20), Tally(kept=19, all=20), Direction.WORSE),
        (Tally(kept=181, all=200), Tally(kept=180, all=200), Direction.SAME),
        (Tally(kept=19, all=19), Tally(kept=0, all=20), Direction.TOO_FEW),
    ],
)
def test_a_quarter_is_compared_with_the_one_before(
    lately: Tally, before: Tally, direction: Direction
):
    assert direction_of(lately, before) == direction


@pytest.fixture
def place(db: None) -> Workplace:
    """A desk that is open from 8 to 17 on weekdays, as long as anybody can remember."""
    with clock.at(MONDAY - timedelta(days=400)):
        desk = a_desk(calendar=a_calendar(hours=OFFICE_HOURS))
        first, second = a_team(desk), a_team(desk, line=2)
        agent = an_agent(team=first)
    return Workplace(desk=desk, first=first, second=second, agent=agent, by=acting(agent))


def a_closed_ticket(place: Workplace, day: datetime, took: timedelta, **wanted: object) -> Ticket:
    """Return a ticket opened at eight o'clock, solved so much later, and closed the day after."""
    opened = day + hours(8)
    with clock.at(opened):
        ticket = a_ticket(place, **wanted)
    with clock.at(opened + took):
        resolve_ticket(ticket.pk, resolution="Restarted it.", by=place.by)
    with clock.at(opened + took + timedelta(days=1)):
        return close_ticket(ticket.pk, by=SYSTEM)


def closed_tickets(place: Workplace, service: Service, *took: float, kind: Kind) -> None:
    for number, one in enumerate(took):
        day = MONDAY + timedelta(days=7 * (number % 12))
        a_closed_ticket(place, day, hours(one), service=service, kind=kind)


def test_nine_of_ten_were_solved_within_the_figure_that_is_said(place: Workplace):
    service = an_agreed_service(place.desk)
    # Of twenty the eighteenth took a day and an hour: two days, in which nineteen were solved.
    took = [*[2.0] * 14, *[6.0] * 3, 25.0, 26.0, 24 * 4 + 3]
    closed_tickets(place, service, *took, kind=Kind.INCIDENT)
    closed_tickets(place, an_agreed_service(place.desk), 1.0, kind=Kind.REQUEST)
    with clock.at(MONDAY + timedelta(days=100)):
        recompute_promises(place.desk.pk)
    promise = promise_of_service(service)
    assert promise is not None
    assert promise_in_words(promise) == (
        "90 % of these are solved within 2 working days (19 of 20 closed in the last 6 months)."
    )
    assert sureness_in_words(promise) == "true share, with 95 % confidence: 76 to 99 %"
    desk = Promise.objects.get(desk=place.desk, service=None, kind="")
    assert promise_in_words(desk).startswith("90 % of all matters here are solved within 2 working")
    assert (desk.within, desk.sample) == (20, 21)
    assert not Promise.objects.filter(service=service, kind=Kind.REQUEST).exists()
    few = Promise.objects.get(sample=1, kind="")
    assert (few.time, promise_in_words(few)) == (None, "")


def test_merged_old_and_strange_tickets_are_left_out(place: Workplace):
    service = an_agreed_service(place.desk)
    closed_tickets(place, service, *[2.0] * 21, kind=Kind.INCIDENT)
    a_closed_ticket(place, MONDAY - timedelta(days=200), hours(2), service=service)
    a_closed_ticket(place, MONDAY, hours(2), service=service, kind=Kind.ALARM)
    with clock.at(MONDAY + hours(8)):
        ticket, other = a_ticket(place, service=service), a_ticket(place, service=service)
        merge_ticket(ticket.pk, into_id=other.pk, by=place.by)
    with clock.at(MONDAY + timedelta(days=100)):
        recompute_promises(place.desk.pk)
    promise = promise_of_service(service)
    assert promise is not None
    assert (promise.sample, promise.amount, promise.unit) == (21, 2, Unit.HOUR)


def test_tickets_older_than_the_clocks_are_read_from_the_journal(place: Workplace):
    service = an_agreed_service(place.desk)
    closed_tickets(place, service, *[2.0] * 20, kind=Kind.INCIDENT)
    Timing.objects.all().delete()
    with clock.at(MONDAY + timedelta(days=100)):
        recompute_promises(place.desk.pk)
    promise = promise_of_service(service)
    assert promise is not None
    assert (promise.sample, promise.amount, promise.unit) == (20, 2, Unit.HOUR)


def test_requesters_read_only_what_an_administrator_lets_them(place: Workplace):
    service, other = an_agreed_service(place.desk), an_agreed_service(place.desk)
    closed_tickets(place, service, *[2.0] * 20, kind=Kind.INCIDENT)
    closed_tickets(place, service, *[26.0] * 20, kind=Kind.REQUEST)
    with clock.at(MONDAY + timedelta(days=100)):
        recompute.function(desk_id=place.desk.pk)
    assert not shown_promises([service, other])
    admin = acting(an_administrator(place.desk))
    with pytest.raises(NotPermitted):
        choose_shown_promises(place.desk.pk, services=[service.pk], with_desk=True, by=place.by)
    choose_shown_promises(place.desk.pk, services=[service.pk, other.pk], with_desk=True, by=admin)
    choose_shown_promises(place.desk.pk, services=[service.pk], with_desk=True, by=admin)
    told = [
        (kinds, row.amount, row.unit) for kinds, row in shown_promises([service, other])[service.pk]
    ]
    assert told == [
        (("incident",), 2, "hour"), (("request",), 2, "day"), (("question", "complaint"), 2, "day")
    ]  # fmt: skip
    assert len(shown_promises_of_desks([place.desk])[place.desk.pk]) == 3
    names = Entry.objects.filter(fact__startswith="promise.").order_by("pk")
    assert list(names.values_list("fact", "subject_id")) == [
        ("promise.desk_shown", place.desk.pk),
        ("promise.service_shown", service.pk),
        ("promise.service_shown", other.pk),
        ("promise.service_hidden", other.pk),
    ]


def test_the_months_are_set_once_and_within_reason(place: Workplace):
    admin = acting(an_administrator(place.desk))
    for months in (0, 25):
        with pytest.raises(ValidationError):
            set_promise_months(place.desk.pk, months, by=admin)
    for _again in range(2):
        set_promise_months(place.desk.pk, 3, by=admin)
    assert [entry.payload for entry in Entry.objects.filter(fact="promise.months_set")] == [
        {"months": 3, "previous": 6}
    ]


def test_an_owner_sees_how_the_target_in_force_was_kept(place: Workplace):
    service = an_agreed_service(place.desk)
    target = Target(minutes=240, objective=80)
    with clock.at(MONDAY - timedelta(days=300)):
        old = a_level(place.desk, Row(targets={Measure.RESOLUTION: target}))
    closed_tickets(place, service, 1.0, 2.0, 3.0, 5.0, 9.0, kind=Kind.INCIDENT)
    with clock.at(MONDAY + timedelta(days=40)):
        stricter = Row(targets={Measure.RESOLUTION: Target(minutes=180, objective=80)})
        save_draft(old.level_id, terms=Terms(rows=(stricter,)), by=SYSTEM)
        publish_level(old.level_id, by=SYSTEM)
    now = MONDAY + timedelta(days=45)
    with clock.at(now):
        recompute_promises(place.desk.pk)
    (standing,) = standings_of(service, now=now)
    assert (standing.number, standing.target.minutes) == (2, 180)
    assert (standing.month, standing.quarter) == (Tally(kept=0, all=2), Tally(kept=3, all=5))
    assert standing.drift is not None
    assert standing.drift.held == hours(5)
    assert standing.is_below
    assert standing.direction is Direction.TOO_FEW
    assert Drift.objects.count() == 1
