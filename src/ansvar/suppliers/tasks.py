"""Queued and scheduled work on suppliers; each task may run twice and then does no harm."""

from ansvar.conversations.commands import MailRefused
from ansvar.kernel.work import keep_failure, schedule, task
from ansvar.suppliers.commands import (
    deliver_supplier_mail,
    remind_by_contract,
    remind_silent_suppliers,
)
from ansvar.suppliers.commands.mailing import ATTEMPTS, SEND
from ansvar.suppliers.models import SupplierMail
from ansvar.tickets.models import Ticket


def _about_mail(mail_id: int) -> str:
    mail = SupplierMail.objects.select_related("said__task").filter(pk=mail_id).first()
    return f"{mail.said.task.reference} {mail}" if mail else f"mail {mail_id}"


def _about_ticket(ticket_id: int) -> str:
    return str(Ticket.objects.filter(pk=ticket_id).first() or f"ticket {ticket_id}")


@task(SEND, attempts=ATTEMPTS, about=_about_mail)
def send_mail(*, mail_id: int) -> None:
    """Hand a mail to a supplier to the desk's mail server."""
    try:
        deliver_supplier_mail(mail_id)
    except MailRefused as refused:
        # Trying again would be refused again; the task shows it at once instead.
        keep_failure(send_mail, {"mail_id": mail_id}, error=refused, attempts=1)


@task("suppliers.remind_by_contract", about=_about_ticket)
def remind_at_step(*, ticket_id: int) -> None:
    """Remind the supplier a ticket waits for, because a step of its contract was taken."""
    remind_by_contract(ticket_id)


@schedule("suppliers.remind", cron="*/10 * * * *")
def remind() -> None:
    """Remind suppliers of what they have not answered within their time."""
    remind_silent_suppliers()
