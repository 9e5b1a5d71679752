"""A desk whose pages are tested, and browsers in which its people are logged in."""

from dataclasses import dataclass

from builders import a_published_script, a_site, an_agent, an_agreed_service
from django.test import Client

from ansvar.catalogue.models import ScriptVersion, Service
from ansvar.kernel.actor import Actor
from ansvar.people.models import Desk, Person, Site, Team
from tickets import a_workplace

BACKEND = "ansvar.access.backends.PersonBackend"
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
"""Headers of htmx asking for a part of a page."""


@dataclass(kw_only=True)
class Desktop:
    """A desk with what its pages need: two teams, agents, a service, a script, a site."""

    desk: Desk
    first: Team
    second: Team
    agent: Person
    colleague: Person
    service: Service
    script: ScriptVersion
    site: Site
    by: Actor


def a_desktop() -> Desktop:
    place = a_workplace()
    colleague = an_agent(team=place.first)
    service = an_agreed_service(place.desk, urgency=2)
    return Desktop(
        desk=place.desk,
        first=place.first,
        second=place.second,
        agent=place.agent,
        colleague=colleague,
        service=service,
        script=a_published_script(place.desk, service),
        site=a_site(business_weight="3.4"),
        by=place.by,
    )


def client_of(person: Person) -> Client:
    """Return a browser in which *person* is logged in."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client
