"""Who took what: solved tickets weighted by how much work they usually are, and jumps in the queue.

Whoever may see the figures of a desk sees those of all its people; everybody sees his own.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.pages import page
from ansvar.insight.fair_work import FairWork, Taken, fair_work_of
from ansvar.insight.work_rows import taken_rows
from ansvar.workbench.insight.asking import desks_with_figures, sheet
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.insight.ranging import RangeForm
from ansvar.workbench.insight.saying import percent, plain_number, working_hours
from ansvar.workbench.reading import reader_of

PLACE = "insight-taken"

insight_pages.add("taken")(
    InsightPage(
        label=gettext_lazy("Who took what"),
        text=gettext_lazy(
            "Is work shared fairly: who solves how much, how easy is it usually, and who takes"
            " tickets out of their order?"
        ),
        icon="users-group",
        url_name=PLACE,
        requires="service.read",
    )
)


@page(requires="service.read")
def insight_taken(request: HttpRequest) -> HttpResponse:
    """Show who took what: all people, or only oneself."""
    reader = reader_of(request)
    desks, desk = desks_with_figures(reader)
    sees_all = desk is not None
    if desk is None:
        desks = reader.desks
        desk = reader.desk or (desks[0] if desks else None)
    if desk is None:
        return in_frame(request, "taken.html", {"found": None}, place=PLACE)
    form = RangeForm(request, desk, desks=desks)
    found = fair_work_of(form.asked())
    own = found.own(reader.person.pk)
    context = {
        "form": form,
        "desks": desks,
        "found": found,
        "sees_all": sees_all,
        "people": found.people if sees_all else [(reader.person, own)],
        "sentences": _sentences(found) if sees_all else _own(own),
        "in_words": {"percent": percent, "number": plain_number, "hours": working_hours},
        "csv_url": f"{reverse('insight-taken-csv')}?{form.query()}",
    }
    return in_frame(request, "taken.html", context, place=PLACE)


@page(requires="insight.read")
def insight_taken_csv(request: HttpRequest) -> HttpResponseBase:
    """Hand out what each person solved and took."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        raise Http404
    found = fair_work_of(RangeForm(request, desk, desks=desks).asked())
    period = found.asked.period
    name = f"taken-{desk.prefix}-{period.start:%Y-%m-%d}-{period.end:%Y-%m-%d}.csv"
    return sheet(taken_rows(found), name=name)


def _sentences(found: FairWork) -> list[str]:
    whole = found.whole
    if not whole.solved and not whole.taken:
        return []
    people = len(found.people)
    words = ngettext(
        "%(people)s person solved %(solved)s tickets; %(easy)s of them were easy ones.",
        "%(people)s people solved %(solved)s tickets; %(easy)s of them were easy ones.",
        people,
    )
    said = words % {
        "people": plain_number(people),
        "solved": plain_number(whole.solved),
        "easy": percent(whole.share_easy),
    }
    return [said, *_jumps(whole)]


def _own(own: Taken) -> list[str]:
    if not own.solved and not own.taken:
        return []
    words = ngettext(
        "You solved %(solved)s ticket; by how much work it usually is, it counts as %(weighted)s.",
        "You solved %(solved)s tickets; by how much work they usually are, they count as"
        " %(weighted)s.",
        own.solved,
    )
    said = words % {
        "solved": plain_number(own.solved),
        "weighted": plain_number(own.weighted),
    }
    return [said, *_jumps(own)]


def _jumps(taken: Taken) -> list[str]:
    if not taken.taken:
        return []
    words = (
        _(
            "Of %(taken)s tickets that people took for themselves, %(jumps)s (%(share)s) were taken"
            " out of order, %(special)s of these for VIPs."
        )
        if taken.out_of_order
        else _("None of %(taken)s tickets that people took for themselves was taken out of order.")
    )
    return [
        words
        % {
            "taken": plain_number(taken.taken),
            "jumps": plain_number(taken.out_of_order),
            "share": percent(taken.share_out_of_order),
            "special": plain_number(taken.for_special),
        }
    ]
