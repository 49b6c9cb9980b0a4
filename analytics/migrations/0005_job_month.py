from django.db import migrations, models

from foundation.tenancy import policy_sql

# Made by hand, as the tables it is made of. The sums of one vacancy change every night while it is shown, so they are
# in no index and some room is left on each page: the new values then stand beside the old ones.
TABLE = f"""
CREATE TABLE job_month (
    municipality_id bigint NOT NULL REFERENCES recruitment_municipality (id),
    job_id bigint NOT NULL,
    channel_id bigint NOT NULL REFERENCES recruitment_channel (id),
    impressions bigint,
    clicks bigint,
    reactions bigint,
    comments bigint,
    shares bigint,
    spend_ore bigint,
    fetched_at timestamp with time zone NOT NULL,
    month date NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    is_paid boolean NOT NULL
) WITH (fillfactor = 85);
"""

# What there is already. A vacancy that is gone has no figures to tell.
FILL = """
INSERT INTO job_month (municipality_id, month, job_id, channel_id, is_paid, first_day, last_day,
                       impressions, clicks, reactions, comments, shares, spend_ore, fetched_at)
SELECT m.municipality_id, date_trunc('month', m.day)::date, m.job_id, m.channel_id, m.is_paid, min(m.day), max(m.day),
       sum(m.impressions), sum(m.clicks), sum(m.reactions), sum(m.comments), sum(m.shares), sum(m.spend_ore),
       max(m.fetched_at)
FROM measurement m
JOIN recruitment_jobposting j ON (j.municipality_id, j.id) = (m.municipality_id, m.job_id)
WHERE m.kind NOT IN (4, 5, 6, 7)
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3;
"""

WALL = f"""
ALTER TABLE job_month ADD PRIMARY KEY (municipality_id, month, job_id, channel_id, is_paid);
ALTER TABLE job_month ADD CONSTRAINT job_month_job_same_tenant FOREIGN KEY (municipality_id, job_id)
    REFERENCES recruitment_jobposting (municipality_id, id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX job_month_of_job ON job_month (municipality_id, job_id);
{policy_sql("job_month")};
"""

# As before, and the sums of the vacancies whose figures went are made anew.
FORGET_REPORTING = """
CREATE OR REPLACE FUNCTION forget_reporting(channels bigint[], fetched_before timestamp with time zone) RETURNS bigint
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
        SELECT DISTINCT m.day, m.channel_id, m.is_paid, m.job_id FROM public.measurement m WHERE false;
    WITH gone AS (
        DELETE FROM public.measurement m
        WHERE m.municipality_id = entered AND m.channel_id = ANY (channels) AND m.origin = 1
            AND m.day <= fetched_before::date AND m.fetched_at < fetched_before
        RETURNING m.day, m.channel_id, m.is_paid, m.job_id
    ), noted AS (
        INSERT INTO pg_temp.forgotten SELECT DISTINCT g.day, g.channel_id, g.is_paid, g.job_id FROM gone g
    )
    SELECT count(*) INTO n_deleted FROM gone;
    DELETE FROM public.channel_day d USING pg_temp.forgotten f
        WHERE d.municipality_id = entered AND (d.day, d.channel_id, d.is_paid) = (f.day, f.channel_id, f.is_paid);
    INSERT INTO public.channel_day (municipality_id, day, channel_id, is_paid, impressions, clicks, reactions, comments,
                                    shares, spend_ore, fetched_at)
        SELECT entered, m.day, m.channel_id, m.is_paid, sum(m.impressions), sum(m.clicks), sum(m.reactions),
               sum(m.comments), sum(m.shares), sum(m.spend_ore), max(m.fetched_at)
        FROM public.measurement m
        JOIN (SELECT DISTINCT t.day, t.channel_id, t.is_paid FROM pg_temp.forgotten t) f
            ON (f.day, f.channel_id, f.is_paid) = (m.day, m.channel_id, m.is_paid)
        WHERE m.municipality_id = entered AND m.kind NOT IN (4, 5, 6, 7)
        GROUP BY m.day, m.channel_id, m.is_paid;
    DELETE FROM public.job_month j USING pg_temp.forgotten f
        WHERE j.municipality_id = entered AND (j.month, j.job_id, j.channel_id, j.is_paid)
            = (date_trunc('month', f.day)::date, f.job_id, f.channel_id, f.is_paid);
    INSERT INTO public.job_month (municipality_id, month, job_id, channel_id, is_paid, first_day, last_day,
                                  impressions, clicks, reactions, comments, shares, spend_ore, fetched_at)
        SELECT entered, f.month, m.job_id, m.channel_id, m.is_paid, min(m.day), max(m.day),
               sum(m.impressions), sum(m.clicks), sum(m.reactions), sum(m.comments), sum(m.shares), sum(m.spend_ore),
               max(m.fetched_at)
        FROM public.measurement m
        JOIN (SELECT DISTINCT date_trunc('month', t.day)::date AS month, t.channel_id, t.is_paid, t.job_id
              FROM pg_temp.forgotten t) f
            ON (f.channel_id, f.is_paid, f.job_id) = (m.channel_id, m.is_paid, m.job_id)
                AND m.day >= f.month AND m.day < (f.month + interval '1 month')::date
        WHERE m.municipality_id = entered AND m.kind NOT IN (4, 5, 6, 7)
        GROUP BY f.month, m.job_id, m.channel_id, m.is_paid;
    DROP TABLE pg_temp.forgotten;
    DELETE FROM public.analytics_restatement r
        WHERE r.municipality_id = entered AND r.channel_id = ANY (channels) AND r.old_fetched_at < fetched_before;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n_deleted + n;
END
$$;
"""

FORGET_REPORTING_BEFORE = """
CREATE OR REPLACE FUNCTION forget_reporting(channels bigint[], fetched_before timestamp with time zone) RETURNS bigint
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
"""


class Migration(migrations.Migration):
    dependencies = [
        ('analytics', '0004_half_registered'),
        ('recruitment', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='JobMonth',
            fields=[
                ('pk', models.CompositePrimaryKey('municipality_id', 'month', 'job_id', 'channel_id', 'is_paid', blank=True, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField(verbose_name='month')),
                ('is_paid', models.BooleanField(verbose_name='paid')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('impressions', models.BigIntegerField(null=True, verbose_name='views')),
                ('clicks', models.BigIntegerField(null=True, verbose_name='clicks')),
                ('reactions', models.BigIntegerField(null=True, verbose_name='reactions')),
                ('comments', models.BigIntegerField(null=True, verbose_name='comments')),
                ('shares', models.BigIntegerField(null=True, verbose_name='shares')),
                ('spend_ore', models.BigIntegerField(null=True, verbose_name='spend, in øre')),
                ('fetched_at', models.DateTimeField(verbose_name='fetched at')),
            ],
            options={
                'verbose_name': "vacancy's month",
                'verbose_name_plural': "vacancies' months",
                'db_table': 'job_month',
                'managed': False,
            },
        ),
        migrations.RunSQL(TABLE, reverse_sql='DROP TABLE job_month'),
        migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(WALL, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(FORGET_REPORTING, reverse_sql=FORGET_REPORTING_BEFORE),
    ]
