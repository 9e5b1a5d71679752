"""One mail to one server: how fast, how large, and what its answer means."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from ansvar.conversations import transport
from ansvar.conversations.models import LoneMail, Mailbox, OutboundMail
from ansvar.conversations.signing import is_signed, signed
from ansvar.kernel import clock

MINUTE = timedelta(minutes=1)
_PERMANENT = 500
_TOO_LARGE = (523, 552)
"""A server's replies to a mail that is too large (RFC 1870, and older ones)."""
_PACE_LOCK = "conversations.pace"


class MailRefused(Exception):
    """The server will never take this mail; trying again is of no use."""

    def __init__(self, words: str, *, refused: "Sequence[RefusedAddress]" = ()) -> None:
        self.refused = tuple(refused)
        super().__init__(words)


class MailNotTaken(Exception):
    """The server did not take the mail this time."""


@dataclass(frozen=True, kw_only=True)
class RefusedAddress:
    """A recipient whom the server did not take, and its words."""

    address: str
    code: int
    words: str


def pause_before_sending(mailbox: Mailbox, *, ahead: int) -> timedelta:
    """Return how long a mail has to wait for the mailbox's limit a minute; nothing when it may go.

    *ahead* is how many wait longer: each gets a minute of its own, so that not all come back at
    once. For a mailbox with a limit this also keeps other workers from it until the transaction
    ends, as two that count at the same time would both go.
    """
    limit = mailbox.sends_per_minute
    if not limit:
        return timedelta()
    if not _is_alone(mailbox):
        return MINUTE / limit
    now = clock.now()
    # Whatever leaves through the mailbox counts, also of contexts above this one.
    kinds: tuple[type[Model], ...] = (OutboundMail, *LoneMail.__subclasses__())
    moments: list[datetime | None] = [
        moment
        for kind in kinds
        for moment in kind._default_manager.filter(  # noqa: SLF001 - documented
            mailbox=mailbox, sent_at__gt=now - MINUTE
        ).values_list("sent_at", flat=True)
    ]
    sent = sorted(moment for moment in moments if moment is not None)
    if len(sent) < limit:
        return timedelta()
    return sent[-limit] + MINUTE - now + (ahead // limit) * MINUTE


def hand_over(
    mailbox: Mailbox, recipients: Sequence[str], raw: bytes, *, needs_utf8: bool = False
) -> list[RefusedAddress]:
    """Sign a mail if the mailbox does, give it to the server, return who was not taken.

    Raises: MailRefused; MailNotTaken.
    """
    where = f"{mailbox.smtp_host}:{mailbox.smtp_port}"
    if is_signed(mailbox):
        try:
            raw = signed(raw, mailbox)
        except ValidationError as error:
            # Mended by an administrator, the mail can still go.
            raise MailNotTaken(" ".join(error.messages)) from error
    try:
        with transport.smtp(mailbox) as server:
            server.ehlo_or_helo_if_needed()
            _require_room(server, raw, where)
            options = _options(server, needs_utf8=needs_utf8)
            refused = server.sendmail(mailbox.address, list(recipients), raw, mail_options=options)
    except smtplib.SMTPNotSupportedError as error:
        raise MailRefused(
            _("{server} takes no addresses with letters beyond a to z before the @.").format(
                server=where
            )
        ) from error
    except smtplib.SMTPAuthenticationError as error:
        # An administrator can mend this, so it is worth another try.
        raise MailNotTaken(transport.in_words(error, where)) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _nobody_taken(error) from error
    except smtplib.SMTPResponseException as error:
        if error.smtp_code in _TOO_LARGE:
            raise MailRefused(_too_large(where, raw)) from error
        words = transport.in_words(error, where)
        is_final = error.smtp_code >= _PERMANENT
        raise (MailRefused if is_final else MailNotTaken)(words) from error
    except transport.ERRORS as error:
        raise MailNotTaken(transport.in_words(error, where)) from error
    return _refused(refused)


def _is_alone(mailbox: Mailbox) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))", [_PACE_LOCK, mailbox.pk]
        )
        (alone,) = cursor.fetchone()
    return bool(alone)


def _require_room(server: smtplib.SMTP, raw: bytes, where: str) -> None:
    limit = server.esmtp_features.get("size", "")
    # Zero stands for no limit (RFC 1870).
    if limit.isdigit() and 0 < int(limit) < len(raw):
        raise MailRefused(_too_large(where, raw, limit=int(limit)))


def _too_large(where: str, raw: bytes, *, limit: int = 0) -> str:
    size = filesizeformat(len(raw))
    if limit:
        return _(
            "The mail has {size} with its files, and {server} takes {limit} at most. "
            "Send fewer or smaller files, or a link to them."
        ).format(size=size, server=where, limit=filesizeformat(limit))
    return _(
        "The mail has {size} with its files, more than {server} takes. "
        "Send fewer or smaller files, or a link to them."
    ).format(size=size, server=where)


def _options(server: smtplib.SMTP, *, needs_utf8: bool) -> list[str]:
    if not needs_utf8:
        return []
    # Without the word the library would stay silent about a server that lacks it.
    return ["SMTPUTF8", "BODY=8BITMIME"] if server.has_extn("8bitmime") else ["SMTPUTF8"]


def _nobody_taken(error: smtplib.SMTPRecipientsRefused) -> MailRefused | MailNotTaken:
    refused = _refused(error.recipients)
    words = "; ".join(f"{one.address}: {one.words}" for one in refused)
    if min(one.code for one in refused) < _PERMANENT:
        return MailNotTaken(words)
    return MailRefused(words, refused=refused)


def _refused(answers: "dict[str, tuple[int, bytes]]") -> list[RefusedAddress]:
    return [
        RefusedAddress(address=address, code=code, words=said.decode("utf-8", "replace"))
        for address, (code, said) in sorted(answers.items())
    ]
