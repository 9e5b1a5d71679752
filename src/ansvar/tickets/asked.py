"""What is asked about a ticket, of whoever decides a hand-over and of others: read along with it.

Both are few and small, so a page reads them in the query of the ticket itself.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from ansvar.kernel import clock
from ansvar.people.models import Membership, Person
from ansvar.tickets.decisions import Because, TaskKind
from ansvar.tickets.models import HandOverRequest, Task, Ticket

SHOWN = 40
"""Of the tasks of one ticket, the latest; older ones stand in its journal."""
EXPERTS = 5
"""Of those who helped before, so many are suggested."""
REMEMBERED = timedelta(days=365)
"""How long help counts for a suggestion: who knew it years ago may be elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A hand-over that waits for a decision."""

    id: int
    giver: str
    team_id: int
    team: str
    assignee: str
    asked_by_id: int | None
    asked_by: str
    asked_at: datetime
    reason: str
    tried: str
    because: Because
    opens_at: datetime
    """From when on the supervisors may decide, too."""
    owner_ids: frozenset[int]
    """Owner and deputy of the service that was asked, active ones only."""
    owners: tuple[str, ...]
    """Their names, the owner's first."""

    def falls_to_supervisors(self, now: datetime) -> bool:
        """Tell whether the supervisors of the desk may decide now."""
        return not self.owner_ids or now >= self.opens_at


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Something that others were asked for while custody stayed."""

    id: int
    kind: TaskKind
    team_id: int | None
    team: str
    person_id: int | None
    person: str
    words: str
    asked_by_id: int | None
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by_id: int | None
    answered_by: str
    ended_at: datetime | None
    has_helped: bool | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.ended_at is None

    @property
    def whom(self) -> str:
        """Who has to answer, in a word or two."""
        return " ▸ ".join(name for name in (self.team, self.person) if name)

    def is_for(self, person_id: int, teams: Collection[int]) -> bool:
        """Tell whether it falls to somebody: to them by name, or to a team of theirs untaken."""
        return self.person_id == person_id or (self.person_id is None and self.team_id in teams)


def asked_along(person_id: int) -> dict[str, Any]:
    """Return what a ticket brings along for `wish_on` and `asked_on`, at no query of its own.

    With it come the teams of *person_id*, in which they may answer for others.
    """
    waiting = HandOverRequest.objects.filter(ticket=OuterRef("pk"), answer="")
    asked = Task.objects.filter(ticket=OuterRef("pk")).order_by("-asked_at", "-id")
    return {
        "told_wish": ArraySubquery(waiting.values(told=JSONObject(**_WISH))),
        "told_tasks": ArraySubquery(asked.values(told=JSONObject(**_TASK))[:SHOWN]),
        "asked_in": ArraySubquery(_teams_of(person_id)),
    }


_WISH = {
    "id": F("id"),
    "giver": F("giver__name"),
    "team_id": F("team_id"),
    "team": F("team__name"),
    "assignee": F("assignee__name"),
    "asked_by_id": F("asked_by_id"),
    "asked_by": F("asked_by__name"),
    "asked_at": F("asked_at"),
    "reason": F("reason"),
    "tried": F("tried"),
    "because": F("because"),
    "opens_at": F("opens_at"),
    "owner_id": F("service__owner_id"),
    "owner": F("service__owner__name"),
    "owner_active": F("service__owner__is_active"),
    "deputy_id": F("service__deputy_id"),
    "deputy": F("service__deputy__name"),
    "deputy_active": F("service__deputy__is_active"),
}
_TASK = {
    "id": F("id"),
    "kind": F("kind"),
    "team_id": F("team_id"),
    "team": F("team__name"),
    "person_id": F("person_id"),
    "person": F("person__name"),
    "words": F("words"),
    "asked_by_id": F("asked_by_id"),
    "asked_by": F("asked_by__name"),
    "asked_at": F("asked_at"),
    "answer": F("answer"),
    "answered_by_id": F("answered_by_id"),
    "answered_by": F("answered_by__name"),
    "ended_at": F("ended_at"),
    "has_helped": F("has_helped"),
}


def wish_on(ticket: Ticket) -> Wish | None:
    """Return the hand-over of a ticket, read with `asked_along`, that waits for a decision."""
    brought: Any = ticket
    return _wish(brought.told_wish[0]) if brought.told_wish else None


def asked_on(ticket: Ticket) -> list[Asked]:
    """Return what others were asked about a ticket read with `asked_along`, the oldest first."""
    brought: Any = ticket
    return [_asked(told) for told in reversed(brought.told_tasks)]


def teams_along(ticket: Ticket) -> frozenset[int]:
    """Return the teams of whom the ticket was read for with `asked_along`."""
    brought: Any = ticket
    return frozenset(brought.asked_in)


def helpers_on(service_id: int | None, people: QuerySet[Person]) -> list[Person]:
    """Return those of *people* whose help on tickets of a service was credited, the best first.

    Each carries the number as `helped`.
    """
    if service_id is None:
        return []
    credited = Q(
        answered_tasks__has_helped=True,
        answered_tasks__ticket__service=service_id,
        answered_tasks__ended_at__gte=clock.now() - REMEMBERED,
    )
    found = Person.objects.filter(credited, pk__in=people.values("pk"))
    return list(
        found.annotate(helped=Count("answered_tasks")).order_by("-helped", "name")[:EXPERTS]
    )


def _teams_of(person_id: int) -> "QuerySet[Membership, Any]":
    return Membership.objects.filter(person=person_id, team__is_active=True).values("team")


def _wish(told: dict[str, Any]) -> Wish:
    owners = {
        told[f"{who}_id"]: told[who]
        for who in ("owner", "deputy")
        if told[f"{who}_id"] and told[f"{who}_active"]
    }
    return Wish(
        id=told["id"],
        giver=told["giver"],
        team_id=told["team_id"],
        team=told["team"],
        assignee=told["assignee"] or "",
        asked_by_id=told["asked_by_id"],
        asked_by=told["asked_by"] or "",
        asked_at=datetime.fromisoformat(told["asked_at"]),
        reason=told["reason"],
        tried=told["tried"],
        because=Because(told["because"]),
        opens_at=datetime.fromisoformat(told["opens_at"]),
        owner_ids=frozenset(owners),
        owners=tuple(owners.values()),
    )


def _asked(told: dict[str, Any]) -> Asked:
    return Asked(
        id=told["id"],
        kind=TaskKind(told["kind"]),
        team_id=told["team_id"],
        team=told["team"] or "",
        person_id=told["person_id"],
        person=told["person"] or "",
        words=told["words"],
        asked_by_id=told["asked_by_id"],
        asked_by=told["asked_by"] or "",
        asked_at=datetime.fromisoformat(told["asked_at"]),
        answer=told["answer"],
        answered_by_id=told["answered_by_id"],
        answered_by=told["answered_by"] or "",
        ended_at=datetime.fromisoformat(told["ended_at"]) if told["ended_at"] else None,
        has_helped=told["has_helped"],
    )
