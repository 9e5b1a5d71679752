from datetime import timedelta

import pytest
from builders import a_person, acting, an_agent
from mails import a_desk_with_mail, a_mail, arrived
from queued_work import run_queued
from returned import a_report

from ansvar.conversations.commands import post_message, write_reply
from ansvar.conversations.commands.unreached import note_arrival, watch_arrival
from ansvar.conversations.models import OutboundMail
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.people.commands import add_contact_point
from ansvar.people.models import ContactPoint
from ansvar.people.queries import email_of
from ansvar.tickets.commands import add_participant, resolve_ticket
from ansvar.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def a_sent_answer(**wanted) -> OutboundMail:
    ticket = arrived(a_desk_with_mail(), a_mail()).ticket
    assert ticket is not None
    message = write_reply(ticket.pk, text="Is it on?", by=acting(an_agent(ticket.desk)), **wanted)
    OutboundMail.objects.update(state=OutboundMail.State.SENT, sent_at=clock.now())
    message.outbound.refresh_from_db()
    return message.outbound


def came_back(outbound: OutboundMail, **wanted) -> OutboundMail:
    arrived(outbound.mailbox, a_report(outbound, **wanted))
    outbound.refresh_from_db()
    return outbound


def point_of(address: str) -> ContactPoint:
    return ContactPoint.objects.get(normalised=address)


def facts_about(ticket_id: int) -> list[str]:
    entries = Entry.objects.filter(subject_type="ticket", subject_id=ticket_id).order_by("pk")
    return list(entries.values_list("fact", flat=True))


def test_an_unknown_address_fails_the_message_marks_the_address_and_the_ticket_waits_for_us():
    outbound = came_back(a_sent_answer())
    assert outbound.state == OutboundMail.State.FAILED
    assert "no such mailbox" in outbound.error
    assert "Ask for another address" in outbound.error
    assert "User unknown" in outbound.error
    point = point_of("anna@example.com")
    assert point.failing_since is not None
    assert "no such mailbox" in point.failure
    ticket = Ticket.objects.get(pk=outbound.message.ticket_id)
    first_words = ticket.messages.earliest("pk")
    assert ticket.requester_spoke_at == first_words.said_at
    entry = Entry.objects.get(fact="message.failed", subject_id=ticket.pk)
    assert entry.payload["recipient"] == "anna@example.com"
    # The same report once more tells nobody anything new.
    came_back(outbound)
    assert facts_about(ticket.pk).count("message.failed") == 1
    assert Entry.objects.filter(fact="contact_point.failing").count() == 1


def test_a_full_mailbox_fails_the_message_and_leaves_the_address_alone():
    outbound = came_back(a_sent_answer(), status="5.2.2", said="552 5.2.2 Mailbox full")
    assert outbound.state == OutboundMail.State.FAILED
    assert "full" in outbound.error
    assert point_of("anna@example.com").failing_since is None


def test_a_delay_is_shown_and_nothing_has_failed():
    outbound = came_back(
        a_sent_answer(), status="4.4.1", action="delayed", said="421 4.4.1 Connection timed out"
    )
    assert outbound.state == OutboundMail.State.SENT
    assert outbound.error.startswith("Not there yet:")
    assert facts_about(outbound.message.ticket_id)[-1] == "message.delayed"
    assert point_of("anna@example.com").failing_since is None


def test_a_copy_that_comes_back_is_told_while_the_message_has_arrived():
    ticket = arrived(a_desk_with_mail(), a_mail()).ticket
    assert ticket is not None
    add_participant(ticket.pk, person=a_person(email="bo@example.com"), by=SYSTEM)
    outbound = write_reply(ticket.pk, text="Is it on?", by=SYSTEM).outbound
    OutboundMail.objects.update(state=OutboundMail.State.SENT, sent_at=clock.now())
    came_back(outbound, recipient="bo@example.com")
    assert outbound.state == OutboundMail.State.SENT
    assert outbound.error.startswith("bo@example.com:")
    assert point_of("bo@example.com").failing_since is not None
    assert point_of("anna@example.com").failing_since is None
    ticket.refresh_from_db()
    assert ticket.requester_spoke_at is None


def test_a_forwarded_mail_that_comes_back_concerns_the_address_that_we_wrote_to():
    outbound = came_back(a_sent_answer(), recipient="anna.private@elsewhere.test")
    assert "anna@example.com passes mail on to anna.private@elsewhere.test" in outbound.error
    assert point_of("anna@example.com").failing_since is not None


def test_a_report_that_names_none_of_our_mails_says_nothing_about_an_address():
    outbound = a_sent_answer()
    guessed = f"ansvar.{outbound.pk}.0000000000000000@corp.test"
    inbound = arrived(outbound.mailbox, a_report(outbound, message_id=guessed))
    assert inbound.ticket is None
    assert point_of("anna@example.com").failing_since is None


def test_words_from_the_address_clear_the_mark():
    outbound = came_back(a_sent_answer())
    arrived(outbound.mailbox, a_mail("I am back", answers=outbound.message.message_id))
    assert point_of("anna@example.com").failing_since is None
    assert Entry.objects.filter(fact="contact_point.recovered").count() == 1


def test_a_later_mail_that_does_not_come_back_clears_the_mark():
    outbound = came_back(a_sent_answer())
    again = write_reply(outbound.message.ticket_id, text="Hello?", by=SYSTEM).outbound
    with clock.at(clock.now() + timedelta(hours=1)):
        again.state, again.sent_at = OutboundMail.State.SENT, clock.now()
        again.save()
        watch_arrival(again)
    with clock.at(clock.now() + timedelta(days=2)):
        run_queued("conversations.look_for_arrival")
    assert point_of("anna@example.com").failing_since is None


def test_a_later_mail_that_comes_back_too_clears_nothing():
    outbound = came_back(a_sent_answer())
    outbound.state = OutboundMail.State.SENT
    note_arrival(outbound.pk, by=SYSTEM)
    assert point_of("anna@example.com").failing_since is not None


def test_no_automatic_mail_goes_to_an_address_that_fails_and_another_one_is_used():
    outbound = came_back(a_sent_answer())
    ticket = Ticket.objects.get(pk=outbound.message.ticket_id)
    resolve_ticket(ticket.pk, resolution="Done.", by=SYSTEM)
    run_queued("kernel.run_reaction")
    stopped = OutboundMail.objects.get(message__key__startswith="resolution:")
    assert stopped.state == OutboundMail.State.STOPPED
    assert "does not reach anna@example.com" in stopped.error
    add_contact_point(ticket.requester_id, "email", "anna@new.example.com", by=SYSTEM)
    person = ticket.requester
    assert email_of(person) == "anna@new.example.com"


def test_a_report_on_an_acknowledgement_owes_nobody_an_answer():
    ticket = arrived(a_desk_with_mail(), a_mail()).ticket
    assert ticket is not None
    run_queued("kernel.run_reaction")
    outbound = OutboundMail.objects.get(message__ticket=ticket)
    write_reply(ticket.pk, text="It is on its way.", by=SYSTEM)
    came_back(outbound)
    ticket.refresh_from_db()
    assert (outbound.state, ticket.requester_spoke_at) == (OutboundMail.State.FAILED, None)
    post_message(ticket.pk, text="Thanks", by=acting(ticket.requester))
