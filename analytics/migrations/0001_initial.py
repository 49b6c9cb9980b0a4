import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import foundation.clock
import foundation.tenancy
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('channels', '0001_initial'),
        ('recruitment', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AlsoSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source')),
            ],
        ),
        migrations.CreateModel(
            name='FetchRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('partly', 'Partly done'), ('failed', 'Failed')], default='waiting', max_length=7, verbose_name='state')),
                ('trigger', models.CharField(choices=[('nightly', 'Nightly'), ('on_demand', 'On demand')], max_length=9, verbose_name='trigger')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('started_at', models.DateTimeField(null=True, verbose_name='started at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('n_fetched', models.PositiveIntegerField(default=0, verbose_name='posts with figures')),
                ('n_failed', models.PositiveIntegerField(default=0, verbose_name='posts that failed')),
                ('problem', models.CharField(blank=True, max_length=60, verbose_name='problem')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fetch_runs', to='channels.account')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'fetch run',
                'verbose_name_plural': 'fetch runs',
                'ordering': ['-asked_at'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='fetch_run_tenant_key'), foundation.tenancy.TenantPolicy(name='fetch_run_tenant_policy'), foundation.tenancy.SameTenant(field='account', name='fetch_run_account_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('applied', models.PositiveIntegerField(blank=True, null=True, verbose_name='applied')),
                ('qualified', models.PositiveIntegerField(blank=True, null=True, verbose_name='qualified')),
                ('interviewed', models.PositiveIntegerField(blank=True, null=True, verbose_name='interviewed')),
                ('offered', models.PositiveIntegerField(blank=True, null=True, verbose_name='offered')),
                ('hired', models.PositiveIntegerField(blank=True, null=True, verbose_name='hired')),
                ('counted_date', models.DateField(verbose_name='counted on')),
                ('changed_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('changed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='recruitment.jobposting')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source')),
            ],
            options={
                'verbose_name': 'outcome',
                'verbose_name_plural': 'outcomes',
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='outcome_tenant_key'), foundation.tenancy.TenantPolicy(name='outcome_tenant_policy'), foundation.tenancy.SameTenant(field='job', name='outcome_job_same_tenant'), foundation.tenancy.SameTenant(field='source', name='outcome_source_same_tenant'), models.UniqueConstraint(fields=('job', 'source'), name='outcome_once_per_source')],
            },
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('taken_at', models.DateTimeField(verbose_name='fetched at')),
                ('impressions', models.IntegerField(null=True, verbose_name='views')),
                ('unique_impressions', models.IntegerField(null=True, verbose_name='reach')),
                ('clicks', models.IntegerField(null=True, verbose_name='clicks')),
                ('reactions', models.IntegerField(null=True, verbose_name='reactions')),
                ('comments', models.IntegerField(null=True, verbose_name='comments')),
                ('shares', models.IntegerField(null=True, verbose_name='shares')),
                ('is_implied_zero', models.BooleanField(default=False)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='channels.delivery')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='analytics.fetchrun')),
            ],
            options={
                'verbose_name': 'snapshot',
                'verbose_name_plural': 'snapshots',
                'ordering': ['taken_at'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='snapshot_tenant_key'), foundation.tenancy.TenantPolicy(name='snapshot_tenant_policy'), foundation.tenancy.SameTenant(field='delivery', name='snapshot_delivery_same_tenant'), foundation.tenancy.SameTenant(field='run', name='snapshot_run_same_tenant'), models.UniqueConstraint(fields=('delivery', 'taken_at'), name='snapshot_once')],
            },
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(editable=False, max_length=12, unique=True, verbose_name='code')),
                ('is_open', models.BooleanField(default=True, verbose_name='open')),
                ('closes_date', models.DateField(verbose_name='closes after')),
                ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='survey', to='recruitment.jobposting')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'source survey',
                'verbose_name_plural': 'source surveys',
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='survey_tenant_key'), foundation.tenancy.TenantPolicy(name='survey_tenant_policy'), foundation.tenancy.SameTenant(field='job', name='survey_job_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='SurveyAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('interests', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('people', 'The people in the ad'), ('tasks', 'The tasks'), ('hours', 'Shifts and working hours'), ('place', 'The place'), ('pay', 'The pay'), ('other', 'Something else')], max_length=6), default=list, size=None)),
                ('free_text', models.CharField(blank=True, max_length=280, verbose_name='in own words')),
                ('mode', models.CharField(choices=[('link', 'Link or QR code'), ('form', 'Application form'), ('interview', 'Asked at interview')], default='link', max_length=9, verbose_name='how it was asked')),
                ('language', models.CharField(max_length=2)),
                ('answered_hour', models.DateTimeField(verbose_name='answered in the hour')),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('receipt_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('also_seen', models.ManyToManyField(related_name='+', through='analytics.AlsoSeen', to='recruitment.source')),
                ('first_source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='analytics.survey')),
            ],
            options={
                'verbose_name': 'answer',
                'verbose_name_plural': 'answers',
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='survey_answer_tenant_key'), foundation.tenancy.TenantPolicy(name='survey_answer_tenant_policy'), foundation.tenancy.SameTenant(field='survey', name='survey_answer_survey_same_tenant'), foundation.tenancy.SameTenant(field='first_source', name='survey_answer_first_source_same_tenant')],
            },
        ),
        migrations.AddField(
            model_name='alsoseen',
            name='answer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='analytics.surveyanswer'),
        ),
        migrations.CreateModel(
            name='SurveyCode',
            fields=[
                ('code', models.CharField(max_length=12, primary_key=True, serialize=False)),
                ('survey_id', models.BigIntegerField()),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality')),
            ],
        ),
        migrations.CreateModel(
            name='Cost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='date')),
                ('kind', models.CharField(choices=[('kroner', 'Kroner'), ('hours', 'Hours')], max_length=6, verbose_name='kind')),
                ('amount_ore', models.PositiveBigIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(1000000000)], verbose_name='amount, in øre')),
                ('minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes')),
                ('note', models.CharField(max_length=150, verbose_name='what for')),
                ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='recruitment.jobposting', verbose_name='vacancy')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'cost',
                'verbose_name_plural': 'costs',
                'ordering': ['-day', '-id'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='cost_tenant_key'), foundation.tenancy.TenantPolicy(name='cost_tenant_policy'), foundation.tenancy.SameTenant(field='source', name='cost_source_same_tenant'), foundation.tenancy.SameTenant(field='job', name='cost_job_same_tenant'), models.CheckConstraint(condition=models.Q(models.Q(('amount_ore__isnull', False), ('kind', 'kroner'), ('minutes__isnull', True)), models.Q(('amount_ore__isnull', True), ('kind', 'hours'), ('minutes__isnull', False)), _connector='OR'), name='cost_is_kroner_or_hours')],
            },
        ),
        migrations.AddConstraint(
            model_name='alsoseen',
            constraint=models.UniqueConstraint(fields=('municipality', 'id'), name='also_seen_tenant_key'),
        ),
        migrations.AddConstraint(
            model_name='alsoseen',
            constraint=foundation.tenancy.TenantPolicy(name='also_seen_tenant_policy'),
        ),
        migrations.AddConstraint(
            model_name='alsoseen',
            constraint=foundation.tenancy.SameTenant(field='answer', name='also_seen_answer_same_tenant'),
        ),
        migrations.AddConstraint(
            model_name='alsoseen',
            constraint=foundation.tenancy.SameTenant(field='source', name='also_seen_source_same_tenant'),
        ),
        migrations.AddConstraint(
            model_name='alsoseen',
            constraint=models.UniqueConstraint(fields=('answer', 'source'), name='also_seen_once'),
        ),
    ]
