"""Suppliers and what they are asked: for the desk alone, requesters find nothing here."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from pydantic import Field

from ansvar.access.middleware import actor_of
from ansvar.api.reading import reader_of
from ansvar.api.sections import Section
from ansvar.api.shapes import (
    Given,
    Id,
    IdInPath,
    Line,
    PersonRef,
    Ref,
    Shape,
    Text,
    Words,
    maybe,
    person_ref,
    ref,
)
from ansvar.api.tickets import IfMatch, Version, named, version_seen
from ansvar.people.models import Desk, Organisation
from ansvar.suppliers.commands import (
    Errand,
    ask_supplier,
    edit_supplier,
    finish_supplier_task,
    note_answer,
    note_their_reference,
    register_supplier,
    remind_supplier,
    withdraw_supplier_task,
    write_to_supplier,
)
from ansvar.suppliers.models import Supplier, SupplierMessage, SupplierTask
from ansvar.suppliers.queries import thread_of

section = Section("Suppliers")
on_tickets = Section("What suppliers are asked about a ticket")


class ContactShape(Shape):
    """Somebody at a supplier."""

    name: str
    address: str
    phone: str
    about: str


class SupplierShape(Shape):
    """An outside partner of the desks."""

    id: int
    organisation: Ref
    desks: list[Ref] = Field(description="Which desks ask it; an empty list stands for all.")
    address: str = Field(description="Where tasks go by mail; empty when it is asked otherwise.")
    domains: list[str] = Field(description="Whoever writes from these writes for it.")
    language: str
    pattern: str = Field(description="How its case numbers look: `#` digits, `*` any signs.")
    contract: str
    remarks: str
    remind_after: int | None = Field(description="Working hours until it is reminded by itself.")
    is_reminded_by_contract: bool = Field(description="At each step its contract foresees.")
    is_named_to_requesters: bool
    is_active: bool
    contacts: list[ContactShape]


class Suppliers(Shape):
    """All suppliers, by name."""

    items: list[SupplierShape]


class SupplierGiven(Given):
    """What can be said of a supplier; what is left out stays as it is."""

    address: Text | None = Field(default=None, max_length=254, examples=["help@vendor.example"])
    domains: list[Line] | None = None
    language: Text | None = Field(default=None, max_length=12, examples=["en"])
    pattern: Text | None = Field(default=None, max_length=60, examples=["NK-#"])
    contract: Text | None = Field(default=None, max_length=200)
    remarks: Text | None = Field(default=None, max_length=10_000)
    remind_after: int | None = Field(default=None, ge=1, le=1000)
    is_reminded_by_contract: bool | None = None
    is_named_to_requesters: bool | None = None
    is_active: bool | None = None
    desks: list[Id] | None = None


class SupplierMade(SupplierGiven):
    """An organisation that becomes a supplier."""

    organisation: Id


class MessageShape(Shape):
    """Something that was said with a supplier."""

    id: int
    direction: str = Field(description="`in` from the supplier, `out` to it.", examples=["in"])
    purpose: str = Field(examples=["task"])
    author: PersonRef | None
    sender: str = Field(description="The address a mail came from.")
    is_automatic: bool
    is_of_supplier: bool = Field(description="False when the address is not known as its own.")
    subject: str
    text: str
    files: list[str] = Field(description="Their names.")
    said_at: datetime


class SupplierTaskShape(Shape):
    """What a supplier is asked about a ticket."""

    id: int
    reference: str = Field(examples=["IT-1042-S1"])
    supplier: Ref
    subject: str
    recipient: str
    their_reference: str
    state: str = Field(description="`draft`, `asked`, `answered`, `done` or `withdrawn`.")
    holds_ticket: bool = Field(description="The ticket waits while it is with the supplier.")
    asked_by: PersonRef | None
    sent_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    messages: list[MessageShape]


class SupplierTasks(Shape):
    """All that suppliers were asked about a ticket, oldest first."""

    items: list[SupplierTaskShape]


class TaskGiven(Given):
    """What a supplier is to be asked: it reads these words and nothing else."""

    supplier: Id
    subject: Line = Field(max_length=200, examples=["Till 3 loses receipts"])
    words: Words = Field(examples=["Please look at the trace of this morning."])
    recipient: Text | None = Field(
        default=None,
        max_length=254,
        description="Nothing for the supplier's address; empty for no mail.",
    )
    holds_ticket: bool = True
    is_draft: bool = False
    version: Version | None = Field(default=None, description="The version you have seen.")


class Said(Given):
    """Words."""

    words: Words = Field(examples=["The part comes on Monday."])


class Written(Said):
    """Further words to a supplier."""

    asks_again: bool = Field(default=False, description="It has the next word again.")


class Unneeded(Given):
    """Why it is not needed any more."""

    reason: Text = Field(default="", max_length=500)
    tells: bool = Field(default=True, description="The supplier is told by mail.")


class Theirs(Given):
    """The supplier's own number for a task; empty takes it back."""

    their_reference: Text = Field(max_length=80, examples=["NK-4711"])


@section.get("", Suppliers, requires="supplier.read")
def list_suppliers(request: HttpRequest) -> Suppliers:  # noqa: ARG001 - called so by the router
    """Read all suppliers."""
    return Suppliers(items=[_supplier(row) for row in _suppliers().order_by("organisation__name")])


@section.post("", SupplierShape, requires="supplier.edit", status=201)
def create_supplier(request: HttpRequest, body: SupplierMade) -> SupplierShape:
    """Make an organisation known as a supplier."""
    organisation = named(Organisation, body.organisation, "organisation", is_active=True)
    made = register_supplier(organisation=organisation, by=actor_of(request), **_fields(body))
    return _supplier(_suppliers().get(pk=made.pk))


@section.patch("/{supplier_id}", SupplierShape, requires="supplier.edit")
def change_supplier(
    request: HttpRequest, supplier_id: IdInPath, body: SupplierGiven
) -> SupplierShape:
    """Change what is known of a supplier."""
    edit_supplier(supplier_id, by=actor_of(request), **_fields(body))
    return _supplier(_suppliers().get(pk=supplier_id))


@on_tickets.get("/{ticket_id}/supplier-tasks", SupplierTasks)
def list_supplier_tasks(request: HttpRequest, ticket_id: IdInPath) -> SupplierTasks:
    """Read what suppliers were asked about a ticket, and what they said."""
    ticket = reader_of(request).inner_ticket(ticket_id)
    rows = ticket.supplier_tasks.select_related("supplier__organisation", "asked_by")
    return SupplierTasks(items=[_task(row) for row in rows])


@on_tickets.post("/{ticket_id}/supplier-tasks", SupplierTaskShape, status=201)
def create_supplier_task(
    request: HttpRequest, ticket_id: IdInPath, body: TaskGiven, *, if_match: IfMatch = None
) -> SupplierTaskShape:
    """Ask a supplier, or keep that as a draft; the ticket waits for it meanwhile."""
    reader = reader_of(request)
    reader.inner_ticket(ticket_id)
    task = ask_supplier(
        ticket_id,
        errand=Errand(
            supplier=named(Supplier, body.supplier, "supplier", is_active=True),
            subject=body.subject,
            words=body.words,
            recipient=body.recipient,
            holds_ticket=body.holds_ticket,
        ),
        is_draft=body.is_draft,
        version=version_seen(body.version, if_match),
        by=reader.actor,
    )
    return _read(task.pk)


@on_tickets.post("/{ticket_id}/supplier-tasks/{task_id}/messages", SupplierTaskShape)
def supplier_task_write(
    request: HttpRequest, ticket_id: IdInPath, task_id: IdInPath, *, body: Written
) -> SupplierTaskShape:
    """Write to the supplier about a task."""
    by = reader_of(request).actor
    pk = _own(request, ticket_id, task_id)
    write_to_supplier(pk, words=body.words, asks_again=body.asks_again, by=by)
    return _read(pk)


@on_tickets.post("/{ticket_id}/supplier-tasks/{task_id}/answer", SupplierTaskShape)
def supplier_task_answer(
    request: HttpRequest, ticket_id: IdInPath, task_id: IdInPath, *, body: Said
) -> SupplierTaskShape:
    """Say what the supplier answered: for its own system, or what it said on the phone."""
    pk = _own(request, ticket_id, task_id)
    note_answer(pk, words=body.words, by=reader_of(request).actor)
    return _read(pk)


@on_tickets.post("/{ticket_id}/supplier-tasks/{task_id}/remind", SupplierTaskShape)
def supplier_task_remind(
    request: HttpRequest, ticket_id: IdInPath, task_id: IdInPath
) -> SupplierTaskShape:
    """Remind the supplier by mail."""
    pk = _own(request, ticket_id, task_id)
    remind_supplier(pk, by=reader_of(request).actor)
    return _read(pk)


@on_tickets.post("/{ticket_id}/supplier-tasks/{task_id}/their-reference", SupplierTaskShape)
def supplier_task_reference(
    request: HttpRequest, ticket_id: IdInPath, task_id: IdInPath, *, body: Theirs
) -> SupplierTaskShape:
    """Say under which number the supplier keeps a task."""
    pk = _own(request, ticket_id, task_id)
    note_their_reference(pk, theirs=body.their_reference, by=reader_of(request).actor)
    return _read(pk)


@on_tickets.post("/{ticket_id}/supplier-tasks/{task_id}/finish", SupplierTaskShape)
def supplier_task_finish(
    request: HttpRequest, ticket_id: IdInPath, task_id: IdInPath
) -> SupplierTaskShape:
    """Say that nothing more is needed of the supplier."""
    pk = _own(request, ticket_id, task_id)
    finish_supplier_task(pk, by=reader_of(request).actor)
    return _read(pk)


@on_tickets.post("/{ticket_id}/supplier-tasks/{task_id}/withdraw", SupplierTaskShape)
def supplier_task_withdraw(
    request: HttpRequest, ticket_id: IdInPath, task_id: IdInPath, *, body: Unneeded
) -> SupplierTaskShape:
    """Say that the supplier's help is not needed."""
    pk = _own(request, ticket_id, task_id)
    withdraw_supplier_task(pk, why=body.reason, tells=body.tells, by=reader_of(request).actor)
    return _read(pk)


def _own(request: HttpRequest, ticket_id: int, task_id: int) -> int:
    """Return the id of a task that is one of the ticket's."""
    ticket = reader_of(request).inner_ticket(ticket_id)
    return int(ticket.supplier_tasks.values_list("pk", flat=True).get(pk=task_id))


def _fields(body: SupplierGiven) -> dict[str, Any]:
    given = body.model_dump(exclude_unset=True, exclude={"organisation", "desks"})
    if "desks" in body.model_fields_set:
        ids = body.desks or []
        given["desks"] = [named(Desk, pk, "desk", is_active=True) for pk in ids]
    nullable = {"remind_after"}
    return {name: value for name, value in given.items() if value is not None or name in nullable}


def _suppliers() -> QuerySet[Supplier]:
    rows = Supplier.objects.select_related("organisation")
    return rows.prefetch_related("desks", "contacts")


def _supplier(row: Supplier) -> SupplierShape:
    return SupplierShape(
        id=row.pk,
        organisation=ref(row.organisation),
        desks=[ref(desk) for desk in row.desks.all()],
        address=row.address,
        domains=row.domains,
        language=row.language,
        pattern=row.pattern,
        contract=row.contract,
        remarks=row.remarks,
        remind_after=row.remind_after,
        is_reminded_by_contract=row.is_reminded_by_contract,
        is_named_to_requesters=row.is_named_to_requesters,
        is_active=row.is_active,
        contacts=[
            ContactShape(name=one.name, address=one.address, phone=one.phone, about=one.about)
            for one in row.contacts.all()
        ],
    )


def _read(task_id: int) -> SupplierTaskShape:
    rows = SupplierTask.objects.select_related("supplier__organisation", "asked_by")
    return _task(rows.get(pk=task_id))


def _task(row: SupplierTask) -> SupplierTaskShape:
    return SupplierTaskShape(
        id=row.pk,
        reference=row.reference,
        supplier=ref(row.supplier),
        subject=row.subject,
        recipient=row.recipient,
        their_reference=row.their_reference,
        state=row.state,
        holds_ticket=row.holds_ticket,
        asked_by=maybe(person_ref, row.asked_by),
        sent_at=row.sent_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        messages=[_message(one) for one in thread_of(row)],
    )


def _message(one: SupplierMessage) -> MessageShape:
    return MessageShape(
        id=one.pk,
        direction=one.direction,
        purpose=one.purpose,
        author=maybe(person_ref, one.author),
        sender=one.sender,
        is_automatic=one.is_automatic,
        is_of_supplier=one.is_of_supplier,
        subject=one.subject,
        text=one.text,
        files=[file.name for file in one.files.all()],
        said_at=one.said_at,
    )
