"""Work that failed for good, and what runs by schedule."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from ansvar.access.pages import page
from ansvar.kernel import replica, work
from ansvar.kernel.models import Failure
from ansvar.ui import render

PAGE_SIZE = 50
SETTLED_SHOWN = 10


@page(requires="work.manage")
def failed_work(request: HttpRequest) -> HttpResponse:
    """Show what failed for good, and what is scheduled."""
    waiting = Failure.objects.filter(state=Failure.State.OPEN).order_by("-failed_at", "-pk")
    settled = Failure.objects.exclude(state=Failure.State.OPEN).order_by("-settled_at", "-pk")
    context = {
        "failures": list(waiting[:PAGE_SIZE]),
        "settled": list(settled[:SETTLED_SHOWN]),
        "schedules": _schedules(),
        "without_copy": replica.notice(),
    }
    return render.page(request, "workbench/running/work.html", context)


@page("POST", requires="work.manage")
def run_again(request: HttpRequest, failure_id: int) -> HttpResponse:
    """Queue failed work once more."""
    get_object_or_404(Failure, pk=failure_id)
    work.run_again(failure_id)
    messages.success(request, _("It is queued once more."))
    return redirect("failed-work")


@page("POST", requires="work.manage")
def dismiss(request: HttpRequest, failure_id: int) -> HttpResponse:
    """Let failed work go."""
    get_object_or_404(Failure, pk=failure_id)
    work.dismiss(failure_id)
    messages.success(request, _("Let go. It stays in the list below for a while."))
    return redirect("failed-work")


def _schedules() -> list[tuple[str, str, str]]:
    """Return name, what it does, and when, of everything that runs by itself."""
    found = []
    for (name, _identifier), periodic in app.periodic_registry.periodic_tasks.items():
        function = work.schedules.get(name)
        words = (function.__doc__ if function else periodic.task.func.__doc__) or ""
        found.append((name, words.strip().partition("\n")[0], periodic.cron))
    return sorted(found)
