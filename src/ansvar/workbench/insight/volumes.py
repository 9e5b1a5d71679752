"""What came and what went, month by month, by team and by person."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.pages import page
from ansvar.insight.volumes import Sort, Volumes, volumes_of
from ansvar.insight.work_rows import volume_rows
from ansvar.workbench.insight.asking import desks_with_figures, sheet
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.insight.ranging import RangeForm
from ansvar.workbench.insight.saying import plain_number
from ansvar.workbench.reading import reader_of

PLACE = "insight-volumes"
SORT_NAMES = {
    Sort.INCIDENT: gettext_lazy("incidents"),
    Sort.REQUEST: gettext_lazy("requests"),
    Sort.OTHER: gettext_lazy("others"),
}

insight_pages.add("volumes")(
    InsightPage(
        label=gettext_lazy("Came and went"),
        text=gettext_lazy(
            "How many incidents and requests came and were closed each month, by team and person?"
        ),
        icon="trending-up",
        url_name=PLACE,
        requires="insight.read",
    )
)


@page(requires="insight.read")
def insight_volumes(request: HttpRequest) -> HttpResponse:
    """Show what came and went."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        return in_frame(request, "volumes.html", {"volumes": None}, place=PLACE)
    form = RangeForm(request, desk, desks=desks)
    volumes = volumes_of(form.asked())
    context = {
        "form": form,
        "desks": desks,
        "volumes": volumes,
        "sentences": _sentences(volumes),
        "sorts": list(SORT_NAMES.items()),
        "number": plain_number,
        "csv_url": f"{reverse('insight-volumes-csv')}?{form.query()}",
    }
    return in_frame(request, "volumes.html", context, place=PLACE)


@page(requires="insight.read")
def insight_volumes_csv(request: HttpRequest) -> HttpResponseBase:
    """Hand out the finest figures: by month, team and person."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        raise Http404
    volumes = volumes_of(RangeForm(request, desk, desks=desks).asked())
    period = volumes.asked.period
    name = f"volumes-{desk.prefix}-{period.start:%Y-%m-%d}-{period.end:%Y-%m-%d}.csv"
    return sheet(volume_rows(volumes), name=name)


def _sentences(volumes: Volumes) -> list[str]:
    came, went = volumes.whole.came, volumes.whole.went
    if not came.total() and not went.total():
        return []
    words = ngettext(
        "%(came)s ticket came, %(incidents)s of them incidents and %(requests)s requests;"
        " %(went)s were closed.",
        "%(came)s tickets came, %(incidents)s of them incidents and %(requests)s requests;"
        " %(went)s were closed.",
        came.total(),
    )
    said = words % {
        "came": plain_number(came.total()),
        "incidents": plain_number(came[Sort.INCIDENT]),
        "requests": plain_number(came[Sort.REQUEST]),
        "went": plain_number(went.total()),
    }
    growth = volumes.whole.growth
    if not growth:
        return [said, _("As many were closed as came.")]
    more = (
        ngettext("The heap grew by %(n)s ticket.", "The heap grew by %(n)s tickets.", growth)
        if growth > 0
        else ngettext(
            "The heap shrank by %(n)s ticket.", "The heap shrank by %(n)s tickets.", -growth
        )
    )
    return [said, more % {"n": plain_number(abs(growth))}]
