"""What is known about a received mail before anything is decided: reads only, writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Q

from ansvar.conversations.claiming import Claim, claim_of, is_of_a_claimant
from ansvar.conversations.decisions import (
    Beside,
    Decision,
    Handler,
    OnBehalf,
    Received,
    Step,
    Suggestion,
    Thread,
    Way,
    forged_sign,
    next_step,
    plain_subject,
    references_in,
)
from ansvar.conversations.findings import Finding, found
from ansvar.conversations.models import OUR_IDS, InboundMail, Mailbox, Message
from ansvar.conversations.parsing import Address, Incoming
from ansvar.conversations.parsing.marks import Mark
from ansvar.conversations.small_tables import DESKS_OF_MAILBOXES
from ansvar.conversations.tokens import ticket_of_answer_token, token_in_address
from ansvar.kernel import clock, prepared
from ansvar.kernel.actor import Actor
from ansvar.kernel.rights import may
from ansvar.people.decisions import BadAddress
from ansvar.people.models import Desk, Person
from ansvar.people.queries import at_email, people_by_email
from ansvar.tickets.models import Ticket
from ansvar.tickets.relations import is_party

_MOST_TO = 20
"""Addresses in To that are looked at; a mail to more people was written to nobody in person."""


@dataclass(frozen=True, kw_only=True)
class Considered:
    """A mail with what is known about it, and what becomes of it."""

    author: Address | None
    """Who is answered: the sender, or the Reply-To of a sender who reads no mail."""
    person: Person | None
    """The author, if known."""
    decision: Decision
    findings: tuple[Finding, ...]
    """Everything that was found, in order."""
    address_fails: bool = False
    """Whether mail to the author is known not to arrive."""
    same_as: InboundMail | None = None
    """The same mail, on a ticket already."""
    elsewhere: tuple[InboundMail, ...] = ()
    """The same mail on tickets of other desks."""
    claim: Claim | None = None
    """The conversation beside the requester's that it belongs to."""


def consider(
    mail: Incoming, *, mailbox: Mailbox, inbound_id: int | None = None, is_released: bool = False
) -> Considered:
    """Find out who wrote a mail and where it belongs, and decide what becomes of it.

    *inbound_id* is the row of this very mail, so that it is not taken for a repeat of itself.

    Raises: BadAddress when a person wrote it whose address cannot be written to.
    """
    desk = mailbox.desk
    author = author_of(mail)
    person, address_fails = _known(author, is_automatic=mail.nature.is_automatic)
    ours = _addresses_of_desks([author, *mail.addressed] if author else list(mail.addressed))
    repeats = _repeats(mail, inbound_id)
    same_as = next((one for one in repeats if one.mailbox.desk_id == desk.pk), None)
    ticket, way, is_ours = _found_ticket(mail, desk)
    surer = [] if ticket is None or way is Way.REFERENCE else [way]
    sender = author.address if author else ""
    claim = claim_of(mail, desk=desk, sender=sender, surer=surer)
    thread = None
    if ticket is not None and claim is None:
        thread = _thread(ticket, way, desk=desk, person=person, author=author)
    received = Received(
        sender=sender,
        is_released=is_released,
        forged_sign=forged_sign(mail.authentication, mailbox.trusted_checker),
        forged_server=mailbox.trusted_checker,
        has_several_senders=Mark.SEVERAL_SENDERS in mail.marks,
        is_our_own=is_ours,
        is_from_a_desk=author is not None and author.address in ours,
        repeats=same_as.ticket.reference if same_as and same_as.ticket else "",
        program_sign=mail.nature.sign if mail.nature.is_automatic else "",
        beside=_beside(claim),
    )
    if claim is None and thread is None and not received.program_sign:
        received = _with_desk_in_copy(received, mail, person, desk=desk, ours=ours)
        received = replace(received, suggestion=_suggestion(mail, person, desk))
    decision = next_step(received, thread, now=clock.now())
    findings = [*_about_sender(mail, author, person), *decision.findings]
    if is_released:
        findings.insert(0, found("released"))
    elsewhere: tuple[InboundMail, ...] = ()
    if decision.step is Step.OPEN:
        elsewhere = tuple(one for one in repeats if one.mailbox.desk_id != desk.pk)
        findings += [
            found("other-desk", desk=one.mailbox.desk.name, reference=one.ticket.reference)
            for one in elsewhere
            if one.ticket is not None
        ]
    return Considered(
        author=author,
        person=person,
        decision=decision,
        findings=tuple(findings),
        address_fails=address_fails,
        same_as=same_as,
        elsewhere=elsewhere,
        claim=claim,
    )


def author_of(mail: Incoming) -> Address | None:
    """Return who is to be answered.

    A web form or a mailing list sends in its own name and names the person in Reply-To. The
    Reply-To of a person's own mail is not heeded: it could direct answers to somebody else.
    """
    reply_to = next(iter(mail.reply_to), None)
    if mail.sender is None:
        return reply_to
    if reply_to is not None and not mail.nature.is_answerable and not mail.nature.is_automatic:
        return replace(reply_to, name=reply_to.name or mail.sender.name)
    return mail.sender


def is_answerable(mail: Incoming) -> bool:
    """Tell whether an automatic answer would reach a person, and only that one."""
    if mail.nature.is_answerable:
        return True
    if mail.nature.is_automatic or mail.nature.is_list:
        return False
    return author_of(mail) != mail.sender


def _beside(claim: Claim | None) -> Beside | None:
    if claim is None:
        return None
    return Beside(ticket_id=claim.ticket_id, reference=claim.reference, way=claim.way)


def _about_sender(mail: Incoming, author: Address | None, person: Person | None) -> list[Finding]:
    findings = []
    if author is None:
        findings.append(found("sender-none"))
    elif mail.sender is not None and author.address != mail.sender.address:
        findings.append(found("sender-reply-to", sender=mail.sender.address, author=author.address))
    if author is not None and person is not None:
        findings.append(found("sender-known", sender=author.address, name=person.name))
    elif author is not None:
        findings.append(found("sender-new", sender=author.address))
    if mail.nature.is_automatic:
        findings.append(found("program", sign=mail.nature.sign))
    elif not mail.nature.is_answerable:
        findings.append(found("unanswerable", sign=mail.nature.sign))
    return findings


def _known(author: Address | None, *, is_automatic: bool) -> tuple[Person | None, bool]:
    """Return who is known under the address, and whether mail to it is known to fail."""
    if author is None:
        return None, False
    try:
        return at_email(author.address)
    except BadAddress:
        # A program may sign as it likes; a person we could not answer goes into quarantine.
        if is_automatic:
            return None, False
        raise


def _addresses_of_desks(addresses: Sequence[Address]) -> dict[str, int]:
    """Return which of *addresses* are mailboxes, with the desk of each."""
    desks = DESKS_OF_MAILBOXES.present()
    plain = {_without_token(one.address) for one in addresses}
    return {address: desks[address] for address in plain & desks.keys()}


def _without_token(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}" if "+" in local else address


def _repeats(mail: Incoming, inbound_id: int | None) -> list[InboundMail]:
    """Return the same mail, received before and on tickets, of whatever desk."""
    if not mail.message_id:
        return []
    same = prepared.rows(
        InboundMail,
        "message_id = %s AND fingerprint = %s AND state = 'taken' AND ticket_id IS NOT NULL",
        mail.message_id,
        mail.fingerprint,
    )
    ids = {one.pk for one in same} - {inbound_id}
    if not ids:
        return []
    rows = InboundMail.objects.filter(pk__in=ids).select_related("mailbox__desk", "ticket")
    return list(rows.defer(*(f"mailbox__{name}" for name in Mailbox.SECRETS)).order_by("pk"))


def _found_ticket(mail: Incoming, desk: Desk) -> tuple[Ticket | None, Way, bool]:
    """Return the ticket a mail belongs to and by what it was found; and whether it is our own."""
    is_ours, by_id = _answered(mail, desk)
    if (ticket := _by_token(mail, desk)) is not None:
        return ticket, Way.TOKEN, is_ours
    if by_id is not None:
        return by_id, Way.MESSAGE_ID, is_ours
    named = references_in(mail.subject, desk.prefix)
    ticket = Ticket.objects.filter(desk=desk, reference__in=named).first() if named else None
    return ticket, Way.REFERENCE, is_ours


def _by_token(mail: Incoming, desk: Desk) -> Ticket | None:
    addresses = [*(one.address for one in mail.addressed), *mail.delivered_to]
    tokens = {token for address in addresses if (token := token_in_address(address))}
    tickets = (ticket_of_answer_token(token) for token in tokens)
    return next((one for one in tickets if one is not None and one.desk_id == desk.pk), None)


def _answered(mail: Incoming, desk: Desk) -> tuple[bool, Ticket | None]:
    """Tell whether a mail's id is one of ours, and which ticket the nearest of its references has.

    In one query, since every mail asks both.
    """
    may_be_ours = mail.message_id.startswith(OUR_IDS)
    wanted = [*mail.references, mail.message_id] if may_be_ours else list(mail.references)
    if not wanted:
        return False, None
    rows = Message.objects.filter(message_id__in=wanted).select_related("ticket", "outbound")
    found_by: dict[str, Ticket] = {}
    is_ours = False
    for message in rows.order_by("-pk"):
        if message.message_id == mail.message_id:
            is_ours |= getattr(message, "outbound", None) is not None
        if message.ticket.desk_id == desk.pk and message.message_id in mail.references:
            found_by[message.message_id] = message.ticket
    is_ours = is_ours or (may_be_ours and is_of_a_claimant(mail.message_id))
    return is_ours, next((found_by[one] for one in mail.references if one in found_by), None)


def _thread(
    ticket: Ticket, way: Way, *, desk: Desk, person: Person | None, author: Address | None
) -> Thread:
    takes_part = person is not None and is_party(person.pk, ticket)
    may_reply = (
        not takes_part and person is not None and may(_acting(person), "ticket.reply", ticket)
    )
    is_outside = not takes_part and not may_reply
    return Thread(
        ticket_id=ticket.pk,
        reference=ticket.reference,
        way=way,
        is_party=takes_part,
        may_reply=may_reply,
        was_addressed=is_outside and _was_addressed(ticket, author),
        is_done=not ticket.is_open,
        closed_at=ticket.closed_at,
        closed_reply=desk.closed_reply,
        reopen_days=desk.reopen_days,
    )


def _was_addressed(ticket: Ticket, author: Address | None) -> bool:
    if author is None:
        return False
    named = Q(to__contains=[author.address]) | Q(cc__contains=[author.address])
    return ticket.messages.filter(named).exists()


def _with_desk_in_copy(
    received: Received, mail: Incoming, person: Person | None, *, desk: Desk, ours: dict[str, int]
) -> Received:
    """Add who has the matter already, when the desk is only in copy (R12)."""
    to = [one for one in mail.to if ours.get(_without_token(one.address)) is None]
    is_in_copy = len(to) == len(mail.to) and any(
        ours.get(_without_token(one.address)) == desk.pk for one in mail.cc
    )
    if not is_in_copy or not to or len(to) > _MOST_TO:
        return received
    known = people_by_email(one.address for one in to)
    if person is not None and may(_acting(person), "ticket.reply", desk):
        return _on_behalf(received, mail, person, to=to, known=known, desk=desk)
    for one in to:
        agent = known.get(one.address)
        if agent is not None and may(_acting(agent), "ticket.reply", desk):
            return replace(received, handler=Handler(person_id=agent.pk, name=agent.name))
    return received


def _on_behalf(
    received: Received,
    mail: Incoming,
    agent: Person,
    *,
    to: Sequence[Address],
    known: dict[str, Person],
    desk: Desk,
) -> Received:
    """Take an agent's answer to somebody as that somebody's matter.

    Only an answer, and only to one person: what an agent writes to a supplier of his own accord
    is no request to the desk.
    """
    other = to[0]
    reader = known.get(other.address)
    is_colleague = reader is not None and may(_acting(reader), "ticket.reply", desk)
    if not mail.references or len(to) > 1 or is_colleague:
        return received
    name = reader.name if reader else other.name or other.address
    return replace(
        received,
        on_behalf=OnBehalf(address=other.address, requester=name, name=agent.name),
    )


def _suggestion(mail: Incoming, person: Person | None, desk: Desk) -> Suggestion | None:
    """Return a recent open ticket of the same person about the same thing."""
    subject = plain_subject(mail.subject, desk.prefix)
    if person is None or not subject or not desk.suggest_days:
        return None
    since = clock.now() - timedelta(days=desk.suggest_days)
    latest = prepared.first(
        Ticket,
        "requester_id = %s AND desk_id = %s AND state NOT IN ('resolved', 'closed')"
        " AND upper(subject) = upper(%s) AND changed_at >= %s ORDER BY changed_at DESC LIMIT 1",
        person.pk,
        desk.pk,
        subject,
        since,
    )
    return Suggestion(ticket_id=latest.pk, reference=latest.reference) if latest else None


def _acting(person: Person) -> Actor:
    return Actor.person(person.pk, person.name)
