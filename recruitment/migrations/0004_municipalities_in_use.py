from django.db import migrations


class Migration(migrations.Migration):
    """Those that have people are in use already."""

    dependencies = [("recruitment", "0003_invitations_and_entries")]

    operations = [
        migrations.RunSQL(
            "UPDATE recruitment_municipality SET in_use_since = now() WHERE id IN "
            "(SELECT municipality_id FROM recruitment_membership)",
            migrations.RunSQL.noop,
            elidable=True,
        )
    ]
