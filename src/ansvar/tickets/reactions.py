"""What the context does when something happens below it."""

from ansvar.catalogue.facts import UrgencySet
from ansvar.kernel import journal
from ansvar.kernel.facts import Fact
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.people.facts import DeskCreated
from ansvar.tickets.commands import (
    give_hand_over_reasons,
    make_numbers,
    weigh_tickets_of,
    withdraw_open_tasks,
    withdraw_waiting,
)
from ansvar.tickets.facts import TicketClosed, TicketResolved


@react(DeskCreated)
def make_numbers_for_desk(fact: DeskCreated, entry: Entry) -> None:  # noqa: ARG001
    """Make the desk's sequence of ticket numbers with the desk."""
    make_numbers(fact.subject_id)


@react(UrgencySet)
def weigh_open_tickets_again(fact: UrgencySet, entry: Entry) -> None:
    """Let a new urgency hold for all open tickets of the service at once."""
    weigh_tickets_of(fact.subject_id, why="the urgency of the service changed", by=entry.actor)


@react(DeskCreated)
def give_reasons_to_desk(fact: DeskCreated, entry: Entry) -> None:  # noqa: ARG001
    """Let a new desk have reasons for hand-overs to choose from."""
    give_hand_over_reasons(fact.subject_id)


@react(TicketResolved, TicketClosed)
def nothing_is_asked_of_what_is_done(fact: Fact, entry: Entry) -> None:
    """Let nobody decide or answer about a ticket that is done."""
    if journal.is_history():
        return
    withdraw_waiting(fact.subject_id, why=_DONE, by=entry.actor)
    withdraw_open_tasks(fact.subject_id, why=_DONE, by=entry.actor)


_DONE = "the ticket is done"
