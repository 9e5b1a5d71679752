"""What people at a desk are told when the time of a clock runs out."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy, ngettext

from ansvar.notices.commands import Telling
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.servicelevels.facts import measure_in_words
from ansvar.servicelevels.models import Clock

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


def warning_of(
    row: Clock, key: str, *, people: Collection[int], is_urgent: bool, now: datetime
) -> Telling:
    """Return what a step, named by its key, tells people of a clock."""
    sentence = "paused" if row.due_at is None else "ahead" if row.due_at > now else "late"
    return Telling(
        people=people,
        kind="due",
        sentence=sentence,
        key=f"due:{row.ticket_id}:{row.measure}:{row.number}:{key}",
        ticket=row.ticket,
        values={"measure": row.measure, "due": row.due_at},
        is_urgent=is_urgent,
    )
