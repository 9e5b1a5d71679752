"""Who decides about a hand-over: asked by the commands, by pages and by whoever is to be told."""

from dataclasses import dataclass
from datetime import datetime

from ansvar.access.queries import people_with
from ansvar.catalogue.models import Service
from ansvar.people.models import Person
from ansvar.tickets.decisions import FREE, Because, Rule, RuleMode, why_asked
from ansvar.tickets.models import HandOverRequest, HandOverRule, Ticket

IN_PLACE_OF_OWNERS = "ticket.decide_hand_over"


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What handing a ticket over to each team would need: found once for all of them."""

    rule: Rule
    held_before: frozenset[int]
    given: int

    def why_asked(self, team_id: int) -> Because | None:
        """Return why handing it to a team needs the service owner, or nothing."""
        return why_asked(self.rule, team_id=team_id, held_before=self.held_before, given=self.given)


@dataclass(frozen=True, kw_only=True)
class Deciders:
    """Who may decide about hand-overs of one service."""

    owners: frozenset[int]
    """The owner and the deputy, as far as they are active: at any time."""
    supervisors: frozenset[int]
    """Those who may when the owners have not in time, or when there are none."""

    @property
    def at_once(self) -> frozenset[int]:
        """Those who would be asked first: what they hand over themselves goes at once."""
        return self.owners or self.supervisors

    def at(self, opens_at: datetime, now: datetime) -> frozenset[int]:
        """Return who may decide now, when the supervisors may from *opens_at* on."""
        if self.owners and now < opens_at:
            return self.owners
        return self.owners | self.supervisors


def deciders_of(service: Service | None, desk_id: int) -> Deciders:
    """Return who decides for a service, or on a desk for what is filed under none.

    On a desk without supervisors those do who set it up: a question must not wait for ever.
    """
    owners: frozenset[int] = frozenset()
    if service is not None:
        wanted = [pk for pk in (service.owner_id, service.deputy_id) if pk is not None]
        active = Person.objects.filter(pk__in=wanted, is_active=True)
        owners = frozenset(active.values_list("pk", flat=True))
    supervisors = people_with(IN_PLACE_OF_OWNERS, desk_id) or people_with("desk.manage", desk_id)
    return Deciders(owners=owners, supervisors=supervisors)


def decide_now(request: HandOverRequest, now: datetime) -> frozenset[int]:
    """Return who may decide a request at a moment."""
    return deciders_of(request.service, request.desk_id).at(request.opens_at, now)


def rule_of(service_id: int | None) -> Rule:
    """Return the hand-over rule of a service."""
    row = HandOverRule.objects.filter(service=service_id).first() if service_id else None
    return FREE if row is None else Rule(mode=RuleMode(row.mode), after=row.after)


def outlook_of(ticket: Ticket) -> Outlook:
    """Return what handing a ticket over would need, whichever team is to get it."""
    return Outlook(
        rule=rule_of(ticket.service_id),
        held_before=frozenset(ticket.custody.values_list("team_id", flat=True)),
        given=ticket.hand_over_count,
    )


def why_owner_is_asked(ticket: Ticket, team_id: int) -> Because | None:
    """Return why handing a ticket to a team needs its service owner, or nothing."""
    return outlook_of(ticket).why_asked(team_id)
