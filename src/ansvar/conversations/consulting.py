"""What the database knows of a mail: for `ansvar mail explain --against-database`."""

from typing import Any

from django.utils.translation import gettext as _

from ansvar.conversations.considering import Considered, consider
from ansvar.conversations.explaining import Outcome
from ansvar.conversations.models import Mailbox
from ansvar.conversations.parsing import Incoming, Unreadable
from ansvar.conversations.parsing.reading import require_sense
from ansvar.people.decisions import BadAddress
from ansvar.tickets.models import Ticket


def against_database(mail: Incoming, _raw: bytes) -> Outcome:
    """Tell what would become of a mail if it arrived now; nothing is written.

    Raises: Unreadable.
    """
    require_sense(mail)
    mailbox = _mailbox_of(mail)
    if mailbox is None:
        raise Unreadable(_("There is no mailbox yet: connect one first."))
    try:
        seen = consider(mail, mailbox=mailbox)
    except BadAddress as error:
        raise Unreadable(str(error)) from error
    return Outcome(
        decision=str(seen.decision.step),
        sentences=tuple(str(one) for one in seen.findings),
        known=_known(seen, mailbox),
    )


def _mailbox_of(mail: Incoming) -> Mailbox | None:
    """Return the mailbox that a mail was sent to, or else the first one."""
    rows = Mailbox.objects.filter(is_active=True).select_related("desk").defer(*Mailbox.SECRETS)
    wanted = [*mail.delivered_to, *(one.address for one in mail.addressed)]
    by_address = {mailbox.address: mailbox for mailbox in rows.order_by("pk")}
    named = (by_address[address] for address in wanted if address in by_address)
    return next(named, next(iter(by_address.values()), None))


def _known(seen: Considered, mailbox: Mailbox) -> dict[str, Any]:
    decision = seen.decision
    ticket_id = decision.ticket_id or decision.related_id
    ticket = seen.same_as.ticket if seen.same_as else None
    if ticket_id is not None:
        ticket = Ticket.objects.filter(pk=ticket_id).first()
    return {
        "mailbox": mailbox.address,
        "sender": {"id": seen.person.pk, "name": seen.person.name} if seen.person else None,
        "thread": str(decision.way) if decision.way else None,
        "ticket": ticket.reference if ticket else None,
    }
