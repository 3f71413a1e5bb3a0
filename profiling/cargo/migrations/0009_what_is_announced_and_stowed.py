"""What a report announces of a call, and what a stowage plan adds to a visit. Columns with a constant default."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cargo', '0008_answers_and_codes'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='conveyancecall',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='conveyancecall',
            name='update_update',
        ),
        migrations.AddField(
            model_name='conveyancecall',
            name='stated',
            field=models.JSONField(default=dict, help_text='What was announced of it as a whole: counts, and the papers named.'),
        ),
        migrations.AddField(
            model_name='conveyancecallhistory',
            name='stated',
            field=models.JSONField(default=dict, help_text='What was announced of it as a whole: counts, and the papers named.'),
        ),
        migrations.AddField(
            model_name='visitstatement',
            name='stated',
            field=models.JSONField(default=dict, help_text='What a stowage plan adds: dangerous goods, ports, bills and operator.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conveyancecall',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cargo_conveyancecallhistory" ("arrival_code", "arrival_name", "created_at", "departure_code", "departure_name", "eta", "eta_said", "etd", "etd_said", "flag", "id", "identifier", "identifier_type", "key", "mode", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ref", "stated", "unit_id", "updated_at", "voyage") VALUES (NEW."arrival_code", NEW."arrival_name", NEW."created_at", NEW."departure_code", NEW."departure_name", NEW."eta", NEW."eta_said", NEW."etd", NEW."etd_said", NEW."flag", NEW."id", NEW."identifier", NEW."identifier_type", NEW."key", NEW."mode", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."ref", NEW."stated", NEW."unit_id", NEW."updated_at", NEW."voyage"); RETURN NULL;', hash='ba7b2008452c8910de926a53244410ee076717ae', operation='INSERT', pgid='pgtrigger_insert_insert_56fd1', table='cargo_conveyancecall', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conveyancecall',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cargo_conveyancecallhistory" ("arrival_code", "arrival_name", "created_at", "departure_code", "departure_name", "eta", "eta_said", "etd", "etd_said", "flag", "id", "identifier", "identifier_type", "key", "mode", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ref", "stated", "unit_id", "updated_at", "voyage") VALUES (NEW."arrival_code", NEW."arrival_name", NEW."created_at", NEW."departure_code", NEW."departure_name", NEW."eta", NEW."eta_said", NEW."etd", NEW."etd_said", NEW."flag", NEW."id", NEW."identifier", NEW."identifier_type", NEW."key", NEW."mode", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."ref", NEW."stated", NEW."unit_id", NEW."updated_at", NEW."voyage"); RETURN NULL;', hash='06fa5ed0f6681dd30e78b8d203d7cd7b3ffa2571', operation='UPDATE', pgid='pgtrigger_update_update_698c9', table='cargo_conveyancecall', when='AFTER')),
        ),
    ]
