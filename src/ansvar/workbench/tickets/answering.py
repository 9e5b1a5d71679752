"""Who answers for a ticket, as its page says it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ansvar.kernel import clock
from ansvar.tickets.answering import Accountable, accountable_for
from ansvar.tickets.models import Ticket
from ansvar.workbench.reading import Reader


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Who answers for a ticket now, in words."""

    who: Accountable
    name: str
    """“you”, a name, or that there is nobody."""

    @property
    def is_in_place(self) -> bool:
        """Whether somebody answers in the place of an owner whom the ticket has not got yet."""
        return not self.who.is_owner


def answering_on(ticket: Ticket, reader: Reader) -> Answering:
    """Return who answers for a ticket; of a closed one without owner nobody has to."""
    who = accountable_for(ticket, at=clock.now())
    is_me = who.person_id is not None and who.person_id == reader.person.pk
    return Answering(who=who, name=_("you") if is_me else who.name or _("nobody"))
