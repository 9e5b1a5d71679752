"""The life of a ticket: its states, its moves, what its priority rests on."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """What kind of matter a ticket is; decided and changeable after intake."""

    INCIDENT = "incident"
    REQUEST = "request"
    QUESTION = "question"
    COMPLAINT = "complaint"
    ALARM = "alarm"
    PROJECT_WORK = "project_work"


class State(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_WORK = "in_work"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


class WaitingFor(StrEnum):
    """What a waiting ticket waits for."""

    REQUESTER = "requester"
    SUPPLIER = "supplier"
    CHANGE = "change"
    DATE = "date"


OPEN = frozenset({State.NEW, State.ASSIGNED, State.IN_WORK, State.WAITING})
DONE = frozenset({State.RESOLVED, State.CLOSED})

MOVES: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.ASSIGNED, State.IN_WORK, State.WAITING, State.RESOLVED}),
    State.ASSIGNED: frozenset({State.NEW, State.IN_WORK, State.WAITING, State.RESOLVED}),
    State.IN_WORK: frozenset({State.NEW, State.ASSIGNED, State.WAITING, State.RESOLVED}),
    State.WAITING: frozenset({State.NEW, State.ASSIGNED, State.IN_WORK, State.RESOLVED}),
    State.RESOLVED: frozenset({State.NEW, State.ASSIGNED, State.IN_WORK, State.CLOSED}),
    State.CLOSED: frozenset({State.NEW, State.ASSIGNED, State.IN_WORK}),
}


def can_move(present: State, wanted: State) -> bool:
    """Tell whether a ticket may go from one state to another."""
    return wanted in MOVES[present]


def state_in_hands(assignee_id: int | None, *, by_id: int | None = None) -> State:
    """Return the state of an open ticket from who works on it.

    Who takes a ticket for himself works on it; who is given one has not begun.
    """
    if assignee_id is None:
        return State.NEW
    return State.IN_WORK if assignee_id == by_id else State.ASSIGNED


def next_close(resolved_at: datetime, quiet_days: int) -> datetime:
    """Return when a resolved ticket closes by itself if nobody objects."""
    return resolved_at + timedelta(days=quiet_days)


def may_take_up_again(
    closed_at: datetime | None, *, reopen_days: int, policy: str, now: datetime
) -> bool:
    """Tell whether words of its people take a ticket up again, or are a new matter.

    *policy* is the desk's for closed tickets, `reopen` or `new`; up to *reopen_days* after the
    closing `reopen` holds.
    """
    if closed_at is None:
        return True
    return policy == "reopen" and now <= closed_at + timedelta(days=reopen_days)


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a priority rests on, kept with the ticket so that it can be explained years later."""

    priority: int
    impact: int
    """After the weight of the site."""
    urgency: int
    is_assumed: bool = False
    """Nobody has answered the script yet: the impact is the middle one."""
    answers: tuple[tuple[str, str], ...] = ()
    script: str = ""
    script_number: int = 0
    service: str = ""
    site: str = ""
    share: str = "0"
    """Of the business at the site, in per cent."""
    raise_from: str = ""
    """The share from which the impact is raised by one; empty without such a rule."""
    was_raised: bool = False
    matrix_number: int = 0
    override_reason: str = ""
    override_by: str = ""
    computed_priority: int = 0
    """What the matrix says, when somebody has overridden it."""

    def stored(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    @classmethod
    def restore(cls, stored: dict[str, Any]) -> Self:
        """Return the basis that was stored; fields unknown today are left out."""
        known = {key: value for key, value in stored.items() if key in cls.__dataclass_fields__}
        known["answers"] = tuple(tuple(pair) for pair in known.get("answers", ()))
        return cls(**known)


ASSUMED_IMPACT = 3
"""Until somebody has answered the script: some people hindered. Shown as assumed."""
URGENCY_WITHOUT_SERVICE = 3
