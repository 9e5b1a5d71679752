"""The views of the queue: which tickets each holds and how many, counted up to a bound."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansvar.kernel import clock
from ansvar.kernel.registry import Registry
from ansvar.tickets.decisions import State
from ansvar.tickets.models import OPEN_STATES, Ticket
from ansvar.tickets.queries import SHOWN_WITH, Viewer, visible_tickets

COUNTED_UP_TO = 100
"""A view with more is shown as "99+": counting further costs and tells nobody anything."""

UPDATE_DUE_WITHIN = timedelta(hours=1)
"""How long before its time a promised message stands among those that are due."""

Condition = Callable[[Viewer], Q]


@dataclass(frozen=True, kw_only=True)
class Order:
    """In which order a view shows its tickets, so that each page goes on where one ended."""

    at: str
    """The column of time; in an order by it, no ticket of the view may lack it."""
    words: str | Promise
    why: str | Promise
    by_priority: bool = False
    is_latest_first: bool = False

    @property
    def columns(self) -> list[str]:
        """What the database orders by."""
        falling = "-" if self.is_latest_first else ""
        return [*(["priority"] if self.by_priority else []), f"{falling}{self.at}", f"{falling}id"]

    def place_of(self, ticket: Ticket) -> "Place":
        """Return the place that a ticket has."""
        return Place(priority=ticket.priority, at=getattr(ticket, self.at), id=ticket.pk)

    def beyond(self, place: "Place") -> Q:
        """Return the condition for what comes after a place."""
        way = "lt" if self.is_latest_first else "gt"
        here = Q(**{self.at: place.at})
        after = Q(**{f"{self.at}__{way}": place.at}) | here & Q(**{f"id__{way}": place.id})
        if not self.by_priority:
            return after
        return Q(priority__gt=place.priority) | (Q(priority=place.priority) & after)


BY_VALUE = Order(
    at="due_rank",
    by_priority=True,
    words=_("Ordered by business value, then due time"),
    why=_(
        "Business value first: the priority, which follows from the harm to the business and how "
        "fast it grows. Among equals what is due first; then what has no promised time, the oldest "
        "first. Who asks, and how loudly, does not count."
    ),
)
LATEST_FIRST = Order(
    at="changed_at",
    is_latest_first=True,
    words=_("The latest first"),
    why=_("What was touched last comes first."),
)
BY_DUE_TIME = Order(
    at="due_at",
    words=_("What is due first comes first"),
    why=_(
        "By when the next promised time of each runs out, whichever it is: of the reaction, of the "
        "solution or of the team that holds it."
    ),
)
BY_UPDATE_TIME = Order(
    at="update_due_at",
    words=_("What is due first comes first"),
    why=_("By when the people of each ticket are to hear from the desk, even without news."),
)


@dataclass(frozen=True, kw_only=True)
class View:
    """A named part of the queue."""

    title: str | Promise
    icon: str
    why: str | Promise
    """What it holds, in a sentence."""
    where: Condition
    is_open: bool = True
    order: Order = BY_VALUE
    after: str = ""
    """Behind which other one it stands, when a context above files it."""


views: Registry[View] = Registry("views")
"""Read them by `views_in_order`."""


def _view(
    key: str,
    title: str | Promise,
    *,
    icon: str,
    why: str | Promise,
    where: Condition,
    order: Order = BY_VALUE,
    is_open: bool = True,
) -> None:
    views.add(key)(View(title=title, icon=icon, why=why, where=where, is_open=is_open, order=order))


def _needs(viewer: Viewer) -> Q:
    mine = Q(assignee_id=viewer.person_id) | Q(owner_id=viewer.person_id, assignee=None)
    if viewer.stands_for:
        mine |= Q(assignee_id__in=viewer.stands_for)
        mine |= Q(owner_id__in=viewer.stands_for, assignee=None)
    unanswered = mine & (Q(requester_spoke_at__isnull=False) | Q(update_due_at__lte=clock.now()))
    given = Q(assignee_id=viewer.person_id, state=State.ASSIGNED)
    untaken = Q(team_id__in=viewer.teams, assignee=None, state=State.NEW)
    if viewer.queues:
        untaken |= Q(desk_id__in=viewer.queues, assignee=None, state=State.NEW)
    return unanswered | given | untaken | _asked(viewer)


def _asked(viewer: Viewer) -> Q:
    return Q(pk__in=viewer.asked)


_view(
    "needs-you",
    _("Needs you"),
    icon="inbox",
    why=_(
        "New in your teams, given to you and not begun, with an answer you owe, or with a promised "
        "message that is late; of those whom you stand in for, too. Then those on which others "
        "asked you for something. Who manages the queue today has everything here that is new on "
        "the desk."
    ),
    where=_needs,
)
_view(
    "asked",
    _("Asked of you"),
    icon="help-circle",
    why=_(
        "Others hold them and wait for you or your teams: for an answer, for a piece of the work, "
        "or for your decision whether they change hands."
    ),
    where=_asked,
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
    "due",
    _("Due next"),
    icon="clock",
    why=_("Open tickets of the desk with a promised time that is running."),
    where=lambda _viewer: Q(due_at__isnull=False),
    order=BY_DUE_TIME,
)
_view(
    "overdue",
    _("Overdue"),
    icon="alert-triangle",
    why=_("A promised time has run out and still runs on."),
    where=lambda _viewer: Q(due_at__lt=clock.now()),
    order=BY_DUE_TIME,
)
_view(
    "update-due",
    _("Update due"),
    icon="mail-exclamation",
    why=_(
        "Your team holds them, so it falls to you to tell their people how it stands: within the "
        "hour, or already late."
    ),
    where=lambda viewer: (
        (Q(team_id__in=viewer.teams) | Q(assignee_id=viewer.person_id))
        & Q(update_due_at__lte=clock.now() + UPDATE_DUE_WITHIN)
    ),
    order=BY_UPDATE_TIME,
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
    order=LATEST_FIRST,
    is_open=False,
)
_view(
    "closed",
    _("Closed"),
    icon="archive",
    why=_("Closed tickets, the latest first."),
    where=lambda _viewer: Q(state=State.CLOSED),
    order=LATEST_FIRST,
    is_open=False,
)


def views_in_order() -> dict[str, View]:
    """Return all views in the order in which pages show them."""
    keys = [key for key, view in views.items() if not view.after]
    for key, view in views.items():
        if view.after:
            keys.insert(keys.index(view.after) + 1 if view.after in keys else len(keys), key)
    return {key: views[key] for key in keys}


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
    along: Mapping[str, Any] | None = None,
) -> Page:
    """Return a page of a view in its order, narrowed down by *condition*.

    *along* are expressions of contexts above, by the name that each ticket carries its value under.
    """
    found = tickets_in(view, viewer, desk_id).select_related(*SHOWN_WITH).annotate(**along or {})
    if condition is not None:
        found = found.filter(condition)
    if after is not None:
        found = found.filter(view.order.beyond(after))
    rows = list(found.order_by(*view.order.columns)[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(tickets=rows[:size], next=view.order.place_of(last) if last else None)


def counts(viewer: Viewer, desk_id: int | None) -> dict[str, int]:
    """Return how many tickets each open view holds, up to a bound, with one query."""
    counted = [key for key, view in views.items() if view.is_open]
    parts = [
        tickets_in(views[key], viewer, desk_id)
        .order_by()
        .annotate(view=Value(key))
        .values_list(F("view"), flat=True)[:COUNTED_UP_TO]
        for key in counted
    ]
    found = Counter(parts[0].union(*parts[1:], all=True))
    return {key: found[key] for key in counted}
