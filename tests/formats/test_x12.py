"""ANSI X12: separators from ISA, counts that differ, cut files; the customs manifest and the ocean bill of lading."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.formats import edifact
from profiling.formats import records as r
from profiling.formats.problems import CODES, sentence
from profiling.formats.registry import detect, header_from_json, header_to_json
from profiling.formats.x12 import X12Reader
from tests.formats.notes import of, problems, read
from tests.formats.x12 import BILL, HEAD, OCEAN, isa, manifest, numbered, ocean, transaction

READER = X12Reader()


def test_a_manifest_becomes_containers_and_a_bill() -> None:
    found = read(manifest())
    assert [sentence(each) for each in problems(found)] == []
    header, first, second, bill, _end = found
    assert (header.source_format, header.purpose, header.sender, header.release) == (
        "x12", r.Purpose.CARGO, "PCULINE", "004010",
    )  # fmt: skip
    assert (header.manifest_number, header.message_ref, header.function) == (
        "000123", "000000042-0001", r.Function.ORIGINAL,
    )  # fmt: skip
    assert header.conveyance == r.Conveyance(
        mode=r.Mode.SEA, identifier="9999981", identifier_type="imo", name="GREY HERON", voyage="245W", flag="GE",
        arrival=r.Place("GEPTI"), eta=header.conveyance.eta,
    )  # fmt: skip
    assert header.conveyance.eta.local.isoformat() == "2026-11-01T00:00:00"
    assert (first.number, first.kind, first.size_type, first.fill) == (
        "PCVU1000005", r.EquipmentKind.CONTAINER, "45G1", r.Fill.FULL,
    )  # fmt: skip
    assert first.seals == (r.Seal("S1"), r.Seal("S2", r.SealParty.CARRIER), r.Seal("S3", r.SealParty.CARRIER))
    assert (second.number, second.seals) == ("PCVU1000010", ())
    assert (bill.document_no, bill.issuer, bill.line, bill.document_type) == (
        "PCUB0001", "PCUL", 1, r.DocumentType.BILL,
    )  # fmt: skip
    assert (bill.loading_place, bill.discharge_place) == (r.Place("CNNGB", "NINGBO", "unlocode"), r.Place("GEPTI"))
    assert bill.receipt_place == r.Place("", "YIWU")
    assert (bill.packages, bill.gross_kg, bill.volume_m3) == (100, Decimal(1500), Decimal(30))
    assert (bill.procedure, bill.direction, bill.value, bill.currency) == (
        "62", r.Direction.TRANSIT, Decimal(20000), "USD",
    )  # fmt: skip
    shipper, consignee = bill.parties
    assert (shipper.name, shipper.address, shipper.postcode, shipper.country, shipper.contact) == (
        "NORTH GATE CO LIMITED", "12 RIVER ROAD ROOM 5", "315000", "CN", "LI WEI 86574",
    )  # fmt: skip
    assert consignee.name == "TOO STEPPE: IMPORT"
    toys, paint, other = bill.items
    assert (toys.commodity, toys.gross_kg, toys.value) == (r.Commodity("950300"), Decimal(900), Decimal(12000))
    assert paint.dangerous == (r.DangerousGoods("1263", "3", "IMD"),)
    assert other.gross_kg == Decimal("499.999")
    assert bill.loadings == (
        r.Loading("PCVU1000005", 70, Decimal(1000)), r.Loading("PCVU1000010", 30, Decimal("499.999")),
    )  # fmt: skip
    assert {(each.kind, each.number) for each in bill.references} == {("booking", "BK-1"), ("in_bond", "IB-7")}


def test_an_ocean_bill_becomes_a_paper() -> None:
    found = read(ocean())
    assert [sentence(each) for each in problems(found)] == []
    header, paper, _end = found
    assert (header.purpose, header.manifest_number, header.issuer) == (r.Purpose.DOCUMENTS, "PCUB0001", "PCUL")
    assert (paper.kind, paper.number, paper.consignments) == (r.DocumentKind.BILL, "PCUB0001", ("PCUB0001",))
    assert (paper.gross_kg, paper.packages, paper.volume_m3, paper.tare_kg) == (
        Decimal(1500), 100, Decimal(30), Decimal(2200),
    )  # fmt: skip
    assert (paper.loading_place, paper.discharge_place) == (
        r.Place("CNNGB", "NINGBO", "unlocode"), r.Place("GEPTI", "POTI", "unlocode"),
    )  # fmt: skip
    assert paper.loadings == (r.Loading("PCVU1000005", None, Decimal(1500)),)
    assert paper.seals == (r.Seal("S1", r.SealParty.SHIPPER), r.Seal("S2", r.SealParty.SHIPPER))
    (item,) = paper.items
    assert (item.description, item.commodity, item.marks) == ("PLASTIC TOYS ASSORTED", r.Commodity("950300"), "N/M")
    assert item.dangerous == (r.DangerousGoods("1263", "3", "IMD"),)
    assert [party.name for party in paper.parties] == ["NORTH GATE CO", "TOO STEPPE"]
    assert {(each.kind, each.number) for each in paper.references} == {("booking", "BK-1"), ("invoice", "INV-9")}
    assert (paper.conveyance, paper.issued.local.isoformat()) == ("GREY HERON", "2026-10-20T00:00:00")


@pytest.mark.parametrize(("terminator", "star"), [("~", "*"), ("~\r\n", "*"), ("\n", "|"), ("'", "+"), ("\r\n", "*")])
def test_separators_are_those_that_isa_uses(terminator: str, star: str) -> None:
    sent = isa([transaction("309", *HEAD, *BILL)], terminator=terminator, star=star)
    found = read(b"\xef\xbb\xbf\r\n" + sent)
    assert problems(found) == []
    assert of(r.Consignment, found)[0].items[0].description == "PLASTIC TOYS"


def test_an_isa_that_is_not_filled_up_is_read() -> None:
    sent = manifest().replace(b"PCULINE        ", b"PCULINE").replace(b"          ", b"")
    assert problems(read(sent)) == []


def test_counts_that_differ_are_told_and_cost_nothing() -> None:
    sent = manifest().replace(b"SE*24*0001", b"SE*23*0002").replace(b"GE*1*1", b"GE*2*9")
    found = read(sent.replace(b"IEA*1*000000042", b"IEA*3*000000043"))
    assert [(each.code, each.severity, each.params["tag"]) for each in problems(found)] == [
        (code, r.Severity.WARNING, tag)
        for tag in ("SE", "GE", "IEA")
        for code in ("trailer_count_differs", "control_number_differs")
    ]
    assert len(of(r.Consignment, found)) == 1


@pytest.mark.parametrize(
    ("ends", "missing"), [(b"IEA", "IEA"), (b"GE*", "IEA"), (b"SE*", "IEA"), (b"N10*30", "IEA"), (b"*1*000000042", "~")]
)
def test_a_cut_file_is_fatal_and_says_where(ends: bytes, missing: str) -> None:
    sent = manifest()
    sent = sent[: sent.rindex(ends)]
    fatal = [each for each in problems(read(sent)) if each.severity is r.Severity.FATAL]
    assert [(each.code, each.params["missing"]) for each in fatal] == [("file_cut", missing)]
    assert len(sent) - 12 <= fatal[0].position.offset <= len(sent)


def test_a_message_without_its_trailer_is_cut() -> None:
    found = read(manifest().replace(b"SE*24*0001~", b""))
    (fatal,) = [each for each in problems(found) if each.severity is r.Severity.FATAL]
    assert (fatal.code, fatal.params["missing"]) == ("file_cut", "SE")
    assert not of(r.MessageEnd, found)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"ISA*00*", "file_cut"),
        (manifest().replace(b"*P*>~", b"*P**~", 1), "isa_broken"),
        (isa([transaction("309", *HEAD, *BILL)], star="\x1d"), "isa_broken"),
        (isa([transaction("997", "AK1*SO*1")]), "message_missing"),
        (manifest(head=[]), "header_missing"),
        (manifest(head=["M10**O"]), "manifest_number_missing"),
    ],
    ids=["cut", "separators", "control", "other set", "no head", "no number"],
)
def test_what_cannot_be_read_is_told(sent: bytes, code: str) -> None:
    found = list(READER.read(io.BytesIO(sent)))
    assert [each.code for each in problems(found) if each.severity is r.Severity.FATAL] == [code]
    assert not of((r.Header, r.Consignment), found)


def test_other_sets_of_the_interchange_are_told_and_the_known_ones_read() -> None:
    sets = [transaction("997", "AK1*SO*1"), transaction("310", *OCEAN), transaction("309", *HEAD, *BILL)]
    found = read(isa(sets))
    assert [(each.code, each.position.segment) for each in problems(found)] == [("set_unknown", 3)]
    assert len(of(r.Header, found)) == len(of(r.MessageEnd, found)) == 2
    assert len(of(r.Document, found)) == len(of(r.Consignment, found)) == 1


def test_an_unknown_segment_is_told_once_in_a_message() -> None:
    for sent in (
        manifest(*numbered("B1", "ZZ*1"), *numbered("B2", "ZZ*2", "ZZ*3")),
        ocean(*OCEAN, "ZZ*1", "ZZ*2"),
    ):
        assert [(each.code, each.params) for each in problems(read(sent))] == [("segment_unknown", {"tag": "ZZ"})]


def test_a_house_bill_names_its_master() -> None:
    lines = [line.replace("**YIWU**PCUL", "**YIWU*MASTER-9*PCUL") for line in BILL]
    (bill,) = of(r.Consignment, read(manifest(*lines)))
    assert (bill.document_type, bill.master_no) == (r.DocumentType.HOUSE_BILL, "MASTER-9")


def test_bills_stand_under_the_port_told_before_them() -> None:
    sent = manifest(*numbered("B1"), "P4*GEBUS*20261102", *numbered("B2"), *numbered("B3"))
    found = read(sent)
    bills = of(r.Consignment, found)
    assert [(each.document_no, each.discharge_place.code) for each in bills] == [
        ("B1", "GEPTI"), ("B2", "GEBUS"), ("B3", "GEBUS"),
    ]  # fmt: skip
    again = of(r.Consignment, list(READER.read_span(io.BytesIO(sent), found[0], bills[2].span)))
    assert again == [bills[2]]


def test_an_amendment_does_one_thing_with_all_its_bills() -> None:
    def amended(code: str, number: str) -> list[str]:
        return ["LX*1", f"M13*PCUL*GEPTI*{code}*{number}**01***PCUL"]

    found = read(manifest(*amended("D", "B1"), *amended("D", "B2"), *amended("A", "B3")))
    assert found[0].function is r.Function.DELETE
    assert [each.document_no for each in of(r.Consignment, found)] == ["B1", "B2"]
    assert [(each.code, each.document) for each in problems(found)] == [("amendment_mixed", "B3")]
    changed = [*BILL[:1], "M13*PCUL*GEPTI*R*PCUB0001*100*01***PCUL", *BILL[1:]]
    found = read(manifest(*changed))
    assert (found[0].function, len(of(r.Consignment, found))) == (r.Function.CHANGE, 1)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["LX*1", "N10*1*TEA"], "document_no_missing"),
        (["LX*1", "M11*B9*57020*1*CTN*1*K"], "goods_missing"),
        (["LX*1", f"M11*{'B' * 36}*57020*1*CTN*1*K", "N10*1*TEA"], "document_no_too_long"),
    ],
)
def test_a_bad_bill_is_refused_with_its_place_and_the_good_ones_stay(lines: list[str], code: str) -> None:
    sent = manifest(*numbered("B1"), *lines, *numbered("B2"))
    found = read(sent)
    assert [each.document_no for each in of(r.Consignment, found)] == ["B1", "B2"]
    (refused,) = of(r.Refused, found)
    (error,) = [each for each in problems(found) if each.severity is r.Severity.ERROR]
    assert error.code == code
    assert sent[refused.span.start :].startswith(b"LX*1~")
    assert refused.span.start <= error.position.offset < refused.span.end
    assert sent[: error.position.offset].count(b"~") + 1 == error.position.segment


@pytest.mark.parametrize("cuts", [[True], [False], [True, False, False], [False, False, True]], ids=repr)
def test_a_second_pass_reads_any_run_of_records_alike(cuts: list[bool]) -> None:
    bills = [line for n in range(7) for line in numbered(f"B{n}")]
    sent = manifest(*bills, "P4*GEBUS", *["LX*9", "M11*BAD*1*1*CTN*1*K"], *numbered("B8"))
    whole = read(sent)
    header = header_from_json(json.loads(json.dumps(header_to_json(whole[0]))))
    assert header == whole[0]
    assert "\\u0000" not in json.dumps(header_to_json(header))  # no text for a database
    for kind in (r.Equipment, r.Consignment):
        records = of(kind, whole)
        runs: list[list[Any]] = []
        for place, record in enumerate(records):
            if not runs or cuts[place % len(cuts)]:
                runs.append([])
            runs[-1].append(record)
        for run in runs:
            span = r.Span(run[0].span.start, run[-1].span.end)
            part = list(READER.read_span(io.BytesIO(sent), header, span))
            counted = replace(span, segment=run[0].span.segment)
            assert list(READER.read_span(io.BytesIO(sent), header, counted)) == part
            assert of(kind, part) == run
            assert set(map(repr, problems(part))) <= set(map(repr, problems(whole)))
            inside = [one for one in whole if isinstance(one, r.Consignment) and one in part]
            assert all(span.start <= one.span.start and one.span.end <= span.end for one in inside)
    paper = read(ocean())
    assert list(READER.read_span(io.BytesIO(ocean()), paper[0], paper[1].span)) == [paper[1]]


@pytest.mark.parametrize(
    ("sent", "name"),
    [(manifest(), "x12"), (ocean(), "x12"), (isa([transaction("315", "B4*1")]), None), (b"ISA", None), (b"", None)],
    ids=["309", "310", "other", "short", "empty"],
)
def test_the_reader_is_chosen_by_the_set(sent: bytes, name: str | None) -> None:
    reader = detect(io.BytesIO(sent))
    assert (reader.name if reader else None) == name


def test_a_bill_of_too_many_segments_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiling.formats.limits.RECORD_SEGMENTS", 40)
    found = read(manifest(*numbered("B1"), *numbered("B2", *["N9*ZZ*1"] * 60), *numbered("B3")))
    assert [each.document_no for each in of(r.Consignment, found)] == ["B1", "B3"]
    assert [each.code for each in problems(found)] == ["too_many_segments"]
    assert [each.code for each in problems(read(ocean(*OCEAN, *["N9*ZZ*1"] * 60)))] == ["too_many_segments"]


def test_memory_holds_one_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of the file come as they are needed, and a bill is given away before the next is read."""
    monkeypatch.setattr(edifact, "PIECE", 1 << 10)
    sent = manifest(*(line for n in range(200) for line in numbered(f"B{n}")))
    stream = io.BytesIO(sent)
    for one in READER.read(stream):
        if isinstance(one, r.Consignment) and one.document_no < "B19":
            assert stream.tell() <= one.span.end + (2 << 10) < len(sent)


PIECES = st.sampled_from(
    [b"~", b"*", b"LX*1~", b"M11*~", b"VID~", b"SE*1*1~", b"N1*SH~", b"P4~", b"M13***D~", b"\xff", b"-1"]
)
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 30), st.one_of(PIECES, st.binary(max_size=3))), min_size=1, max_size=5
)


@pytest.mark.parametrize("sent", [manifest(*numbered("B1"), *numbered("B2")), ocean()], ids=["309", "310"])
@settings(max_examples=150)
@given(edits=EDITS)
def test_damaged_messages_never_raise(sent: bytes, edits: list[tuple[float, int, bytes]]) -> None:
    for where, length, piece in edits:
        at = int(where * len(sent))
        sent = sent[:at] + piece + sent[at + length :]
    found = list(READER.read(io.BytesIO(sent)))
    fatal = any(each.severity is r.Severity.FATAL for each in problems(found))
    heads, ends = of(r.Header, found), of(r.MessageEnd, found)
    assert fatal or (len(heads) == len(ends) and heads)
    for one in found:
        if isinstance(one, r.Problem):
            assert sentence(one)
            assert one.code in CODES
        elif isinstance(one, r.Consignment | r.Equipment | r.Document | r.Refused):
            assert 0 <= one.span.start < one.span.end <= len(sent)


@given(st.lists(st.sampled_from(["good", "no number", "no goods"]), max_size=8))
def test_every_bill_is_accepted_or_refused_with_a_reason(kinds: list[str]) -> None:
    lines: list[str] = []
    for n, kind in enumerate(kinds):
        bill = numbered("" if kind == "no number" else f"B{n}")
        lines += [line for line in bill if kind != "no goods" or not line.startswith("N10")]
    found = read(isa([transaction("309", *HEAD, *lines)]))
    accepted = of(r.Consignment, found)
    refused = [each for each in of(r.Refused, found) if each.is_bill]
    assert len(accepted) + len(refused) == len(kinds)
    errors = [each for each in problems(found) if each.severity is r.Severity.ERROR]
    assert len(errors) == len(refused)
