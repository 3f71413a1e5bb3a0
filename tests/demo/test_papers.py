"""The papers of the demonstration: drawn, kept, and disagreeing as they are meant to."""

from __future__ import annotations

import pytest

from demo import papers, today
from profiling.documents.comparing import summaries
from profiling.documents.core.reading import propose
from profiling.documents.models import Document
from profiling.documents.opening import open_pdf
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(tmp_path, settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "store")}}
    }


def test_the_papers_of_the_jackets_disagree_and_one_belongs_to_nothing() -> None:
    unit = factories.UnitFactory()
    version = factories.VersionFactory(
        consignment__call__unit=unit, packages=380, gross_kg=23560, value=25900, currency="USD", origin_country="VN"
    )
    factories.MentionFactory(version=version, name=today.PO_BOX.name, tax_id=today.PO_BOX.tax_id)
    factories.LoadingFactory(version=version, visit__number="CSQU3054383")
    officer = factories.person(unit)
    assert papers.add(officer) == 4
    assert papers.add(officer) == 0, "once"
    [told] = summaries([version.pk]).values()
    assert told.documents == 3
    assert told.packages_differ is True
    assert (round(told.weight_percent), round(told.value_percent)) == (10, 62)
    assert told.weighbridge_kg == 1260
    assert told.party_differs is True, "the seller of the invoice is not the shipper of the note"
    assert Document.objects.unmatched().get().file.name == "packing-list.pdf"


def test_what_is_drawn_can_be_read(tmp_path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(papers.draw(papers._loose()))
    found = {one.field: one.value for one in propose(open_pdf(path, tmp_path)["pages"])}
    assert (found["number"], found["packages"], found["gross_kg"]) == ("PL-0099", "96", "2304")
