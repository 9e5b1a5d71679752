"""A resolved ticket changes hands in a desk's past, and only there."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from journal_checks import records_nothing

from ansvar.kernel import clock
from ansvar.kernel.journal import as_history
from ansvar.tickets.commands import hand_over_done_ticket, reopen_ticket
from ansvar.tickets.commands.retelling import OnlyAsHistory, StillOpen
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_resolved_ticket, a_ticket, a_workplace

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@transaction.atomic
def told(ticket: Ticket, place: Workplace) -> Ticket:
    with as_history():
        return hand_over_done_ticket(
            ticket.pk, team=place.second, reason="Filed anew.", by=place.by
        )


def test_a_resolved_ticket_that_changes_hands_stays_resolved_and_is_held_for_no_time():
    place = a_workplace()
    with clock.at(NOON):
        ticket = told(a_resolved_ticket(place), place)
    assert (ticket.state, ticket.team, ticket.assignee) == ("resolved", place.second, None)
    assert (ticket.hand_over_count, ticket.bounce_count, ticket.reopen_count) == (1, 0, 0)
    spells = ticket.custody.values_list("team", "started_at", "ended_at")
    assert list(spells)[-1] == (place.second.pk, NOON, NOON)
    with records_nothing():
        told(ticket, place)
    again = reopen_ticket(ticket.pk, reason="Not yet.", by=place.by)
    assert (again.team, again.state) == (place.second, "new")


def test_what_happens_now_is_taken_up_again_first():
    place = a_workplace()
    done = a_resolved_ticket(place)
    with pytest.raises(OnlyAsHistory, match=done.reference):
        hand_over_done_ticket(done.pk, team=place.second, reason="Theirs.", by=place.by)
    with pytest.raises(StillOpen):
        told(a_ticket(place), place)
