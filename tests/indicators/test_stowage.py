"""Indicators of stowage plans and of what a call announces: pure answers from what is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from profiling.indicators.compute import compute
from profiling.indicators.history import History
from tests.indicators.subjects import BOX, LINEN, plain_consignment, visit_alone


def value(code: str, **changes: Any) -> Any:
    (computed,) = compute([plain_consignment(**changes)], History({}))
    assert computed.faults == ()
    return computed.values.get(code)


@pytest.mark.parametrize(
    ("stowed", "declared", "undeclared", "which"),
    [
        (("1263",), (), True, "1263"),
        (("1263", "3077"), ("UN 3077",), True, "1263"),
        (("UN1263",), ("1263",), False, "–"),
        ((), ("1263",), None, None),
    ],
    ids=["none declared", "one of two", "declared in other words", "no plan"],
)
def test_stowed_dangerous_goods_are_held_against_what_is_declared(stowed, declared, undeclared, which) -> None:
    facts = {
        "visits": (replace(BOX, stowed_un=stowed, other_consignments=0),),
        "items": (replace(LINEN, un_numbers=declared),),
    }
    assert value("dangerous_goods_undeclared", **facts) is undeclared
    assert value("undeclared_un_numbers", **facts) == which


def test_what_is_in_a_shared_container_may_be_of_the_others() -> None:
    shared = replace(BOX, stowed_un=("1263",), other_consignments=2)
    assert value("dangerous_goods_undeclared", visits=(shared,)) is None


def test_equipment_without_a_bill_declares_nothing_to_hold_against() -> None:
    (computed,) = compute([visit_alone(replace(BOX, stowed_un=("1263",)))], History({}))
    assert computed.values.get("dangerous_goods_undeclared") is None


@pytest.mark.parametrize(
    ("announced", "told", "answer"),
    [(10, 12, 2), (10, 10, 0), (10, 3, 0), (None, 12, None)],
    ids=["more", "as many", "not all told yet", "nothing announced"],
)
def test_more_containers_than_were_announced_are_counted(announced, told, answer) -> None:
    facts = {"announced_containers": announced, "told_containers": told, "visits": (BOX,)}
    assert value("containers_beyond_announced", **facts) == answer
