"""Papers that a message replaces become versions; what waits for cargo is found by the numbers it names."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('cargo', '0008_answers_and_codes'),
        ('documents', '0003_told_before'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='document',
            name='document_once_per_message',
        ),
        migrations.AddField(
            model_name='document',
            name='asked',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), editable=False, null=True, size=None),
        ),
        migrations.AddField(
            model_name='document',
            name='function',
            field=models.CharField(blank=True, choices=[('original', 'original'), ('replace', 'replacement'), ('cancel', 'cancellation'), ('change', 'change'), ('add', 'addition'), ('delete', 'deletion')], default='', max_length=10),
        ),
        migrations.AddIndex(
            model_name='document',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('consignment', None), ('is_current', True)), fields=['asked'], name='document_waits_for'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('asked', None), ('consignment', None), ('is_current', True)), fields=['unit', 'id'], name='document_not_yet_asked'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('source', 'message')), fields=('submission', 'position'), name='document_once_by_message'),
        ),
    ]
