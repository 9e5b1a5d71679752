"""The monthly letter to service owners: that it is there. The page itself works it out."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy

from ansvar.catalogue.models import Service
from ansvar.kernel import clock
from ansvar.notices.commands import Telling, tell
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.people.decisions import BadHours
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar

KIND = "letter"
TOLD_WITHIN = timedelta(days=10)
"""A desk that stood still for so long into a month gets its letters with the next one."""


def month_of(values: Mapping[str, Any]) -> str:
    """Return the month a notice is about, such as 2026-10."""
    return str(values.get("month", ""))


def _words(values: Mapping[str, Any]) -> Mapping[str, str]:
    first = date.fromisoformat(f"{month_of(values)}-01")
    return {"month": formats.date_format(first, "F Y")}


kinds.add(KIND)(
    NoticeKind(
        label=gettext_lazy("the monthly letter on your services"),
        icon="mail-opened",
        sentences={"here": gettext_lazy("Your letter of {month}: how your services did")},
        words=_words,
        place=lambda values: reverse("owner-letter", args=[month_of(values)]),
        usual=frozenset({"email"}),
    )
)


def tell_of_letters() -> int:
    """Tell owners on the first working day of a month that the letter of the last one is there.

    As often as wanted: nobody is told twice. Returns how many notices were made.
    """
    now = clock.now()
    tellings = [_letter(desk, now) for desk in Desk.objects.filter(is_active=True)]
    return tell(*(one for one in tellings if one is not None))


def _letter(desk: Desk, now: datetime) -> Telling | None:
    """Return the letter of the last month, once work of this month has begun on a desk."""
    try:
        calendar = working_calendar(desk.calendar)
    except BadHours:
        return None
    here = now.astimezone(calendar.zone)
    begun = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if here - begun > TOLD_WITHIN or not calendar.working_time_between(begun, now):
        return None
    owned = Service.objects.filter(desk=desk, owner__is_active=True)
    owners = owned.exclude(state=Service.State.RETIRED).values_list("owner_id", flat=True)
    month = (begun - timedelta(days=1)).strftime("%Y-%m")
    return Telling(
        people=set(owners),
        kind=KIND,
        sentence="here",
        key=f"{KIND}:{month}",
        values={"month": month},
    )
