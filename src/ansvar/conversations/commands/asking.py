"""Asking for what must be known before work can begin, and reading it from what people write."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override

from ansvar.catalogue.fitting import hint_of
from ansvar.catalogue.models import NeededFact
from ansvar.conversations.commands.automatic import say_automatically, words_of
from ansvar.conversations.commands.talking import write_reply
from ansvar.conversations.facts import MissingAsked
from ansvar.conversations.models import InboundMail, Message, OutboundMail
from ansvar.conversations.reading_answers import Question, read_answers
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.models import Entry
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.tickets.commands import note_details, wait_with_ticket
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import Needed, missing_on, needed_on

MOST_MESSAGES = 20
"""Of a ticket so many of the latest messages are read for answers."""


class NothingMissing(Refusal):
    """There is nothing to ask for: all that work needs is known."""

    status = 409


@command
def ask_missing(ticket_id: int, *, by: Actor) -> Message:
    """Ask the requester in one message for all that is missing; the ticket waits for the answer.

    As any answer it can be taken back for a moment; what the agent has typed meanwhile stays.

    Raises: NotPermitted; NothingMissing; MoveNotAllowed for a ticket that is done with.
    Records: MessageSent; MissingAsked; WaitingStarted.
    """
    ticket = _locked(ticket_id)
    require(by, "ticket.reply", ticket)
    missing = missing_on(ticket)
    if not missing:
        raise NothingMissing(
            said("All that work on %(reference)s needs is known."), reference=ticket.reference
        )
    text = words_of(ticket, "missing_facts", {"questions": _listed(missing)})
    message = write_reply(ticket.pk, text=text, keeps_draft=True, by=by)
    _wait_for(ticket, missing, message, by=by)
    return message


@command
def ask_at_once(ticket_id: int) -> Message | None:
    """Ask for what is missing without an agent, if the service wants that and mail brought it.

    At most once on a ticket, whoever asked first; never programs, lists and noreply addresses.

    Records: MessageSent, MissingAsked and WaitingStarted; MessageStopped when a loop is feared.
    """
    ticket = _locked(ticket_id)
    wants = ticket.service is not None and ticket.service.asks_at_once
    if not (wants and ticket.is_open and ticket.channel == "email"):
        return None
    first = InboundMail.objects.filter(ticket=ticket).order_by("pk").first()
    if first is None or not first.is_answerable or _last_asked(ticket) is not None:
        return None
    if not (missing := missing_on(ticket)):
        return None
    message = say_automatically(
        ticket, "missing_facts", {"questions": _listed(missing)}, key=f"missing:{ticket.pk}"
    )
    if message is not None and not _is_held_back(message):
        _wait_for(ticket, missing, message, by=SYSTEM)
    return message


@command
def take_answers(ticket_id: int) -> None:
    """Note what people of a ticket have answered, read from their messages in order.

    What somebody filled in by hand is left alone, so is what a later message said. A second run
    changes nothing.

    Records: DetailNoted.
    """
    ticket = _locked(ticket_id)
    said_by_people = Message.objects.filter(
        ticket=ticket, direction=Message.Direction.IN, is_automatic=False, author__isnull=False
    )
    latest = said_by_people.prefetch_related("attachments").order_by("-said_at", "-pk")
    numbered = _last_asked(ticket)
    for message in reversed(latest[:MOST_MESSAGES]):
        present = [one for one in needed_on(ticket) if _may_be_read(one, message)]
        answers = read_answers(
            message.text,
            [_question(one, numbered, message) for one in present if _is_asked(one, ticket)],
            quoted=message.quoted,
            files=[
                file.name
                for file in message.attachments.all()
                if not file.content_id and not file.is_signature
            ],
        )
        if answers:
            note_details(ticket.pk, values=answers, message_id=message.pk, by=SYSTEM)


def _listed(missing: Sequence[NeededFact]) -> str:
    """Return the questions, each on a line of its own with room behind it."""
    lines = []
    for number, one in enumerate(missing, start=1):
        hint = f" ({hint_of(one)})" if hint_of(one) else ""
        lines.append(f"{number}. {one.question}{hint} ____")
    return "\n".join(lines)


def _wait_for(
    ticket: Ticket, missing: Sequence[NeededFact], message: Message, *, by: Actor
) -> None:
    names = [one.name for one in missing]
    record(
        MissingAsked(
            subject_id=ticket.pk,
            message_id=message.pk,
            needed=[one.pk for one in missing],
            names=names,
        ),
        by=by,
    )
    with override(ticket.desk.language):
        note = _("Asked for: {names}").format(names=", ".join(names))
    wait_with_ticket(ticket.pk, waiting_for=WaitingFor.REQUESTER, note=note, by=by)


def _last_asked(ticket: Ticket) -> MissingAsked | None:
    entries = Entry.objects.filter(
        subject_type="ticket", subject_id=ticket.pk, fact=MissingAsked.name
    )
    entry = entries.order_by("-pk").first()
    fact = entry.restored if entry is not None else None
    return fact if isinstance(fact, MissingAsked) else None


def _may_be_read(one: Needed, message: Message) -> bool:
    """Tell whether a message may say it: unknown, or read from this one or an earlier one."""
    return not one.is_known or (one.message_id is not None and one.message_id <= message.pk)


def _is_asked(one: Needed, ticket: Ticket) -> bool:
    return one.fact.is_active and one.fact.service_id == ticket.service_id


def _question(one: Needed, asked: MissingAsked | None, message: Message) -> Question:
    order: Iterable[int] = ()
    if asked is not None and message.pk > asked.message_id:
        order = asked.needed
    numbers = {pk: number for number, pk in enumerate(order, start=1)}
    return Question(
        id=one.fact.pk,
        name=one.fact.name,
        text=one.fact.question,
        wanted=one.fact.wanted,
        hint=hint_of(one.fact),
        number=numbers.get(one.fact.pk),
        is_open=not one.is_known or one.message_id == message.pk,
    )


def _is_held_back(message: Message) -> bool:
    return OutboundMail.objects.filter(message=message, state=OutboundMail.State.STOPPED).exists()


def _locked(ticket_id: int) -> Ticket:
    rows = Ticket.objects.select_for_update(of=("self",))
    return rows.select_related("desk__calendar", "requester__site__calendar", "service").get(
        pk=ticket_id
    )
