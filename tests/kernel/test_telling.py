import pytest
from builders import a_person, acting

from ansvar.kernel.telling import tell
from ansvar.tickets.commands import add_participant, assign_ticket, wait_with_ticket
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.queries import timeline_entries
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def words_of(ticket) -> list[str]:
    return [f"{told.actor} {told.words}" for told in tell(timeline_entries(ticket.pk))]


def test_a_timeline_reads_as_sentences_with_todays_names():
    place, colleague = a_workplace(), a_person(name="Ola Fors")
    ticket = a_ticket(place, requester=a_person(name="Sara Lind"))
    assign_ticket(ticket.pk, to=place.agent, by=place.by)
    add_participant(ticket.pk, person=colleague, by=place.by)
    wait_with_ticket(
        ticket.pk, waiting_for=WaitingFor.SUPPLIER, note="A new card reader.", by=place.by
    )
    agent = place.agent.name
    assert words_of(ticket) == [
        "Sara Lind opened the ticket",
        f"{agent} made themselves answer for the ticket",
        f"{agent} assigned the ticket to themselves",
        f"{agent} let Ola Fors take part",
        f"{agent} let it wait for a supplier. A new card reader.",
    ]


def test_telling_costs_as_many_queries_for_many_entries_as_for_few(django_assert_num_queries):
    place = a_workplace()
    ticket = a_ticket(place)
    for _ in range(3):
        assign_ticket(ticket.pk, to=place.agent, by=place.by)
        assign_ticket(ticket.pk, to=None, by=acting(place.agent))
    entries = list(timeline_entries(ticket.pk))
    with django_assert_num_queries(1):
        assert len(tell(entries)) == len(entries) == 8
