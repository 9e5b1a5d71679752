"""What the context does when something happens below it."""

from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.people.facts import DeskCreated
from ansvar.tickets.commands import make_numbers


@react(DeskCreated)
def make_numbers_for_desk(fact: DeskCreated, entry: Entry) -> None:  # noqa: ARG001
    """Make the desk's sequence of ticket numbers with the desk."""
    make_numbers(fact.subject_id)
