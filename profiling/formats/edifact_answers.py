"""Answers to an interchange: CONTRL says whether its syntax was taken, CUSRES what became of its content.

CONTRL: ISO 9735-4 (UN/EDIFACT CONTRL D.3), actions 0083 and syntax errors 0085. CUSRES: D.95B and later. Both are
written from what a reader yielded and what intake counted; nothing that was assessed is known here.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from profiling.formats.edifact import Delimiters, escape, one_line
from profiling.formats.edifact_interchange import TYPES
from profiling.formats.problems import CODES, storable
from profiling.formats.records import Header, Problem, Severity

_MARKS: Final = Delimiters()
_REFERENCE: Final = 14  # characters of UN/EDIFACT 0020 and 0062
_NAME: Final = 35  # of 0004 and 0010
_LINE: Final = 70  # of 4440 in D.95B
_LINES: Final = 5
_MOST_ERRORS: Final = 9999  # groups of CUSRES
_MOST_SEGMENTS: Final = 999  # UCS of one message in CONTRL
_REJECTED, _TAKEN = "4", "7"  # UN/EDIFACT 0083
_UNSPECIFIED: Final = "18"
# What is wrong with the syntax, as UN/EDIFACT 0085 has it. Other problems are of the content: CUSRES tells them.
SYNTAX_ERRORS: Final = {
    "file_cut": "13",
    "una_broken": "20",
    "delimiters_changed": "20",
    "interchange_header_missing": "13",
    "header_missing": "13",
    "message_missing": "32",
    "message_type_missing": "14",
    "not_cuscar": "14",
    "function_not_supported": "14",
    "segment_too_long": "39",
    "record_too_long": "36",
    "too_many_segments": "36",
    "segment_count_differs": "29",
    "message_count_differs": "29",
    "message_ref_differs": "28",
    "interchange_ref_differs": "28",
    "segment_unexpected": "33",
    "segment_unknown": "15",
    "charset": "21",
    "control_characters": "21",
}
_FIELD: Final = re.compile(r"([A-Z]{3})\.([0-9]{1,2})(?:\.([0-9]{1,2}))?\Z")
_TAG: Final = re.compile(r"[A-Z]{3}\Z")
_RELEASE: Final = re.compile(r"([0-9]{2})[AB]\Z")
# UN/EDIFACT 1225: not accepted, accepted without amendment, accepted with reserves; 7365: content accepted, rejected.
_NOT_ACCEPTED, _ACCEPTED, _WITH_RESERVES = "27", "29", "34"
_CONTENT_ACCEPTED, _CONTENT_REJECTED = "1", "2"
_RESPONSE: Final = "962"  # UN/EDIFACT 1001: customs response


@dataclass(frozen=True, slots=True)
class Told:
    """One problem and the sentence that says it in the language of the sender."""

    problem: Problem
    sentence: str

    def __post_init__(self) -> None:
        if self.problem.code not in CODES:
            raise ValueError(self.problem.code)  # only what is wrong with a message leaves in an answer


@dataclass(frozen=True, slots=True)
class AnsweredMessage:
    """One message of the interchange: how many of its records were taken and refused, and why."""

    header: Header
    accepted: int
    refused: int
    told: tuple[Told, ...] = ()
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What is answered. sender: who sent it, and gets the answer; recipient: who writes it.

    answer_ref: reference of the answer, 1 to 14 characters. at: when it is written, in the zone it shall show.
    told: problems of the interchange itself. rejected: nothing of it was taken.
    """

    sender: str
    recipient: str
    interchange_ref: str
    answer_ref: str
    at: datetime
    messages: tuple[AnsweredMessage, ...] = ()
    told: tuple[Told, ...] = ()
    rejected: bool = False

    def __post_init__(self) -> None:
        if not 0 < len(self.answer_ref) <= _REFERENCE:
            raise ValueError(self.answer_ref)


def parted(headers: Sequence[Header], told: Iterable[Told]) -> tuple[list[Told], list[list[Told]]]:
    """The problems before the first message, and those of each message: the last that begins at or before them."""
    envelope: list[Told] = []
    each: list[list[Told]] = [[] for _header in headers]
    for one in told:
        at = one.problem.position.offset
        index = max((i for i, header in enumerate(headers) if header.position.offset <= at), default=None)
        (envelope if index is None else each[index]).append(one)
    return envelope, each


def contrl(answered: Answered) -> bytes:
    """CONTRL for the interchange and each of its messages: taken or rejected, with the places of syntax errors."""
    own = [one for one in answered.told if one.problem.code in SYNTAX_ERRORS]
    worst = min(own, key=lambda one: one.problem.severity is not Severity.FATAL, default=None)
    rejected = answered.rejected or (worst is not None and worst.problem.severity is Severity.FATAL)
    uci = ["UCI", _plain(answered.interchange_ref, _REFERENCE), *_parties(answered), _REJECTED if rejected else _TAKEN]
    if rejected:
        uci += [_UNSPECIFIED] if worst is None else _error(worst.problem)
    segments: list[list[str | list[str]]] = [list(uci)]
    for message in answered.messages:
        segments += _answered_syntax(message, rejected)
    return _interchange(answered, [("CONTRL:D:3:UN", segments)])


def cusres(answered: Answered) -> bytes:
    """One CUSRES for each message: whether it was accepted, how many records, and every problem with its place."""
    messages = []
    for message in answered.messages:
        late = _late(message.header.release)
        kind = f"CUSRES:D:{'99B' if late else '95B'}:UN"
        messages.append((kind, _answered_content(answered, message, late)))
    return _interchange(answered, messages)


# -- CONTRL


def _answered_syntax(message: AnsweredMessage, all_rejected: bool) -> list[list[str | list[str]]]:
    header = message.header
    rejected = all_rejected or message.rejected
    first = header.position.segment or 1
    segments: list[list[str | list[str]]] = [
        ["UCM", _plain(header.message_ref, _REFERENCE), _type(header), _REJECTED if rejected else _TAKEN]
    ]
    for one in message.told:
        code, at = SYNTAX_ERRORS.get(one.problem.code), one.problem.position.segment
        if code is None or at is None or len(segments) > _MOST_SEGMENTS:
            continue
        place = _element(one.problem.field)
        position = str(max(at - first + 1, 1))
        if place is None:
            segments.append(["UCS", position, code])
        else:
            segments += [["UCS", position], ["UCD", code, place]]
    return segments


def _error(problem: Problem) -> list[str]:
    """0085, and the service segment where a tag is named."""
    tag = problem.field[:3]
    return [SYNTAX_ERRORS[problem.code], *([tag] if _TAG.match(tag) and tag.startswith("UN") else [])]


def _element(field: str) -> list[str] | None:
    """S011 of "BGM.3" or "UNH.2.1": positions in the segment, where the tag is the first."""
    match = _FIELD.match(field)
    if match is None:
        return None
    element, component = str(int(match.group(2)) + 1), match.group(3)
    return [element, component] if component else [element]


def _type(header: Header) -> list[str]:
    code = next((kind.code for kind in TYPES.values() if kind.name == header.source_format), "")
    version, _dot, release = header.release.partition(".")
    return [code or "CUSCAR", _plain(version, 3), _plain(release, 3), "UN"]


# -- CUSRES


def _late(release: str) -> bool:
    """D.99B and later write the processing indicator as GEI."""
    match = _RELEASE.search(release)
    if match is None:
        return False
    year = int(match.group(1))
    return year < 70 or release.endswith("99B")


def _answered_content(answered: Answered, message: AnsweredMessage, late: bool) -> list[list[str | list[str]]]:
    header = message.header
    rejected = answered.rejected or message.rejected
    function = _NOT_ACCEPTED if rejected else _WITH_RESERVES if message.refused or message.told else _ACCEPTED
    indicator = _CONTENT_REJECTED if rejected else _CONTENT_ACCEPTED
    accepted = "0" if rejected else str(message.accepted)
    refused = str(message.refused + message.accepted) if rejected else str(message.refused)
    segments: list[list[str | list[str]]] = [
        ["BGM", _RESPONSE, _plain(answered.answer_ref, _NAME), function],
        ["DTM", ["137", answered.at.strftime("%Y%m%d%H%M"), "203"]],
        ["FTX", "AHN", "", "", ["ACCEPTED", accepted, "REFUSED", refused]],
        ["GEI", "5", indicator] if late else ["GIS", indicator],
        ["RFF", ["ACW", _plain(header.message_ref, _NAME)]],
    ]
    if header.manifest_number:
        segments.append(["RFF", ["ABO", _plain(header.manifest_number, _NAME)]])
    for one in message.told[:_MOST_ERRORS]:
        segments += _told(one, header)
    return segments


def _told(one: Told, header: Header) -> list[list[str | list[str]]]:
    """ERP: section, document and number of the segment in its message; ERC: severity; FTX: code, field, sentence."""
    problem = one.problem
    at = problem.position.segment
    first = header.position.segment or 1
    place = ["2" if problem.document else "1", _plain(problem.document, _NAME)]
    if at is not None:
        place.append(str(max(at - first + 1, 1)))
    lines = [problem.code, _plain(problem.field, _LINE)]
    lines += textwrap.wrap(_plain(one.sentence), _LINE) or [""]
    texts: list[list[str | list[str]]] = [
        ["FTX", "AAO", "", "", lines[start : start + _LINES]] for start in range(0, len(lines), _LINES)
    ]
    return [["ERP", place], ["ERC", problem.severity.value.upper()], *texts]


# -- writing


def _parties(answered: Answered) -> list[str]:
    return [_plain(answered.sender, _NAME), _plain(answered.recipient, _NAME)]


def _plain(text: str, limit: int | None = None) -> str:
    """On one line and without what no receiver takes as text."""
    return one_line(storable(text))[:limit].strip()


def _written(segment: Sequence[str | list[str]]) -> str:
    """One segment; what is empty at its end is left out (ISO 9735-1, 8)."""
    elements = []
    for element in segment:
        parts = [escape(part, _MARKS) for part in ([element] if isinstance(element, str) else element)]
        while parts and not parts[-1]:
            parts.pop()
        elements.append(_MARKS.component.join(parts))
    while elements and not elements[-1]:
        elements.pop()
    return _MARKS.element.join(elements) + _MARKS.terminator


def _interchange(answered: Answered, messages: Sequence[tuple[str, list[list[str | list[str]]]]]) -> bytes:
    """UTF-8, syntax version 4, from the recipient of what is answered to its sender."""
    ref = _plain(answered.answer_ref, _REFERENCE)
    sender, recipient = _parties(answered)
    sent = [answered.at.strftime("%Y%m%d"), answered.at.strftime("%H%M")]
    lines = ["UNA:+.? '", _written(["UNB", ["UNOW", "4"], recipient, sender, sent, ref])]
    for number, (kind, segments) in enumerate(messages, start=1):
        lines.append(_written(["UNH", str(number), kind.split(":")]))
        lines += [_written(segment) for segment in segments]
        lines.append(_written(["UNT", str(len(segments) + 2), str(number)]))
    lines.append(_written(["UNZ", str(len(messages)), ref]))
    return "".join(lines).encode("utf-8")
