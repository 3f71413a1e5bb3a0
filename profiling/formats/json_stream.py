"""A large JSON object read member by member, and its large arrays item by item, with byte offsets.

RFC 8259, UTF-8 only. Memory holds one item (at most limits.RECORD_BYTES) and one piece of the file. An item that
is cut by the end of a piece is parsed again with the next piece, so no byte is parsed more than nine times.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from json.decoder import scanstring  # type: ignore[attr-defined]  # absent from the stubs, public in CPython
from typing import Any, BinaryIO, Final, NoReturn

from profiling.formats import limits
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import Position, Severity

PIECE: Final = 1 << 20
DEPTH: Final = 60  # nesting below an item; real manifests need five
_WHITE: Final = " \t\r\n"
_BLANKS: Final = re.compile(r"[ \t\r\n]+")
_LITERALS: Final = ("true", "false", "null", "-")


class RepeatedKeys(dict[str, Any]):
    """An object in which a key stood more than once; `keys_repeated` names them."""

    keys_repeated: tuple[str, ...] = ()


class _RefusedConstantError(ValueError):
    """NaN or Infinity, which JSON does not know."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the object; for an item of a streamed array `index` is its place in it."""

    key: str
    value: Any
    start: int
    end: int
    index: int | None = None


@dataclass(frozen=True, slots=True)
class ArrayBounds:
    """A streamed array was opened at this offset (`index` None in Member events cannot say so when empty)."""

    key: str
    start: int


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond what Decimal holds
        return Decimal("Infinity")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    repeated = RepeatedKeys(members)
    repeated.keys_repeated = tuple(key for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return repeated


def _constant(name: str) -> NoReturn:
    raise _RefusedConstantError(name)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_decimal, parse_int=_decimal, parse_constant=_constant
)


class JsonStream:
    """A cursor over the text of a file. Raises BrokenFileError, whose problem has the byte offset."""

    def __init__(self, stream: BinaryIO, start: int = 0, end: int | None = None) -> None:
        self.stream = stream
        stream.seek(start)
        self.left = None if end is None else end - start
        self.text = ""
        self.at = 0  # index of the next character in `text`
        self.offset = start  # byte offset of `at`
        self.read_bytes = start  # bytes of the file given to the decoder
        self.undecoded = b""
        self.ended = False
        if start == 0:
            self._open()

    def _open(self) -> None:
        head = self.stream.read(4)
        self.stream.seek(0)
        if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head:
            self.fail("charset", 0)
        if head.startswith(codecs.BOM_UTF8):
            self.stream.seek(3)
            self.offset = self.read_bytes = 3
            self.left = None if self.left is None else self.left - 3

    def fail(self, code: str, offset: int, **params: Any) -> NoReturn:
        raise BrokenFileError(problem(code, Severity.FATAL, Position(offset), **params))

    def more(self) -> bool:
        """Read another piece; False at the end of the file."""
        if self.ended:
            return False
        block = self.stream.read(PIECE if self.left is None else min(PIECE, self.left))
        if self.left is not None:
            self.left -= len(block)
        self.ended = not block or self.left == 0
        raw = self.undecoded + block
        try:
            text, used = codecs.utf_8_decode(raw, "strict", self.ended)
        except UnicodeDecodeError as error:
            at = self.read_bytes - len(self.undecoded) + error.start
            if self.ended and error.reason == "unexpected end of data":
                self.fail("file_cut", at, missing="}")
            self.fail("charset", at)
        self.read_bytes += len(block)
        self.undecoded = raw[used:]
        if not text:
            return bool(block)  # `text` and `at` stay as they are: an error may still point into them
        self.text = self.text[self.at :] + text
        self.at = 0
        return bool(block)

    def _move(self, to: int) -> None:
        passed = self.text[self.at : to]
        self.offset += len(passed) if passed.isascii() else len(passed.encode("utf-8"))
        self.at = to

    def _offset_of(self, index: int) -> int:
        return self.offset + len(self.text[self.at : index].encode("utf-8"))

    def peek(self) -> str:
        """The next character that is not blank, without passing it; empty at the end of the file."""
        while True:
            blanks = _BLANKS.match(self.text, self.at)
            self._move(blanks.end() if blanks else self.at)
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more() and self.at >= len(self.text):
                return ""

    def take(self, expected: str) -> str:
        """Pass the next character, which must be one of `expected`."""
        found = self.peek()
        if not found:
            self.fail("file_cut", self.offset, missing=expected[-1])
        if found not in expected:
            self.fail(
                "json_invalid",
                self.offset,
                reason="one of these signs is expected: {signs}",
                signs=" ".join(expected),
                received=found,
            )
        self._move(self.at + 1)
        return found

    def value(self) -> Any:
        """The next value, whole."""
        if not self.peek():
            self.fail("file_cut", self.offset, missing="a value")
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if len(self.text) - self.at > limits.RECORD_BYTES:
                    self.fail("record_too_long", self.offset, limit=limits.RECORD_BYTES)
                if self.more():
                    continue
                self._refuse(error)
            except _RefusedConstantError as error:
                self.fail("json_invalid", self.offset, reason=str(error), received=str(error))
            except RecursionError:
                self.fail("json_too_deep", self.offset, limit=DEPTH)
            else:
                # A number at the very end of the text may go on in the next piece.
                if end == len(self.text) and isinstance(value, Decimal) and self.more():
                    continue
                if _depth_exceeds(value, DEPTH):
                    self.fail("json_too_deep", self.offset, limit=DEPTH)
                self._move(end)
                return value

    def key(self) -> str:
        """A member name and its colon."""
        self.take('"')
        while True:
            try:
                key, end = scanstring(self.text, self.at, True)
            except json.JSONDecodeError as error:
                if len(self.text) - self.at < limits.RECORD_BYTES and self.more():
                    continue
                self._refuse(error)
            else:
                self._move(end)
                self.take(":")
                return str(key)

    def _refuse(self, error: json.JSONDecodeError) -> NoReturn:
        # `error.pos` counts in the text that was parsed; nothing was read since.
        rest = self.text[error.pos :].strip(_WHITE)
        cut = error.msg.startswith("Unterminated") or any(word.startswith(rest) for word in _LITERALS)
        if cut or (rest.startswith("\\u") and len(rest) < 6):
            self.fail("file_cut", self._offset_of(len(self.text)), missing="}")
        self.fail("json_invalid", self._offset_of(error.pos), reason=error.msg.rstrip(": "), received=rest[:40])


def _depth_exceeds(value: Any, limit: int) -> bool:
    """Whether arrays and objects are nested deeper than `limit`; walks level by level, never by recursion."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _depth in range(limit):
        if not level:
            return False
        level = [
            child
            for each in level
            for child in (each.values() if isinstance(each, dict) else each)
            if isinstance(child, (dict, list))
        ]
    return bool(level)


def members(stream: BinaryIO, streamed: frozenset[str]) -> Iterator[Member | ArrayBounds]:
    """The members of the one object a file holds; arrays named in `streamed` come item by item."""
    cursor = JsonStream(stream)
    cursor.take("{")
    if cursor.peek() == "}":
        cursor.take("}")
    else:
        while True:
            key = cursor.key()
            if key in streamed and cursor.peek() == "[":
                yield ArrayBounds(key, cursor.offset)
                yield from _items(cursor, key)
            else:
                cursor.peek()
                start = cursor.offset
                value = cursor.value()
                yield Member(key, value, start, cursor.offset)
            if cursor.take(",}") == "}":
                break
    if rest := cursor.peek():
        cursor.fail("json_invalid", cursor.offset, reason="there is data after the end", received=rest)


def _items(cursor: JsonStream, key: str) -> Iterator[Member]:
    cursor.take("[")
    if cursor.peek() == "]":
        cursor.take("]")
        return
    index = 0
    while True:
        cursor.peek()
        start = cursor.offset
        value = cursor.value()
        yield Member(key, value, start, cursor.offset, index)
        index += 1
        if cursor.take(",]") == "]":
            return


def items_between(stream: BinaryIO, key: str, index: int, start: int, end: int) -> Iterator[Member]:
    """The items of an array that stand in [start, end); `index` is the place of the first of them."""
    cursor = JsonStream(stream, start, end)
    while cursor.peek():
        begin = cursor.offset
        value = cursor.value()
        yield Member(key, value, begin, cursor.offset, index)
        index += 1
        if not cursor.peek():
            return
        cursor.take(",")


def values(stream: BinaryIO) -> Iterator[Member]:
    """The items of the array that a file holds, with their index; or the one value it holds instead, without."""
    cursor = JsonStream(stream)
    if cursor.peek() == "[":
        yield from _items(cursor, "")
    else:
        start = cursor.offset
        value = cursor.value()
        yield Member("", value, start, cursor.offset)
    if rest := cursor.peek():
        cursor.fail("json_invalid", cursor.offset, reason="there is data after the end", received=rest)
