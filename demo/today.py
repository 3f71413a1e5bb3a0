"""Today at the four posts: regular business, and what should give an officer pause.

Nothing here says how it is to be scored: each bad consignment is bad on its paper or against the past, and the rules
must find it by themselves.
"""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from pathlib import Path

from demo.manifests import Manifest, Push, item, seal
from demo.past import seeded
from demo.world import ALTYNKOL, CHUKURSAY, DUSHANBE, PANJ, Firm, Post

SERIAL = 50_000  # above all numbers of the past
UNIT_AHEAD = timedelta(hours=5)  # the unit reads times without a zone in its own
SEALED_BEFORE = 212  # a container of the past whose seal number comes again

BORDER_SHED = Firm(
    "URUMQI BEIMEN BORDER TRADE CO., LTD 乌鲁木齐北门边贸", "WAREHOUSE 6", "URUMQI", "CN", contact="+86 000 5550 118"
)
PO_BOX = Firm("ТОО «АСЫЛ-ТРЕЙД 2026»", "а/я 118", "АЛМАТЫ", "KZ", tax_id="261340000118", contact="+7 000 555 01 18")
SHARJAH = Firm("GULF DUNE USED TYRES FZE", "INDUSTRIAL AREA 11", "SHARJAH", "AE")
RETREAD = Firm("ОсОО «ЭКО-ПРОТЕКТОР»", "ул. Лермонтова, 3", "КАРА-БАЛТА", "KG", contact="+7 000 555 01 18")
ORDER_SHIPPER = Firm("GUANGZHOU BAIYUN CONSOLIDATION 广州白云集运", "SANYUANLI 88", "GUANGZHOU", "CN")
PARTS_SHIPPER = Firm("MERSIN KAYA YEDEK PARCA LTD", "LIMAN YOLU 7", "MERSIN", "TR")
PARTS_TO = Firm("ТОО «МОТОР-ЮГ»", "трасса Алматы–Узынагаш, 27 км", "КАСКЕЛЕН", "KZ", tax_id="251340004820")
PHARMA_SHIPPER = Firm("NAGPUR GREEN LEAF FORMULATIONS", "MIDC PLOT 40", "NAGPUR", "IN")
PHARMA_TO = Firm("ТОО «ДӘРІ-ДӘРМЕК ОРТАЛЫҒЫ»", "ул. Жандосова, 98, кв. 41", "АЛМАТЫ", "KZ", tax_id="241340003301")
SHOES_TO = Firm("ТОО «ЖАҢА БАҒЫТ ПЛЮС»", "ул. Суюнбая, 2, оф. 9", "АЛМАТЫ", "KZ", tax_id="261340000552")
PHONES_SHIPPER = Firm("DEIRA STAR ELECTRONICS LLC", "AL RAS 19", "DUBAI", "AE")
PHONES_TO = Firm("ҶДММ «НАВИД-2026»", "кӯчаи Сино, 4", "ДУШАНБЕ", "TJ", tax_id="000050001")
PRIVATE = Firm("ФИЗ. ЛИЦО", "", "ВАХДАТ", "TJ")
TALC_TO = Firm("ИП РАҲМОНОВ Ш. Қ.", "бозори Саховат", "ДУШАНБЕ", "TJ")
LAMPS_TO = Firm("YANGI NUR SAVDO MCHJ", "Quyi Chirchiq 5", "TOSHKENT", "UZ", tax_id="000150009")


def today(began: datetime) -> list[Push]:
    """In the order in which they are pushed. Of one train comes an original and, near the end, its replacement; last is
    what a crane told of another.
    """
    original, replacement = _evening_train(began)
    morning, jackets = _morning_train(began)
    return [
        morning,
        _dushanbe(began),
        _panj(began),
        _chukursay(began),
        _express(began),
        original,
        replacement,
        _crane(began, jackets),
    ]


def _manifest(post: Post, number: str, began: datetime, hours: float, block: int) -> Manifest:
    rng = seeded(f"{post.unit}/{number}")
    arrival = (began + timedelta(hours=hours)).replace(second=0, microsecond=0)
    return Manifest(post, rng, number, arrival, SERIAL + block)


def _usual(manifest: Manifest, notes: int) -> None:
    for _note in range(notes):
        manifest.add_usual(rank=0.6)


def _morning_train(began: datetime) -> tuple[Push, str]:
    """The train, and the number of the container with the jackets."""
    train = _manifest(ALTYNKOL, "1212", began, 3, 0)
    _usual(train, 9)
    # Jackets from Vietnam, loaded in a shed at the border for a firm with a post-box: cartons of 62 kg for a dollar a
    # kilogram, under a seal that was on another box before.
    jackets = train.add(
        shipper=BORDER_SHED,
        consignee=PO_BOX,
        goods=[item("КУРТКИ ЖЕНСКИЕ СИНТЕТИЧЕСКИЕ", 380, 23560, hs="620193", origin="VN")],
        value=25900,
        loading="CNURC",
        seals=(seal("ALT", SEALED_BEFORE),),
    )
    _usual(train, 5)
    # Old tyres from the Gulf by way of Shanghai, no seal; the same telephone as the post-box.
    train.add(
        shipper=SHARJAH,
        consignee=RETREAD,
        goods=[item("ШИНЫ ПНЕВМАТИЧЕСКИЕ, БЫВШИЕ В УПОТРЕБЛЕНИИ", 410, 12300, "PK", hs="401220", origin="AE")],
        value=6150,
        loading="CNSHA",
        seals=(),
    )
    _usual(train, 4)
    # Whoever holds the note is the consignee of nobody knows what.
    train.add(
        shipper=ORDER_SHIPPER,
        consignee=Firm("TO ORDER", "", "АЛМАТЫ", "KZ"),
        goods=[item("СБОРНЫЙ ГРУЗ, ТНП", 640, 15360)],
        loading="CNCAN",
    )
    _usual(train, 3)
    # "Spare parts" of Turkey, loaded in the far west of China.
    train.add(
        shipper=PARTS_SHIPPER,
        consignee=PARTS_TO,
        goods=[item("SPARE PARTS", 212, 9120, "CS", hs="870899", origin="TR")],
        value=54700,
        loading="CNURC",
    )
    # Medicine at two thirds of a dollar a kilogram, to a flat.
    train.add(
        shipper=PHARMA_SHIPPER,
        consignee=PHARMA_TO,
        goods=[item("ТАБЛЕТКИ ОБЕЗБОЛИВАЮЩИЕ В БЛИСТЕРАХ", 930, 8370, hs="300490", origin="IN")],
        value=5580,
        loading="INNSA",
        references=(("invoice", "NGL-2207"),),
    )
    _usual(train, 4)
    train.add_empty()
    # An empty box that weighs four tonnes more than an empty box.
    train.add_empty(extra_kg=4180)
    return train.push(), jackets["loadings"][0]["equipment"]


def _crane(began: datetime, box: str) -> Push:
    """The crane at the border loaded the jackets onto their wagon: heavier than their note, under another seal."""
    at = began - timedelta(hours=4)
    text = (Path(__file__).parent / "crane.edi").read_text()
    said = {"BOX": box, "AT": f"{at + UNIT_AHEAD:%Y%m%d%H%M}", "DAY": f"{began:%y%m%d}", "HOUR": f"{began:%H%M}"}
    for name, value in said.items():
        text = text.replace(f"${name}$", value)
    return Push("ALT", f"crane-1212-{began:%Y-%m-%d}.edi", text.encode())


def _evening_train(began: datetime) -> tuple[Push, Push]:
    """Shoes; after filing the consignee is another and every carton ten kilograms heavier."""
    train = _manifest(ALTYNKOL, "1220", began, 5.5, 100)
    _usual(train, 7)
    shoes = train.add(
        shipper=ALTYNKOL.shippers[3],
        consignee=ALTYNKOL.consignees[4],
        goods=[item("ОБУВЬ С ВЕРХОМ ИЗ ПОЛИМЕРОВ", 400, 16000, hs="640299", origin="CN")],
        value=88000,
        references=(("contract", "QZ-KZ/26-114"),),
    )
    _usual(train, 2)
    original = train.push()
    amended = copy.deepcopy(train)
    amended.function = "replace"
    place = next(at for at, note in enumerate(train.notes) if note is shoes)
    swapped = amended.notes[place]
    consignee = next(party for party in swapped["parties"] if party["role"] == "consignee")
    consignee |= {"name": SHOES_TO.name, "address": SHOES_TO.address, "tax_id": SHOES_TO.tax_id}
    swapped["gross_kg"] = swapped["items"][0]["gross_kg"] = swapped["loadings"][0]["gross_kg"] = 20200
    swapped["value"] = 91000
    del amended.notes[0]  # withdrawn without a word
    return original, amended.push()


def _express(began: datetime) -> Push:
    """A train told in UN/EDIFACT by another carrier, with bills that cannot be read."""
    arrival = began + timedelta(hours=11)
    text = (Path(__file__).parent / "express.edi").read_text()
    for name, moment in (("ETA", arrival), ("ETD", arrival - timedelta(hours=9)), ("SENT", began)):
        text = text.replace(f"${name}$", f"{moment + UNIT_AHEAD:%Y%m%d%H%M}")
    return Push("ALT", f"X8042-{arrival:%Y-%m-%d}.edi", text.encode())


def _dushanbe(began: datetime) -> Push:
    train = _manifest(DUSHANBE, "2431", began, 4, 0)
    _usual(train, 8)
    # Telephones at a dollar and a half a kilogram, out of Dubai, no seal.
    train.add(
        shipper=PHONES_SHIPPER,
        consignee=PHONES_TO,
        goods=[item("ТЕЛЕФОНЫ МОБИЛЬНЫЕ", 520, 7280, hs="851714", origin="CN")],
        value=10900,
        loading="AEJEA",
        seals=(),
    )
    _usual(train, 3)
    train.add(
        shipper=ORDER_SHIPPER,
        consignee=PRIVATE,
        goods=[item("ВЕЩИ ДОМАШНИЕ, РАЗНЫЕ", 118, 3540)],
        loading="CNCAN",
    )
    _usual(train, 2)
    train.add_empty()
    return train.push()


def _panj(began: datetime) -> Push:
    trucks = _manifest(PANJ, f"NP-{began:%m%d}", began, 1.6, 0)
    _usual(trucks, 5)
    # White powder for a market stall, told an hour and a half before it arrives, in a box without a seal.
    trucks.add(
        shipper=Firm("N/A", "", "FAIZABAD", "AF"),
        consignee=TALC_TO,
        goods=[item("TALC POWDER IN BAGS", 388, 9700, "BG", hs="252620", origin="AF")],
        boxed=True,
        seals=(),
    )
    _usual(trucks, 2)
    carnet = trucks.add(
        shipper=Firm("GOLDEN MILLET TRADING LIMITED", "TIANHE NORTH STREET 233", "GUANGZHOU", "CN"),
        consignee=PANJ.consignees[0],
        goods=[item("MIXED HOUSEHOLD GOODS", 630, 12600, origin="CN")],
        notify=Firm("ООО «ПАМИР МАГИСТРАЛЬ»", "", "ДУШАНБЕ", "TJ"),
    )
    carnet |= {"document_type": "tir", "document_no": "XB81204477", "procedure": "TIR", "direction": "transit"}
    return trucks.push()


def _chukursay(began: datetime) -> Push:
    train = _manifest(CHUKURSAY, "3115", began, 6, 0)
    _usual(train, 7)
    # Lamps of Thailand loaded in Urumqi, eighty cents a kilogram, under a used seal.
    train.add(
        shipper=BORDER_SHED,
        consignee=LAMPS_TO,
        goods=[item("LED LAMPS, USED, FOR REPAIR", 720, 15120, hs="853952", origin="TH")],
        value=12100,
        loading="CNURC",
        seals=(seal("CHU", SEALED_BEFORE),),
    )
    _usual(train, 4)
    return train.push()
