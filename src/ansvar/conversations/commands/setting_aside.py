"""Mail that became part of no ticket: put aside with a reason, let through or discarded."""

from django.utils.translation import gettext as _

from ansvar.conversations.commands.notices import tell_not_taken
from ansvar.conversations.facts import (
    MailDiscarded,
    MailIgnored,
    MailQuarantined,
    MailReleased,
)
from ansvar.conversations.models import InboundMail
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.rights import require
from ansvar.kernel.work import tasks

_ASIDE = (InboundMail.State.QUARANTINED, InboundMail.State.IGNORED)


class CannotRelease(Refusal):
    """The mail is not one that waits to be let through."""

    status = 409


def quarantine(inbound: InboundMail, *, reason: str, by: Actor, told_as: str = "") -> None:
    """Put a locked mail into quarantine; *told_as* is the template by which its sender is told.

    Records: MailQuarantined; SenderTold.
    """
    _put_aside(inbound, InboundMail.State.QUARANTINED, reason)
    record(
        MailQuarantined(
            subject_id=inbound.pk, mailbox_id=inbound.mailbox_id, reason=inbound.reason
        ),
        by=by,
    )
    if told_as:
        tell_not_taken(inbound, kind=told_as)


def ignore(inbound: InboundMail, *, reason: str, by: Actor) -> None:
    """Leave a locked mail aside, because it is not meant for a ticket.

    Records: MailIgnored.
    """
    _put_aside(inbound, InboundMail.State.IGNORED, reason)
    record(
        MailIgnored(subject_id=inbound.pk, mailbox_id=inbound.mailbox_id, reason=inbound.reason),
        by=by,
    )


@command
def release_mail(inbound_id: int, *, knows_harm: bool = False, by: Actor) -> InboundMail:
    """Let a mail through that was put aside: it is read again, and opens a ticket if it can.

    One with a harmful file only if whoever does it *knows_harm*: then its words come through, and
    the file is on the ticket but given to nobody.

    Raises: NotPermitted; CannotRelease.
    Records: MailReleased; MailQuarantined again when it still cannot be read.
    """
    inbound = _locked_for(by, inbound_id)
    if inbound.state not in _ASIDE:
        raise CannotRelease(_("This mail is on a ticket already, or was discarded."))
    if inbound.signature and not knows_harm:
        words = _("{signature} was found in a file of this mail. Let it through without that file.")
        raise CannotRelease(words.format(signature=inbound.signature))
    inbound.is_let_through_infected = bool(inbound.signature)
    inbound.state, inbound.reason = InboundMail.State.STORED, ""
    # Not in turn with new mail, where it would be put aside once more for what it is.
    inbound.apart_since = clock.now()
    inbound.save(update_fields=["state", "reason", "apart_since", "is_let_through_infected"])
    record(MailReleased(subject_id=inbound.pk, mailbox_id=inbound.mailbox_id), by=by)
    tasks["conversations.read_mail"].later(inbound_id=inbound.pk, is_released=True)
    return inbound


@command
def discard_mail(inbound_id: int, *, by: Actor) -> InboundMail:
    """Decide that a mail which was put aside is of no use; it is kept, but no longer shown.

    Raises: NotPermitted; CannotRelease.
    Records: MailDiscarded.
    """
    inbound = _locked_for(by, inbound_id)
    if inbound.state == InboundMail.State.DISCARDED:
        return inbound
    if inbound.state not in _ASIDE:
        raise CannotRelease(_("This mail is on a ticket: it can no longer be discarded."))
    inbound.state = InboundMail.State.DISCARDED
    inbound.save(update_fields=["state"])
    record(MailDiscarded(subject_id=inbound.pk, mailbox_id=inbound.mailbox_id), by=by)
    return inbound


def _locked_for(by: Actor, inbound_id: int) -> InboundMail:
    rows = InboundMail.objects.select_for_update(of=("self",)).select_related("mailbox__desk")
    inbound = rows.get(pk=inbound_id)
    require(by, "mailbox.manage", inbound.mailbox.desk)
    return inbound


def _put_aside(inbound: InboundMail, state: InboundMail.State, reason: str) -> None:
    inbound.state, inbound.reason = state, reason[:500]
    inbound.save(
        update_fields=[
            "state", "reason", "sender", "subject", "message_id", "fingerprint", "is_answerable",
            "decision", "way", "kind", "findings", "readings", "same_as", "signature",
        ]
    )  # fmt: skip
