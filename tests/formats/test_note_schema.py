"""The schema of pcu-note agrees with the reader: what we write is valid, what it does not know is not."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from profiling.formats.note_boxes import BY_CODE
from profiling.formats.note_schema import schema
from tests.formats.notes import filled, problems, read

VALIDATOR = jsonschema.Draft202012Validator(schema())


def note(code: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(filled(code, "json"))
    return whole


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("code", list(BY_CODE))
def test_what_we_hand_out_filled_is_valid(code: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(note(code))] == []


@pytest.mark.parametrize("code", list(BY_CODE))
def test_a_member_that_nobody_reads_is_not_valid_and_is_told(code: str) -> None:
    stray = note(code)
    stray["equipment"][0]["colour"] = "red"
    assert not VALIDATOR.is_valid(stray)
    assert "unknown_field" in {each.code for each in problems(read(json.dumps(stray).encode()))}


@pytest.mark.parametrize("code", list(BY_CODE))
def test_a_head_without_what_is_needed_is_not_valid(code: str) -> None:
    needed = schema()["allOf"][list(BY_CODE).index(code)]["then"]["properties"]["head"]["required"]
    assert needed
    for name in needed:
        bare = note(code)
        del bare["head"][name]
        assert not VALIDATOR.is_valid(bare), name


def test_another_format_version_or_kind_is_not_valid() -> None:
    for change in ({"format": "pcu-manifest"}, {"version": "9"}, {"note": "letter"}):
        assert not VALIDATOR.is_valid({**note("smgs"), **change})
