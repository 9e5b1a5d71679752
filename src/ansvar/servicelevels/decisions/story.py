"""What clocks need to know of a ticket: the moments at which something changed for them.

A story is a list of moments, each with the changes that one command made. It is a short form of
the journal and holds nothing that cannot be read there; `ansvar verify` compares the two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
OPEN = frozenset({"new", "assigned", "in_work", "waiting"})

Story = Sequence[tuple[datetime, Mapping[str, Any]]]
"""Moments in order. The changes are some of:

- `opened`: True with the first moment, and `by_desk`: True when somebody of the desk opened it for
  others, so that its people know;
- `state`, `waiting` (what for, or empty), `supplier` (id or nothing), `team`, `person`;
- `kind`, `priority`, `service`, `site`;
- `level`: id of the version of an SLA chosen by hand, 0 for none, nothing for the one that applies;
- `said`: number of a message to the people of the ticket, with `auto`: True for an automatic one;
- `unsaid`: number of a message that was taken back before it was sent.
"""


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A stretch of time during which one holder had a ticket in one state."""

    start: datetime
    end: datetime | None
    """Nothing while it lasts."""
    state: str = "new"
    waiting: str = ""
    supplier_id: int | None = None
    team_id: int | None = None
    person_id: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to do something about the ticket."""
        return self.state in OPEN

    @property
    def standing(self) -> str:
        """The state, of a waiting ticket with what it waits for: one of `terms.STANDINGS`."""
        return f"waiting:{self.waiting}" if self.state == "waiting" else self.state


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What a ticket is like, as far as the choice of its targets asks."""

    kind: str = "incident"
    priority: int = 3
    service_id: int | None = None
    site_id: int | None = None
    level: int | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """Something the desk has told the people of a ticket."""

    at: datetime
    message_id: int
    is_automatic: bool


@dataclass(frozen=True, kw_only=True)
class Course:
    """A story, put in order."""

    opened_at: datetime
    is_by_desk: bool
    legs: tuple[Leg, ...]
    """Without gaps; the last one has no end."""
    traits: tuple[tuple[datetime, Traits], ...]
    """From when the ticket was like that, in order."""
    said: tuple[Said, ...]
    """What was taken back is left out."""

    def traits_at(self, moment: datetime | None) -> Traits:
        """Return what the ticket was like after all that happened at *moment*, or is like now."""
        if moment is None:
            return self.traits[-1][1]
        return next(
            (one for since, one in reversed(self.traits) if since <= moment), self.traits[0][1]
        )

    @property
    def last_at(self) -> datetime:
        """When something last changed."""
        return max(self.legs[-1].start, self.traits[-1][0], *(one.at for one in self.said[-1:]))


_LEG = {
    "state": "state",
    "waiting": "waiting",
    "supplier": "supplier_id",
    "team": "team_id",
    "person": "person_id",
}
_TRAITS = {
    "kind": "kind",
    "priority": "priority",
    "service": "service_id",
    "site": "site_id",
    "level": "level",
}


def course_of(story: Story) -> Course:
    """Put a story in order: legs without gaps, traits, and what the people were told.

    A system clock that was set back does not turn time round: a moment before the one that was
    noted earlier counts as that one.

    Raises: ValueError for a story without a beginning.
    """
    if not story:
        raise ValueError("A story begins with the opening of the ticket.")
    opened_at, first = story[0]
    legs = [Leg(start=opened_at, end=None)]
    traits = [(opened_at, Traits())]
    said: dict[int, Said] = {}
    at = opened_at
    for moment, changes in story:
        at = max(at, moment)
        _go_on(legs, at, _named(_LEG, changes))
        if changed := _named(_TRAITS, changes):
            _turn(traits, at, replace(traits[-1][1], **changed))
        if "said" in changes:
            said[changes["said"]] = Said(
                at=at, message_id=changes["said"], is_automatic=bool(changes.get("auto"))
            )
        if "unsaid" in changes:
            said.pop(changes["unsaid"], None)
    return Course(
        opened_at=opened_at,
        is_by_desk=bool(first.get("by_desk")),
        legs=tuple(legs),
        traits=tuple(traits),
        said=tuple(said.values()),
    )


def _named(names: Mapping[str, str], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {field: changes[key] for key, field in names.items() if key in changes}


def _go_on(legs: list[Leg], at: datetime, changed: Mapping[str, Any]) -> None:
    before = legs[-1]
    after = replace(before, **changed)
    if after == before:
        return
    if before.start == at:
        # No time has passed: the leg that was begun is another one, or none after all.
        legs.pop()
        if legs and replace(after, start=legs[-1].start) == replace(legs[-1], end=None):
            after = replace(legs.pop(), end=None)
        legs.append(after)
        return
    legs[-1] = replace(before, end=at)
    legs.append(replace(after, start=at))


def _turn(traits: list[tuple[datetime, Traits]], at: datetime, after: Traits) -> None:
    if traits[-1][0] == at:
        traits[-1] = (at, after)
    elif traits[-1][1] != after:
        traits.append((at, after))


def stored(story: Story) -> list[list[Any]]:
    """Return the JSON form: microseconds since 1970 and the changes."""
    return [[(at - EPOCH) // MICROSECOND, dict(changes)] for at, changes in story]


def restored(moments: Iterable[Sequence[Any]]) -> list[tuple[datetime, dict[str, Any]]]:
    """Return the story that was stored."""
    return [(EPOCH + timedelta(microseconds=at), changes) for at, changes in moments]
