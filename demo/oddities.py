"""What should give an officer pause, of the ninety days: each kind with how often there is truly something in it.

As with the cargo of today nothing says how it is to be scored. What is hidden where is known to `Hidden` alone, which
the demo's inspectors look at when they open a box.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from demo.manifests import Manifest, item, seal
from demo.today import BORDER_SHED, ORDER_SHIPPER, PARTS_SHIPPER, PHARMA_SHIPPER, PHONES_SHIPPER, SHARJAH
from demo.world import Firm
from profiling.cases.choices import Commodity

CITIES = {"ALT": ("АЛМАТЫ", "KZ"), "DSB": ("ДУШАНБЕ", "TJ"), "NPJ": ("БОХТАР", "TJ"), "CHU": ("TOSHKENT", "UZ")}
NAMES = (
    "АСТАН ТРЕЙД", "ЖОЛ ПЛЮС", "МЕРЕЙ СЕРВИС", "НУР ЛОГИСТИК", "САПА ИМПОРТ", "ОРДА ГРУПП", "ТУЛПАР", "САМАЛ",
    "ЗАРЯ ВОСТОК", "НАВРУЗ", "ПАМИР ОПТ", "СИТОРА", "BARAKA IMPEX", "ZAMIN SAVDO", "OLTIN YO‘L", "SHARQ TRANZIT",
)  # fmt: skip


@dataclass
class Hidden:
    """Commodity by equipment number, for boxes that truly hold something."""

    by_number: dict[str, Commodity] = field(default_factory=dict)


def newcomer(unit: str, rng: random.Random) -> Firm:
    """A firm nobody has seen; its tax number is no real one's (see world)."""
    city, country = CITIES[unit]
    year = rng.randint(24, 26)
    number = f"{year}1340{rng.randint(0, 999_999):06d}" if country == "KZ" else f"000{rng.randint(0, 999_999):06d}"
    kind = {"KZ": "ТОО", "TJ": "ҶДММ", "UZ": "MCHJ"}[country]
    return Firm(f"{kind} «{rng.choice(NAMES)} {year}»", f"а/я {rng.randint(3, 400)}", city, country, tax_id=number)


Add = Callable[[Manifest, random.Random], str]
"""Adds one to a message and gives the number of its equipment."""


def _note(manifest: Manifest, note: dict[str, object]) -> str:
    loadings = note["loadings"]
    assert isinstance(loadings, list)
    return str(loadings[0]["equipment"])


def _reused_seal(manifest: Manifest, rng: random.Random) -> str:
    goods = [item("КУРТКИ ЖЕНСКИЕ СИНТЕТИЧЕСКИЕ", 380, rng.randint(21_000, 25_000), hs="620193", origin="VN")]
    unit = manifest.post.unit
    note = manifest.add(
        shipper=BORDER_SHED, consignee=newcomer(unit, rng), goods=goods, value=rng.randint(20, 30) * 1000,
        loading="CNURC", seals=(seal(unit, rng.randint(60, 200)),),
    )  # fmt: skip
    return _note(manifest, note)


def _to_order(manifest: Manifest, rng: random.Random) -> str:
    goods = [item("СБОРНЫЙ ГРУЗ, ТНП", rng.randint(400, 700), rng.randint(12_000, 18_000))]
    city, country = CITIES[manifest.post.unit]
    note = manifest.add(
        shipper=ORDER_SHIPPER, consignee=Firm("TO ORDER", "", city, country), goods=goods, loading="CNCAN"
    )
    return _note(manifest, note)


def _used_tyres(manifest: Manifest, rng: random.Random) -> str:
    goods = [
        item(
            "ШИНЫ ПНЕВМАТИЧЕСКИЕ, БЫВШИЕ В УПОТРЕБЛЕНИИ",
            410,
            rng.randint(11_000, 13_500),
            "PK",
            hs="401220",
            origin="AE",
        )
    ]
    note = manifest.add(
        shipper=SHARJAH, consignee=newcomer(manifest.post.unit, rng), goods=goods, value=6150, loading="CNSHA", seals=()
    )
    return _note(manifest, note)


def _cheap_phones(manifest: Manifest, rng: random.Random) -> str:
    goods = [item("ТЕЛЕФОНЫ МОБИЛЬНЫЕ", 520, rng.randint(6500, 7800), hs="851714", origin="CN")]
    note = manifest.add(
        shipper=PHONES_SHIPPER, consignee=newcomer(manifest.post.unit, rng), goods=goods, value=10_900,
        loading="AEJEA", seals=(),
    )  # fmt: skip
    return _note(manifest, note)


def _cheap_medicine(manifest: Manifest, rng: random.Random) -> str:
    goods = [item("ТАБЛЕТКИ ОБЕЗБОЛИВАЮЩИЕ В БЛИСТЕРАХ", 930, rng.randint(7800, 9000), hs="300490", origin="IN")]
    note = manifest.add(
        shipper=PHARMA_SHIPPER, consignee=newcomer(manifest.post.unit, rng), goods=goods, value=5580, loading="INNSA"
    )
    return _note(manifest, note)


def _vague_parts(manifest: Manifest, rng: random.Random) -> str:
    goods = [item("SPARE PARTS", 212, rng.randint(8500, 9900), "CS", hs="870899", origin="TR")]
    note = manifest.add(
        shipper=PARTS_SHIPPER, consignee=newcomer(manifest.post.unit, rng), goods=goods, value=54_700, loading="CNURC"
    )
    return _note(manifest, note)


def _powder(manifest: Manifest, rng: random.Random) -> str:
    goods = [item("TALC POWDER IN BAGS", 388, rng.randint(9000, 10_500), "BG", hs="252620", origin="AF")]
    note = manifest.add(
        shipper=Firm("N/A", "", "FAIZABAD", "AF"), consignee=newcomer(manifest.post.unit, rng), goods=goods,
        boxed=True, seals=(),
    )  # fmt: skip
    return _note(manifest, note)


def _heavy_empty(manifest: Manifest, rng: random.Random) -> str:
    return manifest.add_empty(extra_kg=rng.randint(2500, 4800))


@dataclass(frozen=True, slots=True)
class Oddity:
    """`share` of them hold `commodity`."""

    add: Add
    commodity: Commodity
    share: float


RAIL = (
    Oddity(_reused_seal, Commodity.TOBACCO, 0.55),
    Oddity(_to_order, Commodity.COUNTERFEIT, 0.12),
    Oddity(_used_tyres, Commodity.WASTE, 0.4),
    Oddity(_cheap_phones, Commodity.COUNTERFEIT, 0.45),
    Oddity(_cheap_medicine, Commodity.MEDICINES, 0.3),
    Oddity(_vague_parts, Commodity.ARMS, 0.04),
    Oddity(_heavy_empty, Commodity.TOBACCO, 0.35),
)
ROAD = (
    Oddity(_powder, Commodity.DRUGS, 0.45),
    Oddity(_to_order, Commodity.COUNTERFEIT, 0.12),
    Oddity(_cheap_medicine, Commodity.MEDICINES, 0.3),
)
IN_LOW_CARGO = 0.015  # of what no rule thinks anything of: what a random sample is for


def add_oddity(manifest: Manifest, rng: random.Random, hidden: Hidden) -> None:
    """One suspicious piece of cargo; now and then there is something in it."""
    oddity = rng.choice(ROAD if manifest.post.mode == "road" else RAIL)
    number = oddity.add(manifest, rng)
    if rng.random() < oddity.share:
        hidden.by_number[number] = oddity.commodity
