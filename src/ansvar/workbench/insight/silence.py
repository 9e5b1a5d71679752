"""Silence by team: who never heard from the desk, who heard late, how long the longest was."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.pages import page
from ansvar.insight.clock_figures import TOLD
from ansvar.insight.silence import Hearing, Longest, Silence, SilenceReport, silence_of
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.servicelevels.clock_words import amount
from ansvar.ui.wording import duration
from ansvar.workbench.insight.asking import PERIODS, PeriodForm, desks_with_figures, sheet
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.insight.saying import percent, plain_number
from ansvar.workbench.reading import reader_of

PLACE = "insight-silence"
MEASURES = {
    "acknowledge": gettext_lazy("Received"),
    "update": gettext_lazy("Updates"),
    "closing": gettext_lazy("Done"),
}

insight_pages.add("silence")(
    InsightPage(
        label=gettext_lazy("Silence"),
        text=gettext_lazy(
            "Who never heard from us, who heard late, and which team owed them the word?"
        ),
        icon="message-2",
        url_name=PLACE,
        requires="insight.read",
    )
)


@page(requires="insight.read")
def insight_silence(request: HttpRequest) -> HttpResponse:
    """Show what people heard of each team."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        return in_frame(request, "silence.html", {"report": None}, place=PLACE)
    form = PeriodForm(request, desk, desks=desks, periods=PERIODS)
    report = _report(desk, form)
    context = {
        "form": form,
        "desks": desks,
        "report": report,
        "measures": [(measure, MEASURES[measure]) for measure in TOLD],
        "sentences": _sentences(report),
        "in_words": {"amount": amount, "percent": percent, "duration": duration},
        "csv_url": f"{reverse('insight-silence-csv')}?{request.GET.urlencode()}",
    }
    return in_frame(request, "silence.html", context, place=PLACE)


@page(requires="insight.read")
def insight_silence_csv(request: HttpRequest) -> HttpResponseBase:
    """Hand out the finest figures: by team, priority and what people were to hear."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        raise Http404
    report = _report(desk, PeriodForm(request, desk, desks=desks, periods=PERIODS))
    name = f"silence-{desk.prefix}-{report.start:%Y-%m-%d}-{report.end:%Y-%m-%d}.csv"
    return sheet(_rows(report), name=name)


def _report(desk: Desk, form: PeriodForm) -> SilenceReport:
    now = clock.now()
    return silence_of(desk, start=form.start(now), end=now)


def _rows(report: SilenceReport) -> Iterator[Sequence[object]]:
    counted = [f"{measure}_{what}" for measure in TOLD for what in ("due", "late")]
    yield ["team", "priority", *counted, "solved", "never_informed", "only_automatic"]
    names = {team.key: team.name for team in report.teams}
    for cell in report.cells:
        told = [cell.silence.told[measure] for measure in TOLD]
        yield [
            names.get(cell.team_id or 0, ""),
            f"P{cell.priority}",
            *(number for one in told for number in (one.due, one.late)),
            cell.silence.solved,
            cell.silence.never,
            cell.silence.only_automatic,
        ]


def _sentences(report: SilenceReport) -> list[str]:
    """Say the report: who never heard, who heard late, the longest silence."""
    whole = report.whole
    if not whole.all.due and not whole.solved:
        return []
    said = []
    if whole.solved:
        said.append(_never(whole))
    if whole.all.due:
        said.append(_late(whole.all, report.teams))
    if whole.longest:
        said.append(_longest(whole.longest, report))
    return said


def _never(whole: Silence) -> str:
    never = ngettext(
        "Of %(solved)s solved ticket %(never)s never got any message from us,"
        " and %(automatic)s only automatic ones.",
        "Of %(solved)s solved tickets %(never)s never got any message from us,"
        " and %(automatic)s only automatic ones.",
        whole.solved,
    )
    return never % {
        "solved": plain_number(whole.solved),
        "never": plain_number(whole.never),
        "automatic": plain_number(whole.only_automatic),
    }


def _late(whole: Hearing, teams: Sequence[Silence]) -> str:
    values: dict[str, Any] = {
        "due": plain_number(whole.due),
        "late": plain_number(whole.late),
        "share": percent(whole.share),
    }
    if not whole.late:
        return _("%(due)s times somebody was to hear from us, and always in time.") % values
    most = teams[0]
    values |= {"team": most.name, "most": plain_number(most.all.late)}
    return (
        _(
            "%(due)s times somebody was to hear from us; %(late)s times it came late (%(share)s),"
            " most often from %(team)s (%(most)s)."
        )
        % values
    )


def _longest(longest: Longest, report: SilenceReport) -> str:
    team = next((one.name for one in report.teams if one.longest == longest), "")
    words = (
        _("The longest silence still lasts: %(working)s of working time on %(ticket)s (%(team)s).")
        if longest.is_lasting
        else _("The longest silence was %(working)s of working time on %(ticket)s (%(team)s).")
    )
    return words % {
        "working": amount(longest.working),
        "ticket": longest.reference,
        "team": team,
    }
