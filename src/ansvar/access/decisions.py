"""What each role allows: the whole table of rights by role, readable in one go.

Rights that follow from a relation instead (my own ticket, my own service) are filed by the context
that knows the relation, see `relations.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """What somebody is on a desk. Everybody else is a requester, who needs no grant."""

    AGENT = "agent"
    TEAM_LEAD = "team_lead"
    SERVICE_OWNER = "service_owner"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


PERMISSIONS: Mapping[str, str] = {
    "ticket.read": "see the tickets of the desk with notes and custody",
    "ticket.open": "open tickets for others",
    "ticket.edit": "change subject, requester, kind and service",
    "ticket.classify": "find the impact and so the priority",
    "ticket.override_priority": "set a priority by hand, with a reason",
    "ticket.assign": "make an agent answerable for the work, or take it",
    "ticket.hand_over": "give a ticket to another team",
    "ticket.decide_hand_over": "decide hand-overs when their service owner has not in time",
    "ticket.remind": "remind whoever holds a ticket of it",
    "ticket.change_owner": "change who answers for a ticket until it is closed",
    "ticket.work": "start, pause and resolve work",
    "ticket.note": "write notes among agents",
    "ticket.reply": "write to the requester",
    "ticket.close": "close a resolved ticket without waiting",
    "ticket.reopen": "take a ticket up again",
    "ticket.invite": "choose who else takes part in a ticket",
    "ticket.link": "link tickets",
    "person.read": "see people and how to reach them",
    "person.edit": "add and change people and how to reach them",
    "service.read": "see the catalogue with its technical side",
    "service.edit": "add and change services",
    "service.set_urgency": "change the urgency of a service, for all tickets",
    "service.set_hand_over_rule": "say when a service owner decides about hand-overs",
    "script.edit": "write, test and publish scripts",
    "matrix.edit": "change the priority matrix",
    "level.edit": "write, publish and end service levels and the communication policy",
    "ticket.choose_level": "choose the service level of a ticket by hand, with a reason",
    "desk.manage": "set up desks, teams and calendars",
    "organisation.manage": "set up organisations, departments and sites",
    "supplier.read": "see suppliers, what they are asked and how they keep their contracts",
    "supplier.edit": "add and change suppliers",
    "rota.read": "see who is here and who is on duty",
    "rota.edit": "plan duties, and say when people of the desk are away",
    "role.grant": "give and take roles",
    "mailbox.manage": "set up mailboxes and look after the mail in quarantine",
    "work.manage": "see failed work and run it again",
    "journal.read": "read the journal",
    "insight.read": "see the figures of the desk",
    "token.manage": "take away anybody's tokens",
}

_AGENT = {
    "ticket.read",
    "ticket.open",
    "ticket.edit",
    "ticket.classify",
    "ticket.override_priority",
    "ticket.assign",
    "ticket.hand_over",
    "ticket.work",
    "ticket.note",
    "ticket.reply",
    "ticket.reopen",
    "ticket.invite",
    "ticket.link",
    "person.read",
    "person.edit",
    "service.read",
    "supplier.read",
    "rota.read",
}
_LEAD = _AGENT | {
    "ticket.change_owner",
    "ticket.choose_level",
    "ticket.close",
    "ticket.remind",
    "insight.read",
    "rota.edit",
}
_DECIDING = "ticket.decide_hand_over"
"""Only supervisors have it: whoever runs the product does not decide about the desk's work."""
_READER = {permission for permission in PERMISSIONS if permission.endswith(".read")}

ALLOWED: Mapping[Role, frozenset[str]] = {
    Role.AGENT: frozenset(_AGENT),
    Role.TEAM_LEAD: frozenset(_LEAD),
    Role.SERVICE_OWNER: frozenset(
        {"service.read", "person.read", "supplier.read", "insight.read", "rota.read"}
    ),
    Role.SUPERVISOR: frozenset(_LEAD | {"journal.read", "supplier.edit", _DECIDING}),
    Role.ADMINISTRATOR: frozenset(PERMISSIONS.keys() - {_DECIDING}),
    Role.AUDITOR: frozenset(_READER),
}

Grant = tuple[Role, int | None]
"""A role and the desk it holds for; no desk means all."""


def is_allowed(grants: Iterable[Grant], permission: str, desk_id: int | None) -> bool:
    """Tell whether *grants* give *permission* on a desk.

    Without a desk the subject belongs to the whole installation, and a grant on any desk counts:
    people, sites and calendars are shared by all desks.
    """
    return any(
        permission in ALLOWED[role] and (granted_desk is None or desk_id in (None, granted_desk))
        for role, granted_desk in grants
    )


def desks_with(grants: Iterable[Grant], permission: str) -> frozenset[int] | None:
    """Return the desks on which *grants* give *permission*; nothing stands for all desks."""
    desks: set[int] = set()
    for role, desk_id in grants:
        if permission in ALLOWED[role]:
            if desk_id is None:
                return None
            desks.add(desk_id)
    return frozenset(desks)


TRIES_PER_LOGIN = 5
TRIES_PER_ADDRESS = 30
"""More than per name: an office may share one address."""
GUESSING_WINDOW = timedelta(minutes=15)


def pause_after(refused: Sequence[datetime], allowed: int, now: datetime) -> timedelta | None:
    """Return how long to wait when *allowed* tries were refused within the window, else nothing.

    *refused* are the moments, the latest first.
    """
    if len(refused) < allowed:
        return None
    rest = refused[allowed - 1] + GUESSING_WINDOW - now
    return rest if rest > timedelta() else None
