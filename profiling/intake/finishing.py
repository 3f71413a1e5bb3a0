"""The last job of a submission: what only the whole message can show, and the final count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.loading import load_withdrawals
from profiling.cargo.models import (
    Consignment,
    EquipmentVisit,
    Loading,
    Placement,
    SealObservation,
    Submission,
    VisitStatement,
)
from profiling.cargo.visits import Message
from profiling.cases.matching import judged, match, match_new, read_stored
from profiling.cases.opening import record_assessments, record_withdrawals
from profiling.documents.belonging import match_waiting, reassess
from profiling.formats import records as r
from profiling.indicators.lookup import read_visits
from profiling.intake.chunks import Misfits, message_of, submission_of
from profiling.intake.kinds import CONSIGNMENTS, FINISH, MOVEMENTS
from profiling.intake.reading import tell
from profiling.lookouts.services import watchlist_of
from profiling.rules.models import Assessment
from profiling.rules.services import Subject, assess

VISITS_AT_ONCE = 1000
Payload = Mapping[str, Any]


def finish_submission(lease: jobs.Lease) -> None:
    submission = submission_of(lease)
    misfits = Misfits()
    with lease.holding():
        _one_at_a_time(submission)
        flagged = sum(
            job.result.get("flagged", 0)
            for job in Job.objects.filter(subject=submission.ref, kind__in=(CONSIGNMENTS, MOVEMENTS))
        )
        payloads = lease.job.payload["messages"]
        messages = [message_of(submission, payload) for payload in payloads]
        for message, payload in zip(messages, payloads, strict=True):
            is_cargo = message.header.purpose is r.Purpose.CARGO
            if is_cargo and message.header.function is r.Function.REPLACE and not payload["is_known"]:
                misfits.problems.append(_unknown("replace_unknown", message.header))
            _withdraw_missing(message, payload, misfits)
            if not message.header.function.withdraws and not submission.is_history:
                flagged += _score_unbilled(message)
                flagged += _watch_billed(message)
                _score_stowed(message)
            lease.renew_if_due()
        for later, payload in _finished_later(submission, messages):
            told = Misfits()
            _withdraw_missing(later, payload, told)
            tell(later.submission, told.problems)
        _link_houses(submission)
        if come := list(submission.versions.order_by().values_list("consignment", flat=True).distinct()):
            match_waiting(unit=submission.unit, consignment_ids=come)
        tell(submission, misfits.problems)
        submission.status = Submission.Status.DONE
        submission.flagged_count = flagged
        submission.finished_at = timezone.now()
        submission.save(update_fields=["status", "flagged_count", "finished_at", "updated_at"])
        lease.finish({"flagged": flagged})


def _one_at_a_time(submission: Submission) -> None:
    """Of two messages of one sender that finish together the second sees all that the first has written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))",
            [f"finish/{submission.sender_id}", submission.unit_id],
        )


def _finished_later(submission: Submission, messages: Sequence[Message]) -> Iterator[tuple[Message, Payload]]:
    """Messages about the same manifests that came after this submission, yet were done before it, oldest first.

    Each with what pass 1 left of it.
    """
    told = {(message.call.pk, message.header.manifest_number) for message in messages}
    same_manifest = Q(pk=None)
    for number in submission.manifest_numbers:
        same_manifest |= Q(manifest_numbers__contains=[number])
    later = {
        one.ref: one
        for one in Submission.objects.filter(
            same_manifest,
            unit=submission.unit,
            sender=submission.sender,
            created_at__gt=submission.created_at,
            status=Submission.Status.DONE,
        )
        .select_related("unit", "sender")
        .order_by("created_at", "pk")
    }
    payloads = dict(
        Job.objects.filter(subject__in=later, kind=FINISH, state=Job.State.DONE).values_list("subject", "payload")
    )
    for ref, one in later.items():
        for payload in payloads.get(ref, {}).get("messages", ()):
            message = message_of(one, payload)
            if (message.call.pk, message.header.manifest_number) in told:
                yield message, payload


def _unknown(code: str, header: r.Header) -> r.Problem:
    return r.Problem(code, r.Severity.WARNING, header.position, "manifest_number", "", header.manifest_number)


def _withdraw_missing(message: Message, payload: Payload, misfits: Misfits) -> None:
    """Bills of the manifest that a replacement no longer names, or all of one cancelled as a whole.

    Only what announces cargo takes cargo back: a report of the call or a stowage plan, sent anew or cancelled under the
    number of the manifest, says nothing of bills.
    """
    header = message.header
    if header.purpose is not r.Purpose.CARGO:
        return
    if header.function not in (r.Function.REPLACE, r.Function.CANCEL) or not header.manifest_number:
        return
    if header.function is r.Function.CANCEL and _names_bills(message, payload):
        return  # single bills are cancelled, also one that was refused; the rest of the manifest stands
    standing = list(
        Consignment.objects.of_unit(message.unit)
        .filter(
            call=message.call,
            current__manifest_number=header.manifest_number[:70],
            current__submission__sender=message.submission.sender,
        )
        .exclude(current__received_at__gt=message.received_at)
        .exclude(current__function=r.Function.CANCEL)
        .filter(_said_before(message))
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    if header.function is r.Function.CANCEL and not standing:
        misfits.problems.append(_unknown("cancel_unknown", header))
    load_withdrawals(message=message, consignments=standing)
    record_withdrawals(consignment_ids=[consignment.pk for consignment in standing], now=timezone.now())
    if header.function is r.Function.REPLACE:
        misfits.problems += [
            r.Problem(
                "left_out_of_replacement", r.Severity.WARNING, header.position, "document_no", consignment.document_no
            )
            for consignment in standing
        ]


def _names_bills(message: Message, payload: Payload) -> bool:
    """Whether the message named bills, taken or refused. Jobs planned before this was told are judged by their rows."""
    if "names_bills" in payload:
        return bool(payload["names_bills"])
    header = message.header
    named = message.submission.versions.filter(
        consignment__call=message.call, manifest_number=header.manifest_number[:70], function=header.function.value
    )
    return named.exists()


def _said_before(message: Message) -> Q:
    """Said by another submission, or as original further up in the same file."""
    same = Q(current__submission=message.submission)
    above = Q(current__function=r.Function.ORIGINAL.value, current__position__offset__lt=message.header.position.offset)
    return ~same | above


def _score_unbilled(message: Message) -> int:
    """Equipment that this message declares and no standing bill names is scored by itself; how many are flagged.

    Only what a bill says now counts: equipment that was taken off its bill is laden without one.
    """
    named = Loading.objects.filter(visit=OuterRef("pk"), version__consignment__current=F("version"))
    unbilled = list(
        EquipmentVisit.objects.of_unit(message.unit)
        .filter(call=message.call, current__submission=message.submission, carried=None)
        .filter(~Exists(named))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return sum(
        score_visits(message, unbilled[start : start + VISITS_AT_ONCE])
        for start in range(0, len(unbilled), VISITS_AT_ONCE)
    )


def score_visits(message: Message, visit_ids: Sequence[int]) -> int:
    """Assess equipment that no bill names and open its cases. Returns how many are flagged."""
    facts, history = read_visits(unit=message.unit, visit_ids=visit_ids)
    subjects = [
        Subject(facts=fact, draw_key=f"visit/{pk}", visit_id=pk) for fact, pk in zip(facts, visit_ids, strict=True)
    ]
    now = timezone.now()
    scored = assess(
        unit=message.unit, subjects=subjects, history=history, trigger=Assessment.Trigger.NEW_VISIT, now=now
    )
    cargo = [judged(result, message.call) for result in scored]
    record_assessments(unit=message.unit, assessed=[one.assessed for one in cargo], now=now)
    opened = match_new(unit=message.unit, subjects=cargo, submission=message.submission, now=now)
    return sum(result.is_flagged for result in scored) + opened


def _watch_billed(message: Message) -> int:
    """Seals and wagons that this message tells of equipment whose bills came before it are held against the lookouts.

    The bills it brings itself have been, with all their equipment. Returns how many cases were opened.
    """
    now = timezone.now()
    watchlist = watchlist_of(message.unit, now)
    told = {"submission": message.submission, "visit__unit": message.unit, "visit__call": message.call}
    visits = {
        *SealObservation.objects.filter(number__in=watchlist.seal_numbers, **told).values_list("visit", flat=True),
        *Placement.objects.filter(carrier__number__in=watchlist.carrier_numbers, **told).values_list(
            "visit", flat=True
        ),
    }
    named = Loading.objects.filter(visit__in=visits, version__consignment__current=F("version"))
    bills = set(named.exclude(version__submission=message.submission).values_list("version__consignment", flat=True))
    if not bills:
        return 0
    cargo = read_stored(unit=message.unit, consignment_ids=sorted(bills), now=now)
    opened = match(unit=message.unit, watchlist=watchlist, subjects=cargo, submission=message.submission, now=now)
    return sum(not one.flagged for one in opened)


def _score_stowed(message: Message) -> None:
    """Consignments in containers of which a stowage plan tells dangerous goods are scored anew: they came before it."""
    if message.header.purpose is not r.Purpose.STOWAGE:
        return
    told = VisitStatement.objects.filter(submission=message.submission, stated__has_key="dangerous")
    told = told.filter(visit__call=message.call)
    named = Loading.objects.filter(visit__in=told.values("visit"), version__consignment__current=F("version"))
    reassess(message.unit, list(named.values_list("version__consignment", flat=True).distinct()))


def _link_houses(submission: Submission) -> None:
    """Point house bills at their master, whichever came first: on the same call, else the newest of that number."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE cargo_consignment house SET master_id = found.master_id FROM (
              SELECT DISTINCT ON (h.id) h.id AS house_id, m.id AS master_id
              FROM cargo_consignment h
              JOIN cargo_consignment m ON m.unit_id = h.unit_id AND m.document_no = h.master_no AND m.id <> h.id
               AND m.document_type IN ('master_bill', 'bill')
              WHERE h.unit_id = %s AND h.master_id IS NULL AND h.master_no > ''
              ORDER BY h.id, (m.call_id = h.call_id) DESC, m.id DESC
            ) found WHERE house.id = found.house_id
            """,
            [submission.unit_id],
        )
