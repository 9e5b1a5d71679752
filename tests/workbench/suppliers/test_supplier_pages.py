import pytest
from builders import a_number, a_person, an_organisation, somebody_with
from desktops import client_of
from mails import a_mailbox

from ansvar.access.decisions import Role
from ansvar.conversations.commands.talking import NewFile, post_message
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.suppliers.commands import Errand, ask_supplier, edit_supplier
from ansvar.suppliers.decisions import TaskState
from ansvar.suppliers.models import Supplier, SupplierMail, SupplierTask
from ansvar.tickets.models import Ticket
from suppliers import a_supplier
from tickets import a_ticket


@pytest.fixture
def ticket(desk) -> Ticket:
    a_mailbox(desk.desk)
    return a_ticket(desk, service=desk.service, requester=a_person(name="Sigrid Secret"))


def asked_by_page(client, ticket: Ticket, supplier: Supplier, **wanted) -> SupplierTask | None:
    words = client.get(f"/tickets/{ticket.reference}/supplier/?supplier={supplier.pk}").text
    assert "we need your help" in words
    assert ticket.requester.name not in words.partition('<form class="form wide"')[2]
    form = {
        "supplier": supplier.pk, "subject": "Till 3", "words": "Please look.",
        "recipient": supplier.address, "holds_ticket": "on", **wanted,
    }  # fmt: skip
    client.post(f"/tickets/{ticket.reference}/supplier/", form)
    return SupplierTask.objects.filter(ticket=ticket).last()


def test_a_supplier_is_asked_from_the_ticket_and_the_task_has_a_page(desk, client, ticket, budget):
    first, second = a_supplier(), a_supplier()
    choices = client.get(f"/tickets/{ticket.reference}/supplier/").text
    assert str(first) in choices
    assert str(second) in choices
    post_message(
        ticket.pk,
        text="See",
        attachments=[NewFile(name="trace.txt", media_type="text/plain", content=b"1")],
        by=Actor.person(ticket.requester_id, "Sigrid Secret"),
    )
    file = ticket.messages.get().attachments.get()
    task = asked_by_page(client, ticket, first, copied=[file.pk])
    assert task is not None
    assert [one.name for one in task.messages.get().files.all()] == ["trace.txt"]
    with budget("supplier task"):
        shown = client.get(f"/suppliers/tasks/{task.reference}/").text
    assert "Please look." in shown
    assert "Undo" in shown
    beside = client.get(f"/tickets/{ticket.reference}/").text
    assert f"/suppliers/tasks/{task.reference}/" in beside


def test_what_is_typed_is_kept_when_it_is_refused(client, ticket):
    supplier = a_supplier()
    address = f"/tickets/{ticket.reference}/supplier/"
    form = {"supplier": supplier.pk, "subject": "", "words": "Long words", "recipient": "-"}
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert "Long words" in answer.text


def test_each_step_of_a_task_is_done_on_its_page(desk, client, ticket):
    task = asked_by_page(client, ticket, a_supplier(), draft="yes")
    assert task is not None
    assert task.is_draft
    page = f"/suppliers/tasks/{task.reference}/"
    form = {"subject": "Till 4", "words": "Look again.", "recipient": task.recipient}
    client.post(f"{page}edit/", form)
    client.post(f"{page}send/")
    SupplierMail.objects.update(state=SupplierMail.State.FAILED, error="No such mailbox")
    assert "No such mailbox" in client.get(page).text
    said = task.messages.get()
    steps = (
        (f"messages/{said.pk}/again/", {}, TaskState.WITH_SUPPLIER),
        ("their-reference/", {"theirs": "NK-1"}, TaskState.WITH_SUPPLIER),
        ("remind/", {}, TaskState.WITH_SUPPLIER),
        ("answered/", {"words": "On Monday."}, TaskState.ANSWERED),
        (
            "write/",
            {"words": "Too late.", "recipient": "-", "asks_again": "on"},
            TaskState.WITH_SUPPLIER,
        ),
        ("take/", {}, TaskState.ANSWERED),
        ("withdraw/", {"why": "Sold", "tells": "on"}, TaskState.WITHDRAWN),
    )
    for step, sent, state in steps:
        answer = client.post(f"{page}{step}", sent)
        assert answer.status_code == 302, (step, answer.status_code)
        task.refresh_from_db()
        assert task.state == state, step
    assert (task.subject, task.their_reference) == ("Till 4", "NK-1")


def test_who_does_not_read_the_ticket_finds_no_task_and_no_file(client, stranger, ticket):
    task = asked_by_page(client, ticket, a_supplier())
    assert task is not None
    for page in ("", "files/1/"):
        assert stranger.get(f"/suppliers/tasks/{task.reference}/{page}").status_code == 404


def test_lists_cost_the_same_for_few_and_many(desk, client, budget, ticket):
    for count in (1, 6):
        for _ in range(count):
            other = a_ticket(desk, service=desk.service)
            errand = Errand(supplier=a_supplier(), subject="x", words="x")
            task = ask_supplier(other.pk, errand=errand, by=desk.by)
        with budget("with suppliers"):
            assert client.get("/suppliers/").status_code == 200
        with budget("all suppliers"):
            assert client.get("/suppliers/all/").status_code == 200
        with budget("supplier"):
            assert client.get(f"/suppliers/{task.supplier_id}/").status_code == 200


def test_a_supervisor_keeps_cards_and_agents_only_read_them(desk, client):
    supervisor = client_of(somebody_with(Role.SUPERVISOR, desk.desk))
    organisation = an_organisation()
    form = {
        "organisation": organisation.pk, "address": f"help{a_number()}@vendor.test",
        "language": "en", "domains": "vendor.test, mail.test", "pattern": "NK-#",
        "contact-name": ["Ylva", ""], "contact-address": ["ylva@vendor.test", ""],
        "contact-phone": ["1", ""], "contact-about": ["all", ""], "is_active": "on",
    }  # fmt: skip
    assert client.post("/suppliers/new/", form).status_code == 403
    assert supervisor.post("/suppliers/new/", form | {"pattern": "#"}).status_code == 422
    made = supervisor.post("/suppliers/new/", form)
    supplier = Supplier.objects.get(organisation=organisation)
    assert made["Location"] == f"/suppliers/{supplier.pk}/"
    assert supplier.domains == ["mail.test", "vendor.test"]
    kept = supervisor.get(f"/suppliers/{supplier.pk}/edit/").text
    assert "ylva@vendor.test" in kept
    form.pop("organisation")
    supervisor.post(f"/suppliers/{supplier.pk}/edit/", form | {"contact-name": ["", ""]})
    assert supplier.contacts.count() == 0


def test_a_requester_reads_the_name_of_a_supplier_only_where_that_is_allowed(desk, client, ticket):
    supplier = a_supplier()
    task = asked_by_page(client, ticket, supplier)
    assert task is not None
    portal = client_of(ticket.requester)
    address = f"/portal/tickets/{ticket.reference}/"
    secrets = (str(supplier), task.reference, "Please look.", "Till 3")
    hidden = portal.get(address).text
    assert not [one for one in secrets if one in hidden]
    edit_supplier(supplier.pk, is_named_to_requesters=True, by=SYSTEM)
    named = portal.get(address).text
    assert str(supplier) in named
    assert not [one for one in secrets[1:] if one in named]
