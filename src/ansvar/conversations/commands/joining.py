"""A received mail becomes words on a ticket."""

from dataclasses import dataclass
from datetime import datetime

from ansvar.conversations.commands.bouncing import note_bounces
from ansvar.conversations.commands.talking import NewFile, keep_files, reopen_for, write_reply
from ansvar.conversations.decisions import Decision, Step
from ansvar.conversations.facts import MessageReceived, MessageSent
from ansvar.conversations.models import InboundMail, Message
from ansvar.conversations.parsing import Incoming
from ansvar.kernel import prepared
from ansvar.kernel.actor import Actor
from ansvar.kernel.journal import record
from ansvar.people.commands import note_contact_point_works
from ansvar.people.models import Person
from ansvar.people.queries import email_of
from ansvar.tickets.commands import add_participant, desk_answered, requester_spoke
from ansvar.tickets.commands.locking import tell_pages
from ansvar.tickets.models import Ticket

LONGEST_TEXT = 200_000
"""Characters kept of a message; the mail itself is kept whole."""


@dataclass(frozen=True)
class Speaker:
    """Who wrote a mail, and the mailbox that brought it."""

    person: Person | None
    """Nobody when a program wrote it."""
    mailbox: Actor
    address_fails: bool = False
    """Whether mail to the address was known not to arrive; it lives, as it writes."""

    @property
    def actor(self) -> Actor:
        """Who signs in the journal."""
        if self.person is None:
            return self.mailbox
        return Actor.person(self.person.pk, self.person.name)


def join_ticket(
    ticket: Ticket, inbound: InboundMail, mail: Incoming, *, decision: Decision, speaker: Speaker
) -> Message:
    """Add a mail from outside the desk to a ticket, and wake the ticket if a person wrote it.

    Records: MessageReceived; TicketReopened, ParticipantAdded, MessageFailed as it may be.
    """
    is_automatic = mail.nature.is_automatic
    author = None if is_automatic else speaker.person
    message = _message(ticket, inbound, mail, direction=Message.Direction.IN, author=author)
    if decision.joins_party and author is not None:
        add_participant(ticket.pk, person=author, by=speaker.mailbox)
    record(
        MessageReceived(
            subject_id=ticket.pk,
            message_id=message.pk,
            author_id=author.pk if author else None,
            channel="email",
            is_automatic=is_automatic,
        ),
        by=speaker.mailbox if author is None else speaker.actor,
    )
    if author is not None and speaker.address_fails and mail.sender is not None:
        note_contact_point_works(mail.sender.address, by=speaker.mailbox)
    if is_automatic:
        note_bounces(ticket, mail, by=speaker.mailbox)
        tell_pages(ticket)
        return message
    if decision.reopens:
        reopen_for(ticket, message, by=speaker.actor, through=speaker.mailbox)
    if decision.step is Step.JOIN:
        requester_spoke(ticket.pk, at=message.said_at, by=speaker.actor)
    return message


def answer_for_agent(
    ticket: Ticket, inbound: InboundMail, mail: Incoming, *, agent: Person
) -> Message:
    """Take a mail that an agent wrote in his own program as the desk's answer.

    It goes on to the requester unless the agent has sent it there already.

    Records: MessageSent.
    """
    by = Actor.person(agent.pk, agent.name)
    reached = {one.address for one in mail.addressed}
    if email_of(ticket.requester).lower() not in reached:
        files = [
            NewFile(name=file.name, media_type=file.media_type, content=file.content)
            for file in mail.files
        ]
        message = write_reply(
            ticket.pk, text=mail.new_text or mail.subject, attachments=files, by=by
        )
        message.inbound = inbound
        message.save(update_fields=["inbound"])
        return message
    message = _message(ticket, inbound, mail, direction=Message.Direction.OUT, author=agent)
    record(
        MessageSent(
            subject_id=ticket.pk, message_id=message.pk, author_id=agent.pk, channel="email"
        ),
        by=by,
    )
    desk_answered(ticket.pk, by=by)
    return message


def message_of(
    mail: Incoming,
    *,
    ticket: Ticket,
    direction: Message.Direction,
    author: Person | None,
    inbound: InboundMail | None,
    said_at: datetime,
) -> Message:
    """Write the words of a mail down on a ticket; its files are the caller's to keep."""
    message = Message(
        ticket=ticket,
        direction=direction,
        channel="email",
        author=author,
        is_automatic=mail.nature.is_automatic,
        subject=mail.subject,
        to=[one.address for one in mail.to],
        cc=[one.address for one in mail.cc],
        text=mail.new_text[:LONGEST_TEXT],
        quoted=mail.quoted[:LONGEST_TEXT],
        html=mail.html,
        quoted_html=mail.quoted_html,
        message_id=mail.message_id,
        inbound=inbound,
        said_at=said_at,
    )
    prepared.insert(message)
    return message


def _message(
    ticket: Ticket,
    inbound: InboundMail,
    mail: Incoming,
    *,
    direction: Message.Direction,
    author: Person | None,
) -> Message:
    message = message_of(
        mail,
        ticket=ticket,
        direction=direction,
        author=author,
        inbound=inbound,
        said_at=inbound.received_at,
    )
    keep_files(message, files_of(mail))
    return message


def files_of(mail: Incoming) -> list[NewFile]:
    """Return the files of a mail as they are kept."""
    return [
        NewFile(
            name=file.name,
            media_type=file.media_type,
            content=file.content,
            content_id=file.content_id,
            is_signature=file.is_signature,
        )
        for file in mail.files
    ]
