"""Suppliers and what they are asked, made through the commands; mail from and to them."""

from typing import Any

from builders import a_number, acting, an_agent, an_organisation
from mails import a_desk_with_mail, a_mail, arrived

from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Person
from ansvar.suppliers.commands import Errand, ask_supplier, register_supplier
from ansvar.suppliers.models import Supplier, SupplierMail, SupplierMessage, SupplierTask
from ansvar.tickets.models import Ticket


def a_supplier(**wanted: Any) -> Supplier:
    organisation = wanted.pop("organisation", None) or an_organisation()
    fields = {"address": f"help{a_number()}@vendor.test", **wanted}
    return register_supplier(organisation=organisation, by=SYSTEM, **fields)


def a_ticket_by_mail(mailbox: Mailbox | None = None) -> Ticket:
    ticket = arrived(mailbox or a_desk_with_mail(), a_mail()).ticket
    assert ticket is not None
    return ticket


def asked(
    ticket: Ticket | None = None, supplier: Supplier | None = None, **wanted: Any
) -> SupplierTask:
    """Return a task that a supplier has got, by an agent of the desk."""
    ticket = ticket or a_ticket_by_mail()
    by: Person = wanted.pop("agent", None) or an_agent(ticket.desk)
    errand = {
        "supplier": supplier or a_supplier(),
        "subject": "Till 3 loses receipts",
        "words": "Please look at the **trace**.",
    }
    task = ask_supplier(ticket.pk, errand=Errand(**{**errand, **wanted}), by=acting(by))
    SupplierMail.objects.filter(said__task=task).update(state=SupplierMail.State.SENT)
    return task


def id_of(task: SupplierTask) -> str:
    """Return the Message-ID of the mail by which a task was given."""
    return task.messages.get(purpose=SupplierMessage.Purpose.TASK).message_id


def answered(task: SupplierTask, text: str = "It is mended.", **wanted: Any) -> InboundMail:
    """Let the supplier answer a task by mail; return what became of the mail."""
    mailbox = Mailbox.objects.get(desk=task.desk_id)
    fields = {
        "sender": f"Vendor <{task.recipient}>",
        "subject": f"Re: [{task.reference}] {task.subject}",
        "to": mailbox.address,
        "answers": id_of(task),
        **wanted,
    }
    inbound = arrived(mailbox, a_mail(text, **fields))
    task.refresh_from_db()
    task.ticket.refresh_from_db()
    return inbound
