"""An import from its first look at the mail to its end."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from ansvar.importers.decisions import LeftOut
from ansvar.importers.facts import ImportFinished, LogImported
from ansvar.importers.models import ImportRun, SurveyedMail
from ansvar.importers.queries import counts_left_out, known_mails
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import said
from ansvar.kernel.rights import require
from ansvar.people.models import Desk, Team
from ansvar.people.queries import default_team
from ansvar.tickets.commands.opening import NoTeam

State = ImportRun.State
LOG = "log"
_UNFINISHED = (State.SURVEYING, State.SURVEYED, State.IMPORTING)


@command
def begin_run(
    *, desk: Desk, source: str, kind: str, options: Mapping[str, Any], by: Actor
) -> ImportRun:
    """Begin to look through a source; an earlier import of it that was not finished is given up.

    What that one has imported stays, and is known.

    Raises: NotPermitted; NoTeam for a desk that could not take a ticket.
    """
    require(by, "mailbox.manage", desk)
    _require_team(desk)
    for run in ImportRun.objects.filter(desk=desk, source=source, state__in=_UNFINISHED):
        run.state, run.ended_at = State.DROPPED, clock.now()
        run.save(update_fields=["state", "ended_at"])
        SurveyedMail.objects.filter(run=run).delete()
    return ImportRun.objects.create(
        desk=desk,
        source=source[:500],
        kind=kind,
        options=dict(options),
        counts={"mails": 0, "repeated": 0},
        begun_at=clock.now(),
    )


@command
def begin_log(*, desk: Desk, source: str, log: str, by: Actor) -> ImportRun:
    """Begin to take over an event log, or go on with what was broken off.

    Raises: NotPermitted; NoTeam for a desk that could not take a ticket.
    """
    require(by, "mailbox.manage", desk)
    _require_team(desk)
    begun = ImportRun.objects.filter(
        desk=desk, source=source[:500], kind=LOG, options={"log": log}, state=State.IMPORTING
    )
    return begun.first() or ImportRun.objects.create(
        desk=desk,
        source=source[:500],
        kind=LOG,
        options={"log": log},
        state=State.IMPORTING,
        begun_at=clock.now(),
    )


@transaction.atomic
def note_outcome(run: ImportRun, *, report: Mapping[str, Any]) -> None:
    """Keep what an import of a log has made so far."""
    run.report = dict(report)
    run.counts = {
        "made": report["cases"],
        "rows": report["rows"],
        "left": sum(one["cases"] for one in report["left"]),
    }
    run.save(update_fields=["report", "counts"])


@command
def finish_log(run: ImportRun, *, report: Mapping[str, Any], by: Actor) -> None:
    """Note that all cases of a log are taken over.

    Records: LogImported.
    """
    note_outcome(run, report=report)
    run.state, run.ended_at = State.DONE, clock.now()
    run.save(update_fields=["state", "ended_at"])
    counts = run.counts
    record(
        LogImported(
            subject_id=run.pk, cases=counts["made"], rows=counts["rows"], left_out=counts["left"]
        ),
        by=by,
    )


@transaction.atomic
def keep_surveyed(run: ImportRun, rows: Sequence[SurveyedMail]) -> None:
    """Keep what was seen of mails, each once, and how far the source was looked through.

    A mail that is on a ticket of the desk already is marked so.
    """
    if not rows:
        return
    known = known_mails(run.desk, rows)
    there = SurveyedMail.objects.filter(run=run, key__in=[row.key for row in rows])
    seen = set(there.values_list("key", flat=True))
    new = []
    for row in rows:
        if row.key in seen:
            continue
        seen.add(row.key)
        row.run = run
        if row.key in known:
            row.state, row.reason = SurveyedMail.State.LEFT, LeftOut.KNOWN
            row.ticket_id = known[row.key]
        new.append(row)
    SurveyedMail.objects.bulk_create(new)
    run.position = rows[-1].place
    run.counts["mails"] += len(rows)
    run.counts["repeated"] += len(rows) - len(new)
    run.save(update_fields=["position", "counts"])


def note_threads(placed: Iterable[tuple[int, int]]) -> None:
    """Write to which conversation mails belong: pairs of a row and its conversation."""
    _write("thread", "bigint", list(placed))


def note_beginnings(begun: Iterable[tuple[int, datetime]]) -> None:
    """Write when the conversation of mails began: pairs of a row and the moment."""
    _write("thread_at", "timestamptz", list(begun))


def leave_out(numbers: Iterable[int], why: LeftOut, detail: str = "") -> None:
    """Note that mails become no words on a ticket, and why."""
    changed: dict[str, Any] = {"state": SurveyedMail.State.LEFT, "reason": why}
    if detail:
        changed["detail"] = detail[:300]
    SurveyedMail.objects.filter(pk__in=list(numbers)).update(**changed)


@transaction.atomic
def finish_survey(
    run: ImportRun, *, signature: str, counts: Mapping[str, Any], report: Mapping[str, Any]
) -> None:
    """Keep what looking through the source has shown."""
    run.signature, run.state = signature[:200], State.SURVEYED
    run.counts = {**run.counts, **counts, "left_out": counts_left_out(run)}
    run.report = dict(report)
    run.save(update_fields=["signature", "state", "counts", "report"])


@transaction.atomic
def begin_importing(run: ImportRun) -> None:
    """Note that tickets are being made."""
    run.state = State.IMPORTING
    run.counts = {**run.counts, "imported": 0, "made": 0, "joined": 0}
    run.save(update_fields=["state", "counts"])


@command
def finish_importing(run: ImportRun, *, by: Actor) -> None:
    """Note that all of it is imported; what was looked at is forgotten but for what is left out.

    Records: ImportFinished.
    """
    counts = counts_left_out(run)
    run.state, run.ended_at = State.DONE, clock.now()
    run.counts = {**run.counts, "left_out": counts}
    run.save(update_fields=["state", "ended_at", "counts"])
    SurveyedMail.objects.filter(run=run).exclude(state=SurveyedMail.State.LEFT).delete()
    SurveyedMail.objects.filter(run=run, reason=LeftOut.KNOWN).delete()
    record(
        ImportFinished(
            subject_id=run.pk,
            mails=run.counts["imported"],
            tickets=run.counts["made"],
            left_out=sum(counts.values()),
        ),
        by=by,
    )


def _require_team(desk: Desk) -> None:
    try:
        default_team(desk)
    except Team.DoesNotExist:
        words = said("%(desk)s has no team that takes new tickets. Choose one under Teams.")
        raise NoTeam(words, desk=desk) from None


def _write(column: str, kind: str, pairs: Sequence[tuple[int, Any]]) -> None:
    if not pairs:
        return
    table = SurveyedMail._meta.db_table  # noqa: SLF001 - Django's public name for it
    with connection.cursor() as cursor:
        cursor.execute(
            # No value from outside is in it.
            f'UPDATE "{table}" AS mail SET {column} = said.value '  # noqa: S608
            f"FROM unnest(%s::bigint[], %s::{kind}[]) AS said(id, value) WHERE mail.id = said.id",
            [[pk for pk, _value in pairs], [value for _pk, value in pairs]],
        )
