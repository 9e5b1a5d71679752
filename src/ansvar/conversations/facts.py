"""What can happen in conversations: on a ticket, to a mail, to a mailbox."""

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.kernel.facts import Changes, Fact, PersonId, Ref

MailboxId = Annotated[int, Ref("mailbox")]
TicketId = Annotated[int, Ref("ticket")]


@dataclass(frozen=True, kw_only=True)
class MessageReceived(
    Fact, name="message.received", subject="ticket", wording=_("wrote to the desk ({channel})")
):
    """Somebody outside the desk said something on a ticket."""

    message_id: int
    author_id: PersonId | None
    channel: str
    is_automatic: bool = False
    """A program sent it: an absence notice, a report that a mail could not be delivered."""


@dataclass(frozen=True, kw_only=True)
class MessageSent(
    Fact, name="message.sent", subject="ticket", wording=_("wrote to the requester ({channel})")
):
    """The desk said something to the people of a ticket; a mail of it can still be taken back."""

    message_id: int
    author_id: PersonId | None
    channel: str
    is_automatic: bool = False


@dataclass(frozen=True, kw_only=True)
class MessageDelivered(
    Fact,
    name="message.delivered_to_server",
    subject="ticket",
    wording=_("the mail server took the message to {recipient}"),
):
    """The desk's mail server has taken a mail; whether it was read nobody knows."""

    message_id: int
    recipient: str
    refused: list[str] = ()  # type: ignore[assignment]  # a list from JSON, an immutable default
    """Addresses that the server did not take."""


@dataclass(frozen=True, kw_only=True)
class MessageFailed(
    Fact,
    name="message.failed",
    subject="ticket",
    wording=_("the message to {recipient} could not be delivered: {error}"),
):
    """A mail could not be sent, or came back."""

    message_id: int
    recipient: str
    error: str


@dataclass(frozen=True, kw_only=True)
class MessageDelayed(
    Fact,
    name="message.delayed",
    subject="ticket",
    wording=_("the message to {recipient} has not arrived yet: {reason}"),
):
    """A server on the way tells that it is still trying to deliver a mail."""

    message_id: int
    recipient: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MessageSentAgain(
    Fact, name="message.sent_again", subject="ticket", wording=_("sent a message once more")
):
    """Somebody asked that a mail which could not be sent is tried again."""

    message_id: int


@dataclass(frozen=True, kw_only=True)
class MessageRecalled(
    Fact, name="message.recalled", subject="ticket", wording=_("took a message back unsent")
):
    """The author took a message back before it was sent."""

    message_id: int


@dataclass(frozen=True, kw_only=True)
class FileBlocked(
    Fact,
    name="message.file_blocked",
    subject="ticket",
    wording=_("the file {file} is blocked: the virus scanner found {signature}"),
):
    """A file that the virus scanner had not seen at first was found to be harmful."""

    message_id: int
    attachment_id: int
    file: str
    signature: str


@dataclass(frozen=True, kw_only=True)
class MissingAsked(
    Fact, name="message.missing_asked", subject="ticket", wording=_("asked for {what}")
):
    """The requester was asked for what must be known before work can begin."""

    message_id: int
    needed: list[int]
    """What was asked for, in the order of its numbers."""
    names: list[str]

    @override
    def words(self) -> dict[str, str]:
        return {"what": ", ".join(self.names)}


@dataclass(frozen=True, kw_only=True)
class MessagesMoved(
    Fact,
    name="message.moved",
    subject="ticket",
    wording=_("took over the conversation of {ticket}"),
):
    """The words of a ticket that was the same matter came to this one."""

    count: int
    ticket_id: TicketId


@dataclass(frozen=True, kw_only=True)
class MessageStopped(
    Fact,
    name="message.stopped",
    subject="ticket",
    wording=_("an automatic message to {recipient} was held back: {reason}"),
):
    """An automatic mail was not sent, because it might have been part of a loop."""

    message_id: int
    recipient: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MailQuarantined(Fact, name="mail.quarantined", wording=_("put into quarantine: {reason}")):
    """A received mail could not become part of a ticket and waits for an administrator."""

    mailbox_id: MailboxId
    reason: str


@dataclass(frozen=True, kw_only=True)
class MailIgnored(Fact, name="mail.ignored", wording=_("left aside: {reason}")):
    """A received mail was not meant for a ticket, such as an absence notice."""

    mailbox_id: MailboxId
    reason: str


@dataclass(frozen=True, kw_only=True)
class MailReleased(Fact, name="mail.released", wording=_("let the mail through")):
    """Somebody let a mail that had been set aside become part of a ticket."""

    mailbox_id: MailboxId


@dataclass(frozen=True, kw_only=True)
class MailDiscarded(Fact, name="mail.discarded", wording=_("discarded the mail")):
    """Somebody decided that a mail which had been set aside is of no use."""

    mailbox_id: MailboxId


@dataclass(frozen=True, kw_only=True)
class SenderTold(
    Fact, name="mail.sender_told", wording=_("told {recipient} that the mail was not taken")
):
    """Somebody was told that his mail could not be taken, and what to do."""

    mailbox_id: MailboxId
    recipient: str


@dataclass(frozen=True, kw_only=True)
class MailTemplateChanged(
    Fact,
    name="mail_template.changed",
    subject="desk",
    wording=_("changed the words of the mail “{kind}” ({language})"),
):
    """A desk has words of its own for a mail that Ansvar writes."""

    kind: str
    language: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class MailTemplateReset(
    Fact,
    name="mail_template.reset",
    subject="desk",
    wording=_("went back to the built-in words of the mail “{kind}” ({language})"),
):
    """A desk gave up its own words for a mail."""

    kind: str
    language: str
    before: str


@dataclass(frozen=True, kw_only=True)
class MailboxCreated(Fact, name="mailbox.created", wording=_("added the mailbox {address}")):
    """A mail address was connected to a desk."""

    address: str
    desk_id: Annotated[int, Ref("desk")]


@dataclass(frozen=True, kw_only=True)
class MailboxChanged(Fact, name="mailbox.changed", wording=_("changed the mailbox")):
    """The settings of a mailbox changed; passwords are never recorded."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class MailboxFailing(
    Fact, name="mailbox.failing", wording=_("the mailbox cannot be read: {error}")
):
    """A mailbox stopped answering or refused the log-in."""

    error: str


@dataclass(frozen=True, kw_only=True)
class MailboxStalled(
    Fact, name="mailbox.stalled", wording=_("the mail of this mailbox does not come in: {reason}")
):
    """Nothing has come in from a mailbox for so long that somebody has to look."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class MailboxRecovered(Fact, name="mailbox.recovered", wording=_("the mailbox can be read again")):
    """A mailbox that had failed, or whose mail had stopped, works again."""
