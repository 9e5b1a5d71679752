"""Finding the impact by script, and setting a priority by hand with a reason."""

from ansvar.catalogue.decisions import Outcome, parse_tree, walk
from ansvar.catalogue.models import ScriptVersion
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.tickets.commands.locking import ReasonMissing, locked, require_open, save, take_up
from ansvar.tickets.commands.weighing import (
    WEIGHED_FIELDS,
    put_override,
    weigh_again,
    weigh_classified,
)
from ansvar.tickets.facts import PriorityOverridden, TicketClassified
from ansvar.tickets.models import OPEN_STATES, Ticket

PRIORITIES = range(1, 6)


class ScriptNotFinished(Refusal):
    """The answers do not lead to an impact yet."""


class ScriptNotFitting(Refusal):
    """The script belongs to another desk or service than the ticket, or is only a draft."""


@command
def classify_ticket(
    ticket_id: int,
    *,
    script_version_id: int,
    answers: list[int],
    version: int | None = None,
    by: Actor,
) -> Ticket:
    """Find the impact by walking the script, and with it the priority.

    *answers* are the numbers of the answers from the first question on, counted from 0. An earlier
    override is taken back: somebody has looked again.

    Raises: NotPermitted; ScriptNotFitting; ScriptNotFinished; StaleTicket; MoveNotAllowed.
    Records: TicketClassified.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.classify", ticket)
    require_open(ticket)
    chosen = ScriptVersion.objects.select_related("script").get(pk=script_version_id)
    _require_fitting(chosen, ticket)
    outcome = walk(parse_tree(chosen.tree), answers)
    if not isinstance(outcome, Outcome) or outcome.impact is None:
        raise ScriptNotFinished(
            said("Answer the remaining questions; the impact is not known yet.")
        )
    before = ticket.priority
    path = [(step.question, step.answer) for step in outcome.path]
    ticket.is_overridden = False
    weigh_classified(
        ticket,
        impact=outcome.impact,
        answers=path,
        script=chosen.script.name,
        number=chosen.number,
    )
    ticket.script_version = chosen
    ticket.script_answers = answers
    fields = take_up(ticket, owner_id=by.person_id, by=by)
    save(ticket, *WEIGHED_FIELDS, "script_version", "script_answers", *fields)
    record(
        TicketClassified(
            subject_id=ticket.pk,
            impact=ticket.impact or outcome.impact,
            urgency=ticket.urgency,
            priority=ticket.priority,
            previous_priority=before,
            script_version_id=chosen.pk,
            answers=path,
            was_raised=bool(ticket.priority_basis["was_raised"]),
        ),
        by=by,
    )
    return ticket


@command
def override_priority(
    ticket_id: int, *, priority: int, reason: str, version: int | None = None, by: Actor
) -> Ticket:
    """Set the priority by hand; the computed one stays readable beside it.

    Raises: NotPermitted; ReasonMissing; ValueError for a priority outside 1 to 5; StaleTicket.
    Records: PriorityOverridden.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.override_priority", ticket)
    require_open(ticket)
    if priority not in PRIORITIES:
        raise ValueError("A priority is a number from 1 to 5.")
    if not reason.strip():
        raise ReasonMissing(said("Say why: the reason stays on the ticket."))
    before = ticket.priority
    put_override(ticket, priority=priority, reason=reason.strip(), by_name=by.label)
    fields = take_up(ticket, owner_id=by.person_id, by=by)
    save(ticket, "priority", "is_overridden", "priority_basis", *fields)
    record(
        PriorityOverridden(
            subject_id=ticket.pk,
            priority=priority,
            previous_priority=before,
            reason=reason.strip(),
        ),
        by=by,
    )
    return ticket


@command
def drop_override(ticket_id: int, *, by: Actor) -> Ticket:
    """Go back to the priority that follows from impact and urgency. Without override: silent.

    Raises: NotPermitted.
    Records: PriorityRecomputed when that is another one.
    """
    ticket = locked(ticket_id)
    require(by, "ticket.override_priority", ticket)
    if not ticket.is_overridden:
        return ticket
    ticket.is_overridden = False
    weigh_again(ticket, why="the priority set by hand was taken back", by=by)
    save(ticket, *WEIGHED_FIELDS)
    return ticket


@command
def weigh_tickets_of(service_id: int, *, why: str, by: Actor) -> int:
    """Work out anew the priority of a service's open tickets; return how many have changed.

    Called when the service itself has changed, by whom that was allowed. Overrides stay.

    Records: PriorityRecomputed for each that has changed.
    """
    of_service = Ticket.objects.select_for_update(of=("self",)).filter(
        service=service_id, state__in=OPEN_STATES
    )
    changed = 0
    for ticket in of_service.select_related("desk", "service", "site").order_by("pk"):
        before = (ticket.priority, ticket.impact, ticket.urgency)
        weigh_again(ticket, why=why, by=by)
        if before != (ticket.priority, ticket.impact, ticket.urgency):
            save(ticket, *WEIGHED_FIELDS)
            changed += 1
    return changed


def _require_fitting(chosen: ScriptVersion, ticket: Ticket) -> None:
    script = chosen.script
    if script.desk_id != ticket.desk_id or script.service_id not in (None, ticket.service_id):
        raise ScriptNotFitting(
            said("The script “%(name)s” is not one for this ticket."), name=script.name
        )
    if chosen.state == ScriptVersion.State.DRAFT:
        raise ScriptNotFitting(
            said("%(chosen)s is a draft; publish it before tickets use it."), chosen=chosen
        )
