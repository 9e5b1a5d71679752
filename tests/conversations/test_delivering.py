from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from mails import a_desk_with_mail, a_mail, arrived
from private_keys import a_private_key
from queued_work import run_queued
from small_servers import a_small_server

from ansvar.conversations.commands import (
    MailRefused,
    NewFile,
    NothingToSend,
    deliver_mail,
    edit_mailbox,
    recall_message,
    send_again,
    write_reply,
)
from ansvar.conversations.commands.handing_over import pause_before_sending
from ansvar.conversations.models import Mailbox, OutboundMail
from ansvar.conversations.parsing import split_reply
from ansvar.conversations.tokens import ticket_of_answer_token, token_in_address
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry, Failure
from ansvar.people.models import ContactPoint
from ansvar.tickets.commands import add_note
from ansvar.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def a_ticket_by_mail(mailbox: Mailbox, **wanted) -> Ticket:
    ticket = arrived(mailbox, a_mail(**wanted)).ticket
    assert ticket is not None
    return ticket


def sent(outbound: OutboundMail) -> None:
    with clock.at(clock.now() + timedelta(minutes=1)):
        deliver_mail(outbound.pk)
    outbound.refresh_from_db()


def outgoing_mail(ticket: Ticket, mailbox: Mailbox, text: str = "Is it on?") -> EmailMessage:
    """Let the desk answer, and return the mail as a server would get it."""
    outbound = write_reply(ticket.pk, text=text, by=SYSTEM).outbound
    taken = handed_over(mailbox, outbound)
    return message_from_bytes(taken, policy=policy.default)


def handed_over(mailbox: Mailbox, outbound: OutboundMail) -> bytes:
    with a_small_server() as server:
        Mailbox.objects.filter(pk=mailbox.pk).update(smtp_port=server.port)
        sent(outbound)
    return server.taken[-1]


def test_answers_find_their_ticket_by_the_address_when_the_mailbox_says_so():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox)
    Mailbox.objects.filter(pk=mailbox.pk).update(answer_address="plus")
    mail = outgoing_mail(ticket, mailbox)
    assert ticket_of_answer_token(token_in_address(mail["Reply-To"])) == ticket
    assert mailbox.address in mail["From"]


def test_above_the_reply_line_stands_the_answer_and_below_it_the_conversation():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox, sender="Anna Berg <anna@example.com>")
    Mailbox.objects.filter(pk=mailbox.pk).update(has_reply_line=True)
    add_note(ticket.pk, text="She sounds upset.", by=SYSTEM)
    mail = outgoing_mail(ticket, mailbox)
    for kind in ("plain", "html"):
        words = mail.get_body([kind]).get_content()
        assert words.index("Please answer above this line") < words.index("Is it on?")
        assert words.index("Is it on?") < words.index("Anna Berg") < words.index("prints nothing")
        assert "upset" not in words
    assert split_reply("It is.\n\n" + mail.get_body(["plain"]).get_content())[0] == "It is."


def test_somebody_who_takes_no_part_gets_the_answer_alone():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox)
    Mailbox.objects.filter(pk=mailbox.pk).update(has_reply_line=True)
    outbound = write_reply(ticket.pk, text="FYI", cc=["boss@other.test"], by=SYSTEM).outbound
    assert b"prints nothing" not in handed_over(mailbox, outbound)


def test_a_mail_leaves_with_a_signature_when_the_mailbox_has_a_key():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox)
    edit_mailbox(
        mailbox.pk,
        dkim_domain="corp.test",
        dkim_selector="desk",
        dkim_key=a_private_key(),
        by=SYSTEM,
    )
    assert outgoing_mail(ticket, mailbox)["DKIM-Signature"].startswith("v=1; a=ed25519-sha256")


def test_no_more_mails_leave_within_a_minute_than_the_server_allows():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox)
    outbounds = [write_reply(ticket.pk, text=f"{n}", by=SYSTEM).outbound for n in range(5)]
    start = clock.now() + timedelta(minutes=1)
    with a_small_server() as server:
        Mailbox.objects.filter(pk=mailbox.pk).update(smtp_port=server.port, sends_per_minute=2)
        counts = []
        for seconds in (0, 30, 61, 90, 122):
            with clock.at(start + timedelta(seconds=seconds)):
                for outbound in outbounds:
                    deliver_mail(outbound.pk)
            counts.append(len(server.taken))
    assert counts == [2, 2, 4, 4, 5]


def test_those_that_wait_for_their_minute_come_back_a_few_at_a_time():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox)
    outbounds = [write_reply(ticket.pk, text=f"{n}", by=SYSTEM).outbound for n in range(6)]
    with a_small_server() as server, clock.at(clock.now() + timedelta(minutes=1)):
        Mailbox.objects.filter(pk=mailbox.pk).update(smtp_port=server.port, sends_per_minute=2)
        for outbound in outbounds[:2]:
            deliver_mail(outbound.pk)
        mailbox.refresh_from_db()
        pauses = [pause_before_sending(mailbox, ahead=ahead) for ahead in range(4)]
        assert recall_message(outbounds[5].message_id, by=SYSTEM)
    assert [round(pause.total_seconds()) for pause in pauses] == [60, 60, 120, 120]


def test_a_mail_larger_than_the_server_takes_is_refused_in_words_before_it_is_sent():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox)
    big = [NewFile(name="a.bin", media_type="application/zip", content=b"x" * 30_000)]
    outbound = write_reply(ticket.pk, text="Hi", attachments=big, by=SYSTEM).outbound
    with a_small_server(size=20_000) as server:
        Mailbox.objects.filter(pk=mailbox.pk).update(smtp_port=server.port)
        with pytest.raises(MailRefused, match="smaller files"):
            sent(outbound)
    outbound.refresh_from_db()
    assert outbound.state == OutboundMail.State.FAILED
    assert "takes 19.5" in outbound.error
    assert server.taken == []


def test_an_address_beyond_ascii_goes_only_to_a_server_that_takes_it():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox)
    outbound = write_reply(ticket.pk, text="Hej", to=["änna@bücher.test"], by=SYSTEM).outbound
    with a_small_server(utf8=False) as server:
        Mailbox.objects.filter(pk=mailbox.pk).update(smtp_port=server.port)
        with pytest.raises(MailRefused, match="beyond a to z"):
            sent(outbound)
    mail = handed_over(mailbox, outbound)
    assert "To: änna@xn--bcher-kva.test\r\n".encode() in mail


def test_a_failed_message_is_sent_again_from_the_ticket_and_the_failed_work_is_settled():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox)
    message = write_reply(ticket.pk, text="Hi", by=SYSTEM)
    with pytest.raises(NothingToSend):
        send_again(message.pk, by=SYSTEM)
    with a_small_server(refuses=b"550 5.7.1 Go away") as server:
        Mailbox.objects.filter(pk=mailbox.pk).update(smtp_port=server.port)
        with clock.at(clock.now() + timedelta(minutes=1)):
            run_queued("conversations.send_mail")
    ticket.refresh_from_db()
    assert Failure.objects.get().state == Failure.State.OPEN
    assert ticket.requester_spoke_at is not None
    assert not ContactPoint.objects.exclude(failing_since=None).exists()
    with a_small_server() as server:
        Mailbox.objects.filter(pk=mailbox.pk).update(smtp_port=server.port)
        send_again(message.pk, by=SYSTEM)
        with clock.at(clock.now() + timedelta(minutes=1)):
            run_queued("conversations.send_mail")
    assert Failure.objects.get().state == Failure.State.RUN_AGAIN
    message.outbound.refresh_from_db()
    assert (message.outbound.state, len(server.taken)) == (OutboundMail.State.SENT, 1)
    said = Entry.objects.filter(fact__startswith="message.").order_by("pk")
    assert [*said.values_list("fact", flat=True)][-3:] == [
        "message.failed",
        "message.sent_again",
        "message.delivered_to_server",
    ]


def test_an_address_that_the_server_does_not_know_is_marked():
    mailbox = a_desk_with_mail()
    ticket = a_ticket_by_mail(mailbox)
    outbound = write_reply(ticket.pk, text="Hi", by=SYSTEM).outbound
    with a_small_server(refuses=b"550 5.1.1 No such user") as server:
        Mailbox.objects.filter(pk=mailbox.pk).update(smtp_port=server.port)
        with pytest.raises(MailRefused):
            sent(outbound)
    assert ContactPoint.objects.get(normalised="anna@example.com").failing_since is not None
