"""Matching against a naive oracle, and what values come to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.formats.records import EquipmentKind, PartyRole
from profiling.indicators.facts import PartyFacts, SealFacts, SubjectFacts, SubjectKind, VisitFacts
from profiling.lookouts.core.keys import Doubt, Fault, Kind, doubt_of, fault_of, key_of
from profiling.lookouts.core.watchlist import WATCHED_AS, Carrier, Entry, Watchlist, same_country
from tests.factories import NOON

# Few of each, so that they meet.
NUMBERS = st.sampled_from(["MSKU1234565", "TEMU6180477", "52841136", "KDZ4471", "01AB2233TJ", "S1", ""])
NAMES = st.sampled_from(["Силк Роуд, ТОО", "СИЛК РОУД ТОО", "Silk Road", "silk  road", "TO ORDER", ""])
TAXES = st.sampled_from(
    ["", "070540009213", "БИН 070540009213", "KZ-070540009213", "ИНН 070540009213", "RU 7701234567"]
)
COUNTRIES = st.sampled_from(["", "KZ", "RU"])

entries = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([Kind.CONTAINER, Kind.SEAL, Kind.WAGON, Kind.PLATE]), NUMBERS),
        st.tuples(st.just(Kind.NAME), NAMES),
        st.tuples(st.just(Kind.TAX_NUMBER), TAXES),
    ),
    max_size=12,
)
visits = st.lists(
    st.builds(
        VisitFacts,
        visit_id=st.integers(1, 5),
        kind=st.sampled_from(list(EquipmentKind)),
        number=NUMBERS,
        seals=st.lists(st.builds(SealFacts, number=NUMBERS), max_size=2).map(tuple),
    ),
    max_size=4,
)
parties = st.lists(
    st.builds(PartyFacts, role=st.sampled_from(list(PartyRole)), name=NAMES, tax_id=TAXES, country=COUNTRIES),
    max_size=3,
)
carriers = st.dictionaries(
    st.integers(1, 5),
    st.lists(st.builds(Carrier, st.integers(6, 9), st.sampled_from(list(EquipmentKind)), NUMBERS), max_size=2),
    max_size=3,
)


def subject(visits: Any, parties: Any) -> SubjectFacts:
    return SubjectFacts(
        key="version:1",
        kind=SubjectKind.CONSIGNMENT,
        unit_code="ALT",
        received_at=NOON,
        visits=tuple(visits),
        parties=tuple(parties),
    )


def is_met(entry: Entry, facts: SubjectFacts, carriers: dict[int, list[Carrier]], conveyance: str) -> bool:
    """What a lookout meets, said plainly."""
    if entry.kind is Kind.SEAL:
        return any(seal.number == entry.key for visit in facts.visits for seal in visit.seals)
    if entry.kind is Kind.NAME:
        return any(party.name and key_of(Kind.NAME, party.name).text == entry.key for party in facts.parties)
    if entry.kind is Kind.TAX_NUMBER:
        told = [(key_of(Kind.TAX_NUMBER, party.tax_id), party.country) for party in facts.parties if party.tax_id]
        return any(
            number.text == entry.key and same_country(entry.country, number.country or country)
            for number, country in told
        )
    equipment = [(visit.kind, visit.number) for visit in facts.visits]
    for visit in facts.visits:
        equipment += [(carrier.kind, carrier.number) for carrier in carriers.get(visit.visit_id, [])]
    if any(WATCHED_AS[kind] is entry.kind and number == entry.key for kind, number in equipment):
        return True
    plate = key_of(Kind.PLATE, conveyance).text
    return entry.kind is Kind.PLATE and bool(plate) and plate == entry.key


@given(entries, visits, parties, carriers, NUMBERS)
def test_what_is_found_is_what_a_naive_search_finds(wanted, visits, parties, carriers, conveyance):
    watched = []
    for pk, (kind, value) in enumerate(wanted):
        key = key_of(kind, value)
        if key.text:
            watched.append(Entry(pk, kind, key.text, key.country))
    facts = subject(visits, parties)
    found = Watchlist(watched).find(facts, carriers=carriers, conveyance=conveyance)
    assert len({match.lookout for match in found}) == len(found)
    expected = {entry.lookout for entry in watched if is_met(entry, facts, carriers, conveyance)}
    assert {match.lookout for match in found} == expected


def test_without_lookouts_there_is_nothing_to_hold_against():
    assert not Watchlist([])
    assert Watchlist([Entry(1, Kind.SEAL, "AB12")])


@pytest.mark.parametrize(
    ("kind", "value", "key", "country"),
    [
        (Kind.CONTAINER, " temu 618047-7", "TEMU6180477", ""),
        (Kind.CONTAINER, "ＴＥＭＵ６１８０４７７", "TEMU6180477", ""),
        (Kind.SEAL, "af-00/99121", "AF0099121", ""),
        (Kind.PLATE, "01 AB 2233 tj", "01AB2233TJ", ""),
        (Kind.TAX_NUMBER, "БИН 070540009213", "070540009213", "KZ"),
        (Kind.TAX_NUMBER, "bin: 0705-4000-9213", "070540009213", "KZ"),
        (Kind.TAX_NUMBER, "ИНН 7701234567", "7701234567", ""),
        (Kind.TAX_NUMBER, "STIR 301234567", "301234567", "UZ"),
        (Kind.TAX_NUMBER, "TAX: 7701234567", "7701234567", ""),
        (Kind.TAX_NUMBER, "Tax ID 7701234567", "7701234567", ""),
        (Kind.TAX_NUMBER, "БИН № 070540009213", "070540009213", "KZ"),
        (Kind.TAX_NUMBER, "KZ 070540009213", "070540009213", "KZ"),
        (Kind.TAX_NUMBER, "QQ 070540009213", "QQ070540009213", ""),
        (Kind.TAX_NUMBER, "91110108MA01ABCD2X", "91110108MA01ABCD2X", ""),
        (Kind.NAME, "  «Силк  Роуд», ТОО ", "силк роуд тоо", ""),
    ],
)
def test_values_are_compared_without_what_senders_vary(kind, value, key, country):
    assert key_of(kind, value) == type(key_of(kind, value))(key, country)


@pytest.mark.parametrize(
    ("kind", "value", "fault"),
    [
        (Kind.CONTAINER, "", Fault.EMPTY),
        (Kind.NAME, "«»", Fault.EMPTY),
        (Kind.CONTAINER, "TEMU*", Fault.WILDCARD),
        (Kind.NAME, "%", Fault.WILDCARD),
        (Kind.SEAL, "NOSEAL", Fault.NO_DIGIT),
        (Kind.SEAL, "0000000", Fault.ONE_DIGIT),
        (Kind.CONTAINER, "TEMU6", Fault.TOO_SHORT),
        (Kind.TAX_NUMBER, "БИН 12", Fault.TOO_SHORT),
        (Kind.NAME, "ООО", Fault.STOP_WORDS),
        (Kind.NAME, "to order", Fault.STOP_WORDS),
        (Kind.NAME, "China Trading Co., Ltd", Fault.STOP_WORDS),
        (Kind.NAME, "ТОО Ак", Fault.TOO_SHORT),
        (Kind.NAME, "有限公司", Fault.STOP_WORDS),
        (Kind.NAME, "华为", None),
        (Kind.NAME, "ТОО Силк Роуд", None),
        (Kind.SEAL, "S123", None),
        (Kind.WAGON, "52841136", None),
    ],
)
def test_what_would_match_everything_is_no_value(kind, value, fault):
    assert fault_of(kind, value) is fault


@pytest.mark.parametrize(
    ("kind", "value", "doubt"),
    [
        (Kind.CONTAINER, "TEMU 618047 7", None),
        (Kind.CONTAINER, "TEMU 618047 8", (Doubt.WRONG_DIGIT, "7")),
        (Kind.CONTAINER, "TEMU 618047", (Doubt.MISSING_DIGIT, "7")),
        (Kind.CONTAINER, "12345678", (Doubt.NO_CONTAINER, "")),
        (Kind.WAGON, "123", None),
        (Kind.SEAL, "TEMU6180478", None),
    ],
)
def test_an_odd_container_number_is_a_doubt_and_no_fault(kind, value, doubt):
    assert doubt_of(kind, value) == doubt
