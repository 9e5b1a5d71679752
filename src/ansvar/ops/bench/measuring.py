"""Measuring: something is done again and again, and what that cost is counted around it."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import cycle
from typing import Any

from ansvar.ops.bench.cluster import Cluster, Spent, backend_seconds, new_statements
from ansvar.ops.bench.figures import Scenario, typical
from ansvar.ops.bench.pages import Page
from ansvar.ops.bench.parts import Part
from ansvar.ops.bench.visiting import Answer, Visitor

DEAREST = 5
_LONGEST_STATEMENT = 2000
_LOOKED_AT_FIRST = 2
_FAILURES_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much time a scenario may take."""

    times: int = 200
    warm_up: int = 30
    seconds: float = 12.0
    """After which no further one is begun."""
    least: int = 3


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What was spent between two moments."""

    application: dict[str, float]
    """Seconds, by part of the product."""
    before: Spent
    after: Spent

    @property
    def database(self) -> float:
        """Seconds of the database's backends."""
        return backend_seconds(self.before, self.after)

    def values(self, times: int) -> dict[str, float]:
        """Return what one of so many times cost."""
        application = 1000 * sum(self.application.values()) / times
        database = 1000 * self.database / times
        asked = [one for one in new_statements(self.before, self.after) if one.is_question]
        return {
            "processor_ms": application + database,
            "application_ms": application,
            "database_ms": database,
            "queries": sum(one.calls for one in asked) / times,
        }

    def dearest(self, times: int) -> list[dict[str, Any]]:
        """Return the statements that took longest, as figures of one time."""
        return [
            {
                "milliseconds": one.milliseconds / times,
                "calls": one.calls / times,
                "rows": one.rows / times,
                "blocks": one.blocks / times,
                "text": " ".join(one.text.split())[:_LONGEST_STATEMENT],
            }
            for one in new_statements(self.before, self.after)[:DEAREST]
        ]


class Meter:
    """Counts what parts of the product and the database spend from one moment to another."""

    def __init__(self, cluster: Cluster, *parts: Part) -> None:
        self._cluster = cluster
        self._parts = parts
        self.restart()

    def restart(self) -> None:
        """Begin to count anew."""
        self._before = self._cluster.spent()
        self._used = {part.name: part.seconds for part in self._parts}

    def cost(self) -> Cost:
        """Return what was spent since the beginning."""
        used = {part.name: part.seconds - self._used[part.name] for part in self._parts}
        after = self._cluster.spent()
        return Cost(application=used, before=self._before, after=after)


@dataclass(frozen=True, kw_only=True)
class Request:
    """Something that is asked for again and again, one after the other."""

    name: str
    words: str
    act: Callable[[], Answer]
    wrong: Callable[[Answer], str] = field(default=lambda _answer: "")
    """Says what is wrong with an answer, or nothing."""


def of_page(page: Page, visitor: Visitor, paths: Sequence[str]) -> Request:
    """Make the request of a page out of its addresses, taken in turn."""
    addresses = cycle(paths)

    def wrong(answer: Answer) -> str:
        if answer.status != page.status:
            return f"{answer.path} answers {answer.status}"
        objection = page.objection(answer)
        return f"{answer.path}: {objection}" if objection else ""

    return Request(
        name=page.name, words=page.words, act=lambda: visitor.get(next(addresses)), wrong=wrong
    )


def measured(request: Request, meter: Meter, effort: Effort) -> Scenario:
    """Ask again and again, and return what one time cost."""
    try:
        return _measured(request, meter, effort)
    except (OSError, HTTPException) as error:
        words = [f"the connection broke: {error}"]
        return Scenario(name=request.name, words=request.words, failures=words)


def _measured(request: Request, meter: Meter, effort: Effort) -> Scenario:
    first = [request.act() for _ in range(_LOOKED_AT_FIRST)]
    if failures := _failures(request, first):
        return Scenario(name=request.name, words=request.words, failures=failures)
    _repeated(request.act, effort.warm_up, effort.seconds / 4, least=1)
    meter.restart()
    answers = _repeated(request.act, effort.times, effort.seconds, least=effort.least)
    cost, times = meter.cost(), len(answers)
    milliseconds = [1000 * answer.seconds for answer in answers]
    return Scenario(
        name=request.name,
        words=request.words,
        times=times,
        values={
            **typical(milliseconds),
            **cost.values(times),
            "kilobytes": sum(len(answer.body) for answer in answers) / times / 1000,
        },
        statements=cost.dearest(times),
        failures=_failures(request, answers),
    )


def _failures(request: Request, answers: Iterable[Answer]) -> list[str]:
    found = (request.wrong(answer) for answer in answers)
    return list(dict.fromkeys(wrong for wrong in found if wrong))[:_FAILURES_NAMED]


def _repeated(act: Callable[[], Answer], times: int, seconds: float, *, least: int) -> list[Answer]:
    done: list[Answer] = []
    end = time.perf_counter() + seconds
    while len(done) < times and (len(done) < least or time.perf_counter() < end):
        done.append(act())
    return done
