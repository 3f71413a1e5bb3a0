"""Invented but realistic messages of any size, the same for the same seed: for tests, demonstration, benchmarks.

Firms repeat as they do in life (some 900 shippers, 700 consignees, each with an address and often a tax number);
about one bill in thirty is odd: a vague text, an "empty" box with weight, a wrong check digit, no loading split.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from profiling.formats.edifact import Delimiters, escape

SHIPPERS: Final = 900
CONSIGNEES: Final = 700
_MARKS: Final = Delimiters()
_BEGIN: Final = datetime(2026, 10, 20, 9, 30)  # noqa: DTZ001  (messages carry local times)
_LETTER_VALUES: Final = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True))
_OWNERS: Final = ("PCVU", "PCWU", "PCXU", "PCYU", "PCZU", "QZAU", "QZBU", "QZCU")
_PORTS: Final = ("CNSHA", "CNNGB", "CNYTN", "CNTAO", "CNXMN", "KRPUS", "SGSIN", "INNSA", "TRMER", "VNSGN")
_TYPES: Final = (("22G1", 2200), ("42G1", 3700), ("45G1", 3900), ("45R1", 4600))
_EAST: Final = (
    ("HUAXIN PEAK", "CO., LTD", "SHENZHEN", "CN", "FUTIAN ROAD"),
    ("NINGBO TERRACE", "IMPORT + EXPORT CO", "NINGBO", "CN", "ZHONGSHAN EAST ROAD"),
    ("GOLDEN MILLET", "TRADING LIMITED", "GUANGZHOU", "CN", "TIANHE NORTH STREET"),
    ("SEORAK BRIDGE", "CORP", "BUSAN", "KR", "JUNGANG-DAERO"),
    ("LOTUS ANCHOR", "PTE LTD", "SINGAPORE", "SG", "BUKIT TIMAH ROAD"),
    ("VINDHYA LOOM", "EXPORTS PVT LTD", "MUMBAI", "IN", "ANDHERI EAST"),
    ("TOROS CEDAR", "DIS TICARET A.S.", "MERSIN", "TR", "ATATURK CADDESI"),
    ("MEKONG LANTERN", "JSC", "HO CHI MINH CITY", "VN", "NGUYEN HUE"),
)
_WEST: Final = (
    ("ТОО «СТЕПНОЙ ВЕТЕР", "АЛМАТЫ", "KZ", "ул. Абая"),
    ("ТОО «ЖЕТЫСУ ИМПОРТ", "ТАЛДЫКОРГАН", "KZ", "ул. Тауелсиздик"),
    ("ООО «ПАМИР ТОРГ", "ДУШАНБЕ", "TJ", "пр. Рудаки"),
    ("ОсОО «АЛА-ТОО СНАБ", "БИШКЕК", "KG", "ул. Киевская"),
    ("TBILISI HARBOUR SUPPLY", "TBILISI", "GE", "RUSTAVELI AVE"),
    ("CASPIAN ORCHARD MMC", "BAKU", "AZ", "NIZAMI STREET"),
    ("SILK VALLEY LOGISTICS MCHJ", "TASHKENT", "UZ", "AMIR TEMUR STREET"),
)
_GOODS: Final = (
    ("PLASTIC TOYS, ASSORTED", "950300", "CT", 6),
    ("WOMEN'S COTTON SHIRTS", "620630", "CT", 9),
    ("SPARE PARTS FOR TRACTORS - HS CODE 8708.99", "", "CT", 22),
    ("FRESH GARLIC, TEMP SET +2 C", "070320", "BG", 20),
    ("ПОЛИЭТИЛЕН ВЫСОКОГО ДАВЛЕНИЯ, ТН ВЭД 3901109000", "", "BG", 25),
    ("CERAMIC FLOOR TILES", "690721", "PX", 900),
    ("TRACTOR TYRES, NEW", "401170", "PK", 60),
    ("АВТОЗАПЧАСТИ: ФИЛЬТРЫ МАСЛЯНЫЕ", "842123", "CT", 12),
    ("LAPTOP COMPUTERS 14 INCH", "847130", "CT", 11),
    ("DRIED APRICOTS", "081310", "CT", 12),
    ("POLYESTER FABRIC IN ROLLS", "540752", "RO", 35),
    ("СТАЛЬ ЛИСТОВАЯ ОЦИНКОВАННАЯ", "721049", "CL", 4200),
)
_VAGUE: Final = ("GENERAL CARGO", "SAID TO CONTAIN MIXED GOODS", "ТНП", "PERSONAL EFFECTS", "СБОРНЫЙ ГРУЗ")


def container_number(owner: str, serial: int) -> str:
    """A container number with its check digit (ISO 6346:2022, annex A); `owner` is four letters."""
    text = f"{owner}{serial % 1_000_000:06d}"
    values = (_LETTER_VALUES.get(char) or int(char) for char in text)
    return text + str(sum(value << place for place, value in enumerate(values)) % 11 % 10)


def wagon_number(serial: int) -> str:
    """An eight-digit wagon number of the 1520 mm gauge with its check digit."""
    text = f"{9_400_000 + serial % 100_000:07d}"
    digits = "".join(str(int(digit) * (2 - place % 2)) for place, digit in enumerate(text))
    return text + str(-sum(map(int, digits)) % 10)


@dataclass(frozen=True, slots=True)
class _Firm:
    name: str
    street: str
    city: str
    country: str
    tax_id: str


def _firms(rng: random.Random) -> tuple[list[_Firm], list[_Firm]]:
    shippers = []
    for index in range(SHIPPERS):
        stem, form, city, country, street = _EAST[index % len(_EAST)]
        address = f"NO.{rng.randint(1, 400)} {street}"
        shippers.append(_Firm(f"{stem} {index // len(_EAST) + 1} {form}", address, city, country, ""))
    consignees = []
    for index in range(CONSIGNEES):
        stem, city, country, street = _WEST[index % len(_WEST)]
        name = f"{stem} {index // len(_WEST) + 1}" + ("»" if "«" in stem else "")
        tax_id = f"{rng.randint(10**11, 10**12 - 1)}" if rng.random() < 0.8 else ""
        consignees.append(_Firm(name, f"{street}, {rng.randint(1, 200)}", city, country, tax_id))
    return shippers, consignees


def _nad(qualifier: str, firm: _Firm) -> list[str]:
    name, street, city = (escape(text, _MARKS) for text in (firm.name, firm.street, firm.city))
    found = [f"NAD+{qualifier}+++{name}+{street}+{city}+++{firm.country}"]
    if firm.tax_id:
        found.append(f"RFF+ADZ:{firm.tax_id}")
    return found


def _equipment(rng: random.Random, index: int) -> tuple[list[str], str, bool]:
    number = container_number(_OWNERS[index % len(_OWNERS)], 100_000 + index)
    if rng.random() < 0.01:
        number = number[:-1] + str((int(number[-1]) + 3) % 10)
    empty = rng.random() < 0.01
    size, tare = rng.choice(_TYPES)
    lines = [
        f"EQD+CN+{number}+{size}:102:5++3+{4 if empty else 5}",
        f"MEA+AAE+T+KGM:{tare}",
        f"SEL+CN{rng.randint(1, 9_999_999):07d}+CA",
    ]
    if size == "45R1":
        lines.append("TMP+2+002:CEL")
    return lines, number, empty


def _bill(rng: random.Random, index: int, box: str, shipper: _Firm, consignee: _Firm) -> list[str]:
    text, code, package, unit_kg = rng.choice(_GOODS)
    if rng.random() < 0.02:
        text, code = rng.choice(_VAGUE), ""
    packages = max(1, min(rng.randint(20, 1800), 26_000 // unit_kg))
    gross = packages * unit_kg + rng.randint(0, 90)
    number = f"PCUB{index:09d}"
    lines = [
        f"CNI+{index + 1}+{number}",
        f"RFF+BM:{number}",
        f"CNT+7:{gross}:KGM",
        f"CNT+11:{packages}",
        f"LOC+9+{rng.choice(_PORTS)}:139:6",
        "LOC+11+GEPTI:139:6",
        f"LOC+28+{consignee.country}:162:5",
        "GIS+24:71:ZZZ",
        *_nad("CZ", shipper),
        *_nad("CN", consignee),
        "NAD+N1+++SAME AS CONSIGNEE",
        f"GID+1+{packages}:{package}",
        f"FTX+AAA+++{escape(text, _MARKS)}:LOT {index}",
        f"MEA+AAE+G+KGM:{gross}",
        f"MEA+AAE+AAW+MTQ:{rng.randint(8, 68)}.5",
    ]
    if rng.random() < 0.3:
        lines.append(f"MOA+40:{gross * rng.randint(2, 40)}.00:USD")
    if rng.random() > 0.01:
        lines.append(f"SGP+{box}+{packages}")
    lines.append("PCI+28+N/M")
    if code:
        lines.append(f"CST++{code}:HS")
    return lines


def generate_cuscar(bills: int, seed: int = 7) -> Iterator[bytes]:
    """The pieces of a sea CUSCAR (D.95B, UTF-8) with this many bills, each in a container of its own."""
    rng = random.Random(seed)  # noqa: S311  (reproducible on purpose)
    shippers, consignees = _firms(rng)
    eta = _BEGIN + timedelta(days=12)
    manifest = f"MAN{seed:04d}{bills:06d}"
    count = 0
    yield f"UNA:+.? '\nUNB+UNOW:4+PCULINE:ZZZ+PCU:ZZZ+{_BEGIN:%y%m%d:%H%M}+G{seed}'\n".encode()

    def piece(lines: list[str]) -> bytes:
        nonlocal count
        count += len(lines)
        return "".join(f"{line}'\n" for line in lines).encode()

    yield piece(
        [
            f"UNH+{manifest}+CUSCAR:D:95B:UN",
            f"BGM+85+{manifest}+9",
            f"DTM+137:{_BEGIN:%Y%m%d%H%M}:203",
            "RFF+AAZ:PCUL",
            "NAD+MS+PCULINE:172:20",
            "TDT+20+245W+1++PCUL:172:20:GREY HERON LINE+++9999981:146:11:GREY HERON:GE",
            "LOC+5+TRMER:139:6",
            "LOC+60+GEPTI:139:6",
            f"DTM+132:{eta:%Y%m%d%H%M}:203",
            "GIS+23",
        ]
    )
    boxes = []
    for index in range(bills):
        lines, number, _empty = _equipment(rng, index)
        boxes.append(number)
        yield piece(lines)
    for index, box in enumerate(boxes):
        # Squares favour low numbers: a few firms ship much, many ship once.
        shipper = shippers[int(rng.random() ** 2 * SHIPPERS)]
        consignee = consignees[int(rng.random() ** 2 * CONSIGNEES)]
        yield piece(_bill(rng, index, box, shipper, consignee))
    yield f"UNT+{count + 1}+{manifest}'\nUNZ+1+G{seed}'\n".encode()


def generate_rail_json(consignments: int, containers: int = 2, seed: int = 7) -> Iterator[bytes]:
    """The pieces of a rail pcu-manifest: this many SMGS notes with this many containers each, on wagons."""
    rng = random.Random(seed)  # noqa: S311  (reproducible on purpose)
    shippers, consignees = _firms(rng)
    head = {
        "format": "pcu-manifest",
        "version": "1",
        "function": "original",
        "message_ref": f"RAIL-{seed}-{consignments}",
        "manifest_number": f"TRAIN-{seed:04d}{consignments:06d}",
        "sender": "PCURAIL",
        "direction": "import",
        "issued_at": _BEGIN.isoformat(),
        "conveyance": {
            "mode": "rail",
            "identifier": f"{1200 + seed}",
            "identifier_type": "train",
            "voyage": f"{1200 + seed}",
            "departure": {"code": "CNKHO", "name": "ХОРГОС", "scheme": "unlocode"},
            "arrival": {"code": "708507", "name": "АЛТЫНКОЛЬ", "scheme": "station"},
            "eta": (_BEGIN + timedelta(days=1)).isoformat(),
        },
    }
    yield json.dumps(head, ensure_ascii=False).encode()[:-1] + b',\n"equipment":[\n'
    total = consignments * containers
    for index in range((total + 1) // 2):
        yield _line({"number": wagon_number(index), "kind": "wagon", "tare_kg": 21000}, first=index == 0)
    for index in range(total):
        yield _line(_rail_box(rng, index), first=False)
    yield b'\n],\n"consignments":[\n'
    for index in range(consignments):
        shipper = shippers[int(rng.random() ** 2 * SHIPPERS)]
        consignee = consignees[int(rng.random() ** 2 * CONSIGNEES)]
        boxes = [_rail_number(index * containers + each) for each in range(containers)]
        yield _line(_note(rng, index, boxes, shipper, consignee), first=index == 0)
    yield b"\n]}\n"


def _line(item: dict[str, Any], *, first: bool) -> bytes:
    text = json.dumps(item, ensure_ascii=False, default=_as_number)
    return (text if first else ",\n" + text).encode()


def _as_number(value: Any) -> float:
    assert isinstance(value, Decimal)
    return float(value)


def _rail_number(index: int) -> str:
    return container_number(_OWNERS[index % len(_OWNERS)], 500_000 + index)


def _rail_box(rng: random.Random, index: int) -> dict[str, Any]:
    size, tare = rng.choice(_TYPES[:3])
    return {
        "number": _rail_number(index),
        "kind": "container",
        "size_type": size,
        "fill": "full",
        "tare_kg": tare,
        "carried_on": wagon_number(index // 2),
        "seals": [{"number": f"K{rng.randint(1, 9_999_999):07d}", "party": "shipper"}],
    }


def _note(rng: random.Random, index: int, boxes: list[str], shipper: _Firm, consignee: _Firm) -> dict[str, Any]:
    text, code, package, unit_kg = rng.choice(_GOODS)
    if rng.random() < 0.02:
        text, code = rng.choice(_VAGUE), ""
    packages = max(1, min(rng.randint(20, 1800), 26_000 // unit_kg)) * len(boxes)
    gross = packages * unit_kg
    item: dict[str, Any] = {
        "description": text,
        "packages": packages,
        "package_code": package,
        "gross_kg": gross,
        "origin": shipper.country,
    }
    if code:
        item["commodity"] = {"code": code + "00", "scheme": "GNG"}
    return {
        "document_type": "smgs",
        "document_no": f"{30_000_000 + index}",
        "line": index + 1,
        "loading_place": {"name": shipper.city},
        "delivery_place": {"name": consignee.city},
        "origin_country": shipper.country,
        "destination_country": consignee.country,
        "gross_kg": gross,
        "packages": packages,
        "parties": [_party("shipper", shipper), _party("consignee", consignee)],
        "items": [item],
        "loadings": [{"equipment": box, "packages": packages // len(boxes)} for box in boxes],
        "references": [{"kind": "contract", "number": f"KZ-{rng.randint(100, 999)}/26"}],
    }


def _party(role: str, firm: _Firm) -> dict[str, Any]:
    found = {
        "role": role,
        "name": firm.name,
        "address": firm.street,
        "city": firm.city,
        "country": firm.country,
        "tax_id": firm.tax_id,
    }
    return {name: text for name, text in found.items() if text}
