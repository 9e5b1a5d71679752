"""What a requester may see: own tickets and the catalogue, searched and arranged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from markupsafe import Markup, escape

from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import offered_services
from ansvar.people.models import Desk, Person
from ansvar.portal.standing import Standing, standing_of
from ansvar.servicelevels.running import with_story
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import tickets_of_party
from ansvar.tickets.searching import words_in_tickets

SHORTEST_WORD = 2
MOST_FOUND = 6


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A ticket as a line of a requester's list."""

    ticket: Ticket
    standing: Standing
    subject: Markup | str


@dataclass(frozen=True, kw_only=True)
class FoundService:
    """A service that was searched for, with the words that were found marked."""

    service: Service
    name: Markup


def person_of(request: HttpRequest) -> Person:
    """Return who is logged in.

    Raises: PermissionError when nobody is: the view forgot to ask for a log-in.
    """
    if not isinstance(request.user, Person):
        raise PermissionError("Nobody is logged in.")
    return request.user


def own_ticket(request: HttpRequest, reference: str) -> Ticket:
    """Return a ticket of which whoever asks is a party.

    Raises: Http404 for all others, whether or not they exist.
    """
    rows = tickets_of_party(person_of(request).pk).select_related(
        "desk", "owner", "service", "site", "requester"
    )
    ticket = with_story(rows).filter(reference__iexact=reference).first()
    if ticket is None:
        raise Http404
    return ticket


def own_tickets(person: Person) -> QuerySet[Ticket]:
    """Return the tickets of which somebody is a party, with what a line of a list shows."""
    return tickets_of_party(person.pk).select_related("desk", "owner")


def matters(tickets: Iterable[Ticket], words: Sequence[str] = ()) -> list[Matter]:
    """Return tickets as lines; what waits for the reader comes first."""
    lines = [
        Matter(ticket=one, standing=standing_of(one), subject=marked(one.subject, words))
        for one in tickets
    ]
    return sorted(lines, key=lambda line: not line.standing.waits_for_you)


def in_own_tickets(text: str) -> Q:
    """Return the condition for tickets with the words of *text*, also with parts of words."""
    parts = Q()
    for word in words_of(text):
        parts &= Q(subject__icontains=word) | Q(description__icontains=word)
    return words_in_tickets(text) | parts if parts else words_in_tickets(text)


def found_services(text: str) -> list[FoundService]:
    """Return the services that have words of *text*, the best first."""
    words = words_of(text)
    scored = [(_score(service, words), service) for service in offered_services()]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].name))
    return [
        FoundService(service=service, name=marked(service.name, words))
        for _, service in best[:MOST_FOUND]
    ]


def _score(service: Service, words: Sequence[str]) -> int:
    name, rest = service.name.casefold(), f"{service.summary} {service.usage}".casefold()
    return sum(3 * (word in name) + (word in rest) for word in words)


def words_of(text: str) -> list[str]:
    """Return the words of a search that are worth looking for."""
    return [word for word in text.casefold().split() if len(word) >= SHORTEST_WORD]


def marked(text: str, words: Sequence[str]) -> Markup:
    """Return *text* with *words* in it marked."""
    folded = text.casefold()
    if len(folded) != len(text):
        return escape(text)
    found = [(folded.find(word), len(word)) for word in words if word]
    # At one place the longer word first: it is the one that was meant.
    spots = sorted(
        ((at, at + length) for at, length in found if at >= 0), key=lambda spot: (spot[0], -spot[1])
    )
    parts, here = [], 0
    for start, end in spots:
        if start >= here:
            parts += [escape(text[here:start]), Markup("<mark>{}</mark>").format(text[start:end])]
            here = end
    return Markup("").join([*parts, escape(text[here:])])


def services_by_desk() -> list[tuple[Desk, list[Service]]]:
    """Return the agreed services, grouped by desk, both by name; desks without any come too."""
    groups: dict[int, tuple[Desk, list[Service]]] = {
        desk.pk: (desk, []) for desk in Desk.objects.filter(is_active=True)
    }
    for service in offered_services().order_by("name"):
        groups[service.desk_id][1].append(service)
    return list(groups.values())
