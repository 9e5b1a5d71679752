from datetime import timedelta

import pytest
from builders import a_person, acting, an_agent
from django.test.utils import CaptureQueriesContext

from ansvar.access.commands import take_role
from ansvar.catalogue.commands import create_service
from ansvar.kernel import clock, journal
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.notices.carriers import Carrier, carriers
from ansvar.notices.commands import (
    choose_notices,
    forget_old_notices,
    see_notices,
    unsee_notices,
)
from ansvar.notices.models import Notice
from notices import a_kind, told, unseen  # noqa: F401 - a fixture
from tickets import a_ticket, a_workplace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_kind")]


@pytest.fixture
def place():
    return a_workplace()


@pytest.fixture
def carried(monkeypatch) -> list[list[int]]:
    """What the only carrier was given."""
    gone: list[list[int]] = []
    monkeypatch.setattr(carriers, "_items", {"pigeon": Carrier(label="pigeon", carry=gone.append)})
    return gone


def test_what_is_told_is_said_in_words_of_the_ticket_as_it_is_today(place):
    ticket = a_ticket(place, subject="Cellar")
    assert told(place.agent, ticket=ticket) == 1
    (said,) = unseen(place.agent)
    assert said.text == f"It rains on {ticket.reference} since 9"
    assert said.ticket == ticket


def test_nobody_is_told_twice_of_the_same(place):
    colleague = an_agent(team=place.first)
    told(place.agent)
    assert told(place.agent, colleague, place.agent) == 1
    assert [len(unseen(person)) for person in (place.agent, colleague)] == [1, 1]


def test_only_who_may_read_the_ticket_is_told(place):
    owner = a_person()
    service = create_service(desk=place.desk, name="Roof", owner=owner, by=SYSTEM)
    ticket = a_ticket(place, service=service)
    strangers = [an_agent(), a_person(), ticket.requester]
    assert told(place.agent, owner, *strangers, ticket=ticket) == 2
    assert set(Notice.objects.values_list("person", flat=True)) == {place.agent.pk, owner.pk}


def test_who_lost_the_right_reads_no_word_of_the_ticket(place):
    ticket = a_ticket(place, subject="Cellar")
    told(place.agent, ticket=ticket)
    take_role(place.agent.role_grants.get().pk, by=SYSTEM)
    (said,) = unseen(place.agent)
    assert ticket.reference not in said.text
    assert said.ticket is None


def test_many_are_told_with_as_many_statements_as_one(place, django_assert_num_queries):
    from django.db import connection  # noqa: PLC0415 - only here

    tickets = [a_ticket(place) for _ in range(4)]
    crowd = [an_agent(team=place.first) for _ in range(5)]
    with CaptureQueriesContext(connection) as alone:
        told(place.agent, ticket=tickets[0])
    with django_assert_num_queries(len(alone)):
        assert told(*crowd, ticket=tickets[1], key="other") == 5


def test_history_is_told_to_nobody(place):
    with journal.as_history():
        assert told(place.agent) == 0


def test_what_is_marked_as_seen_can_be_taken_back_together(place):
    for key in "ab":
        told(place.agent, key=key)
    by = acting(place.agent)
    one = see_notices(by=by, notice_id=unseen(place.agent)[0].notice.pk)
    rest = see_notices(by=by)
    assert unseen(place.agent) == []
    assert see_notices(by=by) is None
    assert unsee_notices(rest, by=acting(an_agent())) == 0
    assert unsee_notices(rest, by=by) == 1
    assert one != rest
    assert len(unseen(place.agent)) == 1


def test_a_notice_leaves_by_the_ways_its_reader_wishes(place, carried):
    colleague = an_agent(team=place.first)
    choose_notices([("weather", "pigeon"), ("weather", "raven")], by=acting(place.agent))
    told(place.agent, colleague)
    assert carried == [[Notice.objects.get(person=place.agent).pk]]
    entry = Entry.objects.get(fact="person.notices_chosen")
    assert entry.payload == {"wished": [["weather", "pigeon"]]}


def test_an_urgent_notice_leaves_by_every_way_at_once(place, carried):
    told(place.agent, is_urgent=True)
    assert carried == [[Notice.objects.get().pk]]


def test_the_same_choice_again_is_silent(place, carried):
    for _ in range(2):
        choose_notices([("weather", "pigeon")], by=acting(place.agent))
    assert Entry.objects.filter(fact="person.notices_chosen").count() == 1


def test_after_ninety_days_a_notice_is_forgotten(place):
    with clock.at(clock.now() - timedelta(days=91)):
        told(place.agent, key="old")
    told(place.agent, key="new")
    assert forget_old_notices() == 1
    assert Notice.objects.get().key == "new"
