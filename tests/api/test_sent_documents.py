"""Documents that come with a push: kept, or told as problems of the submission; never twice, and nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pcu.accounts.roles import Role
from profiling.cargo.models import Submission
from profiling.documents.models import Document, DocumentFile
from profiling.formats.problems import CODES
from profiling.intake.reading import OF_THE_PUSH
from profiling.rules.services import install_starter
from tests import factories
from tests.factories_documents import pdf
from tests.intake.conftest import do_all_jobs

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/manifests/"
SEA = (Path(__file__).parent.parent / "fixtures" / "sea.edi").read_bytes()
INVOICE, PACKING = pdf(["INVOICE No 7"]), pdf(["PACKING LIST 7"])  # once: a file tells when it was made


def push(client: Any, *documents: tuple[str, bytes], query: str = "", **headers: str) -> Any:
    body = {
        "file": SimpleUploadedFile("manifest.edi", SEA),
        "document": [SimpleUploadedFile(name, content) for name, content in documents],
    }
    return client.post(f"{ADDRESS}{query}", body, format="multipart", **headers)


def told(submission: Submission) -> list[tuple[str, str]]:
    return list(submission.problems.filter(code__in=OF_THE_PUSH).order_by("pk").values_list("code", "received"))


def test_the_documents_of_a_push_are_kept_and_belong_to_no_consignment_yet(api, operator) -> None:
    answer = push(api(operator), ("Инвойс.pdf", INVOICE), ("packing.pdf", PACKING))
    assert answer.status_code == 202
    submission = Submission.objects.get()
    kept = list(Document.objects.order_by("pk"))
    assert [(one.file.name, one.submission, one.kind, one.source, one.consignment) for one in kept] == [
        ("Инвойс.pdf", submission, "other", "file", None),
        ("packing.pdf", submission, "other", "file", None),
    ]
    assert {one.file.uploaded_by for one in kept} == {operator}
    assert told(submission) == []
    listed = api(operator).get(f"/api/v1/documents/?manifest={submission.ref}").json()["results"]
    assert {one["manifest"] for one in listed} == {str(submission.ref)}
    assert len(listed) == 2


def test_the_same_push_again_doubles_nothing_and_completes_what_was_cut(api, operator) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "k1"}
    first = push(api(operator), ("a.pdf", INVOICE), ("virus.exe", b"MZ\x90"), **key)
    again = push(api(operator), ("a.pdf", INVOICE), ("virus.exe", b"MZ\x90"), **key)
    assert (again.status_code, again.json()["ref"]) == (202, first.json()["ref"])
    assert (Document.objects.count(), DocumentFile.objects.count()) == (1, 1)
    assert told(Submission.objects.get()) == [("document_kind", "virus.exe")]
    push(api(operator), ("a.pdf", INVOICE), ("b.pdf", PACKING), **key)
    assert (Submission.objects.count(), Document.objects.count()) == (1, 2)


def test_a_document_that_is_not_taken_is_told_and_the_manifest_is_taken(api, operator, altynkol, settings) -> None:
    install_starter(unit=altynkol.parent)
    settings.MAX_DOCUMENT = 1 << 20
    large = ("large.pdf", INVOICE + b" " * (1 << 20))
    answer = push(api(operator), ("letter.exe", b"MZ\x90"), ("none.pdf", b""), large, ("good.pdf", INVOICE))
    assert answer.status_code == 202
    submission = do_all_jobs(Submission.objects.get())
    assert submission.status == "done"
    expected = [("document_kind", "letter.exe"), ("document_empty", "none.pdf"), ("document_too_large", "large.pdf")]
    assert told(submission) == expected, "reading the file forgets none of it"
    assert Document.objects.get(file__isnull=False).file.name == "good.pdf"
    problems = api(operator).get(f"{ADDRESS}{submission.ref}/").json()["problems"]
    assert [one["message"] for one in problems if one["received"] == "large.pdf"] == [
        "large.pdf was not taken: the file is larger than 1 MB."
    ]


def test_more_documents_than_a_push_may_bring_are_told_each(api, operator, settings) -> None:
    settings.MAX_PUSH_DOCUMENTS = 1
    push(api(operator), ("a.pdf", INVOICE), ("b.pdf", PACKING), ("c.pdf", pdf(["C"])))
    assert told(Submission.objects.get()) == [("document_one_too_many", "b.pdf"), ("document_one_too_many", "c.pdf")]
    assert Document.objects.count() == 1


def test_documents_larger_together_than_a_push_may_bring_are_told(api, operator, settings) -> None:
    settings.MAX_PUSH_DOCUMENT_BYTES = len(INVOICE) + 10
    push(api(operator), ("a.pdf", INVOICE), ("b.pdf", PACKING))
    assert told(Submission.objects.get()) == [("documents_too_large", "b.pdf")]


def test_the_whole_form_is_held_to_the_length_of_a_push(api, operator, settings) -> None:
    settings.MAX_UPLOAD = len(SEA) + 1000
    assert push(api(operator), ("a.pdf", INVOICE + b" " * 100_000)).status_code == 413
    assert not Submission.objects.exists()
    assert not Document.objects.exists()


def test_what_is_checked_only_keeps_no_document_and_tells_all_the_same(api, operator) -> None:
    push(api(operator), ("a.pdf", INVOICE), ("b.exe", b"MZ\x90"), query="?dry_run=true")
    assert told(Submission.objects.get()) == [("document_kind", "b.exe")]
    assert not DocumentFile.objects.exists()


def test_history_takes_no_documents(api, altynkol) -> None:
    keeper = factories.person(altynkol, Role.ADMINISTRATOR)
    answer = push(api(keeper), ("a.pdf", INVOICE), query="?history=true")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "document")
    assert not Submission.objects.exists()


def test_a_document_that_is_no_file_is_refused_with_its_name(api, operator) -> None:
    body = {"file": SimpleUploadedFile("m.edi", SEA), "document": "text"}
    answer = api(operator).post(ADDRESS, body, format="multipart")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "document")
    assert not Submission.objects.exists()


def test_nobody_else_sees_or_takes_the_documents(api, operator, officer, outsider, altynkol) -> None:
    push(api(operator), ("a.pdf", INVOICE))
    ref = Document.objects.get().ref
    competitor = factories.client_system(altynkol)
    assert api(officer).get(f"/api/v1/documents/{ref}/").status_code == 200
    for stranger in (outsider, competitor):
        assert api(stranger).get(f"/api/v1/documents/{ref}/").status_code == 404
    # the same file of another sender is a push and a document of its own
    push(api(competitor), ("a.pdf", INVOICE))
    assert Document.objects.count() == 2
    assert api(competitor).get("/api/v1/documents/").json()["results"][0]["ref"] != str(ref)


def test_every_problem_of_a_push_has_a_sentence() -> None:
    for code in OF_THE_PUSH:
        assert CODES[code].format(name="a.pdf", limit=20).startswith("a.pdf was not taken")
