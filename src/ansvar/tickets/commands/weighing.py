"""Working out a ticket's priority and keeping what it rests on; writes only the given row."""

from decimal import Decimal

from ansvar.catalogue.decisions import priority_of, weigh
from ansvar.catalogue.queries import matrix_in_force
from ansvar.kernel.actor import Actor
from ansvar.kernel.journal import record
from ansvar.tickets.decisions import ASSUMED_IMPACT, URGENCY_WITHOUT_SERVICE, Basis
from ansvar.tickets.facts import PriorityRecomputed
from ansvar.tickets.models import Ticket

WEIGHED_FIELDS = ("impact", "urgency", "priority", "priority_basis", "matrix", "is_overridden")


def weigh_unclassified(ticket: Ticket) -> None:
    """Set urgency and priority of a ticket whose impact nobody has found yet."""
    ticket.impact = None
    _weigh(ticket, impact=ASSUMED_IMPACT, is_assumed=True)


def weigh_classified(
    ticket: Ticket, *, impact: int, answers: list[tuple[str, str]], script: str, number: int
) -> None:
    """Set impact, urgency and priority from the outcome of an impact script."""
    _weigh(ticket, impact=impact, answers=tuple(answers), script=script, script_number=number)
    ticket.impact = Basis.restore(ticket.priority_basis).impact


def weigh_again(ticket: Ticket, *, why: str, by: Actor) -> None:
    """Work the priority out anew after service or site changed; an override stays.

    Records: PriorityRecomputed when the priority, the impact or the urgency is another.
    """
    before = (ticket.priority, ticket.impact, ticket.urgency)
    old = Basis.restore(ticket.priority_basis)
    if old.is_assumed:
        weigh_unclassified(ticket)
    else:
        unraised = old.impact + 1 if old.was_raised else old.impact
        weigh_classified(
            ticket,
            impact=unraised,
            answers=list(old.answers),
            script=old.script,
            number=old.script_number,
        )
    if ticket.is_overridden:
        put_override(
            ticket, priority=before[0], reason=old.override_reason, by_name=old.override_by
        )
    if before != (ticket.priority, ticket.impact, ticket.urgency):
        record(
            PriorityRecomputed(
                subject_id=ticket.pk,
                priority=ticket.priority,
                previous_priority=before[0],
                urgency=ticket.urgency,
                impact=ticket.impact,
                why=why,
            ),
            by=by,
        )


def put_override(ticket: Ticket, *, priority: int, reason: str, by_name: str) -> None:
    """Lay a priority set by hand over the computed one, which stays readable."""
    basis = Basis.restore(ticket.priority_basis)
    stored = basis.stored() | {
        "priority": priority,
        "computed_priority": basis.computed_priority or basis.priority,
        "override_reason": reason,
        "override_by": by_name,
    }
    ticket.priority = priority
    ticket.is_overridden = True
    ticket.priority_basis = stored


def _weigh(
    ticket: Ticket,
    *,
    impact: int,
    is_assumed: bool = False,
    answers: tuple[tuple[str, str], ...] = (),
    script: str = "",
    script_number: int = 0,
) -> None:
    matrix = matrix_in_force(ticket.desk_id)
    share = ticket.site.business_weight if ticket.site else Decimal(0)
    # An assumed impact is not raised: a guess times a fact is still a guess.
    weighed, was_raised = (
        (impact, False) if is_assumed else weigh(impact, share, matrix.raise_from_weight)
    )
    urgency = ticket.service.urgency if ticket.service else URGENCY_WITHOUT_SERVICE
    priority = priority_of(weighed, urgency, matrix.cells)
    ticket.urgency = urgency
    ticket.priority = priority
    ticket.matrix = matrix
    ticket.priority_basis = Basis(
        priority=priority,
        impact=weighed,
        urgency=urgency,
        is_assumed=is_assumed,
        answers=answers,
        script=script,
        script_number=script_number,
        service=ticket.service.name if ticket.service else "",
        site=ticket.site.name if ticket.site else "",
        share=f"{share.normalize():f}",
        raise_from=f"{matrix.raise_from_weight.normalize():f}" if matrix.raise_from_weight else "",
        was_raised=was_raised,
        matrix_number=matrix.number,
        computed_priority=priority,
    ).stored()
