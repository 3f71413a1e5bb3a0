"""What was agreed of a file before it came, and the mappings of tables: the wait for one, and its confirmation.

A table whose sender has no confirmed mapping for its headings is neither rejected nor guessed at: its submission waits.
Who may push to the unit confirms; then this and every other submission that waits for the same is read by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo import store
from profiling.cargo.models import Submission
from profiling.formats import records as r
from profiling.formats.problems import BrokenFileError
from profiling.formats.registry import NOTHING_AGREED, Agreed, Reader
from profiling.formats.table import TableReader
from profiling.formats.table_mapping import Fault, Mapping, MappingError, from_json
from profiling.formats.table_proposal import Proposal
from profiling.intake.boxes import agreed_boxes
from profiling.intake.errors import InvalidMapping, NotWaiting
from profiling.intake.kinds import READ
from profiling.intake.models import ColumnMapping

MISSING = "mapping_missing"
PREVIEWED = 20  # bills


def agreed_for(submission: Submission, reader: Reader, stream: BinaryIO) -> tuple[Agreed, str]:
    """What was agreed for a file, and the fingerprint of the headings for which a mapping is missing, "" for none.

    Every reader but that of tables is told the boxes as the unit corrects them; those of notes heed it.
    """
    if not isinstance(reader, TableReader):
        return agreed_boxes(submission.unit) or NOTHING_AGREED, ""
    try:
        fingerprint = reader.fingerprint(stream)
    except BrokenFileError:
        return NOTHING_AGREED, ""  # the reading tells what is wrong
    kept = kept_for(submission, fingerprint)
    return (with_sender(kept.mapping, submission), "") if kept else (NOTHING_AGREED, fingerprint)


def with_sender(mapping: dict[str, Any], submission: Submission) -> dict[str, Any]:
    """A mapping with whose table it reads: a table names no sender of its own.

    What the unit's own people upload is the unit's, so that the list a colleague sends again is no second cargo.
    """
    sender = submission.sender
    return {**mapping, "sender": sender.get_username() if sender.is_client else submission.unit.code}


def kept_for(submission: Submission, fingerprint: str) -> ColumnMapping | None:
    """What was confirmed for the headings with the sender of a submission."""
    found: ColumnMapping | None = ColumnMapping.objects.filter(
        unit=submission.unit_id, sender=submission.sender_id, fingerprint=fingerprint
    ).first()
    return found


def wait(lease: jobs.Lease, submission: Submission, fingerprint: str) -> bool:
    """Let a submission wait for a mapping. False where one was confirmed meanwhile."""
    with lease.holding():
        _one_at_a_time(submission, fingerprint)
        if kept_for(submission, fingerprint):
            return False
        submission.status = Submission.Status.MAPPING
        submission.format = TableReader.name
        submission.save(update_fields=["status", "format", "updated_at"])
        submission.problems.create(
            code=MISSING, severity=r.Severity.WARNING.value, position={"offset": 0}, params={"fingerprint": fingerprint}
        )
        lease.finish({"waits_for": fingerprint})
    return True


def _one_at_a_time(submission: Submission, fingerprint: str) -> None:
    """A submission that begins to wait and the confirmation that it waits for do not miss each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))",
            [f"mapping/{submission.sender_id}/{fingerprint}", submission.unit_id],
        )


# ---- what people do


def proposal_for(submission: Submission) -> Proposal:
    """What its columns seem to hold. Raises NotWaiting for what is no table, or BrokenFileError."""
    with store.get(submission.sha256) as stream:
        reader = TableReader()
        if submission.format != reader.name:
            raise NotWaiting
        return reader.proposal(stream)


def preview(submission: Submission, mapping: Mapping) -> list[r.Record | r.Problem]:
    """The first bills as they would be read, with their equipment and what is wrong with each."""
    found: list[r.Record | r.Problem] = []
    bills = 0
    with store.get(submission.sha256) as stream:
        for record in TableReader().read(stream, with_sender(mapping.as_json(), submission)):
            bills += isinstance(record, r.Consignment | r.Refused)
            if bills > PREVIEWED:
                break
            if not isinstance(record, r.Equipment) or len(found) < PREVIEWED * 20:
                found.append(record)
    return found


def waiting_like(submission: Submission, fingerprint: str) -> QuerySet[Submission]:
    """The submissions of the same sender to the same unit that wait for a mapping of these headings."""
    waiting: QuerySet[Submission] = Submission.objects.filter(
        unit=submission.unit_id,
        sender=submission.sender_id,
        status=Submission.Status.MAPPING,
        problems__code=MISSING,
        problems__params__fingerprint=fingerprint,
    ).order_by("pk")
    return waiting


def confirm(*, submission: Submission, actor: User, mapping: Any) -> ColumnMapping:
    """Confirm how the tables of this sender with these headings are read, and read those that wait for it.

    mapping: JSON as `table_mapping` has it; its fingerprint is that of the file, whatever was sent. Confirmed again, it
    holds for what comes from then on. Raises PermissionDenied, InvalidMapping, NotWaiting or BrokenFileError.
    """
    actor.scope.require(Capability.PUSH, submission.unit_id)
    proposed = proposal_for(submission)
    said = checked(mapping, proposed)
    with transaction.atomic():
        _one_at_a_time(submission, said.fingerprint)
        kept, _created = ColumnMapping.objects.update_or_create(
            unit=submission.unit,
            sender=submission.sender,
            fingerprint=said.fingerprint,
            defaults={"mapping": said.as_json(), "confirmed_by": actor, "confirmed_at": timezone.now()},
        )
        for one in list(waiting_like(submission, said.fingerprint).select_for_update(of=("self",))):
            _read_again(one)
    result: ColumnMapping = kept
    return result


def checked(mapping: Any, proposed: Proposal) -> Mapping:
    """A mapping that reads the columns of a file. Raises InvalidMapping with every column and setting at fault."""
    try:
        said = from_json({**mapping, "fingerprint": proposed.fingerprint} if isinstance(mapping, dict) else mapping)
    except MappingError as error:
        raise InvalidMapping(error.faults) from error
    columns = {one.key for one in proposed.columns}
    strange: Sequence[Fault] = [Fault("mapping_column_unknown", key) for key in said.columns if key not in columns]
    if strange:
        raise InvalidMapping(strange)
    return said


def _read_again(submission: Submission) -> None:
    """A reading of its own beside the one that found no mapping."""
    Submission.objects.filter(pk=submission.pk).update(status=Submission.Status.RECEIVED, updated_at=timezone.now())
    before = Job.objects.filter(subject=submission.ref, kind=READ).count()
    jobs.add(unit=submission.unit, subject=submission.ref, planned=[jobs.Planned(READ, 0, before, {})])
