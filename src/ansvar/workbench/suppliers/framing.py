"""What the pages about suppliers share: their places, tasks in addresses, how clocks are told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.urls.converters import StringConverter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.kernel import clock
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.models import Clock
from ansvar.suppliers.models import SupplierTask
from ansvar.suppliers.queries import task_seen
from ansvar.tickets.models import REFERENCE
from ansvar.ui import render
from ansvar.ui.shell import Link
from ansvar.workbench.frame import MenuPage, menu
from ansvar.workbench.reading import Reader, reader_of

menu.add("suppliers")(
    MenuPage(
        label=gettext_lazy("Suppliers"),
        icon="building",
        url_name="suppliers",
        requires="supplier.read",
    )
)
SOON = timedelta(hours=4)
"""So near to its end a supplier's time is shown in amber."""


class TaskReference(StringConverter):
    """How a task is called, such as IT-1042-S1; small letters do as well."""

    regex = REFERENCE + r"-[Ss][0-9]{1,4}"


def places(reader: Reader, current: str) -> list[Link]:
    """Return the pages about suppliers that the reader may open."""
    wanted = [
        ("suppliers", _("With suppliers now"), "hourglass", "supplier.read"),
        ("supplier-cards", _("All suppliers"), "building", "supplier.read"),
        ("supplier-new", _("New supplier"), "plus", "supplier.edit"),
    ]
    return [
        Link(label=label, href=reverse(name), icon=icon, current=name == current)
        for name, label, icon, right in wanted
        if reader.may(right)
    ]


def in_frame(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    place: str,
    status: int = 200,
) -> HttpResponse:
    """Answer with one of the pages about suppliers."""
    reader = reader_of(request)
    whole = {"columns": "left", "places": places(reader, place), "reader": reader, **context}
    return render.page(request, f"workbench/suppliers/{template}", whole, status=status)


def task_of(request: HttpRequest, reference: str) -> SupplierTask:
    """Return the task of an address, for who reads its ticket.

    Raises: Http404.
    """
    task = task_seen(reader_of(request).person, reference)
    if task is None:
        raise Http404
    return task


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the contract promises for the turn of a supplier, and how it stands."""

    due_at: datetime | None
    """Nothing once it has stopped, or while it does not count."""
    is_late: bool
    is_soon: bool
    has_ended: bool

    @property
    def tone(self) -> str:
        """The colour that says whether somebody must act."""
        if self.has_ended:
            return ""
        return "red" if self.is_late else "amber" if self.is_soon else ""


def promises_of(tasks: Iterable[SupplierTask]) -> dict[int, Promise]:
    """Return by id of the task what its contract promises, in one query.

    The clock of a contract runs while the ticket waits for the supplier: the one that was running
    in the task's latest turn is the task's.
    """
    wanted = {task.pk: task for task in tasks if task.sent_at is not None}
    if not wanted:
        return {}
    pairs = Q()
    for task in wanted.values():
        pairs |= Q(ticket=task.ticket_id, supplier=task.supplier.organisation_id)
    rows = Clock.objects.filter(pairs, measure=Measure.SUPPLIER).order_by("number")
    clocks: dict[tuple[int, int], list[Clock]] = {}
    for row in rows.select_related("desk__calendar"):
        clocks.setdefault((row.ticket_id, row.supplier_id or 0), []).append(row)
    now, found = clock.now(), {}
    for pk, task in wanted.items():
        own = _of_turn(clocks.get((task.ticket_id, task.supplier.organisation_id), ()), task)
        if own is not None:
            found[pk] = _promise(own, now)
    return found


def _of_turn(rows: Iterable[Clock], task: SupplierTask) -> Clock | None:
    """Return the last clock that ran while the task was with the supplier."""
    turn_ends = task.answered_at or task.ended_at
    during = [
        row
        for row in rows
        if (row.stopped_at is None or task.sent_at is None or row.stopped_at >= task.sent_at)
        and (turn_ends is None or row.started_at <= turn_ends)
    ]
    return during[-1] if during else None


def _promise(row: Clock, now: datetime) -> Promise:
    if row.stopped_at is not None:
        return Promise(due_at=None, is_late=row.used > row.target, is_soon=False, has_ended=True)
    due = row.due_at
    return Promise(
        due_at=due,
        is_late=due is not None and due <= now,
        is_soon=due is not None and now < due <= now + SOON,
        has_ended=False,
    )
