from datetime import timedelta

import pytest
from builders import a_number, a_person, acting, an_agent
from dovecot import PASSWORD
from mails import a_desk_with_mail, a_mail, a_mailbox, arrived
from queued_work import queued, run_queued

from ansvar.conversations.commands import (
    MailNotTaken,
    MailRefused,
    NewFile,
    NothingSaid,
    TooLate,
    deliver_mail,
    post_message,
    recall_message,
    write_reply,
)
from ansvar.conversations.commands.talking import TicketClosed
from ansvar.conversations.composing import Outgoing, as_bytes
from ansvar.conversations.models import Mailbox, Message, OutboundMail
from ansvar.conversations.queries import messages_for_requester, messages_of
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry, Failure
from ansvar.kernel.rights import NotPermitted
from ansvar.tickets.commands import add_participant, close_ticket, open_ticket, resolve_ticket
from ansvar.tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db


def a_ticket_by_mail(mailbox: Mailbox | None = None, **wanted) -> Ticket:
    ticket = arrived(mailbox or a_desk_with_mail(), a_mail(**wanted)).ticket
    assert ticket is not None
    run_queued("kernel.run_reaction")
    OutboundMail.objects.all().update(state=OutboundMail.State.SENT)
    return ticket


def facts_of(ticket: Ticket) -> list[str]:
    entries = Entry.objects.filter(subject_type="ticket", subject_id=ticket.pk).order_by("pk")
    return list(entries.values_list("fact", flat=True))


def test_a_reply_waits_as_long_as_it_can_be_taken_back():
    ticket = a_ticket_by_mail()
    agent = an_agent(ticket.desk)
    message = write_reply(ticket.pk, text="Try **this**", by=acting(agent))
    assert message.to == ["anna@example.com"]
    assert "<strong>this</strong>" in message.html
    assert message.outbound.send_after == message.said_at + timedelta(seconds=8)
    assert message in messages_of(ticket)
    assert message not in messages_for_requester(ticket)
    with clock.at(clock.now() + timedelta(seconds=9)):
        assert message in messages_for_requester(ticket)
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.requester_spoke_at) == (agent, None)


def test_a_recalled_reply_is_never_sent_and_its_words_are_a_draft_again():
    ticket = a_ticket_by_mail()
    agent = an_agent(ticket.desk)
    message = write_reply(ticket.pk, text="Oops", by=acting(agent))
    recall_message(message.pk, by=acting(agent))
    with clock.at(clock.now() + timedelta(minutes=1)):
        run_queued("conversations.send_mail")
    message.outbound.refresh_from_db()
    assert message.outbound.state == OutboundMail.State.RECALLED
    assert message not in messages_of(ticket)
    assert Draft.objects.get(person=agent, place=f"ticket:{ticket.pk}:reply").text == "Oops"
    ticket.refresh_from_db()
    assert ticket.requester_spoke_at is not None
    with pytest.raises(TooLate):
        recall_message(message.pk, by=acting(agent))


def test_participants_get_a_copy_unless_the_agent_says_otherwise():
    ticket = a_ticket_by_mail()
    add_participant(ticket.pk, person=a_person(email="bo@example.com"), by=SYSTEM)
    assert write_reply(ticket.pk, text="Hi", by=SYSTEM).cc == ["bo@example.com"]
    assert write_reply(ticket.pk, text="Hi", cc=(), by=SYSTEM).cc == []


def test_a_reply_needs_words_and_the_right():
    ticket = a_ticket_by_mail()
    with pytest.raises(NothingSaid):
        write_reply(ticket.pk, text=" \x00 ", by=SYSTEM)
    with pytest.raises(NotPermitted):
        write_reply(ticket.pk, text="Hi", by=acting(ticket.requester))


def test_without_a_mailbox_the_portal_alone_shows_the_answer():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox)
    Mailbox.objects.filter(pk=mailbox.pk).update(is_active=False)
    message = write_reply(ticket.pk, text="Hi", by=SYSTEM)
    assert message.channel == "portal"
    assert not OutboundMail.objects.filter(message=message).exists()
    assert message in messages_for_requester(ticket)


def test_the_requester_speaks_on_the_portal():
    ticket = a_ticket_by_mail()
    write_reply(ticket.pk, text="Which one?", by=SYSTEM)
    files = [NewFile(name="a.txt", media_type="text/plain", content=b"1")]
    message = post_message(ticket.pk, text="Two", attachments=files, by=acting(ticket.requester))
    assert (message.direction, message.channel) == ("in", "portal")
    assert message.attachments.get().name == "a.txt"
    ticket.refresh_from_db()
    assert ticket.requester_spoke_at == message.said_at
    with pytest.raises(NotPermitted):
        post_message(ticket.pk, text="Me", by=acting(a_person()))


def test_words_on_the_portal_take_a_resolved_ticket_up_again_but_not_one_closed_long_ago():
    ticket = a_ticket_by_mail()
    resolve_ticket(ticket.pk, resolution="Done", by=SYSTEM)
    post_message(ticket.pk, text="No", by=acting(ticket.requester))
    ticket.refresh_from_db()
    assert ticket.is_open
    resolve_ticket(ticket.pk, resolution="Done", by=SYSTEM)
    close_ticket(ticket.pk, by=SYSTEM)
    with clock.at(clock.now() + timedelta(days=30)), pytest.raises(TicketClosed):
        post_message(ticket.pk, text="No", by=acting(ticket.requester))


def test_the_resolution_goes_out_with_both_links_and_once():
    ticket = a_ticket_by_mail()
    resolve_ticket(ticket.pk, resolution="The cable was out.", by=SYSTEM)
    entry = Entry.objects.get(fact="ticket.resolved", subject_id=ticket.pk)
    run_queued("kernel.run_reaction")
    from ansvar.conversations.reactions import ask_whether_it_works  # noqa: PLC0415

    ask_whether_it_works(entry.restored, entry)
    message = Message.objects.get(key__startswith="resolution:")
    assert "The cable was out." in message.text
    assert "answer=yes" in message.text
    assert "answer=no" in message.text


def test_closing_is_told_only_when_nobody_has_said_anything():
    for how, told in (("agent", False), ("quiet", True)):
        ticket = a_ticket_by_mail()
        resolve_ticket(ticket.pk, resolution="Done", by=SYSTEM)
        close_ticket(ticket.pk, how=how, by=SYSTEM)
        run_queued("kernel.run_reaction")
        found = ticket.messages.filter(key__startswith="closed:")
        assert found.exists() is told


def test_a_ticket_opened_on_the_portal_is_not_acknowledged_by_mail():
    mailbox = a_desk_with_mail()
    person = a_person()
    ticket = open_ticket(
        desk=mailbox.desk, requester=person, subject="x", channel="portal", by=acting(person)
    )
    run_queued("kernel.run_reaction")
    assert not ticket.messages.exists()


# With a real mail server.


def real_mailbox(mail_server) -> Mailbox:
    mailbox = a_desk_with_mail()
    address = mail_server.add_user(f"desk{a_number()}@corp.test")
    return a_mailbox(
        mailbox.desk,
        address=address,
        smtp_port=mail_server.smtp_port,
        smtp_user=address,
        smtp_password=PASSWORD,
        display_name="IT, Service Desk",
    )


def sent(outbound: OutboundMail) -> OutboundMail:
    with clock.at(clock.now() + timedelta(minutes=1)):
        deliver_mail(outbound.pk)
    outbound.refresh_from_db()
    return outbound


@pytest.mark.realparts
def test_the_senders_mailbox_shows_the_whole_conversation_as_one(mail_server):
    mailbox = real_mailbox(mail_server)
    anna = mail_server.add_user(f"anna{a_number()}@example.com")
    first = arrived(mailbox, a_mail(sender=anna, Message_ID=f"<{a_number()}@example.com>"))
    ticket = first.ticket
    run_queued()
    files = [NewFile(name="hj\u00e4lp.txt", media_type="text/plain", content=b"step 1")]
    reply = write_reply(ticket.pk, text="Try *this*", attachments=files, by=SYSTEM)
    sent(reply.outbound)
    more = arrived(mailbox, a_mail("No", sender=anna, answers=reply.message_id))
    assert more.ticket == ticket
    sent(write_reply(ticket.pk, text="Then that", by=SYSTEM).outbound)

    mails = mail_server.inbox(anna)
    assert mail_server.threads(anna) == "(1 2 3)"
    acknowledgement, answer, last = mails
    assert acknowledgement["Auto-Submitted"] == "auto-generated"
    assert answer["Subject"] == f"Re: [{ticket.reference}] Cash desk 3"
    assert answer["From"] == f'"IT, Service Desk" <{mailbox.address}>'
    assert answer["Auto-Submitted"] is None
    assert first.message_id in answer["References"]
    assert last["In-Reply-To"] == f"<{more.message_id}>"
    assert "Try *this*" in answer.get_body(["plain"]).get_content()
    assert "<em>this</em>" in answer.get_body(["html"]).get_content()
    attached = next(iter(answer.iter_attachments()))
    assert (attached.get_filename(), attached.get_content()) == ("hj\u00e4lp.txt", "step 1")
    assert "message.delivered_to_server" in facts_of(ticket)


def test_long_ids_are_not_broken_on_their_way():
    long_id = "x" * 120 + "@eur05.prod.outlook.com"
    raw = as_bytes(
        Outgoing(
            sender_name="IT",
            sender="it@corp.test",
            to=["anna@example.com"],
            subject="Ä" * 90,
            text="Hi",
            message_id="1@corp.test",
            in_reply_to=long_id,
            references=[long_id, "2@corp.test"],
            written_at=clock.now(),
        )
    )
    assert f"In-Reply-To: <{long_id}>\r\n".encode() in raw
    assert f"References: <{long_id}>\r\n <2@corp.test>\r\n".encode() in raw
    assert max(map(len, raw.split(b"\r\n"))) < 200


@pytest.mark.realparts
def test_a_mail_leaves_when_the_server_is_back_and_only_once(mail_server):
    mailbox = real_mailbox(mail_server)
    anna = mail_server.add_user(f"anna{a_number()}@example.com")
    ticket = a_ticket_by_mail(mailbox, sender=anna)
    outbound = write_reply(ticket.pk, text="Hi", by=SYSTEM).outbound
    with mail_server.smtp_down(), pytest.raises(MailNotTaken, match="Nobody answers"):
        sent(outbound)
    outbound.refresh_from_db()
    assert (outbound.state, outbound.attempts) == (OutboundMail.State.QUEUED, 1)
    assert "Nobody answers" in outbound.error
    assert sent(outbound).state == OutboundMail.State.SENT
    sent(outbound)
    assert [mail["Message-ID"] for mail in mail_server.inbox(anna)] == [
        f"<{outbound.message.message_id}>"
    ]


@pytest.mark.realparts
def test_a_crash_between_the_servers_yes_and_our_note_repeats_the_same_id(mail_server):
    mailbox = real_mailbox(mail_server)
    anna = mail_server.add_user(f"anna{a_number()}@example.com")
    ticket = a_ticket_by_mail(mailbox, sender=anna)
    outbound = write_reply(ticket.pk, text="Hi", by=SYSTEM).outbound
    sent(outbound)
    OutboundMail.objects.filter(pk=outbound.pk).update(state=OutboundMail.State.QUEUED)
    sent(outbound)
    assert len({mail["Message-ID"] for mail in mail_server.inbox(anna)}) == 1


@pytest.mark.realparts
def test_a_refused_mail_is_shown_on_the_ticket_and_as_failed_work_at_once(mail_server):
    mailbox = real_mailbox(mail_server)
    ticket = a_ticket_by_mail(mailbox, sender="gone@example.com")
    outbound = write_reply(ticket.pk, text="Hi", by=SYSTEM).outbound
    with clock.at(clock.now() + timedelta(minutes=1)):
        run_queued("conversations.send_mail")
    outbound.refresh_from_db()
    assert outbound.state == OutboundMail.State.FAILED
    assert "doesn't exist" in outbound.error
    assert facts_of(ticket)[-1] == "message.failed"
    failure = Failure.objects.get()
    assert (failure.work, ticket.reference in failure.about) == ("conversations.send_mail", True)
    mail_server.add_user("gone@example.com")
    with clock.at(clock.now() + timedelta(minutes=1)):
        deliver_mail(outbound.pk)
    outbound.refresh_from_db()
    assert outbound.state == OutboundMail.State.SENT


@pytest.mark.realparts
def test_a_wrong_password_is_tried_again_because_it_can_be_mended(mail_server):
    mailbox = real_mailbox(mail_server)
    ticket = a_ticket_by_mail(mailbox)
    Mailbox.objects.filter(pk=mailbox.pk).update(smtp_password="")
    outbound = write_reply(ticket.pk, text="Hi", by=SYSTEM).outbound
    with pytest.raises(MailNotTaken, match="refused the user name or the password"):
        sent(outbound)


def test_after_the_last_try_a_mail_counts_as_failed():
    ticket = a_ticket_by_mail()
    outbound = write_reply(ticket.pk, text="Hi", by=SYSTEM).outbound
    OutboundMail.objects.filter(pk=outbound.pk).update(attempts=13)
    with pytest.raises(MailNotTaken):
        sent(outbound)
    outbound.refresh_from_db()
    assert outbound.state == OutboundMail.State.FAILED
    assert facts_of(ticket)[-1] == "message.failed"


def test_a_mail_whose_time_has_not_come_is_left_until_then():
    ticket = a_ticket_by_mail()
    outbound = write_reply(ticket.pk, text="Hi", by=SYSTEM).outbound
    assert not issubclass(MailRefused, MailNotTaken)
    deliver_mail(outbound.pk)
    outbound.refresh_from_db()
    assert outbound.state == OutboundMail.State.QUEUED
    with clock.at(clock.now() + timedelta(minutes=1)):
        waiting = [job[2]["outbound_id"] for job in queued("conversations.send_mail")]
    assert waiting.count(outbound.pk) == 2
