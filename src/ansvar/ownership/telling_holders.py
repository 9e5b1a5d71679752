"""Telling whoever holds a ticket that who answers for its service waits."""

from django.utils.translation import gettext_lazy

from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.notices.commands import Telling, tell
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.ownership.addressing import told_of_holder
from ansvar.ownership.facts import HolderReminded
from ansvar.tickets.models import Ticket

KIND = "reminder"

kinds.add(KIND)(
    NoticeKind(
        label=gettext_lazy("reminders by service owners"),
        icon="bell",
        sentences={"waits": gettext_lazy("{reference} {subject}: {owner} asks how it stands")},
    )
)


@react(HolderReminded, later=True)
def tell_holder(fact: HolderReminded, entry: Entry) -> None:
    """Tell whoever holds it by now; the one who reminds needs no reminder."""
    ticket = Ticket.objects.get(pk=fact.subject_id)
    tell(
        Telling(
            people=told_of_holder(ticket, clock.now()) - {entry.actor.person_id or 0},
            kind=KIND,
            sentence="waits",
            key=f"{KIND}:{entry.pk}",
            ticket=ticket,
            values={"owner": entry.actor_label},
        )
    )
