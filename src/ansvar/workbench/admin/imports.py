"""Imports of old mail and of event logs: what was taken over, and what they reveal."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.pages import page
from ansvar.importers.commands.runs import LOG
from ansvar.importers.decisions import LeftOut, Remark
from ansvar.importers.models import ImportRun
from ansvar.importers.queries import cases_left_out, left_out, runs_for
from ansvar.importers.remarks import COUNTERS, REMARKS
from ansvar.workbench.admin.framing import shown
from ansvar.workbench.reading import reader_of

PAGE_SIZE = 50
MONTHS_SHOWN = 24
PLACE = "admin-imports"
_HOUR, _DAY = 60, 24 * 60
_KNOWN = frozenset(Remark)
WEEKDAYS = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"), gettext_lazy("Friday"), gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)  # fmt: skip
REASONS = {
    LeftOut.BROKEN: gettext_lazy("cannot be read"),
    LeftOut.AUTOMATIC: gettext_lazy("written by a program, answering nothing here"),
    LeftOut.NO_REPLY: gettext_lazy("from an address that reads nothing, never answered"),
    LeftOut.NOBODY_ASKED: gettext_lazy("written by the desk alone"),
    LeftOut.JUNK: gettext_lazy("marked as spam by the mail server"),
    LeftOut.OLDER: gettext_lazy("older than the day that was given"),
    LeftOut.KNOWN: gettext_lazy("on a ticket already"),
}


@page(requires="mailbox.manage")
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports, or say how to begin one."""
    runs = runs_for(reader_of(request).person)
    after = request.GET.get("after", "")
    if after.isdigit():
        runs = runs.filter(pk__lt=int(after))
    found = list(runs[: PAGE_SIZE + 1])
    context = {
        "runs": found[:PAGE_SIZE],
        "older": f"?after={found[PAGE_SIZE - 1].pk}" if len(found) > PAGE_SIZE else "",
        "newer": "?" if after else "",
    }
    return shown(request, "imports.html", context, place=PLACE)


@page(requires="mailbox.manage")
def import_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show what an import made, what it left out and why, and what the mailbox reveals."""
    run = get_object_or_404(runs_for(reader_of(request).person), pk=run_id)
    if run.kind == LOG:
        return _log(request, run)
    report: dict[str, Any] = run.report or {}
    rows = left_out(run)
    after = request.GET.get("after", "")
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    left = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    context = {
        "run": run,
        "made": _made(run),
        "report": report if report.get("threads") else None,
        "figures": _figures(report) if report.get("threads") else [],
        "charts": _charts(report) if report.get("threads") else [],
        "unanswered": [
            {**one, "at": parse_datetime(one["at"])}
            for one in report.get("unanswered", {}).get("oldest", ())
        ],
        "left": [(row, REASONS.get(LeftOut(row.reason), row.reason)) for row in left[:PAGE_SIZE]],
        "older": f"?after={left[PAGE_SIZE - 1].pk}" if len(left) > PAGE_SIZE else "",
        "newer": "?" if after else "",
    }
    return shown(request, "import.html", context, place=PLACE)


def _log(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show what an import of an event log made, and how far it agrees with the log."""
    report: dict[str, Any] = run.report or {}
    counters = report.get("counters", {})
    left = list(cases_left_out(run)[: PAGE_SIZE + 1])
    context = {
        "run": run,
        "made": _made_of_log(run),
        "counters": [
            (COUNTERS[name], one, _told(one["differing"])) for name, one in counters.items()
        ],
        "remarks": _told(report.get("remarks", ())),
        "left": left[:PAGE_SIZE],
        "has_more_left": len(left) > PAGE_SIZE,
    }
    return shown(request, "import_log.html", context, place=PLACE)


def _made_of_log(run: ImportRun) -> list[tuple[str, Any]]:
    names = (
        ("made", _("Tickets made")),
        ("rows", _("Rows of the log in them")),
        ("left", _("Cases left out")),
        ("undone", _("Tickets removed again")),
        ("kept", _("Tickets that stay")),
    )
    return [(words, run.counts[key]) for key, words in names if key in run.counts]


def _told(rows: Iterable[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Return what was remarked in words, with how often and where first."""
    told = []
    for row in rows:
        whys = [
            str(REMARKS.get(Remark(what))) for what in row["what"].split(" + ") if what in _KNOWN
        ]
        told.append(("; ".join(whys) or _("for no reason that is known"), row))
    return told


def duration(minutes: float | None) -> str:
    """Return minutes in words of a fitting size."""
    if minutes is None:
        return "–"
    if minutes < _HOUR:
        return ngettext("%(n)s minute", "%(n)s minutes", round(minutes)) % {"n": round(minutes)}
    if minutes < 2 * _DAY:
        hours = round(minutes / _HOUR)
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = round(minutes / _DAY)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _made(run: ImportRun) -> list[tuple[str, Any]]:
    counts = run.counts
    names = (
        ("mails", _("Mails looked at")),
        ("threads", _("Conversations")),
        ("tickets", _("Tickets it makes")),
        ("closed", _("of them closed")),
        ("people", _("People it makes known")),
        ("made", _("Tickets made")),
        ("joined", _("Tickets that got more mail")),
        ("undone", _("Tickets removed again")),
    )
    rows = [(words, counts[key]) for key, words in names if key in counts]
    for reason, count in counts.get("left_out", {}).items():
        words = REASONS.get(LeftOut(reason), reason)
        rows.append((_("Left out: %(why)s") % {"why": words}, count))
    return rows


def _figures(report: dict[str, Any]) -> list[tuple[str, str]]:
    answer, unanswered = report["first_answer"], report["unanswered"]
    return [
        (_("Conversations with the desk"), str(report["threads"])),
        (_("First answer, half within"), duration(answer["median"])),
        (_("First answer, nine of ten within"), duration(answer["p90"])),
        (_("Never answered"), f"{unanswered['count']} ({_percent(unanswered['share'])})"),
        (_("Written by programs"), _percent(report["automatic_share"])),
        (_("Answered by more than one"), str(report["several_answerers"])),
        (_("and back to who had it before"), str(report["bounced"])),
    ]


def _charts(report: dict[str, Any]) -> list[tuple[str, list[tuple[str, int, int]]]]:
    """Return title and rows of each chart: a name, a count, and its share of the largest."""
    hours = [(f"{hour:02}:00", count) for hour, count in enumerate(report["hours"])]
    weekdays = [
        (str(name), count) for name, count in zip(WEEKDAYS, report["weekdays"], strict=True)
    ]
    months = list(report["months"].items())[-MONTHS_SHOWN:]
    return [
        (_("Mails by hour of the day"), _bars(hours)),
        (_("Mails by day of the week"), _bars(weekdays)),
        (_("Mails by month"), _bars([(_month(name), count) for name, count in months])),
    ]


def _bars(rows: Iterable[tuple[str, int]]) -> list[tuple[str, int, int]]:
    found = list(rows)
    most = max((count for _name, count in found), default=0) or 1
    return [(name, count, round(100 * count / most)) for name, count in found]


def _month(text: str) -> str:
    moment = parse_datetime(f"{text}-01T00:00:00")
    return date_format(moment, "F Y") if moment else text


def _percent(share: float) -> str:
    return f"{share:.0%}"
