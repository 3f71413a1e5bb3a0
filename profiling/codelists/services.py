"""Loading a file of a code list or of rates: streamed, all of it or nothing, the same file twice changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Any, BinaryIO, Final

from django.db import connection, models, transaction
from django.utils import timezone

from pcu.accounts.models import User
from profiling.codelists.models import Entry, Load, Place, Rate
from profiling.reference.files import rows
from profiling.reference.files.lists import check_edition
from profiling.reference.files.registry import read
from profiling.reference.files.rows import BY_EDITION, Fault, Kind, Said

FAULTS_KEPT: Final = 100
BATCH: Final = 2000
_PIECE: Final = 1 << 20
_LOCK: Final = 0x70637572  # one load at a time: two files of one table would count each other's rows as changed
_STEP: Final = Decimal("1e-10")


@dataclass(slots=True)
class Outcome:
    """What loading a file did. load: None on a dry run, or where a file that was loaded before changed nothing."""

    kind: Kind
    edition: str = ""
    form: str = ""
    rows: int = 0
    added: int = 0
    changed: int = 0
    refused: int = 0
    faults: list[Fault] = field(default_factory=list)
    load: Load | None = None

    @property
    def unchanged(self) -> int:
        return self.rows - self.added - self.changed


class _UndoError(Exception):
    """Leaves a transaction of which nothing is to stay."""


def load(
    *,
    kind: Kind,
    stream: BinaryIO,
    file_name: str,
    edition: str = "",
    user: User | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Load one file. Raises rows.FileError where it cannot be read as this kind; then nothing of it stays.

    edition: of the whole file; what the file says of itself counts where none is given. Rows that cannot be used are
    left out and told (`faults`, the first hundred; `refused` counts all). Other files' rows stay as they are.
    """
    outcome = Outcome(kind, edition)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            _load(outcome, stream, PurePath(file_name).name[:200], user)
            if dry_run or outcome.load is None:
                raise _UndoError
    except _UndoError:
        outcome.load = None
    return outcome


def _load(outcome: Outcome, stream: BinaryIO, file_name: str, user: User | None) -> None:
    sha256 = _digest(stream)
    before = Load.objects.filter(kind=outcome.kind, sha256=sha256)
    if outcome.edition:
        before = before.filter(edition=outcome.edition)
    known = before.order_by("-pk").first()
    made = Load.objects.create(
        kind=outcome.kind,
        edition=outcome.edition[:40],
        form="",
        file_name=file_name,
        sha256=sha256,
        rows=0,
        added=0,
        changed=0,
        refused=0,
        loaded_by=user,
        loaded_at=timezone.now(),
    )
    batch: dict[Any, rows.Row] = {}
    for one in read(outcome.kind, stream, file_name):
        if isinstance(one, Said):
            outcome.form = outcome.form or one.form
            outcome.edition = outcome.edition or one.edition
            if outcome.kind in BY_EDITION:
                check_edition(outcome.edition)
        elif isinstance(one, Fault):
            outcome.refused += 1
            if len(outcome.faults) < FAULTS_KEPT:
                outcome.faults.append(one)
        else:
            batch[_key(one)] = one  # within a file the last row of a code holds
            if len(batch) >= BATCH:
                _write(outcome, made, batch.values())
                batch = {}
    _write(outcome, made, batch.values())
    if known is not None and not outcome.added and not outcome.changed:
        return
    made.edition, made.form = outcome.edition[:40], outcome.form[:60]
    made.rows, made.added, made.changed = outcome.rows, outcome.added, outcome.changed
    made.refused, made.faults = outcome.refused, [_as_json(fault) for fault in outcome.faults]
    made.save()
    outcome.load = made


def _digest(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while piece := stream.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _as_json(fault: Fault) -> dict[str, Any]:
    return {
        "line": fault.line,
        "code": fault.code,
        "received": fault.received[:200].replace("\0", ""),
        "part": fault.part[:200],
        "params": dict(fault.params),
    }


def _key(row: rows.Row) -> tuple[Any, ...]:
    if isinstance(row, rows.Place):
        return row.scheme, row.code
    return (row.day, row.source, row.currency) if isinstance(row, rows.Rate) else (row.code,)


_PLACE: Final = (
    *("name", "name_ru", "names", "country", "subdivision", "kind", "functions", "status"),
    *("latitude", "longitude", "valid_from", "valid_to", "is_withdrawn", "remark"),
)
_ENTRY: Final = ("name", "name_ru", "details", "is_withdrawn")
_RATE: Final = ("hub", "hub_units", "currency_units")


def _write(outcome: Outcome, made: Load, found: Iterable[rows.Row]) -> None:
    """Insert what is new and update what differs: one query to read, two to write."""
    batch = list(found)
    if not batch:
        return
    outcome.rows += len(batch)
    if outcome.kind is Kind.PLACES:
        places = [_place(row, made) for row in batch if isinstance(row, rows.Place)]
        standing = Place.objects.filter(code__in={place.code for place in places})
        _merge(outcome, Place, places, {(one.scheme, one.code): one for one in standing}, _PLACE, _place_key)
    elif outcome.kind is Kind.RATES:
        rates = [_rate(row, made) for row in batch if isinstance(row, rows.Rate)]
        days = {rate.day for rate in rates}
        known = Rate.objects.filter(day__gte=min(days), day__lte=max(days))
        _merge(outcome, Rate, rates, {_rate_key(one): one for one in known}, _RATE, _rate_key)
    else:
        edition = outcome.edition if outcome.kind in BY_EDITION else ""
        entries = [_entry(row, made, edition) for row in batch if isinstance(row, rows.Entry)]
        codes = {entry.code for entry in entries}
        listed = Entry.objects.filter(kind=outcome.kind, edition=edition, code__in=codes)
        _merge(outcome, Entry, entries, {one.code: one for one in listed}, _ENTRY, _entry_key)


def _place_key(place: Any) -> Any:
    return place.scheme, place.code


def _rate_key(rate: Any) -> Any:
    return rate.day, rate.source, rate.currency


def _entry_key(entry: Any) -> Any:
    return entry.code


def _merge(
    outcome: Outcome,
    model: type[models.Model],
    batch: Sequence[models.Model],
    standing: dict[Any, Any],
    said: Sequence[str],
    key: Any,
) -> None:
    fresh, differing = [], []
    for row in batch:
        other = standing.get(key(row))
        if other is None:
            fresh.append(row)
            continue
        row.pk = other.pk
        # A file that has no Russian names does not take away those that another brought.
        for name in ("name_ru", "names"):
            if name in said and not getattr(row, name):
                setattr(row, name, getattr(other, name))
        if any(getattr(row, name) != getattr(other, name) for name in said):
            differing.append(row)
    manager = model._default_manager
    manager.bulk_create(fresh, batch_size=BATCH)
    manager.bulk_update(differing, [*said, "load"], batch_size=BATCH // 4)
    outcome.added += len(fresh)
    outcome.changed += len(differing)


def _place(row: rows.Place, made: Load) -> Place:
    said = {name: getattr(row, name) for name in _PLACE}
    return Place(scheme=row.scheme, code=row.code, load=made, **{**said, "names": list(row.names)})


def _entry(row: rows.Entry, made: Load, edition: str) -> Entry:
    return Entry(
        kind=made.kind,
        edition=edition,
        code=row.code,
        name=row.name,
        name_ru=row.name_ru,
        details=dict(row.details),
        is_withdrawn=row.is_withdrawn,
        load=made,
    )


def _rate(row: rows.Rate, made: Load) -> Rate:
    return Rate(
        source=row.source,
        day=row.day,
        hub=row.hub,
        hub_units=max(row.hub_units.quantize(_STEP), _STEP),
        currency=row.currency,
        currency_units=max(row.currency_units.quantize(_STEP), _STEP),
        load=made,
    )
