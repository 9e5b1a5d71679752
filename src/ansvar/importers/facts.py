"""What can happen when a desk's past is taken over."""

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from ansvar.kernel.facts import Fact, Ref

RunId = Annotated[int, Ref("import")]


@dataclass(frozen=True, kw_only=True)
class TicketImported(Fact, name="ticket.imported", wording=_("imported {mails} mails from {run}")):
    """Old mails became a ticket, or words on one that was there."""

    run_id: RunId
    mails: int


@dataclass(frozen=True, kw_only=True)
class CaseImported(
    Fact, name="ticket.case_imported", wording=_("imported case {case}, {rows} rows, from {run}")
):
    """A case of an event log became a ticket, each of its rows at its own moment."""

    run_id: RunId
    case: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportFinished(
    Fact, name="import.finished", wording=_("imported {mails} mails as {tickets} tickets")
):
    """All mail of a source is taken over."""

    mails: int
    tickets: int
    left_out: int


@dataclass(frozen=True, kw_only=True)
class LogImported(
    Fact, name="import.log_finished", wording=_("imported {cases} cases, {rows} rows, of a log")
):
    """All cases of an event log are taken over."""

    cases: int
    rows: int
    left_out: int


@dataclass(frozen=True, kw_only=True)
class ImportUndone(
    Fact, name="import.undone", wording=_("removed {tickets} imported tickets, {kept} stay")
):
    """What an import had made was removed, but for what somebody had gone on with."""

    tickets: int
    kept: int
    persons: int
