"""The views of the queue: which tickets each holds and how many, counted up to a bound."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansvar.kernel.composed import Given, IdsGiven, Tally, among, composed
from ansvar.kernel.registry import Registry
from ansvar.tickets.decisions import State
from ansvar.tickets.models import OPEN_STATES, Ticket
from ansvar.tickets.queries import IN_A_LINE, SHOWN_WITH
from ansvar.tickets.sight import Reach, Viewer, given_viewer, tickets_on, visible_tickets

COUNTED_UP_TO = 100
"""A view with more is shown as "99+": counting further costs and tells nobody anything."""

UPDATE_DUE_WITHIN = timedelta(hours=1)
"""How long before its time a promised message stands among those that are due."""

Condition = Callable[[Viewer], Q]
"""What a view holds, said with the values of the viewer, and with times only through it."""
Along = Callable[[], Mapping[str, Any]]


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
        # What is said twice lets an index begin at the place instead of at the top.
        if not self.by_priority:
            return Q(**{f"{self.at}__{way}e": place.at}) & after
        beyond = Q(priority__gt=place.priority) | (Q(priority=place.priority) & after)
        return Q(priority__gte=place.priority) & beyond


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
    is_gathered: bool = False
    """Whether it is a few from many places: walking through all in order would find them late."""
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
    is_gathered: bool = False,
) -> None:
    view = View(
        title=title,
        icon=icon,
        why=why,
        where=where,
        is_open=is_open,
        order=order,
        is_gathered=is_gathered,
    )
    views.add(key)(view)


def _needs(viewer: Viewer) -> Q:
    mine = Q(assignee_id=viewer.person_id) | Q(owner_id=viewer.person_id, assignee=None)
    mine |= among("assignee_id", viewer.stands_for)
    mine |= among("owner_id", viewer.stands_for) & Q(assignee=None)
    unanswered = mine & (Q(requester_spoke_at__isnull=False) | Q(update_due_at__lte=viewer.now))
    given = Q(assignee_id=viewer.person_id, state=State.ASSIGNED)
    ours = among("team_id", viewer.teams) | among("desk_id", viewer.queues)
    untaken = ours & Q(assignee=None, state=State.NEW)
    return unanswered | given | untaken | _asked(viewer)


def _asked(viewer: Viewer) -> Q:
    return among("id", viewer.asked)


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
    is_gathered=True,
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
    where=lambda viewer: among("team_id", viewer.teams),
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
    where=lambda viewer: among("service_id", viewer.services),
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
    where=lambda viewer: Q(due_at__lt=viewer.now),
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
        (among("team_id", viewer.teams) | Q(assignee_id=viewer.person_id))
        & Q(update_due_at__lte=viewer.ahead(UPDATE_DUE_WITHIN))
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


IN_TEAMS_NOT_MINE = View(
    title=_("Next in my teams"),
    icon="users",
    why=_("Open tickets that your teams hold and you do not work on."),
    where=lambda viewer: (
        among("team_id", viewer.teams)
        & (Q(assignee_id__isnull=True) | ~Q(assignee_id=viewer.person_id))
    ),
)
"""No view of its own: what is shown under those that need somebody."""


def views_in_order() -> dict[str, View]:
    """Return all views in the order in which pages show them."""
    keys = [key for key, view in views.items() if not view.after]
    for key, view in views.items():
        if view.after:
            keys.insert(keys.index(view.after) + 1 if view.after in keys else len(keys), key)
    return {key: views[key] for key in keys}


def tickets_in(view: View, viewer: Viewer, desk_id: int | None) -> QuerySet[Ticket]:
    """Return the tickets of a view in no order, on one desk or on all that the viewer sees."""
    found = visible_tickets(viewer) if desk_id is None else tickets_on(desk_id, viewer)
    found = found.filter(view.where(viewer))
    return found.filter(state__in=OPEN_STATES) if view.is_open else found


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


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """What makes the question for one page another question than that for the next."""

    view: View
    reach: Reach
    is_on_desk: bool
    is_later: bool
    size: int
    along: Along | None


def page_of(
    view: View,
    viewer: Viewer,
    desk_id: int | None,
    *,
    after: Place | None = None,
    size: int = 50,
    condition: Q | None = None,
    without: Collection[int] = (),
    along: Along | None = None,
) -> Page:
    """Return a page of a view in its order, narrowed down by *condition*, *without* some ids.

    *along* gives expressions of contexts above, by the name that each ticket carries its value
    under. Of the tickets only that is read which a line of a list shows.
    """
    shape = _Shape(
        view=view,
        reach=viewer.reach_on(desk_id),
        is_on_desk=desk_id is not None,
        is_later=after is not None,
        size=size,
        along=along,
    )
    if condition:
        # Of what somebody filters by there are too many kinds to keep.
        among_all = tickets_in(view, viewer, desk_id).filter(condition)
        rows = list(_listed(shape, among_all, after=after, without=without))
    else:
        place = asdict(after) if after else {}
        rows = _lines(shape).rows(**viewer.values(desk_id), without=without, **place)
    last = rows[size - 1] if len(rows) > size else None
    return Page(tickets=rows[:size], next=view.order.place_of(last) if last else None)


@composed
def _lines(shape: _Shape) -> QuerySet[Ticket]:
    given: dict[str, Any] = {"priority": Given("priority"), "id": Given("id")}
    place = Place(**given, at=Given("at", DateTimeField())) if shape.is_later else None  # type: ignore[arg-type]  # a place for it
    desk: Any = Given("desk") if shape.is_on_desk else None
    among_all = tickets_in(shape.view, given_viewer(shape.reach), desk)
    return _listed(shape, among_all, after=place, without=IdsGiven("without"))


def _listed(
    shape: _Shape,
    among_all: QuerySet[Ticket],
    *,
    after: Place | None,
    without: Collection[int] | IdsGiven,
) -> QuerySet[Ticket]:
    """Return the tickets of one page and one more, with what a line of a list shows."""
    order = shape.view.order
    found = among_all.filter(~among("id", without))
    if after is not None:
        found = found.filter(order.beyond(after))
    if shape.view.is_gathered:
        # No index offers this order, so the database gathers by the ones that find each part; only
        # for those that are shown it looks up what goes with them.
        gathered = found.order_by(F("priority") + Value(0), *order.columns)[: shape.size + 1]
        found = Ticket.objects.filter(among("id", ArraySubquery(gathered.values("id"))))
    found = found.select_related(*SHOWN_WITH).only(*IN_A_LINE)
    if shape.along is not None:
        found = found.annotate(**shape.along())
    return found.order_by(*order.columns)[: shape.size + 1]


def counts(viewer: Viewer, desk_id: int | None) -> dict[str, int]:
    """Return how many tickets each open view holds, up to a bound, with one query."""
    open_views = tuple((key, view) for key, view in views.items() if view.is_open)
    tally = _tally(open_views, viewer.reach_on(desk_id), is_on_desk=desk_id is not None)
    return tally.of(**viewer.values(desk_id))


@lru_cache
def _tally(counted: tuple[tuple[str, View], ...], reach: Reach, *, is_on_desk: bool) -> Tally:
    viewer, desk = given_viewer(reach), Given("desk") if is_on_desk else None
    return Tally(
        {
            key: tickets_in(view, viewer, desk).values("pk")[:COUNTED_UP_TO]  # type: ignore[arg-type]  # a place for it
            for key, view in counted
        }
    )
