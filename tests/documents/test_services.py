"""Documents kept, stated, matched and taken from messages: what each service makes, and what it refuses."""

from __future__ import annotations

import io
import socket
import struct
import threading
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from pcu.accounts.handling import Handling
from pcu.accounts.roles import Role
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import Consignment, Submission
from profiling.cargo.visits import Message
from profiling.documents import belonging, candidates, scanning, services
from profiling.documents.comparing import differences_of, summaries
from profiling.documents.core import sniffing
from profiling.documents.core.plain import stated
from profiling.documents.errors import FileNotTakenError, FileTooLargeError, InvalidDocumentError, ReplacedError
from profiling.documents.kinds import READ, REASSESS, SCAN
from profiling.documents.models import Document, DocumentFile
from profiling.formats import records as r
from profiling.indicators.compute import compute
from profiling.indicators.lookup import read_consignments
from profiling.rules.models import Assessment
from tests import factories
from tests.factories_documents import INVOICE_LINES, FileFactory, PaperFactory, invoice, paper, pdf

pytestmark = pytest.mark.django_db

ODT = "application/vnd.oasis.opendocument.text"


def sent(unit, user, content: bytes = b"", **more) -> Document:
    said = {"kind": "invoice", "name": "invoice.pdf", **more}
    return services.upload(unit=unit, user=user, pieces=[content or pdf(INVOICE_LINES)], **said)


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size).save(target, kind)
    return target.getvalue()


def office(*names: str, content: bytes = b"<x/>") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return target.getvalue()


# ---- files


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (pdf(["x"]), "application/pdf"),
        (picture(), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("TIFF"), "image/tiff"),
        (office("[Content_Types].xml", "xl/workbook.xml"), sniffing._OFFICE["xl/workbook.xml"]),
        (office("[Content_Types].xml", "word/document.xml"), sniffing._OFFICE["word/document.xml"]),
        (office("mimetype", content=ODT.encode()), ODT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "application/x-ole-storage"),
    ],
    ids=["pdf", "png", "jpeg", "tiff", "xlsx", "docx", "odt", "ole"],
)  # fmt: skip
def test_a_file_is_kept_and_its_type_is_what_it_holds(altynkol, officer, content, media_type) -> None:
    made = sent(altynkol, officer, content, name="lies.exe")
    assert made.file.media_type == media_type
    assert (made.file.size, made.file.name, made.source) == (len(content), "lies.exe", "file")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x7fELF", "file_kind"),
        (b"<html><script>", "file_kind"),
        (office("a.txt"), "file_kind"),
        (office("[Content_Types].xml", "xl/workbook.xml")[:60], "file_broken"),
        (b"\x89PNG\r\n\x1a\n", "file_kind"),
    ],
    ids=["program", "page", "archive", "cut office", "cut picture"],
)
def test_what_is_no_paper_is_refused_and_nothing_is_stored(altynkol, officer, tmp_path, content, code) -> None:
    with pytest.raises(FileNotTakenError) as refused:
        sent(altynkol, officer, content)
    assert refused.value.code == code
    assert not Document.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "said",
    [
        b"application/vnd.oasis.opendocument.text\r\nX-Evil: 1",
        b"application/vnd.oasis.opendocument.\0",
        ODT.encode() * 3,
    ],
    ids=["second header", "nul", "long"],
)
def test_what_an_office_file_calls_itself_reaches_no_header_and_no_column(altynkol, officer, said) -> None:
    with pytest.raises(FileNotTakenError) as refused:
        sent(altynkol, officer, office("mimetype", content=said))
    assert refused.value.code == "file_kind"


def test_an_office_file_that_unpacks_to_too_much_is_refused(altynkol, officer, monkeypatch) -> None:
    monkeypatch.setattr(sniffing, "UNPACKED", 1_000_000)
    with pytest.raises(FileNotTakenError) as refused:
        sent(altynkol, officer, office("[Content_Types].xml", "xl/workbook.xml", "xl/x", content=b"\0" * 500_000))
    assert refused.value.code == "unpacks_too_large"


def test_a_picture_of_too_many_pixels_is_refused_unopened(altynkol, officer, monkeypatch) -> None:
    monkeypatch.setattr(sniffing, "MOST_PIXELS", 1000)
    with pytest.raises(FileNotTakenError) as refused:
        sent(altynkol, officer, picture())
    assert refused.value.code == "too_many_pixels"


def test_an_empty_or_too_large_file_is_refused(altynkol, officer, settings) -> None:
    with pytest.raises(FileNotTakenError):
        services.upload(unit=altynkol, user=officer, pieces=[], name="", kind="invoice")
    settings.MAX_DOCUMENT = 10
    with pytest.raises(FileTooLargeError):
        sent(altynkol, officer)


def test_a_form_sent_twice_makes_one_document(altynkol, officer, consignment) -> None:
    first = sent(altynkol, officer, consignment=consignment, form_key="k")
    again = sent(altynkol, officer, consignment=consignment, form_key="k")
    assert first.pk == again.pk
    assert DocumentFile.objects.count() == 1


def test_who_may_not_push_keeps_no_document(altynkol) -> None:
    for role in (Role.AUDITOR, Role.LIAISON, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied):
            sent(altynkol, factories.person(altynkol, role))


def test_a_client_system_adds_to_its_own_consignments_alone(altynkol, consignment) -> None:
    own = consignment.current.submission.sender
    stranger = factories.client_system(altynkol)
    assert sent(altynkol, own, consignment=consignment).consignment == consignment
    with pytest.raises(PermissionDenied):
        sent(altynkol, stranger, consignment=consignment)
    assert list(Document.objects.visible_to(own).values_list("created_by", flat=True)) == [own.pk]
    assert not Document.objects.visible_to(stranger).exists()
    made = sent(altynkol, own)
    for service in (services.attach, services.detach):
        arguments = {"consignment": consignment} if service is services.attach else {}
        with pytest.raises(PermissionDenied):
            service(document=made, user=own, **arguments)


# ---- reading and scanning


def test_a_pdf_is_read_into_proposals_that_state_nothing_by_themselves(altynkol, officer, consignment, do_jobs) -> None:
    made = sent(altynkol, officer, consignment=consignment)
    assert made.reading == "waiting"
    assert READ in do_jobs()
    made.refresh_from_db()
    proposed = {one["field"]: one["value"] for one in made.proposed}
    assert (made.reading, proposed["gross_kg"], made.fields) == ("done", "18240.00", {})
    assert (made.file.page_count, len(made.file.pages)) == (1, 1)
    [told] = summaries([consignment.current_id]).values()
    assert (told.documents, told.disagree, told.weight_percent) == (1, None, None)


def test_a_scanner_that_says_nothing_says_not_clean(altynkol, officer, settings) -> None:
    settings.MALWARE_SCANNER = "tests.documents.test_services.silent"
    with pytest.raises(scanning.ScannerError):
        scanning.scan(io.BytesIO(b"x"))


def silent(_opened):
    return None


def test_a_hostile_pdf_fails_no_job_and_the_document_says_so(altynkol, officer, do_jobs) -> None:
    made = sent(altynkol, officer, b"%PDF-1.7\n" + b"[" * 100_000)
    do_jobs()
    made.refresh_from_db()
    assert made.reading == "failed"
    assert Job.objects.get(kind=READ).state == Job.State.DONE


def finds_the_test_string(opened) -> str:
    return "Test-Signature" if b"EVIL" in opened.read() else ""


def breaks(opened) -> str:
    raise ConnectionRefusedError("nobody there")


def test_an_infected_file_is_locked_and_not_read(altynkol, officer, settings, do_jobs) -> None:
    settings.MALWARE_SCANNER = f"{__name__}.finds_the_test_string"
    made, clean = sent(altynkol, officer, pdf(["x"]) + b"EVIL"), sent(altynkol, officer)
    assert (made.file.scan, made.file.is_open) == ("waiting", False)
    do_jobs()
    made, clean = Document.objects.get(pk=made.pk), Document.objects.get(pk=clean.pk)
    assert (made.file.scan, made.file.scan_told, made.file.is_open) == ("infected", "Test-Signature", False)
    assert (made.proposed, made.file.pages, made.reading) == ([], [], "")
    assert (clean.file.scan, clean.file.is_open, clean.reading) == ("clean", True, "done")


def test_a_scanner_that_does_not_answer_leaves_the_file_locked(altynkol, officer, settings) -> None:
    settings.MALWARE_SCANNER = f"{__name__}.breaks"
    made = sent(altynkol, officer)
    scan = Job.objects.get(kind=SCAN)
    for _attempt in range(settings.JOB_ATTEMPTS):
        with pytest.raises(ConnectionRefusedError):
            jobs.run(scan.pk)
    scan.refresh_from_db()
    assert scan.state == Job.State.FAILED
    assert Document.objects.get(pk=made.pk).file.is_open is False
    assert Job.objects.get(kind=READ).state == Job.State.WAITING, "nothing unscanned is opened"


def test_clamd_is_asked_by_its_protocol(altynkol, officer, settings, do_jobs) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    heard = []

    def serve() -> None:
        link, _address = server.accept()
        with link, link.makefile("rwb") as talk:
            assert talk.read(10) == b"zINSTREAM\0"
            while size := struct.unpack("!L", talk.read(4))[0]:
                heard.append(talk.read(size))
            talk.write(b"stream: Eicar-Signature FOUND\0")
            talk.flush()

    thread = threading.Thread(target=serve)
    thread.start()
    settings.MALWARE_SCANNER = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    made = sent(altynkol, officer, picture())
    do_jobs()
    thread.join(5)
    server.close()
    assert b"".join(heard) == picture()
    made.file.refresh_from_db()
    assert (made.file.scan, made.file.scan_told) == ("infected", "Eicar-Signature")


# ---- stating


def test_confirming_makes_a_new_version_and_the_consignment_is_scored_anew(
    altynkol, officer, consignment, do_jobs
) -> None:
    made = sent(altynkol, officer, consignment=consignment)
    do_jobs()
    said = stated(r.DocumentKind.INVOICE, "INV-7", gross_kg=Decimal(1124), packages=50)
    newer = services.state(document=made, user=officer, said=said, issued=date(2026, 3, 1), confirmed=True)
    made.refresh_from_db()
    assert (made.is_current, newer.version, newer.replaces, newer.source) == (False, 2, made, "read")
    assert (newer.consignment, newer.file, newer.number) == (consignment, made.file, "INV-7")
    assert do_jobs() == [REASSESS]
    scored = Assessment.objects.latest("pk")
    assert (scored.trigger, scored.version_id) == ("new_document", consignment.current_id)
    assert scored.indicators["documents_weight_difference_percent"] == 12.4
    assert scored.indicators["documents_packages_differ"] is False
    assert scored.indicators["invoice_missing"] is False
    assert "documents_seal_differs" not in scored.indicators
    with pytest.raises(ReplacedError):
        services.state(document=made, user=officer, said=said)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"gross_kg": Decimal(-1)}, "gross_kg"),
        ({"packages": 10**12}, "packages"),
        ({"value": Decimal(5)}, "currency"),
        ({"number": "9" * 71}, "number"),
    ],
)
def test_what_no_document_can_state_is_refused_by_its_field(altynkol, officer, said, field) -> None:
    made = sent(altynkol, officer)
    with pytest.raises(InvalidDocumentError) as refused:
        services.state(document=made, user=officer, said=stated(r.DocumentKind.INVOICE, **{"number": "1", **said}))
    assert set(refused.value.errors) == {field}
    with pytest.raises(InvalidDocumentError):
        services.state(document=made, user=officer, said=paper(), issued=date(1812, 9, 7))


# ---- matching


def test_a_stated_document_finds_its_consignment_by_what_it_names(altynkol, officer, consignment, do_jobs) -> None:
    made = sent(altynkol, officer)
    newer = services.state(document=made, user=officer, said=paper(consignments=("smgs4471",)))
    newer.refresh_from_db()
    assert (newer.consignment, newer.matched_by, newer.matched_by_user) == (consignment, "document_no", None)
    assert REASSESS in do_jobs()


def test_attaching_and_detaching_are_kept_with_who_did_it(altynkol, officer, consignment, do_jobs) -> None:
    made = sent(altynkol, officer)
    services.attach(document=made, consignment=consignment, user=officer)
    services.detach(document=made, user=officer)
    made.refresh_from_db()
    assert (made.consignment, made.matched_by, made.matched_by_user) == (None, "", officer)
    trail = list(made.history.order_by("pgh_id").values_list("consignment", "matched_by"))
    assert trail == [(None, ""), (consignment.pk, "manual"), (None, "")]
    assert do_jobs().count(REASSESS) == 2
    assert belonging.match_waiting(unit=altynkol, consignment_ids=[]) == 0


def test_what_a_person_took_away_is_not_set_there_again_by_a_rule(altynkol, officer, consignment) -> None:
    made = PaperFactory(consignment=None, unit=altynkol, said=paper(consignments=("SMGS4471",)))
    assert belonging.match_waiting(unit=altynkol, consignment_ids=[consignment.pk]) == 1
    made.refresh_from_db()
    services.detach(document=made, user=officer)
    assert belonging.match_waiting(unit=altynkol, consignment_ids=[consignment.pk]) == 0


def test_of_two_that_fit_none_is_left_out_because_another_paper_fits_newer_cargo(altynkol, monkeypatch) -> None:
    """Cut off by the newest two, one of the older twins would be the only one that fits."""
    monkeypatch.setattr(candidates, "MOST", 2)
    for number in ("TWIN", "TWIN", "NEWER"):
        factories.VersionFactory(consignment__call__unit=altynkol, consignment__document_no=number)
    papers = [of_message(1, consignments=("TWIN",)), of_message(2, consignments=("NEWER",))]
    twin, newer = services.take_documents(submission=message(altynkol).submission, documents=papers)
    assert (twin.consignment_id, newer.consignment.document_no) == (None, "NEWER")


def test_a_large_change_is_scored_in_jobs_of_a_chunk(altynkol, settings) -> None:
    settings.CHUNK_BILLS = 2
    belonging.reassess(altynkol, [5, 3, 4, 3])
    told = [job.payload["consignments"] for job in Job.objects.filter(kind=REASSESS).order_by("ordinal")]
    assert told == [[3, 4], [5]]


def test_by_hand_every_document_that_waits_is_tried_however_old(altynkol, consignment, monkeypatch) -> None:
    monkeypatch.setattr(belonging, "WAITING_AT_ONCE", 2)
    made = PaperFactory(consignment=None, unit=altynkol, said=paper(consignments=("SMGS4471",)))
    PaperFactory.create_batch(5, consignment=None, unit=altynkol, said=paper(number="OTHER"))
    assert belonging.match_waiting(unit=altynkol, consignment_ids=[]) == 1
    made.refresh_from_db()
    assert made.consignment == consignment


def test_what_an_officer_sets_beside_a_consignment_meanwhile_no_rule_overwrites(
    altynkol, officer, consignment, monkeypatch
) -> None:
    made = PaperFactory(consignment=None, unit=altynkol, said=paper(consignments=("SMGS4471",)))
    theirs = factories.VersionFactory(consignment__call__unit=altynkol, consignment__document_no="OTHER").consignment
    read = belonging.known_of

    def slowly(*asked):
        services.attach(document=made, consignment=theirs, user=officer)
        return read(*asked)

    monkeypatch.setattr(belonging, "known_of", slowly)
    assert belonging.match_waiting(unit=altynkol, consignment_ids=[consignment.pk]) == 0
    made.refresh_from_db()
    assert (made.consignment, made.matched_by) == (theirs, "manual")


def test_a_document_is_set_beside_no_consignment_of_another_unit(altynkol, officer) -> None:
    foreign = factories.ConsignmentFactory(call__unit=factories.UnitFactory(code="DOS"))
    with pytest.raises(InvalidDocumentError):
        services.attach(document=sent(altynkol, officer), consignment=foreign, user=officer)
    with pytest.raises(InvalidDocumentError):
        sent(altynkol, officer, consignment=foreign)


def message(unit) -> Message:
    submission = factories.SubmissionFactory(unit=unit)
    header = r.Header("x", r.Position(0), "S", "1", r.Function.ORIGINAL, "", r.Conveyance())
    call = factories.CallFactory(unit=unit)
    return Message(unit, submission, header, call, factories.NOON)


def of_message(offset: int, **said) -> r.Document:
    return r.Document(r.Position(offset), r.Span(offset, offset + 1), r.DocumentKind.INVOICE, f"INV-{offset}", **said)


def test_papers_of_a_message_are_taken_once_and_matched_at_once(altynkol, consignment) -> None:
    come = message(altynkol)
    papers = [of_message(1, consignments=("SMGS 44/71",), gross_kg=Decimal(900)), of_message(2)]
    made = services.take_documents(submission=come.submission, documents=papers)
    assert [(one.position, one.consignment_id) for one in made] == [(1, consignment.pk), (2, None)]
    assert services.take_documents(submission=come.submission, documents=papers) == []
    assert Document.objects.count() == 2
    assert Job.objects.get(kind=REASSESS).payload == {"consignments": [consignment.pk]}
    assert list(Document.objects.unmatched()) == [made[1]]


def test_papers_that_came_first_wait_and_find_the_consignment_that_comes(altynkol) -> None:
    services.take_documents(submission=message(altynkol).submission, documents=[of_message(1, consignments=("LATE1",))])
    late = factories.VersionFactory(consignment__call__unit=altynkol, consignment__document_no="LATE-1").consignment
    assert belonging.match_waiting(unit=altynkol, consignment_ids=[late.pk]) == 1
    assert Document.objects.get().consignment == late


def test_a_paper_is_tried_when_its_cargo_comes_however_many_newer_ones_wait(altynkol, monkeypatch) -> None:
    old = PaperFactory(consignment=None, unit=altynkol, matched_by="", said=paper(consignments=("LATE1",)))
    PaperFactory.create_batch(5, consignment=None, unit=altynkol, matched_by="", said=paper(number="OTHER"))
    monkeypatch.setattr(belonging, "WAITING_AT_ONCE", 2)
    late = factories.VersionFactory(consignment__call__unit=altynkol, consignment__document_no="LATE-1").consignment
    assert belonging.match_waiting(unit=altynkol, consignment_ids=[late.pk]) == 1
    old.refresh_from_db()
    assert old.consignment == late
    assert not Document.objects.filter(asked=None, is_current=True, consignment=None).exists()


# ---- papers that a message replaces


def told(unit, sender, function: str, when: int, offset: int = 1, **said) -> Document:
    """One push of a client system with one paper of one number."""
    submission = factories.SubmissionFactory(unit=unit, sender=sender)
    Submission.objects.filter(pk=submission.pk).update(created_at=factories.NOON + timedelta(minutes=when))
    submission.refresh_from_db()
    one = r.Document(r.Position(offset), r.Span(offset, offset + 1), r.DocumentKind.INVOICE, "INV-1", **said)
    made = services.take_documents(submission=submission, documents=[one], function=r.Function(function))
    return made[0] if made else None


@pytest.mark.parametrize("function", ["replace", "change"])
def test_a_paper_that_a_message_replaces_is_superseded_and_the_newest_counts(altynkol, consignment, function) -> None:
    sender = factories.client_system(altynkol)
    first = told(altynkol, sender, "original", 1, consignments=("SMGS4471",), gross_kg=Decimal(900))
    second = told(altynkol, sender, function, 2, consignments=("SMGS4471",), gross_kg=Decimal(1000))
    first.refresh_from_db()
    assert (first.is_current, second.is_current) == (False, True)
    assert (second.version, second.replaces, second.consignment) == (2, first, consignment)
    summary = summaries([consignment.current_id])[consignment.current_id]
    assert (summary.documents, summary.disagree) == (1, 0)
    assert list(Document.objects.visible_to(sender).order_by("pk")) == [first, second]


def test_an_original_of_a_number_that_was_told_stands_beside_it(altynkol) -> None:
    sender = factories.client_system(altynkol)
    told(altynkol, sender, "original", 1, gross_kg=Decimal(900))
    told(altynkol, sender, "original", 2, gross_kg=Decimal(1000))
    assert Document.objects.current().count() == 2


def test_nobody_replaces_the_paper_of_another_sender_or_unit(altynkol) -> None:
    told(altynkol, factories.client_system(altynkol), "original", 1, gross_kg=Decimal(900))
    told(altynkol, factories.client_system(altynkol), "replace", 2, gross_kg=Decimal(1000))
    assert Document.objects.current().count() == 2


def test_a_replacement_that_is_read_first_stands_before_what_it_replaced(altynkol, consignment) -> None:
    sender = factories.client_system(altynkol)
    third = told(altynkol, sender, "replace", 3, consignments=("SMGS4471",), gross_kg=Decimal(1000))
    first = told(altynkol, sender, "original", 1, consignments=("SMGS4471",), gross_kg=Decimal(900))
    second = told(altynkol, sender, "replace", 2, consignments=("SMGS4471",), gross_kg=Decimal(950))
    for one in (first, second, third):
        one.refresh_from_db()
    assert [one.is_current for one in (first, second, third)] == [False, False, True]
    assert [one.version for one in (first, second, third)] == [1, 2, 3]
    assert (third.replaces, second.replaces, first.replaces) == (second, first, None)


def test_a_replacement_that_says_what_the_first_said_counts_again(altynkol) -> None:
    sender = factories.client_system(altynkol)
    weights = [("original", 900), ("replace", 1000), ("replace", 900), ("replace", 900)]
    papers = [told(altynkol, sender, each, at, gross_kg=Decimal(kg)) for at, (each, kg) in enumerate(weights)]
    assert papers[3] is None  # word for word what stands
    assert Document.objects.current().get() == papers[2]
    assert papers[2].version == 3


def test_a_person_s_word_on_where_a_paper_belongs_stands_when_it_is_replaced(altynkol, officer, consignment) -> None:
    sender = factories.client_system(altynkol)
    services.attach(document=told(altynkol, sender, "original", 1), consignment=consignment, user=officer)
    second = told(altynkol, sender, "replace", 2, gross_kg=Decimal(900))
    assert (second.consignment, second.matched_by, second.matched_by_user) == (consignment, "manual", officer)


def test_one_chunk_may_replace_one_number_twice(altynkol) -> None:
    come = message(altynkol)
    papers = [replace(of_message(7), position=r.Position(at), gross_kg=Decimal(at)) for at in (1, 2, 3)]
    services.take_documents(submission=come.submission, documents=papers, function=r.Function.REPLACE)
    assert [one.version for one in Document.objects.order_by("position")] == [1, 2, 3]
    assert Document.objects.current().get().position == 3
    assert services.take_documents(submission=come.submission, documents=papers, function=r.Function.REPLACE) == []


def test_two_consignments_that_fit_leave_it_unmatched(altynkol) -> None:
    for _each in range(2):
        factories.VersionFactory(consignment__call__unit=altynkol, consignment__document_no="TWICE")
    services.take_documents(submission=message(altynkol).submission, documents=[of_message(1, consignments=("TWICE",))])
    assert Document.objects.unmatched().count() == 1


def test_a_withdrawn_consignment_and_one_of_another_unit_take_nothing(altynkol) -> None:
    factories.VersionFactory(consignment__call__unit=altynkol, consignment__document_no="GONE", function="cancel")
    other = factories.UnitFactory(code="DOS")
    factories.VersionFactory(consignment__call__unit=other, consignment__document_no="GONE")
    services.take_documents(submission=message(altynkol).submission, documents=[of_message(1, consignments=("GONE",))])
    assert Document.objects.unmatched().count() == 1


@pytest.mark.parametrize("rule", ["master_no", "ucr", "reference", "container"])
def test_each_number_is_found_in_the_tables(altynkol, rule) -> None:
    version = factories.VersionFactory(
        consignment__call__unit=altynkol, consignment__master_no="MA-5", ucr="ucr 77", submission__unit=altynkol
    )
    factories.DocumentFactory(version=version, number="INV/1")
    factories.LoadingFactory(version=version, visit__number="CSQU3054383")
    said = {
        "master_no": {"consignments": ("MA5",)},
        "ucr": {"ucr": "UCR-77"},
        "reference": {},
        "container": {"loadings": (r.Loading("CSQU 305438 3"),)},
    }[rule]
    document = stated(r.DocumentKind.INVOICE, "INV-1" if rule == "reference" else "INV-2", **said)
    made = PaperFactory(consignment=None, unit=altynkol, said=document, matched_by="")
    assert belonging.match_waiting(unit=altynkol, consignment_ids=[version.consignment_id]) == 1
    made.refresh_from_db()
    assert (made.consignment_id, made.matched_by) == (version.consignment_id, rule)


def test_taking_papers_costs_the_same_however_many(altynkol, consignment) -> None:
    def queries(count: int) -> int:
        come = message(altynkol)
        with CaptureQueriesContext(connection) as counted:
            services.take_documents(
                submission=come.submission, documents=[of_message(n, consignments=("SMGS4471",)) for n in range(count)]
            )
        return len(counted)

    queries(1)
    assert queries(2) == queries(40)


def test_trying_papers_again_costs_the_same_however_many_wait(altynkol, consignment) -> None:
    def queries(count: int) -> int:
        dated = {"unit": altynkol, "said": paper(number="OTHER"), "issued": date(2026, 10, 1)}
        PaperFactory.create_batch(count, consignment=None, **dated)
        with CaptureQueriesContext(connection) as counted:
            belonging.match_waiting(unit=altynkol, consignment_ids=[consignment.pk])
        return len(counted)

    assert queries(1) == queries(12)


# ---- comparing in bulk


def test_facts_of_many_consignments_are_read_in_a_fixed_number_of_queries(altynkol) -> None:
    def read(count: int) -> int:
        versions = [factories.VersionFactory(consignment__call__unit=altynkol) for _each in range(count)]
        for version in versions:
            PaperFactory(consignment=version.consignment, said=invoice(gross_kg=Decimal(1100)))
        ids = [version.pk for version in versions]
        with CaptureQueriesContext(connection) as counted:
            facts, _history = read_consignments(unit=altynkol, version_ids=ids)
        assert [one.papers.weight_percent for one in facts] == [10] * count
        return len(counted)

    assert read(1) == read(12)


def test_a_consignment_without_papers_has_no_such_facts(altynkol, consignment) -> None:
    facts, history = read_consignments(unit=altynkol, version_ids=[consignment.current_id])
    assert facts[0].papers is None
    [computed] = compute(facts, history)
    assert not [code for code in computed.values if code.startswith("documents_")]
    assert "invoice_missing" not in computed.values


def test_a_corrected_document_counts_in_its_newest_version_alone(altynkol, officer, consignment) -> None:
    wrong = PaperFactory(consignment=consignment, said=invoice(gross_kg=Decimal(2000)))
    services.state(document=wrong, user=officer, said=invoice(gross_kg=Decimal(1000)))
    [told] = summaries([consignment.current_id]).values()
    assert (told.documents, told.weight_percent) == (1, 0)
    papers = Document.objects.compared().filter(consignment=consignment)
    assert differences_of([consignment], {consignment.pk: papers})[consignment.pk].differing == 0


# ---- who sees it


def test_a_document_is_seen_in_its_unit_and_nowhere_else(altynkol, officer, outsider, consignment) -> None:
    made = PaperFactory(consignment=consignment, file=FileFactory(unit=altynkol, uploaded_by=officer))
    for rows in (Document.objects, DocumentFile.objects):
        assert rows.visible_to(officer).exists()
        assert not rows.visible_to(outsider).exists()
    assert made.handling == Handling.RESTRICTED


def test_with_a_case_passed_on_goes_what_may_leave_the_unit(altynkol, consignment) -> None:
    dostyk = factories.UnitFactory(code="DOS")
    colleague = factories.person(dostyk)
    case = factories.CaseFactory(assessment=factories.AssessmentFactory(version=consignment.current))
    kept = PaperFactory(consignment=consignment, handling=Handling.UNIT)
    told = PaperFactory(consignment=consignment, handling=Handling.RESTRICTED, file=FileFactory(unit=altynkol))
    assert not Document.objects.visible_to(colleague).exists()
    case.working_unit = dostyk
    case.save()
    assert list(Document.objects.visible_to(colleague)) == [told]
    assert list(DocumentFile.objects.visible_to(colleague)) == [told.file]
    assert kept.pk
    assert Consignment.objects.visible_to(colleague).exists()
    assert not Submission.objects.visible_to(colleague).exists()
