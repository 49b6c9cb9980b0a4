"""The statements of `channels.actions.visits`: a visit and the sums it is in, and the sums made anew."""
# ruff: noqa: S608 (put together from our own statements)

# Added in place by the database, so that a hundred visits at the same moment are a hundred.
COUNT = """
    INSERT INTO channels_linkhour (municipality_id, link_id, hour, visitor, n_visits)
    VALUES (%(municipality)s, %(link)s, %(hour)s, %(visitor)s, 1)
    ON CONFLICT (link_id, hour, visitor) DO UPDATE SET n_visits = channels_linkhour.n_visits + 1
"""
# A person is counted in the sums too, by the same statement, so that they always are the sums of the hours.
COUNT_PERSON = f"""
    WITH of_hour AS ({COUNT}), of_month AS (
        INSERT INTO channels_linkmonth (municipality_id, link_id, month, first_hour, last_hour, n_visits)
        VALUES (%(municipality)s, %(link)s, %(month)s, %(hour)s, %(hour)s, 1)
        ON CONFLICT (municipality_id, month, link_id) DO UPDATE SET n_visits = channels_linkmonth.n_visits + 1,
            first_hour = least(channels_linkmonth.first_hour, excluded.first_hour),
            last_hour = greatest(channels_linkmonth.last_hour, excluded.last_hour)
    )
    INSERT INTO channels_sourceday (municipality_id, source_id, day, n_visits)
    VALUES (%(municipality)s, %(source)s, %(day)s, 1)
    ON CONFLICT (municipality_id, day, source_id) DO UPDATE SET n_visits = channels_sourceday.n_visits + 1
"""

# What the sums are: of one municipality, from the hours.
OF_DAYS = """
SELECT h.municipality_id, l.source_id, (h.hour AT TIME ZONE 'Europe/Oslo')::date AS day, sum(h.n_visits) AS n_visits
FROM channels_linkhour h
JOIN channels_trackedlink l ON (l.municipality_id, l.id) = (h.municipality_id, h.link_id)
WHERE h.municipality_id = %(municipality)s AND h.visitor = 'person'
GROUP BY h.municipality_id, l.source_id, (h.hour AT TIME ZONE 'Europe/Oslo')::date
"""
OF_MONTHS = """
SELECT h.municipality_id, h.link_id, date_trunc('month', h.hour AT TIME ZONE 'Europe/Oslo')::date AS month,
       min(h.hour) AS first_hour, max(h.hour) AS last_hour, sum(h.n_visits) AS n_visits
FROM channels_linkhour h
WHERE h.municipality_id = %(municipality)s AND h.visitor = 'person'
GROUP BY h.municipality_id, h.link_id, date_trunc('month', h.hour AT TIME ZONE 'Europe/Oslo')::date
"""
SUM_UP = f"""
INSERT INTO channels_sourceday (municipality_id, source_id, day, n_visits) {OF_DAYS}
ON CONFLICT (municipality_id, day, source_id) DO UPDATE SET n_visits = excluded.n_visits;
INSERT INTO channels_linkmonth (municipality_id, link_id, month, first_hour, last_hour, n_visits) {OF_MONTHS}
ON CONFLICT (municipality_id, month, link_id) DO UPDATE SET n_visits = excluded.n_visits,
    first_hour = excluded.first_hour, last_hour = excluded.last_hour
"""
