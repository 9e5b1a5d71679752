"""What the catalogue does when something happens below it."""

from ansvar.catalogue.commands import begin_matrix
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.people.facts import DeskCreated


@react(DeskCreated)
def give_first_matrix(fact: DeskCreated, entry: Entry) -> None:
    """Give every desk a priority matrix from its first moment."""
    begin_matrix(fact.subject_id, by=entry.actor)
