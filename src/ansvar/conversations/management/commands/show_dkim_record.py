"""`ansvar manage show_dkim_record`: what to publish so that others can check our signatures."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from typing_extensions import override

from ansvar.conversations.models import Mailbox
from ansvar.conversations.signing import dns_record, is_signed


class Command(BaseCommand):
    """Prints the DNS record of a mailbox that signs its mail."""

    help = "Print the DNS record by which others check the DKIM signatures of a mailbox."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        mailbox = Mailbox.objects.filter(address__iexact=options["address"]).first()
        if mailbox is None:
            raise CommandError(_("There is no such mailbox."))
        if not is_signed(mailbox):
            raise CommandError(_("This mailbox has no key: its mail leaves unsigned."))
        try:
            record = dns_record(mailbox)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(record.line)
