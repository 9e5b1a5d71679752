"""What is wrong with the mail, told on every page of the workbench to those it concerns."""

import time
from dataclasses import dataclass

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from ansvar.conversations.stalls import Stall, stalled_mailboxes
from ansvar.ui.shell import Notice
from ansvar.workbench.reading import Reader

KEPT_SECONDS = 15.0
"""Pages are asked for far more often than mail servers fail."""


@dataclass
class _Kept:
    stalls: list[Stall]
    until: float


_kept = _Kept(stalls=[], until=0.0)


def notices(reader: Reader, mail_url: str) -> list[Notice]:
    """Return what the reader has to know: the cause for who can mend it, the effect for agents."""
    found = _stalls()
    if not found:
        return []
    desks = {desk.pk for desk in reader.desks}
    return [
        Notice(text=_managed(stall), tone="red", href=mail_url)
        if reader.may("mailbox.manage")
        else Notice(text=_felt(stall), tone="amber")
        for stall in found
        if stall.desk_id in desks
    ]


def forget() -> None:
    """Ask the database at the next page."""
    _kept.until = 0.0


def _stalls() -> list[Stall]:
    now = time.monotonic()
    if now >= _kept.until:
        # First the time: others go on with what is known while this one asks.
        _kept.until = now + KEPT_SECONDS
        _kept.stalls = stalled_mailboxes()
    return _kept.stalls


def _managed(stall: Stall) -> str:
    return _("Mail to {address} does not come in: {why}").format(
        address=stall.address, why=stall.words
    )


def _felt(stall: Stall) -> str:
    return _("Mail to {address} has not come in since {time}.").format(
        address=stall.address, time=localtime(stall.since).strftime("%H:%M")
    )
