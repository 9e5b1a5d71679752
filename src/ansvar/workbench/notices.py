"""What somebody was told: the bell, the list, and by which ways it is to come besides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.notices.carriers import carriers
from ansvar.notices.commands import choose_notices, see_notices, unsee_notices
from ansvar.notices.kinds import kinds
from ansvar.notices.models import Notice
from ansvar.notices.queries import Place, Said, said, seen_notices, unseen_notices, wishes_of
from ansvar.ui import render
from ansvar.ui.wording import day
from ansvar.workbench.reading import reader_of

TEMPLATE = "workbench/notices.html"
UNDO_SECONDS = 8


@dataclass(frozen=True, kw_only=True)
class Day:
    """The notices of one day."""

    title: str
    notices: list[Said]


@page(requires="service.read")
def notices(request: HttpRequest) -> HttpResponse:
    """Show what the reader was told, what is new first."""
    return render.page(request, TEMPLATE, _context(request))


@page(requires="service.read")
def notice_bell(request: HttpRequest) -> HttpResponse:
    """Show the bell anew, and say what came since the bell before it."""
    after = request.GET.get("after", "")
    new = unseen_notices(reader_of(request).sight, after=int(after) if after.isdigit() else 0)
    answer = render.block(request, "workbench/notice-bell.html", "bell")
    if not after.isdigit() or not new:
        return answer
    text = new[0].text
    if len(new) > 1:
        more = ngettext("and %(n)s more", "and %(n)s more", len(new) - 1) % {"n": len(new) - 1}
        text = f"{text} ({more})"
    tone = "red" if any(one.notice.is_urgent for one in new) else ""
    return render.toast(answer, text, tone=tone)


@page(requires="service.read")
def notice_open(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Go where a notice leads; who has opened it has seen it."""
    by = actor_of(request)
    notice = get_object_or_404(Notice, pk=notice_id, person=by.person_id)
    (about,) = said([notice], reader_of(request).sight)
    see_notices(by=by, notice_id=notice.pk)
    if about.ticket is not None:
        return redirect("ticket", about.ticket.reference)
    return redirect(about.path or "notices")


@page("POST", requires="service.read")
def notices_see(request: HttpRequest) -> HttpResponse:
    """Mark one notice as seen, or all, with an undo."""
    wanted = request.POST.get("notice", "")
    moment = see_notices(by=actor_of(request), notice_id=int(wanted) if wanted.isdigit() else None)
    if not render.wants_fragment(request):
        return redirect("notices")
    answer = render.block(request, TEMPLATE, "list", _context(request))
    if moment is None:
        return answer
    undo = f"{reverse('notices-unsee')}?{urlencode({'at': moment.isoformat()})}"
    return render.toast(answer, _("Marked as seen."), undo_url=undo, seconds=UNDO_SECONDS)


@page("POST", requires="service.read")
def notices_unsee(request: HttpRequest) -> HttpResponse:
    """Take a marking as seen back."""
    moment = parse_datetime(request.GET.get("at", "").replace(" ", "+"))
    if moment is not None and moment.tzinfo is not None:
        unsee_notices(moment, by=actor_of(request))
    return redirect("notices")


@page("POST", requires="service.read")
def notices_choose(request: HttpRequest) -> HttpResponse:
    """Keep which notices are to come also by other ways."""
    pairs = (text.partition(":") for text in request.POST.getlist("wish"))
    choose_notices([(kind, carrier) for kind, _colon, carrier in pairs], by=actor_of(request))
    messages.success(request, _("Your choice is kept."))
    return redirect("notices")


def _context(request: HttpRequest) -> dict[str, object]:
    reader = reader_of(request)
    after = _place(request)
    new = [] if after else unseen_notices(reader.sight)
    seen, more = seen_notices(reader.sight, after=after)
    query = urlencode({"at": more.at.isoformat(), "id": more.id}) if more else ""
    return {
        "new": new,
        "days": list(_by_day(seen)),
        "is_later_page": after is not None,
        "more_url": f"{reverse('notices')}?{query}" if query else "",
        "kinds": list(kinds.items()),
        "carriers": list(carriers.items()),
        "wishes": wishes_of(reader.person.pk),
    }


def _by_day(seen: Iterable[Said]) -> Iterable[Day]:
    def date_of(one: Said) -> date:
        return timezone.localtime(one.notice.made_at).date()

    today = timezone.localtime(clock.now()).date()
    for when, found in groupby(seen, key=date_of):
        yield Day(title=_("Today") if when == today else day(when), notices=list(found))


def _place(request: HttpRequest) -> Place | None:
    at, number = parse_datetime(request.GET.get("at", "")), request.GET.get("id", "")
    if at is None or at.tzinfo is None or not number.isdigit():
        return None
    return Place(at=at, id=int(number))
