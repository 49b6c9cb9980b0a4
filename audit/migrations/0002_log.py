"""The functions that write the log, and the triggers that keep it as it was written."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "0002_log.sql").read_text()

REVERSE = """
DROP FUNCTION audit_erase(bigint, bigint);
DROP FUNCTION audit_forget(bigint);
DROP FUNCTION audit_append(text, text, bigint, text, jsonb);
DROP FUNCTION audit_row() CASCADE;
DROP TABLE audit_pending;
DROP FUNCTION audit_take_turn();
DROP FUNCTION audit_chain();
DROP FUNCTION audit_without_people(bigint, jsonb, text[]);
DROP FUNCTION audit_pseudonym(bigint, bigint);
DROP FUNCTION audit_canonical(text[]);
DROP FUNCTION audit_stays() CASCADE;
"""


class Migration(migrations.Migration):
    # What an older installation has run instead; it takes this over without running it.
    replaces = [
        ('audit', '0001_initial'),
        ('audit', '0002_chain'),
        ('audit', '0003_forgetting_is_logged'),
    ]

    dependencies = [('audit', '0001_tables')]

    operations = [migrations.RunSQL(SQL, reverse_sql=REVERSE)]
