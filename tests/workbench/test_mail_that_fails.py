"""What agents and administrators see of mail that did not arrive."""

from builders import an_administrator
from desktops import Desktop, client_of
from django.test import Client
from django.urls import reverse
from mails import a_mailbox

from ansvar.conversations.commands import write_reply
from ansvar.conversations.models import Message, OutboundMail
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.commands import note_contact_point_fails
from ansvar.tickets.models import Ticket
from tickets import a_ticket


def a_failed_answer(desk: Desktop, **state: object) -> Message:
    if not desk.desk.mailboxes.exists():
        a_mailbox(desk.desk)
    message = write_reply(a_ticket(desk).pk, text="Is it on?", by=desk.by)
    wanted = {"state": OutboundMail.State.FAILED, "error": "There is no such mailbox.", **state}
    OutboundMail.objects.filter(message=message).update(**wanted)
    return message


def words_of(client: Client, ticket: Ticket) -> str:
    return client.get(reverse("ticket", args=[ticket.reference])).content.decode()


def test_the_ticket_says_why_a_message_failed_and_offers_to_try_again(
    desk: Desktop, client: Client
):
    message = a_failed_answer(desk)
    again = reverse("message-send-again", args=[message.ticket.reference, message.pk])
    assert "There is no such mailbox." in words_of(client, message.ticket)
    assert again in words_of(client, message.ticket)
    client.post(again)
    message.outbound.refresh_from_db()
    assert message.outbound.state == OutboundMail.State.QUEUED
    assert again not in words_of(client, message.ticket)
    assert client.post(again).status_code == 409


def test_an_agent_of_another_desk_sends_nothing_again(desk: Desktop, stranger: Client):
    message = a_failed_answer(desk)
    again = reverse("message-send-again", args=[message.ticket.reference, message.pk])
    assert stranger.post(again).status_code == 404


def test_an_address_that_fails_is_marked_where_somebody_would_write_to_it(
    desk: Desktop, client: Client
):
    ticket = a_ticket(desk)
    address = ticket.requester.contact_points.get().normalised
    assert "does not reach" not in words_of(client, ticket)
    note_contact_point_fails(address, failure="User unknown", by=SYSTEM)
    page = words_of(client, ticket)
    assert "Mail does not reach this address: User unknown" in page
    assert "Mail does not reach this address since" in page
    person = client.get(reverse("person", args=[ticket.requester_id])).content.decode()
    assert "Mail does not reach this address since" in person


def test_administrators_see_what_was_held_back(desk: Desktop):
    message = a_failed_answer(
        desk, state=OutboundMail.State.STOPPED, error="6 automatic mails", send_after=clock.now()
    )
    mine = client_of(an_administrator(desk.desk)).get(reverse("mail")).content.decode()
    assert "6 automatic mails" in mine
    assert message.ticket.reference in mine
    other = client_of(an_administrator(a_mailbox().desk)).get(reverse("mail")).content.decode()
    assert "6 automatic mails" not in other
