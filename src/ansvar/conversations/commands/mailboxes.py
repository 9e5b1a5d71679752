"""Setting up mailboxes, and noting how they fare."""

from datetime import timedelta
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from typing_extensions import Unpack

from ansvar.conversations.facts import (
    MailboxChanged,
    MailboxCreated,
    MailboxFailing,
    MailboxRecovered,
    MailboxStalled,
)
from ansvar.conversations.loopback import is_loopback
from ansvar.conversations.models import Mailbox
from ansvar.conversations.signing import check_signing
from ansvar.conversations.stalls import stalled_mailboxes
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.changes import set_fields
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.rights import require
from ansvar.people.models import Desk

MASK = "•••"
SECRETS = ("imap_password", "smtp_password", "dkim_key")
"""Never shown, never recorded; empty in a form leaves the present one."""
_PLACE = ("imap_host", "imap_user", "imap_folder")
"""Who changes one of these looks into another folder, whose numbers mean other mails."""
_KEPT_BY_RECEIVER = (
    "uid_validity", "seen_at", "error_since", "stalled_since", "lag_seconds", "latest_at",
)  # fmt: skip
_NOTED_EVERY = timedelta(seconds=30)


class Unprotected(Refusal):
    """Passwords and mail would cross a network in the clear."""


class MailboxFields(TypedDict, total=False):
    """What can be said of a mailbox; its desk is for life, as the tickets of its mail are."""

    address: str
    display_name: str
    entrance: str
    log_in: str
    imap_host: str
    imap_port: int
    imap_security: str
    imap_user: str
    imap_password: str
    imap_folder: str
    after_reading: str
    done_folder: str
    largest_mb: int
    trusted_checker: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password: str
    sends_per_minute: int
    answer_address: str
    has_reply_line: bool
    dkim_domain: str
    dkim_selector: str
    dkim_key: str
    is_active: bool


@command
def create_mailbox(*, desk: Desk, by: Actor, **wanted: Unpack[MailboxFields]) -> Mailbox:
    """Connect a mail address to a desk; the receiver finds it within seconds.

    Raises: NotPermitted; Unprotected; ValidationError.
    Records: MailboxCreated.
    """
    require(by, "mailbox.manage", desk)
    mailbox = Mailbox(desk=desk, **_tidy(wanted))
    _check(mailbox)
    mailbox.save()
    record(MailboxCreated(subject_id=mailbox.pk, address=mailbox.address, desk_id=desk.pk), by=by)
    return mailbox


@command
def edit_mailbox(mailbox_id: int, *, by: Actor, **wanted: Unpack[MailboxFields]) -> Mailbox:
    """Change the settings of a mailbox; an empty password leaves the present one.

    Raises: NotPermitted; Unprotected; ValidationError.
    Records: MailboxChanged, without passwords.
    """
    mailbox = Mailbox.objects.select_for_update().select_related("desk").get(pk=mailbox_id)
    require(by, "mailbox.manage", mailbox)
    fields: dict[str, object] = {**_tidy(wanted)}
    for name in SECRETS:
        if not fields.get(name, "-"):
            del fields[name]
    changes = set_fields(mailbox, fields)
    if not changes:
        return mailbox
    _check(mailbox)
    written = [*changes]
    if changes.keys() & set(_PLACE):
        mailbox.uid_validity, mailbox.last_uid = None, 0
        written += ["uid_validity", "last_uid"]
    mailbox.save(update_fields=written)
    for name in changes.keys() & set(SECRETS):
        changes[name] = (MASK, MASK)
    record(MailboxChanged(subject_id=mailbox.pk, changes=changes), by=by)
    return mailbox


@command
def try_mailbox_now(mailbox_id: int, *, by: Actor) -> None:
    """Let the receiver try a failing mailbox at once instead of after its pause.

    Raises: NotPermitted.
    """
    mailbox = Mailbox.objects.select_for_update().defer(*SECRETS).get(pk=mailbox_id)
    require(by, "mailbox.manage", mailbox)
    if mailbox.failures:
        mailbox.failures = 0
        mailbox.save(update_fields=["failures"])


@command
def note_mailbox_answers(mailbox_id: int) -> None:
    """Note that the server has answered; ends a failure that was told.

    Records: MailboxRecovered after a failure, unless the alarm was given, which ends by itself.
    """
    mailbox = _locked(mailbox_id)
    if mailbox is None:
        return
    now = clock.now()
    if mailbox.error_since is not None or mailbox.failures:
        had_failed = mailbox.error_since is not None
        mailbox.error, mailbox.error_since, mailbox.failures = "", None, 0
        mailbox.seen_at = now
        mailbox.save(update_fields=["error", "error_since", "failures", "seen_at"])
        if had_failed and mailbox.stalled_since is None:
            record(MailboxRecovered(subject_id=mailbox.pk), by=SYSTEM)
    elif mailbox.seen_at is None or now - mailbox.seen_at >= _NOTED_EVERY:
        mailbox.seen_at = now
        mailbox.save(update_fields=["seen_at"])


@command
def note_mailbox_fails(mailbox_id: int, *, error: str) -> None:
    """Note that the mailbox cannot be read; the first time in a row is a fact.

    Records: MailboxFailing.
    """
    mailbox = _locked(mailbox_id)
    if mailbox is None:
        return
    is_first = mailbox.error_since is None
    mailbox.error = error[:500]
    mailbox.error_since = mailbox.error_since or clock.now()
    mailbox.failures += 1
    mailbox.save(update_fields=["error", "error_since", "failures"])
    if is_first:
        record(MailboxFailing(subject_id=mailbox.pk, error=mailbox.error), by=SYSTEM)


@command
def watch_mailboxes() -> None:
    """Give the alarm for every mailbox whose mail does not come in, and end it when it does.

    Records: MailboxStalled, MailboxRecovered.
    """
    stalls = {one.mailbox_id: one for one in stalled_mailboxes()}
    rows = Mailbox.objects.select_for_update().defer(*SECRETS).filter(is_active=True)
    for mailbox in rows.order_by("pk"):
        stall = stalls.get(mailbox.pk)
        if (stall is None) == (mailbox.stalled_since is None):
            continue
        mailbox.stalled_since = stall.since if stall else None
        mailbox.save(update_fields=["stalled_since"])
        if stall:
            record(MailboxStalled(subject_id=mailbox.pk, reason=stall.words[:500]), by=SYSTEM)
        else:
            record(MailboxRecovered(subject_id=mailbox.pk), by=SYSTEM)


def _locked(mailbox_id: int) -> Mailbox | None:
    # Without its passwords: one that cannot be decrypted must not hide that the mailbox fails.
    rows = Mailbox.objects.select_for_update().defer(*SECRETS)
    return rows.filter(pk=mailbox_id).first()


def _tidy(wanted: MailboxFields) -> MailboxFields:
    if "address" in wanted:
        wanted["address"] = wanted["address"].strip().lower()
    return wanted


def _check(mailbox: Mailbox) -> None:
    is_fetched = mailbox.entrance == Mailbox.Entrance.IMAP
    if is_fetched and not mailbox.imap_user:
        mailbox.imap_user = mailbox.address
    for host, security in (
        (mailbox.imap_host, mailbox.imap_security if is_fetched else ""),
        (mailbox.smtp_host, mailbox.smtp_security),
    ):
        if security == Mailbox.Security.NONE and not is_loopback(host):
            raise Unprotected(
                _(
                    "{host} is another machine: choose TLS, so that nobody on the way reads "
                    "passwords."
                ).format(host=host)
            )
    mailbox.full_clean(exclude=_KEPT_BY_RECEIVER)
    if is_fetched and not mailbox.imap_host:
        raise ValidationError({"imap_host": _("Name the server on which the mail lies.")})
    if not mailbox.largest_mb:
        raise ValidationError({"largest_mb": _("A mailbox that takes no mail is of no use.")})
    is_moved = is_fetched and mailbox.after_reading == Mailbox.AfterReading.MOVE
    if is_moved and mailbox.done_folder in {"", mailbox.imap_folder}:
        raise ValidationError({"done_folder": _("Name another folder to move the mail to.")})
    check_signing(mailbox)
