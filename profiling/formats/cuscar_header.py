"""The head of a CUSCAR message, UNH to the first EQD or CNI, into a Header.

Groups 0 and 1 of D.95B, with the later GEI and header LOC. An onward leg inside a consignment never gets here.
Other cargo messages write their heads with the same segments, so they are read here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from profiling.formats import limits
from profiling.formats.cuscar_bill import DIRECTIONS
from profiling.formats.cuscar_places import place
from profiling.formats.edifact import Segment, one_line
from profiling.formats.findings import Findings
from profiling.formats.problems import problem
from profiling.formats.quantities import edifact_time
from profiling.formats.records import (
    Conveyance,
    Function,
    Header,
    MessageTime,
    Mode,
    Place,
    Problem,
    Purpose,
    Severity,
)

FUNCTIONS: Final = {  # UN/EDIFACT 1225
    "9": Function.ORIGINAL,
    "5": Function.REPLACE,
    "1": Function.CANCEL,
    "4": Function.CHANGE,
    "2": Function.ADD,
    "3": Function.DELETE,
    # The last of a series does not say what the others said, so it replaces nothing; a confirmation says it again.
    "22": Function.ORIGINAL,
    "6": Function.ORIGINAL,
    "50": Function.CANCEL,  # withdraw (Australian profile)
}
# A paper is also sent as a duplicate, as a copy, before it is final and when it is.
_PAPER_FUNCTIONS: Final = dict.fromkeys(("7", "31", "46", "47"), Function.ORIGINAL)
MODES: Final = {  # UN/ECE Recommendation 19
    "1": Mode.SEA,
    "2": Mode.RAIL,
    "3": Mode.ROAD,
    "4": Mode.AIR,
    "5": Mode.POST,
    "8": Mode.INLAND_WATER,
}
_MEANS: Final = {"6": Mode.AIR, "11": Mode.SEA}  # UN/EDIFACT 8179, where a profile sends no mode
_STAGES: Final = ("20", "11", "12", "13", "")  # UN/EDIFACT 8051: main carriage, at the border, …
_IDENTIFIERS: Final = {"103": "call_sign", "146": "imo", "172": "carrier"}  # UN/EDIFACT 1131
_BY_MODE: Final = {Mode.RAIL: "train", Mode.ROAD: "plate", Mode.AIR: "registration"}
_IMO: Final = re.compile(r"[0-9]{7}\Z")
_RELEASE: Final = re.compile(r"([0-9]{2})([AB])\Z")
_FIRST_LATE_YEAR: Final = 16  # D.16A changed CNI


def is_late(release: str) -> bool:
    """Whether a directory such as "D.16A" is D.16A or later. Two-digit years below 70 are of this century."""
    match = _RELEASE.search(release)
    return match is not None and _FIRST_LATE_YEAR <= int(match.group(1)) < 70


def release_of(unh: Segment) -> str:
    """Version and release of UNH, e.g. "D.95B"."""
    return ".".join(part for part in (unh.at(2, 2).upper(), unh.at(2, 3).upper()) if part)[: limits.CODE]


def header(
    segments: list[Segment],
    *,
    source_format: str,
    sender: str,
    interchange_ref: str,
    syntax: Mapping[str, Any],
    purpose: Purpose = Purpose.CARGO,
    known: frozenset[str] | None = None,
) -> tuple[Header | None, list[Problem]]:
    """The header, or None with a fatal problem where the message cannot be taken at all.

    What announces cargo or a call needs BGM and its number, by which it is changed later; other messages add to
    what is known and may lack them. known: the tags of the message; others are told. None: nothing is told of them.
    """
    unh, found = segments[0], Findings()
    announces = purpose in (Purpose.CARGO, Purpose.CONVEYANCE)
    bgm = next((segment for segment in segments if segment.tag == "BGM"), None)
    if bgm is None and announces:
        return None, [problem("header_missing", Severity.FATAL, unh.position, field="BGM", segment="BGM")]
    if bgm is None:
        found.warn("header_missing", unh, "BGM", "", segment="BGM")
        bgm = Segment(b"", "BGM", [["BGM"]], unh.offset, unh.number, "")
    code = bgm.at(3)
    function = FUNCTIONS.get(code)
    if function is None and purpose is Purpose.DOCUMENTS:
        function = _PAPER_FUNCTIONS.get(code)
    if not code:
        function = Function.ORIGINAL
        found.warn("function_assumed", bgm, "BGM.3")
    if function is None:
        fatal = problem(
            "function_not_supported",
            Severity.FATAL,
            bgm.position,
            field="BGM.3",
            received=code,
            code=code[:40],
        )
        return None, [fatal]
    # The segments of a paper are read again with the paper, which tells what is wrong with them.
    told = Findings() if purpose is Purpose.DOCUMENTS else found
    for segment in segments:
        if segment.fault:
            told.warn(segment.fault, segment, segment.tag, segment.at(1))
        if known is not None and segment.tag not in known:
            found.warn("segment_unknown", segment, "", segment.tag, tag=segment.tag[:20])
    manifest_number = one_line(bgm.at(2))
    if not manifest_number and function is not Function.ORIGINAL and announces:
        fatal = problem("manifest_number_missing", Severity.FATAL, bgm.position, field="BGM.2.1")
        return None, [fatal]
    if not manifest_number and announces:
        found.warn("manifest_number_missing", bgm, "BGM.2.1")
    conveyance, carrier = _conveyance(segments, found)
    parties = {segment.at(1).upper(): segment for segment in reversed(segments) if segment.tag == "NAD"}
    reporter = parties["MS"].at(2) if "MS" in parties else ""
    record = Header(
        source_format=source_format,
        position=unh.position,
        sender=(sender or reporter)[: limits.CODE],
        message_ref=unh.at(1)[: limits.CODE],
        function=function,
        manifest_number=found.text(manifest_number, limits.REFERENCE_NO, bgm, "manifest_number"),
        conveyance=conveyance,
        release=release_of(unh),
        interchange_ref=interchange_ref[: limits.CODE],
        issuer=(_carrier_party(parties) or carrier or _reference(segments, "AAZ") or reporter)[: limits.CODE],
        direction=_direction(segments),
        issued_at=_times(segments, told).get("137"),
        purpose=purpose,
        syntax=syntax,
    )
    return record, found.named("")


def _carrier_party(parties: Mapping[str, Segment]) -> str:
    carrier = parties.get("CA")
    if carrier is None:
        return ""
    return carrier.at(2) or " ".join(carrier.lines(4) or carrier.lines(3)[:1])


def _reference(segments: Iterable[Segment], qualifier: str) -> str:
    return next((s.at(1, 2) for s in segments if s.tag == "RFF" and s.at(1).upper() == qualifier), "")


def _direction(segments: Iterable[Segment]) -> Any:
    for segment in segments:
        code = segment.at(2) if segment.tag == "GEI" else segment.at(1)
        if segment.tag in ("GIS", "GEI") and code in DIRECTIONS:
            return DIRECTIONS[code]
    return None


def _times(segments: Iterable[Segment], found: Findings) -> dict[str, MessageTime]:
    """The first usable DTM of each UN/EDIFACT 2005 qualifier."""
    times: dict[str, MessageTime] = {}
    for segment in segments:
        text = segment.at(1, 2)
        if segment.tag != "DTM" or not text:
            continue
        time = edifact_time(text, segment.at(1, 3))
        if time is None:
            found.warn("date_impossible", segment, f"DTM {segment.at(1)}", text)
        else:
            times.setdefault(segment.at(1), time)
    return times


def _conveyance(segments: list[Segment], found: Findings) -> tuple[Conveyance, str]:
    """The main conveyance and the code or name of its carrier."""
    legs: list[list[Segment]] = [[]]  # what stands before the first TDT, then one list a TDT
    for segment in segments:
        if segment.tag == "TDT":
            legs.append([segment])
        elif segment.tag in ("LOC", "DTM"):
            legs[-1].append(segment)
    common, carriages = legs[0], legs[1:]
    main = min(carriages, key=_stage, default=[])
    around = [segment for segment in [*main, *common] if segment.tag in ("LOC", "DTM")]
    times = _times(around, Findings())  # reported once, by the caller
    places: dict[str, Place] = {}
    for segment in around:
        if segment.tag == "LOC":
            places.setdefault(segment.at(1), place(segment))
    schedule = {
        "departure": _pick(places, "5", "9"),
        "arrival": _pick(places, "60", "11", "61"),
        "etd": _pick(times, "133", "136", "189"),
        "eta": _pick(times, "132", "232", "178"),
    }
    if not main:
        return Conveyance(**schedule), ""
    tdt = main[0]
    mode = _mode(tdt)
    if mode is None and tdt.at(3):
        found.warn("code_unknown", tdt, "conveyance.mode", tdt.at(3), code=tdt.at(3)[:40])
    identifier = tdt.at(8)
    flag = tdt.at(8, 5).upper()
    conveyance = Conveyance(
        mode=mode,
        identifier=identifier[: limits.CODE],
        identifier_type=_identifier_type(tdt, mode, identifier),
        name=(one_line(tdt.at(8, 4)) or identifier)[: limits.NAME],
        voyage=one_line(tdt.at(2))[: limits.CODE],
        flag=flag if len(flag) == 2 and flag.isalpha() else "",
        **schedule,
    )
    return conveyance, tdt.at(5) or one_line(tdt.at(5, 4))


def _stage(leg: list[Segment]) -> int:
    stage = leg[0].at(1)
    return _STAGES.index(stage) if stage in _STAGES else len(_STAGES)


def _pick(found: Mapping[str, Any], *qualifiers: str) -> Any:
    return next((found[qualifier] for qualifier in qualifiers if qualifier in found), None)


def _mode(tdt: Segment) -> Mode | None:
    code = tdt.at(3).lstrip("0")
    return MODES.get(code[:1]) if code[:1] else _MEANS.get(tdt.at(4).lstrip("0"))


def _identifier_type(tdt: Segment, mode: Mode | None, identifier: str) -> str:
    if not identifier:
        return ""
    if mode in _BY_MODE:
        return _BY_MODE[mode]
    if tdt.at(8, 2) == "103":
        return "call_sign"
    if tdt.at(8, 2) == "146" or tdt.at(8, 3) == "11" or (mode is Mode.SEA and _IMO.match(identifier)):
        return "imo"
    return _IDENTIFIERS.get(tdt.at(8, 2), "")
