"""What pass 1 has digested pass 2 stores, bill by bill."""

from __future__ import annotations

import io

from pcu.desk.models import Job
from profiling.cargo.models import ConsignmentVersion
from profiling.formats import records as r
from profiling.formats.cuscar import CuscarReader
from profiling.formats.generate import generate_cuscar
from profiling.formats.registry import content_digest
from profiling.intake.chunks import _digests
from profiling.intake.kinds import CONSIGNMENTS
from profiling.intake.reading import MessagePlan, Scan, _planned
from tests import factories


def _bills(raw: bytes) -> list[r.Consignment]:
    return [each for each in CuscarReader().read(io.BytesIO(raw)) if isinstance(each, r.Consignment)]


def test_every_version_has_the_digest_of_its_own_bill(push, settings):
    settings.CHUNK_BILLS = 4
    pieces = list(generate_cuscar(9))
    first = pieces[-10]
    pieces[-4:-4] = [first, first.replace(b"CNT+7:", b"CNT+7:1")]  # once in the same words, once in others
    raw = b"".join(pieces)
    submission = push(raw)
    assert submission.status == "done", submission.failure
    expected = {bill.position.offset: content_digest(bill) for bill in _bills(raw)}
    stored = {
        position["offset"]: digest
        for position, digest in ConsignmentVersion.objects.filter(submission=submission).values_list(
            "position", "digest"
        )
    }
    assert len(stored) == 10
    assert stored == {offset: expected[offset] for offset in stored}
    told = Job.objects.filter(subject=submission.ref, kind=CONSIGNMENTS).values_list("payload__digests", flat=True)
    assert sum(len(digests or "") for digests in told) == 9 * 64


def test_digests_go_with_their_bills_where_a_run_is_longer_than_a_chunk(db, settings):
    """Bills of one span stay together, so the second run does not begin where the second chunk would."""
    settings.CHUNK_BILLS = 2
    header = r.Header("x", r.Position(0), "S", "1", r.Function.ORIGINAL, "M1", r.Conveyance())
    spans = [(0, 9, None), (9, 20, None), (9, 20, None), (20, 30, None), (30, 40, None)]
    digests = [bytes([place]) * 32 for place in range(5)]
    plan = MessagePlan(header, read=5, bills=spans, digests=digests)
    planned = list(_planned(factories.SubmissionFactory(), Scan(messages=[plan], read=5)))
    told = [(job.payload["spans"], job.payload["digests"]) for job in planned if job.kind == CONSIGNMENTS]
    assert told == [
        ([(0, 20, None)], b"".join(digests[:3]).hex()),
        ([(20, 40, None)], b"".join(digests[3:]).hex()),
    ]


def test_a_chunk_that_was_told_no_digests_or_too_few_makes_them():
    bills = _bills(b"".join(generate_cuscar(3)))
    expected = {bill.position.offset: content_digest(bill) for bill in bills}
    assert _digests(bills, "") == expected
    assert _digests(bills, "0" * 64 * 2) == expected
    assert _digests(bills, "".join(expected.values())) == expected
