"""Tickets that somebody who leaves a team or the desk would leave with nobody."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ansvar.access.decisions import ALLOWED
from ansvar.access.models import RoleGrant
from ansvar.kernel.actor import Actor
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.people.facts import MemberRemoved
from ansvar.people.leaving import NAMED, Left, Matter, matters
from ansvar.people.models import Membership, Person
from ansvar.tickets.commands.holding import assign_ticket
from ansvar.tickets.commands.passing import open_tickets_owned_by, pass_ownership
from ansvar.tickets.models import OPEN_STATES, Ticket

REPLYING = [role for role, allowed in ALLOWED.items() if "ticket.reply" in allowed]


def _open(**condition: int) -> QuerySet[Ticket]:
    return Ticket.objects.filter(state__in=OPEN_STATES, **condition)


def _left(tickets: QuerySet[Ticket]) -> Left:
    first = tickets.order_by("priority", "opened_at")[:NAMED]
    return Left(count=tickets.count(), names=[str(ticket) for ticket in first])


def _pass_on(person_id: int, heir: Person | None, by: Actor) -> None:
    if heir is None:
        return
    ids = open_tickets_owned_by(person_id)
    words = gettext("%(name)s does not answer for this any longer.") % {
        "name": Person.objects.get(pk=person_id).name
    }
    pass_ownership(ids, to=heir, words=words, whole=True, by=by)


def heirs_of_owned(person_id: int) -> QuerySet[Person]:
    """Return who may answer for all of somebody's open tickets: who replies at all their desks."""
    heirs = Person.objects.filter(is_active=True).exclude(pk=person_id)
    desks = _open(owner=person_id).order_by().values_list("desk", flat=True).distinct()
    replying = RoleGrant.objects.filter(person=OuterRef("pk"), role__in=REPLYING)
    for desk_id in desks or [None]:
        heirs = heirs.filter(Exists(replying.filter(Q(desk=desk_id) | Q(desk=None))))
    return heirs.order_by("name", "pk")


def _assign_on(person_id: int, heir: Person | None, by: Actor) -> None:
    """Give each ticket to the heir if they are in the team that holds it, else back to the team."""
    teams: set[int] = set()
    if heir is not None and heir.is_active:
        theirs = Membership.objects.filter(person=heir.pk)
        teams = set(theirs.values_list("team_id", flat=True))
    for ticket in _open(assignee=person_id).order_by("pk"):
        to = heir if ticket.team_id in teams else None
        assign_ticket(ticket.pk, to=to, by=by)


def _heirs_of_assigned(person_id: int) -> QuerySet[Person]:
    teams = _open(assignee=person_id).values("team")
    colleagues = Person.objects.filter(is_active=True, memberships__team__in=teams)
    return colleagues.exclude(pk=person_id).distinct().order_by("name", "pk")


matters.add("owned-tickets")(
    Matter(
        label=_("open tickets they answer for"),
        why=_("Somebody has to keep their requesters informed until they are closed."),
        icon="user-check",
        left=lambda person_id: _left(_open(owner=person_id)),
        hand_on=_pass_on,
        heirs=heirs_of_owned,
        asks_at_absence=True,
    )
)
matters.add("assigned-tickets")(
    Matter(
        label=_("open tickets they work on"),
        why=_("Who gets them goes on with the work; those of other teams go back to their team."),
        icon="ticket",
        left=lambda person_id: _left(_open(assignee=person_id)),
        hand_on=_assign_on,
        heirs=_heirs_of_assigned,
        without_heir=_("they lie with their team again"),
    )
)


@react(MemberRemoved)
def give_back_to_team(fact: MemberRemoved, entry: Entry) -> None:
    """Let the tickets of a team lie with the team again when who worked on them leaves it."""
    for ticket in _open(assignee=fact.person_id, team=fact.subject_id).order_by("pk"):
        assign_ticket(ticket.pk, to=None, by=entry.actor)
