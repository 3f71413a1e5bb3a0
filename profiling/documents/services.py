"""Documents: take files and papers of messages, state what they say, set them beside consignments."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from pcu.desk import jobs, once
from profiling.cargo import store
from profiling.cargo.models import Consignment, Submission
from profiling.documents import kinds, scanning, superseding
from profiling.documents.belonging import match, note_asked, reassess
from profiling.documents.choices import Kind, MatchedBy, Reading, Scan, Source
from profiling.documents.core import sniffing
from profiling.documents.core.plain import to_plain
from profiling.documents.errors import (
    FileNotTakenError,
    FileTooLargeError,
    InvalidDocumentError,
    NothingFailedError,
    ReplacedError,
)
from profiling.documents.models import Document, DocumentFile
from profiling.formats import records as r
from profiling.formats.problems import storable

_SPOOLED = 1 << 20
_PIECE = 1 << 16
EARLIEST = date(1990, 1, 1)
A_YEAR = timedelta(days=366)


# ---- files


def upload(
    *,
    unit: Unit,
    user: User,
    pieces: Iterable[bytes],
    name: str,
    kind: Kind | str,
    consignment: Consignment | None = None,
    handling: Handling | str = Handling.RESTRICTED,
    form_key: str = "",
    submission: Submission | None = None,
) -> Document:
    """Keep a file as a document of the unit, beside a consignment or without one; scanning and reading come after.

    A client system may set a file beside a consignment of its own alone. The same form or call sent again is answered
    with the document made first. submission: the push it came with. Raises PermissionDenied, InvalidDocumentError,
    FileTooLargeError, FileNotTakenError.
    """
    user.scope.require(Capability.PUSH, unit.pk)
    _require_choices(kind, handling)
    _require_own(user, unit, consignment)
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as spool:
        media_type = _judged(cast(BinaryIO, spool), pieces)
        spool.seek(0)
        stored = store.put(iter(lambda: spool.read(_PIECE), b""), limit=settings.MAX_DOCUMENT)
    digest = once.digest_of(form_key, user.pk, unit, kind, handling, stored.sha256, consignment or "")
    with transaction.atomic():
        before: Document | None = once.made_before(Document.objects.all(), digest)
        if before is not None:
            return before
        now = timezone.now()
        file = DocumentFile.objects.create(
            unit=unit,
            sha256=stored.sha256,
            size=stored.size,
            media_type=media_type,
            name=storable(name)[:255],
            uploaded_by=user,
            received_at=now,
            scan=Scan.WAITING if scanning.is_on() else Scan.UNSCANNED,
        )
        is_read = media_type == sniffing.PDF
        document = Document.objects.create(
            unit=unit,
            file=file,
            submission=submission,
            kind=kind,
            handling=handling,
            source=Source.FILE,
            reading=Reading.WAITING if is_read else Reading.NONE,
            asked=[],
            once=digest,
            created_by=user,
            created_at=now,
            updated_at=now,
            **(_by_hand(consignment, user, now) if consignment else {}),
        )
        planned = [jobs.Planned(kinds.SCAN, 0, 0, {})] if scanning.is_on() else []
        planned += [jobs.Planned(kinds.READ, 1, 0, {})] if is_read else []
        if planned:
            jobs.add(unit=unit, subject=document.ref, planned=planned)
        if consignment is not None:
            reassess(unit, [consignment.pk])
    return document


def judge(pieces: Iterable[bytes]) -> str:
    """The media type of what came, kept nowhere. Raises FileTooLargeError, FileNotTakenError."""
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as spool:
        return _judged(cast(BinaryIO, spool), pieces)


def _judged(spool: BinaryIO, pieces: Iterable[bytes]) -> str:
    """The media type of what came, spooled. Raises FileTooLargeError, FileNotTakenError."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > settings.MAX_DOCUMENT:
            raise FileTooLargeError(settings.MAX_DOCUMENT)
        spool.write(piece)
    if not size:
        raise FileNotTakenError("empty")
    try:
        return sniffing.media_type_of(spool)
    except sniffing.NotTakenError as error:
        raise FileNotTakenError(error.code) from error


def _require_choices(kind: str, handling: str) -> None:
    errors = {}
    if kind not in Kind.values:
        errors["kind"] = _("Choose what kind of document it is.")
    if handling not in Handling.values:
        errors["handling"] = _("Choose who may read on.")
    if errors:
        raise InvalidDocumentError(errors)


def _require_own(user: User, unit: Unit, consignment: Consignment | None) -> None:
    """A consignment is one of the unit, and of a client system one that it has declared itself."""
    if consignment is None:
        return
    if consignment.unit_id != unit.pk:
        raise InvalidDocumentError({"consignment": _("This consignment is not one of the unit.")})
    if user.is_client and not own_consignments(user).filter(pk=consignment.pk).exists():
        raise PermissionDenied


def own_consignments(user: User) -> Any:
    """What a client system has declared: it may add papers to these, and to no others."""
    return Consignment.objects.filter(versions__submission__sender=user).distinct()


def look_again(*, document: Document, user: User) -> None:
    """Have a file scanned and read again over which the scanner or a worker has failed.

    Raises PermissionDenied, or NothingFailedError where nothing of it has.
    """
    user.scope.require(Capability.RETRY, document.unit_id)
    with transaction.atomic():
        first = Document.objects.filter(file=document.file_id, version=1).exclude(file=None).first()
        if first is None or not jobs.retry_failed(first.ref):
            raise NothingFailedError
        waiting = Document.objects.filter(file=first.file_id, reading=Reading.FAILED)
        waiting.update(reading=Reading.WAITING, updated_at=timezone.now())


# ---- what a document says


@transaction.atomic
def state(
    *,
    document: Document,
    user: User,
    said: r.Document,
    issued: date | None = None,
    handling: Handling | str | None = None,
    confirmed: bool = False,
) -> Document:
    """Say what a document says: a new version of it, which replaces this one. Re-scores its consignment.

    confirmed: the fields were proposed from the file and a person has looked at them beside it; else they were entered.
    Raises PermissionDenied, InvalidDocumentError, ReplacedError.
    """
    fresh = _locked(document, user, Capability.PUSH)
    handling = fresh.handling if handling is None else handling
    _require_choices(said.kind.value, handling)
    if errors := _faults(said, issued):
        raise InvalidDocumentError(errors)
    now = timezone.now()
    Document.objects.filter(pk=fresh.pk).update(is_current=False, updated_at=now)
    kept = ("unit", "file", "submission", "position", "consignment", "matched_by", "matched_at", "matched_by_user")
    made = Document(
        **{name: getattr(fresh, name) for name in (*kept, "reading", "proposed")},
        version=fresh.version + 1,
        replaces=fresh,
        kind=said.kind.value,
        number=said.number[:70],
        issued=issued,
        fields=to_plain(said),
        source=Source.READ if confirmed else Source.ENTERED,
        handling=handling,
        created_by=user,
        created_at=now,
        updated_at=now,
    )
    note_asked(made).save()
    if made.consignment_id is None:
        match(made.unit, [made], now)
    else:
        reassess(made.unit, [made.consignment_id])
    return made


def _faults(said: r.Document, issued: date | None) -> dict[str, str]:
    errors: dict[str, str] = {}
    if len(said.number) > 70:
        errors["number"] = _("At most %(count)d characters.") % {"count": 70}
    if issued is not None and not EARLIEST <= issued <= timezone.localdate() + A_YEAR:
        errors["issued"] = _("This is not a possible date of a document.")
    figures = {"gross_kg": said.gross_kg, "net_kg": said.net_kg, "tare_kg": said.tare_kg, "value": said.value}
    for name, figure in {**figures, "packages": said.packages, "volume_m3": said.volume_m3}.items():
        if figure is not None and not 0 <= figure < 10**11:
            errors[name] = _("This is no figure that a document can state.")
    if said.value is not None and not said.currency:
        errors["currency"] = _("Say in which currency.")
    return errors


# ---- which consignment


@transaction.atomic
def attach(*, document: Document, consignment: Consignment, user: User) -> Document:
    """Set a document beside a consignment of its unit. Raises PermissionDenied, InvalidDocumentError, ReplacedError."""
    fresh = _locked(document, user, Capability.PUSH)
    if consignment.unit_id != fresh.unit_id:
        raise InvalidDocumentError({"consignment": _("This consignment is not one of the unit.")})
    return _move(fresh, consignment, user)


@transaction.atomic
def detach(*, document: Document, user: User) -> Document:
    """It belongs to another consignment, or to none here. Raises PermissionDenied, ReplacedError."""
    return _move(_locked(document, user, Capability.PUSH), None, user)


def _move(document: Document, consignment: Consignment | None, user: User) -> Document:
    before = document.consignment_id
    if before == (consignment.pk if consignment else None):
        return document
    now = timezone.now()
    moved = _by_hand(consignment, user, now) if consignment else {**_NOT_MATCHED, "matched_by_user": user}
    for name, value in (moved | {"updated_at": now}).items():
        setattr(document, name, value)
    document.save(update_fields=[*moved, "updated_at"])
    reassess(document.unit, [pk for pk in (before, document.consignment_id) if pk is not None])
    return document


_NOT_MATCHED: Mapping[str, Any] = {"consignment": None, "matched_by": "", "matched_at": None}


def _by_hand(consignment: Consignment, user: User, now: datetime) -> dict[str, Any]:
    return {
        "consignment": consignment,
        "matched_by": MatchedBy.MANUAL,
        "matched_at": now,
        "matched_by_user": user,
    }


def _locked(document: Document, user: User, capability: Capability) -> Document:
    fresh: Document = Document.objects.select_for_update(of=("self",)).select_related("unit").get(pk=document.pk)
    user.scope.require(capability, fresh.unit_id)
    if user.is_client:
        raise PermissionDenied
    if not fresh.is_current:
        raise ReplacedError
    return fresh


# ---- papers of messages


@transaction.atomic
def take_documents(
    *, submission: Submission, documents: Sequence[r.Document], function: r.Function = r.Function.ORIGINAL
) -> list[Document]:
    """The papers of one chunk of a message, each set beside its consignment where a rule finds exactly one.

    A paper is known by its submission and position: a chunk that is done again makes nothing twice. What the same
    sender told before, word for word, is kept once. function: replace and change make a paper that was told before a
    version of it, which counts from then on. A fixed number of queries but for these. Returns what was made now.
    """
    superseding.hold(submission, function)
    brought = Document.objects.filter(submission=submission, source=Source.MESSAGE)
    known = set(brought.values_list("position", flat=True))
    now = timezone.now()
    come = [
        Document(
            unit=submission.unit,
            submission=submission,
            position=one.position.offset,
            kind=one.kind.value,
            number=storable(one.number)[:70],
            issued=one.issued.local.date() if one.issued else None,
            fields=to_plain(one),
            source=Source.MESSAGE,
            function=function.value,
            created_at=now,
            updated_at=now,
        )
        for one in documents
        if one.position.offset not in known
    ]
    told = superseding.told_before(submission, come)
    made = [note_asked(one) for one in _said_newly(come, told, is_replacing=function.value in superseding.REPLACING)]
    lost = _save(made, told, now)
    match(submission.unit, [one for one in made if one.is_current and one.matched_by_user_id is None], now)
    reassess(submission.unit, lost)
    return made


def _save(made: Sequence[Document], told: Mapping[superseding.Identity, list[Document]], now: datetime) -> list[int]:
    """Save papers, those that were told before in their place among their versions.

    Returns the consignments whose papers changed by it.
    """
    single: list[Document] = []
    changed: list[int] = []
    seen: dict[superseding.Identity, list[Document]] = {}
    for one in made:
        identity = superseding.identity_of(one)
        if identity is None or not (identity in seen or told.get(identity)):
            single.append(one)
            if identity is not None:
                seen[identity] = [one]
    Document.objects.bulk_create(single, batch_size=500)
    for one in made:
        identity = superseding.identity_of(one)
        if one.pk is None and identity is not None:
            before = sorted([*told.get(identity, ()), *seen.get(identity, ())], key=superseding.when)
            changed += superseding.take_as_version(one, before, now)
            seen.setdefault(identity, []).append(one)
    return changed


def _said_newly(
    come: Sequence[Document], told: Mapping[superseding.Identity, list[Document]], *, is_replacing: bool
) -> list[Document]:
    """The papers that the sender has not told the unit before in the same words, each once.

    A replacement is held against what stands alone: it may well say what was said before the last one. One without a
    number is looked for in this chunk alone: numbers are what papers are found by.
    """
    before = (one for rows in told.values() for one in rows if one.is_current or not is_replacing)
    said = {_words(one.fields) for one in before}
    newly = []
    for one in come:
        words = _words(one.fields)
        if words not in said:
            said.add(words)
            newly.append(one)
    return newly


def _words(fields: Mapping[str, Any]) -> str:
    """What a paper says, wherever it stood in its file."""
    return json.dumps({name: fields[name] for name in fields.keys() - {"position", "span"}}, sort_keys=True)
