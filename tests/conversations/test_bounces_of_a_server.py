import pytest
from builders import a_number
from exim import TransferAgent, program
from mails import a_desk_with_mail, a_mail, a_mailbox, arrived
from waiting import wait_until

from ansvar.conversations.commands import deliver_mail, write_reply
from ansvar.conversations.models import OutboundMail
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.people.models import ContactPoint
from realparts import missing


@pytest.mark.django_db
@pytest.mark.realparts
def test_what_a_real_server_sends_back_marks_the_message_and_the_address(mail_server):
    if program() is None:
        missing("Exim")
    gone = f"gone{a_number()}@example.com"
    address = mail_server.add_user(f"desk{a_number()}@corp.test")
    desk = a_desk_with_mail(undo_seconds=0).desk
    with TransferAgent(mail_server.lmtp_port) as server:
        mailbox = a_mailbox(desk, address=address, smtp_port=server.port)
        ticket = arrived(mailbox, a_mail(sender=gone)).ticket
        assert ticket is not None
        outbound = write_reply(ticket.pk, text="Is it on?", by=SYSTEM).outbound
        deliver_mail(outbound.pk)
        outbound.refresh_from_db()
        assert outbound.state == OutboundMail.State.SENT
        wait_until(lambda: bool(mail_server.inbox(address)))
    (report,) = mail_server.inbox(address)
    inbound = arrived(mailbox, report.as_bytes())
    outbound.refresh_from_db()
    assert inbound.ticket == ticket
    assert outbound.state == OutboundMail.State.FAILED
    assert "User doesn't exist" in outbound.error
    assert ContactPoint.objects.get(normalised=gone).failing_since is not None
    entry = Entry.objects.get(fact="message.failed", subject_id=ticket.pk)
    assert entry.payload["recipient"] == gone
