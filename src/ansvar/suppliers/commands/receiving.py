"""A mail that belongs to a task is kept there: answers, automatic replies, reports of bounces."""

from ansvar.conversations.commands.joining import LONGEST_TEXT, files_of
from ansvar.conversations.commands.talking import stored_files
from ansvar.conversations.considering import author_of
from ansvar.conversations.models import InboundMail
from ansvar.conversations.parsing import Incoming
from ansvar.conversations.parsing.bounces import Bounce
from ansvar.conversations.returning import in_words
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.rights import may
from ansvar.people.models import Person
from ansvar.people.queries import person_by_email
from ansvar.suppliers.commands.holding import locked_task
from ansvar.suppliers.commands.mailing import note_failure
from ansvar.suppliers.commands.writing import keep_reference, take_answer
from ansvar.suppliers.decisions import (
    Came,
    TaskState,
    is_answer,
    is_of_supplier,
    their_reference_in,
)
from ansvar.suppliers.facts import SupplierTold, SupplierWrote
from ansvar.suppliers.models import SupplierFile, SupplierMail, SupplierMessage, SupplierTask
from ansvar.tickets.commands.locking import save
from ansvar.tickets.models import Ticket


@command
def take_in(task_id: int, inbound: InboundMail, mail: Incoming, *, by: Actor) -> SupplierMessage:
    """Keep a mail on the task it belongs to, and let it answer the task if it does.

    The ticket is neither opened again nor told to its requester; whoever holds it is told.

    Raises: VirusFound.
    Records: SupplierWrote, or SupplierTold for a mail that an agent wrote; SupplierReferenceNoted,
    SupplierMailFailed, WaitingEnded as it may be.
    """
    ticket, task = locked_task(task_id)
    author = author_of(mail)
    address = author.address if author else ""
    agent = None if mail.nature.is_automatic else _agent(address, ticket)
    came = Came(
        is_automatic=mail.nature.is_automatic,
        is_of_supplier=_is_theirs(task, address),
        is_of_desk=agent is not None,
    )
    message = _kept(task, inbound, mail, came=came, agent=agent)
    answers = is_answer(came, TaskState(task.state))
    _record(task, message, came, answers=answers, by=_actor(agent) or by)
    for bounce in mail.bounces:
        _note_bounce(task, bounce, mail, by=by)
    if came.is_of_supplier and not mail.bounces and not task.their_reference:
        theirs = their_reference_in(mail.subject, task.supplier.pattern, ours=task.reference)
        if theirs:
            keep_reference(task, theirs, by=by)
    save(ticket)
    if answers:
        take_answer(task, by=by)
    return message


def _kept(
    task: SupplierTask,
    inbound: InboundMail,
    mail: Incoming,
    *,
    came: Came,
    agent: Person | None,
) -> SupplierMessage:
    author = author_of(mail)
    ways = SupplierMessage.Direction
    message = SupplierMessage.objects.create(
        task=task,
        direction=ways.OUT if came.is_of_desk else ways.IN,
        author=agent,
        sender=author.address[:320] if author else "",
        sender_name=author.name[:200] if author else "",
        is_automatic=came.is_automatic,
        is_of_supplier=came.is_of_supplier,
        subject=mail.subject,
        text=mail.new_text[:LONGEST_TEXT],
        quoted=mail.quoted[:LONGEST_TEXT],
        message_id=mail.message_id,
        inbound=inbound,
        said_at=inbound.received_at,
    )
    SupplierFile.objects.bulk_create(
        SupplierFile(message=message, **one) for one in stored_files(files_of(mail), inbound)
    )
    return message


def _record(
    task: SupplierTask, message: SupplierMessage, came: Came, *, answers: bool, by: Actor
) -> None:
    if came.is_of_desk:
        record(
            SupplierTold(
                subject_id=task.ticket_id,
                task_id=task.pk,
                supplier_id=task.supplier_id,
                message_id=message.pk,
            ),
            by=by,
        )
        return
    record(
        SupplierWrote(
            subject_id=task.ticket_id,
            task_id=task.pk,
            supplier_id=task.supplier_id,
            message_id=message.pk,
            is_answer=answers,
            is_automatic=came.is_automatic,
            is_of_supplier=came.is_of_supplier,
        ),
        by=by,
    )


def _is_theirs(task: SupplierTask, address: str) -> bool:
    supplier = task.supplier
    contacts = supplier.contacts.values_list("address", flat=True)
    known = [supplier.address, task.recipient, *contacts]
    return is_of_supplier(address, addresses=known, domains=supplier.domains)


def _agent(address: str, ticket: Ticket) -> Person | None:
    """Return who of the desk writes, if it is somebody who works on such tickets."""
    person = person_by_email(address) if address else None
    actor = _actor(person)
    return person if actor is not None and may(actor, "ticket.work", ticket) else None


def _actor(person: Person | None) -> Actor | None:
    return Actor.person(person.pk, person.name) if person is not None else None


def _note_bounce(task: SupplierTask, bounce: Bounce, mail: Incoming, *, by: Actor) -> None:
    """Note which of our mails did not arrive: only one whose id the report names."""
    ids = [one for one in (bounce.message_id, *mail.references) if one]
    rows = SupplierMail.objects.select_for_update(of=("self",)).select_related("said__task__ticket")
    sent = {one.message_id: one for one in rows.filter(said__task=task, message_id__in=ids)}
    ours = next((sent[one] for one in ids if one in sent), None)
    if ours is None or not (bounce.has_failed or bounce.action == "delayed"):
        return
    ours.error = in_words(bounce)[:500]
    if bounce.has_failed:
        ours.state = SupplierMail.State.FAILED
    ours.save(update_fields=["state", "error"])
    if bounce.has_failed:
        note_failure(ours, by=by)
