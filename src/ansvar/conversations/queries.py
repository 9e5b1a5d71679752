"""What pages and commands ask about messages, mail and mailboxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from ansvar.access.queries import desks_where
from ansvar.catalogue.small_tables import NEEDED_FACTS
from ansvar.conversations.models import Attachment, InboundMail, Mailbox, Message, OutboundMail
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.names import nouns
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import may
from ansvar.people.models import Person
from ansvar.tickets.models import Ticket
from ansvar.tickets.relations import is_party

SEARCHED_MAILS = 20_000
"""The latest mails, through whose senders and subjects a search looks."""
_NEVER_SAID = (OutboundMail.State.RECALLED,)


class FileHarmful(Refusal):
    """The virus scanner found something in a file: it is given to nobody."""


def messages_of(ticket: Ticket) -> QuerySet[Message]:
    """Return what agents see of a ticket's conversation, oldest first; not what was taken back."""
    return (
        Message.objects.filter(ticket=ticket)
        .exclude(outbound__state__in=_NEVER_SAID)
        .select_related("author", "outbound", "inbound")
        .prefetch_related("attachments")
        .order_by("said_at", "pk")
    )


def messages_for_requester(ticket: Ticket) -> QuerySet[Message]:
    """Return what the people of a ticket see: without answers that can still be taken back."""
    pending = Q(outbound__state=OutboundMail.State.QUEUED, outbound__send_after__gt=clock.now())
    hidden = Q(outbound__state=OutboundMail.State.STOPPED) | pending
    returned = Q(direction=Message.Direction.IN, is_automatic=True)
    return messages_of(ticket).exclude(hidden).exclude(returned)


def visible_attachment(person: Person, pk: int) -> Attachment | None:
    """Return a file that somebody may download, or nothing, whether or not it exists.

    Raises: FileHarmful for a harmful one, whoever asks.
    """
    rows = Attachment.objects.select_related("message__ticket__service", "message__outbound")
    attachment = rows.filter(pk=pk).first()
    if attachment is None or not _may_see(person, attachment.message):
        return None
    if attachment.is_blocked:
        raise FileHarmful(
            said("“%(name)s” is blocked: the virus scanner found %(signature)s in it."),
            name=attachment.name,
            signature=attachment.signature,
        )
    return attachment


def visible_message(person: Person, pk: int) -> Message | None:
    """Return a message that somebody may read, for its HTML in a frame; or nothing."""
    rows = Message.objects.select_related("ticket__service", "outbound")
    message = rows.prefetch_related("attachments").filter(pk=pk).first()
    return message if message and _may_see(person, message) else None


def mailboxes_for(person: Person) -> QuerySet[Mailbox]:
    """Return the mailboxes that somebody looks after, with how they fare, without passwords."""
    desks = desks_where(person.pk, "mailbox.manage")
    rows = Mailbox.objects.select_related("desk").defer(*Mailbox.SECRETS)
    return rows if desks is None else rows.filter(desk__in=desks)


def received_mail(person: Person, pk: int) -> InboundMail | None:
    """Return a received mail for who looks after the mailbox or reads its ticket, or nothing."""
    rows = InboundMail.objects.select_related("mailbox__desk", "ticket__service", "suggested")
    inbound = rows.defer(*(f"mailbox__{name}" for name in Mailbox.SECRETS)).filter(pk=pk).first()
    if inbound is None:
        return None
    by = Actor.person(person.pk, person.name)
    allowed = may(by, "mailbox.manage", inbound.mailbox.desk) or (
        inbound.ticket is not None and may(by, "ticket.read", inbound.ticket)
    )
    return inbound if allowed else None


@dataclass(frozen=True, kw_only=True)
class Faring:
    """How a mailbox fares, for whoever looks after it."""

    mailbox: Mailbox
    came: int
    """Mails of the last 24 hours."""
    aside: int
    """Of these, put aside or in quarantine."""
    waiting: int
    """Stored and not read yet."""


def mailboxes_faring(person: Person) -> list[Faring]:
    """Return the mailboxes that somebody looks after, each with what the last day brought."""
    mailboxes = list(mailboxes_for(person))
    since = clock.now() - timedelta(hours=24)
    states = InboundMail.State
    counted = (
        InboundMail.objects.filter(mailbox__in=mailboxes)
        .filter(Q(received_at__gte=since) | Q(state=states.STORED))
        .values_list("mailbox")
        .annotate(
            came=Count("pk", filter=Q(received_at__gte=since)),
            aside=Count("pk", filter=Q(state__in=[states.QUARANTINED, states.IGNORED])),
            waiting=Count("pk", filter=Q(state=states.STORED)),
        )
        .order_by()
    )
    counts = {pk: (came, aside, waiting) for pk, came, aside, waiting in counted}
    found = []
    for mailbox in mailboxes:
        came, aside, waiting = counts.get(mailbox.pk, (0, 0, 0))
        found.append(Faring(mailbox=mailbox, came=came, aside=aside, waiting=waiting))
    return found


def is_harmful(inbound: InboundMail) -> bool:
    """Tell whether something harmful was found in a mail, at once or later."""
    if inbound.signature:
        return True
    files = Attachment.objects.filter(message__inbound=inbound, scan=Attachment.Scan.FOUND)
    return files.exists()


def received_mails(
    person: Person, *, words: str = "", states: Sequence[str] = ()
) -> QuerySet[InboundMail]:
    """Return the mails received on the desks that somebody looks after, the latest first.

    *words* are looked for in sender and subject of the latest mails, and as a Message-ID in all.
    """
    desks = desks_where(person.pk, "mailbox.manage")
    rows = InboundMail.objects.select_related("mailbox__desk", "ticket")
    rows = rows.defer("findings", *(f"mailbox__{name}" for name in Mailbox.SECRETS))
    if desks is not None:
        rows = rows.filter(mailbox__desk__in=desks)
    if states:
        rows = rows.filter(state__in=states)
    if words:
        wanted = words.strip().strip("<>")
        # A search through all mail ever received would grow with it.
        newest = InboundMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        said = Q(sender__icontains=wanted) | Q(subject__icontains=wanted)
        rows = rows.filter(Q(message_id=wanted) | (Q(pk__gt=newest - SEARCHED_MAILS) & said))
    return rows.order_by("-received_at", "-pk")


def stopped_mails(person: Person) -> QuerySet[OutboundMail]:
    """Return the automatic mails that were held back on the desks somebody looks after."""
    desks = desks_where(person.pk, "mailbox.manage")
    rows = OutboundMail.objects.filter(state=OutboundMail.State.STOPPED)
    if desks is not None:
        rows = rows.filter(mailbox__desk__in=desks)
    return rows.select_related("message__ticket").order_by("-send_after", "-pk")


def needs_to_know(ticket_id: int) -> bool:
    """Tell whether the service of a ticket asks for anything."""
    asking = set(NEEDED_FACTS.values_of("service_id", is_active=True).values())
    if not asking:
        return False
    return Ticket.objects.values_list("service", flat=True).get(pk=ticket_id) in asking


def older_than(rows: QuerySet[InboundMail], pk: int) -> QuerySet[InboundMail]:
    """Return what comes after a mail in the order of `received_mails`.

    By time first: old mail that was imported has the highest numbers.
    """
    last = InboundMail.objects.filter(pk=pk).values_list("received_at", flat=True).first()
    if last is None:
        return rows
    return rows.filter(Q(received_at__lt=last) | Q(received_at=last, pk__lt=pk))


def mailbox_for(ticket: Ticket) -> Mailbox | None:
    """Return the mailbox through which a ticket's mail leaves: where its last mail came in."""
    active = Mailbox.objects.filter(desk_id=ticket.desk_id, is_active=True)
    mailboxes = list(active.order_by("pk"))
    if len(mailboxes) <= 1:
        return mailboxes[0] if mailboxes else None
    last = (
        active.filter(inbound__ticket=ticket)
        .order_by("-inbound__received_at", "-inbound__pk")
        .first()
    )
    return last or mailboxes[0]


def unanswered_without(message: Message) -> Message | None:
    """Return the first words from outside that nobody has answered, but for *message*."""
    by_people = Message.objects.filter(ticket_id=message.ticket_id, is_automatic=False)
    not_said = (OutboundMail.State.RECALLED, OutboundMail.State.FAILED)
    answers = by_people.filter(direction=Message.Direction.OUT).exclude(
        outbound__state__in=not_said
    )
    last_answer = answers.exclude(pk=message.pk).order_by("-said_at", "-pk").first()
    waiting = by_people.filter(direction=Message.Direction.IN)
    if last_answer is not None:
        waiting = waiting.filter(said_at__gt=last_answer.said_at)
    return waiting.order_by("said_at", "pk").first()


@nouns.add("mailbox")
def mailbox_names(ids: set[int]) -> dict[int, str]:
    """Return the addresses of mailboxes."""
    return dict(Mailbox.objects.filter(pk__in=ids).values_list("pk", "address"))


def _may_see(person: Person, message: Message) -> bool:
    ticket = message.ticket
    if may(Actor.person(person.pk, person.name), "ticket.read", ticket):
        return True
    return (
        is_party(person.pk, ticket)
        and messages_for_requester(ticket).filter(pk=message.pk).exists()
    )
