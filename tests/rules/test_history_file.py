"""A file of past consignments is read by its mapping; what is wrong is told where it stands and loses nothing good."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.rules.core.history_file import Fault, HeadingsError, PastRow, read
from profiling.rules.core.history_mapping import PROBLEMS, FileMapping, InvalidMappingError, parse_mapping
from profiling.rules.core.learning_records import Result
from tests.rules.trees import CATALOGUE

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ALMATY = ZoneInfo("Asia/Almaty")
MAPPING: dict[str, Any] = {
    "moment": {"column": "Date", "format": "%d.%m.%Y"},
    "known_at": "Known",
    "result": {"column": "Result", "found": ["F"], "clean": ["C"], "never": [""]},
    "random": {"column": "Channel", "true": ["R"]},
    "indicators": {
        "kg": {"column": "Weight", "decimal_comma": True},
        "packages": "Packages",
        "first_time": {"column": "New", "true": ["J"], "false": ["N"]},
        "text": "Goods",
        "origin": {"column": "Origin", "values": {"CHN": "CN"}, "cut": 2},
        "mode": "Mode",
        "loaded_on": {"column": "Loaded", "format": "%d.%m.%Y"},
    },
    "past": {"bills": {"of": "Firm", "what": "seen"}},
    "missing": ["NA"],
    "delimiter": ";",
}
HEADINGS = "Date;Known;Result;Channel;Weight;Packages;New;Goods;Origin;Mode;Loaded;Firm"
GOOD = "03.02.2025;2025-02-05;F;R;1.250,5;12;J;Used parts;CHN;sea;01.02.2025;Firm A"


def mapping(**changes: Any) -> FileMapping:
    return parse_mapping({**MAPPING, **changes}, CATALOGUE)


def rows_of(*lines: str, said: FileMapping | None = None, encoding: str = "utf-8") -> list[PastRow | Fault]:
    stream = io.BytesIO("\n".join([HEADINGS, *lines]).encode(encoding))
    return list(read(stream, said or mapping(), CATALOGUE, zone=ALMATY, now=NOW))


def changed(column: str, cell: str) -> str:
    cells = dict(zip(HEADINGS.split(";"), GOOD.split(";"), strict=True))
    return ";".join({**cells, column: cell}.values())


def test_a_row_becomes_typed_values_with_its_result() -> None:
    (row,) = rows_of(GOOD)
    assert row == PastRow(
        row=2,
        moment=datetime(2025, 2, 3, tzinfo=ALMATY).astimezone(UTC),
        result=Result.FOUND,
        known_at=datetime(2025, 2, 5, tzinfo=ALMATY).astimezone(UTC),
        random=True,
        values={
            "kg": 1250.5,
            "packages": 12,
            "first_time": True,
            "text": " used parts ",
            "origin": "CN",
            "mode": "sea",
            "loaded_on": "2025-02-01",
        },
        keys={"Firm": "Firm A"},
    )


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("Date", "", "moment_missing"),
        ("Date", "2025-02-03", "date_malformed"),
        ("Date", "31.02.2025", "date_malformed"),
        ("Date", "03.02.2027", "date_ahead"),
        ("Known", "soon", "date_malformed"),
        ("Result", "X", "result_unknown"),
        ("Weight", "heavy", "not_a_number"),
        ("Weight", "nan", "number_range"),
        ("Weight", "1e300", "number_range"),
        ("Packages", "1.5", "not_whole"),
        ("New", "perhaps", "not_a_truth"),
        ("Mode", "air", "code_choice"),
        ("Loaded", "yesterday", "date_malformed"),
    ],
)
def test_a_bad_cell_refuses_its_row_and_no_other(column: str, cell: str, code: str) -> None:
    before, fault, after = rows_of(GOOD, changed(column, cell), GOOD)
    assert isinstance(before, PastRow)
    assert isinstance(after, PastRow)
    assert isinstance(fault, Fault)
    assert (fault.row, fault.column, fault.code) == (3, column, code)
    assert PROBLEMS[code].format(**fault.params)


def test_every_empty_cell_is_missing_and_so_is_the_word_for_it() -> None:
    for cell in ("", "NA"):
        (row,) = rows_of(changed("Weight", cell))
        assert isinstance(row, PastRow)
        assert "kg" not in row.values


def test_a_result_dated_before_the_arrival_was_known_on_arrival() -> None:
    (row,) = rows_of(changed("Known", "2024-12-01"))
    assert isinstance(row, PastRow)
    assert row.known_at == row.moment


def test_what_was_never_inspected_was_never_known() -> None:
    (row,) = rows_of(changed("Result", ""))
    assert isinstance(row, PastRow)
    assert (row.result, row.known_at) == (Result.NEVER, None)


def test_a_short_row_is_refused_and_an_empty_one_passed_over() -> None:
    fault, row = rows_of("03.02.2025;F", "", ";;;;;;;;;;;", GOOD)
    assert isinstance(fault, Fault)
    assert (fault.code, dict(fault.params)) == ("row_cells", {"found": 2, "expected": 12})
    assert isinstance(row, PastRow)
    assert row.row == 5


def test_a_line_is_counted_as_the_file_has_it_also_after_a_cell_of_two_lines() -> None:
    first, second = rows_of(changed("Goods", '"used\nparts"'), changed("Mode", "air"))
    assert isinstance(first, PastRow)
    assert isinstance(second, Fault)
    assert second.row == 4


def test_cyrillic_of_windows_is_read_when_the_mapping_says_so() -> None:
    (row,) = rows_of(changed("Goods", "мебель"), said=mapping(encoding="cp1251"), encoding="cp1251")
    assert isinstance(row, PastRow)
    assert row.values["text"] == " мебель "


def test_columns_that_the_file_lacks_are_named() -> None:
    with pytest.raises(HeadingsError) as error:
        list(read(io.BytesIO(b"Date;Known\n"), mapping(), CATALOGUE, zone=ALMATY, now=NOW))
    assert error.value.missing[:2] == ("Result", "Channel")


def test_an_empty_file_has_no_headings() -> None:
    with pytest.raises(HeadingsError):
        list(read(io.BytesIO(b""), mapping(), CATALOGUE, zone=ALMATY, now=NOW))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_whatever_break_the_reader(content: bytes) -> None:
    stream = io.BytesIO(HEADINGS.encode() + b"\n" + content)
    for row in read(stream, mapping(), CATALOGUE, zone=ALMATY, now=NOW):
        if isinstance(row, Fault):
            assert PROBLEMS[row.code].format(**row.params)


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"moment": None}, "moment", "mapping_not_an_object"),
        ({"moment": {"format": "%Y"}}, "moment", "mapping_key_missing"),
        ({"result": {"column": "R", "found": ["F"]}}, "result", "mapping_key_missing"),
        ({"result": {"column": "R", "found": ["F"], "clean": ["F"]}}, "result", "mapping_result_twice"),
        ({"indicators": {"colour": "C"}}, "indicators/colour", "mapping_indicator_unknown"),
        ({"indicators": {"kg": {"column": "W", "unit": "t"}}}, "indicators/kg", "mapping_key_unknown"),
        ({"indicators": {"kg": {"column": "W", "cut": -1}}}, "indicators/kg/cut", "mapping_form"),
        ({"indicators": ["kg"]}, "indicators", "mapping_not_an_object"),
        ({"past": {"kg": {"of": "Firm", "what": "seen"}}}, "past/kg/what", "mapping_what_type"),
        ({"past": {"bills": {"of": "Firm", "what": "guess"}}}, "past/bills/what", "mapping_form"),
        ({"past": {"bills": {"what": "seen"}}}, "past/bills", "mapping_key_missing"),
        ({"past": {"packages": {"of": "Firm", "what": "seen"}}}, "past/packages", "mapping_indicator_twice"),
        ({"random": {"column": "Channel"}}, "random", "mapping_key_missing"),
        ({"encoding": "latin-99"}, "encoding", "mapping_encoding_unknown"),
        ({"zone": "Asia/Nowhere"}, "zone", "mapping_zone_unknown"),
        ({"delimiter": ";;"}, "delimiter", "mapping_form"),
        ({"colour": 1}, "", "mapping_key_unknown"),
    ],
)
def test_a_wrong_mapping_is_told_at_its_place(changes: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(InvalidMappingError) as error:
        mapping(**changes)
    assert (path, code) in [(fault.path, fault.code) for fault in error.value.faults]
    for fault in error.value.faults:
        assert PROBLEMS[fault.code].format(**fault.params)


def test_all_that_is_wrong_with_a_mapping_is_told_at_once() -> None:
    with pytest.raises(InvalidMappingError) as error:
        parse_mapping({"indicators": {"colour": "C"}, "zone": "Asia/Nowhere"}, CATALOGUE)
    assert len(error.value.faults) == 4


@pytest.mark.parametrize("given", [None, [], "Date", 3], ids=repr)
def test_what_is_no_mapping_is_refused(given: object) -> None:
    with pytest.raises(InvalidMappingError):
        parse_mapping(given, CATALOGUE)


def test_numbers_and_truths_of_yaml_are_the_words_of_the_file() -> None:
    said = parse_mapping(
        {"moment": "Date", "result": {"column": "R", "found": [1], "clean": [0], "never": [True]}}, CATALOGUE
    )
    assert said.results == {Result.FOUND: ("1",), Result.CLEAN: ("0",), Result.NEVER: ("true",)}
