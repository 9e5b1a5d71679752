import pytest
from builders import acting, an_agent, somebody_with

from ansvar.access.decisions import Role
from ansvar.notices.models import Notice
from ansvar.notices.queries import unseen_notices
from ansvar.tickets.commands import assign_ticket, change_owner
from ansvar.tickets.commands.passing import pass_ownership, take_back
from ansvar.tickets.queries import viewer_of
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def told(person):
    return [one.text for one in unseen_notices(viewer_of(person.pk))]


def test_who_comes_to_answer_for_a_ticket_is_told_by_whom():
    place = a_workplace()
    ticket, to = a_ticket(place, by=place.by), an_agent(place.desk)
    change_owner(ticket.pk, to=to, by=place.by)
    assert told(to) == [f"{place.agent.name} let you answer for {ticket}"]


def test_many_in_one_act_are_told_once_and_one_by_its_name():
    place = a_workplace()
    ids, to = [a_ticket(place, by=place.by).pk for _ in range(3)], an_agent(place.desk)
    act = pass_ownership(ids, to=to, by=place.by)
    name = place.agent.name
    assert told(to) == [f"{name} let you answer for 3 tickets; there is a note on each"]
    take_back(act.pk, by=place.by)
    assert Notice.objects.count() == 1
    single, other = a_ticket(place, by=place.by), an_agent(place.desk)
    pass_ownership([single.pk], to=other, by=place.by)
    assert told(other) == [f"{name} let you answer for {single}"]


def test_who_takes_something_up_or_over_is_not_told_of_it():
    place = a_workplace()
    ticket = a_ticket(place)
    assign_ticket(ticket.pk, to=place.agent, by=place.by)
    lead = somebody_with(Role.TEAM_LEAD, place.desk)
    change_owner(ticket.pk, to=lead, by=acting(lead))
    pass_ownership([ticket.pk], to=lead, by=acting(lead))
    assert not Notice.objects.exists()
