"""What the bench does within the product, before it measures from outside: tokens, a mailbox."""

from ansvar.access.commands import make_token, revoke_token
from ansvar.conversations.commands import create_mailbox, edit_mailbox
from ansvar.conversations.models import Mailbox
from ansvar.kernel.actor import SYSTEM
from ansvar.ops.bench import cast
from ansvar.ops.bench.parts import HOST
from ansvar.people.models import Person
from ansvar.tickets.models import Ticket

TITLE = "Bench"


def token_of(login: str) -> tuple[int, str]:
    """Make a token for one of the people of the bench; returns its id and its secret."""
    person = Person.objects.get(login=login)
    token, secret = make_token(person.pk, title=TITLE, by=SYSTEM)
    return token.pk, secret


def take_token_away(token_id: int) -> None:
    """Let a token be worth nothing any more."""
    revoke_token(token_id, by=SYSTEM)


def direct_mail(smtp_port: int) -> int:
    """Let mail be handed over to the desk's address, and sent to a port of this machine.

    Returns the id of the mailbox.
    """
    wanted = {"smtp_host": HOST, "smtp_port": smtp_port, "smtp_security": "none"}
    found = Mailbox.objects.filter(address=cast.DESK_ADDRESS).first()
    if found is not None:
        return edit_mailbox(found.pk, by=SYSTEM, is_active=True, **wanted).pk  # type: ignore[arg-type]  # spelt by names of fields
    desk = Ticket.objects.earliest("pk").desk
    made = create_mailbox(
        desk=desk,
        by=SYSTEM,
        address=cast.DESK_ADDRESS,
        entrance=Mailbox.Entrance.HANDED,
        **wanted,  # type: ignore[arg-type]  # as above
    )
    return made.pk
