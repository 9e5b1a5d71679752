"""What pages ask about suppliers, their tasks and the time tickets spend with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import JSONObject

from ansvar.access.queries import desks_where
from ansvar.conversations.queries import FileHarmful
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.models import Entry
from ansvar.kernel.refusal import said
from ansvar.kernel.rights import may
from ansvar.people.models import Organisation, Person
from ansvar.suppliers.decisions import OPEN, TaskState
from ansvar.suppliers.models import (
    STATE_NAMES,
    Supplier,
    SupplierFile,
    SupplierMail,
    SupplierMessage,
    SupplierTask,
)
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.facts import (
    TicketClosed,
    TicketReopened,
    TicketResolved,
    WaitingEnded,
    WaitingStarted,
    WorkStarted,
)
from ansvar.tickets.models import Ticket

_ENDS_WAITING = (WaitingStarted, WaitingEnded, WorkStarted, TicketResolved, TicketClosed)
LOOKED_BACK = timedelta(days=90)
SHOWN = 30
"""Tasks shown on the page of a ticket; hardly one has more."""


def suppliers_for(desk_id: int) -> QuerySet[Supplier]:
    """Return the suppliers that a desk may ask."""
    ours = Q(desks=desk_id) | Q(desks__isnull=True)
    rows = Supplier.objects.filter(ours, is_active=True, organisation__is_active=True)
    return rows.select_related("organisation").order_by("organisation__name").distinct()


def organisations_to_wait_for(desk_id: int) -> QuerySet[Organisation]:
    """Return whom a ticket of a desk may wait for; all organisations until suppliers are known."""
    if not Supplier.objects.exists():
        return Organisation.objects.filter(is_active=True)
    ids = suppliers_for(desk_id).order_by().values("organisation")
    return Organisation.objects.filter(pk__in=ids)


@dataclass(frozen=True, kw_only=True)
class OnTicket:
    """What a supplier was asked, as the page of its ticket shows it."""

    id: int
    reference: str
    subject: str
    supplier_id: int
    supplier: str
    their_reference: str
    state: TaskState
    drafted_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    is_undelivered: bool
    """A mail about it did not arrive."""

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.state in OPEN

    @property
    def since(self) -> datetime:
        """When it came to be where it is."""
        return self.ended_at or self.answered_at or self.sent_at or self.drafted_at

    @property
    def state_name(self) -> str:
        """Where it is, in words."""
        return str(STATE_NAMES[self.state])


_ON_TICKET = {
    "id": F("id"),
    "reference": F("reference"),
    "subject": F("subject"),
    "supplier_id": F("supplier_id"),
    "supplier": F("supplier__organisation__name"),
    "their_reference": F("their_reference"),
    "state": F("state"),
    "drafted_at": F("drafted_at"),
    "sent_at": F("sent_at"),
    "answered_at": F("answered_at"),
    "ended_at": F("ended_at"),
}
_MOMENTS = ("drafted_at", "sent_at", "answered_at", "ended_at")


def tasks_along() -> dict[str, Any]:
    """Return what a ticket brings along for `tasks_on`, at no query of its own."""
    failed = SupplierMail.objects.filter(said__task=OuterRef("pk"), state=SupplierMail.State.FAILED)
    told = JSONObject(**_ON_TICKET, is_undelivered=Exists(failed))
    rows = SupplierTask.objects.filter(ticket=OuterRef("pk")).order_by("-drafted_at", "-pk")
    return {"told_suppliers": ArraySubquery(rows.values(told=told)[:SHOWN])}


def tasks_on(ticket: Ticket) -> list[OnTicket]:
    """Return what suppliers were asked about a ticket read with `tasks_along`, the oldest first."""
    brought: Any = ticket
    return [_on_ticket(told) for told in reversed(brought.told_suppliers)]


def names_along(ticket: Ticket) -> Iterable[tuple[tuple[str, int], str]]:
    """Return how the suppliers and tasks of a ticket are called, so that nobody asks again."""
    for task in tasks_on(ticket):
        yield ("supplier", task.supplier_id), task.supplier
        yield ("supplier_task", task.id), task.reference


def _on_ticket(told: dict[str, Any]) -> OnTicket:
    moments = {one: told[one] and datetime.fromisoformat(told[one]) for one in _MOMENTS}
    return OnTicket(**{**told, **moments, "state": TaskState(told["state"])})


def visible_tasks(person: Person) -> QuerySet[SupplierTask]:
    """Return the tasks of the desks whose tickets somebody reads."""
    desks = desks_where(person.pk, "ticket.read")
    rows = SupplierTask.objects.select_related(
        "ticket", "desk", "supplier__organisation", "asked_by"
    )
    return rows if desks is None else rows.filter(desk__in=desks)


def task_seen(person: Person, reference: str) -> SupplierTask | None:
    """Return a task by its reference for who reads its ticket, or nothing."""
    rows = SupplierTask.objects.select_related(
        "ticket__service", "ticket__desk", "supplier__organisation", "asked_by"
    )
    task = rows.filter(reference=reference.upper()).first()
    if task is None or not may(Actor.person(person.pk, person.name), "ticket.read", task.ticket):
        return None
    return task


def thread_of(task: SupplierTask) -> list[SupplierMessage]:
    """Return what was said with a supplier on a task, the oldest first."""
    shown = SupplierFile.objects.filter(content_id="", is_signature=False)
    rows = task.messages.select_related("author", "mail", "inbound")
    return list(rows.prefetch_related(Prefetch("files", shown)).order_by("said_at", "pk"))


def file_seen(person: Person, reference: str, file_id: int) -> SupplierFile | None:
    """Return a file of a task for who reads the ticket, or nothing.

    Raises: FileHarmful for a harmful one, whoever asks.
    """
    task = task_seen(person, reference)
    if task is None:
        return None
    file = SupplierFile.objects.filter(message__task=task, pk=file_id).first()
    if file is not None and file.is_blocked:
        raise FileHarmful(
            said("“%(name)s” is blocked: the virus scanner found %(signature)s in it."),
            name=file.name,
            signature=file.signature,
        )
    return file


def suppliers_with_counts() -> QuerySet[Supplier]:
    """Return all suppliers with how many tasks are with each, answered, and lately asked."""
    since = clock.now() - LOOKED_BACK
    return (
        Supplier.objects.select_related("organisation")
        .prefetch_related("desks")
        .annotate(
            out_count=Count("tasks", filter=Q(tasks__state=TaskState.WITH_SUPPLIER), distinct=True),
            answered_count=Count("tasks", filter=Q(tasks__state=TaskState.ANSWERED), distinct=True),
            lately_count=Count("tasks", filter=Q(tasks__sent_at__gte=since), distinct=True),
        )
        .order_by("organisation__name")
    )


def open_tasks(supplier: Supplier, person: Person) -> list[SupplierTask]:
    """Return what is open with a supplier, the longest asked first."""
    rows = visible_tasks(person).filter(supplier=supplier, state__in=OPEN)
    return list(rows.order_by("sent_at", "pk"))


def is_supplier_named(ticket: Ticket) -> bool:
    """Tell whether its requester may read for which supplier a ticket waits."""
    if ticket.supplier_id is None:
        return False
    return Supplier.objects.filter(
        organisation=ticket.supplier_id, is_named_to_requesters=True
    ).exists()


@dataclass(frozen=True, kw_only=True)
class AtSupplier:
    """A stretch of time that a ticket spent waiting for a supplier."""

    supplier_id: int | None
    """The organisation's; nothing for one that nobody named."""
    name: str
    start: datetime
    end: datetime | None
    """Nothing while it lasts."""


def with_suppliers(ticket_id: int) -> list[AtSupplier]:
    """Return when a ticket was with suppliers, as stretches inside the custody of its teams."""
    names = {str(fact.name) for fact in (*_ENDS_WAITING, TicketReopened)}
    rows = Entry.objects.filter(subject_type="ticket", subject_id=ticket_id, fact__in=names)
    stretches = list(_stretches(rows.order_by("at", "pk")))
    ids = {pk for pk, _start, _end in stretches if pk is not None}
    known = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return [
        AtSupplier(supplier_id=pk, name=known.get(pk or 0, ""), start=start, end=end)
        for pk, start, end in stretches
    ]


def _stretches(
    entries: Iterable[Entry],
) -> Iterable[tuple[int | None, datetime, datetime | None]]:
    """Yield supplier, start and end; waiting for the same one again goes on."""
    at: tuple[int | None, datetime] | None = None
    for entry in entries:
        fact = entry.restored
        waits = isinstance(fact, WaitingStarted) and fact.waiting_for == WaitingFor.SUPPLIER
        awaited = fact.supplier_id if isinstance(fact, WaitingStarted) else None
        if at is not None and not (waits and awaited == at[0]):
            yield at[0], at[1], entry.at
            at = None
        if waits and at is None:
            at = awaited, entry.at
    if at is not None:
        yield at[0], at[1], None
