"""When contacts came: by hour of the week, in and outside hours, and what they were about."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, F, Func, IntegerField, Value

from ansvar.insight.decisions.need import slices_of
from ansvar.insight.decisions.periods import Step, first_day
from ansvar.insight.decisions.sums import Span, key_of
from ansvar.insight.stretches import Gathered, Source, Stretch, Topic
from ansvar.people.queries import working_calendar

EVERY_CHANNEL: Final = "*"
INSIDE, OUTSIDE = "1", "0"
CALMEST = 4
"""Priorities from this one on are asked for together only."""


def number_among(moments: list[datetime]) -> Func:
    """Return how many of *moments*, in order, a contact came after or at.

    So hours, holidays and changes of the clock, which the calendar alone knows, cost the database
    one search in a small array for each row.
    """
    return Func(
        F("opened_at"),
        Value(moments, output_field=ArrayField(DateTimeField())),
        template="width_bucket(%(expressions)s::timestamptz[])",
        output_field=IntegerField(),
    )


def _gather(stretch: Stretch, found: Gathered) -> None:
    """Count the contacts of a stretch, all together and by channel and priority."""
    slices = slices_of(working_calendar(stretch.desk.calendar), stretch.start, stretch.end)
    rows = (
        stretch.tickets()
        .annotate(slice=number_among([one.begins for one in slices]))
        .values_list("slice", "channel", "service_id", "priority", "impact")
        .annotate(count=Count("pk"))
        .order_by()
    )
    for place, channel, service, priority, impact, count in rows.iterator(chunk_size=2000):
        one = slices[place - 1]
        day = one.on if stretch.cut is Span.DAY else first_day(one.on, Step.MONTH)
        inside = INSIDE if one.is_open else OUTSIDE
        cell = key_of(one.on.weekday(), one.hour, inside)
        share = key_of(service, priority, impact, inside)
        urgency = min(priority, CALMEST)
        for topic, part in (
            ("contacts", ""),
            ("contacts_by", part_of(channel, urgency)),
            ("contacts_by", part_of(EVERY_CHANNEL, urgency)),
        ):
            if topic in found.wanted:
                sums = found.to(topic, day, part)
                sums.add("cells", cell, count)
                sums.add("shares", share, count)
                if not one.is_open:
                    sums.add("outside_on", one.on.isoformat(), count)


def part_of(channel: str, urgency: int) -> str:
    """Return the part of the contacts of one channel and priority."""
    return f"{channel}/{urgency}"


def contact_parts(
    channels: Collection[str], most_priority: int | None
) -> tuple[Topic, Collection[str]]:
    """Return of which topic which parts are the contacts of some channels and priorities."""
    if not channels and most_priority is None:
        return CONTACTS, ("",)
    urgent = range(1, min(most_priority or CALMEST, CALMEST) + 1)
    return CONTACTS_BY, [
        part_of(channel, urgency) for channel in channels or [EVERY_CHANNEL] for urgency in urgent
    ]


_SOURCE = Source(topics=("contacts", "contacts_by"), gather=_gather)
CONTACTS = Topic(name="contacts", source=_SOURCE)
CONTACTS_BY = Topic(name="contacts_by", source=_SOURCE)
