"""Changes of roles are marked."""

from django.db import migrations

MARKED = """
CREATE TRIGGER marked AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON access_rolegrant
    FOR EACH STATEMENT EXECUTE FUNCTION mark_small_table('access_rolegrant');
-- What was not changed since may be remembered, too.
INSERT INTO kernel_tablemark (mark, name) VALUES
    (gen_random_uuid(), 'access_rolegrant');
"""

UNMARKED = """
DROP TRIGGER marked ON access_rolegrant;
DELETE FROM kernel_tablemark WHERE name IN (
    'access_rolegrant'
);
"""


class Migration(migrations.Migration):
    """Lays the triggers, see `kernel.small_tables`."""

    dependencies = [("access", "0002_refused_try"), ("kernel", "0003_table_marks")]

    operations = [migrations.RunSQL(MARKED, UNMARKED)]
