"""Who never heard from the desk, who heard late, and how long the longest silence was."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import OFFICE_HOURS, a_calendar, a_desk, a_team, acting, an_agent
from django.db import transaction

from ansvar.conversations.commands.talking import write_reply
from ansvar.conversations.facts import MessageRecalled, MessageSent
from ansvar.insight.decisions.drift import Tally
from ansvar.insight.silence import Silence, SilenceReport, silence_of
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.journal import record
from ansvar.people.models import Desk
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.tickets.commands import (
    close_ticket,
    hand_over_ticket,
    merge_ticket,
    override_priority,
    resolve_ticket,
)
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_ticket

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEDNESDAY_EVENING = MONDAY + timedelta(days=2, hours=17)


def at(hour: int, minute: int = 0, *, day: int = 0) -> clock.at:
    return clock.at(MONDAY + timedelta(days=day, hours=hour, minutes=minute))


@pytest.fixture
def place() -> Workplace:
    """A desk open from 8 to 17 with the policy of every new desk.

    It acknowledges within 30 minutes, tells how it goes every 16 hours (P1: every hour), and that
    it is done within 4 hours.
    """
    with at(6):
        desk = a_desk(calendar=a_calendar(hours=OFFICE_HOURS))
        first, second = a_team(desk, name="Desk"), a_team(desk, name="Network", line=2)
        agent = an_agent(team=first)
    return Workplace(desk=desk, first=first, second=second, agent=agent, by=acting(agent))


def solve(ticket: Ticket, place: Workplace) -> None:
    resolve_ticket(ticket.pk, resolution="Restarted it.", by=place.by)


def report(desk: Desk) -> SilenceReport:
    return silence_of(desk, start=MONDAY, end=WEDNESDAY_EVENING)


def tally(silence: Silence, measure: Measure) -> Tally:
    told = silence.told[measure]
    return Tally(kept=told.due - told.late, all=told.due)


def three_days(place: Workplace) -> Ticket:
    """Let four tickets come, and return the one that nobody has solved."""
    with at(9):
        silent, told, hers = a_ticket(place), a_ticket(place), a_ticket(place)
        by_phone = a_ticket(place, channel="phone", by=place.by)
    with at(9, 20):
        write_reply(told.pk, text="We look at it.", by=place.by)
    with at(9, 30):
        solve(by_phone, place)
    with at(10):
        solve(told, place)
        hand_over_ticket(hers.pk, team=place.second, reason="Yours", by=place.by)
    with at(12):
        solve(silent, place)
    with at(13):
        close_ticket(silent.pk, by=SYSTEM)
        close_ticket(by_phone.pk, by=SYSTEM)
    with at(15, 30):
        write_reply(told.pk, text="It is done.", by=place.by)
    with at(9, 10, day=1):
        write_reply(hers.pk, text="We look for the cable.", by=place.by)
    return hers


def test_each_team_answers_for_what_people_heard_while_it_held_their_ticket(place: Workplace):
    three_days(place)
    desk, network = report(place.desk).teams
    assert [desk.name, network.name] == ["Desk", "Network"]
    assert [tally(desk, measure) for measure in desk.told] == [
        Tally(kept=1, all=2),  # at 9:20 in time, at 12:00 by its solution too late
        Tally(kept=4, all=4),
        Tally(kept=2, all=3),  # five hours and a half after the solution
    ]
    assert [tally(network, measure) for measure in network.told] == [
        Tally(kept=0, all=1), Tally(kept=1, all=1), Tally(kept=0, all=0)
    ]  # fmt: skip
    assert (desk.all.due, desk.all.late, network.all.due, network.all.late) == (9, 2, 2, 1)


def test_who_was_never_told_anything_is_counted_unless_they_rang(place: Workplace):
    three_days(place)
    whole = report(place.desk).whole
    assert (whole.solved, whole.never, whole.only_automatic) == (2, 1, 0)
    assert whole.all.share == 3 / 11


def test_automatic_messages_and_those_taken_back_are_no_word_of_a_person(place: Workplace):
    with at(9):
        first, second = a_ticket(place), a_ticket(place)
        message = write_reply(second.pk, text="Wait.", by=place.by)
        with transaction.atomic():
            record(MessageRecalled(subject_id=second.pk, message_id=message.pk), by=place.by)
            record(
                MessageSent(
                    subject_id=first.pk,
                    message_id=message.pk + 1,
                    author_id=None,
                    channel="email",
                    is_automatic=True,
                ),
                by=SYSTEM,
            )
    with at(10):
        solve(first, place)
        solve(second, place)
    whole = report(place.desk).whole
    assert (whole.solved, whole.never, whole.only_automatic) == (2, 1, 1)


def test_merged_tickets_are_told_of_by_the_other_one(place: Workplace):
    with at(9):
        ticket, other = a_ticket(place), a_ticket(place)
        merge_ticket(ticket.pk, into_id=other.pk, by=place.by)
    assert report(place.desk).whole.solved == 0


def test_the_longest_silence_is_found_whether_it_lasts_or_has_ended(place: Workplace):
    hers = three_days(place)
    desk, network = report(place.desk).teams
    assert desk.longest is not None
    assert (desk.longest.working, desk.longest.is_lasting) == (timedelta(hours=3), False)
    # From Tuesday at 9:10: 7:50 and nine hours more; before that it was 9:10 once.
    assert network.longest is not None
    assert network.longest.reference == hers.reference
    assert network.longest.working == timedelta(hours=16, minutes=50)
    assert network.longest.elapsed == timedelta(hours=31, minutes=50)
    assert network.longest.is_lasting
    assert report(place.desk).whole.longest == network.longest


def test_priorities_have_lines_of_their_own(place: Workplace):
    with at(9):
        ticket = a_ticket(place)
        override_priority(ticket.pk, priority=1, reason="The shop stands still", by=place.by)
    with at(11):
        solve(ticket, place)
    (urgent,) = report(place.desk).priorities
    assert (urgent.key, urgent.all.due, urgent.all.late) == (1, 2, 2)


def test_what_ended_before_the_period_is_not_in_it(place: Workplace):
    three_days(place)
    later = silence_of(place.desk, start=MONDAY + timedelta(days=1), end=WEDNESDAY_EVENING)
    assert (later.whole.all.due, later.whole.solved) == (2, 0)
