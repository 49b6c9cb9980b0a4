import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import foundation.clock
import foundation.tenancy
from django.conf import settings
from django.db import migrations, models

from foundation.tables import CreateTables


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

    initial = True

    dependencies = [
        ('channels', '0001_tables'),
        ('recruitment', '0001_tables'),
    ]

    operations = [
        CreateTables([
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
                    ('is_come_back', models.BooleanField(db_default=False, default=False, editable=False)),
                    ('n_days', models.PositiveIntegerField(db_default=0, default=0, verbose_name='days of the page that were told')),
                    ('n_left_out', models.PositiveIntegerField(db_default=0, default=0, verbose_name='posts left for the next time')),
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
                    ('best_qualified', models.PositiveIntegerField(blank=True, null=True, verbose_name='best qualified')),
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
                    ('first_source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='analytics.survey')),
                    ('decisive_source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source')),
                    ('elsewhere', models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='where else')),
                    ('followed', models.CharField(blank=True, choices=[('no', 'No'), ('short', 'Yes, for less than half a year'), ('years', 'Yes, for half a year to two years'), ('long', 'Yes, for more than two years')], db_default='', default='', max_length=5, verbose_name='followed us before')),
                    ('remembered', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.post')),
                    ('is_released', models.BooleanField(db_default=False, default=False, editable=False)),
                    ('also_seen', models.ManyToManyField(related_name='+', through='analytics.AlsoSeen', to='recruitment.source')),
                ],
                options={
                    'verbose_name': 'answer',
                    'verbose_name_plural': 'answers',
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='survey_answer_tenant_key'), foundation.tenancy.TenantPolicy(name='survey_answer_tenant_policy'), foundation.tenancy.SameTenant(field='survey', name='survey_answer_survey_same_tenant'), foundation.tenancy.SameTenant(field='first_source', name='survey_answer_first_source_same_tenant'), foundation.tenancy.SameTenant(field='decisive_source', name='survey_answer_decisive_source_same_tenant'), foundation.tenancy.SameTenant(field='remembered', name='survey_answer_remembered_same_tenant')],
                },
            ),
            migrations.CreateModel(
                name='AlsoSeen',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source')),
                    ('answer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='analytics.surveyanswer')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='also_seen_tenant_key'), foundation.tenancy.TenantPolicy(name='also_seen_tenant_policy'), foundation.tenancy.SameTenant(field='answer', name='also_seen_answer_same_tenant'), foundation.tenancy.SameTenant(field='source', name='also_seen_source_same_tenant'), models.UniqueConstraint(fields=('answer', 'source'), name='also_seen_once')],
                },
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
                name='Restatement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(verbose_name='day')),
                    ('kind', models.SmallIntegerField(choices=[(1, 'Post'), (2, 'Page'), (3, 'Paid campaign'), (4, "All of the page's posts"), (5, 'Visits to the page'), (6, 'New followers'), (7, 'Followers')], verbose_name='kind')),
                    ('object_id', models.BigIntegerField()),
                    ('is_paid', models.BooleanField(verbose_name='paid')),
                    ('metric', models.CharField(max_length=20, verbose_name='figure')),
                    ('old_value', models.BigIntegerField(verbose_name='old value')),
                    ('new_value', models.BigIntegerField(verbose_name='new value')),
                    ('old_fetched_at', models.DateTimeField(verbose_name='old value fetched at')),
                    ('changed_at', models.DateTimeField(verbose_name='changed at')),
                    ('reason', models.CharField(choices=[('day_not_over', 'The day was not over when the old figure was fetched'), ('restated', 'The channel has changed the figure afterwards'), ('replaced', 'Figures of another origin replaced it')], max_length=12, verbose_name='reason')),
                    ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.channel')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'restated figure',
                    'verbose_name_plural': 'restated figures',
                    'ordering': ['-changed_at', '-id'],
                    'indexes': [models.Index(fields=['municipality', 'kind', 'object_id', 'day'], name='restatement_of_object')],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='restatement_tenant_key'), foundation.tenancy.TenantPolicy(name='restatement_tenant_policy')],
                },
            ),
            migrations.CreateModel(
                name='AnswerMonth',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('month', models.DateField(verbose_name='month')),
                    ('n_answers', models.PositiveIntegerField(verbose_name='answers')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source', verbose_name='source')),
                ],
                options={
                    'verbose_name': 'answers of a month',
                    'verbose_name_plural': 'answers by month',
                    'ordering': ['-month', 'source__position'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='answer_month_tenant_key'), foundation.tenancy.TenantPolicy(name='answer_month_tenant_policy'), foundation.tenancy.SameTenant(field='source', name='answer_month_source_same_tenant'), models.UniqueConstraint(fields=('municipality', 'month', 'source'), name='answer_month_once')],
                },
            ),
            migrations.CreateModel(
                name='Reassignment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('moved_at', models.DateTimeField(editable=False, verbose_name='moved')),
                    ('undone_at', models.DateTimeField(editable=False, null=True, verbose_name='undone')),
                    ('answer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reassignments', to='analytics.surveyanswer')),
                    ('from_source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source')),
                    ('moved_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('to_source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source')),
                    ('undone_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'moved answer',
                    'verbose_name_plural': 'moved answers',
                    'ordering': ['-moved_at', '-id'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='reassignment_tenant_key'), foundation.tenancy.TenantPolicy(name='reassignment_tenant_policy'), foundation.tenancy.SameTenant(field='answer', name='reassignment_answer_same_tenant'), foundation.tenancy.SameTenant(field='from_source', name='reassignment_from_source_same_tenant'), foundation.tenancy.SameTenant(field='to_source', name='reassignment_to_source_same_tenant')],
                },
            ),
            migrations.CreateModel(
                name='JobCount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('applied', models.PositiveIntegerField(blank=True, null=True, verbose_name='applicants in all')),
                    ('reason', models.CharField(blank=True, max_length=300, verbose_name='why the counts are right')),
                    ('changed_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                    ('changed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='job_count', to='recruitment.jobposting')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'count of a vacancy',
                    'verbose_name_plural': 'counts of vacancies',
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='job_count_tenant_key'), foundation.tenancy.TenantPolicy(name='job_count_tenant_policy'), foundation.tenancy.SameTenant(field='job', name='job_count_job_same_tenant')],
                },
            ),
            migrations.CreateModel(
                name='SharedCost',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rule', models.CharField(choices=[('equal', 'Equally'), ('positions', 'By number of positions')], max_length=9, verbose_name='shared')),
                    ('amount_ore', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='amount, in øre')),
                    ('minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes')),
                    ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                    ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'shared cost',
                    'verbose_name_plural': 'shared costs',
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='shared_cost_tenant_key'), foundation.tenancy.TenantPolicy(name='shared_cost_tenant_policy'), models.CheckConstraint(condition=models.Q(models.Q(('amount_ore__isnull', False), ('minutes__isnull', True)), models.Q(('amount_ore__isnull', True), ('minutes__isnull', False)), _connector='OR'), name='shared_cost_is_kroner_or_hours')],
                },
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
                    ('shared', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='analytics.sharedcost', verbose_name='shared')),
                ],
                options={
                    'verbose_name': 'cost',
                    'verbose_name_plural': 'costs',
                    'ordering': ['-day', '-id'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='cost_tenant_key'), foundation.tenancy.TenantPolicy(name='cost_tenant_policy'), foundation.tenancy.SameTenant(field='source', name='cost_source_same_tenant'), foundation.tenancy.SameTenant(field='job', name='cost_job_same_tenant'), models.CheckConstraint(condition=models.Q(models.Q(('amount_ore__isnull', False), ('kind', 'kroner'), ('minutes__isnull', True)), models.Q(('amount_ore__isnull', True), ('kind', 'hours'), ('minutes__isnull', False)), _connector='OR'), name='cost_is_kroner_or_hours'), foundation.tenancy.SameTenant(field='shared', name='cost_shared_same_tenant')],
                },
            ),
            migrations.CreateModel(
                name='Release',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('question', models.CharField(choices=[('said', 'Said in the survey'), ('applied', 'Applied'), ('qualified', 'Qualified'), ('best_qualified', 'Best qualified'), ('interviewed', 'Interviewed'), ('offered', 'Offered the position'), ('hired', 'Hired')], max_length=14, verbose_name='question')),
                    ('count', models.PositiveIntegerField(verbose_name='count')),
                    ('threshold', models.PositiveSmallIntegerField(verbose_name='threshold')),
                    ('month', models.DateField(verbose_name='month')),
                    ('released_date', models.DateField(verbose_name='released on')),
                    ('n_jobs', models.PositiveIntegerField(verbose_name='vacancies')),
                    ('first_deadline', models.DateField(verbose_name='first application deadline')),
                    ('last_deadline', models.DateField(verbose_name='last application deadline')),
                    ('kind', models.CharField(blank=True, max_length=10, verbose_name='type of employment')),
                    ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.jobposting')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('occupation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.occupation')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source', verbose_name='source')),
                ],
                options={
                    'verbose_name': 'release',
                    'verbose_name_plural': 'releases',
                    'ordering': ['-released_date', '-id'],
                    'indexes': [models.Index(fields=['municipality', 'last_deadline'], include=('first_deadline', 'question', 'source', 'count'), name='release_by_deadline')],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='release_tenant_key'), foundation.tenancy.TenantPolicy(name='release_tenant_policy'), foundation.tenancy.SameTenant(field='source', name='release_source_same_tenant'), foundation.tenancy.SameTenant(field='job', name='release_job_same_tenant'), models.CheckConstraint(condition=models.Q(('count__gte', models.F('threshold'))), name='release_reaches_threshold'), models.CheckConstraint(condition=models.Q(('threshold__gte', 3)), name='release_threshold_three')],
                },
            ),
            migrations.CreateModel(
                name='ReleaseMonth',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('month', models.DateField(verbose_name='month')),
                    ('threshold', models.PositiveSmallIntegerField(verbose_name='threshold')),
                    ('gone_through_at', models.DateTimeField(verbose_name='gone through')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'month of releases',
                    'verbose_name_plural': 'months of releases',
                    'ordering': ['-month'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='release_month_tenant_key'), foundation.tenancy.TenantPolicy(name='release_month_tenant_policy'), models.UniqueConstraint(fields=('municipality', 'month'), name='release_month_once')],
                },
            ),
            migrations.CreateModel(
                name='ReleaseVacancy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('n_told', models.PositiveIntegerField(null=True)),
                    ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.jobposting')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vacancies', to='analytics.release')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source')),
                ],
                options={
                    'verbose_name': 'vacancy of a release',
                    'verbose_name_plural': 'vacancies of releases',
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='release_vacancy_tenant_key'), foundation.tenancy.TenantPolicy(name='release_vacancy_tenant_policy'), foundation.tenancy.SameTenant(field='release', name='release_vacancy_release_same_tenant'), foundation.tenancy.SameTenant(field='job', name='release_vacancy_job_same_tenant'), foundation.tenancy.SameTenant(field='source', name='release_vacancy_source_same_tenant'), models.UniqueConstraint(fields=('release', 'job', 'source'), name='release_vacancy_once')],
                },
            ),
            migrations.CreateModel(
                name='ResponseQuarter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('quarter', models.DateField(verbose_name='quarter, its first day')),
                    ('n_answers', models.PositiveIntegerField(null=True, verbose_name='answers')),
                    ('n_applied', models.PositiveIntegerField(null=True, verbose_name='applicants')),
                    ('released_date', models.DateField(verbose_name='released on')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'response of a quarter',
                    'verbose_name_plural': 'responses by quarter',
                    'ordering': ['-quarter'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='response_quarter_tenant_key'), foundation.tenancy.TenantPolicy(name='response_quarter_tenant_policy'), models.UniqueConstraint(fields=('municipality', 'quarter'), name='response_quarter_once')],
                },
            ),
            migrations.CreateModel(
                name='LedgerVacancy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('question', models.CharField(choices=[('said', 'Said in the survey'), ('applied', 'Applied'), ('qualified', 'Qualified'), ('best_qualified', 'Best qualified'), ('interviewed', 'Interviewed'), ('offered', 'Offered the position'), ('hired', 'Hired')], max_length=14, verbose_name='question')),
                    ('month', models.DateField(verbose_name='from the month')),
                    ('threshold', models.PositiveSmallIntegerField(verbose_name='threshold')),
                    ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.jobposting')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('occupation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.occupation')),
                ],
                options={
                    'verbose_name': 'vacancy that waits',
                    'verbose_name_plural': 'vacancies that wait',
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='ledger_vacancy_tenant_key'), foundation.tenancy.TenantPolicy(name='ledger_vacancy_tenant_policy'), foundation.tenancy.SameTenant(field='job', name='ledger_vacancy_job_same_tenant'), models.UniqueConstraint(fields=('job', 'question'), name='ledger_vacancy_once')],
                },
            ),
        ]),
    ]
