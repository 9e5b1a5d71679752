"""What proves by itself to which ticket it belongs: links of a resolution, answer addresses."""

import re
import string
from base64 import b32encode
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from ansvar.people.decisions.addresses import LONGEST_LOCAL_PART
from ansvar.tickets.models import Ticket

GOOD_FOR = timedelta(days=60)
_SALT = "ansvar.conversations.resolution"
_ANSWER_SALT = "ansvar.conversations.answer"
_BEFORE_TOKEN = "+t"  # noqa: S105 - what stands before it, not a secret
_DIGITS = string.digits + string.ascii_lowercase
_NUMBER = re.compile(r"[1-9a-z][0-9a-z]{0,11}")
_SIGNATURE_LENGTH = 12
"""Letters of five bits each: nobody tries 2 to the power of 60 by mail."""


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


def answer_token(ticket: Ticket) -> str:
    """Return the token by which an answer finds its ticket through the address it is sent to.

    Lower-case letters and digits only, as mail servers may change capitals. It never expires:
    people answer old mails.
    """
    number = _in_letters(ticket.pk)
    return number + _signature(number, settings.SECRET_KEY)


def ticket_of_answer_token(token: str) -> Ticket | None:
    """Return the ticket that a token stands for, or nothing for one that was not made here."""
    whole = token.lower()
    number, signature = whole[:-_SIGNATURE_LENGTH], whole[-_SIGNATURE_LENGTH:]
    if not _NUMBER.fullmatch(number) or not signature.isascii():
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(signature, _signature(number, key)) for key in keys):
        return None
    return Ticket.objects.select_related("desk").filter(pk=int(number, 36)).first()


def answer_address(address: str, ticket: Ticket) -> str:
    """Return the address to which answers on a ticket go: `desk+t…@corp.test`.

    An address whose first part would become longer than servers take stays as it is.
    """
    local, _at, domain = address.rpartition("@")
    marked = f"{local}{_BEFORE_TOKEN}{answer_token(ticket)}"
    return address if len(marked) > LONGEST_LOCAL_PART else f"{marked}@{domain}"


def token_in_address(address: str) -> str:
    """Return the token in an address that `answer_address` made, or an empty text."""
    local = address.rpartition("@")[0].lower()
    return local.rpartition(_BEFORE_TOKEN)[2] if _BEFORE_TOKEN in local else ""


def _in_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, len(_DIGITS))
        letters = _DIGITS[rest] + letters
    return letters


def _signature(number: str, key: str | bytes) -> str:
    digest = salted_hmac(_ANSWER_SALT, number, secret=key, algorithm="sha256").digest()
    return b32encode(digest).decode("ascii").lower()[:_SIGNATURE_LENGTH]
