import django.db.models.deletion
from django.db import migrations, models

import foundation.tenancy
from foundation.tenancy import policy_sql

# Made by hand: Django knows neither partitions nor keys that carry more columns than they compare.
# The objects that figures are about get no foreign key, because one column holds ids of several tables;
# analytics.actions.measurements looks each of them up in the entered municipality before it stores anything.
TABLES = f"""
CREATE TABLE measurement (
    municipality_id bigint NOT NULL,
    object_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    job_id bigint,
    spend_ore bigint,
    fetched_at timestamp with time zone NOT NULL,
    day date NOT NULL,
    impressions integer,
    reach integer,
    clicks integer,
    reactions integer,
    comments integer,
    shares integer,
    followers integer,
    span_days smallint NOT NULL CONSTRAINT measurement_spans_a_day CHECK (span_days >= 1),
    kind smallint NOT NULL,
    origin smallint NOT NULL,
    is_paid boolean NOT NULL,
    is_implied_zero boolean NOT NULL,
    PRIMARY KEY (municipality_id, day, kind, object_id, is_paid)
) PARTITION BY RANGE (day);

CREATE TABLE channel_day (
    municipality_id bigint NOT NULL REFERENCES recruitment_municipality (id),
    day date NOT NULL,
    channel_id bigint NOT NULL REFERENCES recruitment_channel (id),
    is_paid boolean NOT NULL,
    impressions bigint,
    clicks bigint,
    reactions bigint,
    comments bigint,
    shares bigint,
    spend_ore bigint,
    fetched_at timestamp with time zone NOT NULL,
    PRIMARY KEY (municipality_id, day, channel_id, is_paid)
        INCLUDE (impressions, clicks, reactions, comments, shares, spend_ore, fetched_at)
);

{policy_sql("measurement")};
{policy_sql("channel_day")};
"""

# The runtime login owns nothing and may make one thing: the partition of a month. A partition has the wall of its
# parent only when it is asked through the parent, so it gets no grant and a wall without any door.
# ATTACH, not PARTITION OF: it lets those go on who read and write other months.
ENSURE_MONTH = """
CREATE FUNCTION ensure_measurement_month(any_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first_day date := date_trunc('month', any_day)::date;
    next_first_day date := (date_trunc('month', any_day) + interval '1 month')::date;
    partition name := 'measurement_' || to_char(any_day, 'YYYY_MM');
BEGIN
    IF any_day IS NULL OR any_day < date '2010-01-01' OR any_day >= date '2100-01-01' THEN
        RAISE EXCEPTION 'No measurements are kept for %', any_day USING ERRCODE = 'datetime_field_overflow';
    END IF;
    IF to_regclass('public.' || partition) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_measurement_month'));
    IF to_regclass('public.' || partition) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.measurement INCLUDING CONSTRAINTS)', partition);
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', partition);
    EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', partition);
    EXECUTE format(
        'ALTER TABLE public.measurement ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        partition, first_day, next_first_day
    );
END
$$;
REVOKE ALL ON FUNCTION ensure_measurement_month(date) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0001_initial"),
        ("recruitment", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(TABLES, reverse_sql="DROP TABLE measurement; DROP TABLE channel_day"),
        migrations.RunSQL(ENSURE_MONTH, reverse_sql="DROP FUNCTION ensure_measurement_month(date)"),
        migrations.CreateModel(
            name="ChannelDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "municipality_id",
                        "day",
                        "channel_id",
                        "is_paid",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("is_paid", models.BooleanField(verbose_name="paid")),
                ("impressions", models.BigIntegerField(null=True, verbose_name="views")),
                ("clicks", models.BigIntegerField(null=True, verbose_name="clicks")),
                ("reactions", models.BigIntegerField(null=True, verbose_name="reactions")),
                ("comments", models.BigIntegerField(null=True, verbose_name="comments")),
                ("shares", models.BigIntegerField(null=True, verbose_name="shares")),
                ("spend_ore", models.BigIntegerField(null=True, verbose_name="spend, in øre")),
                ("fetched_at", models.DateTimeField(verbose_name="fetched at")),
            ],
            options={
                "verbose_name": "channel's day",
                "verbose_name_plural": "channels' days",
                "db_table": "channel_day",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "municipality_id",
                        "day",
                        "kind",
                        "object_id",
                        "is_paid",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("kind", models.SmallIntegerField(choices=[(1, "Post"), (2, "Page")], verbose_name="kind")),
                ("object_id", models.BigIntegerField()),
                ("job_id", models.BigIntegerField(null=True)),
                ("is_paid", models.BooleanField(verbose_name="paid")),
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
                ("spend_ore", models.BigIntegerField(null=True, verbose_name="spend, in øre")),
                ("fetched_at", models.DateTimeField(verbose_name="fetched at")),
            ],
            options={
                "verbose_name": "measurement",
                "verbose_name_plural": "measurements",
                "db_table": "measurement",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Restatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("kind", models.SmallIntegerField(choices=[(1, "Post"), (2, "Page")], verbose_name="kind")),
                ("object_id", models.BigIntegerField()),
                ("is_paid", models.BooleanField(verbose_name="paid")),
                ("metric", models.CharField(max_length=11, verbose_name="figure")),
                ("old_value", models.BigIntegerField(verbose_name="old value")),
                ("new_value", models.BigIntegerField(verbose_name="new value")),
                ("old_fetched_at", models.DateTimeField(verbose_name="old value fetched at")),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("day_not_over", "The day was not over when the old figure was fetched"),
                            ("restated", "The channel has changed the figure afterwards"),
                            ("replaced", "Figures of another origin replaced it"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="recruitment.channel"
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        default=foundation.tenancy.municipality_of_new_row,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="recruitment.municipality",
                        verbose_name="municipality",
                    ),
                ),
            ],
            options={
                "verbose_name": "restated figure",
                "verbose_name_plural": "restated figures",
                "ordering": ["-changed_at", "-id"],
                "indexes": [
                    models.Index(fields=["municipality", "kind", "object_id", "day"], name="restatement_of_object")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("municipality", "id"), name="restatement_tenant_key"),
                    foundation.tenancy.TenantPolicy(name="restatement_tenant_policy"),
                ],
            },
        ),
    ]
