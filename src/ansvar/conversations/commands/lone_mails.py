"""Sending mails that are on no ticket: one try, what came of it, and when the next one follows."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import override

from ansvar.conversations import store
from ansvar.conversations.commands.handing_over import (
    MailNotTaken,
    MailRefused,
    hand_over,
    pause_before_sending,
)
from ansvar.conversations.composing import Outgoing, OutgoingFile, as_bytes, kept_references
from ansvar.conversations.models import LoneMail
from ansvar.kernel import clock
from ansvar.kernel.work import Task

Lone = type[LoneMail]


def deliver_lone(model: Lone, mail_id: int, *, attempts: int, again: Task) -> None:
    """Hand a mail to the server. Sent already: silent.

    *again* is the task that comes back when the mailbox has to wait for its pace.

    Raises: MailRefused; MailNotTaken or ContentAway, to be tried again until *attempts* are used
    up.
    """
    try:
        with transaction.atomic():
            _deliver(model, mail_id, again)
    except MailRefused as refused:
        _note_failure(model, mail_id, error=str(refused), is_final=True, attempts=attempts)
        raise
    except (MailNotTaken, store.ContentAway) as not_taken:
        _note_failure(model, mail_id, error=str(not_taken), is_final=False, attempts=attempts)
        raise


def _deliver(model: Lone, mail_id: int, again: Task) -> None:
    rows = model._default_manager.select_for_update(of=("self",))  # noqa: SLF001 - documented
    mail: LoneMail = rows.select_related("mailbox__desk").get(pk=mail_id)
    if mail.state == LoneMail.State.SENT:
        return
    mailbox = mail.mailbox
    pause = pause_before_sending(mailbox, ahead=0)
    if pause > timedelta():
        again.later_in(pause, **{model.ARGUMENT: mail_id})
        return
    with override(mail.language):
        outgoing = Outgoing(
            sender_name=mailbox.display_name or mailbox.desk.name,
            sender=mailbox.address,
            to=[mail.recipient],
            subject=mail.subject,
            text=mail.text,
            foot=mail.foot,
            language=mail.language,
            message_id=mail.message_id,
            in_reply_to=mail.in_reply_to,
            references=kept_references(mail.earlier_ids),
            written_at=mail.written_at,
            is_automatic=mail.IS_AUTOMATIC,
            files=[
                OutgoingFile(
                    name=file.name, media_type=file.media_type, content=store.read(file.sha256)
                )
                for file in mail.files
                if not file.is_blocked
            ],
        )
        raw = as_bytes(outgoing)
    hand_over(mailbox, [mail.recipient], raw, needs_utf8=outgoing.needs_utf8)
    mail.state, mail.sent_at = LoneMail.State.SENT, clock.now()
    mail.attempts += 1
    mail.error = ""
    mail.save(update_fields=["state", "sent_at", "attempts", "error"])


@transaction.atomic
def _note_failure(model: Lone, mail_id: int, *, error: str, is_final: bool, attempts: int) -> None:
    mail: LoneMail = model._default_manager.select_for_update().get(pk=mail_id)  # noqa: SLF001 - documented
    mail.attempts += 1
    mail.error = error[:500]
    if is_final or mail.attempts >= attempts:
        mail.state = LoneMail.State.FAILED
    mail.save(update_fields=["attempts", "error", "state"])
