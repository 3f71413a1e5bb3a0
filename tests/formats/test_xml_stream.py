"""XML of any size, in any encoding, well or badly formed: limits, offsets, spans, memory."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.formats import limits, xml_stream
from profiling.formats import records as r
from profiling.formats.asycuda_manifest import AsycudaManifestReader
from profiling.formats.generate_xml import generate_awmds
from profiling.formats.problems import sentence
from profiling.formats.registry import READERS, detect, header_from_json, header_to_json
from profiling.formats.xml_reader import XmlReader
from tests.formats.samples import bills, boxes, header, problems, read
from tests.formats.xml_samples import BILL, awmds, bill

MESSAGES = Path(__file__).parents[1] / "fixtures" / "messages"
NAMES = sorted(path.name for path in MESSAGES.glob("*.xml"))
CYRILLIC = [bill("Б1", goods="ИГРУШКИ ПЛАСТМАССОВЫЕ"), bill("Б2", goods="Чай чёрный")]
WHOLE_ONLY = {"unknown_field", "xml_attachment", "count_differs", "equipment_differs", "charset", "charset_assumed"}
XML = [reader for reader in READERS if isinstance(reader, XmlReader)]


def _only(found: list[Any]) -> r.Problem:
    (fatal,) = [each for each in found if isinstance(each, r.Problem) and each.severity is r.Severity.FATAL]
    assert not any(isinstance(each, r.MessageEnd) for each in found)
    return fatal


def _read(raw: bytes) -> list[Any]:
    return list(AsycudaManifestReader().read(io.BytesIO(raw)))


# -- what harms


LAUGHS = "".join(
    [
        '<!DOCTYPE Awmds [<!ENTITY a0 "ha">',
        *[f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)],
        "]>",
    ]
)


@pytest.mark.parametrize(
    "doctype",
    [
        LAUGHS,
        '<!DOCTYPE Awmds [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE Awmds SYSTEM "http://127.0.0.1/x.dtd">',
        '<!DOCTYPE Awmds [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]>',
        f'<!DOCTYPE Awmds [<!ENTITY q "{"q" * 100_000}">]>',
        "<!DOCTYPE Awmds>",
    ],
    ids=["billion laughs", "external entity", "external subset", "parameter entity", "quadratic", "bare"],
)
def test_a_document_type_is_refused_before_anything_of_it_is_read(doctype: str) -> None:
    text = awmds(bill("B1", goods="&a9;&x;" + "&q;" * 1000), prolog=f"<?xml version='1.0'?>\n{doctype}\n")
    began = time.process_time()
    fatal = _only(read(text))
    assert fatal.code == "xml_doctype"
    assert fatal.position.offset <= text.index(">", text.index("DOCTYPE"))
    assert time.process_time() - began < 2


def test_an_entity_that_nobody_declared_is_told_with_its_place() -> None:
    text = awmds(bill("B1", goods="A &nbsp; B"))
    fatal = _only(read(text))
    assert (fatal.code, fatal.position.offset) == ("xml_invalid", text.index("&nbsp;"))
    assert fatal.params["reason"] == "undefined entity"


@pytest.mark.parametrize("deep", [70, 100_000])
def test_nesting_ends_somewhere(deep: int) -> None:
    inside = "<a>" * deep + "</a>" * deep
    for text in (awmds(head=inside), awmds(BILL.replace("<Bol_id>", inside + "<Bol_id>"))):
        assert _only(read(text)).code == "xml_too_deep"


@pytest.mark.parametrize(
    "huge", ['<x y="{}">', "<!-- {} -->", "<{}>", "<?p {} ?>"], ids=["attribute", "comment", "name", "instruction"]
)
def test_a_tag_without_end_is_not_gathered(huge: str) -> None:
    text = awmds(huge.format("y" * (6 << 20)))
    began = time.process_time()
    fatal = _only(read(text))
    assert fatal.code == "xml_token_long"
    assert fatal.position.offset == text.index("</General_segment>") + len("</General_segment>\n")
    assert time.process_time() - began < 5


def test_names_without_number_are_not_gathered() -> None:
    assert _only(read(awmds(*(f"<n{n}/>" for n in range(20_000))))).code == "xml_names"
    attributes = "".join(f'<x a{n}="1"/>' for n in range(20_000))
    assert _only(read(awmds(bill("B1", box=attributes)))).code == "xml_names"


def test_a_head_without_end_is_not_gathered() -> None:
    assert _only(read(awmds(head="<a>x</a>" * 50_000))).code == "record_too_long"


def test_a_record_too_large_is_refused_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RECORD_BYTES", 4000)
    huge = bill("HUGE", goods="T" * 5000)
    found = read(awmds(bill("B1"), huge, bill("B3")))
    assert [each.document_no for each in bills(found)] == ["B1", "B3"]
    told = problems(found)["record_too_long"]
    assert (told.severity, told.position.pointer) == (r.Severity.ERROR, "/Awmds/Bol_segment[2]")
    (refused,) = [each for each in found if isinstance(each, r.Refused)]
    raw = awmds(bill("B1"), huge, bill("B3")).encode()
    assert raw[refused.span.start : refused.span.end] == huge.encode()


def test_a_record_of_too_many_elements_is_refused_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RECORD_SEGMENTS", 200)
    found = read(awmds(bill("B1"), bill("MANY", box="<x><y/></x>" * 300), bill("B3")))
    assert [each.document_no for each in bills(found)] == ["B1", "B3"]
    assert problems(found)["xml_too_many_elements"].severity is r.Severity.ERROR


def test_a_large_attachment_takes_no_memory() -> None:
    raw = awmds(BILL, head=f"<Attached_Document>{'QUJDREVG' * 2_000_000}</Attached_Document>").encode()
    stream = io.BytesIO(raw)
    tracemalloc.start()
    try:
        found = list(AsycudaManifestReader().read(stream))
        head = found[0]
        sizes = [one.size for one in AsycudaManifestReader().attachments(stream, head, 1 << 30)]
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert problems(found)["attachments_kept"].field == "Attached_Document"
    assert len(bills(found)) == 1
    assert sizes == [12_000_000]
    assert peak < 5_000_000 < len(raw)


# -- files that are broken


@pytest.mark.parametrize("name", NAMES)
def test_a_file_cut_anywhere_is_fatal(name: str) -> None:
    raw = (MESSAGES / name).read_bytes()
    raw = raw[: raw.rindex(b">") + 1]
    reader = detect(io.BytesIO(raw))
    assert reader is not None
    for end in range(1, len(raw), 37):
        fatal = _only(list(reader.read(io.BytesIO(raw[:end]))))
        assert fatal.code == "file_cut", raw[:end][-20:]
        assert fatal.position.offset <= end


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("</Bol_id>", "</Bol_ID>", "mismatched tag"),
        ("PLASTIC TOYS", "TOYS & DOLLS", "not well-formed (invalid token)"),
        ("PLASTIC TOYS", "TOYS < DOLLS", "not well-formed (invalid token)"),
        ("PLASTIC TOYS", "&#0;", "reference to invalid character number"),
        ("</Awmds>", "</Awmds><Awmds/>", "junk after document element"),
        ("<Bol_id>", '<Bol_id a="1" a="2">', "duplicate attribute"),
    ],
)
def test_what_is_not_well_formed_is_fatal_with_its_place(old: str, new: str, reason: str) -> None:
    text = awmds(BILL).replace(old, new)
    fatal = _only(read(text))
    assert (fatal.code, fatal.params["reason"]) == ("xml_invalid", reason)
    assert abs(fatal.position.offset - text.index(new)) <= len(new)
    assert sentence(fatal)


def test_another_document_is_not_taken() -> None:
    assert detect(io.BytesIO(b"<html><Awmds/></html>")) is None
    assert _only(_read(b"<html><Awmds/></html>")).code == "xml_root_unexpected"


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\ufeff",
        "\r\n  ",
        "<?xml version='1.0'?>",
        "<?xml version='1.0'?>\n<!-- <Other> " + "x" * 9000 + " -->\n<?p <x?>",
    ],
    ids=["nothing", "mark", "blanks", "declaration", "comment"],
)
def test_the_document_element_is_found_behind_anything(before: str) -> None:
    reader = detect(io.BytesIO((before + awmds(BILL)).encode()))
    assert reader is not None
    assert reader.name == AsycudaManifestReader.name


def test_prefixes_and_letters_do_not_matter() -> None:
    text = awmds(BILL).replace("</", "</m:").replace("<Aw", "<m:Aw").replace("<m:Awmds>", '<m:Awmds xmlns:m="urn:x">')
    for name in ("General", "Customs", "Voyage", "Date", "Time", "Totals", "Transport", "Carrier", "Mode", "Identity",
                 "Bol", "Load", "Place", "Traders", "Exporter", "Consignee", "ctn", "Ctn", "Number", "Type", "Empty",
                 "Marks1", "Sealing", "Goods", "Package", "Gross", "Line"):  # fmt: skip
        text = text.replace(f"<{name}", f"<m:{name.upper()}").replace(f"</m:{name}", f"</m:{name.upper()}")
    found = read(text)
    plain = read(awmds(BILL))
    assert not problems(found)
    assert [each.document_no for each in bills(found)] == ["B1"]
    assert bills(found)[0].parties == bills(plain)[0].parties
    assert boxes(found)[0].seals == boxes(plain)[0].seals


# -- encodings


def _declared(name: str) -> str:
    return f'<?xml version="1.0" encoding="{name}"?>\n'


@pytest.mark.parametrize(
    ("codec", "declared", "assumed"),
    [
        ("utf-8", "UTF-8", None),
        ("utf-8", "", None),
        ("utf-8-sig", "utf-8", None),
        ("utf-16", "UTF-16", None),
        ("utf-16-le", "utf-16", None),
        ("utf-16-be", "", None),
        ("cp1251", "windows-1251", None),
        ("iso8859-5", "ISO-8859-5", None),
        ("koi8-r", "KOI8-R", None),
        ("cp1251", "", "cp1251"),
        ("cp1251", "UTF-8", "cp1251"),
        ("cp1251", "ISO-8859-1", "cp1251"),
        ("utf-8", "windows-1251", "utf-8"),
        ("utf-8", "no-such-set", "utf-8"),
        ("utf-16-le", "windows-1251", None),
    ],
)
def test_text_is_read_whatever_set_it_is_in(codec: str, declared: str, assumed: str | None) -> None:
    text = awmds(*CYRILLIC, prolog=_declared(declared) if declared else "")
    raw = text.encode(codec)
    found = read(raw)
    assert [each.items[0].description for each in bills(found)] == ["ИГРУШКИ ПЛАСТМАССОВЫЕ", "Чай чёрный"]
    told = problems(found)
    assert set(told) == ({"charset_assumed"} if assumed else set())
    if assumed:
        assert told["charset_assumed"].params["charset"] == assumed
    wide = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(codec, codec)
    for one, sent in zip(bills(found), CYRILLIC, strict=True):
        assert raw[one.span.start : one.span.end].decode(wide) == sent
        again = list(AsycudaManifestReader().read_span(io.BytesIO(raw), header(found), one.span))
        assert bills(again) == [one]


def test_a_set_of_several_bytes_that_cannot_be_read_is_fatal() -> None:
    raw = awmds(bill("B1", goods="塑料玩具"), prolog=_declared("GB18030")).encode("gb18030")
    assert _only(read(raw)).code == "encoding_unknown"
    assert not problems(read(awmds(bill("B1", goods="塑料玩具"), prolog=_declared("UTF-8"))))


def test_bytes_that_are_no_text_are_told_and_cost_nothing_else() -> None:
    raw = awmds(bill("B1", goods="ИГРУШКИ ИЗ ПЛАСТМАССЫ"), bill("B2")).encode()
    at = raw.index("ПЛАСТ".encode())
    found = read(raw[:at] + b"\xd0" + raw[at + 1 + 1 :])
    assert len(bills(found)) == 2
    told = problems(found)["charset"]
    assert (told.severity, told.position.offset) == (r.Severity.WARNING, at)
    assert bills(found)[0].items[0].description.startswith("ИГРУШКИ ИЗ ?")


def test_control_characters_are_told_and_cost_nothing_else() -> None:
    raw = awmds(bill("B1", goods="TO\x00Y\x1fS"), bill("B2")).encode()
    found = read(raw)
    assert [each.items[0].description for each in bills(found)] == ["TO Y S", "PLASTIC TOYS"]
    assert problems(found)["control_characters"].position.offset == raw.index(b"\x00")
    again = list(AsycudaManifestReader().read_span(io.BytesIO(raw), header(found), bills(found)[0].span))
    assert bills(again) == bills(found)[:1]


# -- pieces and spans


@pytest.mark.parametrize("size", [7, 64, 1000])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp1251"])
def test_pieces_of_any_size_give_the_same_records(monkeypatch: pytest.MonkeyPatch, size: int, codec: str) -> None:
    raw = awmds(*CYRILLIC, prolog=_declared({"cp1251": "windows-1251"}.get(codec, codec))).encode(codec)
    whole = read(raw)
    monkeypatch.setattr(xml_stream, "PIECE", size)
    assert read(raw) == whole


def _records(found: list[Any]) -> list[Any]:
    return [each for each in found if isinstance(each, (r.Consignment, r.Equipment, r.Document, r.Refused))]


def _check_spans(raw: bytes, cuts: list[bool]) -> None:
    reader = detect(io.BytesIO(raw))
    assert reader is not None
    found = list(reader.read(io.BytesIO(raw)))
    kept = header_from_json(json.loads(json.dumps(header_to_json(header(found)))))
    assert kept == header(found)
    first = {_key(each) for each in found if isinstance(each, r.Problem) and each.code not in WHOLE_ONLY}
    again: set[Any] = set()
    for kind in (r.Equipment, (r.Consignment, r.Document)):
        records = [each for each in _records(found) if isinstance(each, kind)]
        runs: list[list[Any]] = []
        for index, record in enumerate(records):
            if not runs or cuts[index % len(cuts)]:
                runs.append([])
            runs[-1].append(record)
        for run in runs:
            span = r.Span(run[0].span.start, run[-1].span.end)
            part = list(reader.read_span(io.BytesIO(raw), kept, span))
            assert [each for each in _records(part) if isinstance(each, kind)] == run
            again |= {_key(each) for each in part if isinstance(each, r.Problem)}
    assert again <= first | {each for each in again if each[0] == "count_differs"}


def _key(found: r.Problem) -> Any:
    return (found.code, found.document, found.position, found.field, found.received)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30)
@given(cuts=st.lists(st.booleans(), min_size=1, max_size=6))
def test_spans_of_any_partition_read_as_the_whole(name: str, cuts: list[bool]) -> None:
    _check_spans((MESSAGES / name).read_bytes(), cuts)


def test_spans_beyond_the_first_mark_keep_their_pointers() -> None:
    many = [bill(f"B{n}") for n in range(1, 2 * xml_stream.MARK_EVERY + 9)]
    many[xml_stream.MARK_EVERY + 7] = many[3].replace("Goods_segment", "Other").replace("B4", "")
    raw = awmds(*many).encode()
    _check_spans(raw, [True, *[False] * 60])
    last = bills(read(raw))[-1]
    assert last.position.pointer == f"/Awmds/Bol_segment[{len(many)}]"
    assert raw[last.span.start : last.span.end] == many[-1].encode()


def test_an_end_tag_with_blanks_and_an_empty_element_have_exact_spans() -> None:
    text = awmds(BILL.replace("</Bol_segment>", "</Bol_segment  >"), "<Bol_segment/>")
    found = read(text)
    assert text[bills(found)[0].span.start : bills(found)[0].span.end].endswith("</Bol_segment  >")
    (refused,) = [each for each in found if isinstance(each, r.Refused)]
    assert text[refused.span.start : refused.span.end] == "<Bol_segment/>"


# -- any bytes


def _check_stream(raw: bytes) -> None:
    for reader in XML:
        found = list(reader.read(io.BytesIO(raw)))
        fatal = [each for each in found if isinstance(each, r.Problem) and each.severity is r.Severity.FATAL]
        heads = sum(isinstance(each, r.Header) for each in found)
        ends = sum(isinstance(each, r.MessageEnd) for each in found)
        assert (heads, ends) == (1, 1) if not fatal else ends == 0
        for index, each in enumerate(found):
            repr(each).encode("utf-8")
            if isinstance(each, r.Problem):
                assert sentence(each)
                assert 0 <= each.position.offset <= len(raw)
            if isinstance(each, r.Refused):
                after = found[index + 1]
                assert isinstance(after, r.Problem)
                assert after.position.offset >= each.span.start
            if isinstance(each, (r.Consignment, r.Equipment, r.Document)):
                assert 0 <= each.span.start < each.span.end <= len(raw)
            if isinstance(each, r.Header):
                assert header_from_json(json.loads(json.dumps(header_to_json(each)))) == each


MARKUP = [b"<", b">", b"/>", b"</", b"&", b"&amp;", b"&#1;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b'"', b"<null/>"]
OTHER = [b"\x00", b"\xff", b"\xd1", b"\xff\xfe", b"<Bol_segment>", b"</Bol_segment>", b"<ctn_segment/>", b"-1", b"1e9"]
PIECES = st.sampled_from([*MARKUP, *OTHER])


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60)
@given(
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(PIECES, st.binary(max_size=4))),
        min_size=1,
        max_size=6,
    )
)
def test_damaged_samples_never_raise(name: str, edits: list[tuple[float, int, bytes]]) -> None:
    raw = (MESSAGES / name).read_bytes()
    for where, length, piece in edits:
        at = int(where * len(raw))
        raw = raw[:at] + piece + raw[at + length :]
    _check_stream(raw)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60)
@given(edits=st.lists(st.tuples(st.integers(0, 10**6), st.text(max_size=5), st.booleans()), min_size=1, max_size=8))
def test_samples_with_other_texts_never_raise_and_lose_no_record(name: str, edits: list[tuple[int, str, bool]]) -> None:
    """The elements stay, what they hold changes: as many records come out, accepted or refused."""
    raw = (MESSAGES / name).read_text("utf-8")
    begin = raw.index(">", raw.rindex("-->") if "-->" in raw else 0)
    parts = raw[begin:].split("<")
    for where, text, doubled in edits:
        index = 1 + where % (len(parts) - 1)
        tag, close, old = parts[index].partition(">")
        if close and not tag.startswith("/"):
            clean = "".join(c for c in text if c.isprintable() and c not in "<>&") or "0"
            parts[index] = tag + close + (old * 9 if doubled else clean)
    changed = raw[:begin] + "<".join(parts)
    reader = detect(io.BytesIO(raw.encode()))
    assert reader is not None
    before = _records(list(reader.read(io.BytesIO(raw.encode()))))
    after = list(reader.read(io.BytesIO(changed.encode())))
    _check_stream(changed.encode())
    if not any(isinstance(each, r.Problem) and each.severity is r.Severity.FATAL for each in after):
        assert len(_records(after)) == len(before)


@given(st.binary(max_size=200))
def test_random_bytes_never_raise(raw: bytes) -> None:
    _check_stream(raw)
    _check_stream(b"<Awmds>" + raw)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    with path.open("wb") as target:
        target.writelines(generate_awmds(2000))
    tracemalloc.start()
    try:
        with path.open("rb") as source:
            seen = sum(isinstance(each, r.Consignment) for each in AsycudaManifestReader().read(source))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seen == 2000
    # A piece as bytes and as trees, and the numbers of 2,000 containers.
    assert peak < 3_000_000 < path.stat().st_size


# -- every reader


ROOTS = {
    "Awmds": b"<General_segment/>",
    "ASYCUDA": b"<Identification/>",
    "Declaration": b"<FunctionCode>9</FunctionCode><GoodsShipment/>",
    "MetaData": b'<Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"><FunctionCode>9</FunctionCode></Declaration>',
    "IE3F10": b"<LRN>1</LRN>",
}


@pytest.mark.parametrize("root", sorted(ROOTS))
def test_no_reader_takes_a_document_type(root: str) -> None:
    whole = b"<%s>%s</%s>" % (root.encode(), ROOTS[root], root.encode())
    reader = detect(io.BytesIO(whole))
    assert isinstance(reader, XmlReader)
    bomb = LAUGHS.replace("DOCTYPE Awmds", f"DOCTYPE {root}").encode()
    assert _only(list(reader.read(io.BytesIO(bomb + whole)))).code == "xml_doctype"


@pytest.mark.parametrize("root", sorted(ROOTS))
def test_each_document_element_has_one_reader(root: str) -> None:
    whole = b"<%s>%s</%s>" % (root.encode(), ROOTS[root], root.encode())
    assert sum(reader.sniff(whole, io.BytesIO(whole)) for reader in XML) == 1


def test_records_of_two_kinds_keep_their_own_numbers_beyond_the_first_mark() -> None:
    house = (
        "<consignmentHouseLevel><goodsItem><commodity><descriptionOfGoods>Tea</descriptionOfGoods></commodity>"
        "</goodsItem><transportDocumentHouseLevel><documentNumber>H{}</documentNumber></transportDocumentHouseLevel>"
        "</consignmentHouseLevel>"
    )
    box = (
        "<transportEquipment><containerIdentificationNumber>PCVU{:07}</containerIdentificationNumber>"
        "</transportEquipment>"
    )
    count = xml_stream.MARK_EVERY + 9
    content = "".join(house.format(n) + box.format(n) for n in range(1, count + 1))
    raw = f"<IE3F11><LRN>1</LRN><consignmentMasterLevel>{content}</consignmentMasterLevel></IE3F11>".encode()
    found = read(raw)
    assert bills(found)[-1].position.pointer == f"/IE3F11/consignmentMasterLevel/consignmentHouseLevel[{count}]"
    assert boxes(found)[-1].position.pointer == f"/IE3F11/consignmentMasterLevel/transportEquipment[{count}]"
    _check_spans(raw, [True, *[False] * 60])
