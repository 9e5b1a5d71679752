"""Stored figures: the same as counted from the source, whatever happened when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import a_service, acting, an_agent
from django.db import transaction
from histories import HOUR, MONDAY, Crew, a_crew, walked
from levels import a_level, a_row

from ansvar.insight.attainment import Asked, attainment_of
from ansvar.insight.classification import classification_of
from ansvar.insight.commands import count_anew
from ansvar.insight.decisions.periods import Period
from ansvar.insight.decisions.sums import (
    DAY,
    Block,
    Span,
    Sums,
    added,
    blocks_between,
    end_of,
    parts_in,
    read,
    written,
)
from ansvar.insight.fair_work import fair_work_of
from ansvar.insight.handovers import asked_of, handovers_of
from ansvar.insight.models import RolledUp, RollUp, StaleDay
from ansvar.insight.queries import Asked as AskedContacts
from ansvar.insight.queries import Scope, need_of
from ansvar.insight.rolling import PATIENCE, bring_up_to_date, rebuild
from ansvar.insight.silence import silence_of
from ansvar.insight.volumes import volumes_of
from ansvar.insight.what_if import what_if
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.verification import verifiers
from ansvar.tickets.commands import (
    assign_ticket,
    close_ticket,
    edit_ticket,
    open_ticket,
    reopen_ticket,
    resolve_ticket,
)
from ansvar.tickets.decisions import FREE, Kind
from ansvar.tickets.models import Ticket

NOW = MONDAY + timedelta(days=40)


@pytest.mark.parametrize(
    ("first", "end", "spans"),
    [
        (date(2026, 2, 1), date(2026, 3, 1), "m"),
        (date(2026, 1, 30), date(2026, 3, 9), "ddmwd"),
        (date(2026, 3, 8), date(2026, 3, 22), "ww"),
        (date(2026, 3, 22), date(2026, 4, 1), "w"),
        (date(2026, 3, 23), date(2026, 3, 25), "dd"),
        (date(2026, 3, 2), date(2026, 3, 2), ""),
    ],
)
def test_a_period_is_cut_into_as_few_blocks_as_can_be(first: date, end: date, spans: str):
    blocks = list(blocks_between(first, end))
    assert "".join(block.span for block in blocks) == spans
    assert sum(((end_of(block) - block.day).days for block in blocks), 0) == (end - first).days


def test_a_month_is_made_of_weeks_and_a_week_of_days():
    month = Block(Span.MONTH, date(2028, 2, 1))
    weeks = parts_in(month)
    assert [week.day.day for week in weeks] == [1, 8, 15, 22]
    days = [day.day for week in weeks for day in parts_in(week)]
    assert days == [month.day + number * DAY for number in range(29)]


def test_sums_add_up_and_the_greatest_stays():
    one, other = Sums(), Sums()
    one.add("cases", "a", 2)
    other.add("cases", "a", 3)
    other.add("cases", "b", 1)
    other.add("cases", "c", 0)
    one.rival("longest", "t", value=5, whose=9)
    other.rival("longest", "t", value=5, whose=7)
    whole = added([one, other])
    assert whole.table("cases") == {"a": 5, "b": 1}
    assert whole.greatest == {"longest": {"t": (5, -7)}}
    assert read(written(whole)) == whole
    assert one.table("cases") == {"a": 2}


@pytest.fixture
def crew() -> Crew:
    """Return a desk with six weeks behind it in which about everything happened that counts."""
    crew = a_crew()
    with clock.at(MONDAY - timedelta(days=1)):
        ann = an_agent(team=crew.teams["A"], name="Ann")
        a_level(crew.desk, a_row((1,), resolution=60), a_row(resolution=240))
        till, net = a_service(crew.desk, name="Till"), a_service(crew.desk, name="Net")
    for number, path in enumerate(("AAA", "ABA", "ABAB", "ACA", "AD")):
        walked(crew, path, start=MONDAY + number * 8 * DAY, service=till if number % 2 else None)
    for number, channel in enumerate(("phone", "email", "portal")):
        with transaction.atomic(), clock.at(MONDAY + timedelta(days=12 * number, hours=20)):
            ticket = open_ticket(
                desk=crew.desk, subject="Till", requester=crew.requester, channel=channel,
                service=till, by=SYSTEM,
            )  # fmt: skip
            assign_ticket(ticket.pk, to=ann, by=acting(ann))
        with clock.at(MONDAY + timedelta(days=12 * number + 1)):
            edit_ticket(ticket.pk, service=net, kind=Kind.REQUEST, by=SYSTEM)
            resolve_ticket(ticket.pk, resolution="Mended.", by=acting(ann))
        with clock.at(MONDAY + timedelta(days=12 * number + 3)):
            close_ticket(ticket.pk, by=SYSTEM)
    with clock.at(NOW - HOUR):
        open_ticket(desk=crew.desk, subject="x", requester=crew.requester, by=SYSTEM)
    return crew


def everything(crew: Crew, start: timedelta) -> list[object]:
    """Return all reports of a desk, of a period up to now, as they are compared."""
    begins, end = MONDAY + start, clock.now()
    period, scope = Period(start=begins, end=end), Scope(desk=crew.desk)
    asked = asked_of(scope, period)
    of_all = (
        attainment_of(Asked(desk=crew.desk, start=begins, end=end)),
        silence_of(crew.desk, start=begins, end=end),
        need_of(AskedContacts(desk=crew.desk, start=begins, end=end)),
        need_of(AskedContacts(desk=crew.desk, start=begins, end=end, channels=["phone", "email"])),
        handovers_of(asked),
        what_if(asked, FREE),
        classification_of(asked),
        volumes_of(asked),
        fair_work_of(asked),
    )
    return [replace(report, as_of=None) for report in of_all]  # type: ignore[type-var]  # all are


def stored(crew: Crew) -> RolledUp:
    return RolledUp.objects.get(desk=crew.desk)


@pytest.mark.django_db
def test_stored_figures_are_those_of_the_source_also_from_within_a_day(crew: Crew):
    starts = [timedelta(hours=-8), timedelta(days=3, hours=5)]
    with clock.at(NOW):
        counted = [everything(crew, start) for start in starts]
        heard: list[tuple[str, int, int]] = []
        rebuild(lambda *told: heard.append(told))
        assert [everything(crew, start) for start in starts] == counted
        assert [p for p in verifiers["figures"]() if p.differences] == []
        RollUp.objects.filter(desk=crew.desk, topic="volumes", span=Span.DAY).delete()
        found = [one for progress in verifiers["figures"]() for one in progress.differences]
    assert "volumes" in found[0].what
    assert stored(crew).as_of == NOW
    assert heard[-1][1] == heard[-1][2] > 0


@pytest.mark.django_db
def test_what_changes_a_past_day_is_counted_on_it(crew: Crew):
    done, other = Ticket.objects.filter(desk=crew.desk, state="resolved").order_by("pk")[:2]
    with clock.at(NOW):
        rebuild(lambda *_told: None)
        before = everything(crew, -DAY)
    with clock.at(NOW + HOUR):
        reopen_ticket(done.pk, reason="Again.", by=SYSTEM)
        edit_ticket(other.pk, kind=Kind.QUESTION, by=SYSTEM)
        bring_up_to_date()
    # A day that is past waits for more; until then its figures say that they are older.
    assert StaleDay.objects.filter(desk=crew.desk, day=MONDAY.date()).exists()
    RolledUp.objects.filter(desk=crew.desk).update(norms_on=None)
    with clock.at(NOW + HOUR + PATIENCE):
        bring_up_to_date()
        after = everything(crew, -DAY)
        assert after != before
        assert not StaleDay.objects.filter(desk=crew.desk).exists()
        RolledUp.objects.filter(desk=crew.desk).update(as_of=None)
        assert everything(crew, -DAY) == after


@pytest.mark.django_db
def test_a_desk_that_changes_its_hours_is_counted_anew(crew: Crew):
    with clock.at(NOW):
        rebuild(lambda *_told: None)
        assert not count_anew(crew.desk.pk)
        team = crew.teams["B"]
        team.line = 2
        team.save()
        assert count_anew(crew.desk.pk)
    assert StaleDay.objects.filter(desk=crew.desk).count() > 40
    assert stored(crew).as_of == NOW
