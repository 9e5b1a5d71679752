"""What the desk says by itself when something happens to a ticket."""

from ansvar.catalogue.queries import needed_facts_of
from ansvar.conversations.commands import acknowledge, send_quiet_close, send_resolution
from ansvar.conversations.facts import MessageReceived
from ansvar.conversations.queries import needs_to_know
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.kernel.work import tasks
from ansvar.tickets.facts import TicketClosed, TicketEdited, TicketOpened, TicketResolved


@react(TicketOpened, later=True, when=lambda fact: fact.channel == "email")
def acknowledge_mail(fact: TicketOpened, entry: Entry) -> None:
    """Tell who wrote a mail its number and what happens next."""
    acknowledge(fact.subject_id, key=f"acknowledgement:{entry.pk}")


@react(TicketResolved, later=True)
def ask_whether_it_works(fact: TicketResolved, entry: Entry) -> None:
    """Send the resolution with the links to confirm or to refuse it."""
    send_resolution(fact.subject_id, key=f"resolution:{entry.pk}")


@react(TicketClosed, later=True, when=lambda fact: fact.how == "quiet")
def tell_of_quiet_close(fact: TicketClosed, entry: Entry) -> None:
    """Tell that a ticket was closed because nobody objected."""
    send_quiet_close(fact.subject_id, key=f"closed:{entry.pk}")


@react(MessageReceived)
def read_what_was_asked(fact: MessageReceived, entry: Entry) -> None:  # noqa: ARG001
    """Queue the reading of answers from what somebody wrote, where the service needs to know."""
    # At once, so that the many messages which answer nothing cost a look, and no job.
    if fact.author_id is not None and not fact.is_automatic and needs_to_know(fact.subject_id):
        tasks["conversations.read_answers"].later(ticket_id=fact.subject_id)


@react(TicketEdited)
def read_what_the_service_asks(fact: TicketEdited, entry: Entry) -> None:  # noqa: ARG001
    """Queue the reading of what was written before the service was known."""
    # The row itself is written only after this.
    service_id = fact.changes.get("service", (None, None))[1]
    if service_id is not None and needed_facts_of(service_id).exists():
        tasks["conversations.read_answers"].later(ticket_id=fact.subject_id)
