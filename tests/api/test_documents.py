"""Documents over the API: what staff do with them, and what a client system may send and read."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from profiling.documents import services
from profiling.documents.models import Document
from tests import factories
from tests.factories_documents import PaperFactory, paper, pdf

pytestmark = pytest.mark.django_db
URL = "/api/v1/documents/"
INVOICE = pdf(["INVOICE No 7"])  # once: a file tells when it was made


def send(client, query: str = "kind=invoice", content: bytes = b"", **headers):
    return client.post(f"{URL}?{query}", content or INVOICE, content_type="application/octet-stream", **headers)


def test_a_client_system_sends_papers_to_its_own_consignments_alone(api, post, operator, altynkol) -> None:
    consignment = post.case.assessment.version.consignment
    version = factories.VersionFactory(consignment=consignment, submission=post.submission)
    answer = send(api(operator), f"kind=invoice&consignment={consignment.ref}", HTTP_IDEMPOTENCY_KEY="k")
    assert answer.status_code == 201
    assert (answer.json()["consignment"], answer.json()["file"]["scan"]) == (str(consignment.ref), "unscanned")
    again = send(api(operator), f"kind=invoice&consignment={consignment.ref}", HTTP_IDEMPOTENCY_KEY="k")
    assert again.json()["ref"] == answer.json()["ref"]
    competitor = factories.client_system(altynkol)
    refused = send(api(competitor), f"kind=invoice&consignment={consignment.ref}")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unknown_consignment")
    assert api(competitor).get(f"{URL}{answer.json()['ref']}/").status_code == 404
    assert api(competitor).get(URL).json()["results"] == []
    assert version.pk


def test_a_client_system_reads_its_own_papers_and_sets_none_beside_anything(api, post, operator, altynkol) -> None:
    other = PaperFactory(consignment=None, unit=altynkol)
    refs = [one["ref"] for one in api(operator).get(URL).json()["results"]]
    assert refs == [str(post.document.ref)]
    assert api(operator).get(f"{URL}{other.ref}/").status_code == 404
    for act in ("attach", "detach"):
        assert api(operator).post(f"{URL}{post.document.ref}/{act}/", {}, format="json").status_code == 403


def test_a_client_system_does_not_learn_whose_cargo_its_paper_fits_nor_what_was_made_of_it(
    api, post, operator, officer, altynkol
) -> None:
    """A paper that names a number or a container is set beside the cargo of whoever declared it."""
    probe = PaperFactory(
        consignment=post.case.assessment.version.consignment,
        submission=factories.SubmissionFactory(unit=altynkol, sender=factories.client_system(altynkol)),
        matched_by="container",
    )
    prober = api(probe.submission.sender)
    before = prober.get(f"{URL}{probe.ref}/").json()
    assert (before["consignment"], before["matched_by"], before["matched_at"]) == (None, "", None)
    whose = probe.consignment.ref
    asked = {query: [one["ref"] for one in prober.get(f"{URL}?{query}").json()["results"]] for query in (
        f"consignment={whose}", "unmatched=false", "unmatched=true", "",
    )}  # fmt: skip
    assert list(asked.values()) == [[], [], [str(probe.ref)], [str(probe.ref)]]

    said = services.state(document=probe, user=officer, said=paper(number="CORRECTED"), confirmed=True)
    assert prober.get(f"{URL}{said.ref}/").status_code == 404
    assert prober.get(f"{URL}{probe.ref}/").json() == before
    assert [one["ref"] for one in prober.get(URL).json()["results"]] == [str(probe.ref)]
    later = said.updated_at.isoformat().replace("+00:00", "Z")
    assert prober.get(f"{URL}?updated_since={later}").json()["results"] == []


def test_a_client_system_reads_each_of_its_papers_once_by_the_cursor_though_they_are_touched(
    api, operator, altynkol
) -> None:
    """Many papers of one message have one time; what officers do meanwhile moves none of them."""
    push = factories.SubmissionFactory(unit=altynkol, sender=operator)
    made = PaperFactory.create_batch(7, consignment=None, unit=altynkol, submission=push)
    client, address, seen = api(operator), f"{URL}?page_size=3", []
    while address:
        answer = client.get(address).json()
        seen += [one["ref"] for one in answer["results"]]
        Document.objects.filter(ref__in=seen).update(updated_at=timezone.now())
        address = answer["next"]
    assert seen == [str(one.ref) for one in made]
    since = client.get(f"{URL}{made[0].ref}/").json()["updated_at"]
    assert len(client.get(f"{URL}?updated_since={since}").json()["results"]) == 7


def test_unmatched_documents_are_listed_and_set_beside_a_consignment(api, post, officer, altynkol) -> None:
    loose = PaperFactory(consignment=None, unit=altynkol)
    consignment = post.case.assessment.version.consignment
    assert [one["ref"] for one in api(officer).get(f"{URL}?unmatched=true").json()["results"]] == [str(loose.ref)]
    answer = api(officer).post(f"{URL}{loose.ref}/attach/", {"consignment": str(consignment.ref)}, format="json")
    assert (answer.status_code, answer.json()["matched_by"]) == (200, "manual")
    listed = api(officer).get(f"{URL}?consignment={consignment.ref}").json()["results"]
    assert str(loose.ref) in [one["ref"] for one in listed]
    assert api(officer).post(f"{URL}{loose.ref}/detach/").json()["consignment"] is None


def test_a_detail_says_what_the_document_says(api, post, officer) -> None:
    told = api(officer).get(f"{URL}{post.document.ref}/").json()
    assert (told["fields_said"]["kind"], told["proposed"]) == ("invoice", [])


@pytest.mark.parametrize(
    ("query", "content", "status", "code"),
    [
        ("kind=invoice", b"MZ", 400, "file_kind"),
        ("kind=passport", b"", 400, "invalid_choice"),
        ("", b"", 400, "required"),
    ],
)
def test_what_is_refused_says_why(api, post, officer, query, content, status, code) -> None:
    answer = send(api(officer), query, content)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    assert Document.objects.filter(source="file").count() == 0


def test_a_file_past_the_limit_is_refused_raw_and_as_a_form(api, post, officer, settings) -> None:
    settings.MAX_DOCUMENT = 10
    assert send(api(officer)).status_code == 413
    file = SimpleUploadedFile("x.pdf", b"x" * 200_000)
    assert api(officer).post(f"{URL}?kind=invoice", {"file": file}, format="multipart").status_code == 413
