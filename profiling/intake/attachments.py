"""Files inside a message, kept as documents of the consignments they stand in: uploads of the sender of the push."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings

from pcu.desk import jobs
from profiling.cargo import store
from profiling.cargo.models import Consignment, Submission
from profiling.formats import records as r
from profiling.formats.registry import header_from_json, reader_of
from profiling.formats.xml_attachments import Attachment
from profiling.formats.xml_reader import XmlReader
from profiling.intake import sent_documents
from profiling.intake.chunks import submission_of

_PIECE = 1 << 16


def keep_attachments(lease: jobs.Lease) -> None:
    """The job after the bills of a message: its files, under the limits of documents with a push.

    One beside the bills, or in a bill that was refused, is kept without a consignment. Done again it makes none twice.
    """
    submission = submission_of(lease)
    header = header_from_json(lease.job.payload["header"])
    reader = reader_of(header.source_format)
    assert isinstance(reader, XmlReader)
    with store.get(submission.sha256) as stream:
        found = reader.attachments(stream, header, settings.MAX_DOCUMENT)
        kept = sent_documents.take(
            submission=submission, user=submission.sender, documents=_sent(lease, submission, found)
        )
    with lease.holding():
        lease.finish({"documents": len(kept)})


def _sent(lease: jobs.Lease, submission: Submission, found: Iterator[Attachment]) -> Iterator[sent_documents.Sent]:
    for one in found:
        lease.renew_if_due()
        yield sent_documents.Sent(
            name=one.name,
            size=one.size,
            pieces=_pieces(one.data),
            consignment=_consignment(submission, one.record),
            position=r.Position(one.position.offset, None, one.position.pointer),
            is_broken=one.is_broken,
        )


def _pieces(data: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: data.read(_PIECE), b"")


def _consignment(submission: Submission, record: int | None) -> Consignment | None:
    """The consignment of the bill that begins there."""
    if record is None:
        return None
    said: Consignment | None = (
        Consignment.objects.filter(versions__submission=submission, versions__position__offset=record)
        .select_related("unit")
        .first()
    )
    return said
