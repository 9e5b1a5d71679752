from datetime import timedelta

import pytest
from builders import a_person
from django.db.models import F, Q

from ansvar.kernel import clock
from ansvar.kernel.composed import Composed, FrozenTime, Given, IdsGiven, Tally, among
from ansvar.people.models import Person
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import viewer_of
from ansvar.tickets.queue import counts, page_of, views
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def test_a_question_is_answered_for_the_values_of_each_asking():
    ylva, olle = a_person(name="Ylva 100% Test"), a_person(name="Olle Test")
    asked = Composed(Person.objects.filter(pk=Given("person")).annotate(called=F("name")))
    assert [asked.first(person=one.pk) for one in (ylva, olle)] == [ylva, olle]
    assert asked.first(person=ylva.pk).called == "Ylva 100% Test"
    assert asked.first(person=0) is None


def test_what_is_no_place_is_written_into_the_statement_harmlessly():
    name = "O'Neil 100%s \\ %(person)s"
    found = a_person(name=name)
    assert Composed(Person.objects.filter(name=name)).rows() == [found]


def test_any_number_of_ids_is_one_statement():
    people = [a_person() for _ in range(3)]
    asked = Composed(Person.objects.filter(among("id", IdsGiven("ids"))).order_by("id"))
    for ids in ([], [people[0].pk], [one.pk for one in people]):
        assert [one.pk for one in asked.rows(ids=ids)] == ids


def test_a_tally_counts_up_to_its_bounds():
    a_person(name="Ylva Test"), a_person(name="Ylva Test")
    named = Person.objects.filter(name=Given("name")).values("pk")
    tally = Tally({"all": named[:10], "bounded": named[:1]})
    assert tally.of(name="Ylva Test") == {"all": 2, "bounded": 1}


def test_a_time_cannot_be_composed_into_a_question():
    with pytest.raises(FrozenTime):
        Composed(Ticket.objects.filter(Q(due_at__lt=clock.now())))


def test_views_go_by_the_time_at_which_they_are_asked():
    place = a_workplace()
    ticket = a_ticket(place)
    Ticket.objects.filter(pk=ticket.pk).update(due_at=clock.now() + timedelta(hours=2))
    me = viewer_of(place.agent.pk)
    assert not page_of(views["overdue"], me, place.desk.pk).tickets
    assert counts(me, place.desk.pk)["overdue"] == 0
    with clock.at(clock.now() + timedelta(hours=3)):
        assert page_of(views["overdue"], me, place.desk.pk).tickets == [ticket]
        assert counts(me, place.desk.pk)["overdue"] == 1
