"""Mail that does not come in: who waits, since when, and what that means in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.kernel import clock
from ansvar.kernel.models import Entry

STALLED_AFTER = timedelta(minutes=10)
"""Silence of a mail server, or mail that waits unread, for which somebody is called."""


@dataclass(frozen=True, kw_only=True)
class Stall:
    """A mailbox whose mail does not come in."""

    mailbox_id: int
    desk_id: int
    address: str
    since: datetime
    words: str


def stalled_mailboxes(only: QuerySet[Mailbox] | None = None) -> list[Stall]:
    """Return the mailboxes in use whose mail has stopped coming in, by address.

    Asked of the rows themselves and not of the alarm, which needs a worker to be given.
    """
    waiting = InboundMail.objects.filter(
        mailbox=OuterRef("pk"), state=InboundMail.State.STORED, apart_since=None
    ).order_by()
    oldest = waiting.values("mailbox").annotate(at=Min("received_at")).values("at")
    created = Entry.objects.filter(
        subject_type="mailbox", subject_id=OuterRef("pk"), fact="mailbox.created"
    ).order_by()
    rows = (Mailbox.objects.all() if only is None else only).filter(is_active=True)
    found = (
        rows.annotate(
            oldest_waiting=Subquery(oldest, output_field=DateTimeField()),
            connected_at=Subquery(created.values("at")[:1]),
        )
        .filter(
            Q(oldest_waiting__lte=clock.now() - STALLED_AFTER)
            | Q(entrance=Mailbox.Entrance.IMAP, seen_at__lte=clock.now() - STALLED_AFTER)
            | Q(entrance=Mailbox.Entrance.IMAP, seen_at=None)
        )
        .order_by("address")
        .values_list(
            "pk", "desk_id", "address", "seen_at", "connected_at", "oldest_waiting", "error",
            "entrance",
        )
    )  # fmt: skip
    return list(_told(found))


def _told(rows: Iterable[tuple[object, ...]]) -> Iterable[Stall]:
    limit = clock.now() - STALLED_AFTER
    for pk, desk_id, address, seen_at, connected_at, oldest, error, entrance in rows:
        heard = seen_at or connected_at
        if entrance == Mailbox.Entrance.IMAP and isinstance(heard, datetime) and heard <= limit:
            since, words = heard, _silence(heard, str(error), is_new=seen_at is None)
        elif isinstance(oldest, datetime) and oldest <= limit:
            since, words = oldest, _unread(oldest)
        else:
            continue
        yield Stall(
            mailbox_id=int(str(pk)),
            desk_id=int(str(desk_id)),
            address=str(address),
            since=since,
            words=words,
        )


def _silence(since: datetime, error: str, *, is_new: bool) -> str:
    if error:
        return error
    if is_new:
        return _("The mailbox was never tried: is the mail receiver running?")
    words = _("The mail server has not answered since {time}: is the mail receiver running?")
    return words.format(time=_clock_time(since))


def _unread(since: datetime) -> str:
    words = _("Mail has waited to be read since {time}: is a worker running?")
    return words.format(time=_clock_time(since))


def _clock_time(moment: datetime) -> str:
    return localtime(moment).strftime("%Y-%m-%d %H:%M")
