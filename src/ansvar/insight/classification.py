"""As what tickets were filed first, and as what they ended (R70, R71).

Counted are tickets that were opened in the period, that are solved, and of which somebody had said
a kind or a service. A mail comes in without a kind: the first one that somebody gives it counts.

- *Right first time*: kind and service are at the end what they were first.
- *Filed anew*: kind or service turned out to be another one, once or several times.
- *Time before*: from opening until it was filed as what it is; in working time of the desk.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ansvar.catalogue.models import Service
from ansvar.insight.counting import counted
from ansvar.insight.custody_reading import AskedCustody
from ansvar.insight.decisions.norms import middle_of
from ansvar.insight.decisions.sums import Sums, as_number
from ansvar.insight.filing_figures import FILED
from ansvar.people.models import Team

_MICRO = timedelta(microseconds=1)


@dataclass(kw_only=True)
class Filed:
    """How some tickets were filed."""

    tickets: int = 0
    right: int = 0
    anew: int = 0
    """Tickets that were filed anew."""
    changes: int = 0
    """How often that was, in all."""
    elapsed: timedelta = timedelta()
    """Before that, in all."""
    working: list[timedelta] = field(default_factory=list)
    """The working time before that, ticket by ticket."""

    @property
    def share_right(self) -> float | None:
        """The share that was right first time; nothing of no ticket."""
        return self.right / self.tickets if self.tickets else None

    @property
    def usual_time(self) -> timedelta | None:
        """The working time before, in the middle one of the tickets filed anew."""
        return middle_of(self.working) if self.working else None

    @property
    def whole_time(self) -> timedelta:
        """The working time of all of them before they were filed anew."""
        return sum(self.working, timedelta())


@dataclass(frozen=True, kw_only=True)
class Refiled:
    """From what to what tickets were filed anew, and how often."""

    what: str
    """`kind` or `service`."""
    before: str
    after: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ClassificationReport:
    """The report of one scope and period."""

    asked: AskedCustody
    whole: Filed
    unsaid: int
    """Solved tickets of which nobody ever said kind or service."""
    teams: list[tuple[Team | None, Filed]]
    """By the team that held it first, the least right first."""
    channels: list[tuple[str, Filed]]
    moves: list[Refiled]
    """Most frequent first; kinds are named as they are stored."""
    as_of: datetime | None = None
    """Up to when what is stored tells; nothing when everything was counted this moment."""


def classification_of(asked: AskedCustody) -> ClassificationReport:
    """Report how tickets were filed first and last."""
    found = counted(FILED, asked.stretch, parts=asked.parts)
    sums = found.whole
    whole, teams, channels = Filed(), dict[int, Filed](), dict[str, Filed]()

    def places(team: str, channel: str) -> tuple[Filed, ...]:
        return (
            whole,
            teams.setdefault(as_number(team) or 0, Filed()),
            channels.setdefault(channel, Filed()),
        )

    for name in ("tickets", "right", "anew", "changes"):
        for (team, channel), count in sums.rows(name):
            for filed in places(team, channel):
                setattr(filed, name, getattr(filed, name) + count)
    for (team, channel), micro in sums.rows("elapsed"):
        for filed in places(team, channel):
            filed.elapsed += micro * _MICRO
    for (team, channel, time), count in sums.rows("times"):
        spent = int(time) * _MICRO
        for filed in places(team, channel):
            filed.working += [spent] * count
    for filed in (whole, *teams.values(), *channels.values()):
        filed.working.sort()
    named = Team.objects.in_bulk(teams)
    return ClassificationReport(
        asked=asked,
        whole=whole,
        unsaid=sums.total("unsaid"),
        teams=sorted(
            ((named.get(pk), filed) for pk, filed in teams.items()),
            key=lambda pair: (pair[1].share_right or 0, pair[0].name if pair[0] else ""),
        ),
        channels=sorted(channels.items()),
        moves=_moves(sums),
        as_of=found.as_of,
    )


def _moves(sums: Sums) -> list[Refiled]:
    rows = [(what, a, b, count) for (what, a, b), count in sums.rows("moves")]
    ids = {int(pk) for what, *pair, _count in rows if what == "service" for pk in pair if pk}
    names = {
        str(pk): name for pk, name in Service.objects.filter(pk__in=ids).values_list("pk", "name")
    }
    found = [
        Refiled(
            what=what,
            before=names.get(a, "") if what == "service" else a,
            after=names.get(b, "") if what == "service" else b,
            count=count,
        )
        for what, a, b, count in rows
    ]
    return sorted(found, key=lambda one: (-one.count, one.what, one.before, one.after))
