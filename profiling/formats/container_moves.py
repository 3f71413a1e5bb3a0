"""Readers of the messages that order or report what happens to containers, one movement for each EQD.

COPRAR orders loading and discharge, COARRI reports them, CODECO reports the gate, VERMAS the verified gross mass
(D.95B to D.16A, SMDG and ITG guides). Which of its two events a message means is its document code (BGM.1.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from profiling.formats.edifact import Segment, Tokenizer, one_line
from profiling.formats.edifact_body import RecordBody
from profiling.formats.edifact_equipment import (
    TAGS,
    carried_on,
    places_of,
    read_equipment,
    read_header,
    tell_unknown,
    time_of,
)
from profiling.formats.edifact_interchange import EdifactReader, Envelope, MessageType, register
from profiling.formats.findings import Findings
from profiling.formats.records import Header, Movement, MovementKind, Place, Problem, Purpose, Record, Span

_HERE: Final = "165"  # UN/EDIFACT 3227: place of the operation
_LOADING: Final = ("9", "76")
_DISCHARGE: Final = ("11", "12")
_EXPORT, _IMPORT = "2", "3"  # UN/EDIFACT 8249: status of the equipment


@dataclass(frozen=True, slots=True)
class _Kind:
    """codes: UN/EDIFACT 1001 into events. words: what a document name says where the code says nothing.

    of_status: UN/EDIFACT 8249 of one container into its event, where the message says none.
    """

    codes: Mapping[str, MovementKind]
    words: Mapping[str, MovementKind]
    times: tuple[str, ...]  # UN/EDIFACT 2005, the best first
    of_status: Mapping[str, MovementKind]


_COPRAR: Final = _Kind(
    codes={"43": MovementKind.DISCHARGE_ORDERED, "45": MovementKind.LOAD_ORDERED},
    words={"DISCH": MovementKind.DISCHARGE_ORDERED, "LOAD": MovementKind.LOAD_ORDERED},
    times=("203", "7"),
    of_status={_EXPORT: MovementKind.LOAD_ORDERED, _IMPORT: MovementKind.DISCHARGE_ORDERED},
)
_COARRI: Final = _Kind(
    codes={
        "44": MovementKind.DISCHARGED,
        "98": MovementKind.DISCHARGED,
        "46": MovementKind.LOADED,
        "270": MovementKind.LOADED,
    },
    words={"DISCH": MovementKind.DISCHARGED, "LOAD": MovementKind.LOADED},
    times=("203", "7", "310", "178", "186"),
    of_status={_EXPORT: MovementKind.LOADED, _IMPORT: MovementKind.DISCHARGED},
)
_CODECO: Final = _Kind(
    codes={"34": MovementKind.GATE_IN, "36": MovementKind.GATE_OUT},
    words={"GATE IN": MovementKind.GATE_IN, "GATE OUT": MovementKind.GATE_OUT},
    times=("203", "7", "178", "186", "132", "133"),
    of_status={},
)
_VERMAS: Final = _Kind(codes={}, words={"": MovementKind.WEIGHED}, times=("WAT", "798", "203", "7"), of_status={})
_WHERE: Final = {
    MovementKind.LOADED: _LOADING,
    MovementKind.LOAD_ORDERED: _LOADING,
    MovementKind.DISCHARGED: _DISCHARGE,
    MovementKind.DISCHARGE_ORDERED: _DISCHARGE,
}


def _starts(segment: Segment) -> bool:
    return segment.tag == "EQD"


def _event(kind: _Kind, segments: list[Segment]) -> MovementKind | None:
    """By the document code, else by what its name or the access reference (UNH.3) calls it."""
    said = segments[0].at(3)
    for bgm in segments:
        if bgm.tag == "BGM":
            named = kind.codes.get(bgm.at(1).upper())
            if named is not None:
                return named
            said = f"{said} {bgm.at(1)} {bgm.at(1, 4)}"
    said = one_line(said).upper().replace("-", " ").replace("UNLOAD", "DISCH")
    meant = {event for word, event in kind.words.items() if word in said}
    return meant.pop() if len(meant) == 1 else None  # "discharge/loading report" says neither


class _Body(RecordBody):
    def __init__(self, kind: _Kind, header: Header) -> None:
        super().__init__()
        self.kind = kind
        said = str(header.syntax["event"])
        self.event = MovementKind(said) if said else None
        here = header.syntax["place"]
        self.here = Place(**here) if here else None
        self.ports = {_LOADING: header.conveyance.departure, _DISCHARGE: header.conveyance.arrival}

    def feed(self, segment: Segment) -> Iterable[Record | Problem]:
        if segment.tag == "EQD":
            done = self.close(segment.offset)
            self.add(segment)
            return done
        if segment.tag == "CNT":
            return self.close(segment.offset)
        if self.group:
            self.add(segment)
        elif segment.tag not in TAGS:
            found = Findings()
            tell_unknown(segment, found)
            return found.problems
        return ()

    def make(self, group: list[Segment], span: Span) -> tuple[Record | None, list[Problem]]:
        found = Findings()
        seen = read_equipment(group, span, found)
        event = self.event or self.kind.of_status.get(group[0].at(5))
        if event is None:
            found.refuse("movement_unknown", group[0], "event")
        at = time_of(group, self.kind.times, found)
        if seen is None or event is None:
            return None, found.named("")
        record = Movement(
            position=seen.position,
            span=span,
            number=seen.number,
            kind=seen.kind,
            event=event,
            at=at,
            place=self._place(event, group),
            size_type=seen.size_type,
            fill=seen.fill,
            seals=seen.seals,
            gross_kg=seen.gross_kg,
            vgm_kg=seen.vgm_kg,
            carried_on=carried_on(group),
            documents=seen.documents,
        )
        return record, found.named("")

    def _place(self, event: MovementKind, group: list[Segment]) -> Place | None:
        """Where it happened: as the container says, else the message."""
        places = places_of(group)
        if _HERE in places:
            return places[_HERE]
        port = _WHERE.get(event, ())
        own = next((places[kind] for kind in port if kind in places), None)
        return self.ports.get(port) or own or self.here if port else self.here


def _register(code: str, name: str, kind: _Kind) -> EdifactReader:
    def header(segments: list[Segment], envelope: Envelope) -> tuple[Header | None, list[Problem]]:
        event, here = _event(kind, segments), places_of(segments).get(_HERE)
        said = {"event": event.value if event else "", "place": {} if here is None else asdict(here)}
        record, problems = read_header(segments, envelope, name, Purpose.MOVEMENTS, **said)
        bgm = next((segment for segment in segments if segment.tag == "BGM"), None)
        if event is None and bgm is not None:
            found = Findings()
            found.warn("code_unknown", bgm, "BGM.1.1", bgm.at(1), code=bgm.at(1)[:40])
            problems = [*problems, *found.problems]
        return record, problems

    def body(header: Header, _tokenizer: Tokenizer, _whole: bool) -> _Body:
        return _Body(kind, header)

    return EdifactReader(register(MessageType(code, name, _starts, header, body)))


READERS: Final = (
    _register("COPRAR", "coprar", _COPRAR),
    _register("COARRI", "coarri", _COARRI),
    _register("CODECO", "codeco", _CODECO),
    _register("VERMAS", "vermas", _VERMAS),
)
