"""When contacts come, against hours, holidays and the change of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import OFFICE_HOURS, a_calendar, a_desk, a_service, a_team, acting, an_agent

from ansvar.insight.decisions.need import (
    Openness,
    days_between,
    in_a_month,
    midnight,
    openness_of,
    shade,
    slices_of,
    turns_of,
)
from ansvar.insight.queries import Asked, Scope, measured_load, need_of, need_rows, scope_of
from ansvar.kernel import clock
from ansvar.people.decisions import calendar_from
from ansvar.tickets.commands import hand_over_ticket, override_priority
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_ticket

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 2, 10, tzinfo=STOCKHOLM)
"""A Monday; the clock was put back on 25 October."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=STOCKHOLM)


def a_place() -> Workplace:
    calendar = a_calendar(timezone="Europe/Stockholm", hours=OFFICE_HOURS, holiday_country="SE")
    desk = a_desk(calendar=calendar)
    first, second = a_team(desk), a_team(desk, line=2)
    agent = an_agent(team=first)
    return Workplace(desk=desk, first=first, second=second, agent=agent, by=acting(agent))


def came(place: Workplace, *moments: str, priority: int = 0, **wanted: object) -> list[Ticket]:
    """Let tickets come in at moments of Stockholm, of a priority if one is given."""
    tickets = []
    for moment in moments:
        with clock.at(at(moment)):
            ticket = a_ticket(place, **wanted)
            if priority:
                override_priority(ticket.pk, priority=priority, reason="Told so.", by=place.by)
        tickets.append(ticket)
    return tickets


def asked(place: Workplace, **wanted: object) -> Asked:
    fields = {"start": at("10-01"), "end": at("11-02"), **wanted}
    return Asked(desk=place.desk, **fields)


def test_hours_of_the_week_are_open_partly_or_shut():
    calendar = calendar_from(
        name="x", timezone="UTC", hours={"0": [["08:00", "12:00"], ["12:30", "17:00"]]}
    )
    monday, tuesday = openness_of(calendar)[:2]
    assert monday[7:9] == (Openness.SHUT, Openness.OPEN)
    assert monday[12] == Openness.PARTLY
    assert set(tuesday) == {Openness.SHUT}


def test_days_begin_at_midnight_of_the_calendar_also_when_the_clock_changes():
    calendar = calendar_from(name="x", timezone="Europe/Stockholm", hours={})
    start = midnight(calendar, NOW, days_before=9)
    assert start == datetime(2026, 10, 23, 22, tzinfo=UTC)
    assert midnight(calendar, NOW) == datetime(2026, 11, 1, 23, tzinfo=UTC)
    assert days_between(calendar, start, midnight(calendar, NOW)) == 9


def test_a_period_is_cut_at_full_hours_and_where_it_opens_and_shuts():
    calendar = calendar_from(name="x", timezone="Asia/Kolkata", hours={"0": [["09:15", "10:00"]]})
    start = datetime(2026, 11, 2, 3, tzinfo=UTC)  # Monday 08:30 in Kolkata
    found = slices_of(calendar, start, start + timedelta(hours=2))
    minutes = [int((one.begins - start) / timedelta(minutes=1)) for one in found]
    assert [(at, one.hour, one.is_open) for at, one in zip(minutes, found, strict=True)] == [
        (0, 8, False), (30, 9, False), (45, 9, True), (90, 10, False),
    ]  # fmt: skip
    assert turns_of(found) == [found[2].begins, found[3].begins]


def test_the_night_the_clock_goes_back_has_its_hour_twice():
    calendar = calendar_from(
        name="x", timezone="Europe/Stockholm", hours={"6": [["00:00", "24:00"]]}
    )
    found = slices_of(calendar, at("10-25T00:00"), at("10-26T00:00"))
    assert [one.hour for one in found][:5] == [0, 1, 2, 2, 3]
    assert len(found) == 25
    assert turns_of(found) == [at("10-25T00:00")]


@pytest.mark.parametrize(
    ("count", "days", "monthly"), [(365, 365, 30.0), (9, 365, 0.7), (40, 30, 40.0), (0, 90, 0.0)]
)
def test_a_count_is_said_for_a_month(count: int, days: int, monthly: float):
    assert in_a_month(count, timedelta(days=days)) == monthly


@pytest.mark.parametrize(
    ("count", "most", "dark"), [(0, 9, 0), (1, 9, 1), (9, 9, 5), (1, 1, 5), (5, 10, 3)]
)
def test_the_darkest_cell_is_the_fullest(count: int, most: int, dark: int):
    assert shade(count, most, shades=5) == dark


@pytest.mark.django_db
def test_nights_weekends_and_holidays_are_outside_hours():
    place = a_place()
    came(place, "10-20T08:00", "10-20T16:59", "10-30T09:00")
    came(place, "10-20T07:59", "10-20T17:00", "10-24T10:00")
    came(place, "10-31T09:00")
    need = need_of(asked(place))
    assert (need.inside, need.outside) == (3, 4)
    tuesday_at_seven = need.cells[1, 7]
    assert (tuesday_at_seven.inside, tuesday_at_seven.outside) == (0, 1)
    assert (need.days, need.days_with_outside) == (32, 3)


@pytest.mark.django_db
def test_a_holiday_within_the_week_is_outside_though_its_hour_is_open():
    place = a_place()
    came(place, "05-14T10:00", "05-21T10:00")
    need = need_of(asked(place, start=at("05-01"), end=at("06-01")))
    cell = need.cells[3, 10]
    assert (cell.inside, cell.outside, cell.count) == (1, 1, 2)


@pytest.mark.django_db
def test_the_hour_is_that_of_the_calendars_clock_before_and_after_its_change():
    place = a_place()
    came(place, "10-23T08:30", "10-26T08:30")
    need = need_of(asked(place))
    assert need.outside == 0
    assert {hour for _day, hour in need.cells} == {8}


@pytest.mark.django_db
def test_contacts_are_told_apart_by_service_priority_and_impact():
    place = a_place()
    service = a_service(place.desk, name="Cashier")
    came(place, "10-24T10:00", priority=1, service=service)
    came(place, "10-20T10:00", "10-24T11:00", service=service)
    came(place, "10-24T12:00")
    need = need_of(asked(place))
    assert need.urgent_outside == 1
    assert [(one.name, one.inside, one.outside_count) for one in need.services] == [
        ("Cashier", 1, 2),
        ("", 0, 1),
    ]
    assert [(one.name, one.outside_count) for one in need.impacts] == [("", 3)]


@pytest.mark.django_db
def test_only_what_is_asked_for_is_counted():
    place, other = a_place(), a_place()
    service = a_service(place.desk)
    came(place, "10-20T10:00", service=service)
    came(place, "10-20T11:00", priority=1, channel="email")
    came(place, "09-30T23:59", "11-02T00:00")
    came(other, "10-20T10:00")
    need = need_of(asked(place))
    assert (need.inside, need.outside) == (2, 0)
    assert need_of(asked(place, channels=["email"])).inside == 1
    assert need_of(asked(place, service_id=service.pk)).inside == 1
    assert need_of(asked(place, most_priority=1)).inside == 1


@pytest.mark.django_db
def test_a_calendar_that_is_never_open_has_everything_outside():
    place = a_place()
    place.desk.calendar.hours = {}
    came(place, "10-20T10:00")
    assert need_of(asked(place)).outside == 1


@pytest.mark.django_db
def test_rows_in_finest_form_add_up_to_the_whole():
    place = a_place()
    came(place, "10-20T10:00", "10-20T10:30", "10-24T10:00")
    rows = need_rows(asked(place))
    assert [(key.weekday, key.hour, key.in_hours, count) for key, count in rows] == [
        (2, 10, True, 2),
        (6, 10, False, 1),
    ]


@pytest.mark.django_db
def test_load_is_measured_on_the_working_days_that_are_over():
    place = a_place()
    came(place, "09-01T10:00")
    came(place, "10-05T00:00", "10-24T10:00", "11-01T23:59")
    came(place, "10-04T23:59", "11-02T09:00")
    found = measured_load(Scope(desk=place.desk), now=NOW)
    assert (found.tickets, found.days, found.people) == (3, 20, 1)
    assert found.hours_a_day == pytest.approx(9)
    assert found.per_day == pytest.approx(0.15)


@pytest.mark.django_db
def test_a_young_desk_is_measured_from_its_first_ticket():
    place = a_place()
    came(place, "10-29T15:00", "10-30T09:00")
    found = measured_load(Scope(desk=place.desk), now=NOW)
    assert (found.tickets, found.days) == (2, 2)


@pytest.mark.django_db
def test_a_desk_without_tickets_or_hours_measures_nothing():
    place = a_place()
    assert measured_load(Scope(desk=place.desk), now=NOW).per_day == 0
    place.desk.calendar.hours = {}
    found = measured_load(Scope(desk=place.desk), now=NOW)
    assert (found.per_day, found.hours_a_day) == (0, 0)


@pytest.mark.django_db
def test_a_team_is_counted_what_it_has_held_and_a_service_what_is_its_own():
    place = a_place()
    service = a_service(place.desk)
    came(place, "10-01T10:00")
    (given,) = came(place, "10-20T10:00", service=service)
    came(place, "10-21T10:00")
    hand_over_ticket(given.pk, team=place.second, reason="Theirs.", by=place.by)
    of_team = measured_load(Scope(desk=place.desk, team=place.second), now=NOW)
    of_service = measured_load(Scope(desk=place.desk, service=service), now=NOW)
    assert (of_team.tickets, of_team.people) == (1, 0)
    assert of_service.tickets == 1


@pytest.mark.django_db
def test_a_scope_is_found_only_on_desks_that_are_given():
    place, other = a_place(), a_place()
    service = a_service(place.desk)
    wanted = [
        Scope(desk=place.desk),
        Scope(desk=place.desk, team=place.second),
        Scope(desk=place.desk, service=service),
    ]
    for scope in wanted:
        assert scope_of(scope.key, [place.desk, other.desk]) == scope
        assert scope_of(scope.key, [other.desk]) is None
    assert [scope_of(key, [place.desk]) for key in ("", "desk-x", "site-1")] == [None] * 3
