import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import foundation.clock
import foundation.sealed
import foundation.tenancy
import uuid
from django.conf import settings
from django.db import migrations, models

from foundation.tables import CreateTables


class Migration(migrations.Migration):

    # What an older installation has run instead; it takes this over without running it.
    replaces = [
        ('recruitment', '0001_initial'),
        ('recruitment', '0002_outgoing_mail'),
        ('recruitment', '0003_invitations_and_entries'),
        ('recruitment', '0004_municipalities_in_use'),
        ('recruitment', '0005_two_people'),
        ('recruitment', '0006_sources_merged'),
        ('recruitment', '0007_look'),
        ('recruitment', '0008_release_threshold'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        CreateTables([
            migrations.CreateModel(
                name='Channel',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_nb', models.CharField(max_length=80, verbose_name='name in bokmål')),
                    ('name_nn', models.CharField(max_length=80, verbose_name='name in nynorsk')),
                    ('name_en', models.CharField(max_length=80, verbose_name='name in English')),
                    ('slug', models.SlugField(unique=True, verbose_name='slug')),
                    ('letters', models.CharField(max_length=4, verbose_name='letters')),
                    ('connector', models.CharField(blank=True, max_length=30, verbose_name='connector')),
                    ('reports_views', models.BooleanField(default=False, verbose_name='can report views')),
                    ('reports_clicks', models.BooleanField(default=False, verbose_name='can report clicks')),
                    ('has_link', models.BooleanField(default=True, verbose_name='can carry a tracked link or a QR code')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ],
                options={
                    'verbose_name': 'channel',
                    'verbose_name_plural': 'channels',
                    'ordering': ['position', 'slug'],
                },
            ),
            migrations.CreateModel(
                name='County',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=2, unique=True, verbose_name='number')),
                    ('name', models.CharField(max_length=100, verbose_name='name')),
                    ('name_official', models.CharField(max_length=200, verbose_name='official name')),
                    ('org_number', models.CharField(max_length=9, verbose_name='organisation number')),
                    ('population', models.PositiveIntegerField(verbose_name='population')),
                    ('website', models.URLField(blank=True, verbose_name='website')),
                ],
                options={
                    'verbose_name': 'county',
                    'verbose_name_plural': 'counties',
                    'ordering': ['number'],
                },
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                    ('full_name', models.CharField(max_length=150, verbose_name='name')),
                    ('language', models.CharField(blank=True, max_length=2, verbose_name='language')),
                    ('is_active', models.BooleanField(default=True, verbose_name='active')),
                    ('is_staff', models.BooleanField(default=False, verbose_name='system administrator')),
                    ('date_joined', models.DateTimeField(default=foundation.clock.now, editable=False, verbose_name='created')),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ('color_scheme', models.CharField(choices=[('auto', 'As the machine'), ('light', 'Light'), ('dark', 'Dark')], db_default='auto', default='auto', max_length=5, verbose_name='light or dark')),
                ],
                options={
                    'verbose_name': 'user',
                    'verbose_name_plural': 'users',
                    'ordering': ['email'],
                },
            ),
            migrations.CreateModel(
                name='Municipality',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=4, unique=True, verbose_name='number')),
                    ('name', models.CharField(max_length=100, verbose_name='name')),
                    ('name_official', models.CharField(max_length=200, verbose_name='official name')),
                    ('org_number', models.CharField(blank=True, max_length=9, verbose_name='organisation number')),
                    ('population', models.PositiveIntegerField(blank=True, null=True, verbose_name='population')),
                    ('kostra_group', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='KOSTRA group')),
                    ('language_form', models.CharField(choices=[('nb', 'Bokmål'), ('nn', 'Nynorsk'), ('neutral', 'Neutral')], default='neutral', max_length=7, verbose_name='language form')),
                    ('website', models.URLField(blank=True, verbose_name='website')),
                    ('is_demo', models.BooleanField(default=False, verbose_name='invented, for demonstration')),
                    ('county', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='recruitment.county', verbose_name='county')),
                    ('in_use_since', models.DateTimeField(editable=False, null=True, verbose_name='in use since')),
                ],
                options={
                    'verbose_name': 'municipality',
                    'verbose_name_plural': 'municipalities',
                    'ordering': ['number'],
                },
            ),
            migrations.CreateModel(
                name='Occupation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=4, unique=True, verbose_name='code')),
                    ('name_nb', models.CharField(max_length=200, verbose_name='name')),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='recruitment.occupation')),
                ],
                options={
                    'verbose_name': 'occupation',
                    'verbose_name_plural': 'occupations',
                    'ordering': ['code'],
                },
            ),
            migrations.CreateModel(
                name='Workplace',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=150, verbose_name='name')),
                    ('org_number', models.CharField(blank=True, max_length=9, verbose_name='organisation number of the sub-unit')),
                    ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'workplace',
                    'verbose_name_plural': 'workplaces',
                    'ordering': ['name'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='workplace_tenant_key'), foundation.tenancy.TenantPolicy(name='workplace_tenant_policy'), models.UniqueConstraint(fields=('municipality', 'name'), name='workplace_name_once')],
                },
            ),
            migrations.CreateModel(
                name='JobPosting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(editable=False, max_length=20, verbose_name='reference')),
                    ('title', models.CharField(max_length=150, verbose_name='title')),
                    ('kind', models.CharField(choices=[('permanent', 'Permanent position'), ('temporary', 'Temporary position'), ('weekend', 'Weekend shifts'), ('extra', 'Extra shifts'), ('summer', 'Summer job')], default='permanent', max_length=10, verbose_name='type of employment')),
                    ('percentage', models.PositiveSmallIntegerField(default=100, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='percentage of full time')),
                    ('positions', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)], verbose_name='number of positions')),
                    ('deadline_date', models.DateField(verbose_name='application deadline')),
                    ('requirements', models.TextField(blank=True, max_length=4000, verbose_name='requirements')),
                    ('apply_url', models.URLField(max_length=500, verbose_name='link to the application form')),
                    ('language', models.CharField(choices=[('nb', 'Bokmål'), ('nn', 'Nynorsk')], default='nb', max_length=2, verbose_name='language')),
                    ('announced_date', models.DateField(blank=True, null=True, verbose_name='publicly announced on')),
                    ('announced_where', models.CharField(blank=True, max_length=200, verbose_name='announced where')),
                    ('internal_notice_date', models.DateField(blank=True, null=True, verbose_name='internal notice given on')),
                    ('exemption_reason', models.TextField(blank=True, max_length=1000, verbose_name='why the position is exempt from announcement')),
                    ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                    ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('exempted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('occupation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='recruitment.occupation', verbose_name='occupation (STYRK-08)')),
                    ('workplace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='recruitment.workplace', verbose_name='workplace')),
                ],
                options={
                    'verbose_name': 'vacancy',
                    'verbose_name_plural': 'vacancies',
                    'ordering': ['-deadline_date', '-id'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='job_tenant_key'), foundation.tenancy.TenantPolicy(name='job_tenant_policy'), foundation.tenancy.SameTenant(field='workplace', name='job_workplace_same_tenant'), models.UniqueConstraint(fields=('municipality', 'reference'), name='job_reference_once'), models.CheckConstraint(condition=models.Q(('percentage__gte', 1), ('percentage__lte', 100)), name='job_percentage'), models.CheckConstraint(condition=models.Q(('positions__gte', 1)), name='job_has_positions'), models.CheckConstraint(condition=models.Q(('exemption_reason', ''), ('exempted_by__isnull', False), _connector='OR'), name='exemption_has_a_name')],
                },
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('reader', 'Reader'), ('hr', 'HR adviser'), ('adviser', 'Communications adviser'), ('administrator', 'Administrator')], max_length=13, verbose_name='role')),
                    ('may_approve', models.BooleanField(default=False, verbose_name='may approve posts')),
                    ('may_publish', models.BooleanField(default=False, verbose_name='may schedule and publish')),
                    ('may_connect', models.BooleanField(default=False, verbose_name='may connect channels')),
                    ('is_active', models.BooleanField(default=True, verbose_name='active')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                    ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'membership',
                    'verbose_name_plural': 'memberships',
                    'ordering': ['user__full_name'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'user'), name='one_membership_per_municipality'), models.UniqueConstraint(fields=('municipality', 'id'), name='membership_tenant_key'), foundation.tenancy.MembershipPolicy(name='membership_policy')],
                },
            ),
            migrations.CreateModel(
                name='MunicipalitySettings',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('link_hosts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), default=list, help_text='A host also covers its subdomains.', size=None, verbose_name='hosts that tracked links may lead to')),
                    ('hour_cost_ore', models.PositiveIntegerField(default=55000, verbose_name='cost of an hour, in øre')),
                    ('retention_months', models.PositiveSmallIntegerField(default=12, verbose_name='months that answers are kept')),
                    ('accessibility_url', models.URLField(blank=True, verbose_name='accessibility statement')),
                    ('privacy_url', models.URLField(blank=True, verbose_name="the municipality's own privacy notice")),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('needs_two_people', models.BooleanField(db_default=False, default=False, verbose_name='two people for each post')),
                    ('accent', models.CharField(blank=True, db_default='', default='', max_length=6, verbose_name='accent colour')),
                    ('logo_version', models.CharField(blank=True, db_default='', default='', editable=False, max_length=24, verbose_name='logo')),
                    ('release_threshold', models.PositiveSmallIntegerField(db_default=5, default=5, verbose_name='fewest answers shown together')),
                    ('release_threshold_reason', models.CharField(blank=True, db_default='', default='', max_length=500, verbose_name='why fewer than five')),
                ],
                options={
                    'verbose_name': 'municipality settings',
                    'verbose_name_plural': 'municipality settings',
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='municipality_settings_tenant_key'), foundation.tenancy.TenantPolicy(name='municipality_settings_tenant_policy'), models.UniqueConstraint(fields=('municipality',), name='one_settings_per_municipality'), models.CheckConstraint(condition=models.Q(('retention_months__gte', 1), ('retention_months__lte', 24)), name='retention_within_two_years'), models.CheckConstraint(condition=models.Q(('release_threshold__gte', 3), ('release_threshold__lte', 10)), name='release_threshold_range'), models.CheckConstraint(condition=models.Q(('release_threshold__gte', 5), models.Q(('release_threshold_reason', ''), _negated=True), _connector='OR'), name='low_release_threshold_has_reason')],
                },
            ),
            migrations.CreateModel(
                name='OccupationTitle',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title_nb', models.CharField(max_length=100, verbose_name='title in bokmål')),
                    ('title_nn', models.CharField(max_length=100, verbose_name='title in nynorsk')),
                    ('service_area', models.CharField(max_length=100, verbose_name='service area')),
                    ('occupation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='titles', to='recruitment.occupation')),
                ],
                options={
                    'verbose_name': 'advertised title',
                    'verbose_name_plural': 'advertised titles',
                    'ordering': ['title_nb'],
                    'constraints': [models.UniqueConstraint(fields=('occupation', 'title_nb'), name='title_once_per_occupation')],
                },
            ),
            migrations.CreateModel(
                name='Source',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_nb', models.CharField(max_length=80, verbose_name='name in bokmål')),
                    ('name_nn', models.CharField(max_length=80, verbose_name='name in nynorsk')),
                    ('name_en', models.CharField(max_length=80, verbose_name='name in English')),
                    ('slug', models.SlugField(verbose_name='slug')),
                    ('kind', models.CharField(choices=[('place', 'A named place'), ('elsewhere', 'Somewhere else'), ('unknown', 'Does not remember, or not asked')], default='place', max_length=9, verbose_name='kind')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                    ('channel', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='recruitment.channel', verbose_name='channel')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False, null=True)),
                    ('is_own_account', models.BooleanField(db_default=False, default=False, verbose_name="somebody's own account")),
                    ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source', verbose_name='merged into')),
                ],
                options={
                    'verbose_name': 'source',
                    'verbose_name_plural': 'sources',
                    'ordering': ['position', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='source_tenant_key'), foundation.tenancy.TenantPolicy(name='source_tenant_policy'), models.UniqueConstraint(fields=('municipality', 'slug'), name='source_slug_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'place'), _negated=True), ('channel__isnull', False), _connector='OR'), name='named_source_has_channel'), foundation.tenancy.SameTenant(field='merged_into', name='source_merged_into_same_tenant'), models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('is_active', False), ('kind', 'place')), _connector='OR'), name='merged_source_is_out_of_use')],
                },
            ),
            migrations.CreateModel(
                name='SubmittedForm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=40)),
                    ('content_hash', models.CharField(max_length=64)),
                    ('result_url', models.CharField(max_length=300)),
                    ('submitted_at', models.DateTimeField(default=foundation.clock.now)),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='submitted_form_tenant_key'), foundation.tenancy.TenantPolicy(name='submitted_form_tenant_policy'), models.UniqueConstraint(fields=('municipality', 'key'), name='form_submitted_once')],
                },
            ),
            migrations.CreateModel(
                name='OutgoingMail',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('recipient', models.EmailField(max_length=254, verbose_name='to')),
                    ('subject', models.CharField(max_length=200, verbose_name='subject')),
                    ('body', foundation.sealed.SealedText(blank=True)),
                    ('template', models.CharField(max_length=40, verbose_name='kind')),
                    ('message_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                    ('state', models.CharField(choices=[('waiting', 'Waiting to be sent'), ('sent', 'Sent'), ('failed', 'Could not be sent')], default='waiting', max_length=7, verbose_name='state')),
                    ('n_attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                    ('next_try_at', models.DateTimeField(default=foundation.clock.now, verbose_name='next attempt')),
                    ('created_at', models.DateTimeField(default=foundation.clock.now, verbose_name='created')),
                    ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                    ('problem', models.CharField(blank=True, max_length=100, verbose_name='what went wrong')),
                    ('municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'e-mail',
                    'verbose_name_plural': 'e-mails',
                    'ordering': ['-id'],
                    'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at'], name='mail_that_waits')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('state', 'waiting'), ('body', ''), _connector='OR'), name='text_is_gone_when_mail_is'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='sent_mail_has_time')],
                },
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                    ('role', models.CharField(choices=[('reader', 'Reader'), ('hr', 'HR adviser'), ('adviser', 'Communications adviser'), ('administrator', 'Administrator')], max_length=13, verbose_name='role')),
                    ('may_approve', models.BooleanField(default=False, verbose_name='may approve posts')),
                    ('may_publish', models.BooleanField(default=False, verbose_name='may schedule and publish')),
                    ('may_connect', models.BooleanField(default=False, verbose_name='may connect channels')),
                    ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                    ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                    ('expires_at', models.DateTimeField(verbose_name='valid until')),
                    ('accepted_at', models.DateTimeField(null=True, verbose_name='accepted')),
                    ('withdrawn_at', models.DateTimeField(null=True, verbose_name='withdrawn')),
                    ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='invited by')),
                    ('letter_id', models.BigIntegerField(editable=False, null=True)),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'invitation',
                    'verbose_name_plural': 'invitations',
                    'ordering': ['-id'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='invitation_tenant_key'), foundation.tenancy.TenantPolicy(name='invitation_tenant_policy'), models.UniqueConstraint(condition=models.Q(('accepted_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('municipality', 'email'), name='one_open_invitation_per_address')],
                },
            ),
            migrations.CreateModel(
                name='SystemEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.TextField(max_length=500, verbose_name='reason')),
                    ('entered_at', models.DateTimeField(default=foundation.clock.now, verbose_name='entered')),
                    ('ends_at', models.DateTimeField(verbose_name='access until')),
                    ('left_at', models.DateTimeField(null=True, verbose_name='left')),
                    ('seen_at', models.DateTimeField(null=True, verbose_name='seen')),
                    ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality')),
                    ('seen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='seen by')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='system administrator')),
                ],
                options={
                    'verbose_name': 'entry by a system administrator',
                    'verbose_name_plural': 'entries by system administrators',
                    'ordering': ['-entered_at'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='system_entry_tenant_key'), models.CheckConstraint(condition=models.Q(('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('entered_at'), '+', models.Value(datetime.timedelta(seconds=3600))))), name='entry_lasts_an_hour_at_most'), models.CheckConstraint(condition=models.Q(('seen_at__isnull', True), ('seen_by__isnull', False), _connector='OR'), name='seen_entry_has_a_name'), foundation.tenancy.MembershipPolicy(name='system_entry_policy')],
                },
            ),
            migrations.CreateModel(
                name='SourceMerge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('merged_at', models.DateTimeField(editable=False, verbose_name='merged')),
                    ('undone_at', models.DateTimeField(editable=False, null=True, verbose_name='undone')),
                    ('into', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source', verbose_name='merged into')),
                    ('merged_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.source', verbose_name='source')),
                    ('undone_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'merging of sources',
                    'verbose_name_plural': 'mergings of sources',
                    'ordering': ['-merged_at', '-id'],
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='source_merge_tenant_key'), foundation.tenancy.TenantPolicy(name='source_merge_tenant_policy'), foundation.tenancy.SameTenant(field='source', name='source_merge_source_same_tenant'), foundation.tenancy.SameTenant(field='into', name='source_merge_into_same_tenant'), models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('source',), name='source_merged_once')],
                },
            ),
            migrations.CreateModel(
                name='Logo',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('content', models.BinaryField(verbose_name='picture')),
                    ('version', models.CharField(max_length=24, verbose_name='name of the picture')),
                    ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ],
                options={
                    'verbose_name': 'logo',
                    'verbose_name_plural': 'logos',
                    'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='logo_tenant_key'), foundation.tenancy.TenantPolicy(name='logo_tenant_policy'), models.UniqueConstraint(fields=('municipality',), name='one_logo_per_municipality')],
                },
            ),
        ]),
    ]
