"""The rules by which stored verdicts judged; the database itself refuses to change them."""

from django.db import migrations, models

FORWARD = """
CREATE TRIGGER journal_rulesnapshot_append_only BEFORE UPDATE OR DELETE ON journal_rulesnapshot
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_rulesnapshot_no_truncate BEFORE TRUNCATE ON journal_rulesnapshot
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

BACKWARD = """
DROP TRIGGER journal_rulesnapshot_no_truncate ON journal_rulesnapshot;
DROP TRIGGER journal_rulesnapshot_append_only ON journal_rulesnapshot;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_refuse_changes")]
    operations = [
        migrations.CreateModel(
            name="RuleSnapshot",
            fields=[
                (
                    "address",
                    models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name="指纹"),
                ),
                ("rule", models.CharField(max_length=7, verbose_name="规则")),
                ("version", models.CharField(max_length=16, verbose_name="规则版本")),
                ("content", models.JSONField(verbose_name="内容")),
            ],
            options={"verbose_name": "规则快照", "verbose_name_plural": "规则快照"},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
