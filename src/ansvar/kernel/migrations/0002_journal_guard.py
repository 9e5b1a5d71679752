"""The journal can only grow: changing, deleting and emptying are refused by the database."""

from django.db import migrations

GUARD = """
CREATE FUNCTION journal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('ansvar.forgetting', true) = 'on' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'TRUNCATE' AND current_setting('ansvar.journal_may_be_emptied', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The journal can only grow: % is refused.', TG_OP;
END $$;

CREATE TRIGGER journal_rows BEFORE UPDATE OR DELETE ON kernel_entry
    FOR EACH ROW EXECUTE FUNCTION journal_guard();
CREATE TRIGGER journal_table BEFORE TRUNCATE ON kernel_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_guard();

-- The one exception: forgetting whole subjects, which itself leaves an entry that says so.
CREATE FUNCTION journal_forget(type text, ids bigint[], why text, by_kind text, by_id bigint,
                               by_label text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    gone bigint;
BEGIN
    PERFORM set_config('ansvar.forgetting', 'on', true);
    DELETE FROM kernel_entry WHERE subject_type = type AND subject_id = ANY (ids);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('ansvar.forgetting', 'off', true);
    INSERT INTO kernel_entry (at, recorded_at, fact, subject_type, subject_id, actor_kind,
                              actor_id, actor_label, payload)
    VALUES (now(), now(), 'journal.forgotten', 'journal', 0, by_kind, by_id, by_label,
            jsonb_build_object('of_type', type, 'subjects', cardinality(ids), 'entries', gone,
                               'why', why));
    RETURN gone;
END $$;
"""

NO_GUARD = """
DROP TRIGGER journal_rows ON kernel_entry;
DROP TRIGGER journal_table ON kernel_entry;
DROP FUNCTION journal_guard();
DROP FUNCTION journal_forget(text, bigint[], text, text, bigint, text);
"""


class Migration(migrations.Migration):
    """Lays the triggers."""

    dependencies = [("kernel", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
