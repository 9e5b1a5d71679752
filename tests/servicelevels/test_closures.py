"""When working time stands still, and why: nights, breaks, weekends, holidays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ansvar.people.decisions import calendar_from
from ansvar.servicelevels.decisions.closures import closures
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.explaining_clocks import closed_in_words

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OFFICE = {str(day): [["08:00", "12:00"], ["13:00", "17:00"]] for day in range(5)}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@pytest.fixture(autouse=True)
def reader_in_stockholm() -> Iterator[None]:
    with timezone.override(STOCKHOLM):
        yield


def office(**more: Any) -> Hours:
    calendar = calendar_from(name="Office", timezone="Europe/Stockholm", hours=OFFICE, **more)
    return Hours(((None, calendar),))


def test_every_time_without_work_is_named_with_its_reason():
    hours = office(country="SE", special_days={"2026-04-07": []})
    found = closed_in_words(hours, local("2026-04-02T11:00"), local("2026-04-08T09:00"))
    assert found[0] == "Thu 2 Apr 12:00–13:00: closed"
    assert found[1].startswith("Thu 2 Apr 17:00–Wed 8 Apr 08:00: Saturday: closed; Fri 3 Apr is ")
    assert "Tue 7 Apr is closed by the calendar" in found[1]
    assert len(found) == 2


def test_a_night_is_called_so():
    found = closed_in_words(office(), local("2026-03-02T16:00"), local("2026-03-03T08:30"))
    assert found == ["Mon 2 Mar 17:00–Tue 3 Mar 08:00: night"]


def test_what_lies_between_the_closures_is_the_working_time():
    hours = office()
    # The clocks go forward in between; moments of UTC do not mind.
    start, end = (local(f"2026-{day}").astimezone(UTC) for day in ("03-26T10:15", "04-02T18:00"))
    closed = sum((one.end - one.start for one in closures(hours, start, end)), timedelta())
    assert end - start - closed == hours.between(start, end)


def test_from_a_changed_calendar_on_its_own_hours_count():
    early = calendar_from(
        name="Early", timezone="Europe/Stockholm", hours={"0": [["06:00", "10:00"]]}
    )
    before = office().editions[0][1]
    hours = Hours(((None, before), (local("2026-03-02T09:00"), early)))
    found = [
        (one.start, one.end)
        for one in closures(hours, local("2026-03-02T08:00"), local("2026-03-02T14:00"))
    ]
    assert found == [(local("2026-03-02T10:00"), local("2026-03-02T14:00"))]
