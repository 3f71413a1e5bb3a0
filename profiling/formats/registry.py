"""The readers there are, how to choose one, and what their records look like outside Python."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, BinaryIO, Final, Protocol

import orjson

from profiling.formats import baplie, container_moves, cusdec, cusrep, transport_documents
from profiling.formats.asycuda_manifest import AsycudaManifestReader
from profiling.formats.asycuda_sad import AsycudaSadReader
from profiling.formats.cuscar import CuscarReader
from profiling.formats.dcsa_bl import DcsaBillReader
from profiling.formats.ics2 import Ics2Reader
from profiling.formats.note_json import NoteJsonReader
from profiling.formats.note_xlsx import NoteXlsxReader
from profiling.formats.note_xml import NoteXmlReader
from profiling.formats.pcu_json import PcuJsonReader
from profiling.formats.rail_xlsx import RailXlsxReader
from profiling.formats.records import (
    Consignment,
    Conveyance,
    Direction,
    Function,
    Header,
    MessageTime,
    Mode,
    Place,
    Position,
    Problem,
    Purpose,
    Record,
    Reference,
    Span,
)
from profiling.formats.table import TableReader
from profiling.formats.wco_dm import WcoReader
from profiling.formats.x12 import X12Reader

HEAD_BYTES: Final = 4096
Agreed = Mapping[str, Any]
NOTHING_AGREED: Final[Agreed] = MappingProxyType({})
_NOT_SAID: Final = frozenset({"position", "span", "line"})  # where a bill stood, not what it says


class Reader(Protocol):
    """Turns the bytes of one format into records. Streams are seekable and read from their start."""

    name: str

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        """Whether the file is of this format: by its first HEAD_BYTES bytes, or by what they say is worth opening.

        May move in the stream; never raises.
        """

    def read(self, stream: BinaryIO, agreed: Agreed = NOTHING_AGREED) -> Iterator[Record | Problem]:
        """The whole file: per message Header, records and problems in the order of the file, MessageEnd.

        agreed: what was settled with the sender beforehand, for formats that cannot be read without.
        """

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        """Only the records of [start, end), which are bounds `read` gave; same positions and problems.

        What only the whole message can show (repeated or unlisted equipment) is told by `read` alone.
        """


_EDIFACT: Final[tuple[Reader, ...]] = (
    CuscarReader(),
    cusrep.READER,
    baplie.READER,
    *container_moves.READERS,
    *transport_documents.READERS,
    cusdec.READER,
)
# Notes and bills stand before pcu-json, which takes all that begins like an object of JSON.
_NOTES: Final[tuple[Reader, ...]] = (NoteJsonReader(), NoteXmlReader(), NoteXlsxReader(), DcsaBillReader())
_XML: Final[tuple[Reader, ...]] = (AsycudaManifestReader(), AsycudaSadReader(), WcoReader(), Ics2Reader())
# A table of anybody comes last: it takes what nobody else knows.
READERS: Final[tuple[Reader, ...]] = (
    *_EDIFACT,
    *_XML,
    *_NOTES,
    X12Reader(),
    PcuJsonReader(),
    RailXlsxReader(),
    TableReader(),
)


def detect(stream: BinaryIO) -> Reader | None:
    """The reader of a file. By content: names and extensions lie."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    return next((reader for reader in READERS if reader.sniff(head, stream)), None)


def reader_of(source_format: str) -> Reader:
    """The reader that made records of this format. Raises LookupError for a format that is no longer read."""
    for reader in READERS:
        if reader.name == source_format:
            return reader
    raise LookupError(source_format)


def content_digest(record: Consignment) -> str:
    """SHA-256 in hexadecimal over what the bill says: not where it stood in the file or in the list.

    Only values that were sent take part, so a field added to the records later changes no digest.
    """
    said = {name: value for name, value in _said(record).items() if name not in _NOT_SAID}
    return hashlib.sha256(_sorted_bytes(said)).hexdigest()


def header_to_json(header: Header) -> dict[str, Any]:
    """A header as plain JSON values, to be kept between the passes."""
    plain: dict[str, Any] = json.loads(_SORTED_JSON(_said(header)))
    return plain


def header_from_json(plain: Mapping[str, Any]) -> Header:
    """The header that `header_to_json` made plain."""
    sent = dict(plain)
    conveyance = dict(sent.pop("conveyance", {}))
    for name in ("departure", "arrival"):
        if name in conveyance:
            conveyance[name] = Place(**conveyance[name])
    for name in ("etd", "eta"):
        if name in conveyance:
            conveyance[name] = _time(conveyance[name])
    if "mode" in conveyance:
        conveyance["mode"] = Mode(conveyance["mode"])
    sent["conveyance"] = Conveyance(**conveyance)
    sent["position"] = Position(**sent["position"])
    sent["function"] = Function(sent["function"])
    if "purpose" in sent:
        sent["purpose"] = Purpose(sent["purpose"])
    if "direction" in sent:
        sent["direction"] = Direction(sent["direction"])
    if "issued_at" in sent:
        sent["issued_at"] = _time(sent["issued_at"])
    if "references" in sent:
        sent["references"] = tuple(_reference(one) for one in sent["references"])
    return Header(**sent)


def _reference(plain: Mapping[str, Any]) -> Reference:
    return Reference(**{**plain, "date": _time(plain["date"])} if plain.get("date") else plain)


def _time(plain: Mapping[str, Any]) -> MessageTime:
    return MessageTime(**{**plain, "local": datetime.fromisoformat(plain["local"])})


def _said(record: Any) -> dict[str, Any]:
    """The fields of a record that do not hold their default."""
    kind: Any = type(record)
    names, defaults, values = _fields(kind)
    # Most fields hold the very default, which is quicker to see than that two values are equal.
    return {
        name: found
        for name, default, found in zip(names, defaults, values(record), strict=True)
        if found is not default and found != default
    }


@cache
def _fields(kind: Any) -> tuple[tuple[str, ...], tuple[Any, ...], Callable[[Any], tuple[Any, ...]]]:
    """Names and defaults of the fields of a kind of record, and what reads them all.

    Nothing equals the default of a field that has none.
    """
    every = fields(kind)
    names = tuple(each.name for each in every)
    read: Callable[[Any], Any] = attrgetter(*names)
    values = read if len(names) > 1 else lambda record: (read(record),)
    return names, tuple(each.default for each in every), values


def _plain(value: Any) -> Any:
    """What stands in JSON for a value that JSON does not have."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else _said(value)


_SORTED_JSON: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode
_AS_SORTED_JSON: Final = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def _sorted_bytes(said: Any) -> bytes:
    """`_SORTED_JSON` in UTF-8, byte for byte, in a third of the time: a manifest has a digest a bill."""
    try:
        return orjson.dumps(said, default=_plain, option=_AS_SORTED_JSON)
    except TypeError:  # a text that is no Unicode, a whole number of more than 64 bits
        return _SORTED_JSON(said).encode("utf-8", "surrogatepass")
