"""The statements of `channels.actions.visits`: a visit and the sums it is in, and the sums made anew."""
# ruff: noqa: S608 (put together from our own statements)

# Added in place by the database, so that a hundred visits at the same moment are a hundred.
COUNT = """
INSERT INTO channels_linkhour (municipality_id, link_id, hour, visitor, n_visits)
VALUES (%(municipality)s, %(link)s, %(hour)s, %(visitor)s, 1)
ON CONFLICT (link_id, hour, visitor) DO UPDATE SET n_visits = channels_linkhour.n_visits + 1
"""
# A person is counted in the sums too, by the same statement, so that they always are the sums of the hours. The link
# does not go over to another vacancy meanwhile.
COUNT_PERSON = f"""
WITH of_hour AS ({COUNT}), link AS (
    SELECT source_id, job_id FROM channels_trackedlink
    WHERE municipality_id = %(municipality)s AND id = %(link)s FOR SHARE
), of_source AS (
    INSERT INTO channels_sourceday (municipality_id, source_id, day, n_visits)
    SELECT %(municipality)s, source_id, %(day)s::date, 1 FROM link
    ON CONFLICT (municipality_id, day, source_id) DO UPDATE SET n_visits = channels_sourceday.n_visits + 1
)
INSERT INTO channels_jobsourceday (municipality_id, job_id, source_id, day, n_visits)
SELECT %(municipality)s, job_id, source_id, %(day)s::date, 1 FROM link WHERE job_id IS NOT NULL
ON CONFLICT (municipality_id, day, job_id, source_id) DO UPDATE SET n_visits = channels_jobsourceday.n_visits + 1
"""

# What the sums are, of one municipality, from the hours; with `jobs` NULL of all vacancies.
OF_SOURCES = """
SELECT h.municipality_id, l.source_id, (h.hour AT TIME ZONE 'Europe/Oslo')::date AS day, sum(h.n_visits) AS n_visits
FROM channels_linkhour h
JOIN channels_trackedlink l ON (l.municipality_id, l.id) = (h.municipality_id, h.link_id)
WHERE h.municipality_id = %(municipality)s AND h.visitor = 'person'
GROUP BY h.municipality_id, l.source_id, (h.hour AT TIME ZONE 'Europe/Oslo')::date
"""
OF_JOBS = """
SELECT h.municipality_id, l.job_id, l.source_id, (h.hour AT TIME ZONE 'Europe/Oslo')::date AS day,
       sum(h.n_visits) AS n_visits
FROM channels_linkhour h
JOIN channels_trackedlink l ON (l.municipality_id, l.id) = (h.municipality_id, h.link_id)
WHERE h.municipality_id = %(municipality)s AND h.visitor = 'person' AND l.job_id IS NOT NULL
    AND (%(jobs)s::bigint[] IS NULL OR l.job_id = ANY(%(jobs)s))
GROUP BY h.municipality_id, l.job_id, l.source_id, (h.hour AT TIME ZONE 'Europe/Oslo')::date
"""
SUM_JOBS = f"""
INSERT INTO channels_jobsourceday (municipality_id, job_id, source_id, day, n_visits) {OF_JOBS}
ON CONFLICT (municipality_id, day, job_id, source_id) DO UPDATE SET n_visits = excluded.n_visits
"""
SUM_UP = f"""
INSERT INTO channels_sourceday (municipality_id, source_id, day, n_visits) {OF_SOURCES}
ON CONFLICT (municipality_id, day, source_id) DO UPDATE SET n_visits = excluded.n_visits;
{SUM_JOBS}
"""
# A vacancy that a link has left may have no visits any more.
MOVED = f"""
DELETE FROM channels_jobsourceday WHERE municipality_id = %(municipality)s AND job_id = ANY(%(jobs)s);
{SUM_JOBS}
"""
