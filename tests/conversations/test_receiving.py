from datetime import timedelta

import pytest
from budgets import Budget
from builders import an_agent
from mails import a_desk_with_mail, a_mail, a_mailbox, arrived
from queued_work import queued, run_queued

from ansvar.conversations import store
from ansvar.conversations.commands import discard_mail, read_inbound, release_mail, take_in
from ansvar.conversations.models import InboundMail, Message, OutboundMail
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.people.models import Person
from ansvar.tickets.commands import close_ticket, resolve_ticket, wait_with_ticket
from ansvar.tickets.decisions import State, WaitingFor
from ansvar.tickets.models import Link, Ticket

pytestmark = pytest.mark.django_db
Where = InboundMail.State


def opened(mailbox, raw: bytes | None = None) -> Ticket:
    inbound = arrived(mailbox, raw or a_mail())
    assert inbound.ticket is not None, inbound.reason
    return inbound.ticket


def test_a_mail_opens_a_ticket_for_its_sender():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox, a_mail("It is dead.\n\nReally.", subject="Re: Printer"))
    assert (ticket.subject, ticket.description) == ("Printer", "It is dead.\n\nReally.")
    assert (ticket.channel, ticket.desk) == ("email", mailbox.desk)
    assert ticket.requester.name == "Anna Berg"
    message = ticket.messages.get()
    assert (message.direction, message.author) == (Message.Direction.IN, ticket.requester)
    facts = Entry.objects.filter(subject_type="ticket", subject_id=ticket.pk)
    assert {"ticket.opened", "message.received"} <= set(facts.values_list("fact", flat=True))


def test_opening_a_ticket_from_a_mail_takes_few_statements(budget: Budget):
    mailbox = a_desk_with_mail()
    opened(mailbox)
    waiting = take_in(mailbox.pk, uid_validity=9, uid=1, raw=a_mail(subject="Another matter"))
    with budget("a mail becomes a ticket"):
        read_inbound(waiting.pk, mailbox=mailbox)
    waiting.refresh_from_db()
    assert waiting.state == Where.TAKEN


def test_a_known_sender_stays_one_person():
    mailbox = a_desk_with_mail()
    first = opened(mailbox, a_mail())
    second = opened(mailbox, a_mail(sender="ANNA@Example.com", subject="Other"))
    assert first.pk != second.pk
    assert first.requester == second.requester
    assert Person.objects.count() == 1


def test_reading_a_mail_twice_is_harmless():
    mailbox = a_desk_with_mail()
    inbound = arrived(mailbox, a_mail())
    read_inbound(inbound.pk)
    take_in(mailbox.pk, uid_validity=inbound.uid_validity, uid=inbound.uid, raw=a_mail())
    run_queued("conversations.read_stored")
    assert Ticket.objects.count() == Message.objects.count() == InboundMail.objects.count() == 1


def test_files_and_pictures_are_kept():
    files = (("../../etc/list.pdf", "application/pdf", b"%PDF-1"),)
    ticket = opened(a_desk_with_mail(), a_mail(html="<p>See</p>", files=files))
    attachment = ticket.messages.get().attachments.get()
    assert (attachment.name, attachment.media_type) == ("etc_list.pdf", "application/pdf")
    assert store.read(attachment.sha256) == b"%PDF-1"


def test_an_answer_to_our_mail_joins_its_ticket():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox)
    run_queued("kernel.run_reaction")
    ours = ticket.messages.get(direction=Message.Direction.OUT)
    assert opened(mailbox, a_mail("More", subject="Quite other", answers=ours.message_id)) == ticket
    assert [message.text for message in ticket.messages.filter(direction="in")][1] == "More"


def test_an_answer_to_the_senders_own_mail_joins_too():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox, a_mail(Message_ID="<first@example.com>"))
    assert opened(mailbox, a_mail("And also", answers="first@example.com")) == ticket


def test_the_reference_in_the_subject_joins_for_the_requester():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox)
    assert opened(mailbox, a_mail("More", subject=f"About {ticket.reference}")) == ticket


def test_a_stranger_who_names_a_ticket_gets_one_of_his_own():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox)
    other = opened(
        mailbox, a_mail("Tell me", sender="eve@evil.test", subject=f"Re: [{ticket.reference}] x")
    )
    assert other != ticket
    assert Link.objects.get(ticket=other).other == ticket
    assert ticket.messages.count() == 1


def test_who_was_copied_in_may_answer_and_takes_part_from_then_on():
    mailbox = a_desk_with_mail()
    raw = a_mail(Message_ID="<first@example.com>", Cc="Bo <bo@example.com>")
    ticket = opened(mailbox, raw)
    answer = a_mail("Me too", sender="bo@example.com", answers="first@example.com")
    assert opened(mailbox, answer) == ticket
    assert [str(one) for one in ticket.participants.all()] == ["Bo"]


def test_an_answer_wakes_a_ticket_that_waits_for_the_requester():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox)
    wait_with_ticket(
        ticket.pk, waiting_for=WaitingFor.REQUESTER, note="Which one?", until=None, by=SYSTEM
    )
    opened(mailbox, a_mail("The third", subject=ticket.reference))
    ticket.refresh_from_db()
    assert ticket.state != State.WAITING
    assert ticket.requester_spoke_at is not None


def resolved(mailbox) -> Ticket:
    ticket = opened(mailbox)
    resolve_ticket(ticket.pk, resolution="Cable was out.", by=SYSTEM)
    return ticket


def test_an_answer_to_a_resolved_ticket_takes_it_up_again():
    mailbox = a_desk_with_mail()
    ticket = resolved(mailbox)
    assert opened(mailbox, a_mail("No, it is not", subject=ticket.reference)) == ticket
    ticket.refresh_from_db()
    assert (ticket.is_open, ticket.reopen_count) == (True, 1)


def test_an_answer_long_after_closing_opens_a_new_ticket_beside_the_old():
    mailbox = a_desk_with_mail()
    ticket = resolved(mailbox)
    close_ticket(ticket.pk, by=SYSTEM)
    within, after = timedelta(days=4), timedelta(days=30)
    with clock.at(clock.now() + after):
        other = opened(mailbox, a_mail("Again", subject=ticket.reference))
    assert other != ticket
    assert Link.objects.get(ticket=other).other == ticket
    with clock.at(clock.now() + within):
        assert opened(mailbox, a_mail("Soon", subject=ticket.reference)) == ticket


def test_one_mail_to_two_desks_is_one_ticket_each():
    first, second = a_desk_with_mail(), a_desk_with_mail()
    beside = a_mailbox(first.desk)
    raw = a_mail(to=f"{first}, {second}, {beside}")
    tickets = {opened(first, raw).desk, opened(second, raw).desk}
    again = arrived(beside, b"Received: by another way\n" + raw)
    assert tickets == {first.desk, second.desk}
    assert again.state == Where.IGNORED
    assert "already on" in again.reason
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"sender": "MAILER-DAEMON@corp.test"},
    ],
)
def test_mail_of_a_program_opens_no_ticket_and_says_why(headers):
    inbound = arrived(a_desk_with_mail(), a_mail(**headers))
    assert inbound.state == Where.IGNORED
    assert "A program sent it" in inbound.reason
    assert not Ticket.objects.exists()


def test_an_absence_notice_joins_its_ticket_without_waking_it():
    mailbox = a_desk_with_mail()
    ticket = resolved(mailbox)
    run_queued("kernel.run_reaction")
    ours = ticket.messages.filter(direction="out").last()
    notice = a_mail("I am away", answers=ours.message_id, Auto_Submitted="auto-replied")
    assert opened(mailbox, notice) == ticket
    ticket.refresh_from_db()
    assert ticket.state == State.RESOLVED
    assert run_queued("kernel.run_reaction") == []


def test_our_own_mail_and_mail_of_a_desk_are_left_aside():
    mailbox, other = a_desk_with_mail(), a_desk_with_mail()
    loop = arrived(mailbox, a_mail(sender=other.address))
    assert loop.state == Where.IGNORED
    assert other.address in loop.reason
    ticket = opened(mailbox)
    run_queued("kernel.run_reaction")
    ours = ticket.messages.get(direction="out")
    back = arrived(mailbox, a_mail(sender="x@y.test", Message_ID=f"<{ours.message_id}>"))
    assert (back.state, back.ticket) == (Where.IGNORED, None)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "empty"),
        (b"no header at all", "no header"),
        (a_mail(sender=None), "no sender"),
        (a_mail(sender="a@" + "b" * 250), "no sender"),
        (a_mail("", subject=""), "says nothing"),
    ],
)
def test_what_cannot_become_a_ticket_is_quarantined_with_a_reason(raw: bytes, why: str):
    inbound = arrived(a_desk_with_mail(), raw)
    assert inbound.state == Where.QUARANTINED
    assert why in inbound.reason
    assert Entry.objects.filter(fact="mail.quarantined", subject_id=inbound.pk).exists()


def test_a_desk_without_a_team_quarantines_and_the_mail_can_be_let_through_later():
    mailbox = a_mailbox()
    mailbox.desk.teams.update(is_default=False)
    inbound = arrived(mailbox, a_mail())
    assert inbound.state == Where.QUARANTINED
    assert "no team" in inbound.reason
    mailbox.desk.teams.update(is_default=True)
    release_mail(inbound.pk, by=SYSTEM)
    run_queued("conversations.read_mail")
    inbound.refresh_from_db()
    assert inbound.state == Where.TAKEN


def test_mail_of_a_program_can_be_let_through_and_is_not_answered():
    inbound = arrived(a_desk_with_mail(), a_mail(Precedence="bulk"))
    release_mail(inbound.pk, by=SYSTEM)
    run_queued()
    inbound.refresh_from_db()
    assert inbound.ticket is not None
    assert not OutboundMail.objects.exists()


def test_a_discarded_mail_is_kept_and_not_shown():
    inbound = arrived(a_desk_with_mail(), b"nonsense")
    discard_mail(inbound.pk, by=SYSTEM)
    inbound.refresh_from_db()
    assert inbound.state == Where.DISCARDED
    assert store.read(inbound.sha256) == b"nonsense"


def test_an_agent_answers_from_his_own_mail_program():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox, a_mail(Message_ID="<first@example.com>"))
    agent = an_agent(mailbox.desk, email="agent@corp.test")
    opened(mailbox, a_mail("Try again", sender="agent@corp.test", answers="first@example.com"))
    answer = ticket.messages.get(direction="out")
    assert (answer.author, answer.text, answer.to) == (agent, "Try again", ["anna@example.com"])
    assert answer.outbound.state == OutboundMail.State.QUEUED
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.requester_spoke_at) == (agent, None)


def test_an_agents_answer_that_reached_the_requester_is_not_sent_again():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox, a_mail(Message_ID="<first@example.com>"))
    an_agent(mailbox.desk, email="agent@corp.test")
    raw = a_mail(
        "Try again",
        sender="agent@corp.test",
        to="anna@example.com",
        answers="first@example.com",
    )
    opened(mailbox, raw)
    assert ticket.messages.filter(direction="out").exists()
    assert not OutboundMail.objects.exists()


def test_an_agent_who_only_names_the_ticket_writes_a_note():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox)
    agent = an_agent(mailbox.desk, email="agent@corp.test")
    opened(mailbox, a_mail("Cable?", sender="agent@corp.test", subject=ticket.reference))
    assert [(note.author, note.text) for note in ticket.notes.all()] == [(agent, "Cable?")]
    assert ticket.messages.count() == 1


def test_a_bounce_shows_that_the_answer_did_not_arrive():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox)
    run_queued("kernel.run_reaction")
    ours = ticket.messages.get(direction="out")
    OutboundMail.objects.filter(message=ours).update(state=OutboundMail.State.SENT)
    bounce = (
        "From: MAILER-DAEMON@mx.test\nTo: desk@corp.test\nSubject: Undelivered\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.test\n\nFinal-Recipient: rfc822; anna@example.com\n"
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: <{ours.message_id}>\nSubject: x\n\nHi\n"
        "--b--\n"
    )
    assert opened(mailbox, bounce.encode()) == ticket
    outbound = OutboundMail.objects.get(message=ours)
    assert outbound.state == OutboundMail.State.FAILED
    assert "550 no such user" in outbound.error
    assert Entry.objects.filter(fact="message.failed", subject_id=ticket.pk).exists()


def test_the_opener_is_told_the_number():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox)
    run_queued("kernel.run_reaction")
    message = ticket.messages.get(direction="out")
    assert ticket.reference in message.text
    assert message.outbound.in_reply_to == ticket.messages.get(direction="in").message_id
    assert [job[1] for job in queued()] == ["conversations.send_mail"]


@pytest.mark.parametrize("headers", [{"List_Id": "<x.y>"}, {"sender": "noreply@shop.test"}])
def test_lists_and_noreply_addresses_open_tickets_but_are_not_answered(headers):
    ticket = opened(a_desk_with_mail(), a_mail(**headers))
    run_queued("kernel.run_reaction")
    assert not ticket.messages.filter(direction="out").exists()


def test_a_loop_of_automatic_answers_is_stopped_and_shown():
    mailbox = a_desk_with_mail()
    for number in range(8):
        opened(mailbox, a_mail(subject=f"Number {number}"))
    run_queued("kernel.run_reaction")
    states = list(OutboundMail.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["queued"] * 6 + ["stopped"] * 2
    assert "within an hour" in OutboundMail.objects.filter(state="stopped").first().error
    assert Entry.objects.filter(fact="message.stopped").count() == 2
