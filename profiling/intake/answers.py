"""What a sender is told of a push in the kind it was sent: CONTRL and CUSRES for an interchange of UN/EDIFACT.

An answer is made of the envelope, the problems and the counts of a submission. It knows nothing of scores, lanes, cases
or lookouts: what is not read here cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator

from profiling.cargo.models import Submission
from profiling.cargo.sentences import problem_sentence
from profiling.formats import records as r
from profiling.formats.edifact_answers import Answered, AnsweredMessage, Told, contrl, cusres, parted
from profiling.formats.edifact_interchange import TYPES
from profiling.formats.problems import CODES
from profiling.formats.registry import header_from_json
from profiling.intake.errors import NotRead, NotThisKind

PROBLEMS_TOLD = 2000
_STATUS = Submission.Status
_NOT_READ = (_STATUS.RECEIVED, _STATUS.READING, _STATUS.MAPPING, _STATUS.SCORING, _STATUS.FAILED)


def is_interchange(source_format: str) -> bool:
    """Whether the senders of a format, as `Submission.format` names it, expect an interchange for an answer."""
    return any(kind.name == source_format for kind in TYPES.values())


def edifact_answer(submission: Submission, kind: str = "") -> bytes:
    """The interchange that answers a push; kind: "contrl" or "cusres", else CONTRL where its syntax refused it.

    The sentences are in the language of the moment. Raises NotThisKind for a push that was no interchange, NotRead
    while not all of it is told, or where we failed over it: what nobody has taken is not told as accepted.
    """
    if not is_interchange(submission.format):
        raise NotThisKind
    if submission.status in _NOT_READ:
        raise NotRead
    answered = _answered(submission)
    broken = answered.rejected and submission.problems.filter(severity=r.Severity.FATAL).exists()
    return contrl(answered) if kind == "contrl" or (not kind and broken) else cusres(answered)


def _answered(submission: Submission) -> Answered:
    headers = [header_from_json(one["header"]) for one in submission.messages]
    rejected = submission.status == Submission.Status.REJECTED
    envelope, each = parted(headers, _told(submission))
    messages = tuple(
        AnsweredMessage(
            header=header,
            accepted=0 if rejected else one["read"] - one["refused"],
            refused=one["read"] if rejected else one["refused"],
            told=tuple(told),
            rejected=rejected,
        )
        for header, one, told in zip(headers, submission.messages, each, strict=True)
    )
    return Answered(
        sender=headers[0].sender if headers else "",
        recipient=submission.unit.code,
        interchange_ref=headers[0].interchange_ref if headers else "",
        answer_ref=submission.ref.hex[-14:].upper(),
        at=(submission.finished_at or submission.updated_at).astimezone(submission.unit.zone),
        messages=messages,
        told=tuple(envelope),
        rejected=rejected,
    )


def _told(submission: Submission) -> Iterator[Told]:
    for one in submission.problems.order_by("pk")[:PROBLEMS_TOLD]:
        if one.code not in CODES:
            continue
        position = r.Position(**{"offset": 0, **one.position})
        problem = r.Problem(
            one.code, r.Severity(one.severity), position, one.field, one.document, one.received, one.params
        )
        yield Told(problem, problem_sentence(one.code, one.params))
