from django.db import migrations

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
    # What an older installation has run instead; it takes this over without running it.
    replaces = [
        ('analytics', '0001_initial'),
        ('analytics', '0002_measurement_storage'),
        ('analytics', '0003_answer_month'),
        ('analytics', '0004_paid_campaigns'),
        ('analytics', '0005_page_days'),
        ('analytics', '0006_survey_questions'),
        ('analytics', '0007_whole_vacancy_and_shared_costs'),
        ('analytics', '0008_measurement_rows'),
        ('analytics', '0009_release_ledger'),
        ('analytics', '0010_released_answers_stay'),
    ]

    dependencies = [('analytics', '0002_measurements')]

    operations = [
        migrations.RunSQL(
            FORGET_REPORTING, reverse_sql='DROP FUNCTION forget_reporting(bigint[], timestamp with time zone)'
        ),
    ]
