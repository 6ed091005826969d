"""The database itself refuses to change what the journal holds, and counts the dossiers."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE journal_dossier_number;
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE ON journal_entry
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_subject_append_only BEFORE UPDATE OR DELETE ON journal_subject
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_subject_no_truncate BEFORE TRUNCATE ON journal_subject
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

BACKWARD = """
DROP SEQUENCE journal_dossier_number;
DROP TRIGGER journal_subject_no_truncate ON journal_subject;
DROP TRIGGER journal_entry_no_truncate ON journal_entry;
DROP TRIGGER journal_subject_append_only ON journal_subject;
DROP TRIGGER journal_entry_append_only ON journal_entry;
DROP FUNCTION journal_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
