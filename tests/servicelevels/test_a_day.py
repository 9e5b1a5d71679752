"""A P1 from Friday afternoon to Monday noon, over the clock change; figures worked out by hand.

The desk is open from 08:00 to 12:00 and from 12:30 to 17:00 in Stockholm. All times are its own.

    Fri 16:30  opened by the requester        first team
    Fri 16:35  P1 by hand
    Fri 16:40  Anna takes it                  Anna
    Fri 16:50  Anna writes
    Fri 16:55  handed over                    second team
    Mon 08:10  Bo takes it                    Bo
    Mon 08:30  waits for the supplier         supplier
    Mon 10:00  goes on, Bo writes             Bo
    Mon 10:15  waits for the requester        requester
    Mon 11:45  the requester answers          Bo
    Mon 13:00  resolved
    Mon 13:20  confirmed
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import a_calendar, a_desk, a_person, a_team, acting, an_agent, an_organisation
from levels import a_level, a_row
from verified import differences

from ansvar.conversations.commands import write_reply
from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.people.models import Desk, Organisation, Person, Team
from ansvar.servicelevels.commands import take_due_steps
from ansvar.servicelevels.decisions.terms import LevelKind
from ansvar.servicelevels.models import Clock
from ansvar.tickets.commands import (
    assign_ticket,
    confirm_resolution,
    hand_over_ticket,
    open_ticket,
    override_priority,
    requester_spoke,
    resolve_ticket,
    resume_ticket,
    wait_with_ticket,
)
from ansvar.tickets.decisions import WaitingFor

pytestmark = pytest.mark.django_db

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOURS = {str(day): [["08:00", "12:00"], ["12:30", "17:00"]] for day in range(5)}


def on(day: str, time: str) -> datetime:
    hour, _, minute = time.partition(":")
    date = {"Fri": 27, "Mon": 30}[day]
    return datetime(2026, 3, date, int(hour), int(minute), tzinfo=STOCKHOLM)


@dataclass(kw_only=True)
class Place:
    """A desk with its agreements, and everybody who has to do with the matter."""

    desk: Desk
    first: Team
    second: Team
    anna: Person
    bo: Person
    requester: Person
    supplier: Organisation


def a_place() -> Place:
    with clock.at(on("Fri", "09:00")):
        calendar = a_calendar(timezone="Europe/Stockholm", hours=HOURS)
        desk = a_desk(calendar=calendar)
        first, second = a_team(desk), a_team(desk, line=2)
        anna, bo = an_agent(team=first), an_agent(team=second)
        requester, supplier = a_person(), an_organisation()
        a_level(
            desk,
            a_row((1,), reaction=15, resolution=240),
            a_row(reaction=60, resolution=960),
            pauses=frozenset({"waiting:requester", "waiting:date"}),
        )
        a_level(
            desk,
            a_row(hold=90),
            kind=LevelKind.OLA,
            pauses=frozenset({"waiting:requester", "waiting:supplier"}),
        )
        a_level(desk, a_row(supplier=60), kind=LevelKind.UC)
    return Place(
        desk=desk,
        first=first,
        second=second,
        anna=anna,
        bo=bo,
        requester=requester,
        supplier=supplier,
    )


def live_through(place: Place) -> int:
    """Let everything happen that the table above tells; returns the ticket's id."""
    anna, bo = acting(place.anna), acting(place.bo)
    requester = acting(place.requester)
    with clock.at(on("Fri", "16:30")):
        ticket = open_ticket(
            desk=place.desk,
            requester=place.requester,
            subject="No till works",
            channel="portal",
            by=requester,
        ).pk
    with clock.at(on("Fri", "16:35")):
        override_priority(ticket, priority=1, reason="Nobody can sell", by=anna)
    with clock.at(on("Fri", "16:40")):
        assign_ticket(ticket, to=place.anna, by=anna)
    with clock.at(on("Fri", "16:50")):
        write_reply(ticket, text="We are looking into it.", by=anna)
    with clock.at(on("Fri", "16:55")):
        hand_over_ticket(ticket, team=place.second, reason="The server does not answer", by=anna)
    with clock.at(on("Mon", "08:10")):
        assign_ticket(ticket, to=place.bo, by=bo)
    with clock.at(on("Mon", "08:30")):
        wait_with_ticket(
            ticket, waiting_for=WaitingFor.SUPPLIER, supplier=place.supplier, note="Part", by=bo
        )
    with clock.at(on("Mon", "09:31")):
        take_due_steps()
    with clock.at(on("Mon", "10:00")):
        resume_ticket(ticket, why="The part is here", by=bo)
        write_reply(ticket, text="The part is here.", by=bo)
    with clock.at(on("Mon", "10:15")):
        wait_with_ticket(ticket, waiting_for=WaitingFor.REQUESTER, note="Try again", by=bo)
    with clock.at(on("Mon", "11:45")):
        requester_spoke(ticket, at=on("Mon", "11:45"), by=requester)
    with clock.at(on("Mon", "13:00")):
        resolve_ticket(ticket, resolution="New part.", by=bo)
    with clock.at(on("Mon", "13:20")):
        confirm_resolution(ticket, by=requester)
    return ticket


def test_every_clock_of_a_p1_shows_what_was_worked_out_by_hand():
    place = a_place()
    ticket = live_through(place)
    team1, team2 = ("team", place.first.pk), ("team", place.second.pk)
    by_anna, by_bo, outside = (
        ("person", place.anna.pk),
        ("person", place.bo.pk),
        ("supplier", place.supplier.pk),
    )
    # Measure, number, target, used, due, stopped, who used how much: times in minutes.
    expected = [
        ("acknowledge", 1, 30, 20, on("Fri", "17:00"), on("Fri", "16:50"),
         {team1: 10, by_anna: 10}),
        ("closing", 1, 30, 20, on("Mon", "13:30"), on("Mon", "13:20"), {by_bo: 20}),
        ("hold", 1, 90, 25, on("Mon", "09:00"), on("Fri", "16:55"), {team1: 10, by_anna: 15}),
        ("hold", 2, 90, 95, on("Mon", "12:55"), on("Mon", "13:00"), {team2: 15, by_bo: 80}),
        ("reaction", 1, 15, 10, on("Fri", "16:45"), on("Fri", "16:40"), {team1: 10}),
        ("resolution", 1, 240, 210, on("Mon", "13:30"), on("Mon", "13:00"),
         {team1: 10, by_anna: 15, team2: 15, by_bo: 80, outside: 90}),
        ("supplier", 1, 60, 90, on("Mon", "09:30"), on("Mon", "10:00"), {outside: 90}),
        ("third_party", 1, 240, 90, on("Mon", "13:00"), on("Mon", "10:00"), {outside: 90}),
        ("update", 1, 60, 20, on("Mon", "08:30"), on("Fri", "16:50"), {team1: 10, by_anna: 10}),
        ("update", 2, 60, 130, on("Mon", "08:50"), on("Mon", "10:00"),
         {by_anna: 5, team2: 15, by_bo: 20, outside: 90}),
        # Used up to the very minute is in time.
        ("update", 3, 60, 60, on("Mon", "13:00"), on("Mon", "13:00"), {by_bo: 60}),
    ]  # fmt: skip
    minute = timedelta(minutes=1)
    assert [
        (
            row.measure,
            row.number,
            row.target / minute,
            row.used / minute,
            row.due_at,
            row.stopped_at,
            {(kind, pk): seconds / 60 for kind, pk, seconds in row.shares},
        )
        for row in Clock.objects.filter(ticket=ticket).order_by("measure", "number")
    ] == expected
    missed = Entry.objects.filter(subject_id=ticket, fact="clock.target_missed").order_by("id")
    assert [(entry.payload["measure"], entry.at) for entry in missed] == [
        ("update", on("Mon", "09:31")),
        ("supplier", on("Mon", "09:31")),
        ("hold", on("Mon", "13:00")),
    ]
    assert differences() == []
