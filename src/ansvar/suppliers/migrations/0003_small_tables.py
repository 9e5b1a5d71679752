"""Changes of suppliers and of their contacts are marked."""

from django.db import migrations

MARKED = """
CREATE TRIGGER marked AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON suppliers_supplier
    FOR EACH STATEMENT EXECUTE FUNCTION mark_small_table('suppliers_supplier');
CREATE TRIGGER marked AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON suppliers_suppliercontact
    FOR EACH STATEMENT EXECUTE FUNCTION mark_small_table('suppliers_suppliercontact');
-- What was not changed since may be remembered, too.
INSERT INTO kernel_tablemark (mark, name) VALUES
    (gen_random_uuid(), 'suppliers_supplier'),
    (gen_random_uuid(), 'suppliers_suppliercontact');
"""

UNMARKED = """
DROP TRIGGER marked ON suppliers_supplier;
DROP TRIGGER marked ON suppliers_suppliercontact;
DELETE FROM kernel_tablemark WHERE name IN (
    'suppliers_supplier', 'suppliers_suppliercontact'
);
"""


class Migration(migrations.Migration):
    """Lays the triggers, see `kernel.small_tables`."""

    dependencies = [("suppliers", "0002_reminded_by_contract"), ("kernel", "0003_table_marks")]

    operations = [migrations.RunSQL(MARKED, UNMARKED)]
