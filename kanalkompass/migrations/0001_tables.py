import django.db.models.deletion
import foundation.clock
import foundation.tenancy
from django.conf import settings
from django.db import migrations, models

from foundation.tables import CreateTables


class Migration(migrations.Migration):

    # What an older installation has run instead; it takes this over without running it.
    replaces = [
        ('kanalkompass', '0001_initial'),
        ('kanalkompass', '0002_kept_from_channels'),
        ('kanalkompass', '0003_comments_forgotten'),
    ]

    initial = True

    dependencies = [
        ('recruitment', '0001_tables'),
    ]

    operations = [
        CreateTables([
            migrations.CreateModel(
                name='MunicipalityDeletion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('municipality_key', models.BigIntegerField(editable=False)),
                    ('number', models.CharField(editable=False, max_length=4, verbose_name='number')),
                    ('name', models.CharField(editable=False, max_length=100, verbose_name='municipality')),
                    ('state', models.CharField(choices=[('requested', 'Asked for'), ('withdrawn', 'Withdrawn'), ('running', 'Being carried out'), ('done', 'Carried out')], default='requested', editable=False, max_length=9, verbose_name='state')),
                    ('reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason')),
                    ('requested_at', models.DateTimeField(editable=False, verbose_name='asked for at')),
                    ('withdrawn_at', models.DateTimeField(editable=False, null=True, verbose_name='withdrawn at')),
                    ('confirmed_at', models.DateTimeField(editable=False, null=True, verbose_name='confirmed at')),
                    ('finished_at', models.DateTimeField(editable=False, null=True, verbose_name='finished at')),
                    ('receipt', models.JSONField(default=dict, editable=False, verbose_name='receipt')),
                    ('backups_until', models.DateField(editable=False, null=True, verbose_name='backups may hold data until')),
                    ('confirmed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by')),
                    ('requested_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
                ],
                options={
                    'verbose_name': 'deletion of a municipality',
                    'verbose_name_plural': 'deletions of municipalities',
                    'ordering': ['-requested_at'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'running'])), fields=('municipality_key',), name='one_open_deletion_per_municipality'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['running', 'done']), _negated=True), ('confirmed_at__isnull', False), _connector='OR'), name='deletion_is_confirmed_before_it_runs')],
                },
            ),
            migrations.CreateModel(
                name='RetentionRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(verbose_name='date')),
                    ('what', models.CharField(choices=[('answers', 'Survey answers'), ('own_words', 'What applicants wrote in their own words'), ('connecting', 'Connections of channels that were begun and not ended'), ('forms', 'Marks of forms that have been sent'), ('reporting', "Figures that the channels' terms limit"), ('read_back', 'Posts as they were read on the channels'), ('comments', 'Comments below posts'), ('runs', 'This log itself')], max_length=10, verbose_name='what')),
                    ('older_than', models.DateTimeField(verbose_name='older than')),
                    ('n_deleted', models.PositiveIntegerField(default=0, verbose_name='deleted')),
                    ('ran_at', models.DateTimeField(default=foundation.clock.now, verbose_name='at')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'deletion of old data',
                    'verbose_name_plural': 'deletions of old data',
                    'ordering': ['-day', 'what'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='retention_run_tenant_key'), foundation.tenancy.TenantPolicy(name='retention_run_tenant_policy'), models.UniqueConstraint(fields=('municipality', 'day', 'what'), name='retention_once_a_day_and_kind')],
                },
            ),
        ]),
    ]
