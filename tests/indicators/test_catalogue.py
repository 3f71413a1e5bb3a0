"""The catalogue as a whole: complete, typed, safe to compute."""

from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.formats.records import EquipmentKind, Fill, PartyRole
from profiling.indicators.catalogue import REGISTRY, Group, Registry, ValueType
from profiling.indicators.compute import compute, stored
from profiling.indicators.facts import ItemFacts, PartyFacts, SubjectFacts, SubjectKind, VisitFacts
from profiling.indicators.history import History
from profiling.indicators.labels import GROUPS, TYPES, UNITS
from profiling.indicators.text import MAX_TEXT
from tests.indicators.subjects import RECEIVED, past, plain_consignment

STORED: dict[ValueType, type] = {
    ValueType.NUMBER: float,
    ValueType.INTEGER: int,
    ValueType.BOOLEAN: bool,
    ValueType.TEXT: str,
    ValueType.CODE: str,
    ValueType.DATE: str,
}


def register(registry: Registry, function: Any, **changes: Any) -> None:
    said: dict[str, Any] = {"label": "l", "group": Group.META, "type": ValueType.INTEGER, "missing": "m"}
    registry.indicator(**{**said, "source": "s", "needs": ("packages",), **changes})(function)


def test_every_indicator_says_what_it_is_when_it_is_missing_and_where_it_comes_from() -> None:
    for spec in REGISTRY.specs().values():
        assert str(spec.label)
        assert str(spec.missing)
        assert spec.source
        assert spec.group in GROUPS
        assert spec.type in TYPES
        assert not spec.unit or spec.unit in UNITS


def test_every_group_and_type_has_an_indicator() -> None:
    specs = REGISTRY.specs().values()
    assert {spec.group for spec in specs} == set(Group)
    assert {spec.type for spec in specs} == set(ValueType)


def test_a_code_is_taken_once_and_a_malformed_one_never() -> None:
    registry = Registry()

    def gross(subject: SubjectFacts, past: Any) -> int:
        return 1

    register(registry, gross)
    with pytest.raises(ValueError, match="registered twice"):
        register(registry, gross)
    with pytest.raises(ValueError, match="does not say which fields"):
        register(Registry(), gross, needs=())
    with pytest.raises(ValueError, match="only a code has choices"):
        register(Registry(), gross, choices=("a",))
    with pytest.raises(ValueError, match="lower_snake_case"):
        register(Registry(), lambda subject, past: 1)


def test_an_indicator_that_raises_is_missing_told_and_stops_nothing() -> None:
    registry = Registry()

    def broken(subject: SubjectFacts, past: Any) -> int:
        return 1 // 0

    def wrong_type(subject: SubjectFacts, past: Any) -> str:
        return "many"

    def fine(subject: SubjectFacts, past: Any) -> int:
        return 7

    for function in (broken, wrong_type, fine):
        register(registry, function)
    first, second = compute([plain_consignment(), plain_consignment(key="other")], History(), registry.indicators())
    assert first.values == second.values == {"fine": 7}
    assert [fault.code for fault in first.faults] == ["broken", "wrong_type"]
    assert "ZeroDivisionError" in first.faults[0].error


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (True, ValueType.NUMBER),
        (True, ValueType.INTEGER),
        (1, ValueType.BOOLEAN),
        (1.5, ValueType.INTEGER),
        (float("nan"), ValueType.NUMBER),
        (Decimal("Infinity"), ValueType.NUMBER),
        (10**16, ValueType.INTEGER),
        ("", ValueType.CODE),
        ("word", ValueType.TEXT),
        (RECEIVED, ValueType.DATE),
        ("2026-01-01", ValueType.DATE),
    ],
)
def test_an_answer_without_a_stored_form_is_refused(raw: Any, kind: ValueType) -> None:
    with pytest.raises((TypeError, ValueError)):
        stored(raw, kind)


def test_a_text_too_long_is_cut_at_a_word_and_told() -> None:
    item = ItemFacts(1, "cotton " * 10 + " ".join(f"w{n}" for n in range(MAX_TEXT // 5)))
    (computed,) = compute([plain_consignment(items=(item,))], History())
    text = computed.values["goods_text"]
    assert isinstance(text, str)
    assert MAX_TEXT - 10 < len(text) <= MAX_TEXT
    assert text.endswith(" ")
    assert [fault.code for fault in computed.faults] == ["goods_text"]


quantities = st.none() | st.decimals(-1, 10**14, places=3, allow_nan=False) | st.just(Decimal(0))
counts = st.none() | st.integers(-1, 10**9)
names = st.sampled_from(["", "n/a", "To order", "ООО Транс", "Bank", "  ", "同上", "x" * 400])
codes = st.sampled_from(["", "63", "6302.32", "9999", "ABCD", "٣٤٥٦", "0101"])
items = st.builds(
    ItemFacts,
    line=st.just(1),
    description=names | st.text(max_size=30),
    hs_code=codes,
    hs_scheme=st.sampled_from(["HS", "GNG", "ETSNG", ""]),
    packages=counts,
    gross_kg=quantities,
    net_kg=quantities,
)
visits = st.builds(
    VisitFacts,
    visit_id=st.integers(1, 3),
    kind=st.sampled_from(EquipmentKind),
    number=st.text(max_size=12),
    size_type=st.sampled_from(["", "45G1", "22R1", "9999", "4200", "XX"]),
    fill=st.none() | st.sampled_from(Fill),
    tare_kg=quantities,
    gross_kg=quantities,
    vgm_kg=quantities,
    loaded_kg=quantities,
    loaded_packages=counts,
)
parties = st.builds(PartyFacts, role=st.sampled_from(PartyRole), name=names, country=st.sampled_from(["", "KZ"]))
subjects = st.builds(
    SubjectFacts,
    key=st.just("k"),
    kind=st.sampled_from(SubjectKind),
    unit_code=st.just("ALT"),
    received_at=st.just(RECEIVED),
    gross_kg=quantities,
    packages=counts,
    volume_m3=quantities,
    value=quantities,
    freight=quantities,
    currency=st.sampled_from(["", "USD"]),
    freight_currency=st.sampled_from(["", "USD"]),
    loading_place=st.sampled_from(["", "CNXIA", "710500", "Xi'an"]),
    origin_country=st.sampled_from(["", "CN"]),
    items=st.lists(items, max_size=3).map(tuple),
    visits=st.lists(visits, max_size=3).map(tuple),
    parties=st.lists(parties, max_size=3).map(tuple),
)
pasts = st.builds(
    lambda years, found, lanes: past(years=years, consignee_consignments=found, lane_counts=MappingProxyType(lanes)),
    st.integers(0, 5),
    counts,
    st.dictionaries(st.sampled_from(["6302", "0101"]), st.integers(0, 9)),
)


@settings(max_examples=300, deadline=None)
@given(subject=subjects, known=pasts)
def test_whatever_the_facts_no_indicator_fails_and_each_keeps_its_type(subject: SubjectFacts, known: Any) -> None:
    (computed,) = compute([subject], History({"k": known}))
    assert computed.faults == ()
    specs = REGISTRY.specs()
    for code, value in computed.values.items():
        assert type(value) is STORED[specs[code].type]
        assert not specs[code].choices or value in specs[code].choices
