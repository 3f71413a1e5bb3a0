"""What the papers of a consignment say beside each other, over the API: as its page has it, for staff of the unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiling.documents.choices import Source
from tests import factories
from tests.factories_documents import FileFactory, PaperFactory, invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def consignment(altynkol):
    version = factories.VersionFactory(
        consignment__call__unit=altynkol, consignment__document_no="SMGS4471", packages=412, gross_kg=19860
    )
    return version.consignment


def address(consignment) -> str:
    return f"/api/v1/consignments/{consignment.ref}/differences/"


def test_what_differs_is_measured(api, officer, consignment) -> None:
    paper = PaperFactory(consignment=consignment, said=invoice(gross_kg=Decimal(18240), packages=388))
    told = api(officer).get(address(consignment)).json()
    assert (told["consignment"], told["version"], told["differing"]) == (str(consignment.ref), 1, 2)
    assert told["statements"] == [
        {"source": "manifest", "kind": None, "number": "SMGS4471"},
        {"source": str(paper.ref), "kind": "invoice", "number": "INV-7"},
    ]
    rows = {row["field"]: row for row in told["rows"]}
    manifest, told_by_paper = rows["gross_kg"]["cells"]
    assert (manifest["verdict"], Decimal(manifest["values"][0])) == ("base", Decimal(19860))
    assert told_by_paper["verdict"] == "differs"
    (found,) = told_by_paper["differences"]
    assert (found["kind"], found["severity"], found["base"]) == ("differs", "major", "manifest")
    assert (Decimal(found["amount"]), round(Decimal(found["percent"]), 1)) == (Decimal(-1620), Decimal("8.2"))
    assert rows["packages"]["differs"]


def test_nothing_stated_is_nothing_compared(api, officer, altynkol, consignment) -> None:
    PaperFactory(consignment=consignment, source=Source.FILE, file=FileFactory(unit=altynkol))
    told = api(officer).get(address(consignment)).json()
    assert (told["differing"], told["statements"], told["rows"]) == (0, [], [])


def test_staff_of_the_unit_alone_are_told(api, operator, outsider, post, altynkol, dostyk, consignment) -> None:
    PaperFactory(consignment=consignment, said=invoice(gross_kg=Decimal(1)))
    own = post.case.assessment.version.consignment
    for path in (address(consignment), address(own)):
        assert api(operator).get(path).status_code == 403, "a client system, also of what it declared"
        assert api(outsider).get(path).status_code == 404
        assert api(factories.person(dostyk)).get(path).status_code == 404
        assert api(None).get(path).status_code in (401, 403)
        assert api(factories.person(altynkol)).post(path).status_code == 405


def test_the_queries_do_not_grow_with_the_papers(api, officer, consignment) -> None:
    client = api(officer)

    def queries(papers: int) -> int:
        for _each in range(papers):
            PaperFactory(consignment=consignment, said=invoice(gross_kg=Decimal(18240)))
        with CaptureQueriesContext(connection) as asked:
            client.get(address(consignment))
        return len(asked)

    queries(2)  # the first call of a session asks more
    assert queries(0) == queries(4)
    assert len(client.get(address(consignment)).json()["statements"]) == 7
