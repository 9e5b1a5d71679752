"""What people decide about a mail: to make a ticket of it, or to join it to the matter it is."""

from django.utils.translation import gettext as _

from ansvar.conversations import store
from ansvar.conversations.commands.joining import Speaker, join_ticket
from ansvar.conversations.commands.setting_aside import CannotRelease
from ansvar.conversations.commands.storing import mailbox_actor
from ansvar.conversations.commands.talking import NewFile, keep_files
from ansvar.conversations.considering import author_of
from ansvar.conversations.decisions import Decision, Step
from ansvar.conversations.facts import MailReleased, MessageReceived, MessagesMoved
from ansvar.conversations.findings import found, to_json
from ansvar.conversations.models import InboundMail, Message
from ansvar.conversations.parsing import Address, Incoming, Unreadable, read_mail
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.rights import require
from ansvar.people.commands import learn_person
from ansvar.people.decisions import BadAddress
from ansvar.people.models import Person
from ansvar.tickets.commands import merge_ticket, open_ticket, requester_spoke
from ansvar.tickets.models import Ticket

_ASIDE = (InboundMail.State.QUARANTINED, InboundMail.State.IGNORED, InboundMail.State.DISCARDED)


class NotSuggested(Refusal):
    """The mail is not suggested to belong to another ticket, or not any more."""

    status = 409


@command
def make_ticket_of(inbound_id: int, *, by: Actor) -> Ticket:
    """Open a ticket for a mail that was put aside, whatever it is and however broken.

    What cannot be read is on the ticket as a file. Without a sender it is a ticket of whoever
    decides.

    Raises: NotPermitted; CannotRelease; NothingSaid; NoTeam.
    Records: MailReleased; TicketOpened, MessageReceived.
    """
    rows = InboundMail.objects.select_for_update(of=("self",)).select_related("mailbox__desk")
    inbound = rows.get(pk=inbound_id)
    desk = inbound.mailbox.desk
    require(by, "mailbox.manage", desk)
    if inbound.state not in _ASIDE:
        raise CannotRelease(_("This mail is on a ticket already."))
    record(MailReleased(subject_id=inbound.pk, mailbox_id=inbound.mailbox_id), by=by)
    mail = _read(inbound)
    mailbox = mailbox_actor(inbound.mailbox)
    requester = _requester(mail, by=by, through=mailbox)
    ticket = open_ticket(
        desk=desk,
        requester=requester,
        subject=inbound.subject or _("A mail without subject"),
        description=mail.new_text if mail else inbound.reason,
        channel="email",
        by=mailbox,
    )
    inbound.ticket = ticket
    if mail is None:
        _keep_whole(ticket, inbound, requester, by=mailbox)
    else:
        decision = Decision(step=Step.OPEN)
        join_ticket(
            ticket, inbound, mail, decision=decision, speaker=Speaker(requester, mailbox=mailbox)
        )
    inbound.state, inbound.decision = InboundMail.State.TAKEN, Step.OPEN
    inbound.findings = [
        *inbound.findings,
        *to_json([found("by-hand", name=by.label), found("opened", reference=ticket.reference)]),
    ]
    inbound.save()
    return ticket


@command
def follow_suggestion(inbound_id: int, *, by: Actor) -> Ticket:
    """Put the words of a mail's ticket onto the ticket it was suggested to belong to.

    Raises: NotPermitted; NotSuggested; CannotMerge; MoveNotAllowed when one of them is done.
    Records: MessagesMoved; TicketLinked, TicketClosed.
    """
    inbound = _suggested(inbound_id)
    ticket, into = inbound.ticket, inbound.suggested
    if ticket is None or into is None:
        raise NotSuggested(_("This mail is not suggested to belong to another ticket any more."))
    merge_ticket(ticket.pk, into_id=into.pk, by=by)
    moved = Message.objects.filter(ticket=ticket).update(ticket=into)
    InboundMail.objects.filter(ticket=ticket).update(ticket=into, suggested=None)
    record(MessagesMoved(subject_id=into.pk, count=moved, ticket_id=ticket.pk), by=by)
    requester_spoke(into.pk, at=inbound.received_at, by=by)
    return into


@command
def decline_suggestion(inbound_id: int, *, by: Actor) -> None:
    """Decide that a mail's ticket is a matter of its own.

    Raises: NotPermitted; NotSuggested.
    """
    inbound = _suggested(inbound_id)
    require(by, "ticket.work", inbound.ticket)
    inbound.suggested = None
    inbound.save(update_fields=["suggested"])


def _suggested(inbound_id: int) -> InboundMail:
    rows = InboundMail.objects.select_for_update(of=("self",)).select_related("ticket", "suggested")
    inbound = rows.get(pk=inbound_id)
    if inbound.ticket is None or inbound.suggested is None:
        raise NotSuggested(_("This mail is not suggested to belong to another ticket any more."))
    return inbound


def _read(inbound: InboundMail) -> Incoming | None:
    try:
        return read_mail(store.read(inbound.sha256), largest=None)
    except Unreadable:
        return None


def _requester(mail: Incoming | None, *, by: Actor, through: Actor) -> Person:
    author: Address | None = author_of(mail) if mail else None
    if author is not None:
        try:
            return learn_person(author.address, author.name, by=through)
        except BadAddress:
            pass
    if by.person_id is None:
        raise CannotRelease(_("The mail names nobody who could be answered."))
    return Person.objects.get(pk=by.person_id)


def _keep_whole(ticket: Ticket, inbound: InboundMail, author: Person, *, by: Actor) -> None:
    """Put a mail that cannot be read onto its ticket as a file."""
    message = Message.objects.create(
        ticket=ticket,
        direction=Message.Direction.IN,
        channel="email",
        author=author,
        subject=inbound.subject,
        text=_("This mail could not be read; it is attached as it came."),
        inbound=inbound,
        said_at=inbound.received_at,
    )
    file = NewFile(name="mail.eml", media_type="message/rfc822", content=store.read(inbound.sha256))
    keep_files(message, [file])
    record(
        MessageReceived(
            subject_id=ticket.pk, message_id=message.pk, author_id=author.pk, channel="email"
        ),
        by=by,
    )
