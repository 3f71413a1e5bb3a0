"""Documents that come with a push: each is kept as an upload of its sender, or told as a problem of the submission.

The manifest is taken whatever its documents are. A document is set beside no consignment by itself: its page offers
those of the submission first, and a person chooses. A push that comes again makes no document and no problem twice; one
that was cut between its manifest and its documents is completed by its repetition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from pcu.accounts.models import User
from profiling.cargo.models import Consignment, Submission
from profiling.documents import services
from profiling.documents.choices import Kind
from profiling.documents.errors import FileNotTakenError, FileTooLargeError
from profiling.documents.models import Document
from profiling.formats import records as r
from profiling.formats.problems import problem
from profiling.intake.reading import OF_THE_PUSH, tell

MB = 1 << 20
_NOWHERE = r.Position(0)  # beside the file of the push


@dataclass(frozen=True, slots=True)
class Sent:
    """One file of a push. name: as the sender called it. size: bytes.

    consignment: what the push itself sets it beside. position: where it stands in the file of the push. is_broken: what
    stands there is no file.
    """

    name: str
    size: int
    pieces: Iterable[bytes]
    consignment: Consignment | None = None
    position: r.Position = _NOWHERE
    is_broken: bool = False


class _NotTakenError(Exception):
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def take(*, submission: Submission, user: User, documents: Iterable[Sent]) -> list[Document]:
    """Keep the documents of a push; of one that is checked only, none, yet what is wrong is told all the same.

    Returns those that stand now, also from the same push before. Raises PermissionDenied.
    """
    made: dict[int, Document] = {}
    refused: list[r.Problem] = []
    size = 0
    for place, sent in enumerate(documents):
        size += sent.size
        try:
            if place >= settings.MAX_PUSH_DOCUMENTS:
                raise _NotTakenError("document_one_too_many", limit=settings.MAX_PUSH_DOCUMENTS)
            if size > settings.MAX_PUSH_DOCUMENT_BYTES:
                raise _NotTakenError("documents_too_large", limit=settings.MAX_PUSH_DOCUMENT_BYTES // MB)
            if sent.is_broken:
                raise _NotTakenError("document_broken")
            kept = _keep(submission, user, sent)
        except _NotTakenError as error:
            name = sent.name or "–"
            told = {"field": "document", "received": name, "name": name, **error.params}
            refused.append(problem(error.code, r.Severity.WARNING, sent.position, **told))
            continue
        if kept is not None:
            made[kept.pk] = kept
    _tell_once(submission, refused)
    return list(made.values())


def _keep(submission: Submission, user: User, sent: Sent) -> Document | None:
    try:
        if submission.dry_run:
            services.judge(sent.pieces)
            return None
        return services.upload(
            unit=submission.unit,
            user=user,
            pieces=sent.pieces,
            name=sent.name,
            kind=Kind.OTHER,
            consignment=sent.consignment,
            form_key=f"push:{submission.ref}",
            submission=submission,
        )
    except FileTooLargeError as error:
        raise _NotTakenError("document_too_large", limit=settings.MAX_DOCUMENT // MB) from error
    except FileNotTakenError as error:
        raise _NotTakenError(f"document_{error.code.removeprefix('file_')}") from error


@transaction.atomic
def _tell_once(submission: Submission, refused: Sequence[r.Problem]) -> None:
    if not refused:
        return
    Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)  # two repetitions, one after the other
    known = set(submission.problems.filter(code__in=OF_THE_PUSH).values_list("code", "received"))
    tell(submission, [one for one in refused if (one.code, one.received) not in known])
