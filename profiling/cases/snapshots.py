"""The past as Parquet files, made of what the database holds: each subject once, with what came of it.

A subject stands as it was when it was decided, or as it was scored last while nobody has decided. Outcomes count as in
`cases.ledger`: by standing rows of our own examinations and of other agencies; a find that the laboratory denies was
opened all the same, and a find of a partner is credited apart. A find labels the consignment that it names, or the only
one of its case; where it could be in any of several, nothing is known of each of them.

A refresh reads who is to be in the files and what came of them (numbers and days only) in one stream, compares it with
what the files say, and asks for indicators only of who is new. So it needs no watermark, which transactions that end
late would slip under, and a file that was lost or cut mends itself.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from kombu.exceptions import OperationalError

from pcu.accounts.models import Unit
from pcu.celery import app
from pcu.sql import fetch
from profiling.cases.ledger import OWN
from profiling.indicators.catalogue import REGISTRY, Values
from profiling.rules import snapshots
from profiling.rules.core import snapshot
from profiling.rules.models import Assessment, HistoryImport, PastRecord

log = structlog.get_logger(__name__)

T = TypeVar("T")
OLD = 86_400  # seconds after which files of another catalogue are taken away: a process of before may still read them
AT_ONCE = 20_000  # assessments of a node whose files a question may wait for
REFRESH = "profiling.cases.tasks.refresh_snapshot"

# h: outcomes that no later row supersedes. told: what each says of each subject; unknown where the find may be in any.
_ASSESSED = """
  WITH h AS (
    SELECT o.case_id, o.visit_id, o.consignment_id, o.recorded_at, o.source = ANY(%(own)s) AS own,
           o.result = 'found' AND o.status <> 'withdrawn' AS found
    FROM cases_outcome o JOIN cases_case c ON c.id = o.case_id
    WHERE c.unit_id = %(unit)s AND NOT EXISTS (SELECT 1 FROM cases_outcome l WHERE l.supersedes_id = o.id)
  ), told AS (
    SELECT k.consignment_id AS subject, h.own, h.recorded_at,
           CASE WHEN h.consignment_id = k.consignment_id OR NOT h.found THEN h.found
                WHEN h.consignment_id IS NOT NULL THEN false
                WHEN (SELECT count(*) FROM cases_caseconsignment n WHERE n.case_id = h.case_id) = 1 THEN true
           END AS found
    FROM h JOIN cases_caseconsignment k ON k.case_id = h.case_id
    UNION ALL
    SELECT h.consignment_id, h.own, h.recorded_at, h.found FROM h
    WHERE h.consignment_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM cases_caseconsignment k WHERE k.case_id = h.case_id AND k.consignment_id = h.consignment_id)
    UNION ALL
    SELECT -h.visit_id, h.own, h.recorded_at, h.found FROM h WHERE h.visit_id IS NOT NULL
  ), came AS (
    SELECT subject,
           CASE WHEN bool_or(own AND found) THEN 2 WHEN bool_or(own AND found IS NULL) THEN 0
                WHEN bool_or(own) THEN 1 ELSE 0 END AS outcome,
           coalesce(min(recorded_at) FILTER (WHERE own AND found), min(recorded_at) FILTER (WHERE own)) AS known_at,
           coalesce(bool_or(NOT own AND found), false) AS credited
    FROM told GROUP BY subject
  ), decided AS (
    SELECT DISTINCT decided_assessment_id AS id FROM cases_case WHERE decided_assessment_id IS NOT NULL
  ), chosen AS (
    SELECT DISTINCT ON (coalesce(v.consignment_id, -a.visit_id))
           a.id, coalesce(v.consignment_id, -a.visit_id) AS subject, a.created_at, a.release_id,
           a.recommended_lane_id, a.score, a.sampled, a.inclusion_probability
    FROM rules_assessment a LEFT JOIN cargo_consignmentversion v ON v.id = a.version_id
         LEFT JOIN decided d ON d.id = a.id
    WHERE a.unit_id = %(unit)s
    ORDER BY coalesce(v.consignment_id, -a.visit_id), d.id IS NULL, a.id DESC
  )
  SELECT s.id, false, s.subject, s.created_at, s.release_id, l.code, s.score, coalesce(c.outcome, 0)::int,
         CASE WHEN c.outcome > 0 THEN c.known_at END, s.sampled, s.inclusion_probability::float8,
         coalesce(c.credited, false)
  FROM chosen s JOIN rules_lane l ON l.id = s.recommended_lane_id LEFT JOIN came c ON c.subject = s.subject
  ORDER BY s.id
"""
_IMPORTED = """
  SELECT p.id, true, NULL::int8, p.moment, NULL::int8, NULL::text, NULL::int,
         CASE p.result WHEN 'found' THEN 2 WHEN 'clean' THEN 1 ELSE 0 END, p.known_at, p.random, NULL::float8, false
  FROM rules_pastrecord p JOIN rules_historyimport i ON i.id = p.source_id
  WHERE i.unit_id = %(unit)s ORDER BY p.id
"""
_STAMP = """
  SELECT (SELECT count(*) FROM rules_assessment WHERE unit_id = %(unit)s),
         (SELECT max(id) FROM rules_assessment WHERE unit_id = %(unit)s),
         (SELECT count(*) FROM cases_case WHERE unit_id = %(unit)s),
         (SELECT max(updated_at) FROM cases_case WHERE unit_id = %(unit)s),
         (SELECT max(o.id) FROM cases_outcome o JOIN cases_case c ON c.id = o.case_id WHERE c.unit_id = %(unit)s),
         (SELECT count(*) FROM cases_outcome o JOIN cases_case c ON c.id = o.case_id WHERE c.unit_id = %(unit)s),
         (SELECT max(p.id) FROM rules_pastrecord p JOIN rules_historyimport i ON i.id = p.source_id
          WHERE i.unit_id = %(unit)s),
         (SELECT count(*) FROM rules_pastrecord p JOIN rules_historyimport i ON i.id = p.source_id
          WHERE i.unit_id = %(unit)s)
"""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did. rows: subjects in the files; written, removed: files; skipped: nothing had changed."""

    rows: int = 0
    written: int = 0
    removed: int = 0
    skipped: bool = False


def refresh(unit: Unit, *, force: bool = False) -> Refreshed:
    """Bring the files of one node to what the database holds. `force` looks although nothing seems to have changed.

    One at a time for each node; whoever comes meanwhile waits.
    """
    place = snapshots.folder(unit.pk)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"snapshot {unit.pk}"])
        asked = {"unit": unit.pk, "own": list(OWN)}
        told = json.dumps(fetch(_STAMP, asked), default=str)
        if not force and _stamped(place, told) and _whole(place):
            return Refreshed(skipped=True)
        at = timezone.now()
        counted, written = 0, 0
        seen: set[str] = set()
        for prefix, sql, facts_of in (("a", _ASSESSED, _assessed_facts), ("p", _IMPORTED, _imported_facts)):
            for block, rows in _blocks(sql, asked):
                path = place / f"{prefix}{block:08d}.parquet"
                written += snapshot.refresh_file(path, snapshot.labels_frame(rows), facts_of, REGISTRY.specs())
                counted += len(rows)
                seen.add(path.name)
        gone = [path for path in place.glob("*.parquet") if path.name not in seen]
        for path in gone:
            path.unlink(missing_ok=True)
        place.mkdir(parents=True, exist_ok=True)
        (place / snapshots.STAMP).write_text(json.dumps({"of": told, "at": at.isoformat(), "files": sorted(seen)}))
    _take_away_old()
    return Refreshed(counted, written, len(gone))


def _blocks(sql: str, asked: Mapping[str, Any]) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, asked)
        for block, rows in groupby(cursor, key=lambda row: row[0] // snapshot.BLOCK):
            yield block, list(rows)


def _assessed_facts(ids: Sequence[int]) -> Mapping[int, Values]:
    return dict(Assessment.objects.filter(pk__in=ids).values_list("pk", "indicators"))


def _imported_facts(ids: Sequence[int]) -> Mapping[int, Values]:
    return dict(PastRecord.objects.filter(pk__in=ids).values_list("pk", "indicators"))


def _stamp(place: Path) -> dict[str, Any]:
    try:
        stamp = json.loads((place / snapshots.STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _stamped(place: Path, told: str) -> bool:
    return bool(_stamp(place).get("of") == told)


def _whole(place: Path) -> bool:
    """Every file that the stamp names is there and can be opened."""
    names = _stamp(place).get("files", [])
    try:
        for name in names:
            snapshot.read(place / name, ["_id"])
    except snapshot.BrokenFileError:
        return False
    return True


def _take_away_old() -> None:
    """Files of another catalogue that nobody has touched for a day."""
    here = snapshots.root()
    for other in here.parent.iterdir():
        if other != here and other.is_dir() and time.time() - other.stat().st_mtime > OLD:
            shutil.rmtree(other, ignore_errors=True)


def made_at(unit_id: int) -> datetime | None:
    """Up to when the files of a node tell; None where there are none."""
    at = _stamp(snapshots.folder(unit_id)).get("at")
    return datetime.fromisoformat(at) if isinstance(at, str) else None


def refresh_all() -> int:
    """Refresh every node that has a past; one that fails does not hold the others up. Returns how many there are."""
    assessed = Assessment.objects.filter(unit=OuterRef("pk"))
    imported = HistoryImport.objects.filter(unit=OuterRef("pk"))
    nodes = list(Unit.objects.filter(Exists(assessed) | Exists(imported)))
    for unit in nodes:
        try:
            refresh(unit)
        except Exception:  # whatever went wrong at one node, the others go on; the log says where
            log.exception("snapshot_failed", unit=unit.code)
    return len(nodes)


# ------------------------------------------------------------------ asking


class NotReadyError(Exception):
    """The files of a node are not there yet, and it has too much of a past to wait for them; a job makes them."""


def on_past(units: Sequence[Unit], ask: Callable[[Sequence[int]], T]) -> T:
    """What `ask` says of the files of these nodes (ids); one that broke meanwhile is made anew and it is asked again.

    Raises NotReadyError.
    """
    _ready(units)
    numbers = [unit.pk for unit in units]
    try:
        return ask(numbers)
    except snapshots.BrokenFileError as error:
        log.warning("snapshot_broken", error=str(error))
        for unit in units:
            refresh(unit, force=True)
        return ask(numbers)


def _ready(units: Sequence[Unit]) -> None:
    late = [unit for unit in units if made_at(unit.pk) is None]
    for unit in late:
        if Assessment.objects.filter(unit=unit)[:AT_ONCE].count() < AT_ONCE:
            refresh(unit)
            continue
        try:
            app.send_task(REFRESH, args=[unit.pk])
        except (OperationalError, OSError) as error:  # the quarter of an hour comes all the same
            log.warning("snapshot_not_sent", unit=unit.code, error=str(error))
        raise NotReadyError(unit.code)
