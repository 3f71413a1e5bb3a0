"""The readers there are, how to choose one, and what their records look like outside Python."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, BinaryIO, Final, Protocol

from profiling.formats.cuscar import CuscarReader
from profiling.formats.pcu_json import PcuJsonReader
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
    Record,
    Span,
)

HEAD_BYTES: Final = 4096
_NOT_SAID: Final = frozenset({"position", "span", "line"})  # where a bill stood, not what it says
_SORTED_JSON: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Reader(Protocol):
    """Turns the bytes of one format into records. Streams are seekable and read from their start."""

    name: str

    def sniff(self, head: bytes) -> bool:
        """Whether a file that begins with these HEAD_BYTES bytes is of this format."""

    def read(self, stream: BinaryIO) -> Iterator[Record | Problem]:
        """The whole file: per message Header, records and problems in the order of the file, MessageEnd."""

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        """Only the records of [start, end), which are bounds `read` gave; same positions and problems.

        What only the whole message can show (repeated or unlisted equipment) is told by `read` alone.
        """


READERS: Final[tuple[Reader, ...]] = (CuscarReader(), PcuJsonReader())


def detect(head: bytes) -> Reader | None:
    """The reader of a file that begins with these bytes. By content: names and extensions lie."""
    return next((reader for reader in READERS if reader.sniff(head)), None)


def content_digest(record: Consignment) -> str:
    """SHA-256 in hexadecimal over what the bill says: not where it stood in the file or in the list.

    Only values that were sent take part, so a field added to the records later changes no digest.
    """
    said = _said(record, _fields(Consignment, _NOT_SAID))
    return hashlib.sha256(_SORTED_JSON(said).encode("utf-8", "surrogatepass")).hexdigest()


def header_to_json(header: Header) -> dict[str, Any]:
    """A header as plain JSON values, to be kept between the passes."""
    plain: dict[str, Any] = _plain(header)
    plain["syntax"] = dict(header.syntax)
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
    if "direction" in sent:
        sent["direction"] = Direction(sent["direction"])
    if "issued_at" in sent:
        sent["issued_at"] = _time(sent["issued_at"])
    return Header(**sent)


def _time(plain: Mapping[str, Any]) -> MessageTime:
    return MessageTime(**{**plain, "local": datetime.fromisoformat(plain["local"])})


def _plain(value: Any) -> Any:
    """JSON values of a record; fields that hold their default are left out."""
    kind = type(value)
    if kind is str or kind is int or value is None or kind is bool:
        return value
    if kind is tuple or kind is list:
        return [_plain(each) for each in value]
    if kind is Decimal:
        return format(value.normalize(), "f")
    if is_dataclass(kind):
        return _said(value, _fields(kind))
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value


def _said(record: Any, known: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    said = {}
    for name, default in known:
        found = getattr(record, name)
        # Most fields hold the very default, which is quicker to see than that two values are equal.
        if found is not default and found != default:
            said[name] = _plain(found)
    return said


@cache
def _fields(kind: Any, without: frozenset[str] = frozenset()) -> tuple[tuple[str, Any], ...]:
    """(name, default) of the fields of a kind of record; nothing equals the default of one that has none."""
    return tuple((each.name, each.default) for each in fields(kind) if each.name not in without)
