from datetime import timedelta

import pytest
from builders import a_number
from mails import a_desk_with_mail, a_mail, a_mailbox, arrived
from queued_work import queued

from ansvar.conversations.commands import take_in
from ansvar.conversations.commands.notices import deliver_notice
from ansvar.conversations.commands.sending import MailNotTaken
from ansvar.conversations.models import InboundMail, Mailbox, OutboundMail, SenderNotice
from ansvar.kernel import clock
from ansvar.kernel.models import Entry

pytestmark = pytest.mark.django_db

NOTHING = "  \n"


def an_empty_mail(**wanted: str) -> bytes:
    return a_mail(NOTHING, **{"subject": "", **wanted})


def left_out(mailbox: Mailbox, raw: bytes) -> InboundMail:
    """Let a mail come of which only the header was fetched."""
    header = raw.partition(b"\n\n")[0] + b"\n\n"
    why = "The mail is larger than 40 MB."
    return take_in(mailbox.pk, uid_validity=1, uid=a_number(), raw=header, left_out=why)


def test_who_sends_too_much_is_told_so_with_the_limit_and_what_to_do():
    mailbox = a_desk_with_mail()
    inbound = left_out(mailbox, a_mail(subject="My [pictures](http://evil.test)"))
    notice = SenderNotice.objects.get(inbound=inbound)
    assert (notice.recipient, notice.mailbox) == ("anna@example.com", mailbox)
    assert "larger than 40 MB" in notice.text
    assert "](http" not in notice.text
    assert notice.in_reply_to
    assert [job[2] for job in queued("conversations.send_notice")] == [{"notice_id": notice.pk}]
    entry = Entry.objects.get(fact="mail.sender_told")
    assert entry.subject_id == inbound.pk


def test_who_sends_what_cannot_be_read_is_told_why():
    inbound = arrived(a_desk_with_mail(), an_empty_mail())
    assert inbound.state == InboundMail.State.QUARANTINED
    notice = SenderNotice.objects.get(inbound=inbound)
    assert inbound.reason in notice.text
    assert "(no subject)" in notice.text


def test_programs_lists_bounces_desks_and_nobody_are_not_told():
    mailbox = a_desk_with_mail()
    other = a_mailbox(mailbox.desk)
    for headers in (
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.example.com>"},
        {"Return_Path": "<>"},
        {"X_Auto_Response_Suppress": "All"},
        {"sender": "noreply@example.com"},
        {"sender": "mailer-daemon@example.com"},
        {"sender": other.address},
        {"sender": "not an address"},
        {"sender": None},
    ):
        inbound = left_out(mailbox, a_mail(**headers))
        assert inbound.state == InboundMail.State.QUARANTINED
        assert not SenderNotice.objects.exists(), headers


def test_nobody_is_told_twice_within_an_hour():
    mailbox = a_desk_with_mail()
    left_out(mailbox, a_mail())
    left_out(mailbox, a_mail())
    assert SenderNotice.objects.count() == 1
    with clock.at(clock.now() + timedelta(minutes=61)):
        left_out(mailbox, a_mail())
    assert SenderNotice.objects.count() == 2


def test_six_automatic_mails_of_any_kind_within_an_hour_are_enough():
    mailbox = a_desk_with_mail()
    ticket = arrived(mailbox, a_mail()).ticket
    assert ticket is not None
    for number in range(6):
        message = ticket.messages.create(
            direction="out", channel="email", is_automatic=True, text="x", said_at=clock.now()
        )
        OutboundMail.objects.create(
            message=message, mailbox=mailbox, recipient="anna@example.com", send_after=clock.now(),
            state=OutboundMail.State.SENT, attempts=number,
        )  # fmt: skip
    left_out(mailbox, a_mail())
    assert not SenderNotice.objects.exists()


def test_a_notice_that_no_server_takes_is_given_up_in_the_end():
    left_out(a_desk_with_mail(), a_mail())
    notice = SenderNotice.objects.get()
    for _ in range(6):
        with pytest.raises(MailNotTaken):
            deliver_notice(notice.pk)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (SenderNotice.State.FAILED, 6)
    deliver_notice(notice.pk)


@pytest.mark.realparts
def test_a_notice_arrives_as_an_automatic_mail_that_answers_theirs(mail_server):
    anna = mail_server.add_user(f"anna{a_number()}@example.com")
    mailbox = a_mailbox(a_desk_with_mail().desk, smtp_port=mail_server.smtp_port)
    left_out(mailbox, a_mail(sender=anna, Message_ID="<big@example.com>", subject="Pictures"))
    deliver_notice(SenderNotice.objects.get().pk)
    (mail,) = mail_server.inbox(anna)
    assert mail["Subject"] == "Not taken: Pictures"
    assert mail["In-Reply-To"] == "<big@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
