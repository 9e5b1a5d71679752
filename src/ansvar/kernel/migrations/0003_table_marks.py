"""Marks of small tables, which triggers renew with every change; see `kernel.small_tables`."""

from django.db import migrations, models

# Nobody waits for anybody: marks that another change is taking away are left to it.
MARK = """
CREATE FUNCTION mark_small_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM kernel_tablemark WHERE mark IN (
        SELECT mark FROM kernel_tablemark WHERE name = TG_ARGV[0] FOR UPDATE SKIP LOCKED
    );
    INSERT INTO kernel_tablemark (mark, name) VALUES (gen_random_uuid(), TG_ARGV[0]);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """Makes the table and the function that triggers call with the name of a mark."""

    dependencies = [("kernel", "0002_journal_guard")]

    operations = [
        migrations.CreateModel(
            name="TableMark",
            fields=[
                ("mark", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
            ],
        ),
        migrations.RunSQL(MARK, "DROP FUNCTION mark_small_table()"),
    ]
