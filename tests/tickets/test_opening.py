import pytest
from builders import a_desk, a_person, a_site, a_team, acting
from journal_checks import facts_recorded, records_nothing

from ansvar.kernel.actor import Actor
from ansvar.kernel.rights import NotPermitted
from ansvar.tickets.commands import open_ticket
from ansvar.tickets.commands.holding import NotThisDesk
from ansvar.tickets.commands.opening import NoTeam, NothingSaid
from ansvar.tickets.decisions import State
from ansvar.tickets.models import Ticket
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def test_a_ticket_has_a_reference_of_its_desk_that_counts_up():
    place = a_workplace()
    first, second = a_ticket(place), a_ticket(place)
    prefix = place.desk.prefix
    assert first.reference == f"{prefix}-1001"
    assert second.reference == f"{prefix}-1002"


def test_desks_count_apart():
    assert {a_ticket().reference.split("-")[1] for _ in range(2)} == {"1001"}


def test_a_new_ticket_lies_with_the_desks_first_team_and_nobody_owns_it():
    place = a_workplace()
    ticket = a_ticket(place)
    assert (ticket.state, ticket.team, ticket.assignee, ticket.owner) == (
        State.NEW,
        place.first,
        None,
        None,
    )
    spell = ticket.custody.get()
    assert (spell.team, spell.person, spell.ended_at) == (place.first, None, None)
    assert ticket.requester_spoke_at == ticket.opened_at


def test_an_agent_who_opens_a_ticket_answers_for_it():
    place = a_workplace()
    with facts_recorded() as facts:
        ticket = a_ticket(place, by=place.by)
    assert ticket.owner == place.agent
    assert facts[-2:] == ["ticket.opened", "ticket.owner_changed"]
    ticket.refresh_from_db()
    assert ticket.owner == place.agent
    assert ticket.requester_spoke_at is None


def test_the_site_is_the_requesters_unless_another_is_given():
    site, elsewhere = a_site(), a_site()
    requester = a_person(site=site)
    place = a_workplace()
    assert a_ticket(place, requester=requester).site == site
    assert a_ticket(place, requester=requester, site=elsewhere).site == elsewhere


def test_what_began_in_another_team_is_opened_there_by_who_may_open_tickets():
    place, requester, elsewhere = a_workplace(), a_person(), a_team()
    ticket = a_ticket(place, requester=requester, team=place.second, by=place.by)
    assert (ticket.team, ticket.custody.get().team) == (place.second, place.second)
    assert ticket.hand_over_count == 0
    with records_nothing():
        with pytest.raises(NotPermitted):
            a_ticket(place, requester=requester, team=place.second)
        with pytest.raises(NotThisDesk):
            a_ticket(place, requester=requester, team=elsewhere, by=place.by)


def test_somebody_else_may_not_open_a_ticket_for_a_person():
    place, requester, stranger = a_workplace(), a_person(), a_person()
    with records_nothing(), pytest.raises(NotPermitted):
        a_ticket(place, requester=requester, by=acting(stranger))
    assert not Ticket.objects.exists()


def test_an_agent_of_another_desk_may_not_open_a_ticket_here():
    place, other = a_workplace(), a_workplace()
    with pytest.raises(NotPermitted):
        a_ticket(place, by=other.by)


def test_a_ticket_without_words_is_refused():
    with pytest.raises(NothingSaid):
        a_ticket(subject="  \n ")


def test_a_desk_without_teams_says_what_to_do():
    desk, requester = a_desk(), a_person()
    with pytest.raises(NoTeam, match="Teams"):
        open_ticket(desk=desk, requester=requester, subject="x", by=acting(requester))


def test_a_long_subject_is_cut_and_nothing_of_the_description_is():
    ticket = a_ticket(subject="word " * 100, description="a\x00b" * 1000)
    assert len(ticket.subject) <= 250
    assert ticket.description == "ab" * 1000


def test_the_mailbox_may_open_tickets_for_anybody():
    place = a_workplace()
    ticket = a_ticket(place, by=Actor.integration("it@example.com"), channel="email")
    assert ticket.owner is None
    assert a_team(place.desk).is_default is False
