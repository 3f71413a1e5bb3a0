"""Which characters the bytes of an XML file are, and how they are made fit to be parsed without moving any.

XML 1.0 (fifth edition), 4.3.3 and appendix F: byte order mark, then declaration, then UTF-8. Senders declare one set
and write another, so UTF-8 is tried first, as for UN/EDIFACT. Bytes that cannot stand in XML are replaced one for
one: every offset stays true, and one control character does not cost a whole manifest.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from profiling.formats.charset import single_byte
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import Position, Problem, Severity

PIECE: Final = 1 << 16
SAMPLE: Final = 1 << 16  # bytes that show which single-byte set a text is in
_DECLARED: Final = re.compile(r"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]*)[\"']")
_CONTROLS: Final = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}".encode()  # where the sender wrote it, the bytes are in order
_SAME_LENGTH: Final = "profiling.formats.same_length"
_WIDE: Final = {"utf-16-le": b"<\x00", "utf-16-be": b"\x00<"}
_MARKS: Final = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_FOR_EXPAT: Final = {"utf-8": "UTF-8", "utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE"}


def _question_marks(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "?" * (error.end - error.start), error.end


codecs.register_error(_SAME_LENGTH, _question_marks)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to read a file. `name`: the codec; `skip`: bytes of the mark before the text; `broken`: has to be mended."""

    name: str
    skip: int = 0
    broken: bool = False

    @property
    def for_expat(self) -> str:
        return _FOR_EXPAT.get(self.name, self.name)

    def mender(self) -> Callable[[bytes, bool], bytes]:
        """A function (piece, is last) that gives the pieces one after the other as they are to be parsed."""
        if not self.broken or self.name in _WIDE:
            return lambda piece, _last: piece
        table = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
        if self.name != "utf-8":
            missing = undefined(self.name)
            both = table.translate(bytes.maketrans(missing, b"?" * len(missing)))
            return lambda piece, _last: piece.translate(both)
        left = b""

        def mend(piece: bytes, last: bool) -> bytes:
            nonlocal left
            raw = left + piece
            text, used = codecs.utf_8_decode(raw, _SAME_LENGTH, last)
            left = raw[used:]
            return text.encode("utf-8").translate(table)

        return mend


def undefined(codec: str) -> bytes:
    """The bytes that are no character in a single-byte set."""
    return bytes(byte for byte in range(0x80, 0x100) if bytes([byte]).decode(codec, "ignore") == "")


def opened(head: bytes) -> tuple[str, int, str]:
    """(codec told by the first bytes or "", length of the byte order mark, declared name or "")."""
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name, len(mark), _declared(head[len(mark) :], name)
    for name, first in _WIDE.items():
        if head.startswith(first):
            return name, 0, _declared(head, name)
    return "", 0, _declared(head, "ascii")


def _declared(head: bytes, codec: str) -> str:
    found = _DECLARED.match(head[:1024].decode(codec, "replace").lstrip())
    return found.group(1) if found else ""


def examine(stream: BinaryIO) -> tuple[Encoding, list[Problem]]:
    """The encoding of a whole file and what is wrong with it.

    Raises BrokenFileError for UTF-32, and for a declared set of several bytes a character that is not UTF-8 or UTF-16.
    """
    stream.seek(0)
    head = stream.read(4096)
    name, skip, declared = opened(head)
    if b"\x00\x00" in head[:4] or head.startswith(b"\xff\xfe\x00\x00"):
        raise _unreadable("UTF-32")
    if name in _WIDE:
        return Encoding(name, skip), []
    scan = _Scan(stream, skip)
    found = list(scan.problems())
    if scan.is_utf8:
        wanted = _codec(declared) if declared else "utf-8"
        if wanted != "utf-8" and not scan.is_ascii:
            found.append(_assumed("utf-8", declared, scan.first_high))
        return Encoding("utf-8", skip, broken=bool(scan.broken or scan.first_control is not None)), found
    codec = _codec(declared) if declared else "utf-8"
    if codec and codec not in ("utf-8", "ascii") and not _is_single_byte(codec):
        raise _unreadable(declared)
    chosen = single_byte(codec or "utf-8", scan.sample)
    if chosen != codec:
        found.append(_assumed(chosen, declared, scan.first_high))
    missing = undefined(chosen)
    lost = next((at for at, piece in _pieces(stream, skip) if piece.translate(None, missing) != piece), None)
    if lost is not None:
        found.append(problem("charset", Severity.WARNING, Position(lost)))
    return Encoding(chosen, skip, broken=lost is not None or scan.first_control is not None), found


def _unreadable(name: str) -> BrokenFileError:
    return BrokenFileError(problem("encoding_unknown", Severity.FATAL, Position(0), received=name, charset=name))


def _assumed(chosen: str, declared: str, offset: int) -> Problem:
    return problem("charset_assumed", Severity.WARNING, Position(offset), received=declared, charset=chosen)


def _codec(declared: str) -> str:
    """The codec of a declared name; ISO 8859-1 is read as the Windows set it always is. Empty where unknown."""
    try:
        name = codecs.lookup(declared).name
        b"a".decode(name)
    except (LookupError, ValueError):
        return ""
    if name.startswith("utf-16") or name == "utf-8-sig":
        return "utf-8"  # it cannot be UTF-16: the first bytes would show it
    return "cp1252" if name == "iso8859-1" else name


def _is_single_byte(codec: str) -> bool:
    every = bytes(range(256))
    try:
        text = every.decode(codec, "replace")
    except (LookupError, ValueError):
        return False
    return len(text) == 256 and text.startswith(every[:128].decode("ascii"))


def _pieces(stream: BinaryIO, start: int) -> Iterator[tuple[int, bytes]]:
    stream.seek(start)
    at = start
    while piece := stream.read(PIECE):
        yield at, piece
        at += len(piece)


class _Scan:
    """One look over all bytes of a file that is not UTF-16."""

    def __init__(self, stream: BinaryIO, start: int) -> None:
        self.whole = 0  # characters beyond ASCII that are well-formed UTF-8
        self.broken = 0
        self.first_broken = self.first_high = 0
        self.first_control: int | None = None
        self.sample = b""
        self.is_ascii = True
        left = b""
        for at, piece in _pieces(stream, start):
            if self.first_control is None and len(piece.translate(None, _CONTROLS)) != len(piece):
                self.first_control = at + next(i for i, byte in enumerate(piece) if byte in _CONTROLS)
            if self.is_ascii and not piece.isascii():
                self.is_ascii = False
                first = len(piece) - len(piece.lstrip(bytes(range(0x80))))
                self.first_high = at + first
                self.sample = piece[max(0, first - 64) : first + SAMPLE]
            if not self.is_ascii:
                left = self._count(at - len(left), left + piece, last=False)
        self._count(0 if self.is_ascii else stream.tell() - len(left), left, last=True)
        # A few broken characters do not make it another set.
        self.is_utf8 = self.whole > self.broken or not self.broken

    def _count(self, at: int, raw: bytes, *, last: bool) -> bytes:
        """Count the characters of the bytes that begin at this offset; gives those of one that goes on."""
        text, used = codecs.utf_8_decode(raw, "replace", last)
        broken = text.count("\N{REPLACEMENT CHARACTER}") - raw[:used].count(_REPLACEMENT)
        if broken and not self.broken:
            try:
                codecs.utf_8_decode(raw, "strict", last)
            except UnicodeDecodeError as error:
                self.first_broken = at + error.start
        self.broken += broken
        self.whole += len(text) - len(text.encode("ascii", "ignore")) - broken
        return raw[used:]

    def problems(self) -> Iterator[Problem]:
        if self.first_control is not None:
            yield problem("control_characters", Severity.WARNING, Position(self.first_control))
        if self.is_utf8 and self.broken:
            yield problem("charset", Severity.WARNING, Position(self.first_broken))
