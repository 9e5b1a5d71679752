"""Cases of an event log become tickets: each step by its command, at its own moment."""

from collections.abc import Sequence
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ansvar.catalogue.decisions import priority_of
from ansvar.catalogue.queries import matrix_in_force
from ansvar.importers.commands.telling import one_at_a_time
from ansvar.importers.decisions import CaseStory, Remark
from ansvar.importers.decisions.retracing import (
    AnyStep,
    Assignment,
    Beginning,
    Closing,
    Edit,
    HandOver,
    LateHandOver,
    Opening,
    Reopening,
    Resolution,
    Resumption,
    Wait,
    Weighing,
)
from ansvar.importers.facts import CaseImported
from ansvar.importers.models import ImportedCase, ImportRun
from ansvar.importers.named import Named
from ansvar.importers.queries import cases_told
from ansvar.kernel import clock, journal
from ansvar.kernel.actor import Actor, ActorKind
from ansvar.kernel.journal import record
from ansvar.kernel.reactions import settled_at_end
from ansvar.kernel.refusal import Refusal
from ansvar.people.models import Person, Team
from ansvar.tickets.commands import (
    assign_ticket,
    close_ticket,
    desk_answered,
    edit_ticket,
    hand_over_done_ticket,
    hand_over_ticket,
    open_ticket,
    override_priority,
    reopen_ticket,
    resolve_ticket,
    resume_ticket,
    start_work,
    wait_with_ticket,
)
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.models import Ticket

log = structlog.get_logger(__name__)

_LONGEST_LABEL = 200
_LONGEST_WHY = 300
_LONGEST_CASE = 200


NO_ROW = gettext_noop("No row of it can be told.")


def replay_cases(run: ImportRun, named: Named, stories: Sequence[CaseStory]) -> None:
    """Make tickets of cases, as history: nobody is told, nothing is queued.

    All of it or nothing; a case that cannot become a ticket is kept with the reason. A case that is
    a ticket already is left alone.

    Records: CaseImported, and everything that happened to a ticket, at the time it did.
    """
    rows: list[ImportedCase] = []
    with transaction.atomic(), journal.as_history():
        one_at_a_time(run.desk_id)
        told = cases_told(run.desk, named.mapping.name, [story.case for story in stories])
        stories = [story for story in stories if story.case[:_LONGEST_CASE] not in told]
        untold = ImportedCase.objects.filter(desk=run.desk, log=named.mapping.name, ticket=None)
        untold.filter(case__in=[story.case[:_LONGEST_CASE] for story in stories]).delete()
        for story in stories:
            with journal.request():
                row = _told_or_left(run, named, story)
            rows.append(row)
        ImportedCase.objects.bulk_create(rows)


def _told_or_left(run: ImportRun, named: Named, story: CaseStory) -> ImportedCase:
    row = ImportedCase(
        desk_id=run.desk_id,
        log=named.mapping.name,
        case=story.case[:_LONGEST_CASE],
        run=run,
        rows=story.rows,
        logged=story.logged,
        remarks=story.remarks.stored(),
    )
    if not story.steps:
        row.why = NO_ROW
        return row
    retelling = _Retelling(run=run, named=named, story=story)
    try:
        with journal.undone_on_failure(), transaction.atomic():
            row.ticket = retelling.tell()
    except (OperationalError, InterfaceError):
        # The database is away: that is no fault of the case.
        raise
    except Refusal as refusal:
        row.why = str(refusal)
    except ValidationError as error:
        row.why = " ".join(error.messages)
    except Exception as error:
        log.exception("case_not_imported", run=run.pk, case=story.case)
        row.why = f"{type(error).__name__}: {error}"
    row.why = row.why[:_LONGEST_WHY]
    row.remarks = retelling.remarks.stored()
    return row


class _Retelling:
    """One case on its way to a ticket."""

    def __init__(self, *, run: ImportRun, named: Named, story: CaseStory) -> None:
        self.run = run
        self.named = named
        self.story = story
        self.remarks = story.remarks.copy()
        self.ticket = Ticket()

    def tell(self) -> Ticket:
        """Let all steps happen, each at its moment."""
        # What follows from them all, as clocks do, is worked out once, after the last one.
        with clock.at(self.story.steps[-1].at), settled_at_end():
            for step in self.story.steps:
                with clock.at(step.at):
                    self._take(step, by=self._doer(step.author))
        # The last entry of all: what comes after it, somebody has done since.
        record(
            CaseImported(
                subject_id=self.ticket.pk,
                run_id=self.run.pk,
                case=self.story.case,
                rows=self.story.rows,
            ),
            by=self.run.actor,
        )
        return self.ticket

    def _doer(self, author: str) -> Actor:
        """Return who did it, by the name that the log has; the right to it is the import's."""
        if not author:
            return self.run.actor
        label = author[:_LONGEST_LABEL]
        return Actor(kind=ActorKind.INTEGRATION, id=self.run.pk, label=label)

    def _take(self, step: AnyStep, *, by: Actor) -> None:
        match step:
            case Opening():
                self.ticket = self._open(step, by=by)
            case Edit():
                self._edit(step, by=by)
            case Weighing():
                self._weigh(step, by=by)
            case HandOver() | LateHandOver() | Assignment():
                self._pass_on(step, by=by)
            case _:
                self._move(step, by=by)

    def _move(self, step: AnyStep, *, by: Actor) -> None:
        pk = self.ticket.pk
        match step:
            case Beginning():
                self.ticket = start_work(pk, by=by)
            case Wait():
                self._wait(step, by=by)
            case Resumption():
                self.ticket = resume_ticket(pk, why=_("the log says that it goes on"), by=by)
            case Resolution():
                words = _("Imported: the log does not say how.")
                if step.words:
                    words = _("Imported: %(words)s") % {"words": step.words}
                self.ticket = resolve_ticket(pk, resolution=words, by=by)
            case Closing():
                self.ticket = close_ticket(pk, by=by)
            case Reopening():
                why = _("Imported: the log does not say why.")
                self.ticket = reopen_ticket(pk, reason=why, by=by)

    def _open(self, step: Opening, *, by: Actor) -> Ticket:
        named = self.named
        source = _("Case %(case)s of the log %(log)s.") % {
            "case": self.story.case,
            "log": named.mapping.name,
        }
        return open_ticket(
            desk=self.run.desk,
            requester=named.requester(step.requester),
            subject=step.subject or self.story.case,
            description="\n\n".join(part for part in (step.description, source) if part),
            kind=step.kind,
            channel=step.channel or "import",
            team=named.team(step.team),
            by=by,
            **self._matter(step),
        )

    def _edit(self, step: Edit, *, by: Actor) -> None:
        changed = self._matter(step)
        if step.requester is not None:
            changed["requester"] = self.named.requester(step.requester)
        self.ticket = edit_ticket(self.ticket.pk, by=by, **changed)

    def _matter(self, step: Opening | Edit) -> dict[str, Any]:
        """Return service and site as they are here; those that are not are remarked."""
        found: dict[str, Any] = {}
        if step.service is not None and (service := self.named.service(step.service)):
            found["service"] = service
        elif step.service is not None:
            self.remarks.add(Remark.SERVICE_NOT_HERE, f"“{step.service}”", word=step.service)
        if step.site is not None and (site := self.named.site(step.site)):
            found["site"] = site
        elif step.site is not None:
            self.remarks.add(Remark.SITE_NOT_HERE, f"“{step.site}”", word=step.site)
        return found

    def _weigh(self, step: Weighing, *, by: Actor) -> None:
        priority = step.priority
        if priority is None and step.impact is not None:
            cells = matrix_in_force(self.run.desk_id).cells
            priority = priority_of(step.impact, step.urgency or self.ticket.urgency, cells)
        if priority is None or priority == self.ticket.priority:
            return
        reason = _("Imported: %(words)s") % {"words": step.words}
        self.ticket = override_priority(self.ticket.pk, priority=priority, reason=reason, by=by)

    def _pass_on(self, step: HandOver | LateHandOver | Assignment, *, by: Actor) -> None:
        pk = self.ticket.pk
        team = self.named.team(step.team)
        assert team is not None  # noqa: S101 - the names of a batch are made before it
        reason = _("Imported: the log does not say why.")
        if isinstance(step, LateHandOver):
            self.ticket = hand_over_done_ticket(pk, team=team, reason=reason, by=by)
            return
        person = self._holder(team, step.person)
        if isinstance(step, HandOver):
            given = hand_over_ticket(pk, team=team, assignee=person, reason=reason, by=by)
            self.ticket = given.ticket
        else:
            self.ticket = assign_ticket(pk, to=person, by=by)

    def _holder(self, team: Team, name: str) -> Person | None:
        if not name:
            return None
        person = self.named.holder(team, name)
        if person is None:
            self.remarks.add(Remark.HOLDER_NOT_HERE, f"“{name}”", word=name)
        return person

    def _wait(self, step: Wait, *, by: Actor) -> None:
        if step.waiting_for is WaitingFor.REQUESTER and self.ticket.requester_spoke_at is not None:
            # Who waits for the requester has asked.
            desk_answered(self.ticket.pk, by=by)
        self.ticket = wait_with_ticket(self.ticket.pk, waiting_for=step.waiting_for, by=by)
