"""A ticket's story in one order: messages, notes, hand-overs, and small facts folded together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansvar.conversations.composing import html_of
from ansvar.conversations.findings import Finding, from_json
from ansvar.conversations.models import Message, OutboundMail
from ansvar.conversations.showing import has_remote_pictures
from ansvar.kernel import telling
from ansvar.kernel.composed import Given, composed
from ansvar.kernel.facts import Fact
from ansvar.kernel.telling import Told
from ansvar.suppliers.facts import SupplierAsked, SupplierWrote
from ansvar.tickets.decisions import Answer, TaskKind
from ansvar.tickets.facts import (
    HandOverAsked,
    HandOverDecided,
    TaskAnswered,
    TaskGiven,
    TicketHandedOver,
    TicketReopened,
    TicketResolved,
)
from ansvar.tickets.models import Note, Ticket
from ansvar.tickets.queries import latest_entries

SHOWN_OTHERWISE = frozenset(
    {"ticket.note_added", "message.received", "message.sent", "message.delivered_to_server"}
)
"""Facts whose words stand on the page themselves."""
NAMED_IN_SUMMARY = 3


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing in the timeline; *kind* says which part draws it."""

    kind: str
    """message, note, happening, facts."""
    at: datetime
    name: str = ""
    detail: str = ""
    text: str = ""
    html: str = ""
    """The desk's own Markdown, made harmless."""
    tone: str = ""
    is_me: bool = False
    message: Message | None = None
    why: Sequence[Finding] = ()
    """Of a mail: how it came to be on this ticket."""
    has_remote_pictures: bool = False
    """Whether its mail shows pictures that are fetched only when the reader asks."""
    delivery: OutboundMail | None = None
    note: Note | None = None
    items: Sequence[tuple[str, datetime]] = ()
    title: str = ""
    icon: str = ""
    """Of a happening."""
    tried: str = ""
    """What was tried and did not help, as a note or a hand-over says it."""
    is_bounce: bool = False


@dataclass(frozen=True, kw_only=True)
class LastWords:
    """What was said last, for a glance."""

    name: str
    at: datetime
    text: str


@dataclass
class Known:
    """Names that the page has read already, so that nobody asks for them again."""

    names: dict[tuple[str, int], str] = field(default_factory=dict)

    def add(self, noun: str, things: Iterable[Any]) -> None:
        """Remember the names of rows."""
        self.names |= {(noun, thing.pk): str(thing) for thing in things if thing is not None}


def last_words(ticket: Ticket) -> LastWords | None:
    """Return the last message of a ticket, or else what it was opened with."""
    message = _last_message().first(ticket=ticket.pk)
    if message is not None:
        return LastWords(name=author_of(message, ticket), at=message.said_at, text=message.text)
    if ticket.description.strip():
        return LastWords(name=ticket.requester.name, at=ticket.opened_at, text=ticket.description)
    return None


@composed
def _last_message() -> QuerySet[Message]:
    said = Message.objects.filter(ticket_id=Given("ticket"), is_automatic=False)
    shown = said.exclude(outbound__state=OutboundMail.State.RECALLED).select_related("author")
    told = shown.only("direction", "said_at", "text", "author__name")
    return told.order_by("-said_at", "-id")[:1]


def author_of(message: Message, ticket: Ticket) -> str:
    """Return who said it; nobody means the desk itself."""
    if message.author is not None:
        return message.author.name
    return _("The desk") if message.direction == Message.Direction.OUT else ticket.requester.name


def story_of(
    ticket: Ticket, messages: Sequence[Message], notes: Sequence[Note], *, known: Known, me: int
) -> list[Item]:
    """Return everything that happened on a ticket, oldest first."""
    items = [_said(message, ticket, me) for message in messages]
    items += [_noted(note, me) for note in notes]
    first = _opening(ticket, messages, me)
    items += [first] if first else []
    entries = latest_entries(ticket.pk)
    told = telling.tell(
        (entry for entry in entries if entry.fact not in SHOWN_OTHERWISE), known=known.names
    )
    for one in told[:1]:
        # All of them carry the same names: those that were looked up for the whole journal.
        known.names |= one.names
    items += [_happened(one) for one in told]
    items.sort(key=lambda item: item.at)
    return _folded(items)


def _opening(ticket: Ticket, messages: Sequence[Message], me: int) -> Item | None:
    """Return the words a ticket was opened with, unless they stand there as a message."""
    words = ticket.description.strip()
    if not words or any(message.text.strip() == words for message in messages[:2]):
        return None
    teller = ticket.reporter or ticket.requester
    detail = "" if ticket.reporter is None else _("for %(name)s") % {"name": ticket.requester.name}
    return Item(
        kind="message",
        at=ticket.opened_at,
        name=teller.name,
        detail=detail or channel_name(ticket.channel),
        text=words,
        tone="in",
        is_me=teller.pk == me,
    )


def channel_name(channel: str) -> str:
    """Say through which channel words came or went."""
    names = {
        "email": _("by e-mail"),
        "portal": _("in the portal"),
        "workbench": _("taken down by an agent"),
        "api": _("by a program"),
        "phone": _("by phone"),
    }
    return names.get(channel, channel)


def _said(message: Message, ticket: Ticket, me: int) -> Item:
    outbound = getattr(message, "outbound", None)
    detail = channel_name(message.channel) if message.channel != "workbench" else ""
    if message.is_automatic:
        detail = _("%(channel)s, automatically") % {"channel": detail}
    return Item(
        kind="message",
        at=message.said_at,
        name=author_of(message, ticket),
        detail=detail,
        text=message.text,
        html=html_of(message.text) if message.direction == Message.Direction.OUT else "",
        tone="in" if message.direction == Message.Direction.IN else "out",
        is_me=message.author_id == me,
        message=message,
        why=from_json(message.inbound.findings) if message.inbound else (),
        has_remote_pictures=has_remote_pictures(message),
        delivery=outbound,
    )


def _noted(note: Note, me: int) -> Item:
    name = note.author.name if note.author else _("Ansvar")
    return Item(
        kind="note",
        at=note.written_at,
        name=name,
        text=note.text,
        is_me=note.author_id == me,
        note=note,
        tried=note.text if note.is_attempt else "",
    )


def _happened(told: Told) -> Item:
    """Return a happening of its own for what a reader looks for, else a small fact."""
    draw = _HAPPENINGS.get(type(told.fact))
    if draw is None:
        return Item(kind="facts", at=told.entry.at, items=[(sentence_of(told), told.entry.at)])
    return Item(
        kind="happening",
        at=told.entry.at,
        detail=_("by %(name)s") % {"name": told.actor},
        **draw(told.fact, told),
    )


def _team(told: Told, team_id: int) -> str:
    return told.names.get(("team", team_id), "–")


def _handed_over(fact: TicketHandedOver, told: Told) -> dict[str, Any]:
    title = _("Handed back to %(team)s") if fact.is_bounce else _("Handed over to %(team)s")
    return {
        "icon": "arrow-back-up" if fact.is_bounce else "arrow-forward-up",
        "title": title % {"team": _team(told, fact.team_id)},
        "text": fact.reason,
        "tried": fact.tried,
        "tone": "red" if fact.is_bounce else "",
        "is_bounce": fact.is_bounce,
    }


def _hand_over_asked(fact: HandOverAsked, told: Told) -> dict[str, Any]:
    title = _("Asked whether %(team)s gets it") % {"team": _team(told, fact.team_id)}
    return {"icon": "hand-stop", "title": title, "text": fact.reason, "tried": fact.tried}


def _hand_over_decided(fact: HandOverDecided, told: Told) -> dict[str, Any]:
    titles = {
        Answer.GIVE: _("Decided: %(team)s gets it"),
        Answer.KEEP: _("Decided: it stays where it is, not with %(team)s"),
        Answer.SPLIT: _("Decided: %(team)s has a task, the ticket stays"),
        Answer.TOGETHER: _("Decided: together with %(team)s"),
    }
    title = titles[Answer(fact.answer)] % {"team": _team(told, fact.team_id)}
    return {"icon": "user-check", "title": title, "text": fact.said, "tone": "accent"}


def _task_given(fact: TaskGiven, _told: Told) -> dict[str, Any]:
    titles = {
        TaskKind.QUESTION: ("user-question", _("Asked %(whom)s")),
        TaskKind.WORK: ("subtask", _("Gave %(whom)s a piece of the work")),
        TaskKind.TOGETHER: ("users-group", _("Called %(whom)s in")),
    }
    icon, title = titles[TaskKind(fact.kind)]
    return {"icon": icon, "title": title % {"whom": fact.whom}, "text": fact.said}


def _task_answered(fact: TaskAnswered, _told: Told) -> dict[str, Any]:
    return {"icon": "heart-handshake", "title": _("Answered"), "text": fact.said, "tone": "accent"}


def _supplier_asked(fact: SupplierAsked, told: Told) -> dict[str, Any]:
    title = _("Asked %(whom)s (%(task)s)") % {
        "whom": _name(told, "supplier", fact.supplier_id),
        "task": _name(told, "supplier_task", fact.task_id),
    }
    return {"icon": "building", "title": title, "text": fact.title}


def _supplier_wrote(fact: SupplierWrote, told: Told) -> dict[str, Any]:
    if fact.is_answer:
        title = _("%(who)s answered (%(task)s)")
    elif fact.is_automatic:
        title = _("A program of %(who)s wrote (%(task)s)")
    elif fact.is_of_supplier:
        title = _("%(who)s wrote (%(task)s)")
    else:
        title = _("An unknown address wrote to %(who)s and us (%(task)s)")
    names = {
        "who": _name(told, "supplier", fact.supplier_id),
        "task": _name(told, "supplier_task", fact.task_id),
    }
    tone = "accent" if fact.is_answer else ""
    return {"icon": "building", "title": title % names, "tone": tone}


def _name(told: Told, noun: str, pk: int) -> str:
    return told.names.get((noun, pk), "")


def _resolved(fact: TicketResolved, _told: Told) -> dict[str, Any]:
    title = _("Resolved")
    return {"icon": "circle-check", "title": title, "text": fact.resolution, "tone": "good"}


def _reopened(fact: TicketReopened, _told: Told) -> dict[str, Any]:
    title = _("Taken up again")
    return {"icon": "repeat", "title": title, "text": fact.reason, "tone": "amber"}


_HAPPENINGS: Mapping[type[Fact], Callable[[Any, Told], dict[str, Any]]] = {
    TicketHandedOver: _handed_over,
    HandOverAsked: _hand_over_asked,
    HandOverDecided: _hand_over_decided,
    TaskGiven: _task_given,
    TaskAnswered: _task_answered,
    SupplierAsked: _supplier_asked,
    SupplierWrote: _supplier_wrote,
    TicketResolved: _resolved,
    TicketReopened: _reopened,
}


def sentence_of(told: Told) -> str:
    """Say who did what; what became of a mail is no person's doing."""
    if told.entry.fact.startswith("message."):
        return f"{told.words[:1].upper()}{told.words[1:]}"
    return f"{told.actor} {told.words}".strip()


def _folded(items: list[Item]) -> list[Item]:
    """Put neighbouring small facts under one line."""
    folded: list[Item] = []
    for item in items:
        if item.kind == "facts" and folded and folded[-1].kind == "facts":
            last = folded.pop()
            folded.append(Item(kind="facts", at=last.at, items=[*last.items, *item.items]))
        else:
            folded.append(item)
    return [_summed_up(item) if item.kind == "facts" else item for item in folded]


def _summed_up(item: Item) -> Item:
    count = len(item.items)
    if count == 1:
        return item
    named = "; ".join(sentence for sentence, _at in item.items[:NAMED_IN_SUMMARY])
    words = ngettext("%(n)s fact: %(named)s", "%(n)s facts: %(named)s", count)
    more = " …" if count > NAMED_IN_SUMMARY else ""
    return Item(
        kind="facts",
        at=item.at,
        items=item.items,
        title=words % {"n": count, "named": named} + more,
    )
