from django.db import migrations, models

# What belongs to chosen vacancies is found without reading the municipality's whole period. Pages tell of no vacancy,
# so they are left out of the index.
OF_JOB = """
CREATE INDEX measurement_of_job ON measurement (municipality_id, job_id, day) WHERE job_id IS NOT NULL
"""

# The administration wants one key that is text. The invoker's rights and walls hold, not the owner's.
ROWS = """
CREATE VIEW measurement_row WITH (security_invoker = true) AS
SELECT to_char(day, 'YYYY-MM-DD') || '.' || kind || '.' || object_id || CASE WHEN is_paid THEN '.paid' ELSE '.own' END
           AS id,
       municipality_id, day, kind, object_id, is_paid, channel_id, job_id, origin, is_implied_zero, span_days,
       impressions, reach, clicks, reactions, comments, shares, followers, follower_gain, page_views, spend_ore,
       fetched_at
FROM measurement
"""


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0007_whole_vacancy_and_shared_costs"),
    ]

    operations = [
        migrations.RunSQL(OF_JOB, reverse_sql="DROP INDEX measurement_of_job"),
        migrations.RunSQL(ROWS, reverse_sql="DROP VIEW measurement_row"),
        migrations.CreateModel(
            name="MeasurementRow",
            fields=[
                ("id", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("municipality_id", models.BigIntegerField(editable=False)),
                ("day", models.DateField(verbose_name="day")),
                (
                    "kind",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Post"),
                            (2, "Page"),
                            (3, "Paid campaign"),
                            (4, "All of the page's posts"),
                            (5, "Visits to the page"),
                            (6, "New followers"),
                            (7, "Followers"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("object_id", models.BigIntegerField(verbose_name="number of what it is about")),
                ("is_paid", models.BooleanField(verbose_name="paid")),
                ("job_id", models.BigIntegerField(null=True, verbose_name="number of the vacancy")),
                (
                    "origin",
                    models.SmallIntegerField(
                        choices=[(1, "Fetched from the channel"), (2, "Read from a file"), (3, "Typed in")],
                        verbose_name="origin",
                    ),
                ),
                (
                    "is_implied_zero",
                    models.BooleanField(verbose_name="zero because the channel leaves out what has no activity"),
                ),
                ("span_days", models.SmallIntegerField(verbose_name="days covered")),
                ("impressions", models.IntegerField(null=True, verbose_name="views")),
                ("reach", models.IntegerField(null=True, verbose_name="reach")),
                ("clicks", models.IntegerField(null=True, verbose_name="clicks")),
                ("reactions", models.IntegerField(null=True, verbose_name="reactions")),
                ("comments", models.IntegerField(null=True, verbose_name="comments")),
                ("shares", models.IntegerField(null=True, verbose_name="shares")),
                ("followers", models.IntegerField(null=True, verbose_name="followers")),
                ("follower_gain", models.IntegerField(null=True, verbose_name="new followers")),
                ("page_views", models.IntegerField(null=True, verbose_name="page views")),
                ("spend_ore", models.BigIntegerField(null=True, verbose_name="spend, in øre")),
                ("fetched_at", models.DateTimeField(verbose_name="fetched at")),
            ],
            options={
                "verbose_name": "measurement",
                "verbose_name_plural": "measurements",
                "db_table": "measurement_row",
                "managed": False,
            },
        ),
    ]
