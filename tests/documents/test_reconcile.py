"""What papers say beside each other: which differences, of what kind, how large."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.documents.core.differences import TOLERANCES, Difference, Field, Kind, Row, Severity, Statement, Verdict
from profiling.documents.core.plain import PlainError, from_plain, stated, to_plain
from profiling.documents.core.reconcile import reconcile, summarise
from profiling.formats import records as r

K = r.DocumentKind
SHIPPER, CONSIGNEE = r.PartyRole.SHIPPER, r.PartyRole.CONSIGNEE


def manifest(**said: Any) -> Statement:
    return Statement("manifest", stated(K.OTHER, "1", **said), is_manifest=True)


def paper(kind: K = K.PERMIT, source: str = "paper", **said: Any) -> Statement:
    """A permit by default: of that kind nothing is expected, so only what is said counts."""
    return Statement(source, stated(kind, "2", **said))


def row(each: Field, *statements: Statement) -> Row:
    return next(one for one in reconcile(statements).rows if one.field is each)


def only(each: Field, *statements: Statement) -> Difference:
    [found] = row(each, *statements).differences
    return found


def party(name: str, role: r.PartyRole = CONSIGNEE, **more: Any) -> dict[str, Any]:
    return {"parties": (r.Party(role, name, **more),)}


def goods(code: str, **more: Any) -> dict[str, Any]:
    return {"items": (r.Item(1, commodity=r.Commodity(code), **more),)}


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("1000", None),
        ("1010", Severity.NOTE),
        ("1010.01", Severity.MINOR),
        ("950", Severity.MINOR),
        ("949", Severity.MAJOR),
    ],
)
def test_weights_differ_by_the_tolerances(said, severity) -> None:
    found = row(Field.GROSS_KG, manifest(gross_kg=Decimal(1000)), paper(gross_kg=Decimal(said)))
    assert [one.severity for one in found.differences] == ([severity] if severity else [])
    assert found.cells[1].verdict is (Verdict.DIFFERS if found.differs else Verdict.SAME)


def test_five_hundred_kilograms_are_much_however_small_a_part() -> None:
    heavy = manifest(gross_kg=Decimal(20_000))
    assert only(Field.GROSS_KG, heavy, paper(gross_kg=Decimal(20_500))).severity is Severity.MINOR
    assert only(Field.GROSS_KG, heavy, paper(gross_kg=Decimal(20_501))).severity is Severity.MAJOR


def test_a_difference_is_measured_with_its_sign_and_in_per_cent_of_the_base() -> None:
    found = only(Field.PACKAGES, manifest(packages=412), paper(packages=388))
    assert (found.kind, found.base, found.source) == (Kind.DIFFERS, "manifest", "paper")
    assert found.amount == -24
    assert round(found.percent, 1) == Decimal("5.8")
    assert found.severity is Severity.MAJOR
    assert only(Field.PACKAGES, manifest(packages=0), paper(packages=3)).percent is None


def test_lines_are_added_up_only_where_each_says_a_figure() -> None:
    whole = manifest(gross_kg=Decimal(30))
    lines = tuple(r.Item(n, gross_kg=Decimal(10)) for n in range(3))
    assert row(Field.GROSS_KG, whole, paper(items=lines)).cells[1].verdict is Verdict.SAME
    holed = (*lines, r.Item(9))
    assert row(Field.GROSS_KG, whole, paper(items=holed)).cells[1].verdict is Verdict.SILENT


def test_money_is_compared_in_the_same_currency_alone() -> None:
    base = manifest(value=Decimal(100), currency="USD")
    assert row(Field.VALUE, base, paper(value=Decimal(700), currency="CNY")).cells[1].verdict is Verdict.UNSURE
    assert only(Field.VALUE, base, paper(value=Decimal(90), currency="USD")).percent == 10
    assert summarise(reconcile([base, paper(value=Decimal(700), currency="CNY")])).value_percent is None


@pytest.mark.parametrize(
    ("name", "verdict", "severity"),
    [
        ("steppe  TRADE, llp", Verdict.SAME, None),
        ("LLP Steppe Trade", Verdict.SAME, Severity.NOTE),
        ("Steppe Tradee LLP", Verdict.SAME, Severity.NOTE),
        ("Steppe Trading LLP", Verdict.DIFFERS, Severity.MINOR),
        ("Steppe Logistic LLP", Verdict.DIFFERS, Severity.MAJOR),
        ("Orda Group", Verdict.DIFFERS, Severity.MAJOR),
        ("ТОО Степь Трейд", Verdict.UNSURE, None),
    ],
)
def test_names_are_alike_or_another_firm_or_in_another_script(name, verdict, severity) -> None:
    found = row(Field.CONSIGNEE, manifest(**party("Steppe Trade LLP")), paper(**party(name)))
    assert found.cells[1].verdict is verdict
    assert [one.severity for one in found.differences] == ([severity] if severity else [])


def test_an_equal_tax_number_makes_two_names_one_firm() -> None:
    ours, theirs = party("Steppe Trade", tax_id="1203 4000"), party("Orda Group", tax_id="12034000")
    assert row(Field.CONSIGNEE, manifest(**ours), paper(**theirs)).cells[1].verdict is Verdict.SAME


def test_commodity_codes_agree_as_far_as_both_go() -> None:
    base = manifest(**goods("630232"))
    for code in ("6302", "630232", "6302321000"):
        assert row(Field.HS, base, paper(**goods(code))).cells[1].verdict is Verdict.SAME
    assert only(Field.HS, base, paper(**goods("630231"))).severity is Severity.MINOR
    assert only(Field.HS, base, paper(**goods("630140"))).severity is Severity.MAJOR
    railway = (r.Item(1, commodity=r.Commodity("65201", "ETSNG")),)
    assert row(Field.HS, base, paper(items=railway)).cells[1].verdict is Verdict.SILENT


def test_a_container_or_seal_that_one_side_alone_names_is_told_by_its_number() -> None:
    base = manifest(loadings=(r.Loading("CSQU 305438-3"), r.Loading("TEMU6180477")), seals=(r.Seal("CN 773"),))
    said = paper(loadings=(r.Loading("CSQU3054383"), r.Loading("CAIU7302318")), seals=(r.Seal("CN-773"),))
    told = {(one.kind, one.where, one.severity) for one in row(Field.CONTAINERS, base, said).differences}
    assert told == {(Kind.EXTRA, "CAIU7302318", Severity.MAJOR), (Kind.MISSING, "TEMU6180477", Severity.MINOR)}
    assert row(Field.SEALS, base, said).cells[1].verdict is Verdict.SAME


def test_places_are_compared_code_with_code_and_name_with_name() -> None:
    base = manifest(discharge_place=r.Place("KZALA", "Almaty", "unlocode"))

    def verdict(*place: str) -> Verdict:
        return row(Field.DISCHARGE, base, paper(discharge_place=r.Place(*place))).cells[1].verdict

    assert verdict("KZALA", "", "unlocode") is Verdict.SAME
    assert verdict("KZAKX", "", "unlocode") is Verdict.DIFFERS
    assert verdict("", "ALMATY") is Verdict.SAME
    assert verdict("700007", "", "station") is Verdict.UNSURE


def test_what_a_kind_of_document_ought_to_say_is_told_as_missing_and_counts_nowhere() -> None:
    base = manifest(gross_kg=Decimal(1000), packages=5, value=Decimal(9), currency="USD")
    found = reconcile([base, paper(K.INVOICE)])
    assert [(one.field, one.kind) for one in found.differences] == [(Field.VALUE, Kind.MISSING)]
    assert found.differing == 0


def test_what_the_manifest_does_not_say_is_compared_between_the_documents() -> None:
    first = paper(K.INVOICE, "a", value=Decimal(100), currency="USD")
    second = paper(K.DECLARATION, "b", value=Decimal(80), currency="USD")
    found = row(Field.VALUE, manifest(), first, second)
    assert [cell.verdict for cell in found.cells] == [Verdict.SILENT, Verdict.BASE, Verdict.DIFFERS]
    assert [(one.kind, one.base) for one in found.differences] == [(Kind.EXTRA, ""), (Kind.DIFFERS, "a")]


def test_a_scale_weighs_the_vehicle_so_its_tare_is_taken_off() -> None:
    base = manifest(gross_kg=Decimal(18_000))
    ticket = paper(K.WEIGHBRIDGE, gross_kg=Decimal(38_700), tare_kg=Decimal(20_000))
    assert only(Field.WEIGHED_KG, base, ticket).amount == 700
    assert summarise(reconcile([base, ticket])).weighbridge_kg == 700
    untared = paper(K.WEIGHBRIDGE, gross_kg=Decimal(38_700))
    assert summarise(reconcile([base, untared])).weighbridge_kg is None
    assert summarise(reconcile([base, untared])).weight_percent is None, "the vehicle is no cargo"


def test_a_scale_under_one_container_is_held_against_the_share_loaded_in_it() -> None:
    boxes = (r.Loading("CSQU3054383", 10, Decimal(9000)), r.Loading("TEMU6180477", 10, Decimal(5000)))
    ticket = paper(
        K.WEIGHBRIDGE, gross_kg=Decimal(22_000), tare_kg=Decimal(13_000), loadings=(r.Loading("CSQU 305438-3"),)
    )
    base = manifest(gross_kg=Decimal(14_000), loadings=boxes)
    assert summarise(reconcile([base, ticket])).weighbridge_kg == 0
    unknown = manifest(gross_kg=Decimal(14_000), loadings=(r.Loading("CSQU3054383"), boxes[1]))
    assert row(Field.WEIGHED_KG, unknown, ticket).cells[1].verdict is Verdict.UNSURE


def test_what_differs_stands_first_and_what_nobody_says_nowhere() -> None:
    base = manifest(gross_kg=Decimal(1000), packages=5, origin_country="CN")
    found = reconcile([base, paper(gross_kg=Decimal(1000), packages=6, origin_country="VN")])
    assert [one.field for one in found.rows] == [Field.PACKAGES, Field.ORIGIN, Field.GROSS_KG]
    assert found.differing == 2


def test_facts_are_missing_where_nothing_could_be_compared_and_false_where_all_agrees() -> None:
    told = summarise(reconcile([manifest(packages=5), paper(K.INVOICE, packages=5)]))
    assert (told.documents, told.kinds, told.disagree) == (1, {K.INVOICE}, 0)
    assert told.packages_differ is False
    silent = summarise(reconcile([manifest(packages=5), paper(K.INVOICE, value=Decimal(5), currency="USD")]))
    assert (silent.documents, silent.disagree) == (1, None)
    assert (told.weight_percent, told.seal_differs, told.weighbridge_kg) == (None, None, None)


amounts = st.one_of(st.none(), st.decimals(0, 10**6, places=2))
countries = st.sampled_from(["", "CN", "KZ"])
names = st.sampled_from(["", "Steppe Trade LLP", "Степь Трейд", "Orda", "  "])
documents = st.builds(
    lambda kind, gross, tare, packages, value, name, origin, boxes: stated(
        kind,
        "1",
        gross_kg=gross,
        tare_kg=tare,
        packages=packages,
        value=value,
        currency="USD",
        origin_country=origin,
        parties=(r.Party(CONSIGNEE, name),),
        loadings=tuple(map(r.Loading, boxes)),
        items=(r.Item(1, name, packages, gross_kg=gross, commodity=r.Commodity("6302")),),
    ),
    st.sampled_from(K),
    amounts,
    amounts,
    st.one_of(st.none(), st.integers(0, 10**6)),
    amounts,
    names,
    countries,
    st.lists(st.sampled_from(["CSQU3054383", "TEMU6180477"]), max_size=3),
)


@given(documents)
def test_a_document_beside_its_own_copy_differs_in_nothing(said: r.Document) -> None:
    told = reconcile([Statement("manifest", said, is_manifest=True), Statement("copy", said)])
    weighed = [one for one in told.differences if one.field is not Field.WEIGHED_KG]
    assert [one for one in weighed if one.kind is Kind.DIFFERS] == []


@given(st.lists(documents, max_size=5))
def test_papers_of_any_content_are_compared_and_every_row_has_a_cell_of_each(said: list[r.Document]) -> None:
    statements = [Statement(str(n), one, is_manifest=n == 0) for n, one in enumerate(said)]
    told = reconcile(statements)
    for one in told.rows:
        assert [cell.source for cell in one.cells] == [statement.source for statement in statements]
        assert sum(cell.verdict is Verdict.BASE for cell in one.cells) <= 1
    assert (summarise(told).disagree or 0) <= len(Field)


@given(documents)
def test_a_document_comes_back_from_plain_values_as_it_was(said: r.Document) -> None:
    assert from_plain(to_plain(said)) == said


def test_what_is_no_document_is_refused_with_the_place() -> None:
    with pytest.raises(PlainError) as refused:
        from_plain({"position": {"offset": 0}, "kind": "invoice", "number": "1", "gross_kg": "much"})
    assert {"span", "gross_kg"} <= set(refused.value.errors)


def test_every_measured_field_has_its_tolerance() -> None:
    assert set(TOLERANCES) == {
        *(Field.GROSS_KG, Field.NET_KG, Field.WEIGHED_KG, Field.VOLUME_M3, Field.VALUE, Field.PACKAGES),
    }
