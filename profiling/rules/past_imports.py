"""Past consignments of a customs office with what came of them, so that a unit calibrates before its first day."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import IO, Any, BinaryIO

import polars as pl
from django.db import transaction
from django.utils import timezone

from pcu.accounts.models import Unit, User
from pcu.rows import Rows, load_rows
from profiling.indicators import definitions as definitions  # registers every indicator
from profiling.indicators.catalogue import REGISTRY
from profiling.rules.core.history_file import Fault, PastRow, read
from profiling.rules.core.history_mapping import Counted, FileMapping, What, parse_mapping
from profiling.rules.core.learning_past import counts
from profiling.rules.core.learning_records import OUTCOMES
from profiling.rules.models import HistoryImport, PastRecord

TOLD = 500
"""Refused rows that an import keeps the reasons of; all are counted."""
CHUNK = 2000
MONTH = timedelta(days=30.4375)


class AlreadyImportedError(Exception):
    """The unit has this very file already."""

    def __init__(self, before: HistoryImport) -> None:
        super().__init__(before.name)
        self.before = before


class RowsRefusedError(Exception):
    """Rows were refused where all of them had to be good; nothing was kept. faults: the first of them."""

    def __init__(self, rows: int, refused: int, faults: Sequence[Fault]) -> None:
        super().__init__(f"{refused} of {rows}")
        self.rows, self.refused, self.faults = rows, refused, faults


def import_history(
    *, unit: Unit, stream: BinaryIO, name: str, mapping: object, strict: bool = False, user: User | None = None
) -> HistoryImport:
    """Keep the good rows of a file and tell what is wrong with the others; one transaction.

    stream: seekable. mapping: as YAML or JSON gives it. strict: one refused row refuses the file.
    Raises InvalidMappingError, HeadingsError, AlreadyImportedError, RowsRefusedError.
    """
    specs = REGISTRY.specs()
    parsed = parse_mapping(mapping, specs)
    digest = _digest(stream)
    before = HistoryImport.objects.filter(unit=unit, sha256=digest).first()
    if before is not None:
        raise AlreadyImportedError(before)
    stream.seek(0)
    faults: list[Fault] = []
    refused = 0
    keys: dict[str, list[str | None]] = {one.of: [] for one in parsed.past.values()}
    outcomes: dict[str, list[Any]] = {column: [] for column in OUTCOMES}
    # Good rows wait in a file: what is counted from the past needs all of them, and they may be many.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as kept, transaction.atomic():
        for row in read(stream, parsed, specs, zone=unit.zone, now=timezone.now()):
            if isinstance(row, Fault):
                refused += 1
                if len(faults) < TOLD:
                    faults.append(row)
                continue
            _keep(kept, row)
            for column, seen in keys.items():
                seen.append(row.keys[column] or None)
            for column, value in zip(OUTCOMES, (row.moment, row.result.value, row.known_at, row.random), strict=True):
                outcomes[column].append(value)
        accepted = len(outcomes["moment"])
        if strict and refused:
            raise RowsRefusedError(accepted + refused, refused, faults)
        kept.seek(0)
        source = HistoryImport.objects.create(
            unit=unit,
            name=name[:200],
            sha256=digest,
            mapping=_as_json(mapping),
            accepted=accepted,
            refused=refused,
            problems=[fault.as_json() for fault in faults],
            created_by=user,
        )
        _write(source, kept, _counted(parsed, keys, outcomes))
    return source


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def _as_json(said: object) -> object:
    """A mapping as it can be stored; YAML also has days and numbers for keys."""
    if isinstance(said, dict):
        return {str(key): _as_json(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_as_json(one) for one in said]
    return said if said is None or isinstance(said, str | int | float) else str(said)


def _keep(kept: IO[str], row: PastRow) -> None:
    known = row.known_at.timestamp() if row.known_at else None
    line = [row.row, row.moment.timestamp(), known, row.result.value, row.random, row.values]
    kept.write(json.dumps(line, ensure_ascii=False) + "\n")


def _counted(
    mapping: FileMapping, keys: Mapping[str, list[str | None]], outcomes: Mapping[str, list[Any]]
) -> Iterator[dict[str, Any]]:
    """Per row, in the order of the file, the indicators that are counted from the rows before it."""
    frame = pl.DataFrame(outcomes, schema=dict(OUTCOMES)).with_row_index("place")
    frame = frame.sort("moment", "place")
    columns = [frame["place"]]
    for code, counted in mapping.past.items():
        values = pl.Series(keys[counted.of], dtype=pl.String).gather(frame["place"])
        columns.append(_as_indicator(counted, counts(values, frame, since=counted.months * MONTH), frame).alias(code))
    back = pl.DataFrame(columns).sort("place").drop("place")
    if not back.width:
        return iter({} for _ in range(frame.height))
    return ({code: value for code, value in row.items() if value is not None} for row in back.iter_rows(named=True))


def _as_indicator(counted: Counted, found: pl.DataFrame, frame: pl.DataFrame) -> pl.Series:
    """The count in the meaning of the indicator. While the file does not reach back far enough, an absence proves
    nothing: a count is missing then, and one find is proof that it is not the first time."""
    window = pl.lit(counted.months * MONTH)
    covered = frame.select(pl.col("moment") >= pl.col("moment").min() + window).to_series()
    match counted.what:
        case What.SEEN:
            return found.select(pl.when(covered).then(pl.col("seen"))).to_series()
        case What.FIRST_TIME:
            first = pl.when(pl.col("seen") > 0).then(pl.lit(value=False)).when(covered).then(pl.col("seen") == 0)
            return found.select(first).to_series()
        case What.FINDS:
            return found.select(pl.when(covered | (pl.col("finds") > 0)).then(pl.col("finds"))).to_series()
        case What.FIND_RATE:
            return found.select(pl.when(pl.col("known") > 0).then(pl.col("finds") / pl.col("known"))).to_series()


def _write(source: HistoryImport, kept: IO[str], counted: Iterator[dict[str, Any]]) -> None:
    lines = zip(kept, counted, strict=True)
    while chunk := list(islice(lines, CHUNK)):
        rows = Rows(PastRecord)
        for line, past in chunk:
            row, moment, known, result, random, values = json.loads(line)
            rows.add(
                source_id=source.pk,
                row=row,
                moment=datetime.fromtimestamp(moment, UTC),
                known_at=datetime.fromtimestamp(known, UTC) if known is not None else None,
                result=result,
                random=random,
                indicators={**values, **past},
            )
        load_rows([rows])
