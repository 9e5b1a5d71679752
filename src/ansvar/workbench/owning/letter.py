"""What stands in the monthly letter to a service owner: one page, from what the journal knows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansvar.catalogue.models import Service
from ansvar.insight.custody_reading import AskedCustody
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.passing_on import Walks
from ansvar.insight.decisions.periods import Period
from ansvar.insight.handovers import Figures, handovers_of
from ansvar.insight.passing_on import SUPPORT, Flow, flows_of_services
from ansvar.insight.queries import Scope
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.book import present_book
from ansvar.tickets.decisions import Answer
from ansvar.tickets.models import OPEN_STATES, HandOverRequest, Task, Ticket
from ansvar.workbench.insight.flow_picture import said_of
from ansvar.workbench.insight.saying import money, percent
from ansvar.workbench.owning.figures import Kept, kept_by, services_rested_on, worst_first
from ansvar.workbench.owning.whose import Owned

MOST_HELPERS = 5
MOST_LINES = 15
"""More would not fit on a page."""
MOST_TO_LOOK_AT = 5


@dataclass(frozen=True, kw_only=True)
class ServiceLine:
    """What a month was for one service."""

    kept: Kept
    opened: int
    solved: int
    open: int
    """Now, whatever the month."""
    walks: Walks
    lost: Loss

    @property
    def service(self) -> Service:
        """The service."""
        return self.kept.service

    @property
    def left_home(self) -> int:
        """Tickets of the month that changed hands."""
        return self.walks.cases - self.walks.histogram[0]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What was decided of hand-overs in a month."""

    asked: int
    answers: dict[str, int]
    """By what `tickets.decisions.Answer` has."""
    median: timedelta | None
    """Working time from question to answer."""
    escalated: int
    """Of them told to the supervisors, because nobody had answered."""


@dataclass(frozen=True, kw_only=True)
class Helper:
    """Somebody whose answers helped on tickets of the services."""

    name: str
    helped: int
    answered: int


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The letter of a month to a service owner."""

    owned: Owned
    month: date
    """Its first day."""
    is_over: bool
    lines: list[ServiceLine]
    decided: Decided
    helpers: list[Helper]
    rests_on: list[Kept]
    to_look_at: list[str]

    @property
    def shown(self) -> list[ServiceLine]:
        """The services with a line of their own: those with most tickets, by name."""
        busiest = sorted(self.lines, key=lambda one: -(one.opened + one.solved + one.open))
        return sorted(busiest[:MOST_LINES], key=lambda one: one.service.name)

    @property
    def opened(self) -> int:
        """Tickets that came in."""
        return sum(line.opened for line in self.lines)

    @property
    def solved(self) -> int:
        """Tickets that were solved."""
        return sum(line.solved for line in self.lines)

    @property
    def kept(self) -> str:
        """The share of all solved in time."""
        all_ = sum(line.kept.all for line in self.lines)
        return percent(sum(line.kept.kept for line in self.lines) / all_ if all_ else None)

    @property
    def bounces(self) -> int:
        """Hand-overs to teams that had held the ticket before."""
        return sum(line.walks.bounces for line in self.lines)

    @property
    def left_home(self) -> int:
        """Tickets that changed hands."""
        return sum(line.left_home for line in self.lines)

    @property
    def lost(self) -> Loss:
        """What the bounces lost."""
        whole = Loss()
        for line in self.lines:
            whole.add(line.lost)
        return whole

    @property
    def cost(self) -> str:
        """What the bounces lost in money; empty where that is not known, or of several coins."""
        currencies = {line.service.desk.currency for line in self.lines}
        lost = self.lost
        return money(lost.cost, currencies.pop()) if lost.cost and len(currencies) == 1 else ""


def letter_of(owned: Owned, month: date, *, now: datetime) -> Letter:
    """Work out the letter of a month, by the clocks of the services' desks."""
    period = _period(owned, month)
    kept = kept_by(owned.services, period)
    lines = _lines(owned, kept, period)
    rests_on = worst_first(kept_by(services_rested_on(owned), period).values())
    counted = [one for one in rests_on if one.all]
    return Letter(
        owned=owned,
        month=month,
        is_over=period.end <= now,
        lines=lines,
        decided=_decided(owned, period),
        helpers=_helpers(owned, period),
        rests_on=counted,
        to_look_at=list(_to_look_at(lines, counted, _worst_flow(owned, period)))[:MOST_TO_LOOK_AT],
    )


def month_before(day: date) -> date:
    """Return the first day of the month before a day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _period(owned: Owned, month: date) -> Period:
    # Of several desks the first one's: a letter has one month.
    zone = working_calendar(owned.services[0].desk.calendar).zone
    following = (month + timedelta(days=32)).replace(day=1)
    start, end = (datetime.combine(day, time(), tzinfo=zone) for day in (month, following))
    return Period(start=start.astimezone(UTC), end=end.astimezone(UTC))


def _lines(owned: Owned, kept: Mapping[int, Kept], period: Period) -> list[ServiceLine]:
    """Return a line for each service, with a handful of queries for each desk."""
    figures: dict[int, Figures] = {}
    for desk in owned.desks:
        asked = AskedCustody(scope=Scope(desk=desk), period=period, kinds=SUPPORT)
        report = handovers_of(asked)
        figures |= {service.pk: found for service, found in report.services if service is not None}
    came = Q(opened_at__gte=period.start, opened_at__lt=period.end)
    solved = Q(resolved_at__gte=period.start, resolved_at__lt=period.end)
    is_open = Q(state__in=OPEN_STATES)
    rows = Ticket.objects.filter(came | solved | is_open, service__in=owned.ids)
    counts = {
        pk: numbers
        for pk, *numbers in rows.values_list("service_id")
        .annotate(
            came=Count("pk", filter=came),
            solved=Count("pk", filter=solved),
            open=Count("pk", filter=is_open),
        )
        .order_by()
    }
    return [
        _line(kept[pk], counts.get(pk, [0, 0, 0]), figures.get(pk, Figures()))
        for pk in (service.pk for service in owned.services)
    ]


def _line(kept: Kept, counts: Sequence[int], figures: Figures) -> ServiceLine:
    opened, solved, still_open = counts
    return ServiceLine(
        kept=kept,
        opened=opened,
        solved=solved,
        open=still_open,
        walks=figures.walks,
        lost=figures.lost,
    )


def _worst_flow(owned: Owned, period: Period) -> Flow | None:
    """Return between whom most time was lost on the tickets of the month."""
    flows = [
        flow
        for desk in owned.desks
        for flow in flows_of_services(
            desk, [one.pk for one in owned.services if one.desk_id == desk.pk], period
        )[0]
        if flow.bounces
    ]
    return max(flows, key=lambda flow: (flow.lost.working, flow.bounces), default=None)


def _decided(owned: Owned, period: Period) -> Decided:
    rows = HandOverRequest.objects.filter(
        service__in=owned.ids, asked_at__gte=period.start, asked_at__lt=period.end
    )
    book = present_book()
    answers: Counter[str] = Counter()
    times, asked, escalated = [], 0, 0
    for desk_id, answer, asked_at, answered_at, escalated_at in rows.values_list(
        "desk", "answer", "asked_at", "answered_at", "escalated_at"
    ):
        asked += 1
        escalated += escalated_at is not None
        answers[answer] += 1
        if answered_at is not None and answer != Answer.WITHDRAWN:
            hours = book.hours_of_desk(desk_id, asked_at)
            worked = hours.between(asked_at, answered_at) if hours else answered_at - asked_at
            times.append(worked.total_seconds())
    return Decided(
        asked=asked,
        answers=dict(answers),
        median=timedelta(seconds=median(times)) if times else None,
        escalated=escalated,
    )


def _helpers(owned: Owned, period: Period) -> list[Helper]:
    rows = (
        Task.objects.filter(
            ticket__service__in=owned.ids,
            answered_by__isnull=False,
            ended_at__gte=period.start,
            ended_at__lt=period.end,
        )
        .values("answered_by", "answered_by__name")
        .annotate(answered=Count("pk"), helped=Count("pk", filter=Q(has_helped=True)))
        .order_by("-helped", "-answered", "answered_by__name")
    )
    return [
        Helper(name=row["answered_by__name"], helped=row["helped"], answered=row["answered"])
        for row in rows[:MOST_HELPERS]
    ]


def _to_look_at(
    lines: Sequence[ServiceLine], rests_on: Iterable[Kept], worst: Flow | None
) -> Iterable[str]:
    """Say what wants the owner's attention, the weightiest first."""
    for line in lines:
        if line.kept.is_below:
            yield _("%(service)s kept less than was promised: %(words)s.") % {
                "service": line.service.name,
                "words": line.kept.words,
            }
    if worst is not None:
        yield f"{said_of(worst)}."
    for one in rests_on:
        if one.is_below:
            yield _(
                "%(service)s, on which yours rest, kept %(words)s. %(owner)s answers for it."
            ) % {
                "service": one.service.name,
                "words": one.words,
                "owner": one.service.owner.name,
            }
    for line in lines:
        if line.service.deputy_id is None:
            yield _("%(service)s has no deputy: while you are away nobody decides in time.") % {
                "service": line.service.name
            }
        if line.walks.bounces and not hasattr(line.service, "hand_over_rule"):
            yield ngettext(
                "%(service)s had %(n)s bounce and has no rule for hand-overs.",
                "%(service)s had %(n)s bounces and has no rule for hand-overs.",
                line.walks.bounces,
            ) % {"service": line.service.name, "n": line.walks.bounces}
