"""What may happen to a ticket and what follows from it: pure, without database or clock."""

from enum import StrEnum


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


MOVES: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.ASSIGNED, State.IN_WORK, State.WAITING, State.RESOLVED}),
    State.ASSIGNED: frozenset({State.NEW, State.IN_WORK, State.WAITING, State.RESOLVED}),
    State.IN_WORK: frozenset({State.ASSIGNED, State.NEW, State.WAITING, State.RESOLVED}),
    State.WAITING: frozenset({State.ASSIGNED, State.NEW, State.IN_WORK, State.RESOLVED}),
    State.RESOLVED: frozenset({State.IN_WORK, State.ASSIGNED, State.NEW, State.CLOSED}),
    State.CLOSED: frozenset({State.IN_WORK, State.ASSIGNED, State.NEW}),
}


def can_move(present: State, wanted: State) -> bool:
    """Tell whether a ticket may go from one state to another."""
    return wanted in MOVES[present]
