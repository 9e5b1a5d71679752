"""What people at a desk are told when the time of a clock runs out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy, ngettext

from ansvar.notices.commands import Telling
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.servicelevels.facts import measure_in_words
from ansvar.tickets.models import Ticket

TOLD_EACH = 10
"""Warnings of one minute for one person; of more than that one notice tells how many."""


def _words(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the values of a warning in words of its reader."""
    told = {"measure": measure_in_words(str(values.get("measure", "")))}
    if due := parse_datetime(str(values.get("due", ""))):
        told["due"] = formats.date_format(timezone.localtime(due), "j M H:i")
    if count := values.get("count"):
        told["tickets"] = ngettext(
            "The time of %(n)s ticket runs out.", "The time of %(n)s tickets runs out.", count
        ) % {"n": count}
    return told


kinds.add("due")(
    NoticeKind(
        label=gettext_lazy("times that run out"),
        icon="clock",
        sentences={
            "ahead": gettext_lazy("{reference}: {measure} is due {due}"),
            "late": gettext_lazy("{reference}: {measure} was due {due}"),
            "paused": gettext_lazy("{reference}: the time for {measure} is nearly used up"),
            "many": "{tickets}",
        },
        words=_words,
        path=lambda: reverse("queue", args=["due"]),
    )
)


class Warned(NamedTuple):
    """One step that tells somebody of a clock."""

    ticket: Ticket
    measure: str
    number: int
    key: str
    due_at: datetime | None
    people: tuple[int, ...]
    is_urgent: bool


def tellings_of(warned: Iterable[Warned], *, now: datetime) -> Iterator[Telling]:
    """Tell each person of each clock, or of many with one notice; urgent ones always alone."""
    by_person: dict[int, list[Warned]] = defaultdict(list)
    for one in warned:
        for person_id in one.people:
            by_person[person_id].append(one)
    for person_id, theirs in by_person.items():
        together = len(theirs) > TOLD_EACH
        if together:
            yield Telling(
                people=[person_id],
                kind="due",
                sentence="many",
                key=f"due:many:{now.isoformat()}",
                values={"count": len(theirs)},
            )
        for one in theirs:
            if one.is_urgent or not together:
                yield _telling(one, person_id, now)


def _telling(one: Warned, person_id: int, now: datetime) -> Telling:
    sentence = "paused" if one.due_at is None else "ahead" if one.due_at > now else "late"
    return Telling(
        people=[person_id],
        kind="due",
        sentence=sentence,
        key=f"due:{one.ticket.pk}:{one.measure}:{one.number}:{one.key}",
        ticket=one.ticket,
        values={"measure": one.measure, "due": one.due_at},
        is_urgent=one.is_urgent,
    )
