"""What stands is scored anew while more of it is being written."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from profiling.cargo.models import Consignment
from profiling.cases.rescoring import rescore
from profiling.rules.models import Assessment
from profiling.rules.services import install_starter
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_a_version_that_is_being_written_is_waited_for_and_scored():
    """Scored as the version before it, its case would go back to what was said first."""
    unit = factories.UnitFactory()
    install_starter(unit=unit.parent)
    consignment = factories.VersionFactory(consignment__call__unit=unit).consignment
    began = threading.Event()
    newer: list[int] = []

    def score() -> None:
        try:
            began.set()
            rescore(
                unit=unit,
                consignment_ids=[consignment.pk],
                trigger=Assessment.Trigger.NEW_DOCUMENT,
                now=timezone.now(),
            )
        finally:
            connection.close()

    scoring = threading.Thread(target=score)
    with transaction.atomic():
        Consignment.objects.select_for_update().get(pk=consignment.pk)
        version = factories.VersionFactory(consignment=consignment, number=2)
        Consignment.objects.filter(pk=consignment.pk).update(current=version)
        newer.append(version.pk)
        scoring.start()
        assert began.wait(10)
        scoring.join(2)  # it waits for us, however long we take
    scoring.join(30)
    assert list(Assessment.objects.values_list("version", flat=True)) == newer
