"""The pages that are measured: whose they are, which addresses, and what they must hold."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ansvar.ops.bench import cast
from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.visiting import Answer, Visitor

SEED = 0.42
"""So that every run looks at the same tickets."""
TICKETS = 60
_MORE = re.compile(r'(?:href|hx-get)="(\?[^"]*after=[^"]+)"')
_TICKET_LINK = re.compile(r'href="/tickets/([A-Z]{1,6}-[0-9]+)/')


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page somebody asks for again and again."""

    name: str
    words: str
    who: str
    paths: Callable[[Cluster, Visitor], Sequence[str]]
    status: int = 200
    objection: Callable[[Answer], str] = lambda _answer: ""
    """Says what is wrong with an answer, or nothing."""


def _at(*paths: str) -> Callable[[Cluster, Visitor], Sequence[str]]:
    return lambda _cluster, _visitor: paths


def _search(*words: str) -> Callable[[Cluster, Visitor], Sequence[str]]:
    return _at(*(f"/search/?q={quote(one)}" for one in words))


def _tickets(cluster: Cluster, _visitor: Visitor) -> list[str]:
    return [f"/tickets/{reference}/" for reference in some_references(cluster)]


def _long_tickets(cluster: Cluster, _visitor: Visitor) -> list[str]:
    found = cluster.rows(
        """
        SELECT t.reference FROM tickets_ticket t JOIN (
            SELECT ticket_id, count(*) AS messages FROM conversations_message
            WHERE ticket_id IN (SELECT id FROM tickets_ticket ORDER BY id DESC LIMIT 20000)
            GROUP BY ticket_id ORDER BY messages DESC, ticket_id LIMIT 20
        ) m ON m.ticket_id = t.id
        """
    )
    return [f"/tickets/{reference}/" for (reference,) in found]


def _second_page(_cluster: Cluster, visitor: Visitor) -> list[str]:
    found = _MORE.search(visitor.get("/queue/open/").text)
    return [f"/queue/open/{found[1].replace('&amp;', '&')}"] if found else ["/queue/open/"]


def _of_a_service(cluster: Cluster, _visitor: Visitor) -> list[str]:
    found = cluster.rows(
        """
        SELECT service_id FROM tickets_ticket
        WHERE state NOT IN ('resolved', 'closed') AND service_id IS NOT NULL
        GROUP BY service_id ORDER BY count(*) DESC, service_id LIMIT 5
        """
    )
    return [f"/queue/open/?service={service_id}" for (service_id,) in found]


def _persons(cluster: Cluster, _visitor: Visitor) -> list[str]:
    found = cluster.rows(
        """
        SELECT requester_id FROM tickets_ticket
        WHERE id IN (SELECT id FROM tickets_ticket ORDER BY id DESC LIMIT 500)
        GROUP BY requester_id ORDER BY requester_id LIMIT 20
        """
    )
    return [f"/people/{person_id}/" for (person_id,) in found]


def some_references(cluster: Cluster) -> list[str]:
    """Return references of tickets from all over the table, the same in every run."""
    found = cluster.rows(
        """
        SELECT reference FROM tickets_ticket WHERE id IN (
            SELECT low + ((n * 0.6180339887) %% 1 * (high - low))::bigint
            FROM generate_series(1, %s) n,
                (SELECT min(id) AS low, max(id) AS high FROM tickets_ticket) span)
        """,
        TICKETS,
    )
    return [reference for (reference,) in found]


def _needs_rare(answer: Answer) -> str:
    found = len(set(_TICKET_LINK.findall(answer.text)))
    if 0 < found <= cast.RARE_TICKETS:
        return ""
    return f"the rare word finds {found} tickets instead of up to {cast.RARE_TICKETS}"


def _needs_tickets(answer: Answer) -> str:
    return "" if _TICKET_LINK.search(answer.text) else "no ticket is found"


def _needs_person(answer: Answer) -> str:
    found = re.search(r'href="/people/[0-9]+/"', answer.text)
    return "" if found else "nobody is found"


def _insight(name: str, words: str, path: str) -> Page:
    return Page(name=name, words=words, who=cast.SUPERVISOR, paths=_at(path))


PAGES: Sequence[Page] = (
    Page(name="queue", words="Queue", who=cast.AGENT, paths=_at("/queue/needs-you/")),
    Page(
        name="queue_open",
        words="Queue, all open",
        who=cast.AGENT,
        paths=_at("/queue/open/"),
        objection=_needs_tickets,
    ),
    Page(name="queue_filtered", words="Queue, of a service", who=cast.AGENT, paths=_of_a_service),
    Page(name="queue_page_2", words="Queue, second page", who=cast.AGENT, paths=_second_page),
    Page(name="queue_closed", words="Queue, closed", who=cast.AGENT, paths=_at("/queue/closed/")),
    Page(name="ticket", words="Ticket", who=cast.AGENT, paths=_tickets),
    Page(name="ticket_long", words="Ticket, a long one", who=cast.AGENT, paths=_long_tickets),
    Page(name="person", words="Person", who=cast.AGENT, paths=_persons),
    Page(
        name="people_search",
        words="People, part of a name",
        who=cast.AGENT,
        paths=_at(f"/people/?q={cast.PERSON_PART}"),
        objection=_needs_person,
    ),
    Page(
        name="search_person",
        words="Search, part of a name",
        who=cast.AGENT,
        paths=_search(cast.PERSON_PART),
        objection=_needs_person,
    ),
    Page(
        name="search_rare",
        words="Search, rare word",
        who=cast.AGENT,
        paths=_search(cast.RARE_WORD),
        objection=_needs_rare,
    ),
    Page(
        name="search_common",
        words="Search, common word",
        who=cast.AGENT,
        paths=_search(cast.COMMON_WORD),
        objection=_needs_tickets,
    ),
    Page(
        name="search_two",
        words="Search, two words",
        who=cast.AGENT,
        paths=_search(f"{cast.COMMON_WORD} {cast.RARE_WORD}", f"{cast.COMMON_WORD} error"),
    ),
    Page(
        name="search_reference",
        words="Search, a reference",
        who=cast.AGENT,
        paths=lambda cluster, _visitor: [
            f"/search/?q={reference}" for reference in some_references(cluster)
        ],
        status=302,
    ),
    Page(name="board", words="Owner's board", who=cast.OWNER, paths=_at("/services/mine/")),
    _insight("insight", "Insight", "/insight/"),
    _insight("insight_levels", "Insight: levels kept", "/insight/levels/"),
    _insight("insight_missed", "Insight: missed", "/insight/levels/missed/"),
    _insight("insight_silence", "Insight: silence", "/insight/silence/"),
    _insight("insight_need", "Insight: need", "/insight/need/"),
    _insight("insight_volumes", "Insight: volumes", "/insight/volumes/"),
    _insight("insight_taken", "Insight: taken", "/insight/taken/"),
    _insight("insight_handovers", "Insight: hand-overs", "/insight/handovers/"),
    _insight("insight_filed", "Insight: as filed", "/insight/filed/"),
    _insight("insight_promises", "Insight: promises", "/insight/promises/"),
    _insight("insight_stuck", "Insight: stuck", "/insight/stuck/"),
    Page(name="portal", words="Portal home", who=cast.REQUESTER, paths=_at("/portal/")),
    Page(
        name="portal_tickets",
        words="Portal, own tickets",
        who=cast.REQUESTER,
        paths=_at("/portal/tickets/"),
    ),
)
