"""Who is meant by the addressee of a step, for many tickets at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ansvar.catalogue.models import Service
from ansvar.people.models import Membership
from ansvar.servicelevels.decisions.terms import Addressee, Step
from ansvar.tickets.models import Ticket


class Addresses:
    """The people around some tickets, read with two queries."""

    def __init__(self, tickets: Sequence[Ticket]) -> None:
        self._members: dict[int, list[int]] = defaultdict(list)
        self._leads: dict[int, list[int]] = defaultdict(list)
        rows = Membership.objects.filter(
            team__in={ticket.team_id for ticket in tickets}, person__is_active=True
        ).order_by("pk")
        for team_id, person_id, is_lead in rows.values_list("team", "person", "is_lead"):
            self._members[team_id].append(person_id)
            if is_lead:
                self._leads[team_id].append(person_id)
        wanted = {ticket.service_id for ticket in tickets if ticket.service_id}
        services = Service.objects.filter(pk__in=wanted).values_list("pk", "owner", "deputy")
        self._services = {pk: [owner, deputy] for pk, owner, deputy in services}

    def of(self, step: Step, ticket: Ticket) -> tuple[int, ...]:
        """Return the ids of those whom a step tells; never nobody while there is anybody.

        Where nobody works on a ticket its team is meant, where a team has no lead its members, and
        a ticket without service has the lead of its team for a service owner.
        """
        return tuple(dict.fromkeys(self._meant(step, ticket)))

    def _meant(self, step: Step, ticket: Ticket) -> Iterable[int]:
        members = self._members[ticket.team_id]
        leads = self._leads[ticket.team_id] or members
        match step.to:
            case Addressee.ASSIGNEE:
                return [ticket.assignee_id] if ticket.assignee_id else members
            case Addressee.TICKET_OWNER:
                return [ticket.owner_id] if ticket.owner_id else leads
            case Addressee.TEAM:
                return members
            case Addressee.LEAD:
                return leads
            case Addressee.SERVICE_OWNER:
                owners = self._services.get(ticket.service_id or 0, [])
                return [one for one in owners if one is not None] or leads
            case Addressee.PERSON:
                return [step.person_id] if step.person_id is not None else leads
