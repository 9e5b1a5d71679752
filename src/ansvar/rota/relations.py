"""Rights on absences that follow from what somebody is to a person, and whom one stands in for."""

from typing import Any

from django.db.models import Q

from ansvar.access.backends import read_along
from ansvar.access.queries import desks_where, works_at_a_desk
from ansvar.access.relations import relations
from ansvar.people.models import Membership, Person
from ansvar.rota.queries import stands_for_along

# For whom the reader of a page stands in, read with the person.
read_along.add("stands_for")(stands_for_along)


@relations.add("rota.announce")
def may_announce(person_id: int, subject: Any) -> bool:
    """Let everybody with a role say when they are away, and leads and planners for their people.

    A lead does it for the team; who plans the rota of a desk does it for the desk's teams.
    """
    if not isinstance(subject, Person):
        return False
    if subject.pk == person_id:
        return works_at_a_desk(person_id)
    desks = desks_where(person_id, "rota.edit")
    if desks is None:
        return True
    led = Q(team__memberships__person=person_id, team__memberships__is_lead=True)
    theirs = Membership.objects.filter(person=subject.pk, team__is_active=True)
    return theirs.filter(Q(team__desk__in=desks) | led).exists()
