"""What the context does when something happens below it."""

from ansvar.catalogue.facts import UrgencySet
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.people.facts import DeskCreated
from ansvar.tickets.commands import make_numbers, weigh_tickets_of


@react(DeskCreated)
def make_numbers_for_desk(fact: DeskCreated, entry: Entry) -> None:  # noqa: ARG001
    """Make the desk's sequence of ticket numbers with the desk."""
    make_numbers(fact.subject_id)


@react(UrgencySet)
def weigh_open_tickets_again(fact: UrgencySet, entry: Entry) -> None:
    """Let a new urgency hold for all open tickets of the service at once."""
    weigh_tickets_of(fact.subject_id, why="the urgency of the service changed", by=entry.actor)
