"""Attainment: what was kept of each service level, and whose time the missed ones took."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.pages import page
from ansvar.insight.attainment import (
    REQUESTER,
    SUPPLIER,
    Asked,
    Attainment,
    Holder,
    LevelLine,
    TargetLine,
    attainment_of,
    attainment_rows,
)
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.servicelevels.clock_words import amount
from ansvar.servicelevels.decisions.amounts import typed_amount
from ansvar.servicelevels.decisions.terms import LevelKind, Origin, Terms
from ansvar.servicelevels.models import KIND_NAMES, MEASURE_NAMES
from ansvar.servicelevels.saying import ORIGIN_NAMES, names_in, origin_in_words, row_in_words
from ansvar.workbench.insight.asking import PeriodForm, desks_with_figures, sheet
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.insight.saying import percent, plain_number
from ansvar.workbench.reading import reader_of

PLACE = "insight-levels"
PERIODS = (30, 90)
SAID_HOLDERS = 4
"""How many of those who took the time a sentence names."""

insight_pages.add("levels")(
    InsightPage(
        label=gettext_lazy("Service levels"),
        text=gettext_lazy(
            "What was kept of what we promised, and whose time did the missed ones take?"
        ),
        icon="target",
        url_name=PLACE,
        requires="insight.read",
    )
)


class LevelsForm(PeriodForm):
    """Of which desk, how far back, and which kind of agreement."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)

    def __init__(self, request: HttpRequest, desk: Desk, desks: list[Desk]) -> None:
        super().__init__(request, desk, desks=desks, periods=PERIODS)
        kinds = [(str(kind), str(name)) for kind, name in KIND_NAMES.items()]
        self.choose("kind", [("", _("all")), *kinds])

    def asked(self, desk: Desk, now: datetime) -> Asked:
        """Return what the form asks for."""
        start = self.start(now)
        kind = self.cleaned_data.get("kind")
        kinds = (LevelKind(kind),) if kind else tuple(LevelKind)
        return Asked(desk=desk, start=start, end=now, kinds=kinds)


@page(requires="insight.read")
def insight_levels(request: HttpRequest) -> HttpResponse:
    """Show what was kept of each target."""
    found = asked_for(request)
    if found is None:
        return in_frame(request, "levels.html", {"report": None}, place=PLACE)
    form, desks, asked = found
    report = attainment_of(asked)
    rows = [line.row for level in report.levels for line in level.targets]
    names = names_in([Terms(rows=tuple(rows))])
    query = {key: request.GET[key] for key in ("desk", "days", "kind") if request.GET.get(key)}

    query["days"] = str(form.period)

    def missed_url(level: LevelLine, line: TargetLine) -> str:
        wanted = {**query, "level": level.id, "measure": str(line.measure)}
        return f"{reverse('insight-missed')}?{urlencode(wanted)}"

    context = {
        "form": form,
        "desks": desks,
        "report": report,
        "kinds": KIND_NAMES,
        "measures": MEASURE_NAMES,
        "sentences": _sentences(report),
        "doubts": _doubts(report),
        "missed_url": missed_url,
        "missed_list_url": f"{reverse('insight-missed')}?{urlencode(query)}",
        "in_words": {
            "amount": amount,
            "blames": _blames,
            "holder": holder_in_words,
            "month": lambda day: date_format(day, "M Y"),
            "origin": lambda target: ORIGIN_NAMES[target.origin],
            "whole_origin": origin_in_words,
            "percent": percent,
            "row": lambda line, level: row_in_words(
                line.row, names, is_only=_is_alone(line, level)
            ),
            "target": lambda target: typed_amount(target.minutes),
        },
        "csv_url": f"{reverse('insight-levels-csv')}?{request.GET.urlencode()}",
    }
    return in_frame(request, "levels.html", context, place=PLACE)


@page(requires="insight.read")
def insight_levels_csv(request: HttpRequest) -> HttpResponseBase:
    """Hand out what was kept by target and month."""
    found = asked_for(request)
    if found is None:
        raise Http404
    asked = found[2]
    report = attainment_of(asked)
    rows = [line.row for level in report.levels for line in level.targets]
    names = names_in([Terms(rows=tuple(rows))])
    name = f"levels-{asked.desk.prefix}-{asked.start:%Y-%m-%d}-{asked.end:%Y-%m-%d}.csv"

    def written() -> Iterator[Sequence[object]]:
        yield [
            "level", "kind", "measure", "for", "target_minutes", "objective_percent", "origin",
            "month", "kept", "late",
        ]  # fmt: skip
        for level, line, month, attained in attainment_rows(report):
            yield [
                level.name,
                str(level.kind),
                str(line.measure),
                row_in_words(line.row, names, is_only=_is_alone(line, level)),
                line.target.minutes,
                line.objective,
                str(line.target.origin),
                f"{month:%Y-%m}",
                attained.kept,
                attained.late,
            ]

    return sheet(written(), name=name)


def asked_for(request: HttpRequest) -> tuple[LevelsForm, list[Desk], Asked] | None:
    """Return the form, the desks to choose from, and what is asked for."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        return None
    form = LevelsForm(request, desk, desks)
    return form, desks, form.asked(desk, clock.now())


def _is_alone(line: TargetLine, level: LevelLine) -> bool:
    return [one.measure for one in level.targets].count(line.measure) == 1


def holder_in_words(holder: Holder) -> str:
    """Say whose time it was."""
    if holder.kind == REQUESTER:
        return _("the requester")
    if holder.kind == SUPPLIER:
        if not holder.name:
            return _("a supplier nobody named")
        return _("supplier %(name)s") % {"name": holder.name}
    return holder.name or _("no team")


def _blames(level: LevelLine) -> str:
    """Say whose time the missed ones took: "of 412 h beyond target: Network 48 %, ..."."""
    parts = [
        f"{holder_in_words(blame.holder)} {percent(blame.share)}"
        for blame in level.blames[:SAID_HOLDERS]
    ]
    if len(level.blames) > SAID_HOLDERS:
        rest = sum(blame.share for blame in level.blames[SAID_HOLDERS:])
        parts.append(_("others %(share)s") % {"share": percent(rest)})
    if not any(blame.holder.kind == REQUESTER for blame in level.blames):
        parts.append(_("the requester %(share)s") % {"share": percent(0)})
    return _("Of %(beyond)s of working time beyond the targets: %(parts)s.") % {
        "beyond": amount(level.beyond),
        "parts": ", ".join(parts),
    }


def _sentences(report: Attainment) -> list[str]:
    """Say the whole: how many targets of customers were kept, and which are below what is asked."""
    lines = [line for level in report.levels for line in level.targets]
    ended = sum(line.whole.tally.all for line in lines)
    if not ended:
        return []
    kept = sum(line.whole.kept for line in lines)
    below = sum(line.is_below for line in lines)
    counted = [line for line in lines if line.whole.tally.all]
    return [
        _("%(kept)s of %(ended)s clocks ended in time (%(share)s).")
        % {
            "kept": plain_number(kept),
            "ended": plain_number(ended),
            "share": percent(kept / ended),
        },
        ngettext(
            "%(below)s of %(n)s target is below its objective.",
            "%(below)s of %(n)s targets are below their objectives.",
            len(counted),
        )
        % {"below": below, "n": len(counted)},
    ]


def _doubts(report: Attainment) -> list[str]:
    """Say what the figures know nothing of (R103)."""
    doubts, said = report.doubts, []
    if doubts.without_level:
        said.append(
            _(
                "%(n)s of %(all)s tickets opened in these days are under no agreement with"
                " customers."
            )
            % {"n": plain_number(doubts.without_level), "all": plain_number(doubts.opened)}
        )
    if doubts.without_solution:
        said.append(
            _("%(n)s of %(all)s closed tickets have no time of solution and are not counted.")
            % {"n": plain_number(doubts.without_solution), "all": plain_number(doubts.closed)}
        )
    lines = [line for level in report.levels for line in level.targets]
    assumed = sum(line.target.origin is Origin.ASSUMED for line in lines)
    if assumed:
        said.append(
            _("%(n)s of %(all)s targets are assumed by us: nobody has asked for or agreed to them.")
            % {"n": assumed, "all": len(lines)}
        )
    return said
