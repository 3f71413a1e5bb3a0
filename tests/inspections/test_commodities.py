"""Facts of a seizure against its commodity's template."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.commodities.checking import SENTENCES, check, total
from inspections.commodities.fields import ITEMS, UNITS, Field, Kind, Shape, Template
from inspections.commodities.numbers import AmbiguousNumberError, NotANumberError, plain, read_number
from inspections.commodities.templates import all_newest, newest, template
from profiling.cases.choices import Commodity

TEMPLATES = {one.commodity: one for one in all_newest()}
CAS = ("108-24-7", "67-64-1", "7664-93-9", "299-42-3")

# the machine of the tests may be busy with others
UNHURRIED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)

BRAND = {"brand": "Golden Steppe KS", "kind": "king_size", "stamp": "none", "cases": 144, "sticks": "1 440 000"}


def codes(checked) -> dict[str, str]:
    return {path: fault.code for path, fault in checked.faults.items()}


def value_of(field: Field):
    """Any good value of a field, as a form or a program would send it."""
    match field.kind, field.shape:
        case Kind.TEXT, Shape.CAS:
            return st.sampled_from(CAS)
        case Kind.TEXT, Shape.BASEL:
            return st.sampled_from(["Y46", "A1180", "b3011"])
        case Kind.TEXT, Shape.HS:
            return st.sampled_from(["2402", "2402.20", "8542 31 90"])
        case Kind.TEXT, _:
            return st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
        case Kind.CHOICE, _:
            return st.sampled_from([choice.code for choice in field.choices])
        case Kind.NUMBER, _:
            return st.integers(0, 100) | st.decimals(0, 100, places=2).map(str)
        case Kind.COUNT, _:
            return st.integers(0, 10**9) | st.integers(0, 10**9).map(str)
        case Kind.YES_NO, _:
            return st.sampled_from([True, False, "yes", "no"])
        case Kind.DATE, _:
            return st.dates().map(str)
        case Kind.COUNTRY, _:
            return st.sampled_from(["KZ", "cn", "AE"])
        case Kind.CURRENCY, _:
            return st.sampled_from(["USD", "kzt"])
    raise AssertionError(field)


def row(fields):
    return st.fixed_dictionaries({field.name: value_of(field) for field in fields})


@st.composite
def good_facts(draw):
    of = draw(st.sampled_from(list(TEMPLATES.values())))
    facts = draw(row(of.fields))
    if of.items:
        facts[ITEMS] = draw(st.lists(row(of.items.fields), min_size=1, max_size=4))
    return of, facts


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def test_every_commodity_has_a_template_and_none_else_has():
    assert list(TEMPLATES) == Commodity.values
    assert all(template(one.commodity, one.version) == one for one in TEMPLATES.values())
    assert len(TEMPLATES) == 11


@pytest.mark.parametrize("of", TEMPLATES.values(), ids=TEMPLATES)
def test_templates_are_whole(of: Template):
    assert of.units
    assert set(of.units) <= set(UNITS)
    assert all(len(unit) <= 12 for unit in of.units)
    fields = [*of.fields, *(of.items.fields if of.items else ())]
    assert any(field.required for field in fields)
    for group in (of.fields, of.items.fields if of.items else ()):
        names = [field.name for field in group]
        assert len(names) == len(set(names))
        assert ITEMS not in names
        for field in group:
            assert bool(field.choices) == (field.kind == Kind.CHOICE)
            assert field.needed_if is None or field.needed_if[0] in names
    if of.items:
        assert set(of.items.sums) <= set(of.items.counted)
        assert set(of.items.sums.values()) <= set(of.units)


@UNHURRIED
@given(good_facts())
def test_what_is_well_told_is_stored_and_read_again_the_same(told):
    of, facts = told
    first = check(of, facts)
    wrong = set(codes(first).values())
    assert wrong <= {"required", "row_needed"}, "only texts of spaces may be missed"
    stored = json.loads(json.dumps(first.facts))
    again = check(of, stored)
    assert again.facts == first.facts
    assert codes(again) == codes(first)


@UNHURRIED
@given(st.sampled_from(list(TEMPLATES.values())), junk)
def test_nothing_sent_breaks_the_checking(of, sent):
    checked = check(of, sent)
    assert all(fault.code in SENTENCES for fault in checked.faults.values())
    assert checked.faults or check(of, checked.facts).facts == checked.facts


@UNHURRIED
@given(good_facts(), st.data())
def test_a_mandatory_field_left_out_is_named(told, data):
    of, facts = told
    paths = [(field, "") for field in of.fields if field.required]
    paths += [(field, f"{ITEMS}.0.") for field in (of.items.fields if of.items else ()) if field.required]
    field, path = data.draw(st.sampled_from(paths))
    (facts[ITEMS][0] if path else facts)[field.name] = "  "
    fault = check(of, facts).faults.get(f"{path}{field.name}") or check(of, facts).faults[ITEMS]
    assert fault.code in ("required", "row_needed")
    assert fault.code == "row_needed" or fault.params["label"] == field.label


@pytest.mark.parametrize(
    ("commodity", "facts", "wrong"),
    [
        ("tobacco", {}, {"items": "row_needed"}),
        ("tobacco", {"items": "many"}, {"items": "rows_expected"}),
        ("tobacco", {"items": [7]}, {"items.0": "rows_expected"}),
        ("tobacco", {"items": [BRAND] * 61}, {"items": "too_many_rows"}),
        ("tobacco", {"items": [{**BRAND, "stamp": "genuine"}]}, {"items.0.stamp_country": "required"}),
        ("tobacco", {"items": [{**BRAND, "sticks": -1}]}, {"items.0.sticks": "number_negative"}),
        ("tobacco", {"items": [{**BRAND, "sticks": "1,440"}]}, {"items.0.sticks": "number_ambiguous"}),
        ("tobacco", {"items": [{**BRAND, "cases": "2,5"}]}, {"items.0.cases": "number_whole"}),
        ("tobacco", {"items": [{**BRAND, "origin": "XX"}]}, {"items.0.origin": "country_unknown"}),
        ("tobacco", {"brand": "X", "items": [BRAND]}, {"brand": "not_in_template"}),
        ("waste", {"kind": "plastic", "hazard": "none", "basel": "Z9"}, {"basel": "basel_invalid"}),
        ("waste", {"kind": "gold", "hazard": "none"}, {"kind": "choice_unknown"}),
        ("precursors", {"chemical": "Acetone", "list": "two", "cas": "67-64-2"}, {"cas": "cas_invalid"}),
        ("other", {"goods": "x" * 351, "ground": "Law"}, {"goods": "too_long"}),
        ("other", {"goods": 5, "ground": "Law", "hs": "12"}, {"goods": "text_expected", "hs": "hs_invalid"}),
        (
            "drugs",
            {"substance": "other", "form": "powder", "packaging": "Bag", "kit_result": "positive", "purity": 101},
            {"substance_name": "required", "purity": "number_too_large"},
        ),
        (
            "currency",
            {"kind": "cash", "declared": "perhaps", "items": [{"currency": "XXZ", "amount": "ten"}]},
            {
                "declared": "yes_no_expected",
                "items.0.currency": "currency_unknown",
                "items.0.amount": "number_invalid",
            },
        ),
        (
            "medicines",
            {"why": "expired", "items": [{"inn": "Tramadol", "dose": "50 mg", "expires": "24.11.2026"}]},
            {"items.0.expires": "date_invalid"},
        ),
    ],
)
def test_each_fault_is_told_at_its_field(commodity, facts, wrong):
    assert codes(check(newest(commodity), facts)) == wrong


def test_rows_nobody_filled_in_are_dropped_and_the_others_added_up():
    told = {"items": [BRAND, {"brand": "", "kind": " ", "sticks": None}, {**BRAND, "sticks": 800_000}]}
    checked = check(TEMPLATES["tobacco"], told)
    assert checked.faults == {}
    assert len(checked.facts[ITEMS]) == 2
    assert total(TEMPLATES["tobacco"], checked.facts, "sticks") == Decimal(2_240_000)
    assert total(TEMPLATES["tobacco"], checked.facts, "kg") is None
    checked.facts[ITEMS][0].pop("sticks")
    assert total(TEMPLATES["tobacco"], checked.facts, "sticks") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2 240 000", "2240000"),
        ("2\u00a0240\u202f000", "2240000"),
        ("2,240,000", "2240000"),
        ("1,440.50", "1440.5"),
        ("2,5", "2.5"),
        ("0,125", "0.125"),
        (".5", "0.5"),
        (7.25, "7.25"),
        (1e3, "1000"),
        (Decimal("1E+3"), "1000"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert plain(read_number(text)) == number


@pytest.mark.parametrize("text", ["", "ten", "1e5", "NaN", "inf", "1.2.3", "1,2,3", "--1", True, None, "9" * 31, "٣٤x"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumberError):
        read_number(text)


def test_a_comma_that_may_mean_either_is_asked_about():
    with pytest.raises(AmbiguousNumberError):
        read_number("1,440")


@UNHURRIED
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**12, places=3))
def test_a_number_written_plainly_is_read_as_it_was(number):
    assert read_number(plain(number)) == number
