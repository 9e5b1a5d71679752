"""From raw bytes to words on a ticket, exactly once."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from ansvar.conversations import store
from ansvar.conversations.commands.joining import Speaker, answer_for_agent, join_ticket
from ansvar.conversations.commands.setting_aside import ignore, quarantine
from ansvar.conversations.commands.storing import mailbox_actor
from ansvar.conversations.decisions import (
    Decision,
    Received,
    Step,
    Thread,
    Way,
    is_forwarded,
    next_step,
    plain_subject,
    references_in,
)
from ansvar.conversations.models import InboundMail, Mailbox, Message
from ansvar.conversations.parsing import Incoming, Unreadable, read_mail
from ansvar.conversations.queries import ticket_answered_by
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.rights import may
from ansvar.people.commands import learn_person
from ansvar.people.decisions import BadAddress
from ansvar.people.models import Person
from ansvar.people.queries import person_by_email
from ansvar.tickets.commands import add_note, link_tickets, open_ticket
from ansvar.tickets.models import Link, Ticket
from ansvar.tickets.relations import is_party

LONGEST_DESCRIPTION = 50_000
_LONGEST_MADE_SUBJECT = 80


@command
def read_inbound(inbound_id: int, *, is_released: bool = False) -> InboundMail:
    """Read a stored mail and let it become words on a ticket, or put it aside with the reason.

    *is_released*: somebody let it through, so it is not put aside for what it is. A mail that has
    been read already is left alone.

    Records: what the mail leads to: TicketOpened, MessageReceived, MessageSent, MailIgnored,
    MailQuarantined.
    """
    rows = InboundMail.objects.select_for_update(of=("self",)).select_related("mailbox__desk")
    inbound = rows.get(pk=inbound_id)
    if inbound.state != InboundMail.State.STORED:
        return inbound
    by = mailbox_actor(inbound.mailbox)
    try:
        mail = read_mail(store.read(inbound.sha256))
        _describe(inbound, mail)
        _require_sense(mail)
        # A refusal half-way leaves nothing behind but the quarantine.
        with transaction.atomic():
            _settle(inbound, mail, by=by, is_released=is_released)
    except (Unreadable, Refusal, BadAddress) as error:
        quarantine(inbound, reason=str(error), by=by)
    except ValidationError as error:
        quarantine(inbound, reason=" ".join(error.messages), by=by)
    return inbound


def _describe(inbound: InboundMail, mail: Incoming) -> None:
    inbound.sender = mail.sender.address if mail.sender else ""
    inbound.subject = mail.subject
    inbound.message_id = mail.message_id
    inbound.fingerprint = mail.fingerprint
    inbound.is_answerable = mail.nature.is_answerable


def _require_sense(mail: Incoming) -> None:
    if mail.sender is None and not mail.nature.is_automatic:
        raise Unreadable(_("The mail names no sender, so nobody could be answered."))
    if mail.says_nothing:
        raise Unreadable(_("The mail says nothing: no subject, no text, no file."))


def _settle(inbound: InboundMail, mail: Incoming, *, by: Actor, is_released: bool) -> None:
    desk = inbound.mailbox.desk
    if mail.message_id:
        # The same mail may be read from two mailboxes of the desk in the same moment.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [mail.message_id, desk.pk]
            )
    person = _known_sender(mail)
    received = _received(inbound, mail, is_released=is_released)
    decision = next_step(received, _thread(inbound, mail, person), now=clock.now())
    match decision.step:
        case Step.IGNORE:
            ignore(inbound, reason=decision.reason, by=by)
            return
        case Step.OPEN:
            _open(inbound, mail, decision, by=by)
        case Step.JOIN:
            speaker = Speaker(person or _learned(mail, by=by), mailbox=by)
            join_ticket(_ticket(decision), inbound, mail, decision=decision, speaker=speaker)
        case Step.ANSWER:
            assert person is not None  # noqa: S101 - only an agent, who is known, may answer
            answer_for_agent(_ticket(decision), inbound, mail, agent=person)
        case Step.NOTE:
            assert person is not None  # noqa: S101 - as above
            words = mail.new_text or mail.subject
            add_note(decision.ticket_id or 0, text=words, by=_acting(person))
    _take(inbound, decision)


def _take(inbound: InboundMail, decision: Decision) -> None:
    inbound.state = InboundMail.State.TAKEN
    inbound.reason = decision.reason[:500]
    if inbound.ticket_id is None:
        inbound.ticket_id = decision.ticket_id
    inbound.save()


def _received(inbound: InboundMail, mail: Incoming, *, is_released: bool) -> Received:
    sender = mail.sender.address if mail.sender else ""
    if is_released:
        return Received(sender=sender)
    own = Message.objects.filter(message_id=mail.message_id, direction=Message.Direction.OUT)
    return Received(
        sender=sender,
        is_our_own=bool(mail.message_id) and own.exclude(outbound=None).exists(),
        is_from_a_desk=Mailbox.objects.filter(address__iexact=sender).exists(),
        repeats=_repeated(inbound, mail),
        program_sign=mail.nature.sign if mail.nature.is_automatic else "",
    )


def _repeated(inbound: InboundMail, mail: Incoming) -> str:
    """Return the reference of the desk's ticket on which the same mail is already."""
    if not mail.message_id:
        return ""
    earlier = InboundMail.objects.filter(
        message_id=mail.message_id,
        fingerprint=mail.fingerprint,
        mailbox__desk=inbound.mailbox.desk,
        state=InboundMail.State.TAKEN,
        ticket__isnull=False,
    ).exclude(pk=inbound.pk)
    reference = earlier.values_list("ticket__reference", flat=True).first()
    return reference or ""


def _known_sender(mail: Incoming) -> Person | None:
    if mail.sender is None:
        return None
    try:
        return person_by_email(mail.sender.address)
    except BadAddress:
        # A program may sign as it likes; a person we could not answer goes into quarantine.
        if mail.nature.is_automatic:
            return None
        raise


def _learned(mail: Incoming, *, by: Actor) -> Person | None:
    if mail.sender is None or mail.nature.is_automatic:
        return None
    return learn_person(mail.sender.address, mail.sender.name, by=by)


def _thread(inbound: InboundMail, mail: Incoming, person: Person | None) -> Thread | None:
    desk = inbound.mailbox.desk
    ticket, way = ticket_answered_by(mail.references, desk=desk), Way.MESSAGE_ID
    if ticket is None:
        named = references_in(mail.subject, desk.prefix)
        ticket = Ticket.objects.filter(desk=desk, reference__in=named).first() if named else None
        way = Way.REFERENCE
    if ticket is None:
        return None
    address = mail.sender.address if mail.sender else ""
    messages = ticket.messages.all()
    return Thread(
        ticket_id=ticket.pk,
        way=way,
        is_party=person is not None and is_party(person.pk, ticket),
        may_reply=person is not None and may(_acting(person), "ticket.reply", ticket),
        was_addressed=bool(address)
        and (
            messages.filter(to__contains=[address]).exists()
            or messages.filter(cc__contains=[address]).exists()
        ),
        is_done=not ticket.is_open,
        closed_at=ticket.closed_at,
        quiet_days=desk.quiet_days,
    )


def _open(inbound: InboundMail, mail: Incoming, decision: Decision, *, by: Actor) -> None:
    desk = inbound.mailbox.desk
    if mail.sender is None:
        raise Unreadable(_("The mail names no sender, so nobody could be answered."))
    person = learn_person(mail.sender.address, mail.sender.name, by=by)
    words = mail.text if is_forwarded(mail.subject) else mail.new_text
    ticket = open_ticket(
        desk=desk,
        requester=person,
        subject=_subject(mail, desk.prefix),
        description=words[:LONGEST_DESCRIPTION],
        channel="email",
        by=_acting(person),
    )
    inbound.ticket = ticket
    speaker = Speaker(person, mailbox=by)
    join_ticket(ticket, inbound, mail, decision=decision, speaker=speaker)
    if decision.related_id is not None:
        link_tickets(ticket.pk, other_id=decision.related_id, relation=Link.Relation.RELATED, by=by)


def _subject(mail: Incoming, prefix: str) -> str:
    subject = plain_subject(mail.subject, prefix)
    if subject:
        return subject
    first_line = next((line for line in mail.new_text.split("\n") if line.strip()), "")
    return first_line.strip()[:_LONGEST_MADE_SUBJECT] or _("(no subject)")


def _ticket(decision: Decision) -> Ticket:
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("desk", "requester")
    return rows.get(pk=decision.ticket_id or 0)


def _acting(person: Person) -> Actor:
    return Actor.person(person.pk, person.name)
