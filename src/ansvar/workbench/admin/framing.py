"""What the administrators' pages share: their places at the left, forms, pages of a list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansvar.access.middleware import actor_of
from ansvar.kernel.models import Entry
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.rights import NotPermitted, may
from ansvar.kernel.telling import Told, tell
from ansvar.ui import render
from ansvar.ui.shell import Link

Row = TypeVar("Row", bound=models.Model)
Result = TypeVar("Result")
PAGE_SIZE = 50
HISTORY_SIZE = 8
KEY_SEPARATOR = "~"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One of the administrators' pages to go to."""

    label: str | Promise
    text: str | Promise
    icon: str
    url_name: str
    requires: str


PLACES = (
    Place(
        label=_("Desks and teams"),
        text=_("Single points of contact, their teams and members"),
        icon="headset",
        url_name="admin-desks",
        requires="desk.manage",
    ),
    Place(
        label=_("Calendars"),
        text=_("Working hours, public holidays, days of their own"),
        icon="calendar",
        url_name="admin-calendars",
        requires="desk.manage",
    ),
    Place(
        label=_("People and roles"),
        text=_("Who is known, how they are reached, what they may do"),
        icon="users",
        url_name="admin-people",
        requires="role.grant",
    ),
    Place(
        label=_("Organisations"),
        text=_("Our own, customers and suppliers"),
        icon="building",
        url_name="admin-organisations",
        requires="organisation.manage",
    ),
    Place(
        label=_("Departments"),
        text=_("The tree of business units"),
        icon="sitemap",
        url_name="admin-departments",
        requires="organisation.manage",
    ),
    Place(
        label=_("Sites"),
        text=_("Places with their share of the business"),
        icon="map-pin",
        url_name="admin-sites",
        requires="organisation.manage",
    ),
    Place(
        label=_("Services"),
        text=_("The catalogue: cards, owners, urgency, dependencies"),
        icon="stack-2",
        url_name="admin-services",
        requires="service.read",
    ),
    Place(
        label=_("Scripts"),
        text=_("Questions whose answers give impact or remedy"),
        icon="binary-tree",
        url_name="admin-scripts",
        requires="service.read",
    ),
    Place(
        label=_("Priority"),
        text=_("Impact and urgency to priority, and the weight of sites"),
        icon="scale",
        url_name="admin-matrices",
        requires="matrix.edit",
    ),
    Place(
        label=_("Service levels"),
        text=_("What is promised to whom, in which hours, and what is done before it is late"),
        icon="hourglass",
        url_name="admin-levels",
        requires="service.read",
    ),
    Place(
        label=_("Tokens"),
        text=_("Keys with which programs act as people"),
        icon="key",
        url_name="admin-tokens",
        requires="person.read",
    ),
    Place(
        label=_("Mail"),
        text=_("Mailboxes, and mail in quarantine"),
        icon="mail",
        url_name="mail",
        requires="mailbox.manage",
    ),
    Place(
        label=_("Words of mails"),
        text=_("What Ansvar writes by itself, in the desk's own words"),
        icon="message",
        url_name="admin-mail-templates",
        requires="mailbox.manage",
    ),
    Place(
        label=_("Imports"),
        text=_("Old mail taken over as tickets, and what it reveals"),
        icon="history",
        url_name="admin-imports",
        requires="mailbox.manage",
    ),
    Place(
        label=_("Failed work"),
        text=_("What was tried in vain, to be run again"),
        icon="alert-triangle",
        url_name="failed-work",
        requires="work.manage",
    ),
    Place(
        label=_("Journal"),
        text=_("Everything that has happened, by whom"),
        icon="history",
        url_name="journal",
        requires="journal.read",
    ),
)


def places_for(request: HttpRequest, current: str = "") -> list[Link]:
    """Return the places the reader may go to."""
    by = actor_of(request)
    return [
        Link(
            label=str(place.label),
            href=reverse(place.url_name),
            icon=place.icon,
            current=place.url_name == current,
        )
        for place in PLACES
        if may(by, place.requires)
    ]


def shown(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    place: str,
    status: int = 200,
) -> HttpResponse:
    """Answer with one of the administrators' pages."""
    whole = {"columns": "left", "places": places_for(request, place), **context}
    return render.page(request, f"workbench/admin/{template}", whole, status=status)


def carried_out(form: forms.Form, act: Callable[[], Result]) -> Result | None:
    """Run a command and put what it refuses at the fields of the form.

    Raises: NotPermitted, which no typing can mend.
    """
    try:
        return act()
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as error:
        _put_at_fields(form, error)
    return None


def _put_at_fields(form: forms.Form, error: ValidationError) -> None:
    by_field = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for field, messages in by_field.items():
        target = field if field in form.fields else None
        for message in messages:
            form.add_error(target, message)


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One page of a long list, in the order of names."""

    rows: list[Any]
    first: str
    more: str
    """Addresses of the first and the next page, or nothing."""
    query: str


def list_page(
    request: HttpRequest, rows: QuerySet[Row], *, search: tuple[str, ...] = ("name",)
) -> ListPage:
    """Return the page of *rows* asked for by `q` and `after`, keyed by name and id."""
    query = request.GET.get("q", "").strip()
    for word in query.split():
        conditions = Q()
        for field in search:
            conditions |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(conditions)
    after, _sep, pk = request.GET.get("after", "").rpartition(KEY_SEPARATOR)
    if pk.isdecimal():
        rows = rows.filter(Q(name__gt=after) | Q(name=after, pk__gt=int(pk)))
    found: list[Any] = list(rows.order_by("name", "pk")[: PAGE_SIZE + 1])
    more = ""
    if len(found) > PAGE_SIZE:
        last = found[PAGE_SIZE - 1]
        more = page_address(query, f"{last.name}{KEY_SEPARATOR}{last.pk}")
    return ListPage(
        rows=found[:PAGE_SIZE],
        first=page_address(query, "") if pk else "",
        more=more,
        query=query,
    )


def page_address(query: str, after: str) -> str:
    """Return the address of another page of the same list."""
    return "?" + urlencode({key: value for key, value in (("q", query), ("after", after)) if value})


def history_of(subject_type: str, subject_id: int) -> list[Told]:
    """Return the latest changes of a thing, in words."""
    entries = Entry.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return tell(entries.order_by("-pk")[:HISTORY_SIZE])
