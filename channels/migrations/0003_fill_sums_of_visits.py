from django.db import migrations

# A migration of its own: the rows' foreign keys are checked when it ends, and no table may change before.
FILL = """
INSERT INTO channels_jobsourceday (municipality_id, job_id, source_id, day, n_visits)
SELECT h.municipality_id, l.job_id, l.source_id, (h.hour AT TIME ZONE 'Europe/Oslo')::date AS day, sum(h.n_visits)
FROM channels_linkhour h
JOIN channels_trackedlink l ON (l.municipality_id, l.id) = (h.municipality_id, h.link_id)
WHERE h.visitor = 'person' AND l.job_id IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 4, 2, 3;
INSERT INTO channels_sourceday (municipality_id, source_id, day, n_visits)
SELECT h.municipality_id, l.source_id, (h.hour AT TIME ZONE 'Europe/Oslo')::date, sum(h.n_visits)
FROM channels_linkhour h
JOIN channels_trackedlink l ON (l.municipality_id, l.id) = (h.municipality_id, h.link_id)
WHERE h.visitor = 'person' GROUP BY 1, 2, 3 ORDER BY 1, 3, 2;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0002_sums_of_visits'),
    ]

    operations = [
        migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop),
    ]
