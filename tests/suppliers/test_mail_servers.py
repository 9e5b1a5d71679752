"""The bridge over real servers: out by SMTP, back by IMAP, as a supplier's mail program does it."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from builders import a_number, acting, an_agent
from dovecot import PASSWORD
from mails import a_desk_with_mail, a_mail, arrived
from queued_work import run_queued

from ansvar.conversations import transport
from ansvar.conversations.models import Mailbox, Message
from ansvar.kernel import clock
from ansvar.suppliers.commands import Errand, ask_supplier
from ansvar.suppliers.decisions import TaskState
from ansvar.suppliers.models import SupplierMail
from suppliers import a_supplier

pytestmark = [pytest.mark.realparts, pytest.mark.django_db]


def an_answer(mail: EmailMessage) -> bytes:
    """Answer as a mail program does: with the id, the subject and the words of what came."""
    quoted = "\n".join(f"> {line}" for line in mail.get_body(("plain",)).get_content().split("\n"))
    return a_mail(
        f"We send a new printer.\n\nOn Monday the desk wrote:\n{quoted}",
        sender=f"Vendor <{mail['To']}>",
        to=str(mail["From"]),
        subject=f"Re: {mail['Subject']} NK-4711",
        answers=str(mail["Message-ID"]).strip("<>"),
    )


def test_a_supplier_gets_a_task_and_its_answer_comes_back_to_it_alone(mail_server):
    ours, theirs = (
        mail_server.add_user(f"{who}{a_number()}@corp.test") for who in ("desk", "vendor")
    )
    mailbox = a_desk_with_mail(undo_seconds=0)
    Mailbox.objects.update(
        address=ours, smtp_port=mail_server.smtp_port, imap_port=mail_server.imap_port,
        imap_user=ours, imap_password=PASSWORD,
    )  # fmt: skip
    mailbox.refresh_from_db()
    ticket = arrived(mailbox, a_mail()).ticket
    assert ticket is not None
    said = Message.objects.filter(ticket=ticket).count()
    errand = Errand(
        supplier=a_supplier(address=theirs, pattern="NK-#"),
        subject="Printer prints nothing",
        words="Please **replace** it.",
    )
    task = ask_supplier(ticket.pk, errand=errand, by=acting(an_agent(ticket.desk)))
    with clock.at(clock.now() + timedelta(seconds=1)):
        run_queued("suppliers.send_mail")
    assert SupplierMail.objects.get().state == SupplierMail.State.SENT
    [came] = mail_server.inbox(theirs)
    assert came["Subject"] == f"[{task.reference}] Printer prints nothing"
    assert "Please replace it." in came.get_body(("plain",)).get_content()
    assert "Auto-Submitted" not in came
    assert ticket.requester.name not in came.as_string()
    mail_server.send(an_answer(came), sender=theirs, to=ours)
    with transport.imap(mailbox) as box:
        [raw] = [one.obj.as_bytes() for one in box.fetch(mark_seen=False)]
    arrived(mailbox, raw)
    task.refresh_from_db()
    assert (task.state, task.their_reference) == (TaskState.ANSWERED, "NK-4711")
    answer = task.messages.last()
    assert answer is not None
    assert answer.text == "We send a new printer."
    assert "Please replace it." in answer.quoted
    assert Message.objects.filter(ticket=ticket).count() == said
