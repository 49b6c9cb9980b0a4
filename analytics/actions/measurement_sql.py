"""
The statements of `analytics.actions.measurements`, written out once per metric.

They take the parameters municipality, now, first and last (the days of the batch), and hold no value of a caller.
"""
# ruff: noqa: S608 (put together from the names of our own tables and columns)

from analytics.models import OF_PAGE, Measurement, ObjectKind, Restatement
from channels.models import Account, AdAccount, Delivery, PaidCampaign, Post

ADDITIVE = ["impressions", "clicks", "reactions", "comments", "shares", "spend_ore"]
# What is told about a page alone.
PAGE_METRICS = ["follower_gain", "page_views", "overview_views", "careers_views", "jobs_views", "life_views"]
# Reach is of unique people and followers is a level: neither is ever summed, so neither is in the roll-up.
METRICS = [*ADDITIVE, "reach", "followers", *PAGE_METRICS]
KEY = ["municipality_id", "day", "kind", "object_id", "is_paid"]
CHANGEABLE = [*METRICS, "job_id", "origin", "is_implied_zero", "span_days"]
ABOUT_ACCOUNTS = (ObjectKind.ACCOUNT, *OF_PAGE)
MEASUREMENT, RESTATEMENT = Measurement._meta.db_table, Restatement._meta.db_table


def _each(pattern: str, names: list[str]) -> str:
    return ", ".join(pattern.format(name=name) for name in names)


# Waits for other stores of the municipality and makes the months' partitions. A store inside a longer transaction finds
# the table of the one before it.
PREPARE = """
SELECT pg_advisory_xact_lock(%s, %s);
SELECT ensure_measurement_month(month) FROM unnest(%s::date[]) AS month;
DROP TABLE IF EXISTS pg_temp.incoming_measurement;
CREATE TEMPORARY TABLE incoming_measurement (
    kind smallint NOT NULL, object_id bigint NOT NULL, day date NOT NULL, is_paid boolean NOT NULL,
    fetched_at timestamp with time zone NOT NULL, origin smallint NOT NULL, is_implied_zero boolean NOT NULL,
    span_days smallint NOT NULL, impressions integer, reach integer, clicks integer, reactions integer,
    comments integer, shares integer, followers integer, follower_gain integer, page_views integer,
    overview_views integer, careers_views integer, jobs_views integer, life_views integer, spend_ore bigint
) ON COMMIT DROP
"""

# Channel and vacancy are looked up, not told: then a figure cannot stand on the wrong channel, and an object of
# another municipality is not found, whether or not the policies are on.
OBJECTS = f"""
object AS MATERIALIZED (
    SELECT {ObjectKind.DELIVERY.value}::smallint AS kind, d.id AS object_id, a.channel_id, p.job_id
    FROM {Delivery._meta.db_table} d
    JOIN {Account._meta.db_table} a ON a.id = d.account_id
    JOIN {Post._meta.db_table} p ON p.id = d.post_id
    WHERE d.municipality_id = %(municipality)s
    UNION ALL
    SELECT k.kind, a.id, a.channel_id, NULL
    FROM {Account._meta.db_table} a
    CROSS JOIN (VALUES {", ".join(f"({kind.value}::smallint)" for kind in ABOUT_ACCOUNTS)}) AS k (kind)
    WHERE a.municipality_id = %(municipality)s
    UNION ALL
    SELECT {ObjectKind.PAID_CAMPAIGN.value}::smallint, c.id, a.channel_id, c.job_id
    FROM {PaidCampaign._meta.db_table} c
    JOIN {AdAccount._meta.db_table} d ON d.id = c.ad_account_id
    JOIN {Account._meta.db_table} a ON a.id = d.account_id
    WHERE c.municipality_id = %(municipality)s
)"""

UNKNOWN_OBJECTS = f"""
WITH {OBJECTS}
SELECT kind, object_id FROM (SELECT DISTINCT kind, object_id FROM pg_temp.incoming_measurement) AS i
WHERE NOT EXISTS (SELECT FROM object o WHERE (o.kind, o.object_id) = (i.kind, i.object_id))
LIMIT 1
"""

# What is new or different, with what it replaces. An unknown figure never replaces a known one, and the channel of
# a stored figure stays, so that the roll-up's differences fall where the figure was counted before.
CHANGES = f"""
change AS MATERIALIZED (
    SELECT %(municipality)s::bigint AS municipality_id, i.day, i.kind, i.object_id, i.is_paid,
           coalesce(m.channel_id, o.channel_id) AS channel_id, o.job_id, m.job_id AS old_job_id,
           m.day IS NOT NULL AND m.job_id IS DISTINCT FROM o.job_id AS is_moved,
           i.origin, i.is_implied_zero, i.span_days, i.fetched_at,
           {_each("coalesce(i.{name}, m.{name}) AS {name}, m.{name} AS old_{name}", METRICS)},
           m.day IS NULL AS is_new, m.origin AS old_origin, m.fetched_at AS old_fetched_at
    FROM pg_temp.incoming_measurement i
    JOIN object o ON (o.kind, o.object_id) = (i.kind, i.object_id)
    LEFT JOIN {MEASUREMENT} m ON m.municipality_id = %(municipality)s AND m.day BETWEEN %(first)s AND %(last)s
        AND (m.day, m.kind, m.object_id, m.is_paid) = (i.day, i.kind, i.object_id, i.is_paid)
    WHERE m.day IS NULL OR (
        m.fetched_at <= i.fetched_at
        AND ({_each("coalesce(i.{name}, m.{name})", METRICS)}, o.job_id, i.origin, i.is_implied_zero, i.span_days)
            IS DISTINCT FROM ({_each("m.{name}", CHANGEABLE)})
    )
)"""

STORED_COLUMNS = [*KEY, "channel_id", *CHANGEABLE, "fetched_at"]
MEASURED = f"""
measured AS (
    INSERT INTO {MEASUREMENT} ({_each("{name}", STORED_COLUMNS)})
    SELECT {_each("{name}", STORED_COLUMNS)} FROM change
    ON CONFLICT ({_each("{name}", KEY)}) DO UPDATE
        SET {_each("{name} = excluded.{name}", [*CHANGEABLE, "fetched_at"])}
        WHERE ({_each(MEASUREMENT + ".{name}", CHANGEABLE)}) IS DISTINCT FROM ({_each("excluded.{name}", CHANGEABLE)})
)"""

# The sum of a column without a known value is NULL, and NULL + x is settled by coalesce: unknown never becomes 0.
# What a page's own statistics tell holds its posts once more, and is left out.
SUMMED_KINDS = f"kind NOT IN ({', '.join(str(kind.value) for kind in OF_PAGE)})"
DIFFERENCES = _each("sum({name} - coalesce(old_{name}, 0))", ADDITIVE)


def _added(table: str) -> str:
    sums = "{name} = coalesce(" + table + ".{name} + excluded.{name}, " + table + ".{name}, excluded.{name})"
    return f"{_each(sums, ADDITIVE)}, fetched_at = greatest({table}.fetched_at, excluded.fetched_at)"


ROLLED_UP = f"""
rolled_up AS (
    INSERT INTO channel_day (municipality_id, day, channel_id, is_paid, {_each("{name}", ADDITIVE)}, fetched_at)
    SELECT municipality_id, day, channel_id, is_paid, {DIFFERENCES}, max(fetched_at)
    FROM change
    WHERE {SUMMED_KINDS}
    GROUP BY municipality_id, day, channel_id, is_paid
    ON CONFLICT (municipality_id, day, channel_id, is_paid) DO UPDATE SET {_added("channel_day")}
)"""

# What moves to another vacancy is left out: both vacancies' sums are made anew afterwards. A difference cannot tell
# that nothing known is left of a sum.
OF_JOBS = f"""
of_jobs AS (
    INSERT INTO job_month (municipality_id, month, job_id, channel_id, is_paid, first_day, last_day,
                           {_each("{name}", ADDITIVE)}, fetched_at)
    SELECT municipality_id, date_trunc('month', day::timestamp)::date, job_id, channel_id, is_paid, min(day), max(day),
           {DIFFERENCES}, max(fetched_at)
    FROM change
    WHERE job_id IS NOT NULL AND NOT is_moved AND {SUMMED_KINDS}
    GROUP BY municipality_id, date_trunc('month', day::timestamp)::date, job_id, channel_id, is_paid
    ON CONFLICT (municipality_id, month, job_id, channel_id, is_paid) DO UPDATE SET {_added("job_month")},
        first_day = least(job_month.first_day, excluded.first_day),
        last_day = greatest(job_month.last_day, excluded.last_day)
)"""

# A figure that was unknown and becomes known has no old value to keep. Days end at midnight UTC here.
HISTORY = f"""
history AS (
    INSERT INTO {RESTATEMENT} (municipality_id, day, kind, object_id, is_paid, channel_id, metric, old_value, new_value,
                               old_fetched_at, changed_at, reason)
    SELECT c.municipality_id, c.day, c.kind, c.object_id, c.is_paid, c.channel_id, v.metric, v.old, v.new,
           c.old_fetched_at, %(now)s,
           CASE WHEN c.origin <> c.old_origin THEN '{Restatement.Reason.REPLACED.value}'
                WHEN (c.old_fetched_at AT TIME ZONE 'UTC')::date <= c.day
                    THEN '{Restatement.Reason.DAY_NOT_OVER.value}'
                ELSE '{Restatement.Reason.RESTATED.value}' END
    FROM change c
    CROSS JOIN LATERAL (VALUES {_each("('{name}', c.old_{name}::bigint, c.{name}::bigint)", METRICS)})
        AS v (metric, old, new)
    WHERE NOT c.is_new AND v.old <> v.new
)"""

STORE = f"""
WITH {OBJECTS}, {CHANGES}, {MEASURED}, {ROLLED_UP}, {OF_JOBS}, {HISTORY}
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),
       (SELECT count(*) FROM pg_temp.incoming_measurement i
        WHERE NOT EXISTS (SELECT FROM object o WHERE (o.kind, o.object_id) = (i.kind, i.object_id))),
       array(SELECT job_id FROM change WHERE is_moved AND job_id IS NOT NULL
             UNION SELECT old_job_id FROM change WHERE is_moved AND old_job_id IS NOT NULL)
FROM change
"""

# The sums of some vacancies, made anew from what is stored; with `jobs` NULL those of all.
JOBS_SUMS = f"""
SELECT municipality_id, date_trunc('month', day::timestamp)::date AS month, job_id, channel_id, is_paid,
       min(day) AS first_day, max(day) AS last_day, {_each("sum({name}) AS {name}", ADDITIVE)},
       max(fetched_at) AS fetched_at
FROM {MEASUREMENT}
WHERE municipality_id = %(municipality)s AND job_id IS NOT NULL AND {SUMMED_KINDS}
    AND (%(jobs)s::bigint[] IS NULL OR job_id = ANY(%(jobs)s))
GROUP BY municipality_id, date_trunc('month', day::timestamp)::date, job_id, channel_id, is_paid
"""
MOVED = f"""
DELETE FROM job_month WHERE municipality_id = %(municipality)s AND job_id = ANY(%(jobs)s);
INSERT INTO job_month (municipality_id, month, job_id, channel_id, is_paid, first_day, last_day,
                       {_each("{name}", ADDITIVE)}, fetched_at)
{JOBS_SUMS}
"""
