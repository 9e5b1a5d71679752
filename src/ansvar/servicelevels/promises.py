"""What was promised for a ticket, in words for whoever asked: no holder, no team, no supplier."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from ansvar.conversations.promising import moment_in_words
from ansvar.servicelevels.clock_words import Standing, amount, standing_of
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.running import Run, Timed, timed_of
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.models import Ticket


def promises_of(ticket: Ticket, *, now: datetime) -> list[str]:
    """Return what a requester is promised for an open ticket, and what became late.

    A ticket read by `running.with_story` costs no query.
    """
    if not ticket.is_open:
        return []
    told = timed_of(ticket)
    sentences = [_answer(ticket, now), _update(ticket, now), _solution(told, now)]
    if ticket.waiting_for == WaitingFor.REQUESTER and _is_paused(told):
        sentences.append(_("The clock stands still until you answer."))
    return [sentence for sentence in sentences if sentence]


def hears_by(ticket: Ticket, *, now: datetime) -> str:
    """Say by when the people of an open ticket hear from the desk; empty without a promise."""
    due_at = ticket.answer_due_at or ticket.update_due_at
    if due_at is None or not ticket.is_open:
        return ""
    if due_at <= now:
        return _("You should have heard from us by %(when)s") % {"when": said(due_at, now=now)}
    if ticket.answer_due_at is not None:
        return _("We answer by %(when)s") % {"when": said(due_at, now=now)}
    return _("You hear from us by %(when)s") % {"when": said(due_at, now=now)}


def said(moment: datetime, *, now: datetime) -> str:
    """Say a moment as people do, by the clock of the reader: “today 14:10”."""
    zone = timezone.get_current_timezone()
    return moment_in_words(
        moment, now=now, zone=zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")
    )


def _answer(ticket: Ticket, now: datetime) -> str:
    due_at = ticket.answer_due_at
    if due_at is None:
        return ""
    if due_at <= now:
        words = _("We wanted to answer by %(when)s. We are late.")
    else:
        words = _("We answer by %(when)s.")
    return words % {"when": said(due_at, now=now)}


def _update(ticket: Ticket, now: datetime) -> str:
    due_at = ticket.update_due_at
    if due_at is None or due_at == ticket.answer_due_at:
        return ""
    if due_at <= now:
        words = _("You should have heard from us by %(when)s. We are late.")
    else:
        words = _("You hear from us by %(when)s, even if there is nothing new.")
    return words % {"when": said(due_at, now=now)}


def _solution(told: Timed | None, now: datetime) -> str:
    run = told.latest(Measure.RESOLUTION) if told else None
    if run is None:
        return ""
    left = run.clock.target - run.used_at(now)
    standing = standing_of(run, now=now)
    due_at = run.clock.due_at
    if standing is Standing.PAUSED and left > timedelta():
        words = _("When it goes on, it is to be solved within %(left)s of working time.")
        return words % {"left": amount(left)}
    if standing is Standing.COUNTING and due_at is not None:
        words = _("It is to be solved by %(when)s; %(how)s.")
        return words % {"when": said(due_at, now=now), "how": _how_often(run)}
    if standing is Standing.LATE and due_at is not None:
        words = _("It was to be solved by %(when)s. We are late.")
        return words % {"when": said(due_at, now=now)}
    return ""


def _how_often(run: Run) -> str:
    objective = run.rule.target.objective
    if objective is None:
        return _("that is our promise")
    return _("we promise that for %(share)s %% of such matters") % {"share": f"{objective:g}"}


def _is_paused(told: Timed | None) -> bool:
    runs = told.runs if told else ()
    return any(
        run.clock.stopped_at is None
        and run.clock.counting_since is None
        and run.clock.measure in {Measure.REACTION, Measure.RESOLUTION, Measure.UPDATE}
        for run in runs
    )
