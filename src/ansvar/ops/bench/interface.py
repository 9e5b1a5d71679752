"""The interface for programs: listing, reading and opening tickets with a token."""

import itertools
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from ansvar.ops.bench import cast
from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.figures import Scenario, typical
from ansvar.ops.bench.measuring import Request
from ansvar.ops.bench.visiting import Answer, Visitor

TICKETS = "/api/v1/tickets"
CLIENTS = 8
_SUBJECTS = ("Cash desk does not start", "No sound in meeting room", "VPN asks for a code twice")
_TEXT = "It began this morning. I have started it anew, and it says the same error again. " * 3


@dataclass(frozen=True)
class Matters:
    """What programs open tickets about."""

    services: Sequence[int]
    requesters: Sequence[int]

    def each(self, first: int = 0, step: int = 1) -> Iterator[Mapping[str, Any]]:
        """Yield what to send, for ever; programs that begin apart do not send the same."""
        for number in itertools.count(first, step):
            yield {
                "subject": f"{_SUBJECTS[number % len(_SUBJECTS)]} ({number})",
                "description": _TEXT,
                "service": self.services[number % len(self.services)],
                "requester": self.requesters[number * 7 % len(self.requesters)],
            }


def matters_of(cluster: Cluster) -> Matters:
    """Return services in use and people who ask, the same in every run."""
    services = cluster.rows(
        "SELECT id FROM catalogue_service WHERE state = 'agreed' AND desk_id = ("
        " SELECT desk_id FROM tickets_ticket ORDER BY id LIMIT 1) ORDER BY id LIMIT 50"
    )
    requesters = cluster.rows(
        "SELECT id FROM people_person WHERE is_active AND login IS NULL ORDER BY id LIMIT 1000"
    )
    return Matters([pk for (pk,) in services], [pk for (pk,) in requesters])


def requests(cluster: Cluster, program: Visitor) -> list[Request]:
    """Return what a program asks for again and again."""
    ids = cluster.rows(
        "SELECT id FROM tickets_ticket WHERE desk_id = ("
        " SELECT desk_id FROM tickets_ticket ORDER BY id LIMIT 1) ORDER BY id % 997, id LIMIT 60"
    )
    lists = itertools.cycle([f"{TICKETS}?limit=50", f"{TICKETS}?state=open&limit=50"])
    single = itertools.cycle([f"{TICKETS}/{pk}" for (pk,) in ids])
    opened = matters_of(cluster).each()
    return [
        Request(
            name="api_list",
            words="API, list of 50",
            act=lambda: program.get(next(lists)),
            wrong=_not_ok,
        ),
        Request(
            name="api_get",
            words="API, a ticket",
            act=lambda: program.get(next(single)),
            wrong=_not_ok,
        ),
        Request(
            name="api_search_rare",
            words="API, list by a rare word",
            act=lambda: program.get(f"{TICKETS}?q={cast.RARE_WORD}&limit=100"),
            wrong=_not_all_rare,
        ),
        Request(
            name="api_create",
            words="API, open a ticket",
            act=lambda: program.send(TICKETS, next(opened)),
            wrong=_not_made,
        ),
    ]


def opened_together(programs: Sequence[Visitor], matters: Matters, seconds: float) -> Scenario:
    """Open tickets from several programs at once for a while; returns how many a second."""
    took: list[float] = []
    failures: list[str] = []
    end = time.perf_counter() + seconds

    def open_tickets(number: int, program: Visitor) -> None:
        for matter in matters.each(number, len(programs)):
            if time.perf_counter() > end or len(failures) > len(programs):
                return
            try:
                answer = program.send(TICKETS, matter)
            except (OSError, HTTPException) as error:
                failures.append(f"a request broke: {error}")
                return
            if wrong := _not_made(answer):
                failures.append(wrong)
            took.append(1000 * answer.seconds)

    threads = [threading.Thread(target=open_tickets, args=pair) for pair in enumerate(programs)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Scenario(
        name="api_create_together",
        words=f"API, {len(programs)} programs open tickets",
        times=len(took),
        values={
            "per_second": len(took) / (time.perf_counter() - begun),
            **typical(took),
        }
        if took
        else {},
        failures=list(dict.fromkeys(failures))[:3],
    )


def _not_ok(answer: Answer) -> str:
    return "" if answer.status == HTTPStatus.OK else f"{answer.path} answers {answer.status}"


def _not_made(answer: Answer) -> str:
    if answer.status == HTTPStatus.CREATED:
        return ""
    return f"opening a ticket answers {answer.status}: {answer.text[:200]}"


def _not_all_rare(answer: Answer) -> str:
    if wrong := _not_ok(answer):
        return wrong
    found = len(answer.json["items"])
    if found == cast.RARE_TICKETS:
        return ""
    return f"the rare word finds {found} tickets instead of {cast.RARE_TICKETS}"
