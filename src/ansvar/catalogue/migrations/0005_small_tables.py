"""Changes of services, of priority matrices and of what services need to know are marked."""

from django.db import migrations

MARKED = """
CREATE TRIGGER marked AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalogue_service
    FOR EACH STATEMENT EXECUTE FUNCTION mark_small_table('catalogue_service');
CREATE TRIGGER marked AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalogue_matrix
    FOR EACH STATEMENT EXECUTE FUNCTION mark_small_table('catalogue_matrix');
CREATE TRIGGER marked AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalogue_neededfact
    FOR EACH STATEMENT EXECUTE FUNCTION mark_small_table('catalogue_neededfact');
-- What was not changed since may be remembered, too.
INSERT INTO kernel_tablemark (mark, name) VALUES
    (gen_random_uuid(), 'catalogue_service'),
    (gen_random_uuid(), 'catalogue_matrix'),
    (gen_random_uuid(), 'catalogue_neededfact');
"""

UNMARKED = """
DROP TRIGGER marked ON catalogue_service;
DROP TRIGGER marked ON catalogue_matrix;
DROP TRIGGER marked ON catalogue_neededfact;
DELETE FROM kernel_tablemark WHERE name IN (
    'catalogue_service', 'catalogue_matrix', 'catalogue_neededfact'
);
"""


class Migration(migrations.Migration):
    """Lays the triggers, see `kernel.small_tables`."""

    dependencies = [("catalogue", "0004_skills"), ("kernel", "0003_table_marks")]

    operations = [migrations.RunSQL(MARKED, UNMARKED)]
