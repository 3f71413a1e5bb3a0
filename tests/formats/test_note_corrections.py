"""Corrections of boxes: what they change for each form of a note, and that a wrong one is told with its place."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.formats import records as r
from profiling.formats.note_boxes import BY_CODE, NOTES
from profiling.formats.note_corrections import (
    CORRECTIONS,
    changes,
    corrected,
    faults,
    fields_of,
    known_keys,
    sheets_of,
)
from profiling.formats.note_template import json_note, workbook, xml
from profiling.formats.problems import CODES
from profiling.formats.registry import header_from_json, header_to_json, reader_of
from tests.formats.notes import SAMPLES, filled, of, problems, read

CMR = BY_CODE["cmr"]
SWAPPED = {"notes": {"gross_kg": {"field": "net_kg"}, "net_kg": {"field": "gross_kg"}}}


def agreed(told: Any, code: str = "cmr") -> dict[str, Any]:
    return {CORRECTIONS: {code: told}}


def columns(told: Any) -> dict[str, Any]:
    notes = corrected(CMR, agreed(told)).notes
    assert notes is not None
    return {column.key: column for column in notes.columns}


def test_a_box_is_read_into_another_field_and_both_passes_agree() -> None:
    """A workbook with the headings as they were: what stands under gross is net, and the other way round."""
    sent = filled("cmr", "xlsx")
    found = read(sent, agreed(SWAPPED))
    assert problems(found) == []
    (bill,) = of(r.Consignment, found)
    assert (bill.gross_kg, sum(item.net_kg for item in bill.items)) == (None, Decimal("10770.5"))
    header = header_from_json(json.loads(json.dumps(header_to_json(found[0]))))
    assert list(reader_of("note-xlsx").read_span(io.BytesIO(sent), header, bill.span)) == [bill]


@pytest.mark.parametrize(("form", "write"), [("json", json_note), ("xml", xml)])
def test_members_name_fields_and_mean_the_same_whatever_was_corrected(form: str, write: Any) -> None:
    told = {"notes": {"volume_m3": {"field": "net_kg"}, "net_kg": {"field": "volume_m3"}}}
    for sent in (filled("cmr", form), write(corrected(CMR, agreed(told)), *SAMPLES["cmr"])):
        found = read(sent, agreed(told))
        assert problems(found) == []
        (bill,) = of(r.Consignment, found)
        assert (bill.gross_kg, bill.items[0].volume_m3) == (Decimal("10770.5"), Decimal("60.5"))


def test_a_field_new_to_a_note_is_known_by_both_passes_in_every_form() -> None:
    told = {"notes": {"hs": {"field": "gng", "ru": "Код ГНГ", "en": "NHM"}}}
    rows = [SAMPLES["cmr"][2][0] | {"gng": "392410"}]
    for form, write in (("xlsx", workbook), ("json", json_note), ("xml", xml)):
        sent = write(corrected(CMR, agreed(told)), SAMPLES["cmr"][0], SAMPLES["cmr"][1], rows)
        found = read(sent, agreed(told))
        assert problems(found) == []
        (bill,) = of(r.Consignment, found)
        assert bill.items[0].commodity == r.Commodity("392410", "GNG"), form
        header = header_from_json(json.loads(json.dumps(header_to_json(found[0]))))
        again = list(reader_of(f"note-{form}").read_span(io.BytesIO(sent), header, bill.span))
        assert of(r.Consignment, again) == [bill], form


def test_a_heading_belongs_to_the_box_that_has_it_now() -> None:
    """Gross is renamed and net takes the heading that gross had, which no longer means gross."""
    told = {
        "notes": {
            "gross_kg": {"ru": "Вес с упаковкой", "en": "Weight packed"},
            "net_kg": {"ru": "Масса брутто, кг", "en": "Gross mass, kg"},
        }
    }
    assert faults(CMR, told) == []
    found = columns(told)
    assert "Масса брутто, кг" not in found["gross_kg"].also
    (bill,) = of(r.Consignment, read(filled("cmr", "xlsx"), agreed(told)))
    assert (bill.gross_kg, sum(item.net_kg for item in bill.items)) == (None, Decimal("10770.5"))


def test_what_is_needed_goes_with_the_field() -> None:
    told = {"notes": {"document_no": {"field": "marks"}, "marks": {"field": "document_no"}}}
    found = columns(told)
    assert (found["document_no"].ru, found["document_no"].required) == ("Знаки и номера", True)
    assert not found["marks"].required


@pytest.mark.parametrize(
    ("told", "code", "where"),
    [
        ([], None, None),
        (["x"], "boxes_unreadable", ""),
        ({"goods": {}}, "box_table_unknown", "goods"),
        ({"notes": []}, "boxes_unreadable", "notes"),
        ({"notes": {"no_such": {}}}, "box_unknown", "notes.no_such"),
        ({"notes": {"hs": []}}, "boxes_unreadable", "notes.hs"),
        ({"notes": {"hs": {"key": "x"}}}, "box_member_unknown", "notes.hs.key"),
        ({"notes": {"hs": {"box": "x" * 13}}}, "box_text_wrong", "notes.hs.box"),
        ({"notes": {"hs": {"ru": "two\nlines"}}}, "box_text_wrong", "notes.hs.ru"),
        ({"notes": {"hs": {"ru": " - "}}}, "box_heading_missing", "notes.hs.ru"),
        ({"notes": {"hs": {"also": "x"}}}, "box_also_wrong", "notes.hs.also"),
        ({"notes": {"hs": {"field": "wings"}}}, "box_field_unknown", "notes.hs.field"),
        ({"notes": {"hs": {"field": ["hs"]}}}, "box_field_unknown", "notes.hs.field"),
        ({"notes": {"hs": {"field": "truck"}}}, "box_field_twice", "notes.hs.field"),
        ({"notes": {"hs": {"en": "Packing"}}}, "box_heading_twice", "notes.hs.en"),
        ({"notes": {"description": {"field": "freight"}}}, "box_field_needed", "notes.description.field"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_wrong_is_told_with_its_place(told: Any, code: str | None, where: str | None) -> None:
    found = faults(CMR, told) if told else []
    assert [(one.code, one.where) for one in found] == ([(code, where)] if code else [])
    for one in found:
        assert CODES[one.code].format(**one.params)


def test_every_fault_is_told_at_once() -> None:
    told = {"notes": {"hs": {"field": "wings", "box": "x" * 13}, "wings": {}}, "head": {"eta": {"ru": ""}}}
    assert {one.code for one in faults(CMR, told)} == {
        "box_field_unknown", "box_text_wrong", "box_unknown", "box_heading_missing"
    }  # fmt: skip


def test_only_what_differs_from_the_table_is_a_correction() -> None:
    column = columns({})["gross_kg"]
    as_it_is = {"box": column.box, "ru": column.ru, "en": column.en, "field": "gross_kg", "also": []}
    assert changes(CMR, "notes", "gross_kg", as_it_is) == {}
    assert changes(CMR, "notes", "gross_kg", as_it_is | {"box": "11a"}) == {"box": "11a"}


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.code)
def test_every_box_may_stay_in_its_own_field(note: Any) -> None:
    told = {
        table: {column.key: {"field": column.key, "ru": column.ru, "en": column.en} for column in sheet.columns}
        for table, sheet in sheets_of(note).items()
    }
    assert faults(note, told) == []
    again = corrected(note, agreed(told, note.code))
    for table, sheet in sheets_of(note).items():
        assert {column.key for column in sheet.columns} <= set(fields_of(note, table))
        assert known_keys(again, table) == known_keys(note, table)


MEMBERS = st.dictionaries(
    st.sampled_from(["box", "ru", "en", "hint_ru", "also", "field", "key"]),
    st.one_of(
        st.text(max_size=90), st.lists(st.text(max_size=5), max_size=3), st.none(), st.sampled_from(["net_kg", "hs"])
    ),
    max_size=4,
)
TOLD = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.dictionaries(
        st.sampled_from(["head", "equipment", "notes", "goods"]),
        st.one_of(
            st.none(), st.dictionaries(st.sampled_from(["gross_kg", "hs", "net_kg", "eta", "x"]), MEMBERS, max_size=4)
        ),
        max_size=3,
    ),
)


@given(TOLD)
def test_a_correction_is_refused_with_a_sentence_or_leaves_a_note_that_can_be_handed_out(told: Any) -> None:
    found = faults(CMR, told) if told else []
    for one in found:
        assert CODES[one.code].format(**one.params)
    if found:
        with pytest.raises(ValueError, match=r"^cmr"):
            corrected(CMR, agreed(told))
        return
    note = corrected(CMR, agreed(told))
    for sheet in sheets_of(note).values():
        keys = [column.key for column in sheet.columns]
        assert len(set(keys)) == len(keys)
    # as it is handed out it is understood; what the units are is said, so that nothing but the texts is looked at
    found = read(workbook(note, SAMPLES["cmr"][0], SAMPLES["cmr"][1], SAMPLES["cmr"][2]), agreed(told))
    assert len(of(r.Consignment, found)) == 1
