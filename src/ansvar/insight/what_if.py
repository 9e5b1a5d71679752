"""A hand-over rule held against what has happened: what the owner would have been asked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max, Min, QuerySet

from ansvar.insight.custody_reading import (
    AskedCustody,
    Reckoning,
    held_alone,
    held_by_several,
)
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.passing_on import handings_of, turns_of
from ansvar.insight.decisions.periods import Period
from ansvar.insight.decisions.what_if import Share, retold
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
    now, desk = clock.now(), asked.scope.desk
    tickets, reckoning = asked.tickets(), Reckoning(desk, now=now)
    found = WhatIf(asked_custody=asked, rule=rule, weeks=_weeks(tickets, asked.period, now))
    for alone in held_alone(tickets, desk):
        found.cases += alone.cases
        found.never_asked += alone.cases
    for moved in held_by_several(tickets, desk, until=now):
        turns = turns_of(moved.held)
        one = retold(rule, turns)
        found.cases += 1
        found.never_asked += not one.asked
        found.handovers += len(turns) - 1
        found.asked += one.asked
        found.bounces += one.bounces
        if not one.bounces:
            continue
        lost = [held for handing in handings_of(turns) for held in handing.lost]
        found.lost.add(reckoning.loss(lost, service=moved.service))
        for answered, left, saved in (
            (found.sent, one.left_if_sent, one.saved_if_sent),
            (found.refused, one.left_if_refused, one.saved_if_refused),
        ):
            answered.left += left
            answered.stopped += one.bounces - left
            answered.saved.add(reckoning.loss(saved, service=moved.service))
    return found


def _weeks(tickets: QuerySet[Ticket], period: Period, now: datetime) -> float:
    told = tickets.aggregate(first=Min("opened_at"), last=Max("opened_at"))
    first, last = told["first"], told["last"]
    if first is None or last is None:
        return 0.0
    # Years before and after an imported history would make every figure of a week small.
    start: datetime = max(period.start, first - WEEK)
    end: datetime = min(period.end, now, last + WEEK)
    return max((end - start) / WEEK, 0.0)
