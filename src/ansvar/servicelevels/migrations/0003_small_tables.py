"""The edition of the book in force is marked."""

from django.db import migrations

MARKED = """
CREATE TRIGGER marked AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON servicelevels_bookedition
    FOR EACH STATEMENT EXECUTE FUNCTION mark_small_table('servicelevels_bookedition');
-- What was not changed since may be remembered, too.
INSERT INTO kernel_tablemark (mark, name) VALUES
    (gen_random_uuid(), 'servicelevels_bookedition');
"""

UNMARKED = """
DROP TRIGGER marked ON servicelevels_bookedition;
DELETE FROM kernel_tablemark WHERE name IN (
    'servicelevels_bookedition'
);
"""


class Migration(migrations.Migration):
    """Lays the triggers, see `kernel.small_tables`."""

    dependencies = [("servicelevels", "0002_stuck"), ("kernel", "0003_table_marks")]

    operations = [migrations.RunSQL(MARKED, UNMARKED)]
