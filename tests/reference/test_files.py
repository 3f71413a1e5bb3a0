"""Files of code lists and rates: every form is known by what it holds, bad rows are told and good ones kept."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from profiling.reference.files import opening
from profiling.reference.files.places import coordinates
from profiling.reference.files.registry import read
from profiling.reference.files.rows import PROBLEMS, Entry, Fault, FileError, Kind, Place, Rate, Said, sentence

LOCODE = (
    ',"QA",,".QATAR",,,,,,,,\r\n'
    '"+","QA","XYZ","Zébrapol","Zebrapol","DA","1-3-----","AI","2407",,"2517N 05132E","New, quay"\r\n'
    '"X","QA","XYY","Old Quay","Old Quay",,"1-------","XX","9801",,,\r\n'
    '"=","QA",,"Zebra = Zebrapol","Zebra = Zebrapol",,,,,,,\r\n'
    ',"QA","X1Y","Digit one is not used","Digit one",,"1-------","AI","2407",,,\r\n'
    ',"QA","XYW","Off the map","Off the map",,"--3-----","AI","2407",,"9917N 05132E",\r\n'
    ',"QA","XYV"\r\n'
)


def rows_of(kind: Kind, content: bytes | str, name: str = "") -> list[object]:
    raw = content.encode() if isinstance(content, str) else content
    return list(read(kind, io.BytesIO(raw), name))


def workbook(rows: Sequence[Sequence[object]], sheet: str = "Codes") -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def only(found: list[object], kind: type) -> list:
    return [one for one in found if isinstance(one, kind)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_un_locode_is_read_and_its_bad_rows_are_told(encoding: str) -> None:
    found = rows_of(Kind.PLACES, LOCODE.encode(encoding))
    assert only(found, Said) == [Said("UN/LOCODE")]
    places = only(found, Place)
    assert [place.code for place in places] == ["QAXYZ", "QAXYY", "QAXYW"]
    first = places[0]
    assert (first.name, first.names, first.functions, first.status) == ("Zebrapol", ("Zébrapol",), "1-3-----", "AI")
    assert (first.latitude, first.longitude) == (Decimal("25.2833"), Decimal("51.5333"))
    assert (first.valid_from, first.remark) == (date(2024, 7, 1), "New, quay")
    assert [place.is_withdrawn for place in places] == [False, True, False]
    assert places[1].valid_from == date(1998, 1, 1)
    assert [(fault.line, fault.code) for fault in only(found, Fault)] == [
        (5, "code_malformed"),
        (6, "coordinates_malformed"),
        (7, "columns_short"),
    ]


def test_a_copy_with_a_heading_and_status_before_function_is_read_alike() -> None:
    copy = (
        "Change,Country,Location,Name,NameWoDiacritics,Subdivision,Status,Function,Date,IATA,Coordinates,Remarks\n"
        ",QA,XYZ,Zebrapol,Zebrapol,DA,AI,1-3-----,2407,ZBP,2517N 05132E,\n"
    )
    (place,) = only(rows_of(Kind.PLACES, copy), Place)
    assert (place.status, place.functions, place.remark) == ("AI", "1-3-----", "IATA ZBP")


def test_the_parts_of_an_archive_are_read_and_what_else_is_in_it_is_passed_over() -> None:
    archive = zipped(
        **{
            "2024-2 UNLOCODE CodeListPart1.csv": LOCODE.encode("cp1252"),
            "2024-2 SubdivisionCodes.csv": b'"QA","DA","Ad Dawhah","Municipality"\r\n',
            "readme.txt": b"Hello",
        }
    )
    found = rows_of(Kind.PLACES, archive)
    assert only(found, Said) == [Said("UN/LOCODE", "2024-2")]
    assert len(only(found, Place)) == 3
    assert {fault.part for fault in only(found, Fault)} == {"2024-2 UNLOCODE CodeListPart1.csv"}


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("4230N 00131E", (Decimal("42.5000"), Decimal("1.5167"))),
        ("3352S 15113W", (Decimal("-33.8667"), Decimal("-151.2167"))),
        ("9100N 00000E", None),
        ("4260N 00131E", None),
        ("", None),
        ("42.5 1.5", None),
    ],
)
def test_coordinates(text: str, point: tuple[Decimal, Decimal] | None) -> None:
    assert coordinates(text) == point


def test_a_table_of_our_own_gives_stations_and_posts() -> None:
    table = (
        "scheme;code;name;name_ru;country;kind;latitude;longitude;valid_from;names\n"
        "station;111111;Zebra Pass;Зебра-Перевал;kz;border_station;44.2;80.4;2011-12-01;Zebra/Zebra-Pass\n"
        "station;;No code;;KZ;;;;;\n"
        "harbour;9;Wrong scheme;;KZ;;;;;\n"
        "station;2;Wrong country;;XX;;;;;\n"
        "station;3;Wrong day;;KZ;;;;31.12.2011;\n"
        "station;4;Half a point;;KZ;;44.2;;;\n"
    )
    found = rows_of(Kind.PLACES, table)
    places = only(found, Place)
    assert [(place.code, place.country) for place in places] == [("111111", "KZ"), ("4", "KZ")]
    assert (places[0].name_ru, places[0].names) == ("Зебра-Перевал", ("Zebra", "Zebra-Pass"))
    assert (places[0].latitude, places[0].valid_from) == (Decimal("44.2"), date(2011, 12, 1))
    assert places[1].latitude is None
    assert [(fault.line, fault.code) for fault in only(found, Fault)] == [
        (3, "code_malformed"),
        (4, "scheme_unknown"),
        (5, "country_unknown"),
        (6, "date_malformed"),
        (7, "coordinates_malformed"),
    ]


def test_comtrade_json_gives_the_edition_and_the_texts() -> None:
    content = json.dumps(
        {
            "more": False,
            "classCode": "H5",
            "results": [
                {"id": "TOTAL", "text": "Total of all", "parent": "#"},
                {"id": "01", "text": "01 - Animals of the test", "parent": "TOTAL"},
                {"id": "0101", "text": "0101 - Horses of the test", "parent": "01"},
                {"id": "01x1", "text": "odd"},
                "odd too",
            ],
        }
    )
    found = rows_of(Kind.HS, content)
    assert found[0] == Said("UN Comtrade", "2017")
    assert [(one.code, one.name) for one in only(found, Entry)] == [
        ("01", "Animals of the test"),
        ("0101", "Horses of the test"),
    ]
    assert [(one.line, one.code) for one in only(found, Fault)] == [(4, "code_malformed"), (5, "code_malformed")]


def test_the_name_of_a_file_tells_the_edition_where_the_content_does_not() -> None:
    content = json.dumps({"results": [{"id": "01", "text": "01 - Animals"}]})
    assert rows_of(Kind.HS, content, "H6.json")[0] == Said("UN Comtrade", "2022")
    assert rows_of(Kind.HS, content, "list.json")[0] == Said("UN Comtrade", "")


@pytest.mark.parametrize("as_workbook", [False, True], ids=["csv", "xlsx"])
def test_a_table_of_the_harmonized_system_is_found_below_its_title(as_workbook: bool) -> None:
    rows = [
        ["Nomenclature of the test", "", ""],
        ["HS code", "Description", "Наименование"],
        ["01.01", "Horses, asses", "Лошади, ослы"],
        ["010121", "", ""],
    ]
    content = workbook(rows) if as_workbook else "\n".join(";".join(map(str, row)) for row in rows)
    found = rows_of(Kind.HS, content)
    (entry,) = only(found, Entry)
    assert (entry.code, entry.name, entry.name_ru) == ("0101", "Horses, asses", "Лошади, ослы")
    assert [(one.line, one.code) for one in only(found, Fault)] == [(4, "name_missing")]


def test_packages_and_units_come_from_their_spreadsheets() -> None:
    packages = workbook(
        [
            ["Annex V"],
            ["Status", "Code", "Name", "Description", "Numeric code"],
            ["", "ZX", "Zebra crate", "For one zebra", 99],
            ["X", "ZY", "Zebra sack", "", ""],
            ["", "ZZZ", "Too long", "", ""],
        ]
    )
    found = rows_of(Kind.PACKAGES, packages)
    assert [(one.code, one.name, one.is_withdrawn) for one in only(found, Entry)] == [
        ("ZX", "Zebra crate", False),
        ("ZY", "Zebra sack", True),
    ]
    assert dict(only(found, Entry)[0].details) == {"description": "For one zebra", "numeric": "99"}
    assert [(one.line, one.code, one.part) for one in only(found, Fault)] == [(5, "code_malformed", "Codes")]
    units = workbook(
        [
            ["Status", "Common Code", "Name", "Conversion Factor", "Symbol"],
            ["", "ZKG", "zebra gram", "10⁻³ kg", "zg"],
        ]
    )
    (entry,) = only(rows_of(Kind.UNITS, units), Entry)
    assert (entry.code, entry.details["symbol"], entry.details["factor"]) == ("ZKG", "zg", "10⁻³ kg")


def test_currencies_in_use_and_withdrawn() -> None:
    listed = (
        '<?xml version="1.0" encoding="UTF-8"?><ISO_4217 Pblshd="2026-01-01"><CcyTbl>'
        "<CcyNtry><CtryNm>ZEBRALAND</CtryNm><CcyNm>Zebra</CcyNm><Ccy>ZBR</Ccy><CcyNbr>990</CcyNbr>"
        "<CcyMnrUnts>2</CcyMnrUnts></CcyNtry>"
        "<CcyNtry><CtryNm>OTHER</CtryNm><CcyNm>Zebra</CcyNm><Ccy>ZBR</Ccy></CcyNtry>"
        "<CcyNtry><CtryNm>ICE</CtryNm><CcyNm>No universal currency</CcyNm></CcyNtry>"
        "<CcyNtry><CtryNm>ODD</CtryNm><CcyNm>Odd</CcyNm><Ccy>Z1</Ccy></CcyNtry>"
        "</CcyTbl></ISO_4217>"
    )
    found = rows_of(Kind.CURRENCIES, listed)
    assert only(found, Said) == [Said("ISO 4217", "2026-01-01")]
    (entry,) = only(found, Entry)
    assert (entry.code, dict(entry.details)) == ("ZBR", {"numeric": "990", "minor_units": "2"})
    assert [one.code for one in only(found, Fault)] == ["currency_malformed"]


def test_owner_prefixes_are_kept_without_the_category() -> None:
    found = rows_of(Kind.OWNERS, "BIC Code,Company,City,Country\nZBRU,Zebra Lines,Doha,QA\nABC,Abc Boxes,,\nX,Odd,,\n")
    assert [(one.code, one.name) for one in only(found, Entry)] == [("ZBR", "Zebra Lines"), ("ABC", "Abc Boxes")]
    assert [one.line for one in only(found, Fault)] == [4]


ECB_XML = (
    '<gesmes:Envelope xmlns:gesmes="http://g" xmlns="http://e"><Cube><Cube time="2026-11-24">'
    '<Cube currency="USD" rate="1.25"/><Cube currency="QAR" rate="0"/></Cube></Cube></gesmes:Envelope>'
)
NBK = (
    "<rates><title>Official</title><date>24.11.2026</date><item><fullname>ДОЛЛАР</fullname><title>USD</title>"
    "<description>500.5</description><quant>1</quant></item><item><title>AMD</title><description>131.2</description>"
    "<quant>100</quant></item></rates>"
)
VALCURS = (
    '<?xml version="1.0" encoding="windows-1251"?><ValCurs Date="{day}" name="Rates"><Valute ID="1"><NumCode>840'
    "</NumCode>"
    "<CharCode>USD</CharCode><Nominal>1</Nominal><Name>Доллар</Name><Value>{usd}</Value></Valute><Valute ID='2'>"
    "<CharCode>{other}</CharCode><Nominal>10</Nominal><Name>другая</Name><Value>1,5</Value></Valute></ValCurs>"
)
CBU = json.dumps(
    [
        {"id": 1, "Ccy": "USD", "Nominal": "1", "Rate": "12000.50", "Date": "24.11.2026"},
        {"id": 2, "Ccy": "VND", "Nominal": "10", "Rate": "-4", "Date": "24.11.2026"},
    ]
)


def exact(source: str, hub: str, hub_units: str, currency: str, currency_units: str = "1") -> tuple:
    return (source, date(2026, 11, 24), hub, Decimal(hub_units), currency, Decimal(currency_units))


@pytest.mark.parametrize(
    ("content", "rates", "faults"),
    [
        pytest.param(ECB_XML, [exact("ecb", "EUR", "1", "USD", "1.25")], 1, id="ecb-xml"),
        pytest.param(
            "Date, USD, QAR, \n24 November 2026, 1.25, N/A, \n",
            [exact("ecb", "EUR", "1", "USD", "1.25")],
            0,
            id="ecb-csv",
        ),
        pytest.param(
            "Date,USD,QAR,\n2026-11-24,1.25,4.5,\n",
            [exact("ecb", "EUR", "1", "USD", "1.25"), exact("ecb", "EUR", "1", "QAR", "4.5")],
            0,
            id="ecb-history",
        ),
        pytest.param(
            NBK, [exact("nbk", "KZT", "500.5", "USD"), exact("nbk", "KZT", "131.2", "AMD", "100")], 0, id="nbk"
        ),
        pytest.param(
            "<rss><channel><item><title>USD</title><pubDate>24.11.2026</pubDate><description>500.5</description>"
            "<quant>1</quant></item></channel></rss>",
            [exact("nbk", "KZT", "500.5", "USD")],
            0,
            id="nbk-rss",
        ),
        pytest.param(
            VALCURS.format(day="2026-11-24", usd="9.25", other="RUB").encode("cp1251"),
            [exact("nbt", "TJS", "9.25", "USD"), exact("nbt", "TJS", "1.5", "RUB", "10")],
            0,
            id="nbt",
        ),
        pytest.param(
            VALCURS.format(day="24.11.2026", usd="80,1", other="TJS").encode("cp1251"),
            [exact("cbr", "RUB", "80.1", "USD"), exact("cbr", "RUB", "1.5", "TJS", "10")],
            0,
            id="cbr",
        ),
        pytest.param(CBU, [exact("cbu", "UZS", "12000.50", "USD")], 1, id="cbu"),
        pytest.param(
            "<CBU_Curr><CcyNtry ID='840'><Ccy>USD</Ccy><Nominal>1</Nominal><Rate>12000.50</Rate><date>24.11.2026</date>"
            "</CcyNtry></CBU_Curr>",
            [exact("cbu", "UZS", "12000.50", "USD")],
            0,
            id="cbu-xml",
        ),
        pytest.param(
            "day;currency;units;value;base;source\n2026-11-24;usd;1;3,64;QAR;QCB\nsoon;USD;1;1;QAR;\n24.11.2026;US;1;1;QAR;\n",
            [exact("qcb", "QAR", "3.64", "USD")],
            2,
            id="own",
        ),
    ],
)
def test_rates_are_kept_as_the_bank_published_them(content: str | bytes, rates: list[tuple], faults: int) -> None:
    found = rows_of(Kind.RATES, content)
    read_rates = [
        (one.source, one.day, one.hub, one.hub_units, one.currency, one.currency_units) for one in only(found, Rate)
    ]
    assert read_rates == rates
    assert len(only(found, Fault)) == faults


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        pytest.param(Kind.PLACES, b"", "file_unreadable", id="empty"),
        pytest.param(Kind.PLACES, b"\x00\x01\x02", "file_unreadable", id="binary"),
        pytest.param(Kind.PACKAGES, b"PK\x03\x04nothing", "archive_unreadable", id="broken-zip"),
        pytest.param(Kind.HS, b"{not json", "json_broken", id="broken-json"),
        pytest.param(Kind.HS, b'{"results": 1}', "json_broken", id="other-json"),
        pytest.param(Kind.RATES, ECB_XML[:-30].encode(), "xml_broken", id="cut-xml"),
        pytest.param(
            Kind.RATES,
            b'<!DOCTYPE rates [<!ENTITY a "aaaa">]><rates><date>&a;</date></rates>',
            "xml_doctype",
            id="entities",
        ),
        pytest.param(Kind.CURRENCIES, b"<ISO_4217><CcyTbl></ISO_4217>", "xml_broken", id="crossed-tags"),
        pytest.param(
            Kind.RATES,
            VALCURS.format(day="24.11.2026", usd="80", other="EUR").encode("cp1251"),
            "file_unreadable",
            id="whose-rates",
        ),
    ],
)
def test_a_file_of_no_known_form_is_refused_whole_and_says_why(kind: Kind, content: bytes, code: str) -> None:
    with pytest.raises(FileError) as refused:
        rows_of(kind, content)
    assert refused.value.code == code
    assert "{" not in sentence(code, refused.value.params)


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST", 1)
    bomb = zipped(**{"part.csv": LOCODE.encode() + b"," * (3 << 20)})
    with pytest.raises(FileError) as refused:
        rows_of(Kind.PLACES, bomb)
    assert refused.value.code == "archive_too_large"
    assert len(bomb) < 100_000


def test_an_archive_damaged_inside_is_refused() -> None:
    archive = bytearray(zipped(**{"part.csv": LOCODE.encode() * 50}))
    archive[60] ^= 0xFF
    with pytest.raises(FileError) as refused:
        rows_of(Kind.PLACES, bytes(archive))
    assert refused.value.code in ("archive_unreadable", "file_unreadable")


@given(st.sampled_from(sorted(Kind)), st.binary(max_size=400))
def test_any_bytes_are_rows_faults_or_one_clear_refusal(kind: Kind, content: bytes) -> None:
    found: list[object] = []
    codes: set[str] = set()
    try:
        found = rows_of(kind, content)
    except FileError as error:
        codes.add(error.code)
    assert codes <= PROBLEMS.keys()
    assert all(isinstance(one, Said | Place | Entry | Rate | Fault) for one in found)


CELLS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=13)


@given(st.lists(CELLS, max_size=8))
def test_rows_of_any_cells_beside_a_good_one_never_lose_it(rows: list[list[str]]) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(["", "QA", "XYZ", "Zebrapol", "Zebrapol", "DA", "1-3-----", "AI", "2407", "", "2517N 05132E", ""])
    writer.writerows(rows)
    places = only(rows_of(Kind.PLACES, stream.getvalue()), Place)
    assert places[0].code == "QAXYZ"


def test_every_fault_has_its_sentence() -> None:
    for kind, content in ((Kind.PLACES, LOCODE), (Kind.RATES, CBU), (Kind.OWNERS, "bic;company\nX;Y\n")):
        for fault in only(rows_of(kind, content), Fault):
            assert "{" not in sentence(fault.code, fault.params)
