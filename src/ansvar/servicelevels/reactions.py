"""What the context does when something happens below it."""

from ansvar.kernel import journal
from ansvar.kernel.facts import Fact
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react, react_at_end
from ansvar.kernel.work import tasks
from ansvar.people.facts import (
    CalendarChanged,
    CalendarCreated,
    DeskChanged,
    DeskCreated,
    SiteChanged,
    SiteCreated,
    TeamChanged,
    TeamCreated,
)
from ansvar.servicelevels.book import new_edition
from ansvar.servicelevels.commands import give_policy, keep_clocks
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.facts import StepTaken
from ansvar.servicelevels.telling import HEARD


@react_at_end(*HEARD)
def keep_clocks_of_ticket(ticket_id: int, happened: list[tuple[Fact, Entry]]) -> None:
    """Let the clocks of the ticket follow what happened to it."""
    keep_clocks(ticket_id, happened)


@react(CalendarCreated, DeskCreated, TeamCreated, SiteCreated)
def note_new_hours(fact: Fact, entry: Entry) -> None:  # noqa: ARG001
    """Take new calendars, desks, teams and sites into the book of calendars."""
    new_edition(renews=False)


@react(DeskChanged, TeamChanged, SiteChanged)
def note_other_calendar(fact: Fact, entry: Entry) -> None:  # noqa: ARG001 - all three alike
    """Count what begins from now on by the other calendar."""
    if "calendar" in entry.payload["changes"]:
        new_edition(renews=False)


@react(DeskCreated)
def give_policy_to_desk(fact: DeskCreated, entry: Entry) -> None:  # noqa: ARG001
    """Give a new desk a communication policy to begin with."""
    give_policy(fact.subject_id)


@react(CalendarChanged)
def note_changed_calendar(fact: CalendarChanged, entry: Entry) -> None:  # noqa: ARG001
    """Count the time to come by the changed hours, also on clocks that run."""
    new_edition(renews=True)


@react(StepTaken)
def remind_supplier_at_step(fact: StepTaken, entry: Entry) -> None:  # noqa: ARG001
    """Let a step of a contract also remind the supplier, where its card says so."""
    if fact.measure == Measure.SUPPLIER and not journal.is_history():
        tasks["suppliers.remind_by_contract"].later(ticket_id=fact.subject_id)
