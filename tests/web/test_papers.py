"""Pages of documents: beside a consignment, one alone, the unmatched ones; who reaches them, and what is served."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo import store
from profiling.cargo.models import Consignment
from profiling.documents.models import Document
from profiling.documents.scanning import ScannerError
from profiling.formats import records as r
from profiling.web.paper_matrix import read_sheets
from tests import factories
from tests.factories_documents import INVOICE_LINES, FileFactory, PaperFactory, invoice, paper, pdf
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def consignment(unit):
    version = factories.VersionFactory(
        consignment__call__unit=unit, consignment__document_no="SMGS4471", packages=412, gross_kg=19860
    )
    return version.consignment


def upload(content: bytes = b"", **more: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("../../invoice.pdf", content or pdf(INVOICE_LINES))
    return {"file": file, "kind": "invoice", "handling": "restricted", **more}


def do_jobs() -> None:
    for job in Job.objects.filter(kind__startswith="document.").order_by("phase", "pk"):
        jobs.run(job.pk)


def test_the_matrix_marks_and_measures_what_differs(unit, officer, consignment) -> None:
    PaperFactory(consignment=consignment, said=invoice(gross_kg=Decimal(18240), packages=388))
    page = signed_in(officer).get(reverse("consignment", args=[consignment.ref])).content.decode()
    assert "2 lines differ" in page
    assert "24 less, −5.8 %" in page
    assert "1,620 less, −8.2 %" in page


def test_papers_of_many_consignments_cost_as_many_queries_as_of_one(unit, officer) -> None:
    def queries(count: int) -> int:
        cargo = [factories.VersionFactory(consignment__call__unit=unit).consignment for _each in range(count)]
        for one in cargo:
            PaperFactory(consignment=one, said=invoice(gross_kg=Decimal(1100)))
        found = list(Consignment.objects.filter(pk__in=[one.pk for one in cargo]).select_related("unit"))
        with CaptureQueriesContext(connection) as counted:
            sheets = read_sheets(found, officer)
        assert [sheet.differing for sheet in sheets] == [1] * count
        return len(counted)

    queries(1)  # what the officer may do is read once
    assert queries(1) == queries(5)


def test_a_file_is_added_read_confirmed_and_compared(unit, officer, consignment) -> None:
    client = signed_in(officer)
    answer = client.post(reverse("consignment_papers", args=[consignment.ref]), upload())
    made = Document.objects.get()
    assert answer.url == reverse("paper", args=[made.ref])
    assert "is being read" in client.get(answer.url).content.decode()
    do_jobs()
    page = client.get(answer.url).content.decode()
    assert "Gross weight: 18,240.00 kg" in page
    assert 'value="18240.00"' in page
    assert reverse("paper_page", args=[made.ref, 1]) in page
    form = client.get(answer.url).context["form"]
    said = {name: value for name, value in form.initial.items() if value is not None}
    confirmed = client.post(answer.url, said)
    assert confirmed.url == reverse("consignment", args=[consignment.ref])
    newest = Document.objects.get(is_current=True)
    assert (newest.source, newest.said.gross_kg, newest.said.packages) == ("read", Decimal("18240.00"), 388)
    assert newest.said.parties[0].name == "Yiwu Qianhe Import & Export Co., Ltd."
    assert client.get(answer.url).url == reverse("paper", args=[newest.ref]), "an old version leads to the newest"


def test_a_correction_keeps_of_the_lines_what_was_not_changed(unit, officer, consignment) -> None:
    items = (r.Item(1, "Linen", 10, gross_kg=Decimal(5)), r.Item(2, "Towels", 20))
    said = invoice(items=items, parties=(r.Party(r.PartyRole.SHIPPER, "Qianhe", tax_id="91330"),))
    made = PaperFactory(consignment=consignment, said=said)
    client = signed_in(officer)
    form = client.get(reverse("paper", args=[made.ref])).context["form"]
    body = {name: value for name, value in form.initial.items() if value is not None} | {"gross_kg": "999"}
    assert client.post(reverse("paper", args=[made.ref]), body).status_code == 302
    newest = Document.objects.get(is_current=True).said
    assert (newest.items, newest.gross_kg) == (items, Decimal(999))
    assert newest.parties[0].tax_id == "91330"


def test_a_correction_loses_no_line_to_what_a_browser_makes_of_its_text(unit, officer, consignment) -> None:
    """Ends of lines come back as two characters, blanks at the ends not at all; a long paper is still corrected."""
    lines = tuple(
        r.Item(n, f"Linen {n} \nof flax, {'x' * 60} ", commodity=r.Commodity("6302.32", "HS"), gross_kg=Decimal(n))
        for n in range(1, 101)
    )
    items = (*lines, r.Item(101, "Towels", commodity=r.Commodity("0571A", "SITC")))
    made = PaperFactory(consignment=consignment, said=invoice(items=items))
    client = signed_in(officer)
    form = client.get(reverse("paper", args=[made.ref])).context["form"]
    sent = {name: str(value).replace("\n", "\r\n") for name, value in form.initial.items() if value is not None}
    assert client.post(reverse("paper", args=[made.ref]), sent | {"gross_kg": "999"}).status_code == 302
    newest = Document.objects.get(is_current=True).said
    assert (newest.items, newest.gross_kg) == (items, Decimal(999))
    form = client.get(reverse("paper", args=[made.ref]), follow=True).context["form"]
    sent = {name: str(value) for name, value in form.initial.items() if value is not None}
    client.post(reverse("paper", args=[Document.objects.get(is_current=True).ref]), sent | {"hs": "6302.31"})
    assert {item.commodity.code for item in Document.objects.get(is_current=True).said.items} == {"630231"}


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("currency", "XYZ", "no currency"),
        ("origin_country", "Atlantis", "no country"),
        ("hs", "63x", "no commodity code"),
        ("packages", "-1", "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_kept(unit, officer, consignment, field, text, told) -> None:
    made = PaperFactory(consignment=consignment)
    body = {"kind": "invoice", "handling": "restricted", field: text}
    answer = signed_in(officer).post(reverse("paper", args=[made.ref]), body)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Document.objects.count() == 1


def test_what_is_no_paper_is_refused_with_the_reason(unit, officer, consignment) -> None:
    client = signed_in(officer)
    for address in (reverse("consignment_papers", args=[consignment.ref]), reverse("paper_upload")):
        answer = client.post(address, upload(b"MZ program"))
        assert answer.status_code == 422
        assert "Only PDF, pictures" in answer.content.decode()


def test_a_file_past_the_limit_is_refused_before_it_is_read(unit, officer, consignment, settings) -> None:
    settings.MAX_DOCUMENT = 10
    answer = signed_in(officer).post(reverse("paper_upload"), upload(b"x" * 100_000))
    assert answer.status_code == 413


def test_the_original_is_saved_and_never_run(unit, officer, consignment) -> None:
    client = signed_in(officer)
    client.post(reverse("consignment_papers", args=[consignment.ref]), upload())
    do_jobs()
    made = Document.objects.get()
    answer = client.get(reverse("paper_file", args=[made.ref]))
    assert b"".join(answer.streaming_content) == store.get(made.file.sha256).read()
    assert answer["Content-Disposition"] == 'attachment; filename="invoice.pdf"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/pdf")
    drawn = client.get(reverse("paper_page", args=[made.ref, 1]))
    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/png")
    assert client.get(reverse("paper_page", args=[made.ref, 2])).status_code == 404


def test_a_file_that_the_scanner_did_not_answer_for_is_looked_at_again(
    unit, officer, auditor, consignment, settings, monkeypatch
) -> None:
    settings.MALWARE_SCANNER, settings.JOB_ATTEMPTS = "tests.web.test_papers.clean", 1
    client = signed_in(officer)
    with monkeypatch.context() as down:
        down.setattr("tests.web.test_papers.clean", lambda _opened: None)
        client.post(reverse("consignment_papers", args=[consignment.ref]), upload())
        with pytest.raises(ScannerError):
            do_jobs()
    made = Document.objects.get()
    page = reverse("paper", args=[made.ref])
    assert reverse("paper_again", args=[made.ref]) in client.get(page).content.decode()
    assert reverse("paper_again", args=[made.ref]) not in signed_in(auditor).get(page).content.decode()
    assert signed_in(auditor).post(reverse("paper_again", args=[made.ref])).status_code == 403
    client.post(reverse("paper_again", args=[made.ref]))
    do_jobs()
    made.refresh_from_db()
    assert (made.file.scan, made.reading) == ("clean", "done")
    again = client.post(reverse("paper_again", args=[made.ref]), follow=True)
    assert "nothing to try again" in again.content.decode()


def clean(_opened) -> str:
    return ""


def test_an_infected_file_is_given_to_nobody(unit, officer, consignment) -> None:
    made = PaperFactory(consignment=consignment, file=FileFactory(unit=unit, scan="infected", scan_told="Worm.X"))
    client = signed_in(officer)
    answer = client.get(reverse("paper_file", args=[made.ref]), follow=True)
    assert answer.redirect_chain
    page = answer.content.decode()
    assert "found malware" in page
    assert "Worm.X" in page
    assert client.get(reverse("paper_page", args=[made.ref, 1])).status_code == 404


def test_unmatched_documents_are_listed_with_those_they_could_belong_to(unit, officer, consignment) -> None:
    twin = factories.VersionFactory(consignment__call__unit=unit, consignment__document_no="SMGS4471").consignment
    made = PaperFactory(consignment=None, unit=unit, said=paper(consignments=("SMGS4471",)))
    client = signed_in(officer)
    page = client.get(reverse("papers")).content.decode()
    for one in (twin, consignment):
        assert reverse("consignment", args=[one.ref]) in page
    assert "number of the transport document" in page
    answer = client.post(reverse("paper_attach", args=[made.ref]), {"consignment": str(twin.ref)})
    assert answer.url == reverse("consignment", args=[twin.ref])
    made.refresh_from_db()
    assert made.consignment == twin
    client.post(reverse("paper_detach", args=[made.ref]))
    made.refresh_from_db()
    assert made.consignment is None


def test_a_document_is_set_beside_what_its_number_names(unit, officer, consignment) -> None:
    made = PaperFactory(consignment=None, unit=unit)
    client = signed_in(officer)
    client.post(reverse("paper_attach", args=[made.ref]), {"number": "NONE"})
    made.refresh_from_db()
    assert made.consignment is None
    client.post(reverse("paper_attach", args=[made.ref]), {"number": "SMGS4471"})
    made.refresh_from_db()
    assert made.consignment == consignment


def test_the_rules_are_tried_again_by_hand(unit, officer, consignment) -> None:
    made = PaperFactory(consignment=None, unit=unit, said=paper(consignments=("smgs 4471",)))
    answer = signed_in(officer).post(reverse("papers_rematch"), follow=True)
    assert "Documents that found their consignment: 1." in answer.content.decode()
    made.refresh_from_db()
    assert made.consignment == consignment


def test_who_reads_alone_is_offered_nothing_and_refused_everything(unit, auditor, consignment) -> None:
    made = PaperFactory(consignment=consignment)
    client = signed_in(auditor)
    assert "Add a document" not in client.get(reverse("consignment", args=[consignment.ref])).content.decode()
    assert "Keep the fields" not in client.get(reverse("paper", args=[made.ref])).content.decode()
    assert client.post(reverse("paper", args=[made.ref]), {"kind": "invoice", "handling": "unit"}).status_code == 403
    assert client.post(reverse("paper_detach", args=[made.ref])).status_code == 403
    assert client.post(reverse("consignment_papers", args=[consignment.ref]), upload()).status_code == 403
    assert client.post(reverse("papers_rematch")).status_code == 403


def test_for_an_outsider_no_document_exists(unit, outsider, consignment) -> None:
    made = PaperFactory(consignment=consignment, file=FileFactory(unit=unit))
    loose = PaperFactory(consignment=None, unit=unit, number="LOOSE-1")
    client = signed_in(outsider)
    for name, arguments in (("paper", []), ("paper_file", []), ("paper_page", [1])):
        assert client.get(reverse(name, args=[made.ref, *arguments])).status_code == 404
    for name in ("paper", "paper_attach", "paper_detach", "paper_again"):
        assert client.post(reverse(name, args=[made.ref])).status_code == 404
    assert client.post(reverse("consignment_papers", args=[consignment.ref]), upload()).status_code == 404
    assert loose.number not in client.get(reverse("papers")).content.decode()


def test_a_document_for_its_unit_alone_stays_there_when_the_case_goes_on(unit, other_unit, officer, outsider) -> None:
    case = factories.case_in(unit)
    cargo = case.assessment.version.consignment
    PaperFactory(consignment=cargo, handling="unit", number="SECRET-1", said=paper(number="SECRET-1"))
    PaperFactory(consignment=cargo, number="OPEN-1", said=paper(number="OPEN-1", gross_kg=Decimal(1100)))
    page = signed_in(officer).get(reverse("case", args=[case.ref])).content.decode()
    assert "SECRET-1" in page
    assert "OPEN-1" in page
    case.working_unit = other_unit
    case.save()
    page = signed_in(outsider).get(reverse("case", args=[case.ref])).content.decode()
    assert "OPEN-1" in page
    assert "SECRET-1" not in page


def test_a_container_number_is_kept_as_the_paper_has_it(unit, officer, consignment) -> None:
    made = PaperFactory(consignment=consignment)
    body = {"kind": "invoice", "handling": "restricted", "containers": "CSQU 305438 4; TEMU6180477"}
    assert signed_in(officer).post(reverse("paper", args=[made.ref]), body).status_code == 302
    newest = Document.objects.get(is_current=True)
    assert [one.equipment for one in newest.said.loadings] == ["CSQU 305438 4", "TEMU6180477"]


def test_a_wrong_field_is_named_at_the_head_of_the_form(unit, officer, consignment) -> None:
    made = PaperFactory(consignment=consignment, said=invoice())
    answer = signed_in(officer).post(
        reverse("paper", args=[made.ref]), {"kind": "invoice", "handling": "restricted", "origin_country": "Nowhere"}
    )
    assert answer.status_code == 422
    head = answer.content.decode().partition("Nothing is kept yet. Look at:")[2][:200]
    assert '<a href="#id_origin_country">' in head
