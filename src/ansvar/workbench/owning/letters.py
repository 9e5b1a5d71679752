"""The monthly letters: the latest, one of a month to read and print, and as PDF."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.urls.converters import StringConverter
from django.utils import formats, timezone

from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.tickets.decisions import Answer
from ansvar.tickets.models import ANSWER_NAMES
from ansvar.ui import render
from ansvar.ui.printing import NoPrinter, pdf_page
from ansvar.ui.wording import duration
from ansvar.workbench.insight.saying import working_hours
from ansvar.workbench.owning.letter import letter_of, month_before
from ansvar.workbench.owning.whose import Owned, own_services, services_of

TEMPLATE = "workbench/owning/letter.html"


class Month(StringConverter):
    """A month of a year, such as 2026-10."""

    regex = r"2[0-9]{3}-(0[1-9]|1[0-2])"


@page(requires="service.read")
def letter_latest(request: HttpRequest) -> HttpResponse:
    """Go to the letter of the last month that is over."""
    month = month_before(timezone.localtime(clock.now()).date())
    return redirect(_address("owner-letter", month, request))


@page(requires="service.read")
def letter(request: HttpRequest, month: str) -> HttpResponse:
    """Show the letter of a month."""
    return render.page(request, TEMPLATE, _context(request, month))


@page(requires="service.read")
def letter_pdf(request: HttpRequest, month: str) -> HttpResponse:
    """Answer with the letter as PDF; where none can be made, with the page that says so."""
    context = _context(request, month)
    if context["letter"] is None:
        return redirect("owner-letter", month)
    try:
        return pdf_page(
            request, "workbench/owning/letter-pdf.html", context, name=f"letter-{month}"
        )
    except NoPrinter:
        return render.page(request, TEMPLATE, {**context, "no_printer": True}, status=503)


def _context(request: HttpRequest, month: str) -> dict[str, Any]:
    owned, now = _owned(request), clock.now()
    first = date.fromisoformat(f"{month}-01")
    if first > timezone.localtime(now).date():
        raise Http404
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    has_more = following <= timezone.localtime(now).date()
    return {
        "owned": owned,
        "letter": letter_of(owned, first, now=now) if owned.services else None,
        "month_words": formats.date_format(first, "F Y"),
        "before_url": _address("owner-letter", month_before(first), request),
        "after_url": _address("owner-letter", following, request) if has_more else "",
        "pdf_url": _address("owner-letter-pdf", first, request),
        "hours": working_hours,
        "duration_of": duration,
        "answer_names": {str(one): ANSWER_NAMES[one] for one in Answer},
        "no_printer": False,
    }


def _owned(request: HttpRequest) -> Owned:
    whose = request.GET.get("whose", "")
    return services_of(request, int(whose)) if whose.isdigit() else own_services(request)


def _address(name: str, month: date, request: HttpRequest) -> str:
    whose = request.GET.get("whose", "")
    path = reverse(name, args=[f"{month:%Y-%m}"])
    return f"{path}?whose={whose}" if whose.isdigit() else path
