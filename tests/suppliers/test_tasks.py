"""What becomes of a task: who may ask, how it ends, what requesters get to know of it."""

from datetime import timedelta

import pytest
from builders import a_desk, a_person, acting, an_agent, an_organisation, somebody_with
from django.core.exceptions import ValidationError

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.kernel.rights import NotPermitted
from ansvar.people.models import Organisation
from ansvar.suppliers.commands import (
    Contact,
    Errand,
    KnownAlready,
    NotOurSupplier,
    NoWay,
    RemindedJustNow,
    TaskNotThere,
    WordsMissing,
    ask_supplier,
    change_draft,
    edit_supplier,
    finish_supplier_task,
    note_answer,
    register_supplier,
    remind_by_contract,
    remind_silent_suppliers,
    remind_supplier,
    send_draft,
    withdraw_supplier_task,
    write_to_supplier,
)
from ansvar.suppliers.decisions import TaskState
from ansvar.suppliers.models import Supplier, SupplierMail, SupplierMessage
from ansvar.suppliers.queries import organisations_to_wait_for, with_suppliers
from ansvar.tickets.commands import merge_ticket, resume_ticket
from ansvar.tickets.decisions import State
from ansvar.tickets.models import Ticket
from suppliers import a_supplier, a_ticket_by_mail, answered, asked
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def an_errand(**wanted) -> Errand:
    fields = {"subject": "Till", "words": "Look.", **wanted}
    return Errand(**{"supplier": wanted.get("supplier") or a_supplier(), **fields})


def test_only_who_works_on_tickets_asks_and_only_suppliers_of_the_desk():
    ticket = a_ticket_by_mail()
    by = acting(an_agent(ticket.desk))
    with pytest.raises(NotPermitted):
        ask_supplier(ticket.pk, errand=an_errand(), by=acting(a_person()))
    with pytest.raises(NotOurSupplier):
        ask_supplier(ticket.pk, errand=an_errand(supplier=a_supplier(desks=[a_desk()])), by=by)
    with pytest.raises(NotOurSupplier):
        ask_supplier(ticket.pk, errand=an_errand(supplier=a_supplier(is_active=False)), by=by)
    with pytest.raises(WordsMissing):
        ask_supplier(ticket.pk, errand=an_errand(words="  "), by=by)
    assert ask_supplier(ticket.pk, errand=an_errand(), by=by).is_out


def test_without_a_mailbox_only_a_task_without_mail_can_be_given():
    place = a_workplace()
    ticket = a_ticket(place)
    with pytest.raises(NoWay):
        ask_supplier(ticket.pk, errand=an_errand(), by=place.by)
    task = ask_supplier(ticket.pk, errand=an_errand(recipient=""), by=place.by)
    assert (task.is_out, SupplierMail.objects.count()) == (True, 0)
    note_answer(task.pk, words="They come on Monday.", by=place.by)
    task.refresh_from_db()
    ticket.refresh_from_db()
    assert (task.state, ticket.state) == (TaskState.ANSWERED, State.NEW)


def test_a_draft_is_changed_sent_and_then_no_draft_any_more():
    place = a_workplace()
    ticket = a_ticket(place)
    draft = ask_supplier(ticket.pk, errand=an_errand(recipient=""), is_draft=True, by=place.by)
    ticket.refresh_from_db()
    assert (draft.state, ticket.state) == (TaskState.DRAFT, State.NEW)
    changed = an_errand(recipient="", words="Look twice.", holds_ticket=False)
    change_draft(draft.pk, errand=changed, by=place.by)
    task = send_draft(draft.pk, by=place.by)
    ticket.refresh_from_db()
    assert task.messages.get().text == "Look twice."
    assert (task.is_out, ticket.state) == (True, State.NEW)
    with pytest.raises(TaskNotThere):
        change_draft(draft.pk, errand=changed, by=place.by)


def test_further_words_go_in_the_thread_with_both_numbers_and_may_ask_again():
    task = asked(supplier=a_supplier(pattern="NK-#"))
    by = acting(an_agent(task.desk))
    answered(task, subject=f"[NK-7] Re: [{task.reference}] Till")
    message = write_to_supplier(task.pk, words="Not yet.", asks_again=True, by=by)
    task.refresh_from_db()
    task.ticket.refresh_from_db()
    assert (task.state, task.ticket.state) == (TaskState.WITH_SUPPLIER, State.WAITING)
    mail = SupplierMail.objects.get(said=message)
    assert mail.subject == f"Re: [{task.reference}] Till 3 loses receipts (NK-7)"
    assert len(mail.references.split()) == 2


def test_a_reminder_goes_once_an_hour_by_hand_and_once_by_itself_in_working_time():
    task = asked(supplier=a_supplier(remind_after=8))
    by = acting(an_agent(task.desk))
    assert remind_silent_suppliers() == 0
    with clock.at(task.sent_at + timedelta(days=4)):
        assert remind_silent_suppliers() == 1
        assert remind_silent_suppliers() == 0
        with pytest.raises(RemindedJustNow):
            remind_supplier(task.pk, by=by)
    with clock.at(task.sent_at + timedelta(days=4) + 2 * HOUR):
        remind_supplier(task.pk, by=by)
    task.refresh_from_db()
    assert task.reminder_count == 2
    answered(task)
    with pytest.raises(TaskNotThere):
        remind_supplier(task.pk, by=by)


def test_a_step_of_a_contract_reminds_only_the_supplier_whose_card_says_so():
    silent = asked()
    remind_by_contract(silent.ticket_id)
    task = asked(supplier=a_supplier(is_reminded_by_contract=True))
    assert remind_by_contract(task.ticket_id) == 1
    assert remind_by_contract(task.ticket_id) == 0
    reminders = SupplierMessage.objects.filter(purpose=SupplierMessage.Purpose.REMINDER)
    assert {one.task for one in reminders} == {task}


def test_done_and_withdrawn_end_the_waiting_and_only_the_latter_is_written():
    for end, state, told in (
        (finish_supplier_task, TaskState.DONE, 0),
        (withdraw_supplier_task, TaskState.WITHDRAWN, 1),
    ):
        task = asked()
        ended = end(task.pk, by=acting(an_agent(task.desk)))
        task.ticket.refresh_from_db()
        assert (ended.state, task.ticket.state) == (state, State.NEW)
        unneeded = task.messages.filter(purpose=SupplierMessage.Purpose.UNNEEDED)
        assert unneeded.count() == told


def test_what_a_supplier_does_for_a_duplicate_goes_on_with_the_other_ticket():
    task = asked()
    other = a_ticket_by_mail(task.messages.get().mail.mailbox)
    merge_ticket(task.ticket_id, into_id=other.pk, by=acting(an_agent(task.desk)))
    task.refresh_from_db()
    assert (task.ticket, task.state) == (other, TaskState.WITH_SUPPLIER)
    assert answered(task).ticket == other


def test_stretches_with_suppliers_are_told_from_the_journal():
    task = asked()
    by = acting(an_agent(task.desk))
    later = task.sent_at + HOUR
    with clock.at(later):
        resume_ticket(task.ticket_id, why="x", by=by)
    [stretch] = with_suppliers(task.ticket_id)
    assert (stretch.name, stretch.start, stretch.end) == (str(task.supplier), task.sent_at, later)
    with clock.at(later + HOUR):
        asked(Ticket.objects.get(pk=task.ticket_id), task.supplier)
    assert with_suppliers(task.ticket_id)[-1].end is None


def test_a_card_is_kept_by_who_may_and_its_changes_are_told():
    supervisor = acting(somebody_with(Role.SUPERVISOR))
    organisation = an_organisation()
    with pytest.raises(NotPermitted):
        register_supplier(organisation=organisation, by=acting(an_agent(a_desk())))
    supplier = register_supplier(
        organisation=organisation,
        domains=[" @Vendor.test", ""],
        contacts=[Contact(name="Ylva", address="ylva@vendor.test")],
        by=supervisor,
    )
    assert supplier.domains == ["vendor.test"]
    with pytest.raises(KnownAlready):
        register_supplier(organisation=organisation, by=supervisor)
    with pytest.raises(ValidationError):
        edit_supplier(supplier.pk, pattern="#", by=supervisor)
    edit_supplier(supplier.pk, contacts=[], pattern="NK-#", by=supervisor)
    edit_supplier(supplier.pk, contacts=[], pattern="NK-#", by=supervisor)
    entry = Entry.objects.get(fact="supplier.changed")
    assert entry.payload["changes"] == {"contacts": [["Ylva"], []], "pattern": ["", "NK-#"]}


def test_a_ticket_waits_for_suppliers_of_its_desk_once_any_are_known():
    desk, other = a_desk(), an_organisation()
    assert other in organisations_to_wait_for(desk.pk)
    ours, theirs = a_supplier(), a_supplier(desks=[a_desk()])
    assert set(organisations_to_wait_for(desk.pk)) == {ours.organisation}
    assert Organisation.objects.filter(supplier=theirs).exists()
    assert Supplier.objects.count() == 2
