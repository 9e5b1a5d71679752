"""Opening a ticket: reference, first holder, first priority."""

from datetime import datetime, timedelta
from typing import Required, TypedDict

from django.db import connection
from typing_extensions import Unpack

from ansvar.catalogue.models import Service
from ansvar.kernel import clock, prepared, reactions
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.kernel.small_tables import at_one_moment
from ansvar.people.models import Desk, Membership, Person, Site, Team
from ansvar.people.small_tables import SITES, TEAMS
from ansvar.tickets.commands.due import noted_on
from ansvar.tickets.commands.holding import pass_custody, require_team_of
from ansvar.tickets.commands.locking import ReasonMissing, save, take_up, tell_pages
from ansvar.tickets.commands.weighing import weigh_unclassified
from ansvar.tickets.decisions import Kind, State, state_in_hands
from ansvar.tickets.facts import RegisteredAfterwards, TicketAssigned, TicketOpened
from ansvar.tickets.models import CustodySpell, Ticket

LONGEST_SUBJECT = 250
LONGEST_UNREGISTERED = timedelta(days=7)
MAIL = "email"
"""The channel on which nobody says what kind of matter it is: the first who looks at it does."""


class NothingSaid(Refusal):
    """A ticket needs a subject: without words nobody can find or solve it."""


class BeganWhen(Refusal):
    """Work cannot have begun in the future, nor so long ago that nobody knows any more."""


class NoTeam(Refusal):
    """The desk has no team that takes what has no team yet."""


class Matter(TypedDict, total=False):
    """What may be known of a matter when it comes in."""

    desk: Required[Desk]
    requester: Required[Person]
    subject: Required[str]
    description: str
    kind: Kind
    channel: str
    language: str | None
    service: Service | None
    site: Site | None
    reporter: Person | None
    assignee: Person | None
    team: Team | None


@command
@at_one_moment()
def open_ticket(  # noqa: PLR0913 - what may be known of a matter when it comes in
    *,
    desk: Desk,
    requester: Person,
    subject: str,
    description: str = "",
    kind: Kind = Kind.INCIDENT,
    channel: str = "workbench",
    language: str | None = None,
    service: Service | None = None,
    site: Site | None = None,
    reporter: Person | None = None,
    assignee: Person | None = None,
    team: Team | None = None,
    by: Actor,
) -> Ticket:
    """Take up a matter as a ticket of *desk*, in the hands of the desk's first team.

    Or in those of *team*, for what is known to have begun there. An *assignee* is who was asked in
    person: custody starts there, in the person's first team, and that person answers for it.

    Anybody may open one for himself, or as the *reporter* for a colleague; otherwise it needs the
    right. The site is the requester's unless another is given. An agent who opens a ticket for
    others answers for it.

    Raises: NotPermitted; NothingSaid; NoTeam; NotThisDesk.
    Records: TicketOpened; OwnerChanged when an agent opens it; TicketAssigned with an assignee.
    """
    works_for_desk = by.person_id is None or by.person_id not in _parties(requester, reporter)
    if works_for_desk or team is not None:
        require(by, "ticket.open", desk)
    now = clock.now()
    ticket = Ticket(
        desk=desk,
        subject=_words_of(subject),
        team=_beginning_in(team, assignee, desk),
        kind=kind,
        description=description.replace("\x00", ""),
        language=language or requester.language,
        channel=channel,
        state=State.NEW,
        requester=requester,
        reporter=reporter if reporter and reporter.pk != requester.pk else None,
        site=site or SITES.get(requester.site_id),
        service=service,
        first_service=service,
        first_kind="" if channel == MAIL else kind,
        opened_at=now,
        changed_at=now,
        requester_spoke_at=now,
    )
    weigh_unclassified(ticket)
    ticket.pk, ticket.reference = _next_numbers(desk)
    _begin(ticket, owner_id=by.person_id if works_for_desk else None, by=by)
    if assignee is not None and (fields := _put_into_hands(ticket, assignee, by=by)):
        ticket.save(update_fields=fields)
    tell_pages(ticket)
    return ticket


def _begin(ticket: Ticket, *, owner_id: int | None, by: Actor) -> None:
    """Record the opening, and write the row once, with what reactions to the opening note of it.

    They run before there is a row, so they know the ticket by the fact.
    """
    opened = _opened(ticket)
    record(opened, by=by)
    if owner_id is not None:
        ticket.requester_spoke_at = None
        take_up(ticket, owner_id=owner_id, by=by)
    with noted_on(ticket):
        reactions.settle(opened)
    prepared.insert(ticket)
    prepared.insert(CustodySpell(ticket=ticket, team=ticket.team, started_at=ticket.opened_at))


def _parties(requester: Person, reporter: Person | None) -> set[int]:
    return {person.pk for person in (requester, reporter) if person is not None}


@command
def register_afterwards(
    *, began_at: datetime, why: str, by: Actor, **matter: Unpack[Matter]
) -> Ticket:
    """Write down a matter on which work began before there was time to, as in an emergency.

    The ticket begins at *began_at*, in the hands it was in, and its clocks with it; that it was
    registered later, and why, stays with it and is counted.

    Raises: ReasonMissing; BeganWhen; and what `open_ticket` raises.
    Records: RegisteredAfterwards, and what `open_ticket` records.
    """
    now = clock.now()
    if not why.strip():
        raise ReasonMissing(said("Say why it was not registered at once."))
    if not now - LONGEST_UNREGISTERED <= began_at <= now:
        raise BeganWhen(
            said("Say when work began: a moment that has passed, at most %(days)s days ago."),
            days=LONGEST_UNREGISTERED.days,
        )
    with clock.at(began_at):
        ticket = open_ticket(by=by, **matter)
    ticket.registered_at = now
    save(ticket, "registered_at")
    record(RegisteredAfterwards(subject_id=ticket.pk, began_at=began_at, why=why.strip()), by=by)
    return ticket


def _words_of(subject: str) -> str:
    words = " ".join(subject.split())[:LONGEST_SUBJECT]
    if not words:
        raise NothingSaid(said("Write a few words of what this is about."))
    return words


def _opened(ticket: Ticket) -> TicketOpened:
    return TicketOpened(
        subject_id=ticket.pk,
        desk_id=ticket.desk_id,
        reference=ticket.reference,
        kind=ticket.kind,
        channel=ticket.channel,
        requester_id=ticket.requester_id,
        reporter_id=ticket.reporter_id,
        team_id=ticket.team_id,
        service_id=ticket.service_id,
        site_id=ticket.site_id,
        urgency=ticket.urgency,
        priority=ticket.priority,
    )


def _put_into_hands(ticket: Ticket, assignee: Person, *, by: Actor) -> list[str]:
    """Let custody start with a person; returns the fields to be saved.

    Who is in no team of the desk answers for the ticket, but cannot hold it.
    """
    if not Membership.objects.filter(team=ticket.team_id, person=assignee).exists():
        return take_up(ticket, owner_id=assignee.pk, by=by)
    ticket.assignee = assignee
    ticket.state = state_in_hands(assignee.pk, by_id=by.person_id)
    fields = take_up(ticket, owner_id=assignee.pk, by=by)
    pass_custody(ticket, at=ticket.opened_at)
    record(
        TicketAssigned(
            subject_id=ticket.pk,
            assignee_id=assignee.pk,
            previous_id=None,
            team_id=ticket.team_id,
            state=ticket.state,
        ),
        by=by,
    )
    return ["assignee", "state", *fields]


def _beginning_in(team: Team | None, assignee: Person | None, desk: Desk) -> Team:
    """Return the team that holds a ticket first."""
    if team is not None:
        require_team_of(desk.pk, team)
        return team
    return _team_of(assignee, desk) or _first_team(desk)


def _team_of(person: Person | None, desk: Desk) -> Team | None:
    if person is None:
        return None
    teams = Team.objects.filter(desk=desk, is_active=True, memberships__person=person)
    return teams.order_by("-is_default", "line", "pk").first()


def _first_team(desk: Desk) -> Team:
    team = TEAMS.first(desk_id=desk.pk, is_default=True, is_active=True)
    if team is None:
        raise NoTeam(
            said(
                "%(desk)s has no team that takes new tickets. An administrator chooses one under "
                "Teams."
            ),
            desk=desk,
        )
    return team


def _sequence(desk_id: int) -> str:
    return f"ticket_number_{int(desk_id)}"


def make_numbers(desk_id: int) -> None:
    """Make the sequence from which a desk's references are taken; gaps are legal, reuse is not."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {_sequence(desk_id)} START 1001")


def drop_numbers(desk_id: int) -> None:
    """Drop the sequence of a desk that is gone with all its tickets."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SEQUENCE IF EXISTS {_sequence(desk_id)}")


def _next_numbers(desk: Desk) -> tuple[int, str]:
    """Take the next id and the next reference, once nothing can be refused any more.

    A number is not given back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('tickets_ticket', 'id')), nextval(%s::regclass)",
            [_sequence(desk.pk)],
        )
        pk, number = cursor.fetchone() or (0, 0)
    return pk, f"{desk.prefix}-{number}"
