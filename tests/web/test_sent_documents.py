"""Documents sent with a push, on its pages: uploaded together, listed with it, and its consignments offered first."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pcu.accounts.models import Unit, User
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import Submission
from profiling.documents import services
from profiling.documents.models import Document
from tests import factories
from tests.factories_documents import FileFactory, PaperFactory, pdf
from tests.web import cargo
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, text

pytestmark = pytest.mark.django_db
INVOICE, PACKING = pdf(["INVOICE No 7"]), pdf(["PACKING LIST 7"])


def upload(client: Client, unit: Unit, *documents: tuple[str, bytes]) -> Any:
    body = {
        "file": SimpleUploadedFile("rail.json", (cargo.FIXTURES / "rail.json").read_bytes()),
        "unit": str(unit.ref),
        "documents": [SimpleUploadedFile(name, content) for name, content in documents],
    }
    return client.post(reverse("upload"), body)


def test_documents_are_uploaded_with_a_manifest_and_listed_with_it(desk: Client, unit: Unit) -> None:
    page = desk.get(reverse("upload"))
    assert "Documents that belong to it" in text(page)
    assert "multiple" in text(page)
    answer = upload(desk, unit, ("Инвойс <7>.pdf", INVOICE), ("packing.pdf", PACKING), ("x.exe", b"MZ\x90"))
    assert answer.status_code == 302
    response = desk.get(answer.url)
    page = text(response)
    assert not holds_something_inline(response)
    assert "Documents sent with it" in page
    assert "Инвойс &lt;7&gt;.pdf" in page
    for document in Document.objects.all():
        assert reverse("paper", args=[document.ref]) in page
    assert "x.exe was not taken" in page
    upload(desk, unit, ("Инвойс <7>.pdf", INVOICE), ("packing.pdf", PACKING), ("x.exe", b"MZ\x90"))
    assert (Submission.objects.count(), Document.objects.count()) == (1, 2)


def test_a_manifest_without_documents_shows_none(desk: Client, unit: Unit) -> None:
    answer = upload(desk, unit)
    assert answer.status_code == 302
    assert "Documents sent with it" not in text(desk.get(answer.url))


def test_papers_that_a_message_itself_brought_are_no_files_sent_with_it(desk: Client, unit: Unit) -> None:
    version = factories.VersionFactory(consignment__call__unit=unit, submission__unit=unit)
    PaperFactory(consignment=version.consignment, submission=version.submission, position=0)
    page = text(desk.get(reverse("submission", args=[version.submission.ref])))
    assert "Documents sent with it" not in page


@pytest.fixture
def sent(unit: Unit, officer: User) -> Document:
    """A file that came with a push of three bills; another bill of the unit came before."""
    submission = factories.SubmissionFactory(unit=unit, sender=officer)
    for number in ("OTHER1", "SENT1", "SENT2", "SENT3"):
        more = {} if number == "OTHER1" else {"submission": submission}
        factories.VersionFactory(consignment__call__unit=unit, consignment__document_no=number, **more)
    return PaperFactory(
        unit=unit, consignment=None, submission=submission, source="file", matched_by="", matched_at=None,
        file=FileFactory(unit=unit, uploaded_by=officer), fields={}, number="",
    )  # fmt: skip


def candidates(client: Client, document: Document) -> list[tuple[str, str]]:
    context = client.get(reverse("paper", args=[document.ref])).context
    return [(consignment.document_no, rule) for consignment, rule in context["candidates"]]


def test_the_consignments_of_the_push_are_offered_first_and_one_is_chosen(desk: Client, sent: Document) -> None:
    assert [rule for _number, rule in candidates(desk, sent)] == ["came with it"] * 3
    for read, order in {
        "SENT 3": ["SENT3", "SENT1", "SENT2"],
        "OTHER-1": ["SENT1", "SENT2", "SENT3", "OTHER1"],
    }.items():
        sent.kind, sent.proposed = "bill", [{"field": "number", "value": read, "page": 1, "line": read}]
        sent.save()
        assert [number for number, _rule in candidates(desk, sent)] == order
    chosen = sent.submission.versions.get(consignment__document_no="SENT2").consignment
    answer = desk.post(reverse("paper_attach", args=[sent.ref]), {"consignment": str(chosen.ref)})
    assert answer.status_code == 302
    page = text(desk.get(reverse("submission", args=[sent.submission.ref])))
    assert reverse("consignment", args=[chosen.ref]) in page


def test_a_correction_of_a_sent_document_stays_with_its_push(desk: Client, sent: Document, officer: User) -> None:
    made = services.state(document=sent, user=officer, said=sent.said, confirmed=True)
    page = text(desk.get(reverse("submission", args=[sent.submission.ref])))
    assert reverse("paper", args=[made.ref]) in page
    assert reverse("paper", args=[sent.ref]) not in page


def test_people_elsewhere_see_neither_page_nor_file(outside: Client, sent: Document) -> None:
    assert outside.get(reverse("submission", args=[sent.submission.ref])).status_code == 404
    assert outside.get(reverse("paper", args=[sent.ref])).status_code == 404


def test_the_list_of_unmatched_documents_offers_them_in_a_fixed_number_of_queries(
    unit: Unit, officer: User, sent: Document, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(officer)
    client.get(reverse("papers"))
    for _each in range(3):
        submission = factories.SubmissionFactory(unit=unit, sender=officer)
        factories.VersionFactory(consignment__call__unit=unit, submission=submission)
        PaperFactory(
            unit=unit, consignment=None, submission=submission, source="file", matched_by="", matched_at=None,
            file=FileFactory(unit=unit, uploaded_by=officer), fields={}, number="",
        )  # fmt: skip
    with django_assert_max_num_queries(22):
        page = text(client.get(reverse("papers")))
    assert "SENT1" in page


def test_a_file_of_a_push_is_read_like_any_other(desk: Client, unit: Unit) -> None:
    upload(desk, unit, ("invoice.pdf", INVOICE))
    document = Document.objects.get()
    for job in Job.objects.filter(subject=document.ref).order_by("phase", "pk"):
        assert jobs.run(job.pk)
    document.refresh_from_db()
    assert (document.reading, document.is_stated, document.consignment) == ("done", False, None)
