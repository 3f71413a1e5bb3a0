"""pcu-manifest: any order of members, pointers to what is wrong, cut and hostile files, schema and reader agreeing."""

from __future__ import annotations

import copy
import json
import time
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.formats import json_stream, limits, pcu_json
from profiling.formats.generate import generate_rail_json
from profiling.formats.records import (
    Commodity,
    DocumentType,
    EquipmentKind,
    Fill,
    Loading,
    MessageEnd,
    Mode,
    Problem,
    SealParty,
    Severity,
)
from tests.formats.samples import bills, boxes, header, manifest, note, problems, read, stream

SCHEMA = json.loads(
    Path(pcu_json.__file__).with_name("schema").joinpath("pcu-manifest-1.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def _only(found: list[Any]) -> Problem:
    (one,) = [each for each in found if isinstance(each, Problem)]
    return one


def test_a_rail_manifest_is_read() -> None:
    found = read(manifest())
    assert [type(each).__name__ for each in found] == [
        "Header",
        "Equipment",
        "Equipment",
        "Consignment",
        "MessageEnd",
    ]
    head = header(found)
    assert (head.source_format, head.sender, head.manifest_number) == ("pcu-json", "KTZ-TEST", "TRAIN-77")
    assert (head.conveyance.mode, head.conveyance.identifier_type) == (Mode.RAIL, "train")
    assert head.conveyance.eta is not None
    assert head.conveyance.eta.precision == "date"
    wagon, box = boxes(found)
    assert (wagon.kind, wagon.number) == (EquipmentKind.WAGON, "98765432")
    assert (box.carried_on, box.fill, box.seals[0].party) == ("98765432", Fill.FULL, SealParty.CUSTOMS)
    bill = bills(found)[0]
    assert (bill.document_type, bill.document_no) == (DocumentType.SMGS, "N1")
    assert bill.gross_kg == Decimal(1000)
    assert bill.loadings == (Loading("MSKU1234565", 10),)


@given(st.permutations(list(manifest())), st.integers(0, 3))
def test_members_may_come_in_any_order(order: list[str], indent: int) -> None:
    whole = manifest()
    text = json.dumps({name: whole[name] for name in order}, ensure_ascii=False, indent=indent or None)
    found = read(text)
    assert not problems(found)
    assert len(boxes(found)) == 2
    assert len(bills(found)) == 1
    raw = text.encode()
    for record in [*boxes(found), *bills(found)]:
        assert json.loads(raw[record.span.start : record.span.end])


def test_offsets_count_bytes_behind_a_byte_order_mark() -> None:
    raw = b"\xef\xbb\xbf" + stream(manifest()).getvalue()
    found = read(raw)
    assert not problems(found)
    bill = bills(found)[0]
    assert json.loads(raw[bill.span.start : bill.span.end])["document_no"] == "N1"


@pytest.mark.parametrize("size", [16, 17, 64, 1000])
def test_pieces_of_any_size_give_the_same_records(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    whole = read(manifest())
    monkeypatch.setattr(json_stream, "PIECE", size)
    assert read(manifest()) == whole


def test_a_number_cut_by_a_piece_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in range(16, 40):
        monkeypatch.setattr(json_stream, "PIECE", size)
        found = read('{"format":"pcu-manifest","a":1234567,"version":"1"}')
        assert problems(found)["unknown_field"].received == "1234567"


@pytest.mark.parametrize(
    ("change", "code", "pointer", "field"),
    [
        ({"document_no": None}, "field_missing", "/consignments/0/document_no", "document_no"),
        ({"document_no": "  "}, "field_missing", "/consignments/0/document_no", "document_no"),
        ({"document_no": 7}, "type_wrong", "/consignments/0/document_no", "document_no"),
        ({"document_no": "N" * 36}, "text_too_long", "/consignments/0/document_no", "document_no"),
        ({"document_type": "paper"}, "value_not_allowed", "/consignments/0/document_type", "document_type"),
        ({"gross_kg": -1}, "number_negative", "/consignments/0/gross_kg", "gross_kg"),
        ({"gross_kg": "1000"}, "type_wrong", "/consignments/0/gross_kg", "gross_kg"),
        ({"gross_kg": True}, "type_wrong", "/consignments/0/gross_kg", "gross_kg"),
        ({"gross_kg": 10**15}, "number_invalid", "/consignments/0/gross_kg", "gross_kg"),
        ({"packages": 1.5}, "type_wrong", "/consignments/0/packages", "packages"),
        ({"items": []}, "goods_missing", "/consignments/0/items", "items"),
        ({"items": {}}, "type_wrong", "/consignments/0/items", "items"),
        ({"items": [7]}, "type_wrong", "/consignments/0/items/0", "items"),
        ({"parties": [{"role": "boss", "name": "X"}]}, "value_not_allowed", "/consignments/0/parties/0/role", "role"),
        ({"origin_country": "Kazakhstan"}, "type_wrong", "/consignments/0/origin_country", "origin_country"),
        ({"loadings": [{}]}, "field_missing", "/consignments/0/loadings/0/equipment", "equipment"),
        ({"loading_place": {"scheme": "x"}}, "value_not_allowed", "/consignments/0/loading_place/scheme", "scheme"),
        (
            {"items": [{"commodity": {"code": "12A4"}}]},
            "type_wrong",
            "/consignments/0/items/0/commodity/code",
            "code",
        ),
    ],
)
def test_what_is_wrong_is_pointed_at_and_refuses_only_its_bill(
    change: dict[str, Any], code: str, pointer: str, field: str
) -> None:
    found = read(manifest(consignments=[note("N0") | change, note("N2")]))
    wrong = next(p for p in found if isinstance(p, Problem) and p.code == code)
    assert (wrong.severity, wrong.position.pointer, wrong.field) == (Severity.ERROR, pointer, field)
    assert [bill.document_no for bill in bills(found)] == ["N2"]
    assert isinstance(found[-1], MessageEnd)


def test_a_wrong_wagon_is_refused_and_the_rest_goes_on() -> None:
    found = read(manifest(equipment=[{"number": "1" * 18, "kind": "wagon"}, {"kind": "wagon"}, "x"]))
    assert not boxes(found)
    assert {"text_too_long", "field_missing", "type_wrong"} <= set(problems(found))
    assert len(bills(found)) == 1


def test_unknown_members_are_told_with_their_pointer() -> None:
    found = read(manifest(colour="red", consignments=[note("N1", **{"a/b~c": [1]})]))
    pointers = {p.position.pointer for p in found if isinstance(p, Problem) and p.code == "unknown_field"}
    assert pointers == {"/colour", "/consignments/0/a~1b~0c"}
    assert len(bills(found)) == 1


def test_a_key_given_twice_is_told_and_the_last_one_counts() -> None:
    text = json.dumps(manifest(), ensure_ascii=False)
    text = text.replace('"gross_kg": 1000, "packages"', '"gross_kg": 5, "gross_kg": 1000, "packages"')
    text = text.replace('"sender":', '"sender": "OLD", "sender":')
    found = read(text)
    pointers = {p.position.pointer for p in found if isinstance(p, Problem) and p.code == "field_repeated"}
    assert pointers == {"/sender", "/consignments/0/gross_kg"}
    assert bills(found)[0].gross_kg == Decimal(1000)
    assert header(found).sender == "KTZ-TEST"


def test_an_array_given_twice_is_fatal() -> None:
    text = json.dumps(manifest())
    twice = text[:-1] + ', "equipment": []}'
    assert _only(read(twice)).severity is Severity.FATAL


def test_equipment_is_checked_wherever_it_stands() -> None:
    whole = manifest(consignments=[note("N1", loadings=[{"equipment": "TCKU7654321"}])])
    whole["equipment"].append(whole["equipment"][0])
    for order in (["equipment", "consignments"], ["consignments", "equipment"]):
        rest = [name for name in whole if name not in order]
        found = problems(read({name: whole[name] for name in [*rest, *order]}))
        assert found["equipment_not_listed"].received == "TCKU7654321"
        assert found["equipment_repeated"].received == "98765432"


@pytest.mark.parametrize(
    "change",
    [{"format": "other"}, {"version": "2"}, {"version": 1}, {"format": None}],
)
def test_another_format_or_version_is_fatal(change: dict[str, Any]) -> None:
    assert _only(read(manifest(**change))).code == "format_unknown"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"function": "amend"}, "value_not_allowed"),
        ({"function": None}, "field_missing"),
        ({"sender": ""}, "field_missing"),
        ({"manifest_number": 7}, "type_wrong"),
        ({"conveyance": []}, "type_wrong"),
        ({"consignments": {}}, "type_wrong"),
    ],
)
def test_a_wrong_header_is_fatal(change: dict[str, Any], code: str) -> None:
    found = read(manifest(**change))
    assert problems(found)[code].severity is Severity.FATAL
    assert not bills(found)


def test_a_cancelling_message_needs_no_goods() -> None:
    found = read(manifest(function="cancel", consignments=[{"document_type": "smgs", "document_no": "N1"}]))
    assert not problems(found)
    assert bills(found)[0].items == ()


def test_a_file_cut_anywhere_is_fatal() -> None:
    raw = stream(manifest()).getvalue()
    for end in range(1, len(raw)):
        found = _only(read(raw[:end]))
        assert (found.code, found.severity) == ("file_cut", Severity.FATAL), raw[:end][-20:]
        assert found.position.offset <= end


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ('{"a": NaN}', "json_invalid"),
        ('{"a": -Infinity}', "json_invalid"),
        ('{"a" 1}', "json_invalid"),
        ("{'a': 1}", "json_invalid"),
        ('{"a": 1,}', "json_invalid"),
        ('{"a": 01}', "json_invalid"),
        ('{"a": "\t"}', "json_invalid"),
        ('{"a": 1} {}', "json_invalid"),
        ('{"consignments": [1 2]}', "json_invalid"),
        ('{"a": ' + "[" * 100_000, "json_too_deep"),
        ('{"a": ' + "[" * 200 + "]" * 200 + "}", "json_too_deep"),
        ('{"consignments": [' + '{"a":' * 100 + "1" + "}" * 100 + "]}", "json_too_deep"),
        ("{}", "format_unknown"),
    ],
)
def test_invalid_json_is_fatal_with_its_place(broken: str, code: str) -> None:
    found = _only(read(broken))
    assert (found.code, found.severity) == (code, Severity.FATAL)
    assert found.position.offset <= len(broken)


def test_the_offset_of_a_mistake_counts_bytes() -> None:
    text = '{"a": "ЖЖЖ", "b": x}'
    at = _only(read(text)).position.offset
    assert text.encode()[at:] == b"x}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_fatal(encoding: str) -> None:
    raw = json.dumps(manifest()).encode(encoding)
    assert _only(read(raw)).code == "charset"


def test_bytes_that_are_no_utf8_are_fatal_with_their_offset() -> None:
    raw = stream(manifest()).getvalue()
    at = raw.index("СТЕПЬ".encode()) + 1
    found = _only(read(raw[:at] + b"\xff" + raw[at + 1 :]))
    assert (found.code, found.position.offset) == ("charset", at - 1)


@pytest.mark.parametrize("number", ["1e999999999", "-1e999999999", "1e99999999999999999999", "9" * 5000])
def test_monstrous_numbers_refuse_only_their_bill(number: str) -> None:
    text = json.dumps(manifest(consignments=[note("N1", gross_kg=987654321), note("N2")]))
    found = read(text.replace("987654321", number))
    assert problems(found)["number_invalid"].position.pointer == "/consignments/0/gross_kg"
    assert [bill.document_no for bill in bills(found)] == ["N2"]


def test_tiny_fractions_are_rounded() -> None:
    text = json.dumps(manifest(consignments=[note("N1", gross_kg=987654321)]))
    found = read(text.replace("987654321", "1000.00000049").replace("1000,", "1000.1e0,"))
    assert bills(found)[0].gross_kg == Decimal("1000")


def test_lone_surrogates_and_nul_do_not_reach_a_record() -> None:
    found = read(json.dumps(manifest(consignments=[note("N1", issuer="A\ud800\x00B", **{"x\ud800": "\udfff"})])))
    assert bills(found)[0].issuer == "AB"
    assert "control_characters" in problems(found)
    for each in found:
        repr(each).encode("utf-8")


def test_a_record_that_is_wrong_throughout_tells_some_of_it() -> None:
    found = read(manifest(consignments=[note("N1", items=[1] * 2000), note("N2")]))
    assert sum(isinstance(each, Problem) for each in found) == limits.RECORD_PROBLEMS
    assert len(bills(found)) == 1


def test_a_head_without_end_is_not_gathered() -> None:
    found = read(manifest(**{f"field {number}": "x" * 100 for number in range(3000)}))
    assert _only(found).code == "record_too_long"
    assert _only(found).severity is Severity.FATAL


def test_an_item_without_end_is_not_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RECORD_BYTES", 1 << 20)
    text = '{"consignments": [{"a": "' + "x" * (6 << 20)
    assert _only(read(text)).code == "record_too_long"


def test_a_long_run_of_blanks_is_passed_quickly() -> None:
    began = time.process_time()
    assert _only(read("{" + " " * 20_000_000)).code == "file_cut"
    assert time.process_time() - began < 5


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "PIECE", 1 << 16)
    path = tmp_path / "large.json"
    with path.open("wb") as target:
        target.writelines(generate_rail_json(4000, 2))
    tracemalloc.start()
    try:
        with path.open("rb") as source:
            seen = sum(1 for _each in pcu_json.PcuJsonReader().read(source))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seen == 4000 + 8000 + 4000 + 2
    assert peak < 4_000_000 < path.stat().st_size


# -- schema


def test_the_schema_is_valid_and_describes_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    objects = [SCHEMA, *SCHEMA["$defs"].values()]
    for each in objects:
        assert each["additionalProperties"] is False
        assert all(field.get("description") for field in each["properties"].values())


def _changes() -> st.SearchStrategy[tuple[list[Any], Any]]:
    values = st.sampled_from(
        [None, "", "x", "KZ", "KAZ", -1, 0, 1, 1.5, 10**13, True, [], {}, ["x"], [{}], "2026-10-20", "smgs", "N" * 40]
    )
    return st.tuples(st.lists(st.integers(0, 30), min_size=1, max_size=6), values)


@given(_changes())
def test_schema_and_reader_refuse_the_same(change: tuple[list[Any], Any]) -> None:
    path, value = change
    whole = copy.deepcopy(manifest())
    target: Any = whole
    for step in path[:-1]:
        inner = list(target.values()) if isinstance(target, dict) else target
        inner = [each for each in inner if isinstance(each, (dict, list)) and each]
        if not inner:
            break
        target = inner[step % len(inner)]
    if isinstance(target, dict):
        target[list(target)[path[-1] % len(target)]] = value
    else:
        target[path[-1] % len(target)] = value
    found = [each for each in read(whole) if isinstance(each, Problem)]
    refused = any(p.severity is not Severity.WARNING for p in found)
    # Goods may be missing in the schema (a message that cancels needs none) and dates are only warned of.
    beyond = {"goods_missing", "date_impossible"}
    if not any(p.code in beyond for p in found):
        assert refused is not VALIDATOR.is_valid(whole), (found, whole)


@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01T00:00+05:00", "9999-12-31T23:59-12:00", "2026-02-30"])
def test_times_that_no_calendar_can_hold_in_another_zone_are_told_and_left_out(text: str) -> None:
    found = read(manifest(conveyance={"mode": "rail", "eta": text}))
    assert header(found).conveyance.eta is None
    assert problems(found)["date_impossible"].received == text


def test_codes_in_the_commodity_are_cleaned() -> None:
    items = [{"description": "X", "commodity": {"code": "6907.21 00", "scheme": "GNG"}}]
    found = read(manifest(consignments=[note("N1", items=items, packages=None, gross_kg=None)]))
    assert bills(found)[0].items[0].commodity == Commodity("69072100", "GNG")
