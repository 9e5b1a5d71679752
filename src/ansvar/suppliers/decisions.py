"""What a supplier's mail says about its task, and what may become of a task: pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LONGEST_PATTERN = 60
_DIGITS, _SIGNS = "#", "*"
_MARKED = {_DIGITS: r"[0-9]{1,20}", _SIGNS: r"[A-Za-z0-9]{1,30}"}
_OURS = re.compile(
    r"(?<![A-Z0-9])([A-Z][A-Z0-9]{0,5}-[0-9]{1,12}-S[0-9]{1,4})\b", re.IGNORECASE | re.ASCII
)


class TaskState(StrEnum):
    """Where a task is."""

    DRAFT = "draft"
    WITH_SUPPLIER = "asked"
    ANSWERED = "answered"
    DONE = "done"
    WITHDRAWN = "withdrawn"


OUT = frozenset({TaskState.WITH_SUPPLIER})
"""The supplier has the next word."""
OPEN = frozenset({TaskState.DRAFT, TaskState.WITH_SUPPLIER, TaskState.ANSWERED})
"""Something is still to come of it."""

MOVES = {
    TaskState.DRAFT: {TaskState.WITH_SUPPLIER, TaskState.WITHDRAWN},
    TaskState.WITH_SUPPLIER: {
        TaskState.DRAFT,
        TaskState.ANSWERED,
        TaskState.DONE,
        TaskState.WITHDRAWN,
    },
    TaskState.ANSWERED: {TaskState.WITH_SUPPLIER, TaskState.DONE, TaskState.WITHDRAWN},
    TaskState.DONE: {TaskState.WITH_SUPPLIER},
    TaskState.WITHDRAWN: {TaskState.WITH_SUPPLIER},
}


def can_move(present: TaskState, wanted: TaskState) -> bool:
    """Tell whether a task goes from one state to the other."""
    return wanted in MOVES[present]


def task_reference(ticket: str, number: int) -> str:
    """Return how the task of a ticket is called: IT-1042-S1."""
    return f"{ticket}-S{number}"


def task_references_in(subject: str) -> list[str]:
    """Return the references of tasks that a subject names, in capital letters."""
    return list(dict.fromkeys(found.upper() for found in _OURS.findall(subject)))


def fault_of_pattern(pattern: str) -> str:
    """Return what is wrong with a pattern of references: `short` or `long`; or nothing.

    It has to hold a `#`, and something fixed or it would find every number.
    """
    if len(pattern) > LONGEST_PATTERN:
        return "long"
    fixed = re.sub(r"[#*\s]", "", pattern)
    return "" if fixed and (_DIGITS in pattern or _SIGNS in pattern) else "short"


def their_reference_in(subject: str, pattern: str, *, ours: str) -> str:
    """Return the supplier's own number for the matter as its subject names it, or nothing.

    In *pattern* `#` stands for some digits and `*` for some letters and digits, all else for
    itself; so whoever writes one needs no regular expressions, and none runs away.
    """
    if not pattern.strip():
        return ""
    sought = re.sub(re.escape(ours), " ", subject, flags=re.IGNORECASE) if ours else subject
    words = "".join(_MARKED.get(sign) or re.escape(sign) for sign in pattern.strip())
    found = re.search(rf"(?<![A-Za-z0-9]){words}(?![A-Za-z0-9])", sought, re.IGNORECASE)
    return found[0] if found else ""


def is_of_supplier(sender: str, *, addresses: Iterable[str], domains: Iterable[str]) -> bool:
    """Tell whether a sender writes for a supplier: by address, or by a domain that is its own."""
    plain = sender.strip().lower()
    if not plain:
        return False
    if plain in {one.lower() for one in addresses if one}:
        return True
    return plain.rpartition("@")[2] in {one.lower().lstrip("@") for one in domains if one}


@dataclass(frozen=True, kw_only=True)
class Came:
    """A mail on a task."""

    is_automatic: bool
    is_of_supplier: bool
    is_of_desk: bool = False
    """Somebody of the desk wrote it in a mail program."""


def is_answer(came: Came, state: TaskState) -> bool:
    """Tell whether a mail is the supplier's answer: its words, and no program's, while asked."""
    is_theirs = came.is_of_supplier and not came.is_automatic and not came.is_of_desk
    return is_theirs and state in OUT
