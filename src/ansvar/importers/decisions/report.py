"""What a mailbox reveals about a desk: counted conversation by conversation, kept as JSON."""

import heapq
from array import array
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from statistics import median, quantiles
from typing import Any

from ansvar.importers.decisions.roles import Story

MOST_LISTED = 10
_FEWEST_FOR_QUANTILES = 2
_TENTHS = 10
_WEEKDAYS = 7
_HOURS = 24


@dataclass(kw_only=True)
class Tally:
    """The figures in the making."""

    zone: tzinfo
    """That of the desk: an hour of the day is one of its people."""
    mails: int = 0
    automatic: int = 0
    threads: int = 0
    hours: list[int] = field(default_factory=lambda: [0] * _HOURS)
    weekdays: list[int] = field(default_factory=lambda: [0] * _WEEKDAYS)
    months: Counter[str] = field(default_factory=Counter)
    first_answers: "array[float]" = field(default_factory=lambda: array("d"))
    """Minutes."""
    unanswered: int = 0
    oldest_unanswered: list[tuple[float, int, dict[str, Any]]] = field(default_factory=list)
    """A heap of the oldest ones, the latest of them first."""
    answers: Counter[str] = field(default_factory=Counter)
    first_answerers: Counter[str] = field(default_factory=Counter)
    requesters: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    longest: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    several_answerers: int = 0
    bounced: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def count_mails(self, *, mails: int, automatic: int) -> None:
        """Set how many mails there are, and how many of them programs wrote."""
        self.mails, self.automatic = mails, automatic

    def add(self, story: Story, *, subject: str) -> None:
        """Count a conversation that somebody began with the desk."""
        self.threads += 1
        self.requesters[story.requester] += 1
        self.domains[story.requester.rpartition("@")[2]] += 1
        self._add_times(story)
        self._add_answers(story, subject)
        shown = {
            "subject": subject,
            "requester": story.requester,
            "mails": len(story.lines),
            "days": (story.last_said - story.begun_at).days,
            "at": story.asked_at.isoformat(),
        }
        entry = (len(story.lines), self.threads, shown)
        _keep(self.longest, entry)

    def figures(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        answers = sum(self.answers.values())
        return {
            "zone": str(self.zone),
            "first_at": self.first_at.isoformat() if self.first_at else None,
            "last_at": self.last_at.isoformat() if self.last_at else None,
            "mails": self.mails,
            "automatic": self.automatic,
            "automatic_share": _share(self.automatic, self.mails),
            "threads": self.threads,
            "hours": self.hours,
            "weekdays": self.weekdays,
            "months": dict(sorted(self.months.items())),
            "first_answer": _spread(self.first_answers),
            "unanswered": {
                "count": self.unanswered,
                "share": _share(self.unanswered, self.threads),
                "oldest": [one for _at, _number, one in sorted(self.oldest_unanswered)[::-1]],
            },
            "answerers": [
                {
                    "who": who,
                    "answers": count,
                    "share": _share(count, answers),
                    "first": self.first_answerers[who],
                }
                for who, count in self.answers.most_common(2 * MOST_LISTED)
            ],
            "requesters": _listed(self.requesters),
            "domains": _listed(self.domains),
            "longest": [one for _count, _number, one in sorted(self.longest)[::-1]],
            "several_answerers": self.several_answerers,
            "bounced": self.bounced,
        }

    def _add_times(self, story: Story) -> None:
        for line in story.lines:
            self.first_at = min(self.first_at or line.at, line.at)
            self.last_at = max(self.last_at or line.at, line.at)
            if line.is_out or line.said.is_automatic:
                continue
            local = line.at.astimezone(self.zone)
            self.hours[local.hour] += 1
            self.weekdays[local.weekday()] += 1
            self.months[f"{local:%Y-%m}"] += 1

    def _add_answers(self, story: Story, subject: str) -> None:
        for line in story.lines:
            if line.is_answer:
                self.answers[line.said.author] += 1
        first = story.first_answer
        if first is None:
            self.unanswered += 1
            at = story.asked_at
            shown = {"subject": subject, "requester": story.requester, "at": at.isoformat()}
            _keep(self.oldest_unanswered, (-at.timestamp(), self.threads, shown))
        else:
            self.first_answerers[first.said.author] += 1
            self.first_answers.append((first.at - story.asked_at).total_seconds() / 60)
        answerers = story.answerers
        different = len(set(answerers))
        self.several_answerers += different > 1
        # Each of them once is a hand-over; somebody twice is a way back.
        self.bounced += len(answerers) > different > 1


def _listed(counts: Counter[str]) -> list[list[Any]]:
    return [[name, count] for name, count in counts.most_common(MOST_LISTED)]


def _keep(heap: list[Any], entry: Any) -> None:
    if len(heap) < MOST_LISTED:
        heapq.heappush(heap, entry)
    else:
        heapq.heappushpop(heap, entry)


def _spread(minutes: "array[float]") -> dict[str, Any]:
    if len(minutes) < _FEWEST_FOR_QUANTILES:
        only = round(minutes[0]) if minutes else None
        return {"count": len(minutes), "median": only, "p90": only}
    return {
        "count": len(minutes),
        "median": round(median(minutes)),
        "p90": round(quantiles(minutes, n=_TENTHS, method="inclusive")[-1]),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
