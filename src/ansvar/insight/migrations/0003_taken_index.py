"""An index of the few entries of the journal that say who took a ticket.

It lies on the kernel's table and is made here, since the kernel knows no word of a service desk.
Without it a day's entries are found by a BRIN index only, which is of no use after an import.
"""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

TAKEN = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS entry_taken ON kernel_entry (at)
WHERE fact = 'ticket.assigned' AND actor_kind = 'person'
"""


class Migration(migrations.Migration):
    """Makes the index while the product goes on working."""

    atomic = False
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("insight", "0002_roll_ups"),
        ("kernel", "0002_journal_guard"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(TAKEN, "DROP INDEX CONCURRENTLY IF EXISTS entry_taken")
    ]
