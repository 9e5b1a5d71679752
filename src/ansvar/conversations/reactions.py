"""What the desk says by itself when something happens to a ticket."""

from ansvar.conversations.commands import acknowledge, send_quiet_close, send_resolution
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.tickets.facts import TicketClosed, TicketOpened, TicketResolved


@react(TicketOpened, later=True)
def acknowledge_mail(fact: TicketOpened, entry: Entry) -> None:
    """Tell who wrote a mail its number and what happens next."""
    if fact.channel == "email":
        acknowledge(fact.subject_id, key=f"acknowledgement:{entry.pk}")


@react(TicketResolved, later=True)
def ask_whether_it_works(fact: TicketResolved, entry: Entry) -> None:
    """Send the resolution with the links to confirm or to refuse it."""
    send_resolution(fact.subject_id, key=f"resolution:{entry.pk}")


@react(TicketClosed, later=True)
def tell_of_quiet_close(fact: TicketClosed, entry: Entry) -> None:
    """Tell that a ticket was closed because nobody objected."""
    if fact.how == "quiet":
        send_quiet_close(fact.subject_id, key=f"closed:{entry.pk}")
