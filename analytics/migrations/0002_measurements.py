from django.db import migrations, models

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
    follower_gain integer,
    page_views integer,
    overview_views integer,
    careers_views integer,
    jobs_views integer,
    life_views integer,
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

    dependencies = [('analytics', '0001_tables')]

    operations = [
        migrations.RunSQL(TABLES, reverse_sql='DROP TABLE measurement; DROP TABLE channel_day'),
        migrations.RunSQL(ENSURE_MONTH, reverse_sql='DROP FUNCTION ensure_measurement_month(date)'),
        migrations.RunSQL(OF_JOB, reverse_sql='DROP INDEX measurement_of_job'),
        migrations.RunSQL(ROWS, reverse_sql='DROP VIEW measurement_row'),
        migrations.CreateModel(
            name='ChannelDay',
            fields=[
                ('pk', models.CompositePrimaryKey('municipality_id', 'day', 'channel_id', 'is_paid', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(verbose_name='day')),
                ('is_paid', models.BooleanField(verbose_name='paid')),
                ('impressions', models.BigIntegerField(null=True, verbose_name='views')),
                ('clicks', models.BigIntegerField(null=True, verbose_name='clicks')),
                ('reactions', models.BigIntegerField(null=True, verbose_name='reactions')),
                ('comments', models.BigIntegerField(null=True, verbose_name='comments')),
                ('shares', models.BigIntegerField(null=True, verbose_name='shares')),
                ('spend_ore', models.BigIntegerField(null=True, verbose_name='spend, in øre')),
                ('fetched_at', models.DateTimeField(verbose_name='fetched at')),
            ],
            options={
                'verbose_name': "channel's day",
                'verbose_name_plural': "channels' days",
                'db_table': 'channel_day',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Measurement',
            fields=[
                ('pk', models.CompositePrimaryKey('municipality_id', 'day', 'kind', 'object_id', 'is_paid', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(verbose_name='day')),
                ('kind', models.SmallIntegerField(choices=[(1, 'Post'), (2, 'Page')], verbose_name='kind')),
                ('object_id', models.BigIntegerField()),
                ('job_id', models.BigIntegerField(null=True)),
                ('is_paid', models.BooleanField(verbose_name='paid')),
                ('origin', models.SmallIntegerField(choices=[(1, 'Fetched from the channel'), (2, 'Read from a file'), (3, 'Typed in')], verbose_name='origin')),
                ('is_implied_zero', models.BooleanField(verbose_name='zero because the channel leaves out what has no activity')),
                ('span_days', models.SmallIntegerField(verbose_name='days covered')),
                ('impressions', models.IntegerField(null=True, verbose_name='views')),
                ('reach', models.IntegerField(null=True, verbose_name='reach')),
                ('clicks', models.IntegerField(null=True, verbose_name='clicks')),
                ('reactions', models.IntegerField(null=True, verbose_name='reactions')),
                ('comments', models.IntegerField(null=True, verbose_name='comments')),
                ('shares', models.IntegerField(null=True, verbose_name='shares')),
                ('followers', models.IntegerField(null=True, verbose_name='followers')),
                ('spend_ore', models.BigIntegerField(null=True, verbose_name='spend, in øre')),
                ('fetched_at', models.DateTimeField(verbose_name='fetched at')),
            ],
            options={
                'verbose_name': 'measurement',
                'verbose_name_plural': 'measurements',
                'db_table': 'measurement',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='MeasurementRow',
            fields=[
                ('id', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('municipality_id', models.BigIntegerField(editable=False)),
                ('day', models.DateField(verbose_name='day')),
                ('kind', models.SmallIntegerField(choices=[(1, 'Post'), (2, 'Page'), (3, 'Paid campaign'), (4, "All of the page's posts"), (5, 'Visits to the page'), (6, 'New followers'), (7, 'Followers')], verbose_name='kind')),
                ('object_id', models.BigIntegerField(verbose_name='number of what it is about')),
                ('is_paid', models.BooleanField(verbose_name='paid')),
                ('job_id', models.BigIntegerField(null=True, verbose_name='number of the vacancy')),
                ('origin', models.SmallIntegerField(choices=[(1, 'Fetched from the channel'), (2, 'Read from a file'), (3, 'Typed in')], verbose_name='origin')),
                ('is_implied_zero', models.BooleanField(verbose_name='zero because the channel leaves out what has no activity')),
                ('span_days', models.SmallIntegerField(verbose_name='days covered')),
                ('impressions', models.IntegerField(null=True, verbose_name='views')),
                ('reach', models.IntegerField(null=True, verbose_name='reach')),
                ('clicks', models.IntegerField(null=True, verbose_name='clicks')),
                ('reactions', models.IntegerField(null=True, verbose_name='reactions')),
                ('comments', models.IntegerField(null=True, verbose_name='comments')),
                ('shares', models.IntegerField(null=True, verbose_name='shares')),
                ('followers', models.IntegerField(null=True, verbose_name='followers')),
                ('follower_gain', models.IntegerField(null=True, verbose_name='new followers')),
                ('page_views', models.IntegerField(null=True, verbose_name='page views')),
                ('spend_ore', models.BigIntegerField(null=True, verbose_name='spend, in øre')),
                ('fetched_at', models.DateTimeField(verbose_name='fetched at')),
            ],
            options={
                'verbose_name': 'measurement',
                'verbose_name_plural': 'measurements',
                'db_table': 'measurement_row',
                'managed': False,
            },
        ),
    ]
