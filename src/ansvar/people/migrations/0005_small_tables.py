"""Changes of desks, teams and sites are marked, and who becomes active or is no more."""

from django.db import migrations

MARKED = """
CREATE TRIGGER marked AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_desk
    FOR EACH STATEMENT EXECUTE FUNCTION mark_small_table('people_desk');
CREATE TRIGGER marked AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_team
    FOR EACH STATEMENT EXECUTE FUNCTION mark_small_table('people_team');
CREATE TRIGGER marked AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_site
    FOR EACH STATEMENT EXECUTE FUNCTION mark_small_table('people_site');
CREATE TRIGGER marked AFTER UPDATE OF is_active ON people_person
    FOR EACH ROW WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active)
    EXECUTE FUNCTION mark_small_table('people_person.is_active');
-- What was not changed since may be remembered, too.
INSERT INTO kernel_tablemark (mark, name) VALUES
    (gen_random_uuid(), 'people_desk'),
    (gen_random_uuid(), 'people_team'),
    (gen_random_uuid(), 'people_site'),
    (gen_random_uuid(), 'people_person.is_active');
"""

UNMARKED = """
DROP TRIGGER marked ON people_desk;
DROP TRIGGER marked ON people_team;
DROP TRIGGER marked ON people_site;
DROP TRIGGER marked ON people_person;
DELETE FROM kernel_tablemark WHERE name IN (
    'people_desk', 'people_team', 'people_site', 'people_person.is_active'
);
"""


class Migration(migrations.Migration):
    """Lays the triggers, see `kernel.small_tables`."""

    dependencies = [("people", "0004_ownership"), ("kernel", "0003_table_marks")]

    operations = [migrations.RunSQL(MARKED, UNMARKED)]
