"""Mail that belongs to a conversation which a context above keeps beside that of a ticket.

What is said with a supplier, for instance, is no word of the requester's: such a mail must neither
open a ticket nor join the requester's conversation, whoever sent it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ansvar.conversations.decisions import Way
from ansvar.conversations.models import InboundMail
from ansvar.conversations.parsing import Incoming
from ansvar.kernel.actor import Actor
from ansvar.kernel.registry import Registry
from ansvar.people.models import Desk


class Taker(Protocol):
    """Takes a mail into the conversation that has claimed it."""

    def __call__(self, inbound: InboundMail, mail: Incoming, *, by: Actor) -> object:
        """Keep the words; *by* is the mailbox."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A conversation to which a mail belongs."""

    reference: str
    ticket_id: int
    way: Way
    take: Taker


class Claimant(Protocol):
    """A context that keeps conversations of its own."""

    def sent(self, message_id: str) -> bool:
        """Tell whether a mail with this id is one that it has sent."""

    def claim(self, mail: Incoming, *, desk: Desk, sender: str) -> Claim | None:
        """Return the conversation that a mail to a desk belongs to, if it is one of its own."""


claimants: Registry[Claimant] = Registry("claimants of mail")


def is_of_a_claimant(message_id: str) -> bool:
    """Tell whether a mail with this id was sent in a conversation of a context above."""
    return any(one.sent(message_id) for one in claimants.values())


def claim_of(mail: Incoming, *, desk: Desk, sender: str, surer: Sequence[Way]) -> Claim | None:
    """Return the conversation beside the tickets' that a mail belongs to, if there is one.

    *surer* are the ways by which it was found to belong to a ticket's own conversation: only a
    claim that is as sure goes before them.
    """
    found = (one.claim(mail, desk=desk, sender=sender) for one in claimants.values())
    for claim in found:
        if claim is not None and (claim.way is Way.MESSAGE_ID or not surer):
            return claim
    return None
