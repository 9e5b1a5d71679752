"""Today: who is on duty now and next, who is here, who is away until when."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.people.models import Desk, Membership, Person
from ansvar.rota.commands import announce_absence
from ansvar.rota.decisions import A_SHIFT, Reason
from ansvar.rota.models import DUTY_NAMES, Absence
from ansvar.rota.queries import coming_absences, duties_today, present_among, turns_of
from ansvar.workbench.reading import Reader, reader_of
from ansvar.workbench.rota.framing import desk_of, in_frame

COMING_DAYS = 14
"""Absences that begin later are no news yet."""


@dataclass(kw_only=True)
class Colleague:
    """Somebody of the desk's teams, and whether they are here."""

    person: Person
    teams: list[str] = field(default_factory=list)
    is_here: bool = False
    absence: Absence | None = None
    """One that holds now."""


@page(requires="rota.read")
def today(request: HttpRequest) -> HttpResponse:
    """Show who is here today and who is on duty."""
    reader, desk, now = reader_of(request), desk_of(request), clock.now()
    colleagues = colleagues_of(desk)
    absences = list(coming_absences({*colleagues, reader.person.pk}, now))
    _note(colleagues.values(), absences, now)
    mine = [one for one in absences if one.person_id == reader.person.pk]
    context = {
        "desk": desk,
        "now": now,
        "duties": duties_today(desk.pk, now),
        "duty_names": DUTY_NAMES,
        "here": [one for one in colleagues.values() if one.is_here],
        "away": [one for one in colleagues.values() if one.absence],
        "not_seen": [one for one in colleagues.values() if not one.is_here and not one.absence],
        "coming": [
            one for one in absences if now < one.starts_at <= now + timedelta(days=COMING_DAYS)
        ],
        "my_absences": mine,
        "am_away": any(one.starts_at <= now for one in mine),
        "my_turns": list(turns_of(reader.person.pk, now)[:5]),
        "may_edit": reader.may("rota.edit", desk),
        "led": _led_by(reader, desk, colleagues),
    }
    return in_frame(request, "today.html", context, place="rota")


@page("POST", requires="rota.read")
def away_today(request: HttpRequest) -> HttpResponse:
    """Be away for the rest of today, with one click."""
    person, now = reader_of(request).person, clock.now()
    announce_absence(
        person.pk,
        starts_at=now,
        ends_at=_end_of_today(now, person.zone),
        reason=Reason.OTHER,
        by=actor_of(request),
    )
    messages.success(request, _("You are away for the rest of today."))
    return redirect("rota")


@page(requires="rota.read")
def my_turns(request: HttpRequest) -> HttpResponse:
    """Answer with the reader's turns for a calendar program."""
    person, now = reader_of(request).person, clock.now()
    made = Calendar()
    made.add("prodid", "-//Ansvar//rota//EN")
    made.add("version", "2.0")
    for turn in turns_of(person.pk, now):
        event = Event()
        event.add("uid", f"turn-{turn.pk}@ansvar")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", turn.starts_at.astimezone(UTC))
        event.add("dtend", turn.ends_at.astimezone(UTC))
        event.add("summary", f"{turn.get_duty_display()}, {turn.desk.name}")
        made.add_component(event)
    return HttpResponse(
        made.to_ical(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="rota.ics"'},
    )


def colleagues_of(desk: Desk) -> dict[int, Colleague]:
    """Return those who work in the desk's teams, by id, in the order of names."""
    rows = Membership.objects.filter(
        team__desk=desk, team__is_active=True, person__is_active=True
    ).select_related("person", "team")
    found: dict[int, Colleague] = {}
    for row in rows.order_by("person__name", "person", "team__line", "team__name"):
        one = found.setdefault(row.person_id, Colleague(person=row.person))
        one.teams.append(row.team.name)
    return found


def _note(colleagues: Iterable[Colleague], absences: list[Absence], now: datetime) -> None:
    """Note of each whether they are here."""
    away = {one.person_id: one for one in absences if one.starts_at <= now}
    everybody: list[Any] = list(colleagues)
    here = present_among([one.person.pk for one in everybody], now)
    for one in everybody:
        one.absence = away.get(one.person.pk)
        one.is_here = one.person.pk in here


def _led_by(reader: Reader, desk: Desk, colleagues: Iterable[int]) -> frozenset[int]:
    """Return for whom the reader may say that they are away, as the right itself does."""
    if reader.may("rota.edit", desk):
        return frozenset(colleagues)
    leading = Membership.objects.filter(person=reader.person, is_lead=True, team__desk=desk)
    theirs = Membership.objects.filter(team__in=leading.values("team"))
    return frozenset(theirs.values_list("person_id", flat=True))


def _end_of_today(now: datetime, zone: str) -> datetime:
    """Return the coming midnight where somebody is, but no more than a shift from now."""
    local = now.astimezone(ZoneInfo(zone))
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    return min(midnight, now + A_SHIFT)
