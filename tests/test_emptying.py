"""What a test leaves that commits: nothing but what migrating made."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests import factories
from tests.emptying import KEPT, delete_all_rows


@pytest.mark.django_db(transaction=True)
def test_rows_go_with_their_histories_and_what_migrating_made_stays():
    unit = factories.UnitFactory()
    factories.case_in(unit, boxes=2)
    assert unit.history.exists()
    made = (ContentType.objects.count(), Permission.objects.count())
    delete_all_rows()
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(table)})")
            assert cursor.fetchone() == (table in KEPT,), table
    assert (ContentType.objects.count(), Permission.objects.count()) == made
