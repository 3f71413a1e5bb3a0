"""Pass 2: the rows of one chunk, its assessments and its cases, in one transaction under the job's lease."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from pcu.accounts.models import Unit
from pcu.desk import jobs
from profiling.cargo import store
from profiling.cargo.loading import LoadedVersion, document_key, known_documents, load_consignments, resolve_parties
from profiling.cargo.models import Consignment, ConsignmentVersion, ConveyanceCall, Submission
from profiling.cargo.times import moment
from profiling.cargo.visits import Message, known_numbers, load_equipment, plain_number
from profiling.cases.matching import judged, match_new
from profiling.cases.opening import record_assessments, record_withdrawals
from profiling.formats import records as r
from profiling.formats.registry import content_digest, header_from_json, reader_of
from profiling.indicators.lookup import read_consignments
from profiling.intake.reading import tell
from profiling.rules.models import Assessment
from profiling.rules.services import Subject, assess

DIGEST_LENGTH = 64  # of SHA-256 in hexadecimal


def message_of(submission: Submission, payload: dict[str, Any]) -> Message:
    """The message a job belongs to, as pass 1 left it in the job's payload."""
    header = header_from_json(payload["header"])
    return Message(
        unit=submission.unit,
        submission=submission,
        header=header,
        call=ConveyanceCall.objects.get(pk=payload["call"]),
        received_at=arrived_at(header, submission.unit) if submission.is_history else submission.created_at,
    )


def arrived_at(header: r.Header, unit: Unit) -> datetime:
    """From when on a message of history counts as known: the arrival it states, which pass 1 has seen to."""
    arrival, _said = moment(header.conveyance.eta, unit.zone)
    assert arrival is not None
    return arrival


def submission_of(lease: jobs.Lease) -> Submission:
    submission: Submission = Submission.objects.select_related("unit", "sender").get(ref=lease.job.subject)
    return submission


def records_of(lease: jobs.Lease, submission: Submission, header: r.Header) -> Iterator[r.Record | r.Problem]:
    """The records of the job's spans."""
    reader = reader_of(header.source_format)
    with store.get(submission.sha256) as stream:
        for span in lease.job.payload["spans"]:
            yield from reader.read_span(stream, header, r.Span(*span))


class Misfits:
    """Values that did not fit their column, as problems of the submission."""

    def __init__(self) -> None:
        self.problems: list[r.Problem] = []

    def __call__(self, document: str, column: str, value: str) -> None:
        self.problems.append(
            r.Problem("value_misfit", r.Severity.WARNING, r.Position(0), column, document, value[:512])
        )


def load_equipment_chunk(lease: jobs.Lease) -> None:
    submission = submission_of(lease)
    message = message_of(submission, lease.job.payload)
    equipment = [record for record in records_of(lease, submission, message.header) if isinstance(record, r.Equipment)]
    misfits = Misfits()
    with lease.holding():
        if submission.is_history:
            known = known_numbers(message, equipment)
            equipment = [record for record in equipment if plain_number(record.number) not in known]
        load_equipment(message=message, equipment=equipment, on_misfit=misfits)
        tell(submission, misfits.problems)
        lease.finish({"equipment": len(equipment)})


def load_consignment_chunk(lease: jobs.Lease) -> None:
    submission = submission_of(lease)
    message = message_of(submission, lease.job.payload)
    Submission.objects.filter(pk=submission.pk, status=Submission.Status.READING).update(
        status=Submission.Status.SCORING, updated_at=timezone.now()
    )
    skip = set(lease.job.payload["skip"])
    bills = [
        record
        for record in records_of(lease, submission, message.header)
        if isinstance(record, r.Consignment) and record.position.offset not in skip
    ]
    digests = _digests(bills, lease.job.payload.get("digests", ""))
    misfits = Misfits()
    if not submission.is_history:
        with lease.holding(durable=False):
            resolve_parties(message=message, consignments=bills)
    with lease.holding():
        if submission.is_history:
            bills = _unknown_bills(message, bills, misfits)
        said = [digests[bill.position.offset] for bill in bills]
        loaded = load_consignments(message=message, consignments=bills, digests=said, on_misfit=misfits)
        flagged = 0
        _tell_unexpected(message, loaded, misfits)
        if message.header.function.withdraws:
            standing = [one.consignment_id for one in loaded if not one.overtaken]
            record_withdrawals(consignment_ids=standing, now=timezone.now())
        elif not submission.is_history:
            flagged = score_versions(message, loaded)
        tell(submission, misfits.problems)
        lease.finish({"bills": len(loaded), "flagged": flagged})


def _digests(bills: Sequence[r.Consignment], told: str) -> dict[int, str]:
    """Digest by offset, as pass 1 told them in one text, 64 characters a bill; made here where it told none."""
    if len(told) != DIGEST_LENGTH * len(bills):
        return {bill.position.offset: content_digest(bill) for bill in bills}
    return {
        bill.position.offset: told[start : start + DIGEST_LENGTH]
        for bill, start in zip(bills, range(0, len(told), DIGEST_LENGTH), strict=True)
    }


def _unknown_bills(message: Message, bills: Sequence[r.Consignment], misfits: Misfits) -> list[r.Consignment]:
    """Bills of history that nobody told of before: what is past must not amend what officers work on."""
    known = known_documents(message, bills)
    misfits.problems += [
        r.Problem("history_known", r.Severity.WARNING, bill.position, "document_no", bill.document_no)
        for bill in bills
        if document_key(message, bill) in known
    ]
    return [bill for bill in bills if document_key(message, bill) not in known]


def _tell_unexpected(message: Message, loaded: Sequence[LoadedVersion], misfits: Misfits) -> None:
    """What does not go with what stands is taken all the same and told.

    What was never announced, and what stands by another's word, are told in the same words to a client system: it
    learns nothing of the cargo of others by changing or adding numbers it has guessed.
    """
    function = message.header.function
    unknown = _unknown_to_sender(message, loaded)
    for one in loaded:
        code = ""
        if function.withdraws and (one.number == 1 or one.is_foreign):
            code = "cancel_unknown"
        elif function is r.Function.CHANGE and one.consignment_id in unknown:
            code = "change_unknown"
        elif function is r.Function.ADD and one.consignment_id not in unknown:
            code = "add_known"
        if code:
            at = one.record.position
            misfits.problems.append(r.Problem(code, r.Severity.WARNING, at, "document_no", one.record.document_no))


def _unknown_to_sender(message: Message, loaded: Sequence[LoadedVersion]) -> set[int]:
    """Of what a message changes or adds: consignments new to us, and to a client system those it never told of."""
    if message.header.function not in (r.Function.CHANGE, r.Function.ADD):
        return set()
    unknown = {one.consignment_id for one in loaded if one.number == 1}
    sender = message.submission.sender
    if not sender.is_client:
        return unknown
    told_of = ConsignmentVersion.objects.filter(
        consignment__in=[one.consignment_id for one in loaded], submission__sender=sender
    ).exclude(pk__in=[one.version_id for one in loaded])
    own = set(told_of.values_list("consignment", flat=True))
    return {one.consignment_id for one in loaded if one.consignment_id not in own}


def score_versions(message: Message, loaded: Sequence[LoadedVersion]) -> int:
    """Assess versions just written and open their cases. Returns how many are flagged."""
    # Of a bill said twice in one chunk only the last word is judged.
    flagged = _score(message, {one.consignment_id: one.version_id for one in loaded})
    _settle_overtaken(message, [one.consignment_id for one in loaded if one.overtaken])
    return flagged


def _settle_overtaken(message: Message, consignment_ids: Sequence[int]) -> None:
    """What a later message said has the last word, also when it was read first: score it again, or withdraw."""
    if not consignment_ids:
        return
    current = Consignment.objects.filter(pk__in=consignment_ids).order_by("pk")
    standing = dict(current.exclude(current__function=r.Function.CANCEL).values_list("pk", "current"))
    _score(message, standing)
    record_withdrawals(consignment_ids=[pk for pk in consignment_ids if pk not in standing], now=timezone.now())


def _score(message: Message, versions: Mapping[int, int]) -> int:
    """Assess versions, given by consignment, and open or rescore their cases. Returns how many are flagged."""
    facts, history = read_consignments(unit=message.unit, version_ids=list(versions.values()))
    subjects = [
        Subject(facts=fact, draw_key=f"consignment/{consignment}", version_id=version)
        for fact, (consignment, version) in zip(facts, versions.items(), strict=True)
    ]
    now = timezone.now()
    scored = assess(
        unit=message.unit, subjects=subjects, history=history, trigger=Assessment.Trigger.NEW_VERSION, now=now
    )
    cargo = [
        judged(result, message.call, consignment_id=consignment)
        for result, consignment in zip(scored, versions, strict=True)
    ]
    record_assessments(unit=message.unit, assessed=[one.assessed for one in cargo], now=now)
    opened = match_new(unit=message.unit, subjects=cargo, submission=message.submission, now=now)
    return sum(result.is_flagged for result in scored) + opened
