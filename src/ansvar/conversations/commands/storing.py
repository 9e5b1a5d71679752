"""Keeping mail as it came, once for its number in the mailbox, before anybody reads it."""

from django.db import transaction
from django.db.models.functions import Greatest

from ansvar.conversations import store
from ansvar.conversations.commands.setting_aside import quarantine
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.work import tasks


def mailbox_actor(mailbox: Mailbox) -> Actor:
    """Return who signs what a mail leads to: the mailbox it came to."""
    return Actor.integration(mailbox.address, mailbox.pk)


def take_in(
    mailbox_id: int, *, uid_validity: int, uid: int, raw: bytes, left_out: str = ""
) -> InboundMail:
    """Keep a mail as it came, once for its number in the mailbox, and queue its reading.

    *left_out* says why only its header was fetched; such a mail goes into quarantine.
    """
    kept = store.put(raw)
    with transaction.atomic():
        inbound, is_new = InboundMail.objects.get_or_create(
            mailbox_id=mailbox_id,
            uid_validity=uid_validity,
            uid=uid,
            defaults={"sha256": kept.sha256, "size": kept.size, "received_at": clock.now()},
        )
        if is_new and left_out:
            quarantine(inbound, reason=left_out, by=mailbox_actor(inbound.mailbox))
        elif is_new:
            tasks["conversations.read_mail"].later(inbound_id=inbound.pk)
        Mailbox.objects.filter(pk=mailbox_id, uid_validity=uid_validity).update(
            last_uid=Greatest("last_uid", uid)
        )
    return inbound


@command
def begin_counting(mailbox_id: int, *, uid_validity: int, last_uid: int) -> None:
    """Note that all mail of a folder up to *last_uid* is stored, or was read before us."""
    Mailbox.objects.filter(pk=mailbox_id).update(uid_validity=uid_validity, last_uid=last_uid)
