from django.db import migrations, models

COLUMNS = ("follower_gain", "page_views", "overview_views", "careers_views", "jobs_views", "life_views")
ADD = "ALTER TABLE measurement " + ", ".join(f"ADD COLUMN {name} integer" for name in COLUMNS)
DROP = "ALTER TABLE measurement " + ", ".join(f"DROP COLUMN {name}" for name in COLUMNS)

# Terms of a platform end what was fetched from it after a time. The runtime login may not delete figures or their
# history; it may ask for this, of the municipality it has entered, and for nothing that was fetched lately.
# What the roll-up loses is what its deleted parts had given; a day without parts goes.
FORGET_REPORTING = """
CREATE FUNCTION forget_reporting(channels bigint[], fetched_before timestamp with time zone) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    entered bigint := current_setting('kk.municipality')::bigint;
    n_deleted bigint;
    n bigint;
BEGIN
    IF fetched_before IS NULL OR fetched_before > now() - interval '90 days' THEN
        RAISE EXCEPTION 'Only old figures are forgotten' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(1300001, entered::integer);
    CREATE TEMPORARY TABLE forgotten ON COMMIT DROP AS
        SELECT DISTINCT m.day, m.channel_id, m.is_paid FROM public.measurement m WHERE false;
    WITH gone AS (
        DELETE FROM public.measurement m
        WHERE m.municipality_id = entered AND m.channel_id = ANY (channels) AND m.origin = 1
            AND m.day <= fetched_before::date AND m.fetched_at < fetched_before
        RETURNING m.day, m.channel_id, m.is_paid
    ), noted AS (
        INSERT INTO pg_temp.forgotten SELECT DISTINCT g.day, g.channel_id, g.is_paid FROM gone g
    )
    SELECT count(*) INTO n_deleted FROM gone;
    DELETE FROM public.channel_day d USING pg_temp.forgotten f
        WHERE d.municipality_id = entered AND (d.day, d.channel_id, d.is_paid) = (f.day, f.channel_id, f.is_paid);
    INSERT INTO public.channel_day (municipality_id, day, channel_id, is_paid, impressions, clicks, reactions, comments,
                                    shares, spend_ore, fetched_at)
        SELECT entered, m.day, m.channel_id, m.is_paid, sum(m.impressions), sum(m.clicks), sum(m.reactions),
               sum(m.comments), sum(m.shares), sum(m.spend_ore), max(m.fetched_at)
        FROM public.measurement m
        JOIN pg_temp.forgotten f ON (f.day, f.channel_id, f.is_paid) = (m.day, m.channel_id, m.is_paid)
        WHERE m.municipality_id = entered AND m.kind NOT IN (4, 5, 6, 7)
        GROUP BY m.day, m.channel_id, m.is_paid;
    DROP TABLE pg_temp.forgotten;
    DELETE FROM public.analytics_restatement r
        WHERE r.municipality_id = entered AND r.channel_id = ANY (channels) AND r.old_fetched_at < fetched_before;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n_deleted + n;
END
$$;
REVOKE ALL ON FUNCTION forget_reporting(bigint[], timestamp with time zone) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0004_paid_campaigns"),
    ]

    operations = [
        migrations.RunSQL(ADD, reverse_sql=DROP),
        migrations.RunSQL(
            FORGET_REPORTING, reverse_sql="DROP FUNCTION forget_reporting(bigint[], timestamp with time zone)"
        ),
        migrations.AddField(
            model_name="fetchrun",
            name="is_come_back",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="fetchrun",
            name="n_days",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="days of the page that were told"),
        ),
        migrations.AddField(
            model_name="fetchrun",
            name="n_left_out",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="posts left for the next time"),
        ),
        migrations.AlterField(
            model_name="restatement",
            name="kind",
            field=models.SmallIntegerField(
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
        migrations.AlterField(
            model_name="restatement",
            name="metric",
            field=models.CharField(max_length=20, verbose_name="figure"),
        ),
    ]
