"""The frame around every page of the workbench: desk, views, pages, search, preferences."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.queries import works_at_a_desk
from ansvar.kernel.registry import Registry
from ansvar.notices.queries import COUNTED_UP_TO, unseen_of
from ansvar.people.models import Person
from ansvar.tickets import queue
from ansvar.ui.addresses import address
from ansvar.ui.shell import Link, Shell
from ansvar.workbench import alarms
from ansvar.workbench.reading import DESK_KEY, Reader, reader_of

WITH_COUNTS = frozenset({"queue", "queue-views"})
"""Pages that show how much each view holds; on others the views are only places to go to."""


@dataclass(frozen=True, kw_only=True)
class MenuPage:
    """A page of the menu behind the picture, shown to whoever has the right."""

    label: str | Promise
    icon: str
    url_name: str
    requires: str


menu: Registry[MenuPage] = Registry("menu pages")
"""Other parts of the workbench file theirs when they are loaded."""

menu.add("queue")(
    MenuPage(
        label=gettext_lazy("Queue"), icon="inbox", url_name="queue-start", requires="service.read"
    )
)
menu.add("people")(
    MenuPage(label=gettext_lazy("People"), icon="users", url_name="people", requires="person.read")
)
menu.add("services")(
    MenuPage(
        label=gettext_lazy("Services"), icon="stack-2", url_name="services", requires="service.read"
    )
)
menu.add("work")(
    MenuPage(
        label=gettext_lazy("Failed work"),
        icon="alert-triangle",
        url_name="failed-work",
        requires="work.manage",
    )
)
menu.add("mail")(
    MenuPage(label=gettext_lazy("Mail"), icon="mail", url_name="mail", requires="mailbox.manage")
)
menu.add("journal")(
    MenuPage(
        label=gettext_lazy("Journal"), icon="history", url_name="journal", requires="journal.read"
    )
)


def frame(request: HttpRequest) -> Mapping[str, Any]:
    """Give pages of the workbench their frame; the portal gives its own."""
    match = request.resolver_match
    if match is not None and not match.func.__module__.startswith("ansvar.workbench"):
        return {}
    person = getattr(request, "user", None)
    if not isinstance(person, Person) or not works_at_a_desk(person.pk):
        return {}
    reader = reader_of(request)
    current = str(match.kwargs.get("view", "")) if match else ""
    url_name = match.url_name or "" if match else ""
    return {"shell": _shell(reader, url_name, current)}


def _shell(reader: Reader, url_name: str, view: str) -> Shell:
    person = reader.person
    unseen = unseen_of(person)
    return Shell(
        person=person.name,
        language=person.language,
        theme="" if person.theme == Person.Theme.SYSTEM else Person.Theme(person.theme).value,  # type: ignore[arg-type]  # a text of the same values
        density=Person.Density(person.density).value,  # type: ignore[arg-type]  # as above
        single_keys=person.has_letter_keys,
        home_url=address("start"),
        desk=reader.desk.name if reader.desk else _("All desks"),
        desks=_desks(reader),
        views=views(reader, current=view, counted=url_name in WITH_COUNTS),
        pages=_pages(reader, url_name),
        search_url=address("search"),
        palette_url=address("search-palette"),
        new_url=address("ticket-new") if reader.may("ticket.open") else "",
        live_url="/live",
        bell_url=address("notices"),
        bell_count=f"{COUNTED_UP_TO - 1}+" if len(unseen) >= COUNTED_UP_TO else len(unseen),
        bell_latest=max(unseen, default=0),
        bell_part_url=address("notice-bell"),
        notices=alarms.notices(reader, address("mail")),
        preferences_url=address("preferences"),
        log_out_url=address("log-out"),
    )


def views(reader: Reader, *, current: str, counted: bool) -> list[Link]:
    """Return the queue's views as links, with how many tickets each holds when *counted*."""
    counts = queue.counts(reader.viewer, reader.desk_id) if counted else {}
    return [
        Link(
            label=str(view.title),
            href=address("queue", key),
            icon=view.icon,
            count=_bounded(counts.get(key)),
            current=key == current,
            tone="amber" if key == "needs-you" and counts.get(key) else "",
        )
        for key, view in queue.views_in_order().items()
    ]


def _bounded(count: int | None) -> int | str | None:
    if count is not None and count >= queue.COUNTED_UP_TO:
        return f"{queue.COUNTED_UP_TO - 1}+"
    return count


def _desks(reader: Reader) -> list[Link]:
    if len(reader.desks) < 2:  # noqa: PLR2004 - nothing to choose between
        return []
    start = address("queue-start")
    everything = Link(
        label=_("All desks"), href=f"{start}?{DESK_KEY}=", icon="world", current=reader.desk is None
    )
    return [
        everything,
        *(
            Link(
                label=desk.name,
                href=f"{start}?{DESK_KEY}={desk.pk}",
                icon="headset",
                current=desk == reader.desk,
            )
            for desk in reader.desks
        ),
    ]


def _pages(reader: Reader, url_name: str) -> list[Link]:
    links = []
    for page in menu.values():
        if not reader.may(page.requires):
            continue
        try:
            href = address(page.url_name)
        except NoReverseMatch:
            continue
        links.append(
            Link(
                label=str(page.label),
                href=href,
                icon=page.icon,
                current=url_name == page.url_name,
            )
        )
    links.append(
        Link(
            label=_("Preferences"),
            href=address("preferences"),
            icon="adjustments",
            current=url_name == "preferences",
        )
    )
    return links
