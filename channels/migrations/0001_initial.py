import django.db.models.deletion
import foundation.clock
import foundation.sealed
import foundation.tenancy
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('recruitment', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('external_id', models.CharField(blank=True, editable=False, max_length=200, verbose_name='id on the channel')),
                ('page_url', models.URLField(blank=True, max_length=300, verbose_name='address of the page')),
                ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='recruitment.channel', verbose_name='channel')),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deputy')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('responsible', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person responsible')),
            ],
            options={
                'verbose_name': 'channel account',
                'verbose_name_plural': 'channel accounts',
                'ordering': ['channel__position', 'name'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='account_tenant_key'), foundation.tenancy.TenantPolicy(name='account_tenant_policy'), models.UniqueConstraint(fields=('municipality', 'channel', 'name'), name='account_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('start_date', models.DateField(verbose_name='from')),
                ('end_date', models.DateField(verbose_name='to')),
                ('budget_ore', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='budget, in øre')),
                ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'campaign',
                'verbose_name_plural': 'campaigns',
                'ordering': ['-start_date', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CampaignJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='campaign_jobs', to='channels.campaign')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaign_jobs', to='recruitment.jobposting')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'vacancy of a campaign',
                'verbose_name_plural': 'vacancies of a campaign',
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='campaign_job_tenant_key'), foundation.tenancy.TenantPolicy(name='campaign_job_tenant_policy'), foundation.tenancy.SameTenant(field='campaign', name='campaign_job_campaign_same_tenant'), foundation.tenancy.SameTenant(field='job', name='campaign_job_job_same_tenant'), models.UniqueConstraint(fields=('campaign', 'job'), name='job_once_per_campaign')],
            },
        ),
        migrations.AddField(
            model_name='campaign',
            name='jobs',
            field=models.ManyToManyField(related_name='campaigns', through='channels.CampaignJob', to='recruitment.jobposting'),
        ),
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('ok', 'Connected'), ('dead', 'Must be connected again')], default='ok', max_length=4, verbose_name='state')),
                ('dead_reason', models.CharField(blank=True, editable=False, max_length=100)),
                ('access_token', foundation.sealed.SealedText(editable=False)),
                ('refresh_token', foundation.sealed.SealedText(blank=True, editable=False)),
                ('fingerprint', models.CharField(editable=False, max_length=6, verbose_name='fingerprint')),
                ('scopes', models.CharField(editable=False, max_length=500, verbose_name='scopes')),
                ('member_name', models.CharField(blank=True, editable=False, max_length=150, verbose_name='connected through')),
                ('expires_at', models.DateTimeField(editable=False, verbose_name='expires')),
                ('refresh_expires_at', models.DateTimeField(editable=False, null=True, verbose_name='renewable until')),
                ('connected_at', models.DateTimeField(editable=False, verbose_name='connected at')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='connection', to='channels.account')),
                ('connected_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'connection',
                'verbose_name_plural': 'connections',
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='connection_tenant_key'), foundation.tenancy.TenantPolicy(name='connection_tenant_policy'), foundation.tenancy.SameTenant(field='account', name='connection_account_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('awaiting_approval', 'Awaiting approval'), ('scheduled', 'Scheduled'), ('sending', 'Sending'), ('published', 'Published'), ('unknown', 'Unknown outcome'), ('rejected', 'Rejected by the channel'), ('blocked', 'Blocked'), ('late', 'Late'), ('manual', 'Must be settled by a person'), ('cancelled', 'Cancelled'), ('removed', 'Removed')], default='draft', max_length=20, verbose_name='state')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='due')),
                ('due_wall', models.CharField(blank=True, editable=False, max_length=16)),
                ('approved_text', models.TextField(blank=True, editable=False)),
                ('approved_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('fence', models.PositiveIntegerField(default=0, editable=False)),
                ('lease_until', models.DateTimeField(editable=False, null=True)),
                ('next_at', models.DateTimeField(editable=False, null=True)),
                ('n_postponed', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('n_absent_reads', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('unknown_since', models.DateTimeField(editable=False, null=True)),
                ('reason', models.CharField(blank=True, editable=False, max_length=60)),
                ('reason_detail', models.CharField(blank=True, editable=False, max_length=500)),
                ('external_id', models.CharField(blank=True, editable=False, max_length=200)),
                ('permalink', models.URLField(blank=True, editable=False, max_length=400)),
                ('published_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='channels.account')),
                ('approved_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'ordering': ['-due_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fence', models.PositiveIntegerField()),
                ('marker', models.CharField(max_length=12)),
                ('claimed_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(choices=[('claimed', 'Claimed'), ('published', 'Published'), ('nothing_sent', 'Nothing was sent'), ('refused', 'Refused by the channel'), ('unknown', 'Unknown outcome'), ('access_dead', 'Access is gone'), ('walked_away', 'Given up before sending')], default='claimed', max_length=12)),
                ('detail', models.CharField(blank=True, max_length=500)),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='channels.delivery')),
            ],
            options={
                'verbose_name': 'attempt',
                'verbose_name_plural': 'attempts',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='attempt_tenant_key'), foundation.tenancy.TenantPolicy(name='attempt_tenant_policy'), foundation.tenancy.SameTenant(field='delivery', name='attempt_delivery_same_tenant'), models.UniqueConstraint(fields=('delivery', 'fence'), name='attempt_once_per_fence')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=foundation.clock.now, verbose_name='at')),
                ('kind', models.CharField(choices=[('created', 'Draft made'), ('sent_for_approval', 'Sent for approval'), ('approved', 'Approved'), ('scheduled', 'Scheduled'), ('to_draft', 'Taken back to draft'), ('cancelled', 'Cancelled'), ('claimed', 'Sending began'), ('media_uploaded', 'Picture uploaded'), ('sent', 'Asked the channel to publish'), ('published', 'Published'), ('found', 'Found on the channel'), ('postponed', 'Postponed: nothing was sent'), ('rejected', 'Rejected by the channel'), ('unknown', 'No clear answer'), ('looked', 'Looked for it on the channel'), ('rescheduled', 'Scheduled again: proved not to be out'), ('late', 'Became too late'), ('blocked', 'Blocked'), ('unblocked', 'No longer blocked'), ('manual', 'Handed over to a person'), ('settled', 'Settled by a person'), ('removed', 'Removed from the channel')], max_length=17, verbose_name='what')),
                ('detail', models.CharField(blank=True, max_length=500, verbose_name='detail')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='channels.delivery')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'delivery event',
                'verbose_name_plural': 'delivery events',
                'ordering': ['at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='delivery_event_tenant_key'), foundation.tenancy.TenantPolicy(name='delivery_event_tenant_policy'), foundation.tenancy.SameTenant(field='delivery', name='delivery_event_delivery_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='LinkCode',
            fields=[
                ('code', models.CharField(max_length=12, primary_key=True, serialize=False)),
                ('link_id', models.BigIntegerField()),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality')),
            ],
        ),
        migrations.CreateModel(
            name='MediaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(editable=False, max_length=200, upload_to='', verbose_name='file')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('width', models.PositiveIntegerField(editable=False, verbose_name='width')),
                ('height', models.PositiveIntegerField(editable=False, verbose_name='height')),
                ('alt_text', models.CharField(max_length=400, verbose_name='text for those who do not see the picture')),
                ('people', models.CharField(choices=[('none', 'No people in the picture'), ('employees', 'Employees'), ('vulnerable', 'Children, patients or users of our services')], max_length=10, verbose_name='people in the picture')),
                ('consent_reference', models.CharField(blank=True, max_length=200, verbose_name='where the consent is kept')),
                ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'picture',
                'verbose_name_plural': 'pictures',
                'ordering': ['-created_at'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='media_item_tenant_key'), foundation.tenancy.TenantPolicy(name='media_item_tenant_policy'), models.CheckConstraint(condition=models.Q(('alt_text', ''), _negated=True), name='picture_has_alt_text'), models.CheckConstraint(condition=models.Q(('people', 'none'), models.Q(('consent_reference', ''), _negated=True), _connector='OR'), name='people_shown_have_consented')],
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='approved_media',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.mediaitem'),
        ),
        migrations.CreateModel(
            name='PageClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=200)),
                ('account_id', models.BigIntegerField()),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='recruitment.channel')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel', 'external_id'), name='page_held_by_one_municipality')],
            },
        ),
        migrations.CreateModel(
            name='PendingConnection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('access_token', foundation.sealed.SealedText(editable=False)),
                ('refresh_token', foundation.sealed.SealedText(blank=True, editable=False)),
                ('scopes', models.CharField(editable=False, max_length=500)),
                ('member_name', models.CharField(blank=True, editable=False, max_length=150)),
                ('expires_at', models.DateTimeField(editable=False)),
                ('refresh_expires_at', models.DateTimeField(editable=False, null=True)),
                ('pages', models.JSONField(editable=False)),
                ('valid_until', models.DateTimeField(editable=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='channels.account')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='pending_connection_tenant_key'), foundation.tenancy.TenantPolicy(name='pending_connection_tenant_policy'), foundation.tenancy.SameTenant(field='account', name='pending_connection_account_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='working title')),
                ('text', models.TextField(verbose_name='text')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('changed_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='channels.campaign', verbose_name='campaign')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='recruitment.jobposting', verbose_name='vacancy')),
                ('media', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='channels.mediaitem', verbose_name='picture')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'post',
                'verbose_name_plural': 'posts',
                'ordering': ['-changed_at'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='post_tenant_key'), foundation.tenancy.TenantPolicy(name='post_tenant_policy'), foundation.tenancy.SameTenant(field='campaign', name='post_campaign_same_tenant'), foundation.tenancy.SameTenant(field='job', name='post_job_same_tenant'), foundation.tenancy.SameTenant(field='media', name='post_media_same_tenant')],
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='post',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='channels.post'),
        ),
        migrations.CreateModel(
            name='RiskAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('ongoing', 'Being worked on'), ('approved', 'Approved'), ('rejected', 'Not approved')], max_length=8, verbose_name='status')),
                ('assessed_date', models.DateField(verbose_name='date')),
                ('responsible_name', models.CharField(max_length=150, verbose_name='person responsible')),
                ('document_url', models.URLField(blank=True, max_length=500, verbose_name='link to the assessment')),
                ('next_review_date', models.DateField(verbose_name='next review')),
                ('recorded_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='risk_assessments', to='channels.account')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('recorded_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'risk assessment',
                'verbose_name_plural': 'risk assessments',
                'ordering': ['-recorded_at', '-id'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='risk_assessment_tenant_key'), foundation.tenancy.TenantPolicy(name='risk_assessment_tenant_policy'), foundation.tenancy.SameTenant(field='account', name='risk_assessment_account_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='SetupStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('page', 'Create the page'), ('name_email', 'Fill in name and e-mail address'), ('details', 'Fill in further details'), ('confirm_email', 'Confirm through the e-mail you receive'), ('responsible', 'Appoint a person responsible and a deputy'), ('risk', 'Record the risk assessment'), ('connect', 'Connect the page')], max_length=13, verbose_name='step')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('done_date', models.DateField(blank=True, null=True, verbose_name='done on')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='channels.account')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'set-up step',
                'verbose_name_plural': 'set-up steps',
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='setup_step_tenant_key'), foundation.tenancy.TenantPolicy(name='setup_step_tenant_policy'), foundation.tenancy.SameTenant(field='account', name='setup_step_account_same_tenant'), models.UniqueConstraint(fields=('account', 'kind'), name='setup_step_once')],
            },
        ),
        migrations.CreateModel(
            name='TrackedLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(editable=False, max_length=12, unique=True, verbose_name='code')),
                ('target_url', models.URLField(max_length=500, verbose_name='leads to')),
                ('label', models.CharField(max_length=150, verbose_name='used in')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('created_at', models.DateTimeField(default=foundation.clock.now, editable=False)),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.campaign')),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tracked_links', to='recruitment.jobposting')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='recruitment.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'tracked link',
                'verbose_name_plural': 'tracked links',
                'ordering': ['source__position', 'id'],
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='tracked_link_tenant_key'), foundation.tenancy.TenantPolicy(name='tracked_link_tenant_policy'), foundation.tenancy.SameTenant(field='source', name='tracked_link_source_same_tenant'), foundation.tenancy.SameTenant(field='job', name='tracked_link_job_same_tenant'), foundation.tenancy.SameTenant(field='campaign', name='tracked_link_campaign_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='LinkHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField(verbose_name='hour')),
                ('visitor', models.CharField(choices=[('person', 'Person'), ('bot', 'Robot'), ('preview', 'Link preview')], max_length=7, verbose_name='visitor')),
                ('n_visits', models.PositiveIntegerField(default=0, verbose_name='visits')),
                ('municipality', models.ForeignKey(default=foundation.tenancy.municipality_of_new_row, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.municipality', verbose_name='municipality')),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='channels.trackedlink')),
            ],
            options={
                'verbose_name': 'visits in an hour',
                'verbose_name_plural': 'visits by hour',
                'constraints': [models.UniqueConstraint(fields=('municipality', 'id'), name='link_hour_tenant_key'), foundation.tenancy.TenantPolicy(name='link_hour_tenant_policy'), foundation.tenancy.SameTenant(field='link', name='link_hour_link_same_tenant'), models.UniqueConstraint(fields=('link', 'hour', 'visitor'), name='link_hour_once')],
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='link',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='delivery', to='channels.trackedlink'),
        ),
        migrations.CreateModel(
            name='Due',
            fields=[
                ('delivery_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('send', 'Send'), ('lease', 'Lease'), ('reconcile', 'Reconcile')], max_length=9)),
                ('due_at', models.DateTimeField()),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recruitment.municipality')),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'due_at'], name='due_kind_due_at')],
            },
        ),
        migrations.CreateModel(
            name='OAuthState',
            fields=[
                ('state_hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('session_hash', models.CharField(max_length=64)),
                ('account_id', models.BigIntegerField()),
                ('connector', models.CharField(max_length=30)),
                ('valid_until', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recruitment.municipality')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['valid_until'], name='oauth_state_valid_until')],
                'constraints': [models.CheckConstraint(condition=models.Q(('session_hash', ''), _negated=True), name='oauth_state_bound_to_session')],
            },
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(fields=('municipality', 'id'), name='campaign_tenant_key'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=foundation.tenancy.TenantPolicy(name='campaign_tenant_policy'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('end_date__gte', models.F('start_date'))), name='campaign_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('municipality', 'id'), name='delivery_tenant_key'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=foundation.tenancy.TenantPolicy(name='delivery_tenant_policy'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=foundation.tenancy.SameTenant(field='post', name='delivery_post_same_tenant'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=foundation.tenancy.SameTenant(field='account', name='delivery_account_same_tenant'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=foundation.tenancy.SameTenant(field='link', name='delivery_link_same_tenant'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=foundation.tenancy.SameTenant(field='approved_media', name='delivery_approved_media_same_tenant'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('post', 'account'), name='post_once_per_account'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('account', 'external_id'), name='channel_post_bound_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'scheduled'), _negated=True), ('due_at__isnull', False), _connector='OR'), name='scheduled_delivery_has_time'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['scheduled', 'sending']), _negated=True), models.Q(('approved_hash', ''), _negated=True), _connector='OR'), name='sent_is_what_was_approved'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'sending'), _negated=True), ('lease_until__isnull', False), _connector='OR'), name='sending_delivery_has_lease'),
        ),
    ]
