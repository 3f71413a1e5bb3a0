"""Papers of a unit by their number: whether the same was told before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_number_keys")]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["unit", "number"], name="document_by_number"),
        ),
    ]
