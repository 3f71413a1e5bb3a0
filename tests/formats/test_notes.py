"""Notes of rail, road and transit: what we hand out is what we read, in every form, and nothing is lost on the way."""

from __future__ import annotations

import dataclasses
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.formats import note_docs, note_files, note_xlsx
from profiling.formats import records as r
from profiling.formats.note_boxes import BY_CODE, NOTES, TRAIN_LIST
from profiling.formats.note_corrections import corrected
from profiling.formats.note_template import json_note, workbook, xml
from profiling.formats.problems import CODES, sentence
from profiling.formats.rail_cells import plain
from profiling.formats.registry import detect, header_from_json, header_to_json, reader_of
from tests.formats.notes import SAMPLES, WRITERS, filled, of, problems, read

CODES_OF_NOTES = list(BY_CODE)
FORMS = list(WRITERS)


def said(record: Any) -> Any:
    """What a record says, not where it stood."""
    plain_values = {each.name: getattr(record, each.name) for each in dataclasses.fields(record)}
    return {
        name: value
        for name, value in plain_values.items()
        if name not in ("position", "span", "source_format", "syntax")
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("code", CODES_OF_NOTES)
def test_a_filled_template_is_read_without_any_problem(code: str, form: str) -> None:
    found = read(filled(code, form))
    assert [sentence(each) for each in problems(found)] == []
    header = found[0]
    assert header.source_format == ("rail-xlsx" if (code, form) == ("train", "xlsx") else f"note-{form}")
    assert (header.manifest_number, header.sender, header.purpose) == ("M-1", "Carrier", BY_CODE[code].purpose)
    assert isinstance(found[-1], r.MessageEnd)


@pytest.mark.parametrize("code", CODES_OF_NOTES)
def test_every_form_of_a_note_says_the_same(code: str) -> None:
    first, *others = ([said(each) for each in read(filled(code, form))[:-1]] for form in FORMS)
    assert len(first) > 2
    assert all(other == first for other in others)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("code", CODES_OF_NOTES)
def test_nothing_that_was_filled_in_is_lost(code: str, form: str) -> None:
    """Each text of the sample stands somewhere in the records."""
    records = repr([said(each) for each in read(filled(code, form))[:-1]])
    head, equipment, notes = SAMPLES[code]
    words = {"event", "mode", "fill", "document_type", "function", "at", "eta", "contract_date"}  # told by a code
    numbers = {"volume_m3", "hs", "freight"}
    told = [row[key] for row in (head, *equipment, *notes) for key in row if key not in words | numbers]
    for text in told:
        for part in text.split(";"):
            assert repr(part.strip())[1:-1] in records


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("code", CODES_OF_NOTES)
def test_a_second_pass_reads_any_record_alike(code: str, form: str) -> None:
    sent = filled(code, form)
    whole = read(sent)
    header = header_from_json(json.loads(json.dumps(header_to_json(whole[0]))))
    assert header == whole[0]
    reader = reader_of(header.source_format)
    records = of((r.Equipment, r.Consignment, r.Movement), whole)
    assert records
    for record in records:
        assert record in list(reader.read_span(io.BytesIO(sent), header, record.span))
    ends = r.Span(records[0].span.start, records[-1].span.end)
    assert (
        of((r.Equipment, r.Consignment, r.Movement), list(reader.read_span(io.BytesIO(sent), header, ends))) == records
    )


@pytest.mark.parametrize("code", CODES_OF_NOTES)
def test_positions_of_json_and_xml_are_bytes_of_the_file(code: str) -> None:
    for form, begins in (("json", b"{"), ("xml", b"<row>")):
        sent = filled(code, form)
        for record in of((r.Equipment, r.Consignment, r.Movement), read(sent)):
            assert sent[record.span.start :].startswith(begins)
            assert sent[: record.span.end].endswith(b"}" if form == "json" else b"</row>")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.code)
def test_an_empty_template_is_told_what_it_lacks(note: Any, form: str) -> None:
    found = read(WRITERS[form](note))
    assert found == problems(found)
    assert {each.severity for each in found} == {r.Severity.FATAL}
    assert {each.field for each in found} >= {"manifest_number", "sender"}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.code)
def test_headings_are_told_apart_and_name_one_column(note: Any, language: str) -> None:
    for sheet in note.sheets:
        assert len(sheet.name) <= 31  # what spreadsheets take
        names: dict[str, str] = {}
        for column in sheet.columns:
            for heading in (column.heading, getattr(column, language), *column.also):
                assert names.setdefault(plain(heading), column.key) == column.key


def test_the_sheets_of_one_note_are_not_taken_for_those_of_another() -> None:
    for note in NOTES:
        found = read(workbook(note, *SAMPLES[note.code]))
        assert found[0].syntax["note"] == note.code


def test_a_truck_its_trailer_and_the_seals_of_a_carnet() -> None:
    truck, trailer = of(r.Equipment, read(filled("tir", "xml")))
    assert (truck.number, truck.kind, truck.seals) == ("777ABC02", r.EquipmentKind.TRUCK, ())
    assert (trailer.number, trailer.kind, trailer.carried_on) == ("12XYZ02", r.EquipmentKind.TRAILER, "777ABC02")
    assert trailer.seals == (r.Seal("TIR1", r.SealParty.CUSTOMS),)
    (carnet,) = of(r.Consignment, read(filled("tir", "xml")))
    assert (carnet.document_type, carnet.document_no) == (r.DocumentType.TIR, "XA12345678")
    holder = next(each for each in carnet.parties if each.role is r.PartyRole.HOLDER)
    assert holder.code == "KAZ/061/123"
    assert carnet.discharge_place == r.Place("50501", "", "customs_office")
    assert carnet.loadings == (r.Loading("12XYZ02", 600, Decimal("10000.5")),)


def test_a_cmr_note_keeps_goods_papers_and_dangerous_goods() -> None:
    (note,) = of(r.Consignment, read(filled("cmr", "xlsx")))
    first, second = note.items
    assert (first.volume_m3, first.packages, first.gross_kg) == (Decimal("60.5"), 600, Decimal("10000.5"))
    assert first.dangerous == (r.DangerousGoods("1263", "3"),)
    assert second.description == "HANGERS"
    assert note.references == (r.Reference("invoice", "INV-7"),)
    assert (note.receipt_place, note.delivery_place) == (r.Place("", "Urumqi"), r.Place("", "Almaty"))


def test_a_transfer_list_becomes_events_with_the_seals_seen_then() -> None:
    found = read(filled("transfer", "json"))
    wagon, first, second, laden = of(r.Movement, found)
    assert {each.event for each in (wagon, first, second, laden)} == {r.MovementKind.ARRIVED}
    assert first.at is not None
    assert first.at.local.isoformat() == "2026-11-24T14:30:00"
    assert first.place == r.Place("708507", "", "station")
    assert [seal.number for seal in first.seals] == ["CN1", "KZ2"]
    assert (first.carried_on, first.documents) == ("94233459", ("21847733", "21847734"))
    assert (second.fill, laden.gross_kg, wagon.seals) == (r.Fill.EMPTY, Decimal(64000), ())
    assert not of(r.Equipment, found)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"event": "may be"}, "value_not_allowed"),
        ({"event": ""}, "field_missing"),
        ({"at": ""}, "field_missing"),
        ({"junction": ""}, "field_missing"),
    ],
)
def test_a_transfer_list_must_say_where_when_and_which_way(changed: dict[str, str], code: str) -> None:
    head, equipment, _none = SAMPLES["transfer"]
    found = read(workbook(BY_CODE["transfer"], head | changed, equipment))
    assert [(each.code, each.severity, each.field) for each in problems(found)] == [
        (code, r.Severity.FATAL, next(iter(changed)))
    ]


def test_a_bad_row_of_a_transfer_list_is_refused_alone() -> None:
    head, equipment, _none = SAMPLES["transfer"]
    bad = {"wagon": "94188703", "gross_kg": "-1"}
    found = read(json_note(BY_CODE["transfer"], head, [bad, *equipment]))
    (refused,) = of(r.Refused, found)
    assert refused.is_bill
    assert [each.code for each in problems(found)] == ["type_wrong"]
    assert len(of(r.Movement, found)) == 4


def test_preliminary_information_says_by_which_document() -> None:
    head, equipment, notes = SAMPLES["eaeu"]
    goods = [{**notes[0], "document_type": said} for said in ("СМГС", "tir", "letter")]
    goods = [{**row, "document_no": f"D{place}"} for place, row in enumerate(goods)]
    found = read(json_note(BY_CODE["eaeu"], head, equipment, goods))
    assert [each.document_type for each in of(r.Consignment, found)] == [r.DocumentType.SMGS, r.DocumentType.TIR]
    assert [(each.code, each.document) for each in problems(found)] == [("value_not_allowed", "D2")]
    rail = read(json_note(BY_CODE["eaeu"], head | {"mode": "жд"}, equipment, [{**notes[0], "document_type": ""}]))
    assert of(r.Consignment, rail)[0].document_type is r.DocumentType.SMGS
    assert rail[0].conveyance.mode is r.Mode.RAIL


def test_details_of_a_firm_without_its_name_are_told() -> None:
    head, equipment, notes = SAMPLES["cmr"]
    found = read(json_note(BY_CODE["cmr"], head, equipment, [{**notes[0], "shipper": ""}]))
    assert [(each.code, each.severity, each.field) for each in problems(found)] == [
        ("field_missing", r.Severity.WARNING, "shipper")
    ]
    assert len(of(r.Consignment, found)) == 1


# -- what nobody knows is told once


def test_unknown_members_elements_and_headings_are_told_once() -> None:
    head, equipment, notes = SAMPLES["cmr"]
    sent = json.loads(
        json_note(BY_CODE["cmr"], head | {"weather": "rain"}, equipment, [{**row, "smell": "x"} for row in notes])
    )
    found = read(json.dumps(sent | {"extra": [1]}).encode())
    told = {(each.code, each.position.pointer) for each in problems(found)}
    assert told == {
        ("unknown_field", "/head/weather"),
        ("unknown_field", "/notes/0/smell"),
        ("unknown_field", "/extra"),
    }
    text = (
        filled("cmr", "xml")
        .replace(b"<head>", b"<head><weather>rain</weather>")
        .replace(b"</pcu-note>", b"<x/></pcu-note>")
    )
    found = read(text)
    assert {each.position.pointer for each in problems(found)} == {"/head/weather", "/x"}
    assert len(of(r.Consignment, found)) == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b'{"format": "pcu-note", "version": "1", "note": "letter"}', "note_unknown"),
        (b'{"format": "pcu-note", "version": "2", "note": "cmr"}', "note_unknown"),
        (b'{"format": "pcu-note", "version": "1", "note": "cmr", "head": []}', "type_wrong"),
        (b'{"format": "pcu-note", "version": "1", "note": "cmr", "notes": {}}', "type_wrong"),
        (b'{"format": "pcu-note", "version": "1", "note": "cmr", "notes": [1]}', "type_wrong"),
        (b'{"format": "pcu-note", "version": "1", "note": "cmr"', "file_cut"),
        (b'<pcu-note type="letter" version="1"/>', "note_unknown"),
        (b'<pcu-note type="cmr" version="1"><head>', "file_cut"),
        (b'<pcu-note type="cmr" version="1"></head>', "note_xml_invalid"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><pcu-note type="cmr" version="1">&b;</pcu-note>', "note_xml_doctype"),
        (b'<pcu-note type="cmr" version="1">' + b"<a>" * 99, "json_too_deep"),
    ],
    ids=["type", "version", "head", "table", "row", "cut", "xml type", "xml cut", "xml broken", "doctype", "deep"],
)
def test_what_is_no_note_is_told_with_its_place(sent: bytes, code: str) -> None:
    found = read(sent)
    assert [each.code for each in found] == [code]
    assert found[0].severity is r.Severity.FATAL
    assert 0 <= found[0].position.offset <= len(sent)


def test_a_note_that_is_too_large_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for form in ("xml", "json"):
        sent = filled("cmr", form)
        with monkeypatch.context() as patch:
            patch.setattr(note_files, "BYTES", 100)
            assert [each.code for each in read(sent)] == ["note_too_large"]
        with monkeypatch.context() as patch:
            patch.setattr(note_files, "ROWS", 1)
            assert [each.code for each in read(sent)] == ["note_too_many_rows"]


# -- corrections of a unit


def test_a_unit_corrects_a_box_and_both_headings_are_understood() -> None:
    agreed = {
        "note_boxes": {"cmr": {"notes": {"gross_kg": {"box": "11a", "ru": "Вес груза", "also": ["Bruttogewicht"]}}}}
    }
    note = corrected(BY_CODE["cmr"], agreed)
    column = next(each for each in note.notes.columns if each.key == "gross_kg")
    assert (column.box, column.ru, column.en) == ("11a", "Вес груза", "Gross mass, kg")
    for sent in (workbook(note, *SAMPLES["cmr"]), filled("cmr", "xlsx")):
        found = read(sent, agreed)
        assert problems(found) == []
        (bill,) = of(r.Consignment, found)
        assert bill.gross_kg == Decimal("10770.5")
        header = header_from_json(json.loads(json.dumps(header_to_json(found[0]))))
        again = list(reader_of("note-xlsx").read_span(io.BytesIO(sent), header, bill.span))
        assert again == [bill]


@pytest.mark.parametrize(
    "told",
    [
        {"goods": {}},
        {"notes": {"no_such": {"ru": "x"}}},
        {"notes": {"gross_kg": {"key": "x"}}},
        {"notes": {"gross_kg": {"ru": 1}}},
        {"notes": {"gross_kg": {"also": "x"}}},
    ],
    ids=["table", "column", "member", "type", "list"],
)
def test_a_correction_of_what_there_is_not_is_told(told: Any) -> None:
    agreed = {"note_boxes": {"cmr": told}}
    with pytest.raises(ValueError, match=r"^cmr\."):
        corrected(BY_CODE["cmr"], agreed)
    assert [each.code for each in read(filled("cmr", "json"), agreed)] == ["boxes_wrong"]


# -- hostile input

CELLS = st.one_of(
    st.none(), st.booleans(), st.text(max_size=12), st.integers(-(10**30), 10**30),
    st.lists(st.text(max_size=3), max_size=2), st.floats(allow_nan=False, allow_infinity=False), st.just({"a": 1}),
)  # fmt: skip


def rows_of(sheet: Any) -> Any:
    keys = [column.key for column in sheet.columns]
    return st.lists(st.dictionaries(st.sampled_from([*keys, "unknown"]), CELLS, max_size=6), max_size=4)


@settings(max_examples=150)
@given(st.data())
def test_whatever_stands_in_the_boxes_is_read_or_told(data: st.DataObject) -> None:
    note = data.draw(st.sampled_from(NOTES))
    head = SAMPLES[note.code][0]
    equipment = data.draw(rows_of(note.equipment))
    notes = data.draw(rows_of(note.notes)) if note.notes else []
    found = read(json_note(note, head, equipment, notes))
    assert all(sentence(each) and each.code in CODES for each in problems(found))
    assert isinstance(found[0], r.Header)
    assert isinstance(found[-1], r.MessageEnd)
    errors = {each.position.offset for each in problems(found) if each.severity is r.Severity.ERROR}
    assert {each.position.offset for each in of(r.Refused, found)} == errors
    kept = [row for row in notes if any(cell not in (None, "") for key, cell in row.items() if key != "unknown")]
    places = of((r.Consignment,), found) + [each for each in of(r.Refused, found) if each.is_bill]
    assert len(places) <= max(len(kept), len(equipment) * 4)


@pytest.mark.parametrize("form", ["xml", "json", "xlsx"])
@settings(max_examples=60)
@given(
    code=st.sampled_from(CODES_OF_NOTES),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=4)), min_size=1, max_size=4),
)
def test_damaged_notes_never_raise(form: str, code: str, edits: list[tuple[float, int, bytes]]) -> None:
    sent = filled(code, form)
    for where, length, piece in edits:
        at = int(where * len(sent))
        sent = sent[:at] + piece + sent[at + length :]
    reader = detect(io.BytesIO(sent)) or reader_of(f"note-{form}")
    found = list(reader.read(io.BytesIO(sent)))
    assert found
    assert all(sentence(each) for each in problems(found))
    fatal = any(each.severity is r.Severity.FATAL for each in problems(found))
    assert fatal or isinstance(found[-1], r.MessageEnd)


def test_rows_beyond_the_limit_of_a_sheet_are_told() -> None:
    rows = [{"wagon": str(n), "gross_kg": "1"} for n in range(note_xlsx.ROWS + 40)]
    assert [each.code for each in read(workbook(TRAIN_LIST, SAMPLES["train"][0], rows))] == ["too_many_rows"]


def test_the_samples_that_are_handed_out_parse_and_name_every_column() -> None:
    for note in NOTES:
        empty = json.loads(json_note(note))
        assert list(empty["head"]) == [column.key for column in note.head.columns]
        text = xml(note).decode()
        for sheet in note.sheets:
            for column in sheet.columns:
                assert f"<{column.key}>" in text
                assert column.ru.replace("--", "-") in text


def test_the_page_of_the_docs_is_the_table() -> None:
    docs = Path(note_docs.__file__).parents[2] / "docs" / "notes.md"
    assert docs.read_text(encoding="utf-8") == note_docs.page()


def test_every_key_of_the_table_becomes_something() -> None:
    """A column that nobody reads would be lost in silence: filled in or not must make a difference in the records."""
    silent = []
    units = {"wagon", "truck", "trailer", "container"}
    for note in NOTES:
        head, equipment, notes = SAMPLES[note.code]
        for table, rows in (("equipment", equipment), ("notes", notes)):
            sheet = note.equipment if table == "equipment" else note.notes
            for column in sheet.columns if sheet else ():
                beside = units if column.key in units and table == "notes" else {column.key}  # the innermost counts
                bare = {key: value for key, value in rows[0].items() if key not in beside}
                both = []
                for row in ({**bare, column.key: FILLED.get(column.key, "77")}, bare):
                    tables = {"equipment": equipment, "notes": notes, table: [row]}
                    both.append([said(each) for each in read(json_note(note, head, **tables))])
                if both[0] == both[1]:
                    silent.append((note.code, table, column.key))
    # The note that a train list names is held against the notes themselves (`rail_xlsx.train_list`).
    assert silent == [("train", "equipment", "document_no")]


FILLED = {
    "fill": "пор",
    "document_type": "TIR",
    "contract_date": "02.09.2026",
    "shipper_country": "UZ",
    "consignee_country": "UZ",
    "carrier_country": "UZ",
    "holder_country": "UZ",
    "declarant_country": "UZ",
    "origin_country": "UZ",
    "destination_country": "UZ",
    "currency": "EUR",
    "freight_currency": "EUR",
}
