"""Messages in our JSON format (pcu-manifest 1), made from the world of the demonstration."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from demo.world import GOODS, PLACES, Firm, Goods, Post
from profiling.formats.generate import container_number, wagon_number

LOCAL = timezone(timedelta(hours=5))  # all four posts keep this time
OWNERS = ("PCVU", "PCWU", "PCXU", "PCYU", "QZAU", "QZBU", "QZCU")
SIZES = (("22G1", 2200), ("42G1", 3700), ("45G1", 3900))


@dataclass(frozen=True, slots=True)
class Push:
    """One file for one unit. `history`: it is pushed as the past of the unit."""

    unit: str
    name: str
    content: bytes
    history: bool = False


@dataclass
class Manifest:
    """A message under way. Numbers are counted on, so that no two runs of a post share a box or a seal by chance."""

    post: Post
    rng: random.Random
    number: str
    arrival: datetime
    serial: int
    function: str = "original"
    equipment: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def trade(self, rank: float = 1.0) -> tuple[Firm, Firm, Goods]:
        """A regular piece of business; a rank below 1 keeps to the busier consignees."""
        firms = self.post.consignees
        consignee = firms[int(self.rng.random() ** 1.6 * len(firms) * rank)]
        fitting = [shipper for shipper in self.post.shippers if set(shipper.goods) & set(consignee.goods)]
        shipper = self.rng.choice(fitting)
        shared = [name for name in shipper.goods if name in consignee.goods]
        return shipper, consignee, GOODS[self.rng.choice(shared)]

    def add_usual(self, rank: float = 1.0) -> None:
        """One note of regular business in a box or truck of its own."""
        shipper, consignee, goods = self.trade(rank)
        packages = self.rng.randint(*goods.packages)
        gross = round(packages * self.rng.uniform(*goods.kg))
        value = round(gross * self.rng.uniform(*goods.usd), -1)
        self.add(
            shipper=shipper,
            consignee=consignee,
            goods=[item(goods.text, packages, gross, goods.package, hs=goods.hs, origin=shipper.country)],
            value=value,
        )

    def add(
        self,
        *,
        shipper: Firm | None,
        consignee: Firm,
        goods: list[dict[str, Any]],
        value: float | None = None,
        loading: str = "",
        boxed: bool | None = None,
        seals: tuple[str, ...] | None = None,
        notify: Firm | None = None,
        references: tuple[tuple[str, str], ...] = (),
    ) -> dict[str, Any]:
        """One note. Sealed as is usual unless `seals` says with what; on the road in a trailer unless `boxed`."""
        self.serial += 1
        in_box = self.post.mode == "rail" if boxed is None else boxed
        number = self._box(seals) if in_box else self._trailer(seals)
        parties = [("shipper", shipper), ("consignee", consignee), ("notify", notify)]
        packages = sum(one["packages"] for one in goods)
        origin = goods[0].get("origin") or (shipper.country if shipper else "")
        at = loading or self.post.loading.get(shipper.country if shipper else "", "")
        note: dict[str, Any] = {
            "document_type": self.post.document,
            "document_no": f"{self.post.unit[0]}{30_000_000 + self.serial}",
            "line": len(self.notes) + 1,
            "origin_country": origin,
            "destination_country": consignee.country,
            "gross_kg": sum(one["gross_kg"] for one in goods),
            "packages": packages,
            "parties": [_party(role, firm) for role, firm in parties if firm is not None],
            "items": goods,
            "loadings": [
                {"equipment": number, "packages": packages, "gross_kg": sum(one["gross_kg"] for one in goods)}
            ],
        }
        if at:
            note |= {"loading_place": {"code": at, "name": PLACES[at]}, "discharge_place": self.post.arrival}
        if shipper and shipper.city:
            note["receipt_place"] = {"name": shipper.city}
        if consignee.city:
            note["delivery_place"] = {"name": consignee.city}
        if value is not None:
            note |= {"value": value, "currency": "USD"}
        if references:
            note["references"] = [{"kind": kind, "number": number} for kind, number in references]
        self.notes.append({name: said for name, said in note.items() if said != ""})
        return self.notes[-1]

    def _box(self, seals: tuple[str, ...] | None) -> str:
        size, tare = self.rng.choice(SIZES)
        number = container_number(OWNERS[self.serial % len(OWNERS)], 310_000 + self.serial)
        carrier = wagon_number(self.serial) if self.post.mode == "rail" else self._truck()
        if self.post.mode == "rail":
            self.equipment.append({"number": carrier, "kind": "wagon", "tare_kg": 22000})
        self.equipment.append(
            {
                "number": number,
                "kind": "container",
                "size_type": size,
                "fill": "full",
                "tare_kg": tare,
                "carried_on": carrier,
                "placed_from": {"name": self.post.departure["name"]},
                "placed_to": {"name": self.post.arrival["name"]},
                "seals": self._seals(seals),
            }
        )
        return number

    def _truck(self) -> str:
        number = (
            f"KDZ-{1000 + self.serial % 9000}" if self.serial % 2 else f"{self.serial % 8:02d}BK{self.serial:04d}TJ"
        )
        self.equipment.append({"number": number, "kind": "truck"})
        return number

    def _trailer(self, seals: tuple[str, ...] | None) -> str:
        truck = self._truck()
        number = f"{truck}-P"
        self.equipment.append(
            {"number": number, "kind": "trailer", "carried_on": truck, "fill": "full", "seals": self._seals(seals)}
        )
        return number

    def add_empty(self, *, extra_kg: int = 0) -> str:
        """A container going back empty, or said to."""
        self.serial += 1
        number = self._box(())
        box = self.equipment[-1]
        del box["seals"]
        box |= {"fill": "empty", "gross_kg": box["tare_kg"] + extra_kg}
        return number

    def _seals(self, numbers: tuple[str, ...] | None) -> list[dict[str, str]]:
        if numbers is not None:
            return [{"number": number, "party": "customs"} for number in numbers]
        return [{"number": seal(self.post.unit, self.serial), "party": "customs"}]

    def push(self, *, history: bool = False) -> Push:
        post = self.post
        said = {
            "format": "pcu-manifest",
            "version": "1",
            "function": self.function,
            "message_ref": f"{post.sender}-{self.number}-{self.arrival:%Y%m%d}-{self.function[0].upper()}",
            "manifest_number": f"{post.sender}-{self.number}-{self.arrival:%Y%m%d}",
            "sender": post.sender,
            "issuer": post.sender,
            "direction": "import",
            "conveyance": {
                "mode": post.mode,
                "voyage": self.number,
                **({"identifier": self.number, "identifier_type": "train"} if post.mode == "rail" else {}),
                "departure": post.departure,
                "arrival": post.arrival,
                "etd": (self.arrival - timedelta(hours=7)).astimezone(LOCAL).isoformat(timespec="minutes"),
                "eta": self.arrival.astimezone(LOCAL).isoformat(timespec="minutes"),
            },
            "equipment": self.equipment,
            "consignments": self.notes,
        }
        name = f"{self.number}-{self.arrival:%Y-%m-%d}{'' if self.function == 'original' else '-' + self.function}.json"
        return Push(post.unit, name, json.dumps(said, ensure_ascii=False, indent=1).encode(), history)


def seal(unit: str, serial: int) -> str:
    """The number on the seal of the customs across the border, one for each serial number of a unit's cargo."""
    customs = {"ALT": "CN", "DSB": "UZ", "NPJ": "AF", "CHU": "KZ"}[unit]
    return f"{customs}{70_200_000 + serial * 7}"


def item(
    text: str, packages: int, gross_kg: float, package: str = "CT", *, hs: str = "", origin: str = ""
) -> dict[str, Any]:
    """One line of goods."""
    said = {"description": text, "packages": packages, "package_code": package, "gross_kg": gross_kg, "origin": origin}
    if hs:
        said["commodity"] = {"code": hs, "scheme": "HS"}
    return {name: value for name, value in said.items() if value != ""}


def _party(role: str, firm: Firm) -> dict[str, str]:
    said = {
        "role": role,
        "name": firm.name,
        "address": firm.address,
        "city": firm.city,
        "country": firm.country,
        "tax_id": firm.tax_id,
        "contact": firm.contact,
    }
    return {name: text for name, text in said.items() if text}
