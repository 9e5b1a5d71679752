import pytest
from builders import acting, an_agent

from ansvar.tickets import searching
from ansvar.tickets.queries import viewer_of
from ansvar.tickets.searching import found_tickets, matching
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def test_words_are_found_in_the_language_of_the_ticket():
    place = a_workplace()
    english = a_ticket(place, subject="Printers are jamming", language="en")
    swedish = a_ticket(place, subject="Skrivarna krånglar", language="sv")
    a_ticket(place, subject="Something else")
    me = viewer_of(place.agent.pk)

    def found(text: str, viewer=me) -> list:
        return found_tickets(viewer, text, most=10).tickets

    assert found("printer jam") == [english]
    assert found("skrivare") == [swedish]
    assert found(swedish.reference.lower()) == [swedish]
    assert found("printer", viewer_of(acting(english.requester).id)) == []


def test_words_of_the_subject_weigh_more_than_those_of_the_description():
    place = a_workplace()
    in_subject = a_ticket(place, subject="Scanner is slow")
    a_ticket(place, subject="Something", description="Not the scanner, I think, but near it.")
    found = found_tickets(viewer_of(place.agent.pk), "scanner", most=1)
    assert found.tickets == [in_subject]
    assert found.is_all


def test_of_a_common_word_the_newest_are_looked_at_and_it_is_said(monkeypatch: pytest.MonkeyPatch):
    place = a_workplace()
    made = [a_ticket(place, subject="Label printer").pk for _ in range(4)]
    me = viewer_of(place.agent.pk)
    assert matching(me, "label") == searching.Matches(ids=made[::-1], is_all=True)
    monkeypatch.setattr(searching, "ENOUGH", 3)
    assert matching(me, "label") == searching.Matches(ids=made[::-1], is_all=False)
    monkeypatch.setattr(searching, "RANKED", 2)
    found = found_tickets(me, "label", most=10)
    assert {ticket.pk for ticket in found.tickets} == set(made[2:])
    assert (found.looked_at, found.is_all) == (2, False)


def test_what_is_found_is_what_may_be_seen():
    place, elsewhere = a_workplace(), a_workplace()
    mine, theirs = a_ticket(place, subject="Label"), a_ticket(elsewhere, subject="Label")
    assert matching(viewer_of(place.agent.pk), "label").ids == [mine.pk]
    assert matching(viewer_of(an_agent(elsewhere.desk).pk), "label").ids == [theirs.pk]
