import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cargo', '0003_history'),
        ('parties', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='partymention',
            name='received_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            'UPDATE cargo_partymention m SET received_at = v.received_at '
            'FROM cargo_consignmentversion v WHERE v.id = m.version_id',
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='partymention',
            name='received_at',
            field=models.DateTimeField(help_text='When the message came, as the version says.'),
        ),
        migrations.AlterField(
            model_name='partymention',
            name='party',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to='parties.party'),
        ),
        migrations.AddIndex(
            model_name='partymention',
            index=models.Index(fields=['party', 'role', 'received_at'], name='party_in_time'),
        ),
    ]
