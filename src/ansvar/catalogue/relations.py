"""Rights that follow from what somebody is to a service: its owner, its deputy, second line."""

from typing import Any

from ansvar.access.backends import read_along
from ansvar.access.relations import relations
from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import own_services_along
from ansvar.people.models import Membership

SECOND_LINE = 2

# Whose tickets the reader of a page sees besides those of the own desks.
read_along.add("own_services")(own_services_along)


@relations.add("service.edit")
def may_edit_service(person_id: int, subject: Any) -> bool:
    """Let owners keep the card of their service."""
    return isinstance(subject, Service) and subject.owner_id == person_id


@relations.add("service.set_urgency")
def may_set_urgency(person_id: int, subject: Any) -> bool:
    """Let owners, and no deputy, say how fast harm grows: it moves all tickets of the service."""
    return isinstance(subject, Service) and subject.owner_id == person_id


@relations.add("service.set_hand_over_rule")
def may_set_hand_over_rule(person_id: int, subject: Any) -> bool:
    """Let owner and deputy say when they want to be asked."""
    return isinstance(subject, Service) and person_id in (subject.owner_id, subject.deputy_id)


@relations.add("script.edit")
def may_edit_script(person_id: int, subject: Any) -> bool:
    """Let those write the scripts of a service who know it: owner, deputy, second line and up."""
    if not isinstance(subject, Service):
        return False
    if person_id in (subject.owner_id, subject.deputy_id):
        return True
    return Membership.objects.filter(
        person=person_id,
        team=subject.team_id,
        team__line__gte=SECOND_LINE,
        team__is_active=True,
        person__is_active=True,
    ).exists()
