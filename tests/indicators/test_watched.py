"""Goods somebody watches, texts beside codes, figures, identities and times: the value, and when it stays silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from profiling.documents.core.differences import Summary
from profiling.formats.records import DocumentKind, PartyRole
from profiling.indicators import watchwords
from profiling.indicators.compute import compute
from profiling.indicators.facts import ItemFacts, PartyFacts
from profiling.indicators.history import History
from profiling.reference import hs, hs_words
from tests.indicators.subjects import BOX, CONSIGNEE, LINEN, NOTIFY, RECEIVED, SHIPPER, plain_consignment

MISSING = None


def value(code: str, **changes: Any) -> Any:
    (computed,) = compute([plain_consignment(**changes)], History())
    assert computed.faults == ()
    return computed.values.get(code)


def goods(*texts: str, code: str = "630232", **changes: Any) -> tuple[ItemFacts, ...]:
    return tuple(replace(LINEN, line=n + 1, description=text, hs_code=code, **changes) for n, text in enumerate(texts))


def papers(*kinds: DocumentKind) -> Summary:
    return Summary(documents=len(kinds), kinds=frozenset(kinds), disagree=None)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("precursor_goods", "Acetic anhydride, 99 %", True),
        ("precursor_goods", "Эфедрин", True),
        ("precursor_goods", "Bed linen", False),
        ("wildlife_goods", "Рога сайгака", True),
        ("wildlife_goods", "Rosewood flooring", True),
        ("wildlife_goods", "Bed linen", False),
        ("waste_goods", "Товары Б/У", True),
        ("waste_goods", "Copper SCRAP", True),
        ("waste_goods", "Scrapbooks", False),
        ("dangerous_text_without_un", "Power banks 20000 mAh", True),
        ("dangerous_text_without_un", "Bed linen", False),
        ("brand_of_others", "Sport shoes ADIDAS", True),
        ("brand_of_others", "Bags Louis-Vuitton", True),
        ("brand_of_others", "Sport shoes", False),
    ],
)
def test_goods_are_told_by_whole_words_in_both_languages(code: str, text: str, expected: bool) -> None:
    assert value(code, items=goods(text)) is expected


@pytest.mark.parametrize(
    ("code", "hs_code"),
    [
        ("precursor_goods", "291524"),
        ("strategic_goods", "8542310000"),
        ("wildlife_goods", "010619"),
        ("waste_goods", "720449"),
    ],
)
def test_a_code_tells_as_much_as_a_word(code: str, hs_code: str) -> None:
    assert value(code, items=goods("Goods", code=hs_code)) is True
    assert value(code, items=goods("Goods", code="630232")) is False


def test_goods_that_say_nothing_are_not_judged() -> None:
    silent = (ItemFacts(1),)
    for code in ("precursor_goods", "strategic_goods", "wildlife_goods", "waste_goods", "brand_of_others"):
        assert value(code, items=silent) is MISSING, code
    for code in ("dangerous_text_without_un", "hs_text_mismatch", "permit_missing"):
        assert value(code, items=silent) is MISSING, code
    assert value("strategic_goods", items=goods("Chips", code="85", hs_scheme="ETSNG")) is MISSING


def test_a_phrase_never_runs_from_one_line_into_the_next() -> None:
    assert value("precursor_goods", items=goods("Acetic", "anhydride")) is False


def test_the_codes_that_are_watched_are_those_of_the_harmonized_system() -> None:
    assert len(watchwords.STRATEGIC.codes) == len(set(watchwords.STRATEGIC.codes)) == 50
    for kind in (watchwords.PRECURSORS, watchwords.STRATEGIC, watchwords.WILDLIFE, watchwords.WASTE):
        for code in kind.codes:
            assert hs.known_level(code) in {"heading", "subheading"}, code
            assert len(code) < 6 or hs.is_subheading(code), code


def test_a_brand_is_nothing_where_a_party_bears_it() -> None:
    items = goods("Adidas sport shoes")
    assert value("brand_of_others", items=items, parties=(SHIPPER, replace(CONSIGNEE, name="Adidas KZ LLP"))) is False
    assert value("brand_of_others", items=items, parties=()) is MISSING


def test_dangerous_words_with_a_un_number_are_declared() -> None:
    assert value("dangerous_text_without_un", items=goods("Paint", un_numbers=("1263",))) is False


def test_watched_goods_lack_a_permit_only_among_papers() -> None:
    scrap = goods("Copper scrap")
    assert value("permit_missing", items=scrap) is MISSING
    assert value("permit_missing", items=scrap, papers=papers(DocumentKind.INVOICE)) is True
    assert value("permit_missing", items=scrap, papers=papers(DocumentKind.INVOICE, DocumentKind.PERMIT)) is False
    assert value("permit_missing", papers=papers(DocumentKind.INVOICE)) is False


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("Bed linen of polyester, printed", "630232", 0),
        ("Fresh apples and pears", "847130", 2),
        ("Ceramic tiles", "690721", 0),
        ("Постельное бельё", "847130", MISSING),
        ("Spare parts", "847130", MISSING),
    ],
)
def test_a_text_speaks_of_other_goods_when_nothing_of_it_is_at_home(text: str, code: str, expected: int) -> None:
    assert value("hs_text_mismatch", items=goods(text, code=code)) == expected


def test_the_worst_line_counts_and_a_code_without_heading_is_not_read() -> None:
    assert (
        value("hs_text_mismatch", items=(*goods("Ceramic tiles", code="690721"), *goods("Apples", code="690721"))) == 1
    )
    assert value("hs_text_mismatch", items=goods("Apples", code="69")) is MISSING


def test_words_are_compared_without_their_plural() -> None:
    assert [hs_words.stem(word) for word in ("batteries", "shoes", "boxes", "glass", "dishes")] == [
        *("battery", "shoe", "box", "glass", "dish"),
    ]


def test_figures_that_repeat() -> None:
    same = goods("a", "b", "c")
    assert value("identical_lines", items=same) == 3
    assert value("identical_lines", items=(*same[:2], replace(LINEN, line=3, gross_kg=Decimal(1)))) == 2
    assert value("identical_lines") is MISSING
    twin = replace(BOX, visit_id=32, number="MSKU1234565")
    assert value("identical_loads", visits=(BOX, twin)) == 2
    assert value("identical_loads", visits=(BOX, replace(twin, loaded_kg=None))) is MISSING


@pytest.mark.parametrize(
    ("weight", "zeros"), [("20000", 4), ("18400", 2), ("18401", 0), ("18400.5", 0), ("0", MISSING)]
)
def test_round_weights(weight: str, zeros: int | None) -> None:
    assert value("gross_kg_zeros", gross_kg=Decimal(weight)) == zeros


@pytest.mark.parametrize(
    ("declared", "below"),
    [("9900", 1.0), ("10000", 0.0), ("10001", 49.995), ("0.99", 1.0), ("199", 0.5), ("0", MISSING), ("-5", MISSING)],
)
def test_a_value_just_below_a_round_figure(declared: str, below: float | None) -> None:
    found = value("value_below_round_percent", value=Decimal(declared))
    assert found == (below if below is None else pytest.approx(below))


def test_freight() -> None:
    assert value("freight_per_kg") == pytest.approx(0.32)
    assert value("freight_per_kg", freight=None) is MISSING
    assert value("freight_terms", freight_terms="prepaid") == "prepaid"
    assert value("freight_terms") is MISSING


def test_who_the_parties_are() -> None:
    def parties(**changes: Any) -> tuple[PartyFacts, ...]:
        return SHIPPER, replace(CONSIGNEE, **changes), NOTIFY

    forwarder = (SHIPPER, CONSIGNEE, replace(NOTIFY, name="Silk Way Logistics"))
    assert value("notify_named_forwarder", parties=forwarder) is True
    assert value("notify_named_forwarder", parties=parties()) is False
    assert value("notify_named_forwarder", parties=(SHIPPER,)) is MISSING
    for address in ("P.O. Box 12, Almaty", "г. Алматы, а/я 7", "PO BOX 1"):
        assert value("post_box_address", parties=parties(address=address)) is True, address
    assert value("post_box_address", parties=parties(address="Abay ave 10")) is False
    assert value("post_box_address", parties=parties()) is MISSING
    assert value("shipper_is_consignee", parties=parties(party_id=SHIPPER.party_id)) is True
    assert value("shipper_is_consignee", parties=parties()) is False
    assert value("shipper_is_consignee", parties=parties(party_id=None)) is MISSING
    assert value("consignee_tax_number_absent", parties=parties(tax_id=" ")) is True
    assert value("consignee_tax_number_absent", parties=parties()) is False
    assert value("consignee_tax_number_absent", parties=(PartyFacts(PartyRole.SHIPPER, "A"),)) is MISSING
    assert value("shipper_country", parties=parties()) == "CN"
    assert value("shipper_country", parties=(CONSIGNEE,)) is MISSING
    assert value("shipper_outside_origin", origin_country="UZ") is True
    assert value("shipper_outside_origin") is False
    assert value("shipper_outside_origin", origin_country="") is MISSING


def test_when_it_was_told() -> None:
    hour = timedelta(hours=1)
    assert value("told_after_arrival", eta=RECEIVED - hour) is True
    assert value("told_after_arrival", eta=RECEIVED + hour) is False
    assert value("told_after_arrival", eta=RECEIVED - hour, eta_is_day=True) is False
    assert value("told_after_arrival", eta=RECEIVED - 30 * hour, eta_is_day=True) is True
    assert value("told_after_arrival", eta=None) is MISSING
    assert value("amended_hours_after_departure", prior_versions=1, etd=RECEIVED - 3 * hour) == 3.0
    assert value("amended_hours_after_departure", prior_versions=1, etd=RECEIVED + hour) == -1.0
    assert value("amended_hours_after_departure", etd=RECEIVED) is MISSING
    assert value("amended_hours_after_departure", prior_versions=1) is MISSING
    assert value("arrival_month") == 5
    assert value("arrival_month", eta=None) is MISSING
    assert value("received_hour") == 14  # 09:30 in UTC, by the clock of the unit
    assert value("discharged_outside_destination", discharge_place="CNXIA") is True
    assert value("discharged_outside_destination") is False
    assert value("discharged_outside_destination", discharge_place="") is MISSING
