"""Keeping mail as it came, once for its number in the mailbox, before anybody reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Greatest

from ansvar.conversations import store
from ansvar.conversations.commands.setting_aside import quarantine
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.work import tasks


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A mail as it lies before us, to be kept."""

    raw: bytes
    uid: int | None = None
    """Its number in the folder; nothing for a mail that was handed over."""
    arrived_at: datetime | None = None
    left_out: str = ""
    """Why only its header was fetched; such a mail goes into quarantine."""


def mailbox_actor(mailbox: Mailbox) -> Actor:
    """Return who signs what a mail leads to: the mailbox it came to."""
    return Actor.integration(mailbox.address, mailbox.pk)


def keep_mails(
    mailbox_id: int,
    arrivals: Sequence[Arrival],
    *,
    uid_validity: int = 0,
    is_renumbered: bool = False,
) -> None:
    """Keep mails of a mailbox, each once for its number, and queue their reading in order.

    All of them are safe when this returns, and may be marked on the server. *is_renumbered*: the
    server has given the folder new numbers, so that a mail kept before is known by its content.

    Records: MailQuarantined for what was left out.
    """
    if not arrivals:
        return
    kept = store.put_many([one.raw for one in arrivals])
    found = list(zip(arrivals, kept, strict=True))
    _write(mailbox_id, found, uid_validity=uid_validity, is_renumbered=is_renumbered)
    # After the commit: a reading that has begun before it would not see these.
    tasks["conversations.read_stored"].later_once(str(mailbox_id), mailbox_id=mailbox_id)


def take_in(
    mailbox_id: int, *, uid_validity: int, uid: int, raw: bytes, left_out: str = ""
) -> InboundMail:
    """Keep one mail and return it; see `keep_mails`."""
    keep_mails(
        mailbox_id, [Arrival(raw=raw, uid=uid, left_out=left_out)], uid_validity=uid_validity
    )
    return InboundMail.objects.get(mailbox_id=mailbox_id, uid_validity=uid_validity, uid=uid)


@command
def begin_counting(mailbox_id: int, *, uid_validity: int, last_uid: int) -> None:
    """Note that all mail of a folder up to *last_uid* is stored, or was read before us."""
    Mailbox.objects.filter(pk=mailbox_id).update(uid_validity=uid_validity, last_uid=last_uid)


@command
def set_apart(inbound_id: int) -> None:
    """Let a stored mail be read by a job of its own, tried again and shown when it fails."""
    rows = InboundMail.objects.filter(
        pk=inbound_id, state=InboundMail.State.STORED, apart_since=None
    )
    if rows.update(apart_since=clock.now()):
        tasks["conversations.read_mail"].later(inbound_id=inbound_id)


@command
def _write(
    mailbox_id: int,
    found: list[tuple[Arrival, store.Stored]],
    *,
    uid_validity: int,
    is_renumbered: bool,
) -> None:
    now = clock.now()
    known = _known(mailbox_id, found, uid_validity, is_renumbered=is_renumbered)
    new = [
        (
            arrival,
            InboundMail(
                mailbox_id=mailbox_id,
                uid_validity=uid_validity,
                uid=arrival.uid,
                sha256=kept.sha256,
                size=kept.size,
                arrived_at=arrival.arrived_at or now,
                received_at=now,
            ),
        )
        for arrival, kept in found
        if arrival.uid not in known and kept.sha256 not in known
    ]
    # A second receiver may write the same numbers in this moment.
    InboundMail.objects.bulk_create(
        [row for arrival, row in new if not arrival.left_out], ignore_conflicts=True
    )
    for arrival, row in new:
        if arrival.left_out:
            _leave_out(row, arrival.left_out)
    uids = [arrival.uid for arrival, _kept in found if arrival.uid is not None]
    if uids:
        counted = Mailbox.objects.filter(pk=mailbox_id, uid_validity=uid_validity)
        counted.update(last_uid=Greatest("last_uid", max(uids)))
    if new:
        _note_arrival(mailbox_id, max(arrival.arrived_at or now for arrival, _row in new))


def _known(
    mailbox_id: int,
    found: list[tuple[Arrival, store.Stored]],
    uid_validity: int,
    *,
    is_renumbered: bool,
) -> set[int | str]:
    """Return the numbers, and in a renumbered folder the contents, that are kept already."""
    rows = InboundMail.objects.filter(mailbox_id=mailbox_id)
    uids = [arrival.uid for arrival, _kept in found if arrival.uid is not None]
    known: set[int | str] = set()
    if uids:
        numbered = rows.filter(uid_validity=uid_validity, uid__in=uids)
        known |= {uid for uid in numbered.values_list("uid", flat=True) if uid is not None}
    if is_renumbered:
        same = rows.filter(sha256__in=[kept.sha256 for _arrival, kept in found])
        known |= set(same.exclude(uid_validity=uid_validity).values_list("sha256", flat=True))
    return known


def _leave_out(row: InboundMail, reason: str) -> None:
    inbound, is_new = InboundMail.objects.get_or_create(
        mailbox_id=row.mailbox_id,
        uid_validity=row.uid_validity,
        uid=row.uid,
        defaults={
            "sha256": row.sha256,
            "size": row.size,
            "arrived_at": row.arrived_at,
            "received_at": row.received_at,
        },
    )
    if is_new:
        by = mailbox_actor(inbound.mailbox)
        quarantine(inbound, reason=reason, by=by, told_as="too_large")


def _note_arrival(mailbox_id: int, arrived_at: datetime) -> None:
    now = clock.now()
    lag = max(0, round((now - arrived_at).total_seconds()))
    Mailbox.objects.filter(pk=mailbox_id).update(latest_at=now, lag_seconds=lag)
