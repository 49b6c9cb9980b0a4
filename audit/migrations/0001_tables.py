import django.db.models.deletion
import foundation.tenancy
from django.db import migrations, models

from foundation.tables import CreateTables


class Migration(migrations.Migration):

    # What an older installation has run instead; it takes this over without running it.
    replaces = [
        ('audit', '0001_initial'),
        ('audit', '0002_chain'),
        ('audit', '0003_forgetting_is_logged'),
    ]

    initial = True

    dependencies = [
        ('recruitment', '0001_tables'),
    ]

    operations = [
        CreateTables([
            migrations.CreateModel(
                name='AuditEvent',
                fields=[
                    ('pk', models.CompositePrimaryKey('municipality_id', 'sequence', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('sequence', models.BigIntegerField()),
                    ('at', models.DateTimeField(verbose_name='at')),
                    ('actor', models.CharField(blank=True, max_length=12, verbose_name='who')),
                    ('act', models.CharField(max_length=40, verbose_name='act')),
                    ('table_name', models.CharField(blank=True, max_length=63)),
                    ('object_id', models.BigIntegerField(null=True)),
                    ('before', models.JSONField(null=True)),
                    ('after', models.JSONField(null=True)),
                    ('reason', models.TextField(blank=True, verbose_name='reason')),
                    ('detail', models.JSONField(null=True)),
                    ('previous_hash', models.CharField(max_length=64)),
                    ('hash', models.CharField(max_length=64)),
                    ('municipality', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recruitment.municipality')),
                ],
                options={
                    'verbose_name': 'event in the log',
                    'verbose_name_plural': 'events in the log',
                    'ordering': ['-sequence'],
                    'indexes': [models.Index(fields=['municipality', 'table_name', 'object_id', '-sequence'], name='audit_of_object'), models.Index(fields=['municipality', 'actor', '-sequence'], name='audit_of_person')],
                    'constraints': [foundation.tenancy.TenantPolicy(name='audit_event_tenant_policy')],
                },
            ),
            migrations.CreateModel(
                name='AuditHead',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sequence', models.BigIntegerField()),
                    ('hash', models.CharField(max_length=64)),
                    ('municipality', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recruitment.municipality')),
                ],
                options={
                    'constraints': [foundation.tenancy.TenantPolicy(name='audit_head_tenant_policy'), models.UniqueConstraint(fields=('municipality',), name='one_head_per_municipality')],
                },
            ),
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('pseudonym', models.CharField(max_length=12)),
                    ('user_id', models.BigIntegerField(null=True)),
                    ('municipality', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='recruitment.municipality')),
                ],
                options={
                    'constraints': [foundation.tenancy.TenantPolicy(name='audit_person_tenant_policy'), models.UniqueConstraint(fields=('municipality', 'pseudonym'), name='pseudonym_once'), models.UniqueConstraint(fields=('municipality', 'user_id'), name='one_pseudonym_per_person')],
                },
            ),
        ]),
    ]
