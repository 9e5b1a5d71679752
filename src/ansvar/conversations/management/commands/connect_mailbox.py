"""`ansvar manage connect_mailbox`: connect a mail address to a desk from a script."""

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from typing_extensions import override

from ansvar.conversations import oauth
from ansvar.conversations.commands import create_mailbox, edit_mailbox, set_oauth
from ansvar.conversations.models import Mailbox, OAuthAccess
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.refusal import Refusal
from ansvar.people.models import Desk

_SETTINGS = (
    "imap_host", "imap_port", "imap_security", "imap_user", "imap_folder",
    "smtp_host", "smtp_port", "smtp_security", "smtp_user", "display_name",
    "entrance", "after_reading", "done_folder", "largest_mb", "sends_per_minute",
)  # fmt: skip
_NUMBERS = ("imap_port", "smtp_port", "largest_mb", "sends_per_minute")
_OAUTH = ("grant", "authorize_url", "token_url", "client_id", "scope")


class Command(BaseCommand):
    """Connects an address to a desk, or changes how it is reached; secrets come by stdin."""

    help = "Connect a mail address to a desk, or change how it is reached."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--desk", metavar="PREFIX", help="the letters of its references: IT")
        parser.add_argument("--off", action="store_true", help="stop fetching and sending")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )
        parser.add_argument(
            "--with",
            dest="provider",
            choices=[name for name, one in oauth.PROVIDERS.items() if one.token_url],
            help="servers and OAuth addresses of a known mail service",
        )
        parser.add_argument(
            "--client-secret-stdin",
            action="store_true",
            help="read the OAuth client's secret from standard input",
        )
        for name in _OAUTH:
            parser.add_argument(f"--oauth-{name.replace('_', '-')}")
        for name in _SETTINGS:
            kind: type = int if name in _NUMBERS else str
            parser.add_argument(f"--{name.replace('_', '-')}", type=kind)

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        provider = oauth.PROVIDERS.get(options["provider"] or "")
        wanted = dict(provider.mailbox) if provider else {}
        wanted |= {name: options[name] for name in _SETTINGS if options[name] is not None}
        access = _access(options, provider)
        if access:
            wanted["log_in"] = Mailbox.LogIn.OAUTH
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
                mailbox = create_mailbox(desk=desk, address=address, by=SYSTEM, **wanted)
            if mailbox is not None and access:
                set_oauth(mailbox.pk, by=SYSTEM, **access)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        state = "off" if options["off"] else "connected"
        self.stdout.write(f"{address} is {state}.")


def _access(options: dict[str, Any], provider: oauth.Provider | None) -> dict[str, Any]:
    """Return how tokens are got: what the provider wants, with what was said instead."""
    said = {
        name: options[f"oauth_{name}"] for name in _OAUTH if options[f"oauth_{name}"] is not None
    }
    if provider is not None:
        is_client = said.get("grant") == OAuthAccess.Grant.CLIENT
        known = {
            "authorize_url": provider.authorize_url,
            "token_url": provider.token_url,
            "scope": provider.client_scope if is_client else provider.scope,
        }
        said = known | said
    if options["client_secret_stdin"]:
        said["client_secret"] = sys.stdin.readline().rstrip("\n")
    return said


def _desk(prefix: str | None) -> Desk:
    desk = Desk.objects.filter(prefix=prefix or "").first()
    if desk is None:
        known = ", ".join(Desk.objects.values_list("prefix", flat=True)) or "none yet"
        words = _("Name a desk by its letters with --desk; there are: {known}.")
        raise CommandError(words.format(known=known))
    return desk
