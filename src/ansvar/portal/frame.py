"""The frame around requesters' pages, and around shared pages when a requester opens them."""

from collections.abc import Mapping
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ansvar.access.queries import works_at_a_desk
from ansvar.people.models import Person
from ansvar.ui.addresses import address
from ansvar.ui.shell import Link, Shell

THEMES: Mapping[str, Literal["", "light", "dark"]] = {"light": "light", "dark": "dark"}
PLACES = {
    "portal-home": "portal-home",
    "portal-report": "portal-report",
    "portal-questions": "portal-tickets",
    "portal-ticket": "portal-tickets",
    "portal-tickets": "portal-tickets",
    "portal-services": "portal-services",
    "portal-service": "portal-services",
}
"""Page to the link in the header under which it lies."""


def frame(request: HttpRequest) -> Mapping[str, Any]:
    """Give requesters' pages their frame; the workbench gives its own."""
    match = request.resolver_match
    module = match.func.__module__ if match is not None else ""
    person = getattr(request, "user", None)
    in_portal = module.startswith(("ansvar.portal", "ansvar.api"))
    if not isinstance(person, Person):
        return {"shell": Shell(language=get_language())} if in_portal else {}
    is_agent = works_at_a_desk(person.pk)
    if is_agent and not in_portal:
        return {}
    return {"shell": _shell(person, match.url_name or "" if match else "", is_agent=is_agent)}


def _shell(person: Person, url_name: str, *, is_agent: bool) -> Shell:
    here = PLACES.get(url_name, "")
    links = [
        ("portal-home", _("Help")),
        ("portal-tickets", _("My tickets")),
        ("portal-services", _("Services")),
    ]
    pages = [
        Link(
            label=_("Preferences"),
            href=address("preferences"),
            icon="adjustments",
            current=url_name == "preferences",
        )
    ]
    if is_agent:
        pages[:0] = [
            Link(label=_("To the workbench"), href=address("start"), icon="inbox"),
            Link(label=_("Interface for programs"), href=address("api-docs"), icon="api"),
        ]
    return Shell(
        person=person.name,
        language=person.language,
        theme=THEMES.get(person.theme, ""),
        single_keys=person.has_letter_keys,
        home_url=address("portal-home"),
        views=[
            Link(label=label, href=address(name), current=name == here) for name, label in links
        ],
        pages=pages,
        foot=[Link(label=_("How we keep you informed"), href=address("portal-informed"))],
        foot_text=_("Only you, those who take part and the desk read your tickets."),
        live_url="/live",
        preferences_url=address("preferences"),
        log_out_url=address("log-out"),
    )
