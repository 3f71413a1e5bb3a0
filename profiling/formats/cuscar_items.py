"""The goods of a CUSCAR bill: what GID and the segments after it say of one line."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from profiling.formats import commodities, limits
from profiling.formats.edifact import Segment, one_line
from profiling.formats.findings import Findings
from profiling.formats.quantities import CUBIC_METRES, KILOGRAMS, count, in_unit
from profiling.formats.records import Commodity, DangerousGoods, Item

KEPT_QUALIFIER: Final = "AAA"  # UN/EDIFACT 4451: goods description
NO_MARKS: Final = re.compile(
    r"\W*(?:N\W?M|NO\s+MARKS?(?:\s+(?:AND|&)\s+NUMBERS?)?|NIL|NONE|БЕЗ\s+МАРКИРОВКИ)\W*\Z", re.I
)
_VOLUMES: Final = frozenset(CUBIC_METRES) - {""}
_ATTRIBUTES: Final = {  # UN/EDIFACT 6313
    "G": "gross_kg",
    "AAD": "gross_kg",
    "N": "net_kg",
    "AAL": "net_kg",
    "AAC": "net_kg",
    "AAW": "volume_m3",
    "ABJ": "volume_m3",
}
_VALUES: Final = ("40", "63", "44", "141")  # UN/EDIFACT 5025


@lru_cache(maxsize=64)
def _measured(what: str, attribute: str, unit: str) -> tuple[str, dict[str, Decimal]]:
    """What a MEA of these codes measures, "" where nothing that is kept, and the units it may be in."""
    kind = _ATTRIBUTES.get(attribute.upper(), "")
    if not attribute:
        kind = "gross_kg"  # MEA+AAI++KGM:n
    if not kind or what.upper() == "TE":
        return "", KILOGRAMS
    if kind == "volume_m3" or unit.upper() in _VOLUMES:
        return "volume_m3", CUBIC_METRES
    return kind, KILOGRAMS


def measure(mea: Segment, found: Findings, prefix: str) -> tuple[str, Decimal | None]:
    """("gross_kg" | "net_kg" | "volume_m3", value) of a MEA; ("", None) where it measures something else."""
    made = mea.made
    if made is not None and made[0] is measure:  # other readers make something else of the same words
        found_before: tuple[str, Decimal | None] = made[1]
        return found_before
    unit = mea.at(3)
    kind, factors = _measured(mea.at(1), mea.at(2), unit)
    if not kind:
        return "", None
    text = mea.at(3, 2)
    amount = in_unit(text, unit, factors)
    if amount.wrong:
        unit = unit.upper()
        return kind, found.amount(amount, mea, prefix + kind, f"{unit}:{text}")
    said = (kind, amount.value)
    mea.made = (measure, said)
    return said


class ItemDraft:
    """One line of goods while its segments are read."""

    __slots__ = (
        "after_split", "commodity", "dangerous", "loaded", "loaded_in", "loaded_known", "marks", "measures", "origin",
        "other_texts", "package_code", "package_text", "packages", "start", "texts", "values",
    )  # fmt: skip

    def __init__(self, start: Segment) -> None:
        self.start = start  # GID, or what stands for it
        self.packages: int | None = None
        self.package_code = ""
        self.package_text = ""
        self.texts: list[str] = []
        self.other_texts: list[str] = []
        self.marks: list[str] = []
        self.commodity: Commodity | None = None
        self.measures: dict[str, Decimal] = {}
        self.values: dict[str, tuple[Decimal, str]] = {}
        self.origin = ""
        self.dangerous: list[DangerousGoods] = []
        self.loaded_in: list[str] = []
        self.loaded = 0
        self.loaded_known = True
        self.after_split = False  # the last segment that matters was SGP

    @classmethod
    def of(cls, gid: Segment, found: Findings) -> ItemDraft:
        draft = cls(gid)
        draft.packed(gid.at(2), gid.at(2, 2), gid.at(2, 5), gid, found)
        return draft

    def packed(self, number: str, code: str, text: str, at: Segment, found: Findings) -> None:
        """Number and kind of packages, where nothing said so before."""
        if self.packages is None and number:
            amount = count(number)
            value = found.amount(amount, at, "items.packages", number) if amount.wrong else amount.value
            self.packages = None if value is None else int(value)
        if not self.package_code:
            self.package_code = code.upper()[: limits.CODE]
        if text and not self.package_text:
            self.package_text = one_line(text)[: limits.NAME]

    def reference(self, qualifier: str, number: str) -> bool:
        """Whether the reference belongs to the goods: a commodity code written as one."""
        if qualifier not in ("HS", "ABD"):
            return False
        self.commodity = self.commodity or commodities.declared(number)
        return True

    def text(self, qualifier: str, text: str) -> None:
        self.after_split = False
        (self.texts if qualifier == KEPT_QUALIFIER else self.other_texts).append(text)

    def split(self, equipment: str, packages: Decimal | None) -> None:
        self.after_split = True
        self.loaded_in.append(equipment)
        if packages is None:
            self.loaded_known = False
        else:
            self.loaded += int(packages)

    def detail(self, segment: Segment) -> None:
        """DGS, PCI or CST."""
        self.after_split = False
        if segment.tag == "DGS":
            regime, number = segment.at(1).upper(), segment.at(3)
            hazard = segment.at(2)
            if number or hazard:
                goods = DangerousGoods(number[: limits.CODE], hazard[: limits.CODE], regime[: limits.CODE])
                self.dangerous.append(goods)
        elif segment.tag == "PCI":
            if segment.made is None:
                text = " ".join(segment.lines(2))
                segment.made = "" if NO_MARKS.match(text) else text
            if segment.made:
                self.marks.append(segment.made)
        elif self.commodity is None:
            if segment.made is None:
                codes = map(commodities.declared, map(segment.at, range(2, min(7, segment.last + 1))))
                segment.made = (next(filter(None, codes), None),)
            self.commodity = segment.made[0]

    def finish(self, line: int, currency: str, found: Findings) -> Item:
        texts = self.texts or self.other_texts
        description = texts[0] if len(texts) == 1 else " ".join(texts)
        if len(description) > limits.DESCRIPTION:
            description = found.text(description, limits.DESCRIPTION, self.start, "items.description")
        marks = found.text(" ".join(self.marks), limits.MARKS, self.start, "items.marks") if self.marks else ""
        if self.loaded_in and self.loaded_known and self.packages is not None and self.loaded != self.packages:
            found.warn(
                "loading_packages_differ",
                self.start,
                "items.packages",
                str(self.packages),
                packages=self.packages,
                loaded=self.loaded,
            )
        value = None
        if self.values:
            value = next((self.values[kind] for kind in _VALUES if kind in self.values), None)
        measures = self.measures
        return Item(
            line=line,
            description=description,
            packages=self.packages,
            package_code=self.package_code,
            package_text=self.package_text,
            marks=marks,
            commodity=self.commodity or commodities.in_text(description, marks),
            gross_kg=measures.get("gross_kg"),
            net_kg=measures.get("net_kg"),
            volume_m3=measures.get("volume_m3"),
            value=value[0] if value else None,
            currency=(value[1] or currency) if value else "",
            origin=self.origin,
            dangerous=tuple(dict.fromkeys(self.dangerous)) if self.dangerous else (),
        )
