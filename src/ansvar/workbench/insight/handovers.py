"""Ping-pong: how tickets went from team to team, what came back, and what that has cost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.pages import page
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.passing_on import Walks
from ansvar.insight.decisions.periods import Step, name_of
from ansvar.insight.handover_rows import TABLES, rows_of
from ansvar.insight.handovers import HandoverReport, handovers_of
from ansvar.workbench.insight.asking import desks_with_figures, sheet
from ansvar.workbench.insight.flow_picture import picture_of
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.insight.ranging import RangeForm
from ansvar.workbench.insight.saying import (
    loss_doubts,
    money,
    percent,
    plain_number,
    working_hours,
)
from ansvar.workbench.reading import reader_of

PLACE = "insight-handovers"
MOST_SHOWN = 6
"""From so many hand-overs on, tickets share one line."""
LINES_SHOWN = 30
"""Of a table; the CSV has all of them."""

insight_pages.add("handovers")(
    InsightPage(
        label=gettext_lazy("Ping-pong"),
        text=gettext_lazy(
            "Which tickets went back and forth between teams, who hands back to whom, and what did"
            " it cost?"
        ),
        icon="arrow-back-up",
        url_name=PLACE,
        requires="insight.read",
    )
)


@page(requires="insight.read")
def insight_handovers(request: HttpRequest) -> HttpResponse:
    """Show how tickets went from team to team."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        return in_frame(request, "handovers.html", {"report": None}, place=PLACE)
    form = RangeForm(request, desk, desks=desks)
    report = handovers_of(form.asked(), step=_step(form))
    context = {
        "form": form,
        "desks": desks,
        "report": report,
        "sentences": _sentences(report, desk.currency),
        "doubts": loss_doubts(report.whole.lost, desk.currency),
        "histogram": _histogram(report.whole.walks),
        "picture": picture_of(report.flows),
        "in_words": {
            "percent": percent,
            "hours": working_hours,
            "number": plain_number,
            "period": lambda day: name_of(day, report.step),
            "cost": lambda lost: _cost(lost, desk.currency),
        },
        "shown": LINES_SHOWN,
        "csv_url": lambda table: (
            f"{reverse('insight-handovers-csv')}?"
            + urlencode({"table": table})
            + f"&{form.query()}"
        ),
        "what_if_url": f"{reverse('insight-what-if')}?{form.query()}",
    }
    return in_frame(request, "handovers.html", context, place=PLACE)


@page(requires="insight.read")
def insight_handovers_csv(request: HttpRequest) -> HttpResponseBase:
    """Hand out one table of the report for other programs."""
    desks, desk = desks_with_figures(reader_of(request))
    table = request.GET.get("table", "team")
    if desk is None or table not in TABLES:
        raise Http404
    form = RangeForm(request, desk, desks=desks)
    report = handovers_of(form.asked(), step=_step(form))
    period = report.asked.period
    name = f"handovers-{table}-{desk.prefix}-{period.start:%Y-%m-%d}-{period.end:%Y-%m-%d}.csv"
    return sheet(rows_of(report, table), name=name)


_MANY_DAYS = {Step.YEAR: 4 * 366, Step.QUARTER: 2 * 366}


def _step(form: RangeForm) -> Step:
    """Cut long periods coarsely, so that a table of them stays one that is read."""
    days = form.period.days
    return next((step for step, many in _MANY_DAYS.items() if days > many), Step.MONTH)


def _cost(lost: Loss, currency: str) -> str:
    return money(lost.cost, currency) if lost.is_priced else ""


def _histogram(walks: Walks) -> list[tuple[str, int, float]]:
    """Return hand-overs, tickets with so many, and the share of the most frequent number."""
    counts: Counter[int] = Counter()
    for number, cases in walks.histogram.items():
        counts[min(number, MOST_SHOWN)] += cases
    most = max(counts.values(), default=1)
    return [
        (
            _("%(n)s or more") % {"n": number} if number == MOST_SHOWN else str(number),
            counts[number],
            100 * counts[number] / most,
        )
        for number in range(max(counts, default=0) + 1)
    ]


def _sentences(report: HandoverReport, currency: str) -> list[str]:
    walks = report.whole.walks
    if not walks.cases:
        return []
    return [_patterns(walks), *_lost(report, currency), *_left_out(report)]


def _patterns(walks: Walks) -> str:
    values = {
        "cases": plain_number(walks.cases),
        "with": plain_number(walks.with_pattern),
        "share": percent(walks.share_with_pattern),
        "two": plain_number(walks.with_two),
        "never": percent(walks.share_never_left),
    }
    if not walks.with_pattern:
        return _(
            "None of %(cases)s tickets went from one team to another and straight back."
            " %(never)s never left the first line."
        ) % values  # fmt: skip
    return _(
        "Of %(cases)s tickets %(with)s (%(share)s) went from one team to another and straight back,"
        " %(two)s of them twice or more. %(never)s never left the first line."
    ) % values  # fmt: skip


def _lost(report: HandoverReport, currency: str) -> Iterator[str]:
    whole = report.whole
    if not whole.walks.bounces:
        return
    words = ngettext(
        "%(n)s hand-over gave a ticket back to a team that had held it before. Until it was back,"
        " %(working)s of working time went by (%(elapsed)s by the clock on the wall).",
        "%(n)s hand-overs gave a ticket back to a team that had held it before. Until it was back,"
        " %(working)s of working time went by (%(elapsed)s by the clock on the wall).",
        whole.walks.bounces,
    )
    yield words % {
        "n": plain_number(whole.walks.bounces),
        "working": working_hours(whole.lost.working),
        "elapsed": working_hours(whole.lost.elapsed),
    }
    if whole.lost.is_priced:
        yield _("As far as prices are known, that cost %(cost)s.") % {
            "cost": money(whole.lost.cost, currency)
        }


def _left_out(report: HandoverReport) -> Sequence[str]:
    if not report.project_work:
        return ()
    words = ngettext(
        "%(n)s ticket of project work is left out: it goes from team to team by plan.",
        "%(n)s tickets of project work are left out: they go from team to team by plan.",
        report.project_work,
    )
    return (words % {"n": plain_number(report.project_work)},)
