"""Conversations of long ago become tickets, each word at its own moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from ansvar.access.queries import remembering_grants
from ansvar.conversations.commands.receiving import LONGEST_DESCRIPTION
from ansvar.conversations.commands.retelling import OldMail, retell_mail
from ansvar.conversations.decisions import is_forwarded
from ansvar.conversations.models import Mailbox, Message
from ansvar.importers.commands.runs import leave_out
from ansvar.importers.decisions import LeftOut, Line, closing_of
from ansvar.importers.facts import TicketImported
from ansvar.importers.models import ImportedMail, ImportRun, SurveyedMail
from ansvar.importers.queries import known_mails
from ansvar.importers.reading import Conversation, Whole
from ansvar.kernel import clock, journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.rights import may
from ansvar.people.commands import learn_person
from ansvar.people.decisions import BadAddress
from ansvar.people.models import Membership, Person
from ansvar.people.queries import people_by_email
from ansvar.tickets.commands import (
    add_participant,
    assign_ticket,
    close_ticket,
    desk_answered,
    open_ticket,
    reopen_ticket,
    requester_spoke,
    resolve_ticket,
)
from ansvar.tickets.models import Ticket

log = structlog.get_logger(__name__)

_LONGEST_REASON = 200
_LOCK = "importers.import"


@dataclass(kw_only=True)
class Teller:
    """What all conversations of a run share."""

    run: ImportRun
    silent_days: int
    mailbox: Mailbox | None
    """Where the mails are known besides, so that they are not fetched once more."""
    people: dict[str, Person | None] = field(default_factory=dict)
    _members: dict[int, frozenset[int]] = field(default_factory=dict)

    def person(self, address: str) -> Person | None:
        """Return whom an address belongs to, asked once."""
        if address not in self.people:
            self.people |= {address: None, **people_by_email([address])}
        return self.people[address]

    def is_in(self, team_id: int, agent: Person) -> bool:
        """Tell whether an agent works in a team, asked once."""
        if team_id not in self._members:
            rows = Membership.objects.filter(team=team_id, person__is_active=True)
            self._members[team_id] = frozenset(rows.values_list("person_id", flat=True))
        return agent.pk in self._members[team_id]

    def learned(self, address: str, name: str) -> Person:
        """Return whom an address belongs to, made known when nobody has it yet."""
        person = self.person(address)
        if person is None:
            person = self.people[address] = learn_person(address, name, by=self.run.actor)
        return person


@dataclass(kw_only=True)
class _Held:
    """Who has a ticket in hand while it is told."""

    is_answered: bool = False
    owner_id: int | None = None
    assignee_id: int | None = None


@dataclass(kw_only=True)
class _Told:
    imported: int = 0
    made: int = 0
    joined: int = 0


def tell_conversations(teller: Teller, conversations: Sequence[Conversation]) -> None:
    """Make tickets of conversations, as history: nobody is told, nothing is queued.

    All of it or nothing; a conversation that cannot become a ticket is left out with the reason.

    Records: TicketImported, and everything that happened to a ticket, at the time it did.
    """
    told = _Told()
    run = teller.run
    # Who was made known in a batch that is rolled back is not known.
    teller.people = {address: one for address, one in teller.people.items() if one is not None}
    before = set(teller.people)
    try:
        with transaction.atomic(), journal.as_history(), remembering_grants():
            one_at_a_time(run.desk_id)
            # Somebody may have gone on with the same run elsewhere.
            run.refresh_from_db(fields=["counts"])
            for conversation in conversations:
                with journal.request():
                    _told_or_left(teller, conversation, told)
            run.counts = {
                **run.counts,
                "imported": run.counts["imported"] + told.imported,
                "made": run.counts["made"] + told.made,
                "joined": run.counts["joined"] + told.joined,
            }
            run.save(update_fields=["counts"])
    except BaseException:
        teller.people = {key: one for key, one in teller.people.items() if key in before}
        run.refresh_from_db(fields=["counts"])
        raise


def one_at_a_time(desk_id: int) -> None:
    """Let no second import of the desk come in between: it could tell the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [_LOCK, desk_id])


def _told_or_left(teller: Teller, conversation: Conversation, told: _Told) -> None:
    for number, why in conversation.broken:
        leave_out([number], LeftOut.BROKEN, why)
    mails = _not_told_yet(teller.run, conversation)
    if not mails:
        return
    story = conversation.story
    if story.left_out is not None and conversation.ticket_id is None:
        leave_out(mails, story.left_out)
        return
    people = dict(teller.people)
    try:
        with journal.undone_on_failure(), transaction.atomic():
            if conversation.ticket_id is None:
                _tell_anew(teller, conversation, mails)
            else:
                _tell_more(teller, conversation, mails)
    except (OperationalError, InterfaceError):
        # The database is away: that is no fault of the mail.
        raise
    except (Refusal, BadAddress) as refusal:
        why = str(refusal)
    except ValidationError as error:
        why = " ".join(error.messages)
    except Exception as error:
        log.exception("conversation_not_imported", run=teller.run.pk, row=conversation.thread)
        why = f"{type(error).__name__}: {error}"
    else:
        told.imported += len(mails)
        told.made += conversation.ticket_id is None
        told.joined += conversation.ticket_id is not None
        taken = SurveyedMail.objects.filter(pk__in=list(mails))
        taken.update(state=SurveyedMail.State.TAKEN)
        return
    teller.people = people
    leave_out(mails, LeftOut.BROKEN, why)


def _not_told_yet(run: ImportRun, conversation: Conversation) -> dict[int, Whole]:
    known = known_mails(run.desk, [one.row for one in conversation.mails.values()])
    there = [pk for pk, one in conversation.mails.items() if one.row.key in known]
    if there:
        leave_out(there, LeftOut.KNOWN)
    return {pk: one for pk, one in conversation.mails.items() if pk not in set(there)}


def _tell_anew(teller: Teller, conversation: Conversation, mails: dict[int, Whole]) -> None:
    run, story = teller.run, conversation.story
    with clock.at(story.begun_at):
        requester = teller.learned(story.requester, story.requester_name)
        opener = _acting(requester) if not story.lines[0].is_out else run.actor
        ticket = open_ticket(
            desk=run.desk,
            requester=requester,
            subject=_subject(story.lines, mails),
            description=_description(story.lines, mails),
            channel="email",
            by=opener,
        )
    messages = []
    held = _Held()
    for line in story.lines:
        if line.said.number in mails:
            whole = mails[line.said.number]
            with clock.at(line.at):
                messages.append((whole, _tell_line(teller, ticket, line, whole=whole)))
                if line.is_answer:
                    _answered(teller, ticket, line, held=held)
    waiting_since = story.waiting_since
    if waiting_since is not None and story.first_answer is not None:
        with clock.at(story.last_said):
            requester_spoke(ticket.pk, at=waiting_since, by=run.actor)
    _end(teller, ticket, conversation)
    _note_imported(run, ticket, messages)


def _tell_more(teller: Teller, conversation: Conversation, mails: dict[int, Whole]) -> None:
    """Add mails to the ticket that has the rest of their conversation."""
    run = teller.run
    ticket = Ticket.objects.select_related("desk", "requester").get(pk=conversation.ticket_id or 0)
    messages = []
    for line in conversation.story.lines:
        if line.said.number in mails:
            whole = mails[line.said.number]
            author = teller.person(line.said.author)
            # Who asked there has not become the desk because the beginning lies elsewhere.
            asks = author is not None and author.pk == ticket.requester_id
            seen = replace(line, is_out=line.is_out and not asks)
            with clock.at(seen.at):
                messages.append((whole, _tell_line(teller, ticket, seen, whole=whole)))
    _catch_up(teller, ticket)
    _note_imported(run, ticket, messages)


def _tell_line(teller: Teller, ticket: Ticket, line: Line, *, whole: Whole) -> Message:
    author = None
    if line.is_out:
        author = teller.person(line.said.author)
    elif not line.said.is_automatic and line.said.author:
        author = teller.learned(line.said.author, line.said.name)
        if author.pk != ticket.requester_id:
            add_participant(ticket.pk, person=author, by=teller.run.actor)
    old = OldMail(
        mail=whole.mail,
        sha256=whole.sha256,
        size=whole.size,
        said_at=line.at,
        is_out=line.is_out,
        author=None if line.said.is_automatic else author,
        files=whole.files,
    )
    why = _("Imported from %(source)s.") % {"source": teller.run.source}
    return retell_mail(ticket, old, mailbox=teller.mailbox, why=why, by=teller.run.actor)


def _answered(teller: Teller, ticket: Ticket, line: Line, *, held: _Held) -> None:
    """Note that the desk has answered; an agent who did had the ticket in hand."""
    agent = teller.person(line.said.author)
    by = teller.run.actor
    if agent is not None and may(_acting(agent), "ticket.reply", ticket):
        by = _acting(agent)
    if not held.is_answered or (held.owner_id is None and by.person_id is not None):
        # Answers beyond the first change nothing that is not told at the end.
        held.is_answered, held.owner_id = True, by.person_id
        desk_answered(ticket.pk, by=by)
    if agent is None or by is teller.run.actor or held.assignee_id == agent.pk:
        return
    if teller.is_in(ticket.team_id, agent) and may(by, "ticket.assign", ticket):
        assign_ticket(ticket.pk, to=agent, by=by)
        held.assignee_id = agent.pk


def _end(teller: Teller, ticket: Ticket, conversation: Conversation) -> None:
    """Close what nobody has gone on with, at its last word."""
    story = conversation.story
    now = clock.now()
    closed_at = closing_of(story.last_said, silent_days=teller.silent_days, now=now)
    if closed_at is None:
        return
    words = _("Imported: this was the last word in the mailbox.")
    if story.first_answer is None:
        words = _("Imported: the mailbox holds no answer.")
    with clock.at(max(closed_at, story.lines[-1].at)):
        resolve_ticket(ticket.pk, resolution=words, by=teller.run.actor)
        close_ticket(ticket.pk, how="imported", by=teller.run.actor)


def _catch_up(teller: Teller, ticket: Ticket) -> None:
    """Let a ticket that was there know whose turn it is, now that more of it is known."""
    ticket.refresh_from_db()
    by = teller.run.actor
    people = Message.objects.filter(ticket=ticket, is_automatic=False)
    answers = people.filter(direction=Message.Direction.OUT).order_by("-said_at", "-pk")
    last_answer = answers.first()
    waiting = people.filter(direction=Message.Direction.IN).order_by("said_at", "pk")
    if last_answer is not None:
        waiting = waiting.filter(said_at__gt=last_answer.said_at)
    since = waiting.first()
    if ticket.is_open:
        if since is None and ticket.requester_spoke_at is not None:
            desk_answered(ticket.pk, by=by)
        elif since is not None and ticket.requester_spoke_at is None:
            requester_spoke(ticket.pk, at=since.said_at, by=by)
        return
    is_recent = since is not None and not closing_of(
        since.said_at, silent_days=teller.silent_days, now=clock.now()
    )
    ended_at = ticket.closed_at or ticket.resolved_at
    if since is not None and is_recent and ended_at is not None and since.said_at > ended_at:
        reason = " ".join(since.text.split())[:_LONGEST_REASON] or since.subject or "…"
        reopen_ticket(ticket.pk, reason=reason, by=by)
        requester_spoke(ticket.pk, at=since.said_at, by=by)


def _note_imported(
    run: ImportRun, ticket: Ticket, messages: Sequence[tuple[Whole, Message]]
) -> None:
    ImportedMail.objects.bulk_create(
        ImportedMail(
            desk_id=run.desk_id,
            key=whole.row.key,
            run=run,
            ticket=ticket,
            message=message,
            sha256=whole.sha256,
        )
        for whole, message in messages
    )
    # The last entry of all: what comes after it, somebody has done since.
    journal.record(
        TicketImported(subject_id=ticket.pk, run_id=run.pk, mails=len(messages)), by=run.actor
    )


def _subject(lines: Sequence[Line], mails: dict[int, Whole]) -> str:
    for line in lines:
        if line.said.number in mails and (subject := mails[line.said.number].row.subject):
            return subject
    return _("(no subject)")


def _description(lines: Sequence[Line], mails: dict[int, Whole]) -> str:
    """Return the first words from outside; of a mail that was passed on, all of it."""
    asked = (line for line in lines if not line.is_out and not line.said.is_automatic)
    first = next((line.said.number for line in asked if line.said.number in mails), None)
    if first is None:
        return ""
    mail = mails[first].mail
    words = mail.text if is_forwarded(mail.subject) else mail.new_text
    return words[:LONGEST_DESCRIPTION]


def _acting(person: Person) -> Actor:
    return Actor.person(person.pk, person.name)
