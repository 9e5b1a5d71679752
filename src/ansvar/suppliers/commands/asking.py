"""Asking suppliers: a task of its own beside the ticket, in words written for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ansvar.conversations.commands.talking import NewFile, stored_files
from ansvar.conversations.models import Attachment
from ansvar.conversations.parsing.headers import clean
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.decisions import normalise_email
from ansvar.suppliers.commands.holding import TaskNotThere, hold_ticket, locked_task, move
from ansvar.suppliers.commands.mailing import queue_mail, require_way
from ansvar.suppliers.decisions import TaskState, task_reference
from ansvar.suppliers.facts import SupplierAsked, SupplierTaskDrafted
from ansvar.suppliers.models import Supplier, SupplierFile, SupplierMessage, SupplierTask
from ansvar.tickets.commands.locking import locked, require_open, save
from ansvar.tickets.models import Ticket

LONGEST_SUBJECT = 200


class WordsMissing(Refusal):
    """A task needs a subject and words of its own."""


class NotOurSupplier(Refusal):
    """The supplier is not in use, or another desk's."""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What a supplier is to be asked, as somebody has written it."""

    supplier: Supplier
    subject: str
    words: str
    """Markdown, for the supplier alone: nothing of the ticket's own words is added."""
    recipient: str | None = None
    """Nothing stands for the supplier's address; an empty text for no mail at all."""
    holds_ticket: bool = True
    files: Sequence[NewFile] = ()
    copied: Sequence[int] = ()
    """Ids of files of the ticket that go along."""


@command
def ask_supplier(
    ticket_id: int,
    *,
    errand: Errand,
    is_draft: bool = False,
    version: int | None = None,
    by: Actor,
) -> SupplierTask:
    """Ask a supplier about a ticket, which waits for it meanwhile; or keep that as a draft.

    The mail goes when the time to undo has passed. Custody stays with the team.

    Raises: NotPermitted; WordsMissing; NotOurSupplier; NoWay; BadAddress; VirusFound;
    MoveNotAllowed; StaleTicket.
    Records: SupplierTaskDrafted, or SupplierAsked and WaitingStarted.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.work", ticket)
    require_open(ticket)
    task = SupplierTask(
        ticket=ticket,
        desk_id=ticket.desk_id,
        reference=task_reference(ticket.reference, _next_number(ticket)),
        asked_by_id=by.person_id,
        drafted_at=clock.now(),
    )
    _fill(task, errand)
    task.save()
    message = SupplierMessage.objects.create(
        task=task,
        direction=SupplierMessage.Direction.OUT,
        purpose=SupplierMessage.Purpose.TASK,
        author_id=by.person_id,
        subject=task.subject,
        text=_words(errand),
        said_at=clock.now(),
    )
    _attach(message, errand, ticket)
    if is_draft:
        record(_drafted(task), by=by)
        save(ticket)
        return task
    save(ticket)
    _send(ticket, task, message, by=by)
    return task


@command
def change_draft(task_id: int, *, errand: Errand, by: Actor) -> SupplierTask:
    """Write a draft anew; files come to those that it has.

    Raises: NotPermitted; TaskNotThere when it was sent; as `ask_supplier`.
    Records: SupplierTaskDrafted.
    """
    ticket, task = locked_task(task_id)
    require(by, "ticket.work", ticket)
    _require_draft(task)
    _fill(task, errand)
    task.save()
    message = task.messages.get(purpose=SupplierMessage.Purpose.TASK)
    message.subject, message.text = task.subject, _words(errand)
    message.author_id, message.said_at = by.person_id, clock.now()
    message.save(update_fields=["subject", "text", "author", "said_at"])
    _attach(message, errand, ticket)
    record(_drafted(task), by=by)
    save(ticket)
    return task


@command
def send_draft(task_id: int, *, by: Actor) -> SupplierTask:
    """Ask the supplier what the draft says.

    Raises: NotPermitted; TaskNotThere when it was sent; NoWay; MoveNotAllowed.
    Records: SupplierAsked, WaitingStarted.
    """
    ticket, task = locked_task(task_id)
    require(by, "ticket.work", ticket)
    require_open(ticket)
    _require_draft(task)
    message = task.messages.get(purpose=SupplierMessage.Purpose.TASK)
    message.said_at, message.author_id = clock.now(), by.person_id
    message.save(update_fields=["said_at", "author"])
    save(ticket)
    _send(ticket, task, message, by=by)
    return task


def _send(ticket: Ticket, task: SupplierTask, message: SupplierMessage, *, by: Actor) -> None:
    move(task, TaskState.WITH_SUPPLIER)
    task.sent_at = message.said_at
    task.save(update_fields=["state", "sent_at"])
    if (mailbox := require_way(ticket, task.recipient)) is not None:
        pause = timedelta(seconds=ticket.desk.undo_seconds)
        queue_mail(message, mailbox=mailbox, task=task, pause=pause)
    record(asked(task, message), by=by)
    hold_ticket(task, by=by)


def asked(task: SupplierTask, message: SupplierMessage) -> SupplierAsked:
    """Return the fact that a supplier has got a task."""
    return SupplierAsked(
        subject_id=task.ticket_id,
        task_id=task.pk,
        supplier_id=task.supplier_id,
        title=task.subject,
        holds_ticket=task.holds_ticket,
        message_id=message.pk,
    )


def _drafted(task: SupplierTask) -> SupplierTaskDrafted:
    return SupplierTaskDrafted(
        subject_id=task.ticket_id, task_id=task.pk, supplier_id=task.supplier_id
    )


def _require_draft(task: SupplierTask) -> None:
    if not task.is_draft:
        raise TaskNotThere(task.state, TaskState.DRAFT)


def _fill(task: SupplierTask, errand: Errand) -> None:
    """Put what somebody has written into a task.

    Raises: WordsMissing; NotOurSupplier; BadAddress.
    """
    subject = " ".join(clean(errand.subject).split())
    if not subject:
        raise WordsMissing(said("Say in a few words what it is about: it is the mail's subject."))
    _words(errand)
    _require_supplier(errand.supplier, task.desk_id)
    address = errand.supplier.address if errand.recipient is None else errand.recipient
    task.recipient = normalise_email(address) if address.strip() else ""
    task.supplier, task.subject = errand.supplier, subject[:LONGEST_SUBJECT]
    task.holds_ticket = errand.holds_ticket


def _words(errand: Errand) -> str:
    words = clean(errand.words).strip()
    if not words:
        raise WordsMissing(said("Write what the supplier is to do: it reads nothing else."))
    return words


def _require_supplier(supplier: Supplier, desk_id: int) -> None:
    """Refuse a supplier that is not one of the desk's.

    Raises: NotOurSupplier.
    """
    desks = set(supplier.desks.values_list("pk", flat=True))
    if not supplier.is_active or (desks and desk_id not in desks):
        raise NotOurSupplier(
            said("%(supplier)s is not a supplier of this desk, or not in use."), supplier=supplier
        )


def _attach(message: SupplierMessage, errand: Errand, ticket: Ticket) -> None:
    """Put new files, and those of the ticket that somebody chose, on a message.

    Raises: VirusFound.
    """
    rows = [SupplierFile(message=message, **one) for one in stored_files(errand.files, None)]
    chosen = Attachment.objects.filter(pk__in=errand.copied, message__ticket=ticket)
    rows += [
        SupplierFile(
            message=message,
            name=one.name,
            media_type=one.media_type,
            size=one.size,
            sha256=one.sha256,
            scan=one.scan,
            signature=one.signature,
        )
        for one in chosen
        if not one.is_blocked
    ]
    SupplierFile.objects.bulk_create(rows)


def _next_number(ticket: Ticket) -> int:
    """Return the number after the highest of the ticket, which the caller has locked."""
    start = task_reference(ticket.reference, 0).removesuffix("0")
    rows = SupplierTask.objects.filter(reference__startswith=start)
    numbers = [int(one.removeprefix(start)) for one in rows.values_list("reference", flat=True)]
    return max(numbers, default=0) + 1
