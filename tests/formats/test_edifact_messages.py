"""The messages beside CUSCAR: what each says where, and what is told when it cannot be used."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydifact.segmentcollection import RawSegmentCollection

from profiling.formats import charset
from profiling.formats.edifact import Tokenizer, opening
from profiling.formats.records import (
    Commodity,
    Count,
    Counted,
    DangerousGoods,
    Document,
    DocumentKind,
    Equipment,
    EquipmentKind,
    Fill,
    Function,
    Header,
    Loading,
    MessageEnd,
    Mode,
    Movement,
    MovementKind,
    PartyRole,
    Place,
    Problem,
    Purpose,
    Reference,
    Refused,
    Seal,
    SealParty,
    Severity,
)
from profiling.formats.registry import READERS, detect, header_from_json, header_to_json, reader_of
from tests.formats.samples import header, problems, read

MESSAGES = Path(__file__).parents[1] / "fixtures" / "messages"
POTI = Place("GEPTI", "", "unlocode")
FILES = {  # file: (source formats of its messages, records)
    "baplie_cells.edi": (["baplie"], 4),
    "baplie_d13b.edi": (["baplie"], 2),
    "coarri.edi": (["coarri"], 2),
    "codeco.edi": (["codeco", "codeco"], 3),
    "coprar.edi": (["coprar", "coprar"], 3),
    "cusdec.edi": (["cusdec"], 1),
    "cusrep.edi": (["cusrep"], 1),
    "iftmcs.edi": (["iftmcs"], 1),
    "iftmin.edi": (["iftmin", "iftmin"], 2),
    "mixed.edi": (["cusrep", "codeco", "iftmcs"], 3),
    "vermas.edi": (["vermas"], 1),
}


def text(name: str) -> str:
    return (MESSAGES / name).read_text("utf-8")


def records(found: list[Any]) -> list[Any]:
    return [each for each in found if isinstance(each, (Equipment, Movement, Document))]


# -- the envelope, for every type


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_read_whole(name: str) -> None:
    found = read(text(name))
    formats, count = FILES[name]
    assert [each.source_format for each in found if isinstance(each, Header)] == formats
    assert sum(isinstance(each, MessageEnd) for each in found) == len(formats)
    assert len(records(found)) == count
    assert set(problems(found)) == ({"not_cuscar"} if name == "mixed.edi" else set())


@pytest.mark.parametrize("name", FILES)
def test_the_first_message_chooses_the_reader(name: str) -> None:
    raw = text(name).encode()
    wanted = FILES[name][0][0]
    bare = raw[raw.index(b"UNH") : raw.rindex(b"UNZ")]
    grouped = raw.replace(b"UNH+", b"UNG+X+GHLX+PCU+261020:0930+1+UN+D:95B'UNH+", 1)
    for head in (raw, b"\xef\xbb\xbf" + raw, raw[raw.index(b"UNB") :], bare, grouped):
        chosen = detect(io.BytesIO(head))
        assert chosen is not None
        assert chosen.name == wanted
        found = list(chosen.read(io.BytesIO(head)))
        assert len(records(found)) == FILES[name][1]
        assert not any(p.severity is not Severity.WARNING for p in problems(found).values())


def test_a_reader_is_found_for_every_source_format() -> None:
    for formats, _count in FILES.values():
        for name in formats:
            assert reader_of(name).name == name
    assert len({reader.name for reader in READERS}) == len(READERS)
    with pytest.raises(LookupError):
        reader_of("paxlst")


def test_a_message_of_an_unread_type_is_told_where_it_stands() -> None:
    raw = text("mixed.edi")
    told = problems(read(raw))["not_cuscar"]
    assert (told.received, told.severity) == ("PAXLST", Severity.WARNING)
    assert raw.encode()[told.position.offset :].startswith(b"UNH+PX1+PAXLST")


@pytest.mark.parametrize("head", ["UNA:+.? 'UNB+UNOA:1+A+B+261020:0930+1'", "UNB+UNOA:1+A+B+261020:0930+1'", ""])
def test_a_file_of_unread_types_alone_is_fatal_and_names_them(head: str) -> None:
    tail = "UNZ+1+1'" if head else ""
    found = read(f"{head}UNH+1+PAXLST:D:95B:UN'BGM+745'UNT+3+1'{tail}")
    assert problems(found)["not_cuscar"].params == {"type": "PAXLST"}
    assert problems(found)["message_type_missing"].severity is Severity.FATAL


def test_other_texts_are_no_interchange() -> None:
    for raw in (b"UNHCR report", b"UNBELIEVABLE", b"UNGAINLY;CSV", b"UN", b"PAXLST"):
        assert detect(io.BytesIO(raw)) is None


@pytest.mark.filterwarnings("ignore:segments.xml")
@pytest.mark.parametrize("name", FILES)
def test_the_same_tokens_as_pydifact_gives(name: str) -> None:
    raw = (MESSAGES / name).read_bytes()
    marks, start = opening(raw)
    tokens = Tokenizer(marks, charset.choose("UNOC", raw)).segments(io.BytesIO(raw), start)
    ours = [(s.tag, [[c for c in e if c] for e in s.elements[1:] if any(e)]) for s in tokens]
    theirs = []
    for segment in RawSegmentCollection.from_str(raw.decode()).segments:
        elements = [e if isinstance(e, list) else [e] for e in segment.elements]
        theirs.append((segment.tag, [[c for c in e if c] for e in elements if any(e)]))
    assert ours == [each for each in theirs if each[0] != "UNA"]


@pytest.mark.parametrize("name", [name for name in FILES if name != "mixed.edi"])
def test_an_unknown_segment_in_head_or_body_is_told_with_its_place(name: str) -> None:
    raw = text(name)
    at_head = raw.index("BGM+")
    at_body = raw.index("UNT+")
    for at in (at_head, at_body):
        found = problems(read(f"{raw[:at]}XYZ+1'{raw[at:]}"))
        assert found["segment_unknown"].received == "XYZ"
        assert found["segment_unknown"].position.offset == at


@pytest.mark.parametrize(("name", "tag"), [("iftmin.edi", "GID"), ("cusdec.edi", "CST"), ("codeco.edi", "EQD")])
def test_a_message_that_ends_before_its_records_rejects_the_file(name: str, tag: str) -> None:
    raw = text(name)
    at = raw.index("UNZ+")
    found = problems(read(f"{raw[:at]}{tag}+1+2'{raw[at:]}"))
    assert found["segment_unexpected"].severity is Severity.FATAL


@pytest.mark.parametrize(
    ("code", "function"), [("5", Function.REPLACE), ("1", Function.CANCEL), ("4", Function.CHANGE)]
)
@pytest.mark.parametrize("name", ["cusrep.edi", "baplie_cells.edi", "coarri.edi", "cusdec.edi", "vermas.edi"])
def test_functions_of_every_type_are_read(name: str, code: str, function: Function) -> None:
    raw = text(name)
    begin = raw.index("BGM+")
    end = raw.index("'", begin)
    changed = raw[begin:end].rsplit("+", 1)[0] + f"+{code}"
    assert header(read(raw[:begin] + changed + raw[end:])).function is function


def test_copies_of_papers_are_papers() -> None:
    for code in ("7", "31", "46", "47"):
        assert records(read(text("iftmcs.edi").replace("GHLX26100417+9", f"GHLX26100417+{code}")))
    assert "function_not_supported" in problems(read(text("coarri.edi").replace("COAR245W+9", "COAR245W+31")))


# -- CUSREP


def test_a_call_is_announced_with_its_times_and_places() -> None:
    found = read(text("cusrep.edi"))
    head = header(found)
    way = head.conveyance
    assert (head.purpose, head.manifest_number, head.issuer) == (Purpose.CONVEYANCE, "GHL-245W-PTI", "GHLX")
    assert (way.mode, way.voyage, way.identifier, way.identifier_type) == (Mode.SEA, "245W", "9999981", "imo")
    assert (way.departure, way.arrival) == (Place("TRMER", "", "unlocode"), POTI)
    assert way.eta is not None
    assert way.eta.local.isoformat() == "2026-10-24T06:00:00"


def test_counted_equipment_is_no_record_and_numbered_equipment_is() -> None:
    found = read(text("cusrep.edi"))
    (trailer,) = records(found)
    assert (trailer.number, trailer.kind, trailer.seals) == (
        "TR4411AB",
        EquipmentKind.TRAILER,
        (Seal("T9001", SealParty.CUSTOMS),),
    )
    lost = read(text("cusrep.edi").replace("EQN+412'\n", ""))
    assert problems(lost)["equipment_number_missing"].severity is Severity.ERROR


def test_a_call_tells_counts_by_their_words_or_codes_and_the_papers_it_names() -> None:
    raw = text("cusrep.edi").replace("UNT+20", "CNT+41:22'\nCNT+10:18'\nCNT+99:7'\nUNT+23")
    found = read(raw)
    head = header(found)
    assert (head.counts, head.references) == ({"6063:CWT": 22}, (Reference("ATZ", "PTI2610"),))
    told = {each.what: each.number for each in found if isinstance(each, Count)}
    assert told == {Counted.CONTAINERS: 412, Counted.CREW: 22, Counted.BILLS: 18, "6069:99": 7}
    kept = header_from_json(header_to_json(head))
    assert (kept.counts, kept.references) == (head.counts, head.references)


@pytest.mark.parametrize(("sent", "bad"), [("EQN+412", "EQN+4I2"), ("QTY+CWT:22", "QTY+CWT:2O"), ("EQN+412", "EQN+-5")])
def test_a_count_that_is_no_number_is_told_where_it_stands(sent: str, bad: str) -> None:
    raw = text("cusrep.edi").replace(sent, bad)
    found = read(raw)
    (told,) = (each for each in found if isinstance(each, Problem))
    assert (told.field, told.severity, told.position.offset) == ("counts", Severity.WARNING, raw.index(bad))
    assert len(records(found)) == 1


def test_a_call_needs_its_number_to_be_changed() -> None:
    found = read(text("cusrep.edi").replace("GHL-245W-PTI+9", "+5"))
    assert problems(found)["manifest_number_missing"].severity is Severity.FATAL


# -- BAPLIE


def test_cells_first_give_stowage_weight_and_temperature() -> None:
    found = read(text("baplie_cells.edi"))
    assert header(found).purpose is Purpose.STOWAGE
    first, reefer, empty, bundled = records(found)
    assert (first.number, first.stowage, first.vgm_kg, first.gross_kg) == ("PCVU2045185", "0180284", 22140, None)
    assert (first.size_type, first.fill) == ("45G1", Fill.FULL)
    assert (first.placed_from, first.placed_to) == (Place("CNNGB", "", "unlocode"), POTI)
    assert (reefer.gross_kg, reefer.temperature_c) == (Decimal(23750), Decimal(-18))
    assert (empty.fill, empty.stowage, empty.placed_to) == (Fill.EMPTY, "0200282", POTI)
    assert (bundled.number, bundled.stowage, bundled.gross_kg) == ("PCVU2047785", "", Decimal(2210))


def test_a_plan_tells_dangerous_goods_bills_and_the_operator_of_each_container() -> None:
    first, reefer, *_others = records(read(text("baplie_cells.edi")))
    assert (reefer.dangerous, reefer.documents, reefer.operator) == (
        (DangerousGoods("3077", "9", "IMD"),),
        ("GHLX26100420",),
        "GHLX",
    )
    assert (first.dangerous, first.documents) == ((), ())  # RFF+BM:1 names no bill
    _first, tank = records(read(text("baplie_d13b.edi")))
    assert tank.dangerous == (DangerousGoods("1173", "3", "IMD"),)


def test_containers_first_give_the_same() -> None:
    first, tank = records(read(text("baplie_d13b.edi")))
    assert (first.number, first.stowage, first.vgm_kg) == ("PCVU2045550", "0301082", Decimal(23700))
    assert (tank.number, tank.stowage, tank.gross_kg) == ("PCVU2048142", "0301084", Decimal(22600))


def test_an_empty_cell_is_no_record_but_a_cell_with_cargo_and_no_container_is_refused() -> None:
    raw = text("baplie_cells.edi")
    assert not any(isinstance(each, Refused) for each in read(raw))
    found = read(raw.replace("LOC+147+0180288::5'", "LOC+147+0180288::5'MEA+WT++KGM:5'"))
    refused = [each for each in found if isinstance(each, Refused)]
    assert [each.is_bill for each in refused] == [False]
    assert problems(found)["equipment_number_missing"].position == refused[0].position


def test_a_plan_without_bgm_is_read_with_a_warning() -> None:
    found = read(text("baplie_cells.edi").replace("BGM++STOW245W+9'\n", ""))
    assert len(records(found)) == 4
    assert problems(found)["header_missing"].severity is Severity.WARNING


def test_a_container_in_two_cells_is_told() -> None:
    found = read(text("baplie_cells.edi").replace("PCVU2046290", "PCVU2045185"))
    assert problems(found)["equipment_repeated"].params == {"number": "PCVU2045185"}


# -- movements


@pytest.mark.parametrize(
    ("name", "code", "event"),
    [
        ("coprar.edi", "43", MovementKind.DISCHARGE_ORDERED),
        ("coprar.edi", "45", MovementKind.LOAD_ORDERED),
        ("coprar.edi", "121:::LOADING LIST", MovementKind.LOAD_ORDERED),
        ("coprar.edi", "121:::UNLOADING LIST", MovementKind.DISCHARGE_ORDERED),
        ("coprar.edi", "121", MovementKind.DISCHARGE_ORDERED),  # by the status of the container
        ("coarri.edi", "44", MovementKind.DISCHARGED),
        ("coarri.edi", "98", MovementKind.DISCHARGED),
        ("coarri.edi", "46", MovementKind.LOADED),
        ("coarri.edi", "270", MovementKind.LOADED),
        ("codeco.edi", "34", MovementKind.GATE_IN),
        ("codeco.edi", "36", MovementKind.GATE_OUT),
        ("codeco.edi", "XXX:::GATE-IN REPORT", MovementKind.GATE_IN),
        ("vermas.edi", "749", MovementKind.WEIGHED),
        ("vermas.edi", "", MovementKind.WEIGHED),
    ],
)
def test_the_document_code_says_the_event(name: str, code: str, event: MovementKind) -> None:
    raw = text(name)
    at = raw.index("BGM+") + 4
    found = read(raw[:at] + code + raw[raw.index("+", at) :])
    assert records(found)[0].event is event
    assert header(found).purpose is Purpose.MOVEMENTS


def test_movements_without_an_event_are_refused_one_by_one() -> None:
    found = read(text("codeco.edi").replace("BGM+36", "BGM+98"))
    assert problems(found)["movement_unknown"].severity is Severity.ERROR
    assert problems(found)["code_unknown"].received == "98"
    assert sum(isinstance(each, Refused) and each.is_bill for each in found) == 2
    assert [each.number for each in records(found)] == ["PCVU2049001"]


def test_a_discharge_is_reported_with_seals_weight_place_and_time() -> None:
    first = records(read(text("coarri.edi")))[0]
    assert (first.number, first.size_type, first.fill, first.place) == ("PCVU2045185", "45G1", Fill.FULL, POTI)
    assert first.at.local.isoformat() == "2026-10-24T09:15:00"
    assert first.seals == (Seal("HX4410021", SealParty.SHIPPER), Seal("L778120", SealParty.CARRIER))
    assert (first.gross_kg, first.documents) == (Decimal(22150), ("GHLX26100417",))


def test_a_gate_names_the_truck_or_the_wagon_and_the_place() -> None:
    first, second, third = records(read(text("codeco.edi")))
    assert (first.carried_on, second.carried_on, third.carried_on) == ("TT100AA", "98765432", "98765432")
    assert first.place == second.place == third.place == POTI
    assert (first.event, third.event) == (MovementKind.GATE_OUT, MovementKind.GATE_IN)


def test_a_verified_gross_mass_has_the_time_of_its_weighing() -> None:
    (weighed,) = records(read(text("vermas.edi")))
    assert (weighed.vgm_kg, weighed.at.source) == (Decimal(22140), "202610191610")


def test_a_document_number_that_is_too_long_is_told_and_the_movement_kept() -> None:
    found = read(text("coarri.edi").replace("RFF+BM:GHLX26100417", "RFF+BM:" + "B" * 36))
    assert problems(found)["document_no_too_long"].params == {"limit": 35}
    assert records(found)[0].documents == ()


def test_what_a_movement_says_wrongly_is_told_and_the_movement_kept() -> None:
    raw = text("coarri.edi").replace("203:202610240915", "203:202613240915").replace("KGM:22150", "KGM:heavy")
    found = read(raw)
    assert len(records(found)) == 2
    assert problems(found)["date_impossible"].received == "202613240915"
    assert problems(found)["number_invalid"].received == "heavy"


# -- papers


def test_a_bill_of_lading_is_one_document() -> None:
    found = read(text("iftmcs.edi"))
    assert header(found).purpose is Purpose.DOCUMENTS
    (bill,) = records(found)
    assert (bill.kind, bill.number, bill.consignments) == (DocumentKind.BILL, "GHLX26100417", ("GHLX26100417",))
    assert (bill.gross_kg, bill.packages, bill.value, bill.currency) == (Decimal(18240), 1140, Decimal(45300), "USD")
    assert (bill.delivery_terms, bill.conveyance, bill.issuer) == ("FOB", "GREY HERON", "GHLX")
    assert (bill.loading_place, bill.discharge_place) == (
        Place("CNNGB", "NINGBO", "unlocode"),
        Place("GEPTI", "POTI", "unlocode"),
    )
    assert [party.role for party in bill.parties] == ["shipper", "consignee", "notify", "carrier"]
    assert bill.parties[1].tax_id == "110240004417"
    assert bill.parties[2].same_as is PartyRole.CONSIGNEE
    assert [item.commodity for item in bill.items] == [Commodity("691110"), Commodity("701399")]
    assert bill.items[1].description == "GLASS VASES, HAND MADE"
    assert bill.items[1].dangerous == (DangerousGoods("3077", "9", "IMD"),)
    assert bill.loadings == (Loading("PCVU2045185", 1140, Decimal(22140)), Loading("PCVU2045200"))
    assert bill.seals == (Seal("HX4410021", SealParty.SHIPPER), Seal("L778120", SealParty.CARRIER))
    assert bill.references == (Reference("booking", "BKG55001"),)


def test_a_shipping_instruction_names_the_bill_it_is_for() -> None:
    first, second = records(read(text("iftmin.edi")))
    assert (first.number, first.consignments) == ("GHLX26100418", ("GHLX26100418",))
    assert second.number == "GHLX26100499"
    assert first.loadings == (Loading("PCVU2045550", 860, Decimal(21500)),)
    assert first.items[0].gross_kg == Decimal(21500)
    assert {party.code for party in first.parties} == {"", "S77"}


def test_a_bill_whose_number_differs_from_its_reference_is_about_both() -> None:
    (bill,) = records(read(text("iftmcs.edi").replace("RFF+BM:GHLX26100417", "RFF+BM:OTHER77")))
    assert (bill.number, bill.consignments) == ("OTHER77", ("OTHER77", "GHLX26100417"))


@pytest.mark.parametrize(("code", "kind"), [("710", DocumentKind.BILL), ("730", DocumentKind.WAYBILL)])
def test_consignment_notes_are_waybills(code: str, kind: DocumentKind) -> None:
    assert records(read(text("iftmcs.edi").replace("BGM+705", f"BGM+{code}")))[0].kind is kind


def test_a_paper_without_a_number_is_refused_and_the_next_is_read() -> None:
    raw = text("iftmin.edi").replace("BGM+340+SI-77120", "BGM+340+", 1).replace("RFF+BM:GHLX26100418'\n", "", 1)
    found = read(raw)
    assert problems(found)["document_no_missing"].severity is Severity.ERROR
    assert [each.is_bill for each in found if isinstance(each, Refused)] == [True]
    assert [each.number for each in records(found)] == ["GHLX26100499"]


def test_a_paper_without_goods_is_kept_and_told() -> None:
    raw = text("iftmcs.edi")
    found = read(raw[: raw.index("GID+1")] + raw[raw.index("EQD+") :])
    assert problems(found)["goods_missing"].severity is Severity.WARNING
    assert records(found)[0].seals


def test_equipment_without_a_number_is_told_and_the_paper_kept() -> None:
    found = read(text("iftmcs.edi").replace("EQD+CN+PCVU2045200", "EQD+CN+"))
    assert problems(found)["equipment_number_missing"].severity is Severity.WARNING
    assert [loading.equipment for loading in records(found)[0].loadings] == ["PCVU2045185"]


def test_a_declaration_is_one_document_with_its_lines() -> None:
    (paper,) = records(read(text("cusdec.edi")))
    assert (paper.kind, paper.number, paper.procedure) == (DocumentKind.DECLARATION, "KZ55101-0042117", "4000")
    assert (paper.consignments, paper.ucr) == (("GHLX26100417",), "6KZ110240004417-01")
    assert paper.references == (Reference("invoice", "INV-2026-88"),)
    assert (paper.value, paper.currency, paper.delivery_terms) == (Decimal(45300), "USD", "CIF")
    assert (paper.gross_kg, paper.packages, paper.destination_country) == (Decimal(18240), 1140, "KZ")
    assert [party.role for party in paper.parties] == ["shipper", "consignee", "declarant"]
    assert paper.parties[1].tax_id == "110240004417"
    first, second = paper.items
    assert (first.description, first.packages, first.origin) == ("CERAMIC TABLEWARE SETS", 640, "CN")
    assert (first.commodity, first.gross_kg, first.net_kg) == (Commodity("6911100000"), Decimal(9600), Decimal(9100))
    assert (first.value, first.currency, first.marks) == (Decimal(22400), "USD", "")
    assert (second.commodity, second.gross_kg, second.net_kg) == (Commodity("7013990000"), Decimal(8640), Decimal(8100))
    assert paper.loadings == (Loading("PCVU2045185"),)
    assert paper.seals == (Seal("HX4410021", SealParty.SHIPPER),)


def test_problems_of_a_paper_are_told_once_and_name_it() -> None:
    raw = text("cusdec.edi").replace("DTM+137:202611021000", "DTM+137:202699021000").replace("CUX+2", "CUX+\x07\x00+2")
    found = [each for each in read(raw) if isinstance(each, Problem)]
    assert [each.code for each in found] == ["date_impossible", "control_characters"]
    assert {each.document for each in found} == {"KZ55101-0042117"}


def test_a_declaration_whose_lines_do_not_add_up_is_told() -> None:
    found = problems(read(text("cusdec.edi").replace("PAC+640", "PAC+600").replace("KGM:8640", "KGM:640")))
    assert found["packages_differ"].params == {"items": 1100, "total": 1140}
    assert found["gross_differs"].document == "KZ55101-0042117"
