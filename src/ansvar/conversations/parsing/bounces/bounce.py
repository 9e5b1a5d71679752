"""What a mail that came back says about one recipient."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a mail came back, in the words that bounce readers commonly use."""

    USER_UNKNOWN = "userunknown"
    """There is no such mailbox, or no longer."""
    HOST_UNKNOWN = "hostunknown"
    """There is no such domain, or nothing that takes mail for it."""
    HAS_MOVED = "hasmoved"
    """The mailbox has another address now."""
    NOT_ACCEPT = "notaccept"
    """The domain takes no mail at all (RFC 7504, RFC 7505)."""
    MAILBOX_FULL = "mailboxfull"
    """The mailbox holds as much as it may."""
    SUSPEND = "suspend"
    """The mailbox is disabled, for a time at least."""
    FILTERED = "filtered"
    """A setting of the recipient, or a server that does not say more, turned it away."""
    REJECTED = "rejected"
    """The sender's address is not welcome there."""
    BLOCKED = "blocked"
    """The sending server is not welcome there."""
    BAD_REPUTATION = "badreputation"
    """The sending server or domain has a bad name."""
    REQUIRE_PTR = "requireptr"
    """The sending server's address has no name, or not the name that it gives."""
    SPAM_DETECTED = "spamdetected"
    """The content was taken for spam."""
    VIRUS_DETECTED = "virusdetected"
    """The content was taken for malware."""
    AUTH_FAILURE = "authfailure"
    """SPF, DKIM or DMARC did not vouch for the sender."""
    POLICY_VIOLATION = "policyviolation"
    """A rule of the receiving side forbids it."""
    SECURITY_ERROR = "securityerror"
    """Log-in, encryption or rights between the servers failed."""
    NO_RELAYING = "norelaying"
    """The server does not pass on mail to that domain."""
    NOT_COMPLIANT = "notcompliantrfc"
    """The mail breaks the rules for how a mail is built."""
    CONTENT_ERROR = "contenterror"
    """The content or a header could not be accepted or converted."""
    MESSAGE_TOO_BIG = "mesgtoobig"
    """The mail is larger than the server takes from anybody."""
    EXCEED_LIMIT = "exceedlimit"
    """The mail is larger than this mailbox takes."""
    EMAIL_TOO_LARGE = "emailtoolarge"
    """The mail is larger than allowed, without word by whom."""
    SPEEDING = "speeding"
    """Too many mails in too short a time."""
    TOO_MANY_CONNECTIONS = "toomanyconn"
    """Too many connections or mails at once."""
    EXPIRED = "expired"
    """It was tried for too long, or is still being tried."""
    NETWORK_ERROR = "networkerror"
    """Routes or name servers failed, or the mail went in circles."""
    SYSTEM_ERROR = "systemerror"
    """The receiving server has a fault."""
    SYSTEM_FULL = "systemfull"
    """The receiving server has no space left."""
    MAILER_ERROR = "mailererror"
    """The program that takes mail for the mailbox failed."""
    SYNTAX_ERROR = "syntaxerror"
    """The servers did not understand each other."""
    FAILED_STARTTLS = "failedstarttls"
    """The servers could not agree on encryption."""
    ON_HOLD = "onhold"
    """A report that names no cause."""
    UNDEFINED = "undefined"
    """Not even a code was found."""
    DELIVERED = "delivered"
    """It has arrived, or was passed on."""
    FEEDBACK = "feedback"
    """The recipient or his provider complains (RFC 5965)."""
    VACATION = "vacation"
    """It has arrived; the recipient is away."""


HARD = frozenset({Reason.USER_UNKNOWN, Reason.HOST_UNKNOWN, Reason.HAS_MOVED, Reason.NOT_ACCEPT})
"""After these the address is of no use any more."""
_ARRIVED = frozenset({Reason.DELIVERED, Reason.FEEDBACK, Reason.VACATION})


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """What a server, or a program for a person, reports about a mail to one recipient."""

    recipient: str
    """In lower case; empty when the report does not name him."""
    status: str = ""
    """The enhanced status code (RFC 3463), such as 5.1.1."""
    reason: Reason = Reason.UNDEFINED
    hard: bool = False
    """The address is of no use any more."""
    diagnostic: str = ""
    """The server's words, in one line."""
    message_id: str = ""
    """Of the mail that came back, without angle brackets."""
    action: str = ""
    """What became of it, in the word of the report: failed, delayed, delivered, ..."""

    @property
    def has_failed(self) -> bool:
        """Whether the mail will not arrive any more."""
        return self.reason not in _ARRIVED and self.action != "delayed"
