from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ansvar.ui import wording

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    with timezone.override(UTC):
        yield


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "under 1 min"),
        (59, "under 1 min"),
        (60, "1 min"),
        (3600, "1 h"),
        (7740, "2 h 9 min"),
        (93_600, "1 d 2 h"),
        (86_400, "1 d"),
        (-7740, "2 h 9 min"),
    ],
)
def test_duration_is_said_by_its_two_largest_units(seconds: int, said: str):
    assert wording.duration(seconds) == said
    assert wording.duration(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("distance", "said"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=4), "4 min ago"),
        (-timedelta(minutes=18), "in 18 min"),
        (timedelta(hours=2), "10:00"),
        (timedelta(days=2), "Mon 12:00"),
        (timedelta(days=40), "23 Jan"),
        (timedelta(days=400), "28 Jan 2025"),
    ],
)
def test_time_is_relative_while_fresh(distance: timedelta, said: str):
    html = wording.ago(NOW - distance)
    assert f">{said}</time>" in html
    assert "title=" in html


def test_time_is_in_the_readers_zone():
    with timezone.override(ZoneInfo("Europe/Stockholm")):
        assert ">11:00</time>" in wording.ago(NOW - timedelta(hours=2))


def test_no_time_is_nothing():
    assert wording.ago(None) == ""
    assert wording.day(None) == ""


def test_day_leaves_out_this_year():
    assert wording.day(date(2026, 11, 3)) == "3 Nov"
    assert wording.day(date(2025, 11, 3)) == "3 Nov 2025"


@pytest.mark.parametrize(
    ("name", "said"),
    [("Sara Lind", "SL"), ("Dr. Per Alm", "DA"), ("ansvar", "A"), ("", "?"), ("Мария Ек", "МЕ")],
)
def test_initials_are_first_and_last(name: str, said: str):
    assert wording.initials(name) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [(1, "1 byte"), (900, "900 bytes"), (1_258_291, "1.2 MB"), (52_428_800, "50 MB")],
)
def test_file_size_has_a_fitting_unit(size: int, said: str):
    assert wording.filesize(size) == said


def test_plain_text_becomes_paragraphs_and_stays_text():
    assert wording.paragraphs("a <b>\nb\n\n\nc") == "<p>a &lt;b&gt;<br>b</p><p>c</p>"


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(0, 10, 1), (5, 10, 50), (20, 10, 100), (1, 0, 100)]
)
def test_share_is_always_visible(part: int, whole: int, share: int):
    assert wording.share(part, whole) == share


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 5, 3, 6, 46, tzinfo=UTC), "3 May 06:46"),
        (datetime(2010, 5, 3, 6, 46, tzinfo=UTC), "3 May 2010 06:46"),
    ],
)
def test_a_day_of_another_year_is_said_with_its_year(at: datetime, said: str):
    assert f">{said}<" in wording.moment(at, "j M H:i")
