"""Tables of anybody: whatever the kind of file, its headings, numbers and dates, nothing is lost in silence."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.formats import records as r
from profiling.formats.problems import CODES, sentence
from profiling.formats.registry import header_from_json, header_to_json
from profiling.formats.table_columns import FIELDS, known
from profiling.formats.table_mapping import MappingError, from_json
from profiling.formats.table_sheets import ROWS as MOST_ROWS
from tests.formats.tables import (
    HEADINGS,
    ODS_FOOT,
    ODS_HEAD,
    READER,
    ROWS,
    TABLE,
    agreed_for,
    csv_of,
    ods_of,
    ods_with,
    of,
    problems,
    read,
    xls_of,
    xlsx_of,
)

KINDS = {
    "comma": csv_of(TABLE),
    "semicolon": csv_of(TABLE, ";"),
    "tab": csv_of(TABLE, "\t"),
    "utf-8 with mark": csv_of(TABLE, ";", "utf-8-sig"),
    "utf-16": csv_of(TABLE, "\t", "utf-16"),
    "utf-16 without mark": csv_of(TABLE, "\t", "utf-16-le"),
    "xlsx": xlsx_of(TABLE),
    "xls": xls_of(TABLE),
    "ods": ods_of(TABLE),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_rows_say_the_same_in_every_kind_of_file(kind):
    sent = KINDS[kind]
    assert READER.sniff(sent[:4096], io.BytesIO(sent))
    found = read(sent)
    first, second = of(r.Consignment, found)
    assert (first.document_no, first.document_type, first.packages, first.gross_kg) == (
        "AB-1001", r.DocumentType.BILL, 200, Decimal("2034.5"),
    )  # fmt: skip
    assert [item.commodity.code for item in first.items] == ["070320", "392410"]
    assert [(party.role, party.name) for party in second.parties] == [
        (r.PartyRole.SHIPPER, "Blue Hill Paper"), (r.PartyRole.CONSIGNEE, "Bereke LLP"),
    ]  # fmt: skip
    assert [(one.equipment, one.packages, one.gross_kg) for one in first.loadings] == [
        ("MSKU1234565", 120, Decimal("1234.5")), ("TCLU9044219", 80, Decimal(800)),
    ]  # fmt: skip
    assert [(one.number, one.seals[0].number) for one in of(r.Equipment, found)] == [
        ("MSKU1234565", "S-77"), ("TCLU9044219", "S-78"), ("TEMU6180477", "S-79"),
    ]  # fmt: skip
    assert isinstance(found[-1], r.MessageEnd)
    assert set(problems(found)) == {"hs_zero_restored"}
    told = problems(found)["hs_zero_restored"]
    assert (told.position.pointer, told.received) == ("/H2" if kind in CSV_KINDS else "/Cargo/H2", "70320")


CSV_KINDS = {"comma", "semicolon", "tab", "utf-8 with mark", "utf-16", "utf-16 without mark"}


@pytest.mark.parametrize("encoding", ["cp1251", "cp866"])
def test_cyrillic_sets_are_found_and_told(encoding):
    table = [["Номер коносамента", "Грузополучатель", "Наименование груза", "Вес брутто, т"],
             ["К-1", "ТОО Береке", "Чеснок свежий, урожай этого года", "1,5"]]  # fmt: skip
    found = read(csv_of(table, ";", encoding))
    (bill,) = of(r.Consignment, found)
    assert (bill.parties[0].name, bill.gross_kg) == ("ТОО Береке", Decimal(1500))
    assert problems(found)["charset_assumed_of_table"].params["charset"] == encoding


def test_western_letters_alone_are_windows_1252():
    table = [["N° connaissement", "Expéditeur", "Désignation"], ["X1", "Société Générale de Blé", "Blé dur"]]
    found = read(csv_of(table, ";", "cp1252"))
    assert of(r.Consignment, found)[0].parties[0].name == "Société Générale de Blé"
    assert problems(found)["charset_assumed_of_table"].params["charset"] == "cp1252"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("B/L No.", "document_no"),
        ("№ коносамента", "document_no"),
        ("N° de connaissement", ""),
        ("Numéro conteneur", "container"),
        ("Nº contenedor", "container"),
        ("Грузоотправитель", "shipper"),
        ("Destinataire", "consignee"),
        ("Peso bruto (kg)", "gross_kg"),
        ("Вес брутто, тонн", "gross_kg"),
        ("Код ТН ВЭД ЕАЭС", "hs"),
        ("Partida arancelaria", "hs"),
        ("Scellés", "seals"),
        ("Precinto", "seals"),
        ("ЗПУ", "seals"),
        ("Bultos", "packages"),
        ("nothing known", ""),
    ],
)
def test_headings_are_known_in_four_languages(heading, field):
    assert known(heading)[0] == field


def test_no_heading_stands_for_two_fields():
    from profiling.formats.table_columns import plain

    seen: dict[str, str] = {}
    for field in FIELDS:
        for heading in field.headings.split("|"):
            assert plain(heading), heading
            assert seen.setdefault(plain(heading), field.key) == field.key, heading


def test_the_unit_in_a_heading_is_taken_over_and_a_nearly_known_heading_is_proposed_as_such():
    sent = csv_of([["Bill of ladding no", "Gross weight (MT)", "Zzz"], ["A1", "1.5", "MSKU1234565"]])
    bill, gross, zzz = READER.proposal(io.BytesIO(sent)).columns
    assert (bill.field, bill.sure) == ("document_no", "near")
    assert (gross.field, gross.sure, gross.unit) == ("gross_kg", "exact", "TNE")
    assert (zzz.field, zzz.sure, zzz.samples) == ("container", "values", ("MSKU1234565",))
    assert of(r.Consignment, read(sent))[0].gross_kg == Decimal(1500)


def test_a_field_goes_to_one_column_and_the_other_says_what_it_could_be():
    sent = csv_of([["B/L", "Bill no", "Goods"], ["A1", "A1", "X"]])
    first, second, _goods = READER.proposal(io.BytesIO(sent)).columns
    assert (first.field, second.field, second.also) == ("document_no", "", ("document_no",))


@pytest.mark.parametrize(
    ("cells", "decimal", "expected", "told"),
    [
        (["1.234,5", "12,5", "7"], "", ["1234.5", "12.5", "7"], None),
        (["1,234.5", "1,234"], "", ["1234.5", "1234"], None),  # the first proves the point, so the comma groups
        (["1 234,5", "1'234,5"], "", ["1234.5", "1234.5"], None),
        (["1,234"], ",", ["1.234"], None),
        (["1,234"], ".", ["1234"], None),
        (["1,234"], "", ["1234"], "number_mark_assumed"),
        (["1.234.567", "2.000"], "", ["1234567", "2000"], None),
        (["0.500", "1.500"], "", ["0.500", "1.500"], None),
    ],
    ids=range(8),
)
def test_mixed_decimals_are_settled_by_the_column_else_by_agreement_else_told(cells, decimal, expected, told):
    table = [["BL", "Goods", "Gross weight"], *([f"A{n}", "X", cell] for n, cell in enumerate(cells))]
    found = read(csv_of(table, ";"), decimal=decimal)
    assert [bill.gross_kg for bill in of(r.Consignment, found)] == [Decimal(one) for one in expected]
    assert set(problems(found)) == ({told} if told else set())


def test_real_dates_are_dates_serials_are_told_and_text_is_read_as_agreed_or_not_at_all():
    def etas(*cells, dates=""):
        table = [["BL", "Goods", "ETA", "Voyage"], *([f"A{n}", "X", cell, f"V{n}"] for n, cell in enumerate(cells))]
        found = read(xlsx_of(table), dates=dates)
        return [h.conveyance.eta and h.conveyance.eta.local.isoformat() for h in of(r.Header, found)], problems(found)

    assert etas(datetime(2026, 5, 3), "2026-05-03", "03.05.2026", "3-May-2026", "31/05/2026")[0] == [
        *["2026-05-03T00:00:00"] * 4,
        "2026-05-31T00:00:00",
    ]
    assert etas("03/05/2026", dates="MDY")[0] == ["2026-03-05T00:00:00"]
    assert etas("03/05/2026 14:30", dates="DMY")[0] == ["2026-05-03T14:30:00"]
    unsure, told = etas("03/05/2026")
    assert unsure == [None]
    assert told["date_ambiguous"].position.pointer == "/Cargo/C2"
    serial, told = etas(46145)
    assert serial == ["2026-05-03T00:00:00"]
    assert told["date_from_serial"].params["date"] == "2026-05-03"
    assert etas("32.05.2026")[1]["date_impossible"].received == "32.05.2026"


def test_titles_totals_blank_and_repeated_headings_are_passed_over_and_told_once():
    table = [
        ["Cargo manifest of MV Sunrise"],
        [],
        HEADINGS,
        ROWS[0],
        [],
        HEADINGS,
        ROWS[2],
        ["Итого", "", "", "", "", 130],
    ]
    found = read(xlsx_of(table))
    assert len(of(r.Consignment, found)) == 2
    told = problems(found)["rows_skipped"]
    assert dict(told.params) == {"above": 1, "blank": 1, "totals": 1, "headings": 1}
    assert "1 of totals" in sentence(told)


def test_the_numbers_of_columns_under_the_headings_are_no_cargo():
    table = [HEADINGS, list(range(1, 10)), ROWS[2]]
    found = read(xlsx_of(table))
    assert [bill.document_no for bill in of(r.Consignment, found)] == ["AB-1002"]
    assert problems(found)["rows_skipped"].params["headings"] == 1


def test_a_shipper_called_total_is_no_total():
    table = [["Shipper", "BL", "Goods"], ["Total Energies", "A1", "OIL"]]
    assert [bill.document_no for bill in of(r.Consignment, read(csv_of(table)))] == ["A1"]


def test_a_row_without_a_number_goes_on_with_the_bill_above_unless_it_names_others():
    more = ["", "", "", "CAIU7302318", "", 5, 10, "", "MORE PAPER"]
    stranger = ["", "Somebody Else", "Altyn Trade LLP", "CAIU7302319", "", 5, 10, "", "UNKNOWN"]
    found = read(xlsx_of([HEADINGS, ROWS[2], more, stranger]))
    (bill,) = of(r.Consignment, found)
    assert [item.description for item in bill.items] == ["PAPER", "MORE PAPER"]
    (kept_out,) = of(r.Refused, found)
    assert kept_out.is_bill
    told = problems(found)
    assert told["row_continues"].position.pointer == "/Cargo/3"
    assert told["document_no_missing"].position.pointer == "/Cargo/A4"


def test_the_same_row_twice_counts_once_and_rows_that_differ_are_told():
    other = [*ROWS[0]]
    other[2], other[3] = "Another LLP", "CAIU7302318"
    found = read(xlsx_of([HEADINGS, ROWS[0], ROWS[0], other]))
    (bill,) = of(r.Consignment, found)
    assert bill.packages == 240
    told = problems(found)
    assert told["row_repeated"].position.pointer == "/Cargo/3"
    assert (told["rows_differ"].field, told["rows_differ"].params["first"]) == ("consignee", "Altyn Trade LLP")


def test_a_bill_number_that_lost_digits_is_refused_and_not_guessed():
    found = read(csv_of([["BL", "Goods"], ["1.23457E+14", "X"], ["A2", "Y"]]))
    assert [bill.document_no for bill in of(r.Consignment, found)] == ["A2"]
    assert problems(found)["digits_lost"].severity is r.Severity.ERROR


def test_containers_and_seals_in_one_cell_are_told_apart_where_they_can_be():
    table = [["BL", "Goods", "Container", "Seal", "Packages", "Wagon"],
             ["A1", "X", "MSKU 123456-5; TCLU9044219", "S1, S2", "1 200 CTN", "94233459"],
             ["A2", "Y", "TEMU6180477, CAIU7302318", "S3", "5", ""]]  # fmt: skip
    found = read(csv_of(table, "\t"))
    wagon, first, second, third, _fourth = of(r.Equipment, found)
    assert (wagon.kind, first.carried_on, second.carried_on) == (r.EquipmentKind.WAGON, "94233459", "94233459")
    assert [one.seals[0].number for one in (first, second)] == ["S1", "S2"]
    assert third.seals == ()
    bill = of(r.Consignment, found)[0]
    assert (bill.packages, bill.items[0].package_text) == (1200, "CTN")
    assert [one.packages for one in bill.loadings] == [None, None]
    assert problems(found)["seals_unplaced"].received == "S3"


def test_a_list_of_containers_alone_is_equipment_without_bills():
    found = read(csv_of([["Container No", "Size/Type", "Status", "Tare"], ["MSKU1234565", "45G1", "Empty", "3 800"]]))
    (box,) = of(r.Equipment, found)
    assert (box.size_type, box.fill, box.tare_kg) == ("45G1", r.Fill.EMPTY, Decimal(3800))
    assert of(r.Consignment, found) == of(r.Refused, found) == []


def test_rows_of_two_voyages_become_two_messages_that_are_read_again_alike():
    table = [["BL", "Goods", "Vessel", "Voyage", "Container"], ["A1", "X", "SUNRISE", "1W", "MSKU1234565"],
             ["B1", "Y", "EVENING", "7E", "TCLU9044219"], ["A2", "Z", "SUNRISE", "1W", "TEMU6180477"]]  # fmt: skip
    sent = csv_of(table)
    found = read(sent)
    assert [head.conveyance.voyage for head in of(r.Header, found)] == ["1W", "7E"]
    again = []
    for head in of(r.Header, found):
        kept = header_from_json(json.loads(json.dumps(header_to_json(head))))
        assert kept == head
        again += READER.read_span(io.BytesIO(sent), kept, r.Span(0, 1 << 40))
    kinds = (r.Equipment, r.Consignment)
    assert of(kinds, again) == of(kinds, found)


# ---- what is to be done with the bills

CHANGES = [["Manifest No", "BL", "Goods", "Container", "Action"],
           ["M-1", "A1", "TEA", "MSKU1234565", "change"], ["M-1", "A2", "RICE", "", "Отмена"],
           ["M-1", "A3", "SALT", "TCLU9044219", ""], ["", "", "PEPPER", "", ""]]  # fmt: skip


def test_a_column_says_what_is_to_be_done_and_rows_that_differ_are_messages_of_their_own():
    found = read(csv_of(CHANGES))
    said = [(head.function, head.manifest_number) for head in of(r.Header, found)]
    assert said == [(r.Function.CHANGE, "M-1"), (r.Function.CANCEL, "M-1"), (r.Function.ORIGINAL, "M-1")]
    assert [bill.document_no for bill in of(r.Consignment, found)] == ["A1", "A2", "A3"]
    assert [item.description for item in of(r.Consignment, found)[2].items] == ["SALT", "PEPPER"]
    again = []
    for head in of(r.Header, found):
        kept = header_from_json(json.loads(json.dumps(header_to_json(head))))
        again += READER.read_span(io.BytesIO(csv_of(CHANGES)), kept, r.Span(0, 1 << 40))
    assert of(r.Consignment, again) == of(r.Consignment, found)


def test_what_was_agreed_for_all_tables_holds_where_a_row_says_nothing():
    found = read(csv_of(CHANGES), defaults={"document_type": "bill", "function": "add"})
    assert [head.function.value for head in of(r.Header, found)] == ["change", "cancel", "add"]


def test_a_word_that_says_nothing_known_refuses_its_row_alone():
    found = read(csv_of([*CHANGES[:2], ["M-1", "A2", "RICE", "", "scratch it"]]))
    told = problems(found)["function_not_supported"]
    assert (told.severity, told.position.pointer, told.received) == (r.Severity.ERROR, "/E3", "scratch it")
    assert [bill.document_no for bill in of(r.Consignment, found)] == ["A1"]
    assert len(of(r.Refused, found)) == 1


@pytest.mark.parametrize("function", ["replace", "cancel", "change", "add", "delete"])
def test_all_but_new_tables_need_a_manifest_number(function):
    sent = csv_of([["BL", "Goods"], ["A1", "TEA"]])
    found = read(sent, defaults={"document_type": "bill", "function": function})
    told = problems(found)["manifest_number_missing"]
    assert (told.severity, told.field) == (r.Severity.FATAL, "manifest_number")
    assert not of(r.Header, found)


def test_of_what_is_taken_back_only_the_number_counts():
    found = read(
        csv_of([["Manifest No", "BL"], ["M-1", "A1"]]), defaults={"document_type": "bill", "function": "delete"}
    )
    assert [one.document_no for one in of(r.Consignment, found)] == ["A1"]
    assert "goods_missing" not in problems(found)


def test_a_span_gives_only_its_bills():
    sent = xlsx_of(TABLE)
    found = read(sent)
    first, second = of(r.Consignment, found)
    head = of(r.Header, found)[0]
    assert of(r.Consignment, list(READER.read_span(io.BytesIO(sent), head, first.span))) == [first]
    assert of(r.Consignment, list(READER.read_span(io.BytesIO(sent), head, second.span))) == [second]


def test_sheets_of_the_same_headings_are_one_table_and_others_are_told():
    found = read(xlsx_of(TABLE, [HEADINGS, ["AB-2", "S", "C", "", "", 1, 2, "", "TEA"]], [["Notes"], ["call me"]]))
    assert [bill.document_no for bill in of(r.Consignment, found)] == ["AB-1001", "AB-1002", "AB-2"]
    assert problems(found)["sheet_not_read"].params["sheet"] == "Third"


def test_columns_that_are_not_read_are_named():
    sent = csv_of([["BL", "Goods", "Remarks of the clerk"], ["A1", "X", "fragile"]])
    assert problems(read(sent))["columns_not_read"].params["columns"] == "Remarks of the clerk"


def test_without_an_agreement_nothing_is_guessed():
    (told,) = READER.read(io.BytesIO(KINDS["xlsx"]))
    assert (told.code, told.severity) == ("mapping_missing", r.Severity.FATAL)


def test_the_headings_are_the_same_in_any_order_spelling_and_kind_of_file():
    spelt = [[heading.upper() + " " for heading in reversed(HEADINGS)], list(reversed(ROWS[0]))]
    prints = {READER.fingerprint(io.BytesIO(sent)) for sent in (*KINDS.values(), csv_of(spelt))}
    assert len(prints) == 1
    assert READER.fingerprint(io.BytesIO(csv_of([["BL", "Cargo"], ["A", "B"]]))) not in prints


def test_a_mapping_of_other_headings_is_not_used():
    (told,) = READER.read(io.BytesIO(csv_of([["BL", "Cargo"], ["A", "B"]])), agreed_for(KINDS["comma"]))
    assert told.code == "mapping_of_other_headings"


def test_columns_in_another_order_are_read_by_the_same_mapping():
    turned = [list(reversed(row)) for row in TABLE]
    found = list(READER.read(io.BytesIO(csv_of(turned)), agreed_for(KINDS["comma"])))
    assert [bill.document_no for bill in of(r.Consignment, found)] == ["AB-1001", "AB-1002"]


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"columns": {"a": {"field": "goods"}}}, "a", "mapping_field_unknown"),
        (
            {"columns": {"a": {"field": "container"}, "b": {"field": "document_no"}, "c": {"field": "document_no"}}},
            "c",
            "mapping_field_twice",
        ),
        ({"columns": {"a": {"field": "shipper"}}}, "columns", "mapping_names_nothing"),
        ({"columns": []}, "columns", "mapping_unreadable"),
        ({"columns": {"a": {"field": "document_no"}}, "decimal": "x"}, "decimal", "value_not_allowed"),
        ({"columns": {"a": {"field": "document_no"}}, "defaults": {"mode": "rocket"}}, "mode", "value_not_allowed"),
        (
            {"columns": {"a": {"field": "document_no"}, "b": {"field": "gross_kg", "unit": "MTQ"}}},
            "b",
            "value_not_allowed",
        ),
        ({"version": 9, "columns": {}}, "", "mapping_unreadable"),
    ],
    ids=range(8),
)
def test_a_mapping_at_fault_says_where(changes, where, code):
    with pytest.raises(MappingError) as error:
        from_json(changes)
    assert (where, code) in {(fault.where, fault.code) for fault in error.value.faults}


# ---- what is no table, and what would take too much


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\xff\xfe",
        b"Dear colleagues,\nplease find attached, as agreed, the list.\nRegards",
        b"%PDF-1.7\n1,2,3\n4,5,6\n",
        b'{"a": 1,\n"b": 2,\n"c": 3}',
        b"<a>\n<b>1,2,3</b>\n</a>",
        b"UNB+UNOA:1+A,B,C\n1,2,3\n",
        bytes(range(256)) * 20,
    ],
    ids=range(8),
)
def test_what_is_no_table_is_left_to_others(sent):
    assert not READER.sniff(sent[:4096], io.BytesIO(sent))


def test_a_zip_of_something_else_is_no_table():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("../../etc/cargo.csv", csv_of(TABLE))
        archive.writestr("inner.zip", KINDS["xlsx"])
    assert not READER.sniff(target.getvalue()[:4096], target)


def far(row: int, column: str = "A") -> bytes:
    """A workbook of two cells, the second far out."""
    sent = io.BytesIO(KINDS["xlsx"])
    target = io.BytesIO()
    with zipfile.ZipFile(sent) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            text = given.read(name)
            if name == "xl/worksheets/sheet1.xml":
                cell = f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row></sheetData>'
                text = text.replace(b"</sheetData>", cell.encode())
            made.writestr(name, text)
    return target.getvalue()


BLANK = '<table:table-cell table:number-columns-repeated="16384"/>'
HELD = (
    '<table:table-cell office:value-type="string" table:number-columns-repeated="{}">'
    "<text:p>x</text:p></table:table-cell>"
)
LONG = f'<table:table-row table:number-rows-repeated="900000">{HELD.format(1)}</table:table-row>'


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (far(MOST_ROWS + 1), "table_too_large"),
        (far(50, "XFD"), "table_too_large"),
        (far(90_000, "DZ"), "table_too_large"),  # each bound alone is kept; the rectangle is not
        (ods_of(TABLE, after=LONG), "table_too_large"),
        (ods_of(TABLE, after=f"<table:table-row>{HELD.format(16384)}</table:table-row>"), "table_too_large"),
        (ods_with(f'<!DOCTYPE x [<!ENTITY a "b">]>{ODS_HEAD}{ODS_FOOT}'), "table_unreadable"),
        (ods_with("<not closed"), "table_unreadable"),
        (KINDS["xls"][:2000], "table_unreadable"),
        (ods_with(f"{ODS_HEAD}{ODS_FOOT}", bomb=b"\0" * (200 << 20)), "workbook_too_large"),
    ],
    ids=["rows", "columns", "rectangle", "ods rows", "ods columns", "entity", "broken xml", "cut xls", "bomb"],
)
def test_what_would_take_too_much_is_refused_before_it_is_unpacked(sent, code):
    (told,) = READER.read(io.BytesIO(sent), agreed_for(KINDS["comma"]))
    assert (told.code, told.severity) == (code, r.Severity.FATAL)
    assert "{" not in sentence(told)


def test_blank_cells_and_rows_to_the_edge_of_an_ods_cost_nothing():
    sent = ods_of(TABLE, after=f'<table:table-row table:number-rows-repeated="1048000">{BLANK}</table:table-row>')
    assert len(of(r.Consignment, read(sent))) == 2


def test_a_quotation_mark_that_swallows_rows_is_told_with_its_row():
    sent = csv_of(TABLE, ";").replace(b"Altyn Trade LLP", b'"Altyn Trade LLP', 1)
    (told,) = READER.read(io.BytesIO(sent), agreed_for(KINDS["comma"]))
    assert (told.code, told.position.pointer) == ("table_quote_open", "/2")


def test_too_many_rows_of_text_are_refused():
    sent = b"BL,Goods\n" + b"A,B\n" * (MOST_ROWS + 1)
    (told,) = READER.read(io.BytesIO(sent), agreed_for(b"BL,Goods\nA,B\n"))
    assert told.code == "table_too_large"


@given(st.binary(max_size=400))
def test_any_bytes_are_told_and_never_raise(sent):
    for raw in (sent, b"BL,Goods,Container\n" + sent, KINDS["xlsx"][:200] + sent, KINDS["xls"][:600] + sent):
        READER.sniff(raw[:4096], io.BytesIO(raw))
        for one in READER.read(io.BytesIO(raw), agreed_for(b"BL,Goods,Container\n1,2,3\n")):
            if isinstance(one, r.Problem):
                assert one.code in CODES
                assert "{" not in sentence(one)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL, CELL), max_size=12))
def test_every_row_that_names_a_bill_is_accepted_or_refused(rows):
    target = io.StringIO()
    table = [["BL", "Goods", "Gross weight", "HS code", "ETA", "Container"]]
    table += [[f"N{n}", *cells] for n, cells in enumerate(rows)]
    csv.writer(target).writerows([[cell.replace("\r", " ").replace("\n", " ") for cell in row] for row in table])
    sent = target.getvalue().encode()
    found = list(
        READER.read(io.BytesIO(sent), agreed_for(b"BL,Goods,Gross weight,HS code,ETA,Container\n1,2,3,4,5,6\n"))
    )
    told = [one.document_no for one in of(r.Consignment, found)]
    refused = [one for one in of(r.Refused, found) if one.is_bill]
    if of(r.Header, found):
        assert len(told) + len(refused) == len(rows)
    else:
        assert not rows or problems(found).keys() & {"table_quote_open", "mapping_of_other_headings"}
