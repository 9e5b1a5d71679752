"""What came and went, and who took what."""

from datetime import timedelta

import pytest
from builders import acting, an_agent
from django.db import transaction
from histories import HOUR, MONDAY, Crew, a_crew, walked

from ansvar.insight.decisions.norms import FEWEST, Solved, norms_from
from ansvar.insight.decisions.periods import Period
from ansvar.insight.fair_work import fair_work_of
from ansvar.insight.handovers import asked_of
from ansvar.insight.queries import Scope
from ansvar.insight.volumes import Sort, volumes_of
from ansvar.insight.work_rows import taken_rows, volume_rows
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.commands import edit_person
from ansvar.tickets.commands import (
    assign_ticket,
    close_ticket,
    open_ticket,
    override_priority,
    resolve_ticket,
)
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import Ticket

QUARTER = Period(start=MONDAY - HOUR, end=MONDAY + timedelta(days=60))


def solved(kind: str, *hours: float, service: int | None = None) -> list[Solved]:
    return [Solved(service, kind, one * HOUR) for one in hours]


def test_norm_of_a_service_holds_where_it_has_enough_tickets():
    norms = norms_from(
        [
            *solved("incident", 8, 8, 8, 8, 8, service=1),
            *solved("incident", *[1] * (FEWEST - 1), service=2),
            *solved("incident", 2, 2, 2, 2),
        ]
    )
    assert norms.of(1, "incident") == 8 * HOUR
    assert norms.of(2, "incident") == norms.of(None, "incident") == 2 * HOUR
    assert norms.of(3, "question") == norms.middle == 2 * HOUR
    assert (norms.weight(1, "incident"), norms.is_easy(1, "incident")) == (4, False)


def test_easy_is_what_usually_takes_less_than_the_middle_one():
    norms = norms_from([*solved("question", 1), *solved("incident", 4, 4, 4)])
    assert norms.is_easy(None, "question")
    assert not norms.is_easy(None, "incident")
    assert norms.weight(None, "question") == 0.25


def test_a_desk_without_solved_tickets_weighs_all_alike():
    norms = norms_from([])
    assert (norms.weight(None, "incident"), norms.is_easy(1, "request")) == (1, False)


def queued(crew: Crew, **wanted: object) -> Ticket:
    fields = {"subject": "Matter", "requester": crew.requester, "channel": "phone", **wanted}
    return open_ticket(desk=crew.desk, by=SYSTEM, **fields)  # type: ignore[arg-type]  # see above


@pytest.mark.django_db
def test_people_have_their_solved_tickets_weighted_and_their_jumps_seen():
    crew = a_crew()
    with clock.at(MONDAY - timedelta(days=1)):
        ann, bob = (an_agent(team=crew.teams["A"], name=name) for name in ("Ann", "Bob"))
        edit_person(crew.requester.pk, is_vip=True, by=SYSTEM)
        crew.requester.refresh_from_db()
    for _number in range(3):
        walked(crew, "AAAA")
    with clock.at(MONDAY + timedelta(days=1)):
        urgent, later, question = queued(crew), queued(crew), queued(crew, kind=Kind.QUESTION)
        override_priority(urgent.pk, priority=1, reason="All stand still.", by=SYSTEM)
        assign_ticket(later.pk, to=ann, by=acting(ann))
        assign_ticket(urgent.pk, to=bob, by=acting(bob))
        assign_ticket(question.pk, to=bob, by=SYSTEM)
    with clock.at(MONDAY + timedelta(days=1, hours=1)):
        resolve_ticket(question.pk, resolution="Told.", by=acting(bob))
    with clock.at(MONDAY + timedelta(days=1, hours=4)):
        resolve_ticket(later.pk, resolution="Mended.", by=acting(ann))
    found = fair_work_of(asked_of(Scope(desk=crew.desk), QUARTER))
    assert list(taken_rows(found))[1:] == [
        ["Ann", 1, 1.0, 0, 0.0, 1, 1, 1],
        ["Bob", 1, 0.2, 1, 1.0, 1, 0, 0],
    ]
    assert (found.whole.solved, found.whole.taken) == (2, 2)
    assert (found.own(bob.pk).easy, found.own(crew.requester.pk).solved) == (1, 0)


@pytest.mark.django_db
def test_what_came_and_went_is_split_by_month_kind_team_and_person():
    crew = a_crew()
    with clock.at(MONDAY - timedelta(days=1)):
        ann = an_agent(team=crew.teams["A"], name="Ann")
    with transaction.atomic(), clock.at(MONDAY):
        incident, _alarm = queued(crew), queued(crew, kind=Kind.ALARM)
        queued(crew, kind=Kind.REQUEST, team=crew.teams["C"])
        queued(crew, kind=Kind.PROJECT_WORK)
        assign_ticket(incident.pk, to=ann, by=acting(ann))
    with clock.at(MONDAY + timedelta(days=35)):
        queued(crew, kind=Kind.QUESTION)
        resolve_ticket(incident.pk, resolution="Mended.", by=acting(ann))
        close_ticket(incident.pk, by=SYSTEM)
    found = volumes_of(asked_of(Scope(desk=crew.desk), QUARTER))
    assert [
        (day.month, [volume.came[sort] for sort in Sort], volume.went.total(), volume.growth)
        for day, volume in found.months
    ] == [(3, [2, 1, 0], 0, 3), (4, [0, 0, 1], 1, 0)]
    assert [(str(team), volume.came.total()) for team, volume in found.teams] == [
        ("A", 3),
        ("C", 1),
    ]
    assert [(str(person), volume.went.total()) for person, volume in found.people] == [
        ("Ann", 1),
        ("None", 0),
    ]
    assert ["2026-04", "A", "Ann", 0, 0, 0, 1, 0, 0] in list(volume_rows(found))
