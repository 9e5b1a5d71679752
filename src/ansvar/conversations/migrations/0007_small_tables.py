"""Changes of the addresses of mailboxes are marked; what a mailbox counts is not."""

from django.db import migrations

MARKED = """
CREATE TRIGGER marked AFTER INSERT OR UPDATE OF address, desk_id OR DELETE OR TRUNCATE
    ON conversations_mailbox FOR EACH STATEMENT
    EXECUTE FUNCTION mark_small_table('conversations_mailbox.address');
-- What was not changed since may be remembered, too.
INSERT INTO kernel_tablemark (mark, name) VALUES
    (gen_random_uuid(), 'conversations_mailbox.address');
"""

UNMARKED = """
DROP TRIGGER marked ON conversations_mailbox;
DELETE FROM kernel_tablemark WHERE name IN (
    'conversations_mailbox.address'
);
"""


class Migration(migrations.Migration):
    """Lays the triggers, see `kernel.small_tables`."""

    dependencies = [("conversations", "0006_notice_mail"), ("kernel", "0003_table_marks")]

    operations = [migrations.RunSQL(MARKED, UNMARKED)]
