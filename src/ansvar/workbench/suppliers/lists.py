"""What is with suppliers now, who they are, and how each keeps its contract."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.decisions.choosing import Version
from ansvar.servicelevels.decisions.terms import LevelKind, Measure
from ansvar.servicelevels.models import Clock
from ansvar.suppliers.decisions import TaskState
from ansvar.suppliers.models import Supplier, SupplierTask
from ansvar.suppliers.queries import (
    LOOKED_BACK,
    open_tasks,
    suppliers_with_counts,
    visible_tasks,
)
from ansvar.workbench.admin.framing import history_of
from ansvar.workbench.finding import on_own_desks
from ansvar.workbench.reading import reader_of
from ansvar.workbench.suppliers.framing import Promise, in_frame, promises_of

AT_MOST = 200
"""Rows of the list; more than that are with suppliers only where nobody looks after them."""
LATEST = 20


@page(requires="supplier.read")
def suppliers(request: HttpRequest) -> HttpResponse:
    """List what is with suppliers, and what they have answered and nobody has dealt with yet."""
    reader = reader_of(request)
    rows = visible_tasks(reader.person)
    if reader.desk is not None:
        rows = rows.filter(desk=reader.desk)
    out = list(rows.filter(state=TaskState.WITH_SUPPLIER).order_by("sent_at", "pk")[:AT_MOST])
    back = list(rows.filter(state=TaskState.ANSWERED).order_by("answered_at", "pk")[:AT_MOST])
    promises = promises_of([*out, *back])
    out.sort(key=lambda one: _due_first(promises.get(one.pk), one))
    context = {
        "out": out,
        "back": back,
        "promises": promises,
        "has_suppliers": bool(out or back) or Supplier.objects.exists(),
    }
    return in_frame(request, "out.html", context, place="suppliers")


def _due_first(promise: Promise | None, task: SupplierTask) -> tuple[bool, datetime]:
    due = promise.due_at if promise else None
    return due is None, due or task.sent_at or task.drafted_at


@page(requires="supplier.read")
def supplier_cards(request: HttpRequest) -> HttpResponse:
    """List all suppliers with what is with each."""
    rows = list(suppliers_with_counts())
    kept = _kept([one.organisation_id for one in rows], request)
    context = {"rows": [(one, kept.get(one.organisation_id)) for one in rows]}
    return in_frame(request, "all.html", context, place="supplier-cards")


@page(requires="supplier.read")
def supplier(request: HttpRequest, supplier_id: int) -> HttpResponse:
    """Show a supplier: how it is reached, what is open, what it kept of its promises."""
    rows = Supplier.objects.select_related("organisation").prefetch_related("desks", "contacts")
    found = get_object_or_404(rows, pk=supplier_id)
    reader = reader_of(request)
    tasks = open_tasks(found, reader.person)
    over = visible_tasks(reader.person).filter(
        supplier=found, state__in=[TaskState.DONE, TaskState.WITHDRAWN]
    )
    context = {
        "supplier": found,
        "tasks": tasks,
        "over": list(over.order_by("-ended_at", "-pk")[:LATEST]),
        "promises": promises_of(tasks),
        "kept": _kept([found.organisation_id], request).get(found.organisation_id),
        "contracts": _contracts_of(found.organisation_id),
        "days": LOOKED_BACK.days,
        "told": history_of("supplier", found.pk),
    }
    return in_frame(request, "card.html", context, place="supplier-cards")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a supplier kept of its contracts lately, counted by turns that are over."""

    turns: int
    late: int

    @property
    def percent(self) -> int:
        """How many of a hundred turns were in time, rounded down: 100 means all."""
        return 100 * (self.turns - self.late) // self.turns


def _kept(organisations: list[int], request: HttpRequest) -> dict[int, Kept]:
    rows = Clock.objects.filter(
        on_own_desks(request, "ticket.read"),
        supplier__in=organisations,
        measure=Measure.SUPPLIER,
        stopped_at__gte=clock.now() - LOOKED_BACK,
    )
    counted = rows.values("supplier").annotate(
        turns=Count("pk"), late=Count(Case(When(Q(used__gt=F("target")), then=1)))
    )
    return {
        one["supplier"]: Kept(turns=one["turns"], late=one["late"])
        for one in counted.order_by("supplier")
    }


def _contracts_of(organisation_id: int) -> list[Version]:
    """Return the contracts in force that are with a supplier, or with any."""
    now = clock.now()
    return [
        one
        for one in present_book().versions
        if one.kind is LevelKind.UC
        and one.holds_at(now)
        and _is_with(one.terms.scope.suppliers, organisation_id)
    ]


def _is_with(suppliers: frozenset[int], organisation_id: int) -> bool:
    return not suppliers or organisation_id in suppliers
