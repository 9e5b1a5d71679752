"""Filed right first time: as what tickets came in, and as what they ended."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.pages import page
from ansvar.insight.classification import ClassificationReport, Refiled, classification_of
from ansvar.insight.classification_rows import TABLES, rows_of
from ansvar.tickets.models import KIND_NAMES
from ansvar.workbench.insight.asking import desks_with_figures, sheet
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.insight.need import CHANNELS
from ansvar.workbench.insight.ranging import RangeForm
from ansvar.workbench.insight.saying import percent, plain_number, working_hours
from ansvar.workbench.reading import reader_of

PLACE = "insight-classification"
MOVES_SHOWN = 20
LINES_SHOWN = 30
"""Of a table; the CSV has all of them."""

insight_pages.add("classification")(
    InsightPage(
        label=gettext_lazy("Filed right"),
        text=gettext_lazy(
            "How often was a ticket first filed as what it was not, and how much time went by"
            " until that was seen?"
        ),
        icon="list-details",
        url_name=PLACE,
        requires="insight.read",
    )
)


@page(requires="insight.read")
def insight_classification(request: HttpRequest) -> HttpResponse:
    """Show how often tickets were filed right first time."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        return in_frame(request, "classification.html", {"report": None}, place=PLACE)
    form = RangeForm(request, desk, desks=desks)
    report = classification_of(form.asked())
    context = {
        "form": form,
        "desks": desks,
        "report": report,
        "sentences": list(_sentences(report)),
        "moves": [(_what(one), *_names(one), one.count) for one in report.moves[:MOVES_SHOWN]],
        "shown": LINES_SHOWN,
        "moves_left": max(len(report.moves) - MOVES_SHOWN, 0),
        "channels": CHANNELS,
        "in_words": {"percent": percent, "hours": working_hours, "number": plain_number},
        "csv_url": lambda table: (
            f"{reverse('insight-classification-csv')}?"
            + urlencode({"table": table})
            + f"&{form.query()}"
        ),
    }
    return in_frame(request, "classification.html", context, place=PLACE)


@page(requires="insight.read")
def insight_classification_csv(request: HttpRequest) -> HttpResponseBase:
    """Hand out one table of the report for other programs."""
    desks, desk = desks_with_figures(reader_of(request))
    table = request.GET.get("table", "team")
    if desk is None or table not in TABLES:
        raise Http404
    report = classification_of(RangeForm(request, desk, desks=desks).asked())
    period = report.asked.period
    name = f"filed-{table}-{desk.prefix}-{period.start:%Y-%m-%d}-{period.end:%Y-%m-%d}.csv"
    return sheet(rows_of(report, table), name=name)


def _what(one: Refiled) -> str:
    return _("Kind") if one.what == "kind" else _("Service")


def _names(one: Refiled) -> tuple[str, str]:
    if one.what == "service":
        return one.before, one.after or _("none")
    kinds = {str(kind): str(name) for kind, name in KIND_NAMES.items()}
    return kinds.get(one.before, one.before), kinds.get(one.after, one.after)


def _sentences(report: ClassificationReport) -> Iterator[str]:
    whole = report.whole
    if not whole.tickets:
        return
    words = ngettext(
        "Of %(tickets)s solved ticket %(right)s (%(share)s) ended as what it was filed first.",
        "Of %(tickets)s solved tickets %(right)s (%(share)s) ended as what they were filed first.",
        whole.tickets,
    )
    yield words % {
        "tickets": plain_number(whole.tickets),
        "right": plain_number(whole.right),
        "share": percent(whole.share_right),
    }
    if whole.usual_time is not None:
        words = ngettext(
            "%(anew)s was filed anew, usually after %(usual)s of working time; %(all)s in all went"
            " by under a wrong name.",
            "%(anew)s were filed anew, usually after %(usual)s of working time; %(all)s in all went"
            " by under a wrong name.",
            whole.anew,
        )
        yield words % {
            "anew": plain_number(whole.anew),
            "usual": working_hours(whole.usual_time),
            "all": working_hours(whole.whole_time),
        }
    if report.unsaid:
        words = ngettext(
            "Of %(n)s more nobody said a kind or a service.",
            "Of %(n)s more nobody said a kind or a service.",
            report.unsaid,
        )
        yield words % {"n": plain_number(report.unsaid)}
