"""Numbers of cargo as documents look for them: a function, and indexes by it (`profiling.documents.candidates`)."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION documents_number_key(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT upper(regexp_replace(said, '[^0-9A-Za-z]', '', 'g')) $$
"""
INDEXES = {
    "documents_by_number": "cargo_consignment (unit_id, documents_number_key(document_no))",
    "documents_by_master": "cargo_consignment (unit_id, documents_number_key(master_no)) WHERE master_no > ''",
    "documents_by_ucr": "cargo_consignmentversion (documents_number_key(ucr)) WHERE ucr > ''",
    "documents_by_named": "cargo_cargodocument (documents_number_key(number))",
}


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("cargo", "0005_functions")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION documents_number_key(text)"),
        *(
            migrations.RunSQL(f"CREATE INDEX {name} ON {what}", f"DROP INDEX {name}")
            for name, what in INDEXES.items()
        ),
    ]
