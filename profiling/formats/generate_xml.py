"""The invented messages of `generate` as XML: the same firms, goods and oddities, for tests and benchmarks."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

from profiling.formats.asycuda_write import Totals, write_awmds
from profiling.formats.cuscar import CuscarReader
from profiling.formats.generate import generate_cuscar
from profiling.formats.records import Consignment, Equipment, Header, MessageTime

OFFICE = "GEPTI"


def generate_awmds(bills: int, seed: int = 7) -> Iterator[bytes]:
    """The pieces of an ASYCUDA manifest with the cargo that `generate_cuscar` makes of the same numbers."""
    raw = b"".join(generate_cuscar(bills, seed))
    equipment: dict[str, Equipment] = {}
    header: Header | None = None
    totals = Totals.of(_bills(raw))
    for record in CuscarReader().read(io.BytesIO(raw)):
        if isinstance(record, Header):
            header = record
        elif isinstance(record, Equipment):
            equipment[record.number] = record
        elif isinstance(record, Consignment):
            break
    assert header is not None
    assert header.issued_at is not None
    day = header.issued_at.local.replace(hour=0, minute=0)
    departs = MessageTime(f"{day:%Y-%m-%d}", "date", day)
    header = replace(header, conveyance=replace(header.conveyance, etd=departs))
    yield from write_awmds(header, _bills(raw), office=OFFICE, totals=totals, equipment=equipment.get)


def _bills(raw: bytes) -> Iterator[Consignment]:
    return (record for record in CuscarReader().read(io.BytesIO(raw)) if isinstance(record, Consignment))
