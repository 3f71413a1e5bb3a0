"""The rail workbook: the template is understood in both languages, and everything wrong is told with sheet and row."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from profiling.formats import note_template
from profiling.formats import records as r
from profiling.formats.note_boxes import TRAIN_LIST
from profiling.formats.problems import CODES
from profiling.formats.rail_xlsx import RailXlsxReader
from profiling.formats.registry import detect, header_from_json, header_to_json
from tests.formats.rail import HEAD, NOTE_ROWS, WAGON_ROWS, workbook

READER = RailXlsxReader()


def read(sent: bytes):
    found = list(READER.read(io.BytesIO(sent)))
    return found, [one for one in found if isinstance(one, r.Problem)]


def of(kind, found):
    return [one for one in found if isinstance(one, kind)]


@pytest.mark.parametrize("language", ["heading", "ru", "en"])
def test_headings_are_understood_in_both_languages_and_in_either(language):
    found, problems = read(workbook(language=language))
    assert problems == []
    header = found[0]
    assert (header.manifest_number, header.conveyance.identifier, header.conveyance.mode) == (
        "NL-8021", "8021", r.Mode.RAIL,
    )  # fmt: skip
    assert header.conveyance.arrival == r.Place("711000", "", "station")
    assert header.conveyance.departure == r.Place("", "Khorgos")
    assert header.conveyance.eta.local.isoformat() == "2026-11-24T14:30:00"
    assert isinstance(found[-1], r.MessageEnd)


def test_the_train_list_becomes_wagons_and_what_stands_on_them():
    found, _problems = read(workbook())
    wagon, first, second, laden = of(r.Equipment, found)
    assert (wagon.number, wagon.kind, wagon.gross_kg) == ("94233459", r.EquipmentKind.WAGON, None)
    assert (first.number, first.carried_on, first.gross_kg) == ("TEMU6180477", "94233459", Decimal("13368.5"))
    assert [seal.number for seal in first.seals] == ["CN8841270", "KZ1"]
    assert (second.carried_on, second.fill) == ("94233459", r.Fill.EMPTY)
    assert (laden.number, laden.tare_kg, laden.seals[0].number) == ("94188620", Decimal(22500), "W1")


def test_rows_of_one_note_become_one_consignment_and_numbers_keep_their_zeros():
    found, _problems = read(workbook())
    first, second = of(r.Consignment, found)
    assert (first.document_no, first.document_type) == ("21847733", r.DocumentType.SMGS)
    assert [item.commodity.code for item in first.items] == ["392410", "070320"]
    assert (first.packages, first.gross_kg) == (616, Decimal(10770))
    assert first.loadings == (r.Loading("TEMU6180477", 616, Decimal(10770)),)
    assert {party.role: party.tax_id for party in first.parties}[r.PartyRole.CONSIGNEE] == "231140009817"
    assert first.items[0].value == Decimal("1200.5")
    assert second.items[0].commodity == r.Commodity("252329", "GNG")
    assert second.loadings[0].equipment == "94188620"


def test_a_second_pass_reads_any_span_alike():
    sent = workbook()
    whole, _problems = read(sent)
    header = header_from_json(header_to_json(whole[0]))
    for record in of((r.Equipment, r.Consignment), whole):
        again = [
            one for one in READER.read_span(io.BytesIO(sent), header, record.span) if not isinstance(one, r.Problem)
        ]
        assert record in again


def test_the_template_itself_is_told_what_it_lacks_and_read_once_filled():
    found, problems = read(note_template.workbook(TRAIN_LIST))
    assert found == problems
    assert {(one.code, one.position.pointer) for one in problems} >= {
        ("field_missing", "/Поезд Train/manifest_number"),
        ("field_missing", "/Поезд Train/train"),
    }
    assert detect(io.BytesIO(note_template.workbook(TRAIN_LIST))).name == "rail-xlsx"


@pytest.mark.parametrize(
    ("notes", "code", "pointer"),
    [
        ([{**NOTE_ROWS[0], "gross_kg": "many"}], "type_wrong", "/СМГС SMGS/2/items/0/gross_kg"),
        ([NOTE_ROWS[2], {"document_no": "1", "packages": 3}], None, None),
        ([{**NOTE_ROWS[0], "consignee_country": "Kazakhstan"}], "type_wrong", "/СМГС SMGS/2/parties/1/country"),
        ([{**NOTE_ROWS[0], "hs": "abc"}], "type_wrong", "/СМГС SMGS/2/items/0/commodity/code"),
    ],
)
def test_a_bad_note_is_refused_with_its_row_and_the_good_ones_stay(notes, code, pointer):
    found, problems = read(workbook(notes=[*notes, {**NOTE_ROWS[2], "document_no": "99"}]))
    if code:
        assert (code, pointer) in {(one.code, one.position.pointer) for one in problems}
        assert of(r.Refused, found)
    assert "99" in {one.document_no for one in of(r.Consignment, found)}


def test_a_wagon_with_a_negative_weight_is_refused_and_its_container_told_by_row():
    found, problems = read(workbook(wagons=[*WAGON_ROWS, {"wagon": "94188703", "gross_kg": -1}]))
    assert [(one.code, one.position.pointer) for one in problems] == [("number_negative", "/Вагоны Wagons/5/gross_kg")]
    assert not of(r.Refused, found)[0].is_bill


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"<workbook/>")
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (65 << 20))
    return target.getvalue()


def far_cell(place: str) -> bytes:
    """A workbook of a few kilobytes whose last cell stands far away."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as sound, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        for part in sound.infolist():
            text = sound.read(part)
            if part.filename == "xl/worksheets/sheet2.xml":
                text = text.replace(b"</sheetData>", b'<row><c r="%s"><v>1</v></c></row></sheetData>' % place.encode())
            parts.writestr(part.filename, text)
    return target.getvalue()


def understated() -> bytes:
    """A workbook that says of its largest part that it is small."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"<workbook/>")
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (65 << 20))
    size = (65 << 20).to_bytes(4, "little")
    return target.getvalue().replace(size, (10).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (far_cell("XFD1048576"), "too_many_rows"),
        (far_cell("XFD2"), "too_many_rows"),
        (far_cell("A30000"), "too_many_rows"),
        (understated(), "workbook_too_large"),
        (b"PK\x03\x04 not a workbook", "workbook_unreadable"),
        (workbook()[:900], "workbook_unreadable"),
        (bomb(), "workbook_too_large"),
    ],
)
def test_what_is_no_workbook_is_told_and_nothing_is_read(sent, code):
    found, problems = read(sent)
    assert [one.code for one in problems] == [code]
    assert problems[0].severity is r.Severity.FATAL
    assert found == problems
    assert CODES[code]


def test_a_message_that_is_neither_new_nor_replacement_is_refused_with_what_is_allowed():
    _found, problems = read(workbook({**HEAD, "function": "удалить"}))
    assert [(one.code, one.severity) for one in problems] == [("value_not_allowed", r.Severity.FATAL)]
    found, problems = read(workbook({**HEAD, "function": "Замена"}))
    assert (found[0].function, problems) == (r.Function.REPLACE, [])


CELLS = st.one_of(
    st.none(),
    st.text("0123456789AЖ;., -\n\t=#", max_size=12),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
)
WAGONS = st.fixed_dictionaries({"wagon": CELLS, "container": CELLS, "seals": CELLS, "gross_kg": CELLS})
NOTES = st.fixed_dictionaries({"document_no": CELLS, "description": CELLS, "packages": CELLS})


@given(st.lists(WAGONS, max_size=4), st.lists(NOTES, max_size=4))
def test_whatever_stands_in_the_cells_is_read_or_told(wagons, notes):
    found, problems = read(workbook(wagons=wagons, notes=notes))
    assert all(one.code in CODES for one in problems)
    assert isinstance(found[-1], r.MessageEnd)


def book_of(*names: str) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name in names:
        book.add_worksheet(name)
    book.close()
    return target.getvalue()


@pytest.mark.parametrize(
    ("sent", "is_ours"),
    [
        (workbook(), True),
        (book_of("Поезд", "Вагоны"), True),
        (book_of("Train & wagons", "Wagons"), True),
        (book_of("Sheet1"), False),
        (book_of("Вагоны"), False),
        (workbook()[:900], False),
        (b"PK\x03\x04", False),
        (bomb(), False),
    ],
    ids=["template", "russian", "english", "other", "no train", "cut", "no archive", "no sheets"],
)
def test_only_a_workbook_with_the_sheets_of_the_template_is_taken(sent, is_ours):
    assert READER.sniff(sent[:4096], io.BytesIO(sent)) is is_ours


@given(st.integers(0, 8000), st.binary(min_size=1, max_size=6))
def test_a_damaged_workbook_is_looked_at_without_raising(at, piece):
    sent = workbook()
    sent = sent[:at] + piece + sent[at + len(piece) :]
    assert READER.sniff(sent[:4096], io.BytesIO(sent)) in (True, False)
