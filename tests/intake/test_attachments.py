"""Files inside a message: kept as documents of their consignments, under the limits of documents with a push."""

from __future__ import annotations

import base64

import pytest

from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo import store
from profiling.cargo.models import Consignment, Submission
from profiling.documents.choices import Scan
from profiling.documents.models import Document
from profiling.intake.kinds import ATTACHMENTS
from tests.factories_documents import pdf
from tests.formats.xml_samples import awmds, bill
from tests.intake.conftest import do_all_jobs

INVOICE, PACKING = pdf(["INVOICE No 7"]), pdf(["PACKING LIST No 8"])


def file(content: bytes, name: str = "paper.pdf") -> str:
    text = base64.b64encode(content).decode()
    return f"<Attached_doc><File_name>{name}</File_name><File>{text}</File></Attached_doc>"


def with_files(number: str, *files: str) -> str:
    return bill(number).replace("</Bol_segment>", "".join(files) + "</Bol_segment>")


def sent(*bills: str, head: str = "") -> bytes:
    return awmds(*bills, head=head).encode()


def test_each_file_is_a_document_of_its_bill_and_one_beside_the_bills_of_none(push, client_system):
    submission = push(
        sent(bill("B1"), with_files("B2", file(INVOICE), file(PACKING)), head=file(b"%PDF-1.4\n" + INVOICE))
    )
    assert submission.status == Submission.Status.DONE, submission.failure
    of_bill = Document.objects.filter(consignment__document_no="B2")
    assert of_bill.count() == 2
    assert set(Document.objects.exclude(pk__in=of_bill).values_list("consignment", flat=True)) <= {None}
    first = of_bill.order_by("pk").first()
    assert (first.file.name, first.file.media_type) == ("paper.pdf", "application/pdf")
    assert (first.file.uploaded_by, first.submission, first.file.scan) == (client_system, submission, Scan.UNSCANNED)
    with store.get(first.file.sha256) as kept:
        assert kept.read() == INVOICE
    assert submission.problems.filter(code="attachments_kept").count() == 1


def test_a_job_done_again_makes_no_file_twice(push):
    submission = push(sent(with_files("B1", file(INVOICE))))
    Job.objects.filter(subject=submission.ref, kind=ATTACHMENTS).update(state=Job.State.WAITING)
    do_all_jobs(submission)
    assert Document.objects.count() == 1


def test_what_is_no_document_is_told_where_it_stands_and_the_bills_are_kept(push, settings):
    settings.MAX_DOCUMENT = 40_000
    content = sent(
        with_files(
            "B1",
            file(b"MZ" + bytes(20_000), "run.exe"),
            file(b"%PDF" + b"0" * 60_000, "large.pdf"),
            f"<Attached_doc><File>{'JVBERi' + '*' * 100}</File></Attached_doc>",
        )
    )
    submission = push(content)
    assert submission.status == Submission.Status.DONE
    assert Consignment.objects.get().document_no == "B1"
    assert not Document.objects.exists()
    told = {one.code: one for one in submission.problems.filter(field="document")}
    assert set(told) == {"document_kind", "document_too_large", "document_broken"}
    assert content[told["document_kind"].position["offset"] :].startswith(b"<File>")


def test_no_more_files_are_kept_than_a_push_may_bring(push, settings):
    settings.MAX_PUSH_DOCUMENTS = 1
    submission = push(sent(with_files("B1", file(INVOICE)), with_files("B2", file(PACKING, "more.pdf"))))
    assert Document.objects.get().consignment.document_no == "B1"
    assert submission.problems.get(code="document_one_too_many").params["name"] == "more.pdf"


@pytest.mark.usefixtures("push")
def test_a_check_only_keeps_no_file(push):
    push(sent(with_files("B1", file(INVOICE))), dry_run=True)
    assert not Document.objects.exists()
    assert not Job.objects.filter(kind=ATTACHMENTS).exists()


def test_files_wait_for_the_scanner_like_uploaded_ones(push, settings):
    settings.MALWARE_SCANNER = "tests.intake.test_attachments.finds_nothing"
    push(sent(with_files("B1", file(INVOICE))))
    document = Document.objects.get()
    assert document.file.scan == Scan.WAITING
    while job := Job.objects.filter(subject=document.ref, state=Job.State.WAITING).order_by("phase", "pk").first():
        assert jobs.run(job.pk)
    document.file.refresh_from_db()
    assert document.file.scan == Scan.CLEAN


def finds_nothing(_opened) -> str:
    return ""
