"""Which mailboxes there are, which every process remembers."""

from django.db import DEFAULT_DB_ALIAS, connections

from ansvar.kernel.small_tables import READ, Remembered


def _read() -> dict[str, int]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        # Both parts are constants of the program.
        cursor.execute(f"{READ} SELECT address, desk_id FROM conversations_mailbox")  # noqa: S608
        return dict(cursor.fetchall())


DESKS_OF_MAILBOXES = Remembered("desks of mailboxes", _read, of=("conversations_mailbox.address",))
"""By the address of the mailbox."""
