"""Who answers for a ticket: never nobody, and always with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansvar.access.decisions import Role
from ansvar.access.models import RoleGrant
from ansvar.people.models import Membership
from ansvar.rota.decisions import Duty
from ansvar.rota.queries import absence_of, away_among, on_duty, present_among
from ansvar.tickets.models import Ticket


class AnswersAs(StrEnum):
    """By what somebody answers for a ticket."""

    OWNER = "owner"
    QUEUE_MANAGER = "queue_manager"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    NOBODY = "nobody"


WHY: dict[AnswersAs, Promise] = {
    AnswersAs.OWNER: _("Took it up first, or got it from somebody who did."),
    AnswersAs.QUEUE_MANAGER: _(
        "Nobody has taken it up yet; until somebody does, today's queue manager answers for it."
    ),
    AnswersAs.LEAD: _(
        "Nobody has taken it up yet and no queue manager is on duty; so who leads the team that "
        "holds it answers for it."
    ),
    AnswersAs.SUPERVISOR: _(
        "Nobody has taken it up yet, no queue manager is on duty and nobody leads the team that "
        "holds it; so a supervisor of the desk answers for it."
    ),
    AnswersAs.ADMINISTRATOR: _(
        "Nobody has taken it up yet, and the desk has neither queue manager nor lead nor "
        "supervisor; so an administrator answers for it."
    ),
    AnswersAs.NOBODY: _(
        "The desk has nobody who could answer for it. An administrator gives somebody a role."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Accountable:
    """Who answers for a ticket now, by what, and who does while they are away."""

    person_id: int | None
    name: str
    answers_as: AnswersAs
    away_until: datetime | None = None
    stand_in: str = ""
    """Who looks after it meanwhile."""

    @property
    def why(self) -> str:
        """The reason, in a sentence."""
        return str(WHY[self.answers_as])

    @property
    def is_owner(self) -> bool:
        """Whether it is the owner, and not somebody in the owner's place."""
        return self.answers_as is AnswersAs.OWNER


def accountable_for(ticket: Ticket, *, at: datetime) -> Accountable:
    """Return who answers for a ticket: its owner; before it has one, whoever is next in line.

    The absence of an owner who was read with `rota.queries.absence_along` costs no query.
    """
    if ticket.owner is not None:
        return _owner(ticket.owner, at)
    duty = on_duty(ticket.desk_id, Duty.QUEUE, at)
    if duty is not None and not duty.is_away:
        return Accountable(
            person_id=duty.person_id, name=duty.name, answers_as=AnswersAs.QUEUE_MANAGER
        )
    return (
        _first(_leads(ticket), AnswersAs.LEAD, at)
        or _first(_with_role(Role.SUPERVISOR, ticket), AnswersAs.SUPERVISOR, at)
        or _first(_with_role(Role.ADMINISTRATOR, ticket), AnswersAs.ADMINISTRATOR, at)
        or Accountable(person_id=None, name="", answers_as=AnswersAs.NOBODY)
    )


def _owner(owner: Any, at: datetime) -> Accountable:
    if hasattr(owner, "away_until"):
        away_until, stand_in = owner.away_until, owner.stand_in_name
    else:
        absence = absence_of(owner.pk, at)
        away_until = absence.ends_at if absence else None
        stand_in = absence.stand_in.name if absence and absence.stand_in else ""
    return Accountable(
        person_id=owner.pk,
        name=owner.name,
        answers_as=AnswersAs.OWNER,
        away_until=away_until,
        stand_in=stand_in or "",
    )


def _leads(ticket: Ticket) -> list[tuple[int, str]]:
    rows = Membership.objects.filter(team=ticket.team_id, is_lead=True, person__is_active=True)
    return list(rows.values_list("person", "person__name"))


def _with_role(role: Role, ticket: Ticket) -> list[tuple[int, str]]:
    rows = RoleGrant.objects.filter(
        Q(desk=ticket.desk_id) | Q(desk=None), role=role, person__is_active=True
    )
    return list(rows.values_list("person", "person__name"))


def _first(
    people: Iterable[tuple[int, str]], answers_as: AnswersAs, at: datetime
) -> Accountable | None:
    """Return one of several: who is here goes before who is not, and nobody who is away counts."""
    names = dict(people)
    if not names:
        return None
    away = away_among(names, at)
    here = present_among(names, at)
    candidates = sorted((pk not in here, name, pk) for pk, name in names.items() if pk not in away)
    if not candidates:
        return None
    _absent, name, pk = candidates[0]
    return Accountable(person_id=pk, name=name, answers_as=answers_as)
