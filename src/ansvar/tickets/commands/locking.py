"""How a command gets hold of its ticket and writes it back: locked, counted, announced."""

from ansvar.kernel import clock, prepared
from ansvar.kernel.actor import Actor
from ansvar.kernel.journal import record
from ansvar.kernel.live import News, publish_all
from ansvar.kernel.refusal import Refusal, said
from ansvar.tickets.decisions import State, can_move
from ansvar.tickets.facts import OwnerChanged
from ansvar.tickets.models import STATE_NAMES, Ticket


class StaleTicket(Refusal):
    """The ticket has changed since the form was shown; nothing was written."""

    status = 409

    def __init__(self, ticket: Ticket, version: int) -> None:
        self.ticket = ticket
        self.version = version
        super().__init__(
            said(
                "%(reference)s has changed since you opened it. Look at what is new and send your "
                "words again; they are kept."
            ),
            reference=ticket.reference,
        )


class ReasonMissing(Refusal):
    """What others will ask about, or have to go on from, was to be done without saying why."""


class MoveNotAllowed(Refusal):
    """The ticket cannot go from its state to the wanted one."""

    status = 409

    def __init__(self, present: str, wanted: str) -> None:
        self.present = present
        self.wanted = wanted
        names = {str(state): str(name) for state, name in STATE_NAMES.items()}
        super().__init__(
            said("A ticket that is %(present)s cannot become %(wanted)s."),
            present=names.get(present, present),
            wanted=names.get(wanted, wanted),
        )


def locked(ticket_id: int, version: int | None = None) -> Ticket:
    """Return the ticket, locked until the transaction ends.

    Raises: StaleTicket when a *version* is given and the ticket has another one.
    """
    ticket = prepared.first(Ticket, "id = %s FOR UPDATE", ticket_id)
    if ticket is None:
        raise Ticket.DoesNotExist
    if version is not None and ticket.version != version:
        raise StaleTicket(ticket, version)
    return ticket


def save(ticket: Ticket, *fields: str) -> None:
    """Write *fields*, count the version, and tell open pages."""
    ticket.version += 1
    ticket.changed_at = clock.now()
    ticket.save(update_fields=[*fields, "version", "changed_at"])
    tell_pages(ticket)


def tell_pages(ticket: Ticket) -> None:
    """Tell the pages of the desk and of the requester that the ticket has changed."""
    which = {"id": ticket.pk, "version": ticket.version}
    publish_all(
        [
            News(f"desk:{ticket.desk_id}", "ticket", which),
            News(f"person:{ticket.requester_id}", "my_ticket", which),
        ]
    )


def move(ticket: Ticket, wanted: State) -> None:
    """Set the state.

    Raises: MoveNotAllowed.
    """
    if not can_move(State(ticket.state), wanted):
        raise MoveNotAllowed(ticket.state, wanted)
    ticket.state = wanted


def require_open(ticket: Ticket) -> None:
    """Refuse when the ticket is resolved or closed.

    Raises: MoveNotAllowed.
    """
    if not ticket.is_open:
        raise MoveNotAllowed(ticket.state, State.IN_WORK)


def take_up(ticket: Ticket, *, owner_id: int | None, by: Actor) -> list[str]:
    """Make somebody of the desk answer for a ticket that nobody answers for yet.

    Whoever takes it up first does, and stays it through every hand-over. Returns the fields that
    the caller has to save.

    Records: OwnerChanged.
    """
    if ticket.owner_id is not None or owner_id is None:
        return []
    ticket.owner_id = owner_id
    record(OwnerChanged(subject_id=ticket.pk, owner_id=owner_id), by=by)
    return ["owner"]
