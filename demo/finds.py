"""What the demo's inspectors find, by kind: the account of a seizure as the templates ask for it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from profiling.cases.choices import Commodity


@dataclass(frozen=True, slots=True)
class Find:
    """Facts of the template, how much, worth how many US dollars, and in words."""

    facts: Mapping[str, Any]
    quantity: Decimal
    unit: str
    value: Decimal
    words: str


def _find(facts: Mapping[str, Any], quantity: Decimal | int, unit: str, price: str, words: str) -> Find:
    amount = Decimal(quantity)
    return Find(facts, amount, unit, (amount * Decimal(price)).quantize(Decimal("0.01")), words)


def find(commodity: Commodity, rng: random.Random) -> Find:
    """One find of a kind; amounts vary."""
    n = rng.randint(2, 40)
    facts: dict[str, Any]
    match commodity:
        case Commodity.TOBACCO:
            row = {"brand": "Golden Steppe", "kind": "king_size", "stamp": "none", "sticks": str(n * 10_000)}
            words = "Cigarettes without excise stamps behind a false front wall."
            return _find({"items": [row]}, n * 10_000, "sticks", "0.095", words)
        case Commodity.DRUGS:
            facts = {"substance": "heroin", "form": "powder", "packaging": "Bricks in tape", "kit_result": "positive"}
            return _find(facts, Decimal(n) / 4, "kg", "9000", "Bricks of brown powder between the bags.")
        case Commodity.MEDICINES:
            facts = {"items": [{"inn": "tramadol", "dose": "100 mg", "packs": str(n * 20)}], "why": "unregistered"}
            return _find(facts, n * 20, "packs", "3", "Painkillers without registration under the declared ones.")
        case Commodity.WASTE:
            return _find({"kind": "tyres", "hazard": "none"}, n, "t", "80", "Worn-out tyres, not for retreading.")
        case Commodity.CURRENCY:
            facts = {"items": [{"currency": "USD", "amount": str(n * 1500)}], "kind": "cash", "declared": False}
            return _find(facts, n * 1500, "amount", "1", "Bank notes in the walls of a crate.")
        case Commodity.ARMS:
            facts = {"items": [{"kind": "chpl", "name": "Servo drives", "pieces": str(n)}]}
            return _find(facts, n, "pcs", "900", "Controlled electronics declared as spare parts.")
        case _:
            facts = {"items": [{"brand": "Sportline", "kind": "shoes", "pieces": str(n * 60)}]}
            return _find(facts, n * 60, "pcs", "18", "Copies of branded goods among unmarked ones.")
