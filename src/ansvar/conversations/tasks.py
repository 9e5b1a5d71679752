"""Queued work on conversations; each task may run twice and then does no harm."""

from typing import Any

from ansvar.conversations.commands import MailRefused, deliver_mail, read_inbound
from ansvar.conversations.commands.sending import ATTEMPTS
from ansvar.conversations.models import InboundMail, OutboundMail
from ansvar.kernel.work import keep_failure, task


def _about_inbound(inbound_id: int, **_more: Any) -> str:
    inbound = InboundMail.objects.select_related("mailbox").filter(pk=inbound_id).first()
    return f"{inbound.mailbox.address}: {inbound}" if inbound else f"mail {inbound_id}"


def _about_outbound(outbound_id: int) -> str:
    rows = OutboundMail.objects.select_related("message__ticket")
    outbound = rows.filter(pk=outbound_id).first()
    return f"{outbound.message.ticket.reference} {outbound}" if outbound else f"mail {outbound_id}"


@task("conversations.read_mail", about=_about_inbound)
def read_mail(*, inbound_id: int, is_released: bool = False) -> None:
    """Read a stored mail and let it become words on a ticket."""
    read_inbound(inbound_id, is_released=is_released)


@task("conversations.send_mail", attempts=ATTEMPTS, about=_about_outbound)
def send_mail(*, outbound_id: int) -> None:
    """Hand a mail to the desk's mail server."""
    try:
        deliver_mail(outbound_id)
    except MailRefused as refused:
        # Trying again would be refused again; an administrator sees it at once instead.
        keep_failure(send_mail, {"outbound_id": outbound_id}, error=refused, attempts=1)
