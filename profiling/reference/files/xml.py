"""XML read element by element with expat: no document type, so no entities; nothing is fetched."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from profiling.reference.files.opening import HEAD, Part
from profiling.reference.files.rows import FileError

_DEEPEST: Final = 24
_LONGEST: Final = 20_000  # characters of one text
_PIECE: Final = 1 << 16


@dataclass(slots=True)
class Element:
    """One element: its local name, attributes, the texts of its children, and its parent's attributes."""

    name: str
    line: int
    attributes: Mapping[str, str]
    above: Mapping[str, str]
    texts: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def get(self, child: str) -> str:
        return self.texts.get(child, "")


def elements(part: Part, names: Collection[str]) -> Iterator[Element]:
    """The elements with these local names, at their end. Raises FileError for what is not well formed."""
    reader = _Reader(names)
    while piece := part.stream.read(_PIECE):
        yield from reader.feed(piece)
    yield from reader.feed(b"", last=True)


def root(part: Part) -> str:
    """The local name of the first element; "" where the head is no XML."""
    reader = _Reader(())
    try:
        reader.feed(part.head[:HEAD])
    except FileError as error:
        if error.code == "xml_doctype":
            raise
    return reader.first


class _Reader:
    def __init__(self, names: Collection[str]) -> None:
        self.first = ""
        self._names = names
        self._open: list[Element] = []
        self._done: list[Element] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, piece: bytes, *, last: bool = False) -> list[Element]:
        try:
            self._parser.Parse(piece, last)
        except (expat.ExpatError, LookupError, ValueError) as error:
            if isinstance(error, FileError):
                raise
            raise FileError("xml_broken") from error
        done, self._done = self._done, []
        return done

    def _refuse(self, *_declared: object) -> None:
        raise FileError("xml_doctype")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise FileError("xml_broken")
        local = name.rpartition(":")[2]
        self.first = self.first or local
        above = self._open[-1].attributes if self._open else {}
        self._open.append(Element(local, self._parser.CurrentLineNumber, attributes, above))

    def _characters(self, text: str) -> None:
        if self._open and len(self._open[-1].text) < _LONGEST:
            self._open[-1].text += text

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        element.text = element.text.strip()
        if self._open:
            self._open[-1].texts.setdefault(element.name, element.text)
        if element.name in self._names:
            self._done.append(element)
