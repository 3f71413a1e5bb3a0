"""Which consignment a document belongs to: the rules, their order, and what decides nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.documents.core.matching import AFTER, BEFORE, RULES, Asked, Cargo, Known, Outcome, Rule, asked_of, match
from profiling.documents.core.plain import stated
from profiling.formats import records as r

NOW = datetime(2026, 5, 12, 9, tzinfo=UTC)
ASKED = Asked(r.DocumentKind.INVOICE, own="INV7", at=NOW)
KNOWN = Known(1, "MSCU4471", r.DocumentType.BILL, at=NOW)

CASES = [
    (Rule.DOCUMENT_NO, {"transport": frozenset({"MSCU4471"})}, {}),
    (Rule.MASTER_NO, {"transport": frozenset({"MASTER1"})}, {"master_no": "MASTER1"}),
    (Rule.UCR, {"ucr": "UCR9"}, {"ucr": "UCR9"}),
    (
        Rule.DECLARATION,
        {"references": frozenset({("ABT", "55302")})},
        {"references": frozenset({("DECLARATION", "55302")})},
    ),
    (
        Rule.DECLARATION,
        {"kind": r.DocumentKind.DECLARATION, "own": "55302"},
        {"references": frozenset({("ABT", "55302")})},
    ),
    (
        Rule.CARNET,
        {"references": frozenset({("TIR", "XA7")})},
        {"document_no": "XA7", "document_type": r.DocumentType.TIR},
    ),
    (Rule.REFERENCE, {}, {"references": frozenset({("INVOICE", "INV7")})}),
    (Rule.CONTAINER, {"containers": frozenset({"CSQU3054383"})}, {"containers": frozenset({"CSQU3054383"})}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "said", "cargo"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_each_rule_finds_its_consignment_and_says_that_it_did(rule, said, cargo) -> None:
    other = replace(KNOWN, consignment=2, document_no="OTHER")
    found = match(replace(ASKED, **said), [other, replace(KNOWN, **cargo)])
    assert found.match is not None
    assert (found.match.consignment, found.match.rule) == (1, rule)


def test_every_rule_but_the_hand_is_tried() -> None:
    assert {rule for rule, _fits in RULES} == set(Rule) - {Rule.MANUAL}
    assert {case[0] for case in CASES} == {rule for rule, _fits in RULES}


def test_a_stronger_rule_decides_over_a_weaker_one() -> None:
    by_box = replace(KNOWN, consignment=2, document_no="X", containers=frozenset({"CSQU3054383"}))
    asked = replace(ASKED, transport=frozenset({"MSCU4471"}), containers=frozenset({"CSQU3054383"}))
    assert match(asked, [by_box, KNOWN]).match.consignment == 1


def test_several_of_one_rule_decide_nothing_and_no_weaker_rule_guesses() -> None:
    houses = [replace(KNOWN, consignment=n, document_no=f"H{n}", master_no="MASTER1") for n in (1, 2)]
    boxed = replace(KNOWN, consignment=3, document_no="X", containers=frozenset({"CSQU3054383"}))
    asked = replace(ASKED, transport=frozenset({"MASTER1"}), containers=frozenset({"CSQU3054383"}))
    found = match(asked, [*houses, boxed])
    assert found.match is None
    assert [(one.consignment, one.rule) for one in found.candidates] == [(2, Rule.MASTER_NO), (1, Rule.MASTER_NO)]


def test_a_number_that_recurs_is_decided_by_the_time_where_one_call_alone_is_near() -> None:
    year_before = replace(KNOWN, consignment=2, at=NOW - timedelta(days=365))
    asked = replace(ASKED, transport=frozenset({"MSCU4471"}))
    assert match(asked, [year_before, KNOWN]).match.consignment == 1
    assert match(asked, [replace(year_before, at=NOW), KNOWN]).match is None
    # one alone is taken whatever its time: the number is exact
    assert match(asked, [year_before]).match.consignment == 2


@pytest.mark.parametrize(
    ("offset", "matches"),
    [(BEFORE, True), (BEFORE + timedelta(days=1), False), (-AFTER, True), (-AFTER - timedelta(days=1), False)],
    ids=["last day before", "too early", "last day after", "too late"],
)
def test_a_container_counts_near_its_call_alone(offset, matches) -> None:
    boxed = replace(KNOWN, containers=frozenset({"CSQU3054383"}), at=NOW + offset)
    asked = replace(ASKED, containers=frozenset({"CSQU3054383"}))
    assert (match(asked, [boxed]).match is not None) is matches
    assert match(replace(asked, at=None), [boxed]).match is None


def test_numbers_are_compared_without_what_senders_vary_and_empty_ones_name_nothing() -> None:
    paper = stated(
        r.DocumentKind.BILL,
        "mscu 44-71",
        consignments=("abc/1",),
        loadings=(r.Loading("CSQU 305438-3"), r.Loading("52641183")),
        references=(r.Reference("customs declaration", "5/5302"), r.Reference("x", "-")),
    )
    asked = asked_of(paper, NOW)
    assert asked.transport == {"MSCU4471", "ABC1"}
    assert asked.containers == {"CSQU3054383"}
    assert asked.references == {("CUSTOMS_DECLARATION", "55302")}
    assert asked.at == NOW
    assert match(asked_of(stated(r.DocumentKind.INVOICE, ""), NOW), [replace(KNOWN, document_no="")]) == Outcome()


plain = st.sampled_from(["", "A1", "B2", "C3"])
many = st.frozensets(st.sampled_from(["A1", "B2", "C3"]))
named = st.frozensets(st.tuples(st.sampled_from(["ABT", "TIR", "INVOICE"]), st.sampled_from(["A1", "B2"])))
moments = st.sampled_from([None, NOW, NOW - timedelta(days=400)])
asked_ones = st.builds(Asked, st.sampled_from(r.DocumentKind), plain, many, plain, many, named, moments)
known_ones = st.lists(
    st.builds(
        Known,
        st.integers(1, 9),
        plain.filter(bool),
        st.sampled_from(r.DocumentType),
        plain,
        plain,
        many,
        named,
        moments,
    ),
    unique_by=lambda one: one.consignment,
)


@given(asked_ones, known_ones, st.randoms())
def test_a_match_is_one_of_the_candidates_and_the_order_of_the_cargo_changes_nothing(asked, known, chance) -> None:
    found = match(asked, known)
    assert found.match is None or found.match in found.candidates
    assert len({one.rule for one in found.candidates}) <= 1
    assert {one.consignment for one in found.candidates} <= {one.consignment for one in known}
    shuffled = list(known)
    chance.shuffle(shuffled)
    assert match(asked, shuffled) == found


few = st.sampled_from(["", "A", "B", "C"])
named = st.frozensets(st.tuples(st.sampled_from(["ABT", "TIR", "INVOICE"]), st.sampled_from("ABC")), max_size=2)
asking = st.builds(
    Asked,
    st.sampled_from(r.DocumentKind),
    own=few,
    transport=st.frozensets(st.sampled_from("ABC"), max_size=2),
    ucr=few,
    containers=st.frozensets(st.sampled_from("ABC"), max_size=2),
    references=named,
    at=st.sampled_from([None, NOW]),
)
standing = st.builds(
    Known,
    st.just(0),
    st.sampled_from("ABC"),
    st.sampled_from([r.DocumentType.BILL, r.DocumentType.TIR]),
    master_no=few,
    ucr=few,
    containers=st.frozensets(st.sampled_from("ABC"), max_size=2),
    references=named,
    at=st.sampled_from([None, NOW, NOW - timedelta(days=400)]),
)


@given(asking, st.lists(standing, max_size=6))
def test_cargo_by_its_numbers_gives_the_outcome_of_all_the_cargo(asked, known) -> None:
    cargo = [replace(one, consignment=number) for number, one in enumerate(known)]
    assert Cargo(cargo).match(asked) == match(asked, cargo)
