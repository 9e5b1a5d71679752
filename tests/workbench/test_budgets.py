"""What the pages used all day may cost, whatever there is to show."""

from budgets import Budget
from builders import a_person, a_team, acting, an_agent
from desktops import Desktop
from django.test import Client
from levels import a_level, a_row

from ansvar.conversations.commands.talking import post_message, write_reply
from ansvar.tickets.commands import (
    add_note,
    add_participant,
    assign_ticket,
    classify_ticket,
    hand_over_ticket,
    link_tickets,
)
from ansvar.tickets.models import Link, Ticket
from tickets import a_ticket, handed_back

MOST_QUEUE_QUERIES = 12
MOST_TICKET_QUERIES = 16


def a_lived_ticket(desk: Desktop) -> Ticket:
    ticket = a_ticket(desk, service=desk.service, site=desk.site, description="It does not print.")
    assign_ticket(ticket.pk, to=desk.agent, by=desk.by)
    classify_ticket(ticket.pk, script_version_id=desk.script.pk, answers=[1, 0], by=desk.by)
    add_note(ticket.pk, text="Looked at it.", by=desk.by)
    write_reply(ticket.pk, text="We are on it.", by=desk.by)
    post_message(ticket.pk, text="Thank you.", by=acting(ticket.requester))
    add_participant(ticket.pk, person=a_person(), by=desk.by)
    other = a_ticket(desk, requester=ticket.requester)
    link_tickets(ticket.pk, other_id=other.pk, relation=Link.Relation.RELATED, by=desk.by)
    hand_over_ticket(ticket.pk, team=desk.second, reason="Needs a part.", by=desk.by)
    return ticket


def test_queue_costs_the_same_for_few_and_many_tickets(
    desk: Desktop, client: Client, budget: Budget
):
    for number in (2, 20):
        for _ in range(number):
            a_ticket(desk, service=desk.service, site=desk.site)
        with budget("queue page"):
            assert client.get("/queue/needs-you/").status_code == 200


def test_every_view_costs_the_same(desk: Desktop, client: Client, budget: Budget):
    for _ in range(3):
        a_lived_ticket(desk)
    with budget("queue page, all open"):
        client.get("/queue/open/")


def test_ticket_page(desk: Desktop, client: Client, budget: Budget):
    ticket = a_lived_ticket(desk)
    with budget("ticket page"):
        assert client.get(f"/tickets/{ticket.reference}/").status_code == 200
    for _ in range(5):
        add_note(ticket.pk, text="Once more.", by=desk.by)
        write_reply(ticket.pk, text="Still on it.", by=desk.by)
        add_participant(ticket.pk, person=a_person(), by=desk.by)
    with budget("ticket page"):
        client.get(f"/tickets/{ticket.reference}/")


def test_pages_around_custody(desk: Desktop, client: Client, budget: Budget):
    ticket = a_lived_ticket(desk)
    for back in (desk.first, desk.second):
        for page in ("custody", "hand-over", "ask-others", "expected"):
            with budget(f"ticket {page}"):
                assert client.get(f"/tickets/{ticket.reference}/{page}/").status_code == 200
        a_team(desk.desk, members=(an_agent(team=desk.second),))
        handed_back(ticket, back, by=desk.by)


def test_times_of_a_ticket(desk: Desktop, client: Client, budget: Budget):
    a_level(desk.desk, a_row(reaction=30, resolution=240))
    ticket = a_lived_ticket(desk)
    for _ in range(2):
        with budget("ticket times"):
            client.get(f"/tickets/{ticket.reference}/clocks/")
        with budget("ticket clock"):
            client.get(f"/tickets/{ticket.reference}/clocks/resolution/1/")
        with budget("ticket page"):
            client.get(f"/tickets/{ticket.reference}/")
        for _message in range(5):
            write_reply(ticket.pk, text="Still on it.", by=desk.by)


def test_peek_beside_the_queue(desk: Desktop, client: Client, budget: Budget):
    ticket = a_lived_ticket(desk)
    with budget("queue peek"):
        client.get(f"/queue/peek/{ticket.reference}/")


def test_search(desk: Desktop, client: Client, budget: Budget):
    for number in (1, 6):
        for _ in range(number):
            a_ticket(desk, requester=a_person(name="Ylva Person"), subject="Ylva needs help")
        with budget("search page"):
            assert client.get("/search/?q=ylva").status_code == 200


def test_service_page(desk: Desktop, client: Client, budget: Budget):
    for number in (1, 5):
        for _ in range(number):
            a_ticket(desk, service=desk.service)
        with budget("service page"):
            client.get(f"/services/{desk.service.pk}/")


def test_person_page(desk: Desktop, client: Client, budget: Budget):
    person = a_person()
    for number in (1, 5):
        for _ in range(number):
            a_ticket(desk, requester=person)
        with budget("person page"):
            client.get(f"/people/{person.pk}/")
