from datetime import datetime, timedelta

import pytest
from builders import an_agent
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ansvar.kernel import clock
from ansvar.tickets.commands import (
    assign_ticket,
    hand_over_ticket,
    note_due,
    override_priority,
    start_work,
)
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import viewer_of
from ansvar.tickets.queue import counts, page_of, views
from ansvar.tickets.sight import visible_tickets
from tickets import a_resolved_ticket, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def refs(view: str, viewer, desk_id=None) -> set[str]:
    return {ticket.reference for ticket in page_of(views[view], viewer, desk_id).tickets}


def test_an_agent_sees_the_own_desk_only():
    place, elsewhere = a_workplace(), a_workplace()
    mine, _theirs = a_ticket(place), a_ticket(elsewhere)
    assert list(visible_tickets(viewer_of(place.agent.pk))) == [mine]


def test_a_requester_sees_nothing_in_the_workbench():
    ticket = a_ticket()
    assert not visible_tickets(viewer_of(ticket.requester.pk)).exists()


def test_the_views_hold_what_they_say():
    place = a_workplace()
    other = an_agent(team=place.second)
    new = a_ticket(place)
    taken = assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    given_on = hand_over_ticket(
        a_ticket(place).pk, team=place.second, reason="x", assignee=other, by=place.by
    ).ticket
    done = a_resolved_ticket(place)
    me = viewer_of(place.agent.pk)
    assert refs("mine", me) == {taken.reference}
    assert refs("team", me) == {new.reference, taken.reference}
    assert refs("others", me) == {given_on.reference}
    assert refs("resolved", me) == {done.reference}
    assert refs("open", me) == {new.reference, taken.reference, given_on.reference}
    # The taken one needs me too: its requester has got no answer yet.
    assert refs("needs-you", me) == {new.reference, taken.reference}
    assert refs("needs-you", viewer_of(other.pk)) == {given_on.reference}


def test_counts_agree_with_the_views_and_cost_one_query():
    place = a_workplace()
    for _ in range(3):
        a_ticket(place)
    assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    me = viewer_of(place.agent.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = counts(me, place.desk.pk)
    assert len(queries) == 1
    assert found == {key: len(refs(key, me, place.desk.pk)) for key in found}
    assert found["open"] == 4


def test_higher_priority_comes_first_then_the_older():
    place = a_workplace()
    first, second, third = (a_ticket(place) for _ in range(3))
    override_priority(third.pk, priority=1, reason="Selling has stopped.", by=place.by)
    page = page_of(views["open"], viewer_of(place.agent.pk), place.desk.pk)
    assert [t.pk for t in page.tickets] == [third.pk, first.pk, second.pk]


def test_pages_follow_each_other_without_gap_or_repetition():
    place = a_workplace()
    made = [a_ticket(place).pk for _ in range(7)]
    me = viewer_of(place.agent.pk)
    seen, after = [], None
    while True:
        page = page_of(views["open"], me, place.desk.pk, after=after, size=3)
        seen += [ticket.pk for ticket in page.tickets]
        after = page.next
        if after is None:
            break
    assert seen == made


def test_done_tickets_come_latest_first_in_pages():
    place = a_workplace()
    made = [a_resolved_ticket(place).pk for _ in range(4)]
    me = viewer_of(place.agent.pk)
    first = page_of(views["resolved"], me, place.desk.pk, size=3)
    rest = page_of(views["resolved"], me, place.desk.pk, size=3, after=first.next)
    assert [t.pk for t in (*first.tickets, *rest.tickets)] == made[::-1]


def due(ticket: Ticket, *, work: int | None = None, update: int | None = None) -> Ticket:
    """Let something of a ticket be due in so many minutes."""

    def moment(minutes: int | None) -> datetime | None:
        return None if minutes is None else clock.now() + timedelta(minutes=minutes)

    note_due(ticket.pk, due_at=moment(work), answer_due_at=None, update_due_at=moment(update))
    return ticket


def test_what_is_due_first_comes_first_and_pages_go_on_there():
    place = a_workplace()
    for minutes in (300, -20, 60, None, 60):
        due(a_ticket(place), work=minutes)
    me = viewer_of(place.agent.pk)
    first = page_of(views["due"], me, None, size=2)
    second = page_of(views["due"], me, None, size=2, after=first.next)
    found = [ticket.due_at for ticket in (*first.tickets, *second.tickets)]
    assert len(found) == 4
    assert found == sorted(found)
    assert refs("overdue", me) == {first.tickets[0].reference}


def test_among_equals_what_is_due_comes_first_then_the_oldest():
    place = a_workplace()
    old, new, late, soon = (a_ticket(place) for _ in range(4))
    due(soon, work=300)
    due(late, work=-20)
    urgent = override_priority(a_ticket(place).pk, priority=1, reason="Till stands.", by=place.by)
    me = viewer_of(place.agent.pk)
    first = page_of(views["open"], me, place.desk.pk, size=4)
    second = page_of(views["open"], me, place.desk.pk, size=4, after=first.next)
    found = [ticket.pk for ticket in (*first.tickets, *second.tickets)]
    assert found == [urgent.pk, late.pk, soon.pk, old.pk, new.pk]


def test_the_team_that_holds_it_owes_the_update():
    place = a_workplace()
    other = an_agent(team=place.second)
    late, soon, later = (
        due(a_ticket(place), update=minutes).reference for minutes in (-5, 30, 300)
    )
    me = viewer_of(place.agent.pk)
    assert refs("update-due", me) == {late, soon}
    assert later not in refs("update-due", me)
    assert refs("update-due", viewer_of(other.pk)) == set()


def test_a_ticket_of_mine_needs_me_when_its_update_is_late():
    place = a_workplace()
    ticket = assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    start_work(ticket.pk, by=place.by)
    Ticket.objects.filter(pk=ticket.pk).update(requester_spoke_at=None)
    me = viewer_of(place.agent.pk)
    due(ticket, update=10)
    assert refs("needs-you", me) == set()
    due(ticket, update=-1)
    assert refs("needs-you", me) == {ticket.reference}
