"""Test data made through the commands, so that it is always data a desk could have.

State only what matters to a test; the rest is plausible and unlike anything else.
"""

from itertools import count
from typing import Any

from ansvar.access.commands import grant_role
from ansvar.access.decisions import Role
from ansvar.catalogue.commands import (
    agree_service,
    create_script,
    create_service,
    publish_draft,
    save_draft,
    try_draft,
)
from ansvar.catalogue.models import Script, ScriptVersion, Service
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.people.commands import (
    add_member,
    create_calendar,
    create_department,
    create_desk,
    create_organisation,
    create_person,
    create_site,
    create_team,
)
from ansvar.people.models import (
    Calendar,
    Department,
    Desk,
    Organisation,
    Person,
    Site,
    Team,
)

OFFICE_HOURS = {str(day): [["08:00", "17:00"]] for day in range(5)}
_numbers = count(1)


def a_number() -> int:
    """Return a number that no other call has got."""
    return next(_numbers)


def acting(person: Person) -> Actor:
    """Return *person* as the doer of a command."""
    return Actor.person(person.pk, person.name)


def a_calendar(**wanted: Any) -> Calendar:
    fields = {"name": f"Calendar {a_number()}", "hours": OFFICE_HOURS, **wanted}
    return create_calendar(by=SYSTEM, **fields)


def a_desk(**wanted: Any) -> Desk:
    number = a_number()
    calendar = wanted.pop("calendar", None) or a_calendar()
    fields = {"name": f"Desk {number}", "prefix": f"D{number}", "calendar": calendar, **wanted}
    return create_desk(by=SYSTEM, **fields)


def an_organisation(**wanted: Any) -> Organisation:
    return create_organisation(by=SYSTEM, **{"name": f"Organisation {a_number()}", **wanted})


def a_department(**wanted: Any) -> Department:
    organisation = wanted.pop("organisation", None) or an_organisation()
    fields = {"name": f"Department {a_number()}", **wanted}
    return create_department(organisation=organisation, by=SYSTEM, **fields)


def a_site(**wanted: Any) -> Site:
    organisation = wanted.pop("organisation", None) or an_organisation()
    fields = {"name": f"Site {a_number()}", **wanted}
    return create_site(organisation=organisation, by=SYSTEM, **fields)


def a_team(desk: Desk | None = None, *, members: tuple[Person, ...] = (), **wanted: Any) -> Team:
    fields = {"name": f"Team {a_number()}", **wanted}
    team = create_team(desk=desk or a_desk(), by=SYSTEM, **fields)
    for person in members:
        add_member(team.pk, person.pk, by=SYSTEM)
    return team


def a_person(**wanted: Any) -> Person:
    """Return somebody without any role: a requester, with an e-mail address."""
    number = a_number()
    fields = {"name": f"Person {number}", "email": f"person{number}@example.com", **wanted}
    return create_person(by=SYSTEM, **fields)


def somebody_with(role: Role, desk: Desk | None = None, **wanted: Any) -> Person:
    """Return a person with a role on *desk*, or on all desks, who can log in."""
    person = a_person(**{"login": f"login{a_number()}", **wanted})
    grant_role(person.pk, role, desk=desk, by=SYSTEM)
    return person


def an_agent(desk: Desk | None = None, *, team: Team | None = None, **wanted: Any) -> Person:
    """Return an agent of a desk, in *team* if one is given."""
    if team is not None:
        desk = team.desk
    agent = somebody_with(Role.AGENT, desk or a_desk(), **wanted)
    if team is not None:
        add_member(team.pk, agent.pk, by=SYSTEM)
    return agent


def an_administrator(desk: Desk | None = None, **wanted: Any) -> Person:
    return somebody_with(Role.ADMINISTRATOR, desk, **wanted)


def a_service(desk: Desk | None = None, *, owner: Person | None = None, **wanted: Any) -> Service:
    """Return a drafted service; its owner has no role unless one is given."""
    fields = {"name": f"Service {a_number()}", **wanted}
    return create_service(desk=desk or a_desk(), owner=owner or a_person(), by=SYSTEM, **fields)


def an_agreed_service(desk: Desk | None = None, **wanted: Any) -> Service:
    """Return a service that is offered, with a complete card."""
    card = dict.fromkeys(("quality", "usage", "demands", "cost", "contact"), "As agreed.")
    return agree_service(a_service(desk, **{**card, **wanted}).pk, by=SYSTEM)


IMPACT_TREE: dict[str, Any] = {
    "start": "reach",
    "nodes": {
        "reach": {
            "question": "Who cannot work?",
            "answers": [
                {"label": "Nobody at the site can", "impact": 1},
                {"label": "Some people", "next": "way-around"},
                {"label": "One person", "impact": 4},
            ],
        },
        "way-around": {
            "question": "Can they work in another way?",
            "answers": [{"label": "No", "impact": 2}, {"label": "Yes", "impact": 3}],
        },
    },
}
"""Answers 0 give impact 1; 1, 0 give 2; 1, 1 give 3; 2 gives 4."""


def a_script(desk: Desk | None = None, service: Service | None = None, **wanted: Any) -> Script:
    """Return an impact script with an empty draft."""
    desk = desk or (service.desk if service else a_desk())
    fields = {"name": f"Script {a_number()}", **wanted}
    return create_script(desk=desk, service=service, by=SYSTEM, **fields)


def a_published_script(
    desk: Desk | None = None,
    service: Service | None = None,
    *,
    tree: dict[str, Any] | None = None,
    answers: tuple[int, ...] = (0,),
    **wanted: Any,
) -> ScriptVersion:
    """Return the published version of an impact script, walked to its end by *answers*."""
    script = a_script(desk, service, **wanted)
    save_draft(script.pk, tree or IMPACT_TREE, by=SYSTEM)
    try_draft(script.pk, [*answers], by=SYSTEM)
    return publish_draft(script.pk, by=SYSTEM)
