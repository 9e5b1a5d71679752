"""Mail with suppliers: it lands on the task, never with the requester, and never opens anything."""

from datetime import timedelta

import pytest
from builders import acting, an_agent
from mails import a_desk_with_mail, a_mail, arrived
from queued_work import queued, run_queued
from returned import a_report_on

from ansvar.conversations.models import InboundMail, Mailbox, Message
from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.notices.models import Notice
from ansvar.suppliers.commands import (
    Errand,
    TooLate,
    ask_supplier,
    recall_supplier_mail,
    send_supplier_mail_again,
)
from ansvar.suppliers.decisions import TaskState
from ansvar.suppliers.models import SupplierMail, SupplierMessage
from ansvar.tickets.commands import resolve_ticket
from ansvar.tickets.decisions import State, WaitingFor
from ansvar.tickets.models import Ticket
from suppliers import a_supplier, a_ticket_by_mail, answered, asked, id_of

pytestmark = pytest.mark.django_db


def facts_of(ticket: Ticket) -> list[str]:
    entries = Entry.objects.filter(subject_type="ticket", subject_id=ticket.pk).order_by("pk")
    return list(entries.values_list("fact", flat=True))


def test_a_task_leaves_as_a_mail_in_its_own_words_and_the_ticket_waits_for_the_supplier():
    ticket = a_ticket_by_mail()
    supplier = a_supplier()
    task = asked(ticket, supplier)
    ticket.refresh_from_db()
    assert (task.reference, task.state) == (f"{ticket.reference}-S1", TaskState.WITH_SUPPLIER)
    assert (ticket.state, ticket.waiting_for) == (State.WAITING, WaitingFor.SUPPLIER)
    assert ticket.supplier == supplier.organisation
    mail = SupplierMail.objects.get()
    assert mail.recipient == supplier.address
    assert mail.subject == f"[{task.reference}] Till 3 loses receipts"
    assert ticket.subject not in mail.subject + mail.text
    assert ticket.description not in mail.text
    assert not Message.objects.filter(ticket=ticket, direction=Message.Direction.OUT).exclude(
        is_automatic=True
    )
    assert asked(ticket).reference == f"{ticket.reference}-S2"


def test_an_answer_lands_on_the_task_wakes_the_ticket_and_tells_its_holder():
    ticket = a_ticket_by_mail()
    agent = an_agent(ticket.desk)
    task = asked(ticket, agent=agent)
    before = Message.objects.filter(ticket=ticket).count()
    files = (("trace.log", "text/plain", b"all well"),)
    inbound = answered(task, files=files)
    assert (inbound.state, inbound.decision) == (InboundMail.State.TAKEN, "pass-on")
    assert (task.state, task.ticket.state) == (TaskState.ANSWERED, State.NEW)
    message = task.messages.get(direction=SupplierMessage.Direction.IN)
    assert message.text == "It is mended."
    assert [file.name for file in message.files.all()] == ["trace.log"]
    assert Message.objects.filter(ticket=ticket).count() == before
    assert Notice.objects.get(person=agent, kind="supplier").sentence == "answered"
    repeated = arrived(inbound.mailbox, a_mail("Again", answers=id_of(task)))
    assert repeated.decision == "pass-on"


@pytest.mark.parametrize(
    "wanted",
    [
        {"answers": ""},
        {"answers": "", "subject": "Your case NK-4711", "their_reference": "NK-4711"},
        {"subject": "No reference at all"},
    ],
    ids=["our reference", "their reference", "thread"],
)
def test_a_supplier_is_recognised_by_thread_by_our_reference_and_by_theirs(wanted):
    task = asked(supplier=a_supplier(pattern="NK-#"))
    task.their_reference = wanted.pop("their_reference", "")
    task.save()
    assert answered(task, **wanted).decision == "pass-on"
    assert task.state == TaskState.ANSWERED


def test_a_stranger_who_names_a_reference_gets_a_ticket_of_his_own():
    task = asked(supplier=a_supplier(pattern="NK-#"))
    said = task.messages.count()
    inbound = answered(task, sender="eve@evil.test", answers="")
    assert inbound.decision == "open"
    assert inbound.ticket != task.ticket
    assert (task.messages.count(), task.state) == (said, TaskState.WITH_SUPPLIER)


def test_words_in_the_thread_from_an_unknown_address_are_kept_and_answer_nothing():
    task = asked()
    inbound = answered(task, sender="somebody@else.test")
    assert inbound.decision == "pass-on"
    assert task.state == TaskState.WITH_SUPPLIER
    assert not task.messages.get(inbound=inbound).is_of_supplier


def test_a_program_answers_nothing_but_tells_under_which_number_the_matter_is_kept():
    task = asked(supplier=a_supplier(pattern="NK-#"))
    answered(task, subject=f"[NK-4711] Received: {task.reference}", Auto_Submitted="auto-replied")
    assert (task.state, task.their_reference) == (TaskState.WITH_SUPPLIER, "NK-4711")
    assert task.ticket.state == State.WAITING
    assert not Notice.objects.filter(kind="supplier").exists()


def test_a_suppliers_mail_does_not_take_a_finished_ticket_up_again():
    task = asked()
    resolve_ticket(task.ticket_id, resolution="Restarted.", by=acting(an_agent(task.desk)))
    task.refresh_from_db()
    assert task.state == TaskState.WITHDRAWN
    unneeded = SupplierMail.objects.get(said__purpose=SupplierMessage.Purpose.UNNEEDED)
    assert "no longer need" in unneeded.text
    assert unneeded.in_reply_to == id_of(task)
    inbound = answered(task)
    assert inbound.decision == "pass-on"
    assert (task.ticket.state, task.state) == (State.RESOLVED, TaskState.WITHDRAWN)
    assert "ticket.reopened" not in facts_of(task.ticket)


def test_the_ticket_waits_as_long_as_any_task_is_out():
    ticket = a_ticket_by_mail()
    first, second = asked(ticket), asked(ticket)
    answered(first)
    ticket.refresh_from_db()
    assert ticket.supplier == second.supplier.organisation
    answered(second)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.supplier) == (State.NEW, None)


def test_a_bounce_is_shown_on_the_task_told_and_sent_again():
    ticket = a_ticket_by_mail()
    agent = an_agent(ticket.desk)
    task = asked(ticket, agent=agent)
    mail = SupplierMail.objects.get()
    raw = a_report_on(mail.message_id, recipient=mail.recipient, desk=mail.mailbox.address)
    assert arrived(mail.mailbox, raw).decision == "pass-on"
    mail.refresh_from_db()
    task.refresh_from_db()
    assert mail.state == SupplierMail.State.FAILED
    assert "User unknown" in mail.error
    assert task.state == TaskState.WITH_SUPPLIER
    assert Notice.objects.get(person=agent).sentence == "failed"
    send_supplier_mail_again(mail.said_id, by=acting(agent))
    mail.refresh_from_db()
    assert mail.state == SupplierMail.State.QUEUED
    assert [name for _pk, name, _more in queued("suppliers.send_mail")]


def test_a_mail_can_be_taken_back_until_it_leaves():
    mailbox = a_desk_with_mail(undo_seconds=8)
    ticket = a_ticket_by_mail(mailbox)
    by = acting(an_agent(ticket.desk))
    errand = Errand(supplier=a_supplier(), subject="Till", words="Look.")
    task = ask_supplier(ticket.pk, errand=errand, by=by)
    recall_supplier_mail(task.messages.get().pk, by=by)
    task.refresh_from_db()
    ticket.refresh_from_db()
    assert (task.state, ticket.state) == (TaskState.DRAFT, State.NEW)
    again = ask_supplier(ticket.pk, errand=errand, by=by)
    with (
        clock.at(clock.now() + timedelta(seconds=9)),
        pytest.raises(TooLate),
    ):
        recall_supplier_mail(again.messages.get().pk, by=by)


def test_a_colleagues_mail_in_the_thread_is_words_of_the_desk():
    task = asked()
    agent = an_agent(task.desk, email="colleague@corp.test")
    inbound = answered(task, "I called you.", sender="colleague@corp.test")
    message = task.messages.get(inbound=inbound)
    assert (message.direction, message.author) == (SupplierMessage.Direction.OUT, agent)
    assert task.state == TaskState.WITH_SUPPLIER


def test_our_own_mail_that_comes_back_is_left_aside():
    task = asked()
    raw = a_mail("Loop", Message_ID=f"<{id_of(task)}>", sender="list@vendor.test")
    inbound = arrived(Mailbox.objects.get(), raw)
    assert inbound.state == InboundMail.State.IGNORED
    run_queued("conversations.read_stored")
    assert task.messages.count() == 1
