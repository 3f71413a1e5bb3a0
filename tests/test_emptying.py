"""What a test leaves that commits: nothing but what migrating made."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from tests import factories
from tests.emptying import KEPT, delete_all_rows


@pytest.mark.django_db(transaction=True)
def test_rows_go_with_their_histories_and_what_migrating_made_stays():
    unit = factories.UnitFactory()
    factories.case_in(unit, boxes=2)
    assert unit.history.exists()
    made = (ContentType.objects.count(), Permission.objects.count())
    delete_all_rows()
    tables = [model for model in apps.get_models() if model._meta.managed]
    assert {model._meta.db_table for model in tables if model._base_manager.exists()} == KEPT
    assert (ContentType.objects.count(), Permission.objects.count()) == made
