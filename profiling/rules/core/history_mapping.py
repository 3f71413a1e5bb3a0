"""Which column of a file of past consignments is what: the mapping, checked against the catalogue before a row is read.

    moment: Date                         or {column: Date, format: "%d.%m.%Y"}; without a format ISO 8601
    known_at: Result date                the day the result was known, optional
    result: {column: Result, found: [F], clean: [C], never: [""]}
    random: {column: Channel, true: [R]} which were drawn at random, optional
    indicators:                          code of the catalogue: column
      gross_kg: {column: Weight, decimal_comma: true}
      hs_chapter: {column: HS, cut: 2}   its first two characters
      origin_country: {column: Origin, values: {CHN: CN}}
    past:                                indicators of history, counted from the rows themselves as of each moment
      consignee_consignments_24m: {of: Importer, what: seen, months: 24}
    missing: [NA]                        cells that say nothing, besides empty ones
    delimiter: ";"   encoding: cp1251   zone: Asia/Almaty

`what` is seen (consignments before), first_time (none before), finds (results found that were known), or find_rate
(their share among the known results).
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from profiling.indicators.catalogue import IndicatorSpec, ValueType
from profiling.rules.core.learning_records import Result


def _(sentence: str) -> str:
    return sentence


PROBLEMS: Final[Mapping[str, str]] = {
    # of the mapping
    "mapping_not_an_object": _("The mapping must name things, one below the other."),
    "mapping_key_missing": _("The mapping does not say {key}."),
    "mapping_key_unknown": _("The mapping knows no {key} here; it knows: {allowed}."),
    "mapping_form": _("Here a {expected} must stand."),
    "mapping_indicator_unknown": _("There is no indicator {indicator}."),
    "mapping_indicator_twice": _("The indicator {indicator} is mapped to a column and counted from the past."),
    "mapping_what_type": _("{what} gives a {given}, the indicator is a {type}."),
    "mapping_result_twice": _("The word {word} stands for two results."),
    "mapping_encoding_unknown": _("There is no character set {received}."),
    "mapping_zone_unknown": _("There is no time zone {received}."),
    "mapping_yaml": _("The mapping is no YAML: {error}"),
    # of the file
    "columns_missing": _("The file has no column {columns}."),
    "headings_missing": _("The file has no line of headings."),
    "already_imported": _("This file has been imported already, as {name}."),
    "rows_refused": _("{refused} of {rows} rows were refused, so that nothing was kept."),
    # of a row
    "row_unreadable": _("The row cannot be read."),
    "row_cells": _("The row has {found} cells, the headings are {expected}."),
    "moment_missing": _("The row does not say when the consignment came."),
    "result_unknown": _("The mapping does not say what the result {received} means."),
    "date_malformed": _("{received} is no date of the form {format}."),
    "date_ahead": _("{received} lies in the future."),
    "not_a_number": _("{received} is no number."),
    "number_range": _("{received} is beyond {limit}."),
    "not_whole": _("{received} is no whole number."),
    "not_a_truth": _("{received} is neither yes nor no."),
    "code_long": _("{received} is longer than the {limit} characters of a code."),
    "code_choice": _("{received} is none of: {choices}."),
}


class What(StrEnum):
    SEEN = "seen"
    FIRST_TIME = "first_time"
    FINDS = "finds"
    FIND_RATE = "find_rate"


GIVES: Final[Mapping[What, ValueType]] = {
    What.SEEN: ValueType.INTEGER,
    What.FIRST_TIME: ValueType.BOOLEAN,
    What.FINDS: ValueType.INTEGER,
    What.FIND_RATE: ValueType.NUMBER,
}
MOMENT: Final = ("column", "format")
_INDICATOR: Final = ("column", "format", "cut", "decimal_comma", "values", "true", "false")
_RESULT: Final = ("column", "found", "clean", "never")
_RANDOM: Final = ("column", "true")
_PAST: Final = ("of", "what", "months")
_TOP: Final = (
    "moment", "known_at", "result", "random", "indicators", "past", "missing", "delimiter", "encoding", "zone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column and how its cells are read. true, false: the words for yes and no, () for the usual ones."""

    name: str
    format: str = ""
    cut: int = 0
    decimal_comma: bool = False
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """An indicator counted from earlier rows with the same `of`, over so many months before."""

    of: str
    what: What
    months: int


@dataclass(frozen=True, slots=True)
class FileMapping:
    moment: Column
    result: Column
    results: Mapping[Result, tuple[str, ...]]
    known_at: Column | None = None
    random: Column | None = None
    indicators: Mapping[str, Column] = field(default_factory=lambda: MappingProxyType({}))
    past: Mapping[str, Counted] = field(default_factory=lambda: MappingProxyType({}))
    missing: frozenset[str] = frozenset({""})
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    zone: str = ""

    def columns(self) -> tuple[str, ...]:
        """Every column that is named, once."""
        named = [self.moment, self.result, self.known_at, self.random, *self.indicators.values()]
        return tuple(dict.fromkeys([*(one.name for one in named if one), *(one.of for one in self.past.values())]))


@dataclass(frozen=True, slots=True)
class MappingFault:
    """path: keys from the top, by "/"; code: a key of `PROBLEMS`."""

    path: str
    code: str
    params: Mapping[str, Any]


class InvalidMappingError(ValueError):
    """The mapping cannot be used; `faults` says everything that is wrong with it."""

    def __init__(self, faults: tuple[MappingFault, ...]) -> None:
        super().__init__("; ".join(f"{fault.path or '/'}: {fault.code}" for fault in faults))
        self.faults = faults


def parse_mapping(given: object, specs: Mapping[str, IndicatorSpec]) -> FileMapping:
    """Check a mapping as YAML or JSON gives it. Raises InvalidMappingError with all that is wrong."""
    parser = _Parser(specs)
    mapping = parser.mapping(given)
    if parser.faults or mapping is None:
        raise InvalidMappingError(tuple(parser.faults))
    return mapping


class _Parser:
    def __init__(self, specs: Mapping[str, IndicatorSpec]) -> None:
        self.specs = specs
        self.faults: list[MappingFault] = []

    def fail(self, path: str, code: str, **params: Any) -> None:
        self.faults.append(MappingFault(path, code, MappingProxyType(params)))

    def mapping(self, given: object) -> FileMapping | None:
        top = self.part(given, "", _TOP)
        if top is None:
            return None
        for key in ("moment", "result"):
            if key not in top:
                self.fail("", "mapping_key_missing", key=key)
        moment = self.column(top["moment"], "moment", MOMENT) if "moment" in top else None
        known = self.column(top["known_at"], "known_at", MOMENT) if top.get("known_at") else None
        result, results = self.result(top["result"]) if "result" in top else (None, {})
        random = self.column(top["random"], "random", _RANDOM) if top.get("random") else None
        if random is not None and not random.true:
            self.fail("random", "mapping_key_missing", key="true")
        indicators = self.indicators(top.get("indicators") or {})
        past = self.past(top.get("past") or {})
        for code in sorted(set(indicators) & set(past)):
            self.fail(f"past/{code}", "mapping_indicator_twice", indicator=code)
        delimiter = self.text(top.get("delimiter", ","), "delimiter")
        if len(delimiter) != 1:
            self.fail("delimiter", "mapping_form", expected="character")
        missing = self.texts(top.get("missing", []), "missing")
        encoding, zone = self.encoding(top.get("encoding", "utf-8-sig")), self.zone(top.get("zone", ""))
        if moment is None or result is None:
            return None
        return FileMapping(
            moment=moment,
            result=result,
            results=results,
            known_at=known,
            random=random,
            indicators=MappingProxyType(indicators),
            past=MappingProxyType(past),
            missing=frozenset({"", *missing}),
            delimiter=delimiter,
            encoding=encoding,
            zone=zone,
        )

    def part(self, given: object, path: str, allowed: tuple[str, ...]) -> Mapping[str, Any] | None:
        """An object with no other keys than these. YAML reads a bare `true` as the truth, which is put right here."""
        if not isinstance(given, dict):
            self.fail(path, "mapping_not_an_object")
            return None
        named = {_key(key): value for key, value in given.items()}
        for key in named:
            if key not in allowed:
                self.fail(path, "mapping_key_unknown", key=key[:60], allowed=", ".join(allowed))
        return named

    def text(self, given: object, path: str) -> str:
        if isinstance(given, str):
            return given
        self.fail(path, "mapping_form", expected="text")
        return ""

    def texts(self, given: object, path: str) -> tuple[str, ...]:
        """Words as the file writes them; numbers and truths that YAML made of them become words again."""
        if not isinstance(given, list):
            given = [given]
        words = []
        for one in given:
            if not isinstance(one, str | int | float):
                self.fail(path, "mapping_form", expected="list of words")
                return ()
            words.append(_key(one))
        return tuple(words)

    def column(self, given: object, path: str, allowed: tuple[str, ...]) -> Column | None:
        if isinstance(given, str):
            given = {"column": given}
        part = self.part(given, path, allowed)
        if part is None:
            return None
        name = part.get("column")
        if not isinstance(name, str) or not name.strip():
            self.fail(path, "mapping_key_missing", key="column")
            return None
        values = part.get("values", {})
        if not isinstance(values, dict):
            self.fail(f"{path}/values", "mapping_not_an_object")
            values = {}
        cut = part.get("cut", 0)
        if isinstance(cut, bool) or not isinstance(cut, int) or cut < 0:
            self.fail(f"{path}/cut", "mapping_form", expected="whole number")
            cut = 0
        comma = part.get("decimal_comma", False)
        if not isinstance(comma, bool):
            self.fail(f"{path}/decimal_comma", "mapping_form", expected="true or false")
        return Column(
            name=name.strip(),
            format=self.text(part.get("format", ""), f"{path}/format"),
            cut=cut,
            decimal_comma=comma is True,
            values=MappingProxyType({_key(one): _key(other) for one, other in values.items()}),
            true=self.texts(part.get("true", []), f"{path}/true"),
            false=self.texts(part.get("false", []), f"{path}/false"),
        )

    def result(self, given: object) -> tuple[Column | None, Mapping[Result, tuple[str, ...]]]:
        part = self.part(given, "result", _RESULT)
        if part is None:
            return None, {}
        results = {one: self.texts(part.get(one.value, []), f"result/{one.value}") for one in Result}
        words: set[str] = set()
        for said in results.values():
            for word in said:
                if word in words:
                    self.fail("result", "mapping_result_twice", word=word)
                words.add(word)
        for needed in (Result.FOUND, Result.CLEAN):
            if not results[needed]:
                self.fail("result", "mapping_key_missing", key=needed.value)
        return self.column({"column": part.get("column")}, "result", ("column",)), MappingProxyType(results)

    def indicators(self, given: object) -> dict[str, Column]:
        found = {}
        for code, column in self.known(given, "indicators").items():
            read = self.column(column, f"indicators/{code}", _INDICATOR)
            if read is not None:
                found[code] = read
        return found

    def known(self, given: object, path: str) -> Mapping[str, Any]:
        """The named indicators that the catalogue has."""
        if not isinstance(given, dict):
            self.fail(path, "mapping_not_an_object")
            return {}
        for code in given:
            if code not in self.specs:
                self.fail(f"{path}/{code}", "mapping_indicator_unknown", indicator=str(code)[:60])
        return {code: value for code, value in given.items() if code in self.specs}

    def past(self, given: object) -> dict[str, Counted]:
        found = {}
        for code, said in self.known(given, "past").items():
            path = f"past/{code}"
            part = self.part(said, path, _PAST)
            if part is None:
                continue
            what = next((one for one in What if one.value == part.get("what")), None)
            months = part.get("months", self.specs[code].months or 24)
            of = part.get("of")
            if what is None:
                self.fail(f"{path}/what", "mapping_form", expected=", ".join(What))
            elif GIVES[what] is not self.specs[code].type:
                kind = self.specs[code].type.value
                self.fail(f"{path}/what", "mapping_what_type", what=what.value, given=GIVES[what].value, type=kind)
            if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= 240:
                self.fail(f"{path}/months", "mapping_form", expected="number of months")
            elif not isinstance(of, str) or not of.strip():
                self.fail(path, "mapping_key_missing", key="of")
            elif what is not None:
                found[code] = Counted(of.strip(), what, months)
        return found

    def encoding(self, given: object) -> str:
        name = self.text(given, "encoding")
        try:
            return "utf-8-sig" if codecs.lookup(name or "utf-8").name == "utf-8" else name
        except LookupError:
            self.fail("encoding", "mapping_encoding_unknown", received=name[:60])
            return "utf-8-sig"

    def zone(self, given: object) -> str:
        name = self.text(given, "zone")
        try:
            return name if not name or ZoneInfo(name) else ""
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail("zone", "mapping_zone_unknown", received=name[:60])
            return ""


def _key(given: object) -> str:
    return str(given).lower() if isinstance(given, bool) else str(given)
