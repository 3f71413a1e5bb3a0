"""Pass 1: read all of a file, write no cargo, tell every problem, and plan the jobs of pass 2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from operator import attrgetter
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from pcu.desk import jobs
from pcu.desk.models import Job
from pcu.rows import Rows, load_rows
from profiling.cargo import store
from profiling.cargo.calls import resolve_call
from profiling.cargo.models import ConveyanceCall, Submission, SubmissionProblem
from profiling.cargo.times import moment
from profiling.cargo.visits import plain_number
from profiling.formats import records as r
from profiling.formats.packed import PackedDigests, PackedKeys, PackedSpans
from profiling.formats.registry import NOTHING_AGREED, Agreed, Reader, content_digest, detect, header_to_json
from profiling.intake import mapping
from profiling.intake.kinds import (
    ATTACHMENTS,
    CONSIGNMENTS,
    DOCUMENTS,
    EQUIPMENT,
    FINISH,
    MOST_ROUNDS,
    MOVEMENTS,
    PHASES,
    PHASES_A_ROUND,
    REPEATS_PHASE,
)
from profiling.rules.services import live_release

PROBLEMS_AT_ONCE = 2000
PROBLEMS_KEPT = 10_000
EQUIPMENT_AT_ONCE = 5000
# Manifest numbers may be voyage numbers, which recur: how long after a manifest one of its number is about it still.
SAME_MANIFEST = timedelta(days=90)
SUBMISSIONS_ASKED = 5
MESSAGES_ANSWERED = 1000  # of one file, each by itself
# What was told of a push when it came, of the documents beside its file: reading the file anew forgets none of it.
OF_THE_PUSH = frozenset(
    {
        "document_kind", "document_broken", "document_too_many_pixels", "document_unpacks_too_large", "document_empty",
        "document_too_large", "document_one_too_many", "documents_too_large",
    }
)  # fmt: skip
# These say only the bills they touch, so one that names none says nothing.
_PARTIAL = (r.Function.CHANGE, r.Function.ADD, r.Function.DELETE)
# What is about cargo that others announced: it finds its visit or consignment by number, not by a call of its own.
_ABOUT_OTHERS = (r.Purpose.MOVEMENTS, r.Purpose.DOCUMENTS)

Span = tuple[int, int, int | None]  # start, end, number of its first segment: see records.Span
Spans = PackedSpans | list[Span]
Digests = PackedDigests | list[bytes]
_DIGEST_BYTES = 32  # SHA-256


@dataclass
class MessagePlan:
    """What pass 1 keeps of one message: where its records are, and which bills came more than once."""

    header: r.Header
    read: int = 0
    refused: int = 0
    equipment: Spans = field(default_factory=PackedSpans)
    bills: Spans = field(default_factory=PackedSpans)
    movements: Spans = field(default_factory=PackedSpans)
    documents: Spans = field(default_factory=PackedSpans)
    skipped: set[int] = field(default_factory=set)  # offsets of bills already said in the same words
    repeats: list[Span] = field(default_factory=list)  # bills said again in other words
    is_taken: bool = True  # False: nothing of it is stored, whatever it holds
    seen: PackedKeys = field(default_factory=PackedKeys)  # what names a bill; at the place where it is in `bills`
    digests: Digests = field(default_factory=partial(PackedDigests, _DIGEST_BYTES))  # of `bills`, for pass 2 to store
    reworded: dict[int, set[bytes]] = field(default_factory=dict)  # digests of what was said again, by place


@dataclass
class Scan:
    """The outcome of pass 1."""

    messages: list[MessagePlan] = field(default_factory=list)
    read: int = 0
    refused: int = 0
    equipment: int = 0
    fatal: bool = False
    errors: int = 0
    has_attachments: bool = False

    @property
    def accepted(self) -> int:
        return self.read - self.refused

    def count(self, plan: MessagePlan | None, *, read: int = 1, refused: int = 0) -> None:
        for each in (self, plan):
            if each is not None:
                each.read += read
                each.refused += refused


def read_submission(lease: jobs.Lease) -> None:
    """Read the file of a submission; reject it, or plan what writes its rows."""
    submission = Submission.objects.select_related("unit").get(ref=lease.job.subject)
    with lease.holding():
        # A reading that was cut short may have told some of its problems already; those of the push itself stay.
        submission.problems.exclude(code__in=OF_THE_PUSH).delete()
        submission.status = Submission.Status.READING
        submission.save(update_fields=["status", "updated_at"])
    told = _Problems(lease, submission)
    with store.get(submission.sha256) as stream:
        reader = detect(stream)
        if reader is None:
            told.add(r.Problem("file_format_unknown", r.Severity.FATAL, r.Position(0)))
            scan = Scan(fatal=True)
        else:
            agreed, missing = mapping.agreed_for(submission, reader, stream)
            while missing:
                if mapping.wait(lease, submission, missing):
                    return
                agreed, missing = mapping.agreed_for(submission, reader, stream)
            scan = scan_file(reader, stream, told, agreed)
            if submission.is_history:
                _check_history(submission, scan, told)
    told.end()
    with lease.holding():
        _conclude(submission, reader, scan)
        lease.finish({"read": scan.read, "refused": scan.refused})


class _Problems:
    """Problems on their way into the table, a batch at a time, so that memory stays flat.

    A file that is wrong throughout has as many as it has bytes: PROBLEMS_KEPT of each severity are kept, the rest
    counted.
    """

    def __init__(self, lease: jobs.Lease, submission: Submission) -> None:
        self.lease = lease
        self.submission = submission
        self._waiting: list[r.Problem] = []
        self._told: Counter[r.Severity] = Counter()

    def add(self, problem: r.Problem) -> None:
        self._told[problem.severity] += 1
        if self._told[problem.severity] > PROBLEMS_KEPT:
            return
        self._waiting.append(problem)
        if len(self._waiting) >= PROBLEMS_AT_ONCE:
            self.flush()

    def tick(self) -> None:
        self.lease.renew_if_due()

    def end(self) -> None:
        """Write what is left, and how many were left out."""
        left_out = sum(max(times - PROBLEMS_KEPT, 0) for times in self._told.values())
        if left_out:
            params = {"count": left_out}
            self._waiting.append(r.Problem("problems_left_out", r.Severity.WARNING, r.Position(0), params=params))
        self.flush()

    def flush(self) -> None:
        with self.lease.holding():
            tell(self.submission, self._waiting)
        self._waiting = []


def tell(submission: Submission, problems: Sequence[r.Problem]) -> None:
    """Store problems of a submission."""
    rows = Rows(SubmissionProblem)
    for problem in problems:
        rows.add(
            submission_id=submission.pk,
            code=problem.code,
            severity=problem.severity.value,
            field=problem.field[:120],
            document=problem.document[:70],
            position=problem.position.as_json(),
            received=problem.received[:512],
            params=dict(problem.params),
        )
    load_rows([rows])


def scan_file(reader: Reader, stream: BinaryIO, told: Any, agreed: Agreed = NOTHING_AGREED) -> Scan:
    """Walk the file once, as `agreed`. `told` takes the problems (`add`) and is told that work goes on (`tick`)."""
    scan = Scan()
    plan: MessagePlan | None = None
    for number, record in enumerate(reader.read(stream, agreed)):
        if number % 500 == 0:
            told.tick()
        match record:
            case r.Problem():
                scan.has_attachments |= record.code == "attachments_kept"
                scan.fatal |= record.severity is r.Severity.FATAL
                scan.errors += record.severity is r.Severity.ERROR
                told.add(record)
            case r.Header():
                plan = MessagePlan(record, is_taken=record.purpose is r.Purpose.CARGO or not record.function.withdraws)
                scan.messages.append(plan)
                if not plan.is_taken:
                    scan.errors += 1
                    told.add(_told_of("withdrawal_not_taken", r.Severity.ERROR, record))
            case r.Equipment() | r.Consignment() | r.Movement() | r.Document() if plan and not plan.is_taken:
                is_bill = not isinstance(record, r.Equipment)
                scan.count(plan, read=is_bill, refused=is_bill)
            case r.Equipment() if plan is not None:
                scan.equipment += 1
                plan.equipment.append(_place(record))
            case r.Refused():
                scan.count(plan, read=record.is_bill, refused=record.is_bill)
            case r.Consignment() if plan is not None:
                scan.count(plan)
                problem = _take(plan, record)
                if problem is not None:
                    told.add(problem)
            case r.Movement() if plan is not None:
                scan.count(plan)
                plan.movements.append(_place(record))
            case r.Document() if plan is not None:
                scan.count(plan)
                plan.documents.append(_place(record))
            case r.Count() if plan is not None:
                plan.header = replace(plan.header, counts={**plan.header.counts, record.what: record.number})
            case r.MessageEnd() if plan is not None and _says_nothing(plan):
                told.add(_told_of("names_nothing", r.Severity.WARNING, plan.header))
    if not scan.messages and not scan.fatal:
        scan.fatal = True
        told.add(r.Problem("message_missing", r.Severity.FATAL, r.Position(0)))
    return scan


def _says_nothing(plan: MessagePlan) -> bool:
    return (
        plan.is_taken
        and plan.header.function in _PARTIAL
        and not (plan.bills or plan.equipment or plan.movements or plan.documents)
    )


def _told_of(code: str, severity: r.Severity, header: r.Header) -> r.Problem:
    return r.Problem(code, severity, header.position, "function", "", header.function.value)


def _check_history(submission: Submission, scan: Scan, told: Any) -> None:
    """What is said to be history has arrived, and changes nothing that was said before."""
    for plan in scan.messages:
        header = plan.header
        arrival, said = moment(header.conveyance.eta, submission.unit.zone)
        found = []
        if arrival is None or arrival >= submission.created_at:
            found.append(
                r.Problem("history_not_past", r.Severity.FATAL, header.position, "eta", "", said.get("source", ""))
            )
        if header.function is not r.Function.ORIGINAL:
            found.append(
                r.Problem(
                    "history_not_original", r.Severity.FATAL, header.position, "function", "", header.function.value
                )
            )
        for problem in found:
            scan.fatal = True
            told.add(problem)


def _place(record: r.Equipment | r.Consignment | r.Movement | r.Document) -> Span:
    return record.span.start, record.span.end, record.span.segment


def _take(plan: MessagePlan, record: r.Consignment) -> r.Problem | None:
    """Plan one bill; a problem where the same message named it before."""
    span = _place(record)
    issuer = record.issuer or plan.header.issuer or plan.header.sender
    number = plain_number(record.document_no)
    digest = bytes.fromhex(content_digest(record))
    place = plan.seen.add(f"{len(number)}:{number}{record.document_type.value}:{issuer}")
    if place is None:
        plan.bills.append(span)
        plan.digests.append(digest)
        return None
    plan.skipped.add(record.position.offset)
    [first] = plan.digests[place : place + 1]
    again = plan.reworded.get(place, ())
    same = digest == first or digest in again
    if not same:
        plan.reworded.setdefault(place, set()).add(digest)
        plan.repeats.append(span)
    return r.Problem(
        "bill_repeated_identical" if same else "bill_repeated_different",
        r.Severity.WARNING,
        record.position,
        field="document_no",
        document=record.document_no,
        received=record.document_no,
    )


def _conclude(submission: Submission, reader: Reader | None, scan: Scan) -> None:
    """Reject, finish a dry run, or plan pass 2."""
    nothing_left = scan.read > 0 and scan.accepted == 0 and scan.equipment == 0
    nothing_left |= not any(plan.is_taken for plan in scan.messages)
    rejected = scan.fatal or nothing_left or (submission.atomic and (scan.errors > 0 or scan.refused > 0))
    submission.format = reader.name if reader else ""
    submission.function = scan.messages[0].header.function.value if scan.messages else ""
    numbers = dict.fromkeys(plan.header.manifest_number for plan in scan.messages if plan.header.manifest_number)
    submission.manifest_numbers = list(numbers)[:20]
    submission.messages = [
        {"header": header_to_json(plan.header), "read": plan.read, "refused": plan.refused}
        for plan in scan.messages[:MESSAGES_ANSWERED]
    ]
    submission.read_count = scan.read
    submission.accepted_count = 0 if rejected else scan.accepted
    submission.refused_count = scan.read - submission.accepted_count
    if rejected or submission.dry_run:
        submission.status = Submission.Status.REJECTED if rejected else Submission.Status.DONE
        submission.finished_at = timezone.now()
    submission.save()
    if not rejected and not submission.dry_run:
        live_release(submission.unit)  # raises before anything is written: there is nothing to score with
        jobs.add(unit=submission.unit, subject=submission.ref, planned=list(_planned(submission, scan)))


def _planned(submission: Submission, scan: Scan) -> Iterator[jobs.Planned]:
    """Equipment, then chunks of bills, then bills that came again in other words and movements, then the end."""
    ordinals = {EQUIPMENT: 0, CONSIGNMENTS: 0, MOVEMENTS: 0, DOCUMENTS: 0}

    def job(kind: str, phase: int, message: dict[str, Any], **payload: Any) -> jobs.Planned:
        ordinals[kind] += 1
        return jobs.Planned(kind, phase + later, ordinals[kind], {**message, **payload})

    ends: list[dict[str, Any]] = []
    above: dict[str, ConveyanceCall] = {}
    later, before = 0, r.Function.ORIGINAL
    for plan in filter(attrgetter("is_taken"), scan.messages):
        if ends and (plan.header.function, before) != (r.Function.ORIGINAL, r.Function.ORIGINAL):
            later = min(later + PHASES_A_ROUND, PHASES_A_ROUND * (MOST_ROUNDS - 1))
        before = plan.header.function
        if plan.header.purpose in _ABOUT_OTHERS:
            envelope = {"header": header_to_json(plan.header)}
            for _part, run in _runs(plan.movements, settings.CHUNK_BILLS):
                yield job(MOVEMENTS, PHASES[MOVEMENTS], envelope, spans=[run])
            for _part, run in _runs(plan.documents, settings.CHUNK_BILLS):
                yield job(DOCUMENTS, PHASES[DOCUMENTS], envelope, spans=[run])
            continue
        announced = above.get(plan.header.manifest_number) or _announced(submission, plan.header)
        call = resolve_call(
            unit=submission.unit, header=plan.header, received_at=submission.created_at, announced=announced
        )
        message = {
            "header": header_to_json(plan.header),
            "call": call.pk,
            "is_known": announced is not None,
            "names_bills": plan.read > 0,
        }
        ends.append(message)
        above[plan.header.manifest_number] = call
        for _part, run in _runs(plan.equipment, EQUIPMENT_AT_ONCE):
            yield job(EQUIPMENT, PHASES[EQUIPMENT], message, spans=[run])
        for part, run in _runs(plan.bills, settings.CHUNK_BILLS):
            skip = sorted(offset for offset in plan.skipped if run[0] <= offset < run[1])
            digests = b"".join(plan.digests[part]).hex()
            yield job(CONSIGNMENTS, PHASES[CONSIGNMENTS], message, spans=[run], skip=skip, digests=digests)
        if plan.repeats:
            yield job(CONSIGNMENTS, REPEATS_PHASE, message, spans=plan.repeats, skip=[])
    if scan.has_attachments and ends and not submission.is_history:
        later += 1
        yield jobs.Planned(ATTACHMENTS, REPEATS_PHASE + later, 0, {"header": ends[-1]["header"]})
    yield jobs.Planned(FINISH, REPEATS_PHASE + 1 + later, 0, {"messages": ends})


def _announced(submission: Submission, header: r.Header) -> ConveyanceCall | None:
    """The call that the sender last announced the manifest for, where this message replaces or cancels it."""
    number = header.manifest_number
    if header.function is r.Function.ORIGINAL or not number:
        return None
    earlier = Submission.objects.filter(
        unit=submission.unit,
        sender=submission.sender,
        manifest_numbers__contains=[number],
        created_at__lt=submission.created_at,
        created_at__gt=submission.created_at - SAME_MANIFEST,
    ).order_by("-created_at")
    for ref in earlier.values_list("ref", flat=True)[:SUBMISSIONS_ASKED]:
        for payload in Job.objects.filter(subject=ref, kind=FINISH).values_list("payload", flat=True):
            for message in payload["messages"]:
                if message["header"]["manifest_number"] == number:
                    return ConveyanceCall.objects.get(pk=message["call"])
    return None


def _runs(spans: Sequence[Span], length: int) -> Iterator[tuple[slice, Span]]:
    """Spans in runs of `length`: which of them, and from the start of the first to the end of the last.

    Records of one span stay together, for it gives all of them: a row that names a wagon and what stands on it.
    """
    index = 0
    while index < len(spans):
        end = min(index + length, len(spans))
        while end < len(spans) and spans[end][:2] == spans[end - 1][:2]:
            end += 1
        yield slice(index, end), (spans[index][0], spans[end - 1][1], spans[index][2])
        index = end
