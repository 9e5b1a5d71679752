"""A hand-over rule held against what has happened: what the owner would have been asked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet

from ansvar.insight.counting import counted
from ansvar.insight.custody_reading import AskedCustody
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.periods import Period
from ansvar.insight.decisions.what_if import Share
from ansvar.insight.walk_figures import loss_in, rule_key, what_if_topic
from ansvar.kernel import clock
from ansvar.tickets.decisions import Rule
from ansvar.tickets.models import Ticket

WEEK = timedelta(days=7)


@dataclass(kw_only=True)
class Answered:
    """What one way to answer would have come to."""

    stopped: int = 0
    left: int = 0
    """Bounces that it would not have stopped."""
    saved: Loss = field(default_factory=Loss)
    """Of what was lost by bounces, that which would not have been."""

    @property
    def share(self) -> Share:
        """The bounces that would have been stopped."""
        return Share(part=self.stopped, whole=self.stopped + self.left)


@dataclass(kw_only=True)
class WhatIf:
    """A rule held against the tickets of a scope and period."""

    asked_custody: AskedCustody
    rule: Rule
    weeks: float
    """Of the period, without those before the first and after the last ticket."""
    cases: int = 0
    never_asked: int = 0
    """Tickets about which the owner would not have been asked anything."""
    handovers: int = 0
    asked: int = 0
    """Questions, had the owner let everything go as it went."""
    bounces: int = 0
    """Of the hand-overs; each would have been asked about."""
    lost: Loss = field(default_factory=Loss)
    sent: Answered = field(default_factory=Answered)
    """If he sends the ticket to where it was in the end, at the first question."""
    refused: Answered = field(default_factory=Answered)
    """If he lets nobody give it back."""
    as_of: datetime | None = None
    """Up to when what is stored tells; nothing when everything was counted this moment."""

    @property
    def asked_a_week(self) -> float:
        """Questions of an average week; with sending there is one for each ticket at most."""
        return self.asked / self.weeks if self.weeks else 0.0

    @property
    def tickets_asked(self) -> int:
        """Tickets about which the owner would have been asked."""
        return self.cases - self.never_asked

    @property
    def share_never_asked(self) -> float | None:
        """The share of the tickets that would have gone their way as before."""
        return Share(part=self.never_asked, whole=self.cases).value


def what_if(asked: AskedCustody, rule: Rule) -> WhatIf:
    """Hold a rule against what has happened; *asked* says to which tickets."""
    topic, is_stored = what_if_topic(rule)
    found = counted(topic, asked.stretch, parts=asked.parts, live=not is_stored)
    sums, key = found.whole, rule_key(rule)
    alone, moved = sums.total("alone"), sums.total("moved")

    def answered(way: str) -> Answered:
        return Answered(
            stopped=sums.table(f"{way}_stopped").get(key, 0),
            left=sums.table(f"{way}_left").get(key, 0),
            saved=loss_in(sums, way, key),
        )

    return WhatIf(
        asked_custody=asked,
        rule=rule,
        weeks=_weeks(asked.tickets(), asked.period, clock.now()),
        cases=alone + moved,
        never_asked=alone + sums.table("never_asked").get(key, 0),
        handovers=sums.total("handovers"),
        asked=sums.table("asked").get(key, 0),
        bounces=sums.total("bounces"),
        lost=loss_in(sums, "lost", ""),
        sent=answered("sent"),
        refused=answered("refused"),
        as_of=found.as_of,
    )


def _weeks(tickets: QuerySet[Ticket], period: Period, now: datetime) -> float:
    # Each by itself: so either walks the index of openings from one of its ends.
    moments = tickets.order_by("opened_at").values_list("opened_at", flat=True)
    first, last = moments.first(), moments.last()
    if first is None or last is None:
        return 0.0
    # Years before and after an imported history would make every figure of a week small.
    start: datetime = max(period.start, first - WEEK)
    end: datetime = min(period.end, now, last + WEEK)
    return max((end - start) / WEEK, 0.0)
