"""What the context does when something happens below it."""

from ansvar.kernel import journal
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.suppliers.commands import end_tasks_of, move_tasks_of
from ansvar.tickets.facts import TicketClosed, TicketResolved


@react(TicketResolved)
def nothing_is_asked_about_what_is_solved(fact: TicketResolved, entry: Entry) -> None:
    """Let no supplier work on a ticket that is solved."""
    if not journal.is_history():
        end_tasks_of(fact.subject_id, by=entry.actor)


@react(TicketClosed)
def nothing_is_asked_about_what_is_closed(fact: TicketClosed, entry: Entry) -> None:
    """Let no supplier work on a closed ticket; of a duplicate it goes on with the other one."""
    if journal.is_history():
        return
    if fact.how == "merged":
        move_tasks_of(fact.subject_id, by=entry.actor)
    else:
        end_tasks_of(fact.subject_id, by=entry.actor)
