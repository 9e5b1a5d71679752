"""What of a mail's beginning tells where it belongs, without keeping what it says."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from django.utils.translation import gettext as _

from ansvar.conversations.considering import author_of
from ansvar.conversations.decisions import plain_subject
from ansvar.conversations.parsing import Incoming, Unreadable, read_mail
from ansvar.conversations.parsing.reading import require_sense
from ansvar.importers.decisions import LeftOut, said_at
from ansvar.importers.models import SurveyedMail
from ansvar.importers.sources import Found
from ansvar.importers.sources.source import ENOUGH
from ansvar.people.commands.persons import LONGEST_NAME
from ansvar.people.decisions import BadAddress, normalise_email

MOST_ADDRESSED = 50
MOST_REFERENCES = 30
_MOST_RECEIVED = 40
_TOLD = 1000
_FOLD = re.compile(rb"\r?\n[ \t]+")
_RECEIVED = re.compile(rb"^Received:(.*)$", re.IGNORECASE | re.MULTILINE)
_JUNK = re.compile(rb"^X-Spam(?:-Flag|-Status)?:[ \t]*yes\b", re.IGNORECASE | re.MULTILINE)
_DATE = re.compile(rb"^Date:(.*)$", re.IGNORECASE | re.MULTILINE)


def looked_at(found: Found, *, prefix: str, now: datetime, since: datetime | None) -> SurveyedMail:
    """Return what is known of a mail from its beginning, as a row that is not written yet."""
    row = SurveyedMail(place=found.place[:600], size=found.size)
    header = _header(found.head)
    if found.trouble:
        row.key = _digest(found.place, found.head[:_TOLD].decode("latin-1"))
        _leave(row, LeftOut.BROKEN, found.trouble)
        return row
    try:
        mail = read_mail(found.head, largest=None)
        _describe(row, mail, prefix)
        if found.size <= ENOUGH:
            require_sense(mail)
        row.key = _key(mail, header)
    except (Unreadable, BadAddress) as error:
        row.key = _digest(found.place, found.head[:_TOLD].decode("latin-1"))
        _leave(row, LeftOut.BROKEN, str(error))
        return row
    row.at = said_at(
        written=mail.written_at, received=_received(header), filed=found.filed_at, now=now
    )
    if row.at is None:
        _leave(row, LeftOut.BROKEN, _("It has no date, and no server noted one."))
    elif since is not None and row.at < since:
        _leave(row, LeftOut.OLDER)
    elif _JUNK.search(header):
        _leave(row, LeftOut.JUNK)
    return row


def _describe(row: SurveyedMail, mail: Incoming, prefix: str) -> None:
    author = author_of(mail)
    row.is_automatic = mail.nature.is_automatic
    if author is not None:
        row.author = author.address
        row.author_name = " ".join(author.name.split())[:LONGEST_NAME]
        if not row.is_automatic:
            row.author = normalise_email(author.address)
    subject = plain_subject(mail.subject, prefix)
    row.subject = subject[:250]
    row.is_answer = bool(subject) and subject != mail.subject.strip()
    row.addressed = list(dict.fromkeys(one.address for one in mail.addressed))[:MOST_ADDRESSED]
    row.message_id = mail.message_id[:500]
    row.references = [one for one in mail.references if one != mail.message_id][:MOST_REFERENCES]
    row.is_no_reply = mail.nature.kind == "no-reply"
    row.detail = mail.nature.sign[:300] if row.is_automatic else ""


def _leave(row: SurveyedMail, why: LeftOut, detail: str = "") -> None:
    row.state, row.reason = SurveyedMail.State.LEFT, why
    row.detail = detail[:300] or row.detail


def _key(mail: Incoming, header: bytes) -> str:
    """Return what is equal for the same mail in an mbox and on a server.

    The id alone would do if programs never gave one twice; without an id what it says tells.
    """
    sender = mail.sender.address if mail.sender else ""
    dates = [found[1].strip().decode("latin-1") for found in _DATE.finditer(header)]
    said = [sender, *dates[:1]]
    if mail.message_id:
        return _digest("id", mail.message_id, *said)
    return _digest("said", *said, mail.subject, " ".join(mail.text.split())[:_TOLD])


def _digest(*texts: str) -> str:
    whole = "\x00".join(texts).encode("utf-8", "replace")
    return blake2b(whole, digest_size=16).hexdigest()


def _header(raw: bytes) -> bytes:
    ends = [at for at in (raw.find(b"\n\n"), raw.find(b"\r\n\r\n")) if at >= 0]
    return _FOLD.sub(b" ", raw[: min(ends)] if ends else raw[:ENOUGH]).replace(b"\r\n", b"\n")


def _received(header: bytes) -> datetime | None:
    """Return the stamp of the first server on the way: the lowest of those lines."""
    for found in reversed(_RECEIVED.findall(header)[:_MOST_RECEIVED]):
        with suppress(Exception):  # the parser raises half a dozen kinds
            moment = parsedate_to_datetime(found.rpartition(b";")[2].strip().decode("ascii"))
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return None
