"""`ansvar manage connect_mailbox`: connect a mail address to a desk from a script."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from typing_extensions import override

from ansvar.conversations.commands import create_mailbox, edit_mailbox
from ansvar.conversations.models import Mailbox
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.refusal import Refusal
from ansvar.people.models import Desk

_SETTINGS = (
    "imap_host", "imap_port", "imap_security", "imap_user", "imap_folder",
    "smtp_host", "smtp_port", "smtp_security", "smtp_user", "display_name",
)  # fmt: skip
_NUMBERS = ("imap_port", "smtp_port")


class Command(BaseCommand):
    """Connects an address to a desk, or changes how it is reached; the password comes by stdin."""

    help = "Connect a mail address to a desk, or change how it is reached."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--desk", metavar="PREFIX", help="the letters of its references: IT")
        parser.add_argument("--off", action="store_true", help="stop fetching and sending")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )
        for name in _SETTINGS:
            kind: type = int if name in _NUMBERS else str
            parser.add_argument(f"--{name.replace('_', '-')}", type=kind)

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {name: options[name] for name in _SETTINGS if options[name] is not None}
        if options["password_stdin"]:
            password = sys.stdin.readline().rstrip("\n")
            wanted |= {"imap_password": password, "smtp_password": password}
        wanted["is_active"] = not options["off"]
        address = options["address"].strip().lower()
        mailbox = Mailbox.objects.filter(address__iexact=address).first()
        try:
            if mailbox is not None:
                edit_mailbox(mailbox.pk, by=SYSTEM, **wanted)
            elif not options["off"]:
                desk = _desk(options["desk"])
                create_mailbox(desk=desk, address=address, by=SYSTEM, **wanted)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        state = "off" if options["off"] else "connected"
        self.stdout.write(f"{address} is {state}.")


def _desk(prefix: str | None) -> Desk:
    desk = Desk.objects.filter(prefix=prefix or "").first()
    if desk is None:
        known = ", ".join(Desk.objects.values_list("prefix", flat=True)) or "none yet"
        words = _("Name a desk by its letters with --desk; there are: {known}.")
        raise CommandError(words.format(known=known))
    return desk
