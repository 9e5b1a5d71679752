"""The views of the queue: which tickets each holds and how many, counted up to a bound."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansvar.kernel.registry import Registry
from ansvar.tickets.decisions import State
from ansvar.tickets.models import OPEN_STATES, Ticket
from ansvar.tickets.queries import SHOWN_WITH, Viewer, visible_tickets

COUNTED_UP_TO = 100
"""A view with more is shown as "99+": counting further costs and tells nobody anything."""

Condition = Callable[[Viewer], Q]


@dataclass(frozen=True, kw_only=True)
class View:
    """A named part of the queue."""

    title: str | Promise
    icon: str
    why: str | Promise
    """What it holds, in a sentence."""
    where: Condition
    is_open: bool = True


views: Registry[View] = Registry("views")


def _view(
    key: str,
    title: str | Promise,
    *,
    icon: str,
    why: str | Promise,
    where: Condition,
    is_open: bool = True,
) -> None:
    views.add(key)(View(title=title, icon=icon, why=why, where=where, is_open=is_open))


def _needs(viewer: Viewer) -> Q:
    mine = Q(assignee_id=viewer.person_id) | Q(owner_id=viewer.person_id, assignee=None)
    unanswered = mine & Q(requester_spoke_at__isnull=False)
    given = Q(assignee_id=viewer.person_id, state=State.ASSIGNED)
    untaken = Q(team_id__in=viewer.teams, assignee=None, state=State.NEW)
    return unanswered | given | untaken


_view(
    "needs-you",
    _("Needs you"),
    icon="inbox",
    why=_("New in your teams, given to you and not begun, or with an answer you owe."),
    where=_needs,
)
_view(
    "mine",
    _("My tickets"),
    icon="user",
    why=_("Open tickets that you work on."),
    where=lambda viewer: Q(assignee_id=viewer.person_id),
)
_view(
    "team",
    _("My teams"),
    icon="users",
    why=_("Open tickets that your teams hold."),
    where=lambda viewer: Q(team_id__in=viewer.teams),
)
_view(
    "others",
    _("In others' hands"),
    icon="arrows-exchange",
    why=_("You answer for them, somebody else works on them."),
    where=lambda viewer: (
        Q(owner_id=viewer.person_id)
        & (Q(assignee_id__isnull=True) | ~Q(assignee_id=viewer.person_id))
    ),
)
_view(
    "services",
    _("My services"),
    icon="anchor",
    why=_("Open tickets of the services you are accountable for, whoever holds them."),
    where=lambda viewer: (
        Q(service__owner_id=viewer.person_id) | Q(service__deputy_id=viewer.person_id)
    ),
)
_view(
    "unclassified",
    _("To classify"),
    icon="bolt",
    why=_("Nobody has answered the impact script yet, so the priority is assumed."),
    where=lambda _viewer: Q(impact=None),
)
_view(
    "waiting",
    _("Waiting"),
    icon="clock-pause",
    why=_("Waiting for a requester, a supplier, a change or a date."),
    where=lambda _viewer: Q(state=State.WAITING),
)
_view(
    "open",
    _("All open"),
    icon="list",
    why=_("Every open ticket of the desk."),
    where=lambda _viewer: Q(),
)
_view(
    "resolved",
    _("To be confirmed"),
    icon="circle-check",
    why=_("Resolved; the requester has not confirmed yet."),
    where=lambda _viewer: Q(state=State.RESOLVED),
    is_open=False,
)
_view(
    "closed",
    _("Closed"),
    icon="archive",
    why=_("Closed tickets, the latest first."),
    where=lambda _viewer: Q(state=State.CLOSED),
    is_open=False,
)

COUNTED = [key for key, view in views.items() if view.is_open]


def tickets_in(view: View, viewer: Viewer, desk_id: int | None) -> QuerySet[Ticket]:
    """Return the tickets of a view in no order, on one desk or on all that the viewer sees."""
    found = visible_tickets(viewer).filter(view.where(viewer))
    if view.is_open:
        found = found.filter(state__in=OPEN_STATES)
    return found if desk_id is None else found.filter(desk_id=desk_id)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in an ordered view, from which the next page goes on."""

    priority: int
    at: datetime
    id: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some tickets of a view, in order."""

    tickets: list[Ticket]
    next: Place | None


def page_of(
    view: View,
    viewer: Viewer,
    desk_id: int | None,
    *,
    after: Place | None = None,
    size: int = 50,
    condition: Q | None = None,
) -> Page:
    """Return a page of a view, narrowed down by *condition*.

    Open tickets come by business value (priority), then by age; done ones the latest first.
    """
    found = tickets_in(view, viewer, desk_id).select_related(*SHOWN_WITH)
    if condition is not None:
        found = found.filter(condition)
    if view.is_open:
        found = found.order_by("priority", "opened_at", "id")
    else:
        found = found.order_by("-changed_at", "-id")
    if after is not None:
        found = found.filter(_beyond(view, after))
    rows = list(found[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(tickets=rows[:size], next=_place(view, last) if last else None)


def _place(view: View, ticket: Ticket) -> Place:
    at = ticket.opened_at if view.is_open else ticket.changed_at
    return Place(priority=ticket.priority, at=at, id=ticket.pk)


def _beyond(view: View, place: Place) -> Q:
    if not view.is_open:
        return Q(changed_at__lt=place.at) | Q(changed_at=place.at, id__lt=place.id)
    later = Q(opened_at__gt=place.at) | Q(opened_at=place.at, id__gt=place.id)
    return Q(priority__gt=place.priority) | (Q(priority=place.priority) & later)


def counts(viewer: Viewer, desk_id: int | None) -> dict[str, int]:
    """Return how many tickets each open view holds, up to a bound, with one query."""
    parts = [
        tickets_in(views[key], viewer, desk_id)
        .order_by()
        .annotate(view=Value(key))
        .values_list(F("view"), flat=True)[:COUNTED_UP_TO]
        for key in COUNTED
    ]
    found = Counter(parts[0].union(*parts[1:], all=True))
    return {key: found[key] for key in COUNTED}
