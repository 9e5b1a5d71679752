from datetime import UTC, datetime, timedelta

import pytest
from builders import a_desk, a_service, a_site, a_team, acting, an_administrator, an_agent
from journal_checks import facts_recorded, records_nothing
from levels import a_level, a_row, the_clock
from verified import differences

from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted
from ansvar.people.commands import edit_calendar
from ansvar.servicelevels.commands import (
    NO_LEVEL,
    BeginsInThePast,
    DraftMissing,
    LevelNotForTicket,
    LevelOverlaps,
    NoReason,
    TermsHaveFaults,
    UnknownPart,
    choose_level,
    create_level,
    end_level,
    publish_level,
    save_draft,
)
from ansvar.servicelevels.decisions.checking import FaultCode
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Row, Scope, Step, Terms
from ansvar.servicelevels.models import Clock, ServiceLevel
from ansvar.servicelevels.tasks import renew_running_clocks
from ansvar.tickets.commands import edit_ticket
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
TARGETS = (a_row(resolution=240),)


def at(hour: float, *, day: int = 0) -> clock.at:
    return clock.at(MONDAY + timedelta(days=day, hours=hour))


def a_draft(rows: tuple[Row, ...] = TARGETS, **terms: object) -> ServiceLevel:
    level = create_level(desk=a_desk(), kind=LevelKind.SLA, name="Counter", by=SYSTEM)
    save_draft(level.pk, terms=Terms(rows=rows, **terms), by=SYSTEM)  # type: ignore[arg-type]  # fields of Terms
    return level


def test_who_may_not_edit_levels_makes_none():
    desk = a_desk()
    with pytest.raises(NotPermitted):
        create_level(desk=desk, kind=LevelKind.SLA, name="Mine", by=acting(an_agent(desk)))
    level = create_level(
        desk=desk, kind=LevelKind.SLA, name="Mine", by=acting(an_administrator(desk))
    )
    assert level.versions.count() == 1


def test_the_same_draft_again_is_silent():
    level = a_draft()
    with records_nothing():
        save_draft(level.pk, terms=Terms(rows=TARGETS), by=SYSTEM)


def test_a_new_version_ends_the_one_before_and_running_tickets_keep_theirs():
    with at(6):
        place = a_workplace()
        first = a_level(place.desk, a_row(resolution=60))
    with at(9):
        before = a_ticket(place)
    with at(10):
        save_draft(first.level_id, terms=Terms(rows=(a_row(resolution=120),)), by=SYSTEM)
        second = publish_level(first.level_id, by=SYSTEM)
    with at(11):
        after = a_ticket(place)
    first.refresh_from_db()
    assert first.valid_until == second.valid_from == MONDAY + timedelta(hours=10)
    assert the_clock(before.pk, "resolution").version == first
    assert the_clock(after.pk, "resolution").version == second
    assert differences() == []


def test_an_ended_level_holds_for_nothing_that_begins_later():
    with at(6):
        place = a_workplace()
        version = a_level(place.desk, a_row(resolution=60))
    with at(9):
        end_level(version.level_id, by=SYSTEM)
    with at(10):
        ticket = a_ticket(place)
    assert not Clock.objects.filter(ticket=ticket, measure="resolution").exists()
    assert ticket.due_at is None


def test_what_is_past_is_not_judged_anew():
    level = a_draft()
    with pytest.raises(BeginsInThePast):
        publish_level(level.pk, valid_from=clock.now() - timedelta(minutes=1), by=SYSTEM)


def test_a_level_is_published_from_a_draft_alone():
    level = a_draft()
    publish_level(level.pk, by=SYSTEM)
    with pytest.raises(DraftMissing):
        publish_level(level.pk, by=SYSTEM)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"rows": ()}, FaultCode.NO_TARGET),
        ({"rows": (*TARGETS, Row(priorities=frozenset({1}), targets={}))}, FaultCode.EMPTY_ROW),
        ({"rows": (a_row(hold=60),)}, FaultCode.WRONG_MEASURE),
        ({"rows": (a_row(resolution=0),)}, FaultCode.TARGET_TOO_SHORT),
        ({"rows": (*TARGETS, a_row((1,), resolution=60))}, FaultCode.NEVER_REACHED),
        ({"pauses": frozenset({"asleep"})}, FaultCode.UNKNOWN_STANDING),
        ({"steps": (Step(key="a"),)}, FaultCode.STEP_WITHOUT_TIME),
        ({"steps": (Step(key="a", percent=1), Step(key="a", percent=2))}, FaultCode.STEP_TWICE),
        (
            {"steps": (Step(key="a", percent=1, measures=frozenset({Measure.HOLD})),)},
            FaultCode.STEP_MEASURE,
        ),
    ],
)
def test_terms_with_a_fault_are_not_published(terms, code):
    level = a_draft(**terms)
    with pytest.raises(TermsHaveFaults) as refused:
        publish_level(level.pk, by=SYSTEM)
    assert [fault.code for fault in refused.value.faults] == [code]
    assert str(refused.value)


def test_terms_name_only_what_the_desk_has():
    foreign = a_service(a_desk())
    level = a_draft()
    with pytest.raises(UnknownPart):
        save_draft(
            level.pk,
            terms=Terms(rows=TARGETS, scope=Scope(services=frozenset({foreign.pk}))),
            by=SYSTEM,
        )


def test_two_levels_for_the_very_same_tickets_are_refused():
    desk = a_desk()
    a_level(desk, *TARGETS)
    with pytest.raises(LevelOverlaps):
        a_level(desk, *TARGETS)


def test_the_narrower_level_applies():
    with at(6):
        place = a_workplace()
        service, site = a_service(place.desk), a_site()
        everything = a_level(place.desk, *TARGETS)
        for_site = a_level(place.desk, *TARGETS, scope=Scope(sites=frozenset({site.pk})))
        for_service = a_level(place.desk, *TARGETS, scope=Scope(services=frozenset({service.pk})))
        both = Scope(services=frozenset({service.pk}), sites=frozenset({site.pk}))
        for_both = a_level(place.desk, *TARGETS, scope=both)
    with at(9):
        tickets = [
            a_ticket(place),
            a_ticket(place, site=site),
            a_ticket(place, service=service),
            a_ticket(place, service=service, site=site),
        ]
    applied = [the_clock(ticket.pk, "resolution").version for ticket in tickets]
    assert applied == [everything, for_site, for_service, for_both]


def test_another_service_puts_a_ticket_under_another_level():
    with at(6):
        place = a_workplace()
        service = a_service(place.desk)
        version = a_level(
            place.desk, a_row(resolution=60), scope=Scope(services=frozenset({service.pk}))
        )
    with at(9):
        ticket = a_ticket(place)
        assert not Clock.objects.filter(ticket=ticket, measure="resolution").exists()
    with at(10):
        edit_ticket(ticket.pk, service=service, by=place.by)
    found = the_clock(ticket.pk, "resolution")
    assert (found.version, found.due_at) == (version, MONDAY + timedelta(hours=10))
    with at(11):
        edit_ticket(ticket.pk, service=None, by=place.by)
    assert not Clock.objects.filter(ticket=ticket, measure="resolution").exists()
    assert differences() == []


def test_a_level_is_chosen_by_hand_with_a_reason_and_given_back_to_the_rule():
    with at(6):
        place = a_workplace()
        lead = acting(an_administrator(place.desk))
        by_rule = a_level(place.desk, a_row(resolution=60))
        narrow = Scope(services=frozenset({a_service(place.desk).pk}))
        other = a_level(place.desk, a_row(resolution=600), scope=narrow)
    with at(9):
        ticket = a_ticket(place).pk
        with pytest.raises(NoReason):
            choose_level(ticket, version_id=other.pk, reason=" ", by=lead)
        with pytest.raises(NotPermitted):
            choose_level(ticket, version_id=other.pk, reason="Agreed", by=place.by)
        with pytest.raises(LevelNotForTicket):
            choose_level(ticket, version_id=a_level(a_desk(), *TARGETS).pk, reason="x", by=lead)
        choose_level(ticket, version_id=other.pk, reason="Agreed", by=lead)
        assert the_clock(ticket, "resolution").version == other
        with records_nothing():
            choose_level(ticket, version_id=other.pk, reason="Agreed", by=lead)
        choose_level(ticket, version_id=NO_LEVEL, reason="Not covered", by=lead)
        assert not Clock.objects.filter(ticket=ticket, measure="resolution").exists()
        with facts_recorded() as facts:
            choose_level(ticket, version_id=None, reason="A mistake", by=lead)
        assert the_clock(ticket, "resolution").version == by_rule
    assert facts == ["level.chosen"]
    assert differences() == []


def test_a_changed_calendar_counts_from_then_on_also_for_clocks_that_run():
    with at(6):
        place = a_workplace()
        a_level(place.desk, a_row(resolution=600))
    with at(9):
        ticket = a_ticket(place)
    assert the_clock(ticket.pk, "resolution").due_at == MONDAY + timedelta(days=1, hours=10)
    longer = {str(day): [["08:00", "20:00"]] for day in range(5)}
    with at(12):
        edit_calendar(place.desk.calendar_id, hours=longer, by=SYSTEM)
        renew_running_clocks()
    assert the_clock(ticket.pk, "resolution").due_at == MONDAY + timedelta(hours=19)
    assert differences() == []


def test_every_desk_begins_with_a_policy_marked_as_assumed():
    with at(6):
        desk = a_desk()
        a_team(desk, is_default=True)
    policy = ServiceLevel.objects.get(desk=desk, kind=LevelKind.CARE).versions.get()
    origins = {target.origin for row in policy.agreed.rows for target in row.targets.values()}
    assert (policy.state, origins) == ("published", {"assumed"})
