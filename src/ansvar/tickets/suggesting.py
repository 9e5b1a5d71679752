"""Who of a team would best be given a ticket, and why, in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansvar.catalogue.decisions import Skill
from ansvar.catalogue.models import SKILL_NAMES, DeclaredSkill
from ansvar.kernel import clock
from ansvar.people.models import Person
from ansvar.people.queries import members_of
from ansvar.rota.queries import absences_at, present_among
from ansvar.tickets.decisions import State
from ansvar.tickets.decisions.suggesting import Candidate, suggestions
from ansvar.tickets.models import Ticket

LATEST = 300
"""Solved tickets of a service that tell who knows it."""
IN_HAND = [State.ASSIGNED, State.IN_WORK]


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody of the holding team, with what speaks for giving a ticket there."""

    person: Person
    is_suggested: bool
    why: str


def colleagues_for(ticket: Ticket) -> list[Colleague]:
    """Return the team that holds a ticket, whom it would best be given to first.

    Four queries, whatever the size of the team and the age of the desk.
    """
    people = {person.pk: person for person in _members(ticket)}
    here = present_among(people, clock.now())
    solved = _solved(ticket.service_id)
    most = ticket.team.most_taken
    candidates = [
        Candidate(
            person_id=pk,
            skill=Skill(level) if (level := getattr(person, "said_level", None)) else None,
            solved=solved[pk],
            held=getattr(person, "in_hand", None) or 0,
            is_here=pk in here,
            is_away=bool(getattr(person, "is_absent", False)),
            is_full=most is not None and (getattr(person, "in_work", None) or 0) >= most,
        )
        for pk, person in people.items()
    ]
    ranked = suggestions(candidates)
    return [
        Colleague(
            person=people[one.candidate.person_id],
            is_suggested=place == 0 and one.worth is not None and len(ranked) > 1,
            why=_why(one.candidate, has_service=ticket.service_id is not None),
        )
        for place, one in enumerate(ranked)
    ]


def _members(ticket: Ticket) -> Sequence[Person]:
    """Return the members of the team with what they said, what they hold, and who is away."""
    said = DeclaredSkill.objects.filter(service=ticket.service_id, person=OuterRef("pk"))
    held = Ticket.objects.filter(assignee=OuterRef("pk"), state__in=IN_HAND).order_by()
    absent = absences_at(clock.now()).filter(person=OuterRef("pk"))
    found = members_of(ticket.team).annotate(
        said_level=Subquery(said.values("level")[:1]),
        in_hand=_count(held.exclude(pk=ticket.pk)),
        in_work=_count(held.filter(state=State.IN_WORK, team=ticket.team_id)),
        is_absent=Exists(absent),
    )
    return list(found)


def _count(tickets: QuerySet[Ticket]) -> Subquery:
    counted = tickets.values("assignee").annotate(n=Count("pk")).values("n")
    return Subquery(counted, output_field=IntegerField())


def _solved(service_id: int | None) -> Counter[int]:
    """Count who solved the latest tickets of a service."""
    if service_id is None:
        return Counter()
    latest = Ticket.objects.filter(
        service=service_id, resolved_at__isnull=False, assignee__isnull=False
    )
    rows = latest.order_by(F("resolved_at").desc()).values_list("assignee_id", flat=True)[:LATEST]
    return Counter(pk for pk in rows if pk is not None)


def _why(one: Candidate, *, has_service: bool) -> str:
    """Say what speaks for somebody, and what against, in a few words."""
    parts = []
    if one.is_away:
        parts.append(_("away"))
    elif one.is_full:
        parts.append(_("as many in work as the team allows"))
    elif one.is_here:
        parts.append(_("here now"))
    if has_service and one.skill is not None:
        parts.append(str(SKILL_NAMES[one.skill]))
    if one.solved:
        parts.append(
            ngettext("solved %(n)s of it lately", "solved %(n)s of it lately", one.solved)
            % {"n": one.solved}
        )
    parts.append(
        ngettext("holds %(n)s", "holds %(n)s", one.held) % {"n": one.held}
        if one.held
        else _("holds nothing")
    )
    return ", ".join(parts)
