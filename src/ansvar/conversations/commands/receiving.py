"""From raw bytes to words on a ticket, exactly once."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from ansvar.conversations import store
from ansvar.conversations.commands.guarding import VirusFound
from ansvar.conversations.commands.joining import Speaker, answer_for_agent, join_ticket
from ansvar.conversations.commands.setting_aside import ignore, quarantine
from ansvar.conversations.commands.storing import mailbox_actor
from ansvar.conversations.considering import Considered, consider, is_answerable
from ansvar.conversations.decisions import Decision, Step, is_forwarded, plain_subject
from ansvar.conversations.findings import found, to_json
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.conversations.parsing import Incoming, Unreadable, read_mail
from ansvar.conversations.parsing.reading import header_of, require_sense
from ansvar.kernel import prepared
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command, without_savepoints
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.small_tables import at_one_moment
from ansvar.people.commands import learn_person, make_known
from ansvar.people.decisions import BadAddress
from ansvar.people.models import Person
from ansvar.tickets.commands import add_note, link_tickets, open_ticket
from ansvar.tickets.models import Link, Ticket

LONGEST_DESCRIPTION = 50_000
_LONGEST_MADE_SUBJECT = 80
_RELATED = Link.Relation.RELATED
_READ = (
    "state", "reason", "decision", "way", "kind", "findings", "readings", "suggested", "same_as",
    "sender", "subject", "message_id", "fingerprint", "is_answerable", "ticket",
)  # fmt: skip
"""What reading a mail tells of it."""


def read_inbound(
    inbound_id: int, *, is_released: bool = False, mailbox: Mailbox | None = None
) -> InboundMail:
    """Read a stored mail and let it become words on a ticket, or put it aside with the reason.

    *is_released*: somebody let it through, so it is not put aside for what it is. *mailbox* is
    where it came in, with its desk, for those who read many. A mail that has been read already is
    left alone.

    Records: what the mail leads to: TicketOpened, MessageReceived, MessageSent, MailIgnored,
    MailQuarantined.
    """
    try:
        return _read(inbound_id, is_released=is_released, mailbox=mailbox)
    except store.ContentAway:
        # Nothing is wrong with the mail: it is read when the store answers again.
        raise
    except (Unreadable, Refusal, BadAddress, ValidationError) as error:
        # A refusal half-way has left nothing behind.
        return _refuse(inbound_id, error, mailbox=mailbox)


@command
def _read(inbound_id: int, *, is_released: bool, mailbox: Mailbox | None) -> InboundMail:
    inbound = _to_read(inbound_id, mailbox)
    if inbound.state != InboundMail.State.STORED:
        return inbound
    # Who lets a mail through has seen how large it is.
    most = None if is_released else _largest(inbound)
    mail = read_mail(store.read(inbound.sha256), largest=most)
    _describe(inbound, mail)
    require_sense(mail)
    with without_savepoints():
        _settle(inbound, mail, by=mailbox_actor(inbound.mailbox), is_released=is_released)
    return inbound


def _to_read(inbound_id: int, mailbox: Mailbox | None) -> InboundMail:
    """Return a mail, locked, and counted as read once more if it waits for that."""
    inbound = prepared.first(InboundMail, "id = %s FOR UPDATE", inbound_id)
    if inbound is None:
        raise InboundMail.DoesNotExist
    if inbound.state == InboundMail.State.STORED:
        inbound.mailbox = mailbox or mailbox_to_read(inbound.mailbox_id)
        inbound.readings += 1
    return inbound


def mailbox_to_read(mailbox_id: int) -> Mailbox:
    """Return a mailbox with its desk and without its secrets."""
    return Mailbox.objects.select_related("desk").defer(*Mailbox.SECRETS).get(pk=mailbox_id)


def _alone_with(message_id: str) -> None:
    """Let others who read the same mail wait, and the commit not wait for the disk.

    The same mail may be read from two mailboxes in the same moment. And it is safe already: after a
    power cut the whole reading may be undone, and is then done again. Whatever follows from it,
    such as a mail to its sender, begins with a job whose own commit waits for the disk and takes
    this one along.
    """
    sql = "SELECT set_config('synchronous_commit', 'off', true)"
    if message_id:
        sql += ", pg_advisory_xact_lock(hashtextextended(%s, 0))"
    with connection.cursor() as cursor:
        cursor.execute(sql, [message_id] if message_id else [])


@command
def _refuse(inbound_id: int, error: Exception, *, mailbox: Mailbox | None) -> InboundMail:
    """Put a mail whose reading was refused into quarantine."""
    inbound = _to_read(inbound_id, mailbox)
    if inbound.state != InboundMail.State.STORED:
        return inbound
    inbound.decision, inbound.way = Step.QUARANTINE, ""
    why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    inbound.findings = to_json([found("refused", why=why)])
    raw = store.read(inbound.sha256)
    with suppress(Unreadable):
        _describe(inbound, read_mail(raw, largest=_largest(inbound)))
    if not (inbound.sender or inbound.subject or inbound.message_id):
        header = header_of(raw)
        inbound.sender, inbound.subject = header.shown_from[:320], header.subject
        inbound.message_id = header.message_id
    told_as = "too_large" if inbound.size > _largest(inbound) else "unreadable"
    if isinstance(error, VirusFound):
        inbound.signature = error.signature
        # Who seems to have sent it is rarely who did: nobody is told.
        told_as = ""
    quarantine(inbound, reason=why, by=mailbox_actor(inbound.mailbox), told_as=told_as)
    return inbound


def _largest(inbound: InboundMail) -> int:
    return inbound.mailbox.largest_mb * 1024 * 1024


def _describe(inbound: InboundMail, mail: Incoming) -> None:
    inbound.sender = mail.sender.address if mail.sender else ""
    inbound.subject = mail.subject
    inbound.message_id = mail.message_id
    inbound.fingerprint = mail.fingerprint
    inbound.is_answerable = is_answerable(mail)
    inbound.kind = mail.nature.kind if mail.nature.is_automatic else ""


@at_one_moment()
def _settle(inbound: InboundMail, mail: Incoming, *, by: Actor, is_released: bool) -> None:
    _alone_with(mail.message_id)
    mailbox = inbound.mailbox
    seen = consider(mail, mailbox=mailbox, inbound_id=inbound.pk, is_released=is_released)
    decision = seen.decision
    inbound.decision, inbound.same_as = decision.step, seen.same_as
    inbound.way = decision.way or ""
    inbound.findings = to_json(seen.findings)
    match decision.step:
        case Step.IGNORE:
            ignore(inbound, reason=str(seen.findings[-1]), by=by)
            return
        case Step.QUARANTINE:
            quarantine(inbound, reason=str(seen.findings[-1]), by=by)
            return
        case Step.OPEN:
            ticket, outcome = _open(inbound, mail, seen, by=by), "opened"
        case Step.JOIN:
            ticket, outcome = _locked(decision), "joined"
            person = seen.person or _learned(mail, seen, by=by)
            speaker = Speaker(person, mailbox=by, address_fails=seen.address_fails)
            join_ticket(ticket, inbound, mail, decision=decision, speaker=speaker)
        case Step.ANSWER:
            ticket, outcome = _locked(decision), "answered"
            assert seen.person is not None  # noqa: S101 - only an agent, who is known, may answer
            answer_for_agent(ticket, inbound, mail, agent=seen.person)
        case Step.NOTE:
            ticket, outcome = _locked(decision), "noted"
            assert seen.person is not None  # noqa: S101 - as above
            add_note(ticket.pk, text=_words_of_note(mail), by=_acting(seen.person))
        case Step.PASS_ON:
            ticket, outcome = _locked(decision), "passed-on"
            assert seen.claim is not None  # noqa: S101 - the decision follows from it
            seen.claim.take(inbound, mail, by=by)
    findings = [*seen.findings, found(outcome, reference=ticket.reference)]
    inbound.findings = to_json(findings)
    inbound.state, inbound.ticket = InboundMail.State.TAKEN, ticket
    inbound.reason = str(decision.findings[-1])[:500] if decision.findings else ""
    prepared.update(inbound, *_READ)


def _open(inbound: InboundMail, mail: Incoming, seen: Considered, *, by: Actor) -> Ticket:
    decision, author = seen.decision, seen.author
    if author is None:
        raise Unreadable(_("The mail names no sender, so nobody could be answered."))
    desk = inbound.mailbox.desk
    sender = seen.person or make_known(author.address, author.name, by=by)
    requester = sender
    if decision.requester:
        requester = learn_person(decision.requester, _name_in(mail, decision.requester), by=by)
    handler = None
    if decision.handler_id is not None:
        handler = Person.objects.get(pk=decision.handler_id)
    words = mail.text if is_forwarded(mail.subject) else mail.new_text
    ticket = open_ticket(
        desk=desk,
        requester=requester,
        subject=_subject(mail, desk.prefix),
        description=words[:LONGEST_DESCRIPTION],
        channel="email",
        assignee=sender if decision.requester else handler,
        by=_acting(sender),
    )
    inbound.ticket, inbound.suggested_id = ticket, decision.suggested_id
    if decision.requester:
        answer_for_agent(ticket, inbound, mail, agent=sender)
    else:
        speaker = Speaker(sender, mailbox=by, address_fails=seen.address_fails)
        join_ticket(ticket, inbound, mail, decision=decision, speaker=speaker)
    others = {decision.related_id, *(one.ticket_id for one in seen.elsewhere)} - {None}
    for other_id in sorted(one for one in others if one is not None):
        link_tickets(ticket.pk, other_id=other_id, relation=_RELATED, by=by)
    return ticket


def _learned(mail: Incoming, seen: Considered, *, by: Actor) -> Person | None:
    if seen.author is None or mail.nature.is_automatic:
        return None
    return make_known(seen.author.address, seen.author.name, by=by)


def _name_in(mail: Incoming, address: str) -> str:
    return next((one.name for one in mail.to if one.address == address), "")


def _words_of_note(mail: Incoming) -> str:
    words = mail.new_text or mail.subject
    if not mail.files:
        return words
    names = ", ".join(file.name for file in mail.files)
    return f"{words}\n\n" + _("With files, in the mail as it came: {names}").format(names=names)


def _subject(mail: Incoming, prefix: str) -> str:
    subject = plain_subject(mail.subject, prefix)
    if subject:
        return subject
    first_line = next((line for line in mail.new_text.split("\n") if line.strip()), "")
    return first_line.strip()[:_LONGEST_MADE_SUBJECT] or _("(no subject)")


def _locked(decision: Decision) -> Ticket:
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("desk", "requester")
    return rows.get(pk=decision.ticket_id or 0)


def _acting(person: Person) -> Actor:
    return Actor.person(person.pk, person.name)
