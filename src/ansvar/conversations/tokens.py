"""Signed links by which a requester answers a resolution without a log-in."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from ansvar.tickets.models import Ticket

GOOD_FOR = timedelta(days=60)
_SALT = "ansvar.conversations.resolution"


class LinkExpired(Exception):
    """The link is older than links are good for."""


class LinkInvalid(Exception):
    """The link was not made here, or was cut off."""


@dataclass(frozen=True, kw_only=True)
class ResolutionLink:
    """What a link stands for: one resolution of one ticket, answered by its requester."""

    ticket_id: int
    requester_id: int
    reopen_count: int
    """How often the ticket had been taken up again: an older link answers nothing new."""

    def is_current(self, ticket: Ticket) -> bool:
        """Tell whether the ticket still is where it was when the link was sent."""
        return (
            ticket.pk == self.ticket_id
            and ticket.requester_id == self.requester_id
            and ticket.reopen_count == self.reopen_count
        )


def resolution_token(ticket: Ticket) -> str:
    """Return the token of the ticket's present resolution, for the requester."""
    return signing.dumps([ticket.pk, ticket.requester_id, ticket.reopen_count], salt=_SALT)


def read_resolution_token(token: str) -> ResolutionLink:
    """Return what a token stands for.

    Raises: LinkExpired; LinkInvalid.
    """
    try:
        ticket_id, requester_id, count = signing.loads(token, salt=_SALT, max_age=GOOD_FOR)
    except signing.SignatureExpired:
        raise LinkExpired from None
    except (signing.BadSignature, ValueError, TypeError):
        raise LinkInvalid from None
    return ResolutionLink(ticket_id=ticket_id, requester_id=requester_id, reopen_count=count)
