"""Why a clock is due when it is: a day of a ticket with every figure checked by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import a_calendar, a_site, an_agreed_service, an_organisation
from levels import a_level, a_row

from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.servicelevels.clock_words import amount, exactly, glance_at, short, when
from ansvar.servicelevels.commands import NO_LEVEL, choose_level
from ansvar.servicelevels.decisions.terms import LevelKind, Scope
from ansvar.servicelevels.explaining_clocks import Explained, _percents, explain
from ansvar.servicelevels.promises import hears_by, promises_of
from ansvar.servicelevels.queries import level_choice
from ansvar.servicelevels.running import next_due_along, next_due_of, timed_of
from ansvar.tickets.commands import (
    assign_ticket,
    hand_over_ticket,
    resolve_ticket,
    resume_ticket,
    start_work,
    wait_with_ticket,
)
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_ticket, a_workplace

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
REQUESTER_PAUSES = frozenset({"waiting:requester"})


def moment(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def at(hour: int, minute: int = 0, *, day: int = 0) -> clock.at:
    return clock.at(moment(hour, minute, day=day))


@pytest.fixture
def place() -> Workplace:
    """A desk that is open from eight to five, in UTC like the moments of these tests."""
    with at(6):
        found = a_workplace()
        calendar = a_calendar(
            name="Office", timezone="UTC", hours={str(n): [["08:00", "17:00"]] for n in range(5)}
        )
        found.desk.calendar = calendar
        found.desk.save()
    return found


def a_long_day(place: Workplace) -> Ticket:
    """Return a ticket with four hours for its solution, held by two teams, a requester, a supplier.

    Counted: 14:00-14:30 first team, 14:30-15:00 its agent, 16:00-17:00 its agent, next day
    08:00-09:00 second team, 09:00-10:30 the supplier: four and a half hours.
    """
    with at(13):
        other = an_agreed_service(place.desk)
        a_level(place.desk, a_row(resolution=240), pauses=REQUESTER_PAUSES)
        a_level(place.desk, a_row(resolution=60), scope=Scope(services=frozenset({other.pk})))
    with at(14):
        ticket = a_ticket(place)
    with at(14, 30):
        assign_ticket(ticket.pk, to=place.agent, by=place.by)
        start_work(ticket.pk, by=place.by)
    with at(15):
        wait_with_ticket(ticket.pk, waiting_for=WaitingFor.REQUESTER, note="When?", by=place.by)
    with at(16):
        resume_ticket(ticket.pk, why="answered", by=place.by)
    with at(18):
        hand_over_ticket(ticket.pk, team=place.second, reason="Yours", by=place.by)
    with at(9, day=1):
        wait_with_ticket(
            ticket.pk,
            waiting_for=WaitingFor.SUPPLIER,
            supplier=an_organisation(name="TillWare AB"),
            by=SYSTEM,
        )
    return ticket


def a_ticket_that_waits(place: Workplace) -> Ticket:
    """Return a ticket that waits for its requester, with three of four hours left."""
    with at(14, day=1):
        ticket = a_ticket(place)
    with at(15, day=1):
        return wait_with_ticket(
            ticket.pk, waiting_for=WaitingFor.REQUESTER, note="When?", by=place.by
        )


def explained(ticket: Ticket, measure: str = "resolution", number: int = 1) -> Explained:
    told = timed_of(ticket)
    run = told.run(measure, number) if told else None
    assert told is not None
    assert run is not None
    chosen = level_choice(ticket.pk)
    reason = chosen.payload["reason"] if chosen else ""
    return explain(told, run, now=clock.now(), reason=reason)


def test_each_leg_says_who_had_it_and_whether_it_counts(place: Workplace):
    ticket = a_long_day(place)
    with at(10, 30, day=1):
        found = explained(ticket)
    first, second, agent = place.first.name, place.second.name, place.agent.name
    assert [(leg.holder, leg.spent, leg.is_counted) for leg in found.legs] == [
        (first, "30 min", True),
        (f"{first} ▸ {agent}", "30 min", True),
        ("the requester", "1 h", False),
        (f"{first} ▸ {agent}", "1 h", True),
        (second, "1 h", True),
        ("TillWare AB", "1 h 30 min", True),
    ]
    assert found.legs[3].closed == ["Mon 2 Mar 17:00–18:00: closed"]
    assert found.legs[4].closed == ["Mon 2 Mar 18:00–Tue 3 Mar 08:00: night"]
    assert "waits for the requester" in found.legs[2].why_not
    assert found.total == "4 h 30 min"


def test_a_breach_names_the_leg_and_lays_the_delay_in_proportion(place: Workplace):
    ticket = a_long_day(place)
    with at(10, 30, day=1):
        found = explained(ticket)
    assert found.question == "Solution: why was it due at 10:00?"
    assert found.breach == (
        "The time ran out at 10:00, while TillWare AB had it (waiting for a supplier)."
    )
    assert [(share.holder, share.percent, share.delay) for share in found.shares] == [
        (place.first.name, 11, "3 min 20 s"),
        (place.agent.name, 34, "10 min"),
        (place.second.name, 22, "6 min 40 s"),
        ("TillWare AB", 33, "10 min"),
    ]
    assert found.conclusion == "4 h 30 min are used, 30 min more than 4 h: it was due at 10:00."


def test_the_strip_is_cut_where_the_target_ends(place: Workplace):
    ticket = a_long_day(place)
    with at(10, 30, day=1):
        told = timed_of(ticket)
        assert told is not None
        run = told.run("resolution", 1)
        assert run is not None
        parts = glance_at(run, {}, now=clock.now()).parts
    assert [(part.kind, part.seconds // 60, part.is_counted, part.is_over) for part in parts] == [
        ("team", 30, True, False),
        ("person", 30, True, False),
        ("requester", 60, False, False),
        ("person", 60, True, False),
        ("team", 60, True, False),
        ("supplier", 60, True, False),
        ("supplier", 30, True, True),
    ]


def test_what_is_ahead_ends_when_it_is_due(place: Workplace):
    with at(7):
        a_level(place.desk, a_row(resolution=240))
    with at(14):
        ticket = a_ticket(place)
    with at(15):
        found = explained(ticket)
    ahead = found.legs[-1]
    assert (ahead.is_ahead, ahead.end, ahead.spent) == (True, moment(9, day=1), "3 h")
    assert ahead.closed == ["Mon 2 Mar 17:00–Tue 3 Mar 08:00: night"]
    assert found.conclusion.endswith("3 h are left: so it is due at Tue 09:00.")


def test_the_sentences_say_which_level_and_why_not_the_others(place: Workplace):
    ticket = a_long_day(place)
    with at(15, 30):
        sentences = explained(ticket).sentences
    assert "applies: it is the first that fits" in sentences[0]
    assert any("does not apply: it is for other services" in one for one in sentences)
    assert any("4 h of working time, in every case" in one for one in sentences)
    assert "Where the figure comes from: assumed by us." in sentences
    assert any("the hours of the desk, “Office”" in one for one in sentences)


def test_a_level_by_hand_is_named_with_its_reason(place: Workplace):
    ticket = a_long_day(place)
    with at(8):
        strict = a_level(
            place.desk, a_row(resolution=30), scope=Scope(sites=frozenset({a_site().pk}))
        )
    with at(15, 30):
        choose_level(ticket.pk, version_id=strict.pk, reason="They pay for it", by=SYSTEM)
        found = explained(ticket)
    assert "somebody chose it by hand" in found.sentences[0]
    assert found.sentences[1] == "The reason that was given: “They pay for it”"
    with at(15, 40):
        choose_level(ticket.pk, version_id=NO_LEVEL, reason="A gift", by=SYSTEM)
    told = timed_of(ticket)
    assert told is not None
    assert told.run("resolution", 1) is None
    assert told.agreement is None
    assert told.agreement_by_rule is not None


def test_every_clock_of_a_ticket_can_be_explained(place: Workplace):
    with at(7):
        a_level(place.desk, a_row(hold=60), kind=LevelKind.OLA)
        a_level(place.desk, a_row(supplier=30), kind=LevelKind.UC)
    ticket = a_long_day(place)
    with at(11, day=1):
        resolve_ticket(ticket.pk, resolution="Renewed.", by=SYSTEM)
    with at(12, day=1):
        told = timed_of(ticket)
        assert told is not None
        found = [explain(told, run, now=clock.now()) for run in told.runs]
    assert {one.glance.measure for one in found} == {
        "resolution", "acknowledge", "update", "closing", "hold", "supplier", "third_party",
    }  # fmt: skip
    assert all(one.question and one.conclusion and one.sentences for one in found)
    for one in found:
        counted = sum(leg.seconds for leg in one.legs if leg.is_counted and not leg.is_ahead)
        assert exactly(timedelta(seconds=counted)) == one.total
        assert sum(share.percent for share in one.shares) in {0, 100}


def test_a_list_brings_the_next_clock_along(place: Workplace, django_assert_num_queries):
    ticket = a_long_day(place)
    timed_of(ticket)  # the book is read once per process
    with at(9, 30, day=1), django_assert_num_queries(1):
        row = Ticket.objects.annotate(**next_due_along()).get(pk=ticket.pk)
        found = next_due_of(row, now=clock.now())
    assert found is not None
    assert (found.left, found.percent, found.is_late) == (timedelta(minutes=30), 87, False)


def test_a_requester_reads_promises_and_never_who_has_it(place: Workplace):
    ticket = a_long_day(place)
    asked = a_ticket_that_waits(place)
    with at(15, 30, day=1):
        waiting = promises_of(asked, now=clock.now())
    with at(8, 30, day=1):
        ticket.refresh_from_db()
        running = promises_of(ticket, now=clock.now())
    with at(10, 30, day=1):
        late = promises_of(ticket, now=clock.now())
    assert "The clock stands still until you answer." in waiting
    assert "When it goes on, it is to be solved within 3 h of working time." in waiting
    assert "It was to be solved by today 10:00. We are late." in late
    assert "It is to be solved by today 10:00; that is our promise." in running
    names = (place.first.name, place.second.name, place.agent.name, "TillWare AB")
    assert not any(name in one for one in (*waiting, *running, *late) for name in names)


def test_nothing_is_promised_for_what_is_done_with(place: Workplace):
    ticket = a_long_day(place)
    with at(11, day=1):
        resolve_ticket(ticket.pk, resolution="Renewed.", by=SYSTEM)
        ticket.refresh_from_db()
        assert promises_of(ticket, now=clock.now()) == []
        assert hears_by(ticket, now=clock.now()) == ""


@pytest.mark.parametrize(
    ("minutes", "words", "column"),
    [(0, "0 min", "0:00"), (9, "9 min", "0:09"), (60, "1 h", "1:00"), (1500, "25 h", "25 h")],
)
def test_working_time_is_said_in_hours_never_in_days(minutes: int, words: str, column: str):
    span = timedelta(minutes=minutes)
    assert (amount(span), short(span)) == (words, column)


def test_a_moment_has_its_day_when_it_is_not_today():
    assert when(moment(14, 10), now=moment(9)) == "14:10"
    assert when(moment(10, day=3), now=moment(9)) == "Thu 10:00"
    assert when(moment(10, day=30), now=moment(9)) == "Wed 1 Apr 10:00"


def test_shares_add_up_to_a_hundred():
    assert _percents([timedelta(hours=1)] * 3) == [34, 33, 33]
