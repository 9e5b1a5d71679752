"""When an automatic mail is better not sent: loops, and addresses that nothing reaches."""

from datetime import timedelta

from django.utils.translation import gettext as _

from ansvar.conversations.decisions import AUTOMATIC_PER_HOUR
from ansvar.conversations.models import Mailbox, NoticeMail, OutboundMail, SenderNotice
from ansvar.kernel import clock
from ansvar.people.queries import failing_emails
from ansvar.tickets.models import Ticket

AUTOMATIC_PER_TICKET = 8
"""Automatic mails about one ticket within an hour, to whomever; a busy ticket has three."""
NOTICES_PER_HOUR = 20
"""Mails with notices to one who works at a desk; the rest stands on the page."""
URGENT_PER_HOUR = 60
"""Urgent ones: nobody can answer more calls, and a broken rule must not fill a mailbox."""
_HOUR = timedelta(hours=1)


def reason_to_hold_back(address: str, *, ticket: Ticket | None = None) -> str:
    """Return why no automatic mail goes to an address now, in a sentence; nothing when it may."""
    failure = failing_emails([address]).get(address)
    if failure is not None:
        return _("Mail does not reach {address}: {failure}").format(
            address=address, failure=failure or "…"
        )
    since = clock.now() - _HOUR
    automatic = OutboundMail.objects.filter(
        message__is_automatic=True, send_after__gt=since
    ).exclude(state=OutboundMail.State.STOPPED)
    notices = SenderNotice.objects.filter(recipient=address, written_at__gt=since)
    if automatic.filter(recipient=address).count() + notices.count() >= AUTOMATIC_PER_HOUR:
        return _("{count} automatic mails went to {address} within an hour already.").format(
            count=AUTOMATIC_PER_HOUR, address=address
        )
    if ticket is None:
        return ""
    if automatic.filter(message__ticket=ticket).count() >= AUTOMATIC_PER_TICKET:
        return _("{count} automatic mails were sent about {reference} within an hour.").format(
            count=AUTOMATIC_PER_TICKET, reference=ticket.reference
        )
    return ""


def reason_to_hold_notice(address: str, *, is_urgent: bool) -> str:
    """Return why no notice goes to an address now, in a sentence; nothing when it may."""
    if Mailbox.objects.filter(address__iexact=address).exists():
        return _("{address} is a desk's own address.").format(address=address)
    failure = failing_emails([address]).get(address)
    if failure is not None:
        return _("Mail does not reach {address}: {failure}").format(
            address=address, failure=failure or "…"
        )
    limit = URGENT_PER_HOUR if is_urgent else NOTICES_PER_HOUR
    since = clock.now() - _HOUR
    if NoticeMail.objects.filter(recipient=address, written_at__gt=since).count() >= limit:
        return _("{count} notices went to {address} within an hour already.").format(
            count=limit, address=address
        )
    return ""
