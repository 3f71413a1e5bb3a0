"""Problems as people read them."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from django.utils import translation

from profiling.cargo.sentences import as_received, problem_kind, problem_place, problem_sentence
from profiling.formats.problems import CODES, WORDS

PROFILING = Path(__file__).resolve().parents[2] / "profiling"


def codes_told_by_the_intake() -> set[str]:
    """First arguments of every `Problem(…)` written outside the readers, which have their own test."""
    found = set()
    for folder in ("cargo", "intake"):
        for path in (PROFILING / folder).glob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in {"r.Problem", "Problem"}:
                    said = ast.walk(call.args[0]) if call.args else ()
                    found |= {one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


def test_every_problem_that_the_intake_tells_has_a_sentence() -> None:
    codes = codes_told_by_the_intake()
    assert {"file_format_unknown", "bill_repeated_identical", "left_out_of_replacement"} <= codes
    assert codes <= CODES.keys()


def test_a_sentence_is_filled_with_its_values() -> None:
    assert problem_sentence("text_cut", {"limit": 1350}) == "The text is longer than 1,350 characters and was cut."
    assert problem_sentence("value_not_allowed", {"allowed": ["full", "empty"]}).endswith("one of: full, empty.")


@pytest.mark.parametrize(("code", "params"), [("of_tomorrow", {}), ("text_cut", {}), ("text_cut", {"other": 1})])
def test_what_cannot_be_said_in_a_sentence_shows_its_code(code: str, params: dict[str, int]) -> None:
    assert problem_sentence(code, params) == code


def test_a_value_cannot_reach_into_the_program() -> None:
    sentence = problem_sentence("number_invalid", {"value": "{0.__class__} {limit} %s"})
    assert sentence == "{0.__class__} {limit} %s is not a number that can be used here."


def test_what_a_reader_wanted_stands_in_the_readers_language() -> None:
    signs = {"reason": "one of these signs is expected: {signs}", "signs": ", }"}
    assert problem_sentence("json_invalid", signs) == "This is not valid JSON: one of these signs is expected: , }."
    with translation.override("ru"):
        assert problem_sentence("type_wrong", {"expected": "a whole number"}) == "Здесь должно стоять: целое число."
        assert problem_sentence("json_invalid", signs) == "Это не JSON: ожидается один из знаков: , }."
        assert problem_sentence("file_cut", {"missing": "UNZ"}) == "Файл обрывается: не хватает UNZ."


@pytest.mark.parametrize("word", ["text", "one of these signs is expected: {signs}"])
def test_a_received_value_is_never_taken_for_a_word_of_ours(word: str) -> None:
    with translation.override("ru"):
        assert problem_sentence("number_invalid", {"value": word}).startswith(word)


@pytest.mark.parametrize(
    "text", ['{"a" 1}', '{"a":1,}', "[1,]", "{a:1}", '{"a":"\x01"}', '{"a":"\\q"}', '{"a":"\\u12"}', "[1 2]", "nul"]
)
def test_what_pythons_own_json_reader_says_is_known(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as error:
        json.loads(text)
    assert error.value.msg.rstrip(": ") in WORDS


def test_every_thing_that_readers_expect_is_a_word_for_translators() -> None:
    said = set()
    for path in (PROFILING / "formats").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call):
                given = [one.value for one in call.keywords if one.arg in {"expected", "reason"}]
                given += call.args[2:3] if ast.unparse(call.func) == "self._shaped" else []
                said |= {one.value for one in given if isinstance(one, ast.Constant)}
    assert "a whole number" in said
    assert "a country code of two capital letters" in said
    assert said <= WORDS


def test_a_kind_has_an_ellipsis_for_what_differs() -> None:
    assert problem_kind("segment_count_differs") == "UNT promises … segments, the message has …"
    assert problem_kind("of_tomorrow") == "of_tomorrow"


@pytest.mark.parametrize(
    ("position", "words"),
    [
        ({"segment": 14, "offset": 812}, "segment 14, byte 812"),
        ({"pointer": "/consignments/3", "offset": 40}, "/consignments/3, byte 40"),
        ({"offset": 0}, ""),
        ({}, ""),
    ],
)
def test_a_place_is_segment_or_pointer_and_byte(position: dict[str, object], words: str) -> None:
    assert problem_place(position) == words


def test_a_field_is_named_beside_its_place_unless_the_place_ends_in_it() -> None:
    assert problem_place({"segment": 14, "offset": 812}, "BGM") == "segment 14, byte 812, BGM"
    assert (
        problem_place({"pointer": "/consignments/3/issuer", "offset": 40}, "issuer")
        == "/consignments/3/issuer, byte 40"
    )


def test_unseen_characters_are_written_out() -> None:
    assert as_received("a\u202eb\x00c\u200bd") == "a\\u202eb\\u0000c\\u200bd"
    assert as_received("Ұлт\u00a0ж") == "Ұлт\u00a0ж"
