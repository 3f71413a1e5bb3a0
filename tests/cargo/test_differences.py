"""What two versions of a consignment differ in."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from profiling.cargo.differences import Change, Part, Snapshot, differences, split_common

LINEN = {"description": "Bed linen", "packages": 412}
TOWELS = {"description": "Towels", "packages": 20}


def test_versions_that_say_the_same_differ_in_nothing() -> None:
    said = Snapshot({"gross_kg": Decimal("19860.000"), "ucr": ""}, [(1, LINEN)], [("shipper", {"name": "A"})])
    again = Snapshot({"gross_kg": Decimal("19860"), "ucr": None}, [(1, LINEN)], [("shipper", {"name": "A"})])
    assert differences(said, again) == []


def test_a_changed_weight_tells_by_how_much() -> None:
    (change,) = differences(Snapshot({"gross_kg": Decimal("19860")}), Snapshot({"gross_kg": Decimal("18240")}))
    assert (change.part, change.field, change.amount) == (Part.HEAD, "gross_kg", Decimal("-1620"))
    assert change.percent is not None
    assert round(change.percent, 1) == Decimal("-8.2")


def test_a_number_that_was_not_given_before_has_no_amount() -> None:
    (change,) = differences(Snapshot({"packages": None}), Snapshot({"packages": 12}))
    assert (change.before, change.after, change.amount, change.percent) == (None, 12, None, None)


def test_a_line_put_in_at_the_top_is_one_line_added() -> None:
    changes = differences(Snapshot(goods=[(1, LINEN)]), Snapshot(goods=[(1, TOWELS), (2, LINEN)]))
    assert changes == [Change(Part.GOODS, "1", "", None, TOWELS)]


def test_a_line_left_out_is_told() -> None:
    changes = differences(Snapshot(goods=[(1, LINEN), (2, TOWELS)]), Snapshot(goods=[(1, LINEN)]))
    assert changes == [Change(Part.GOODS, "2", "", TOWELS, None)]


def test_a_changed_line_is_told_by_its_fields() -> None:
    changes = differences(Snapshot(goods=[(1, LINEN)]), Snapshot(goods=[(1, LINEN | {"packages": 388})]))
    assert changes == [Change(Part.GOODS, "1", "packages", 412, 388)]


def test_the_same_firm_in_another_role_is_a_change() -> None:
    changes = differences(
        Snapshot(parties=[("consignee", {"name": "A"})]), Snapshot(parties=[("notify", {"name": "A"})])
    )
    assert [(change.where, change.before, change.after) for change in changes] == [
        ("consignee", {"name": "A"}, None),
        ("notify", None, {"name": "A"}),
    ]


def test_containers_come_and_go_by_number() -> None:
    changes = differences(
        Snapshot(equipment={"TEMU6180477": {"packages": 10}, "TBJU4029179": {}}),
        Snapshot(equipment={"TEMU6180477": {"packages": 9}, "FFAU2147708": {}}),
    )
    assert [(change.where, change.field, change.before, change.after) for change in changes] == [
        ("TEMU6180477", "packages", 10, 9),
        ("TBJU4029179", "", {}, None),
        ("FFAU2147708", "", None, {}),
    ]


def test_documents_come_and_go() -> None:
    changes = differences(
        Snapshot(documents=frozenset({("invoice", "1")})), Snapshot(documents=frozenset({("invoice", "2")}))
    )
    assert changes == [
        Change(Part.DOCUMENT, "invoice", "", "1", None),
        Change(Part.DOCUMENT, "invoice", "", None, "2"),
    ]


rows = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.dictionaries(st.sampled_from(["description", "packages"]), st.sampled_from(["", "a", "b"])),
    ),
    max_size=6,
)


@given(rows)
def test_any_goods_differ_in_nothing_from_themselves(goods: list[tuple[int, dict[str, str]]]) -> None:
    assert differences(Snapshot(goods=goods), Snapshot(goods=list(reversed(goods)))) == []


@given(rows, rows)
def test_what_is_told_forth_is_told_back(
    before: list[tuple[int, dict[str, str]]], after: list[tuple[int, dict[str, str]]]
) -> None:
    forth = differences(Snapshot(goods=before), Snapshot(goods=after))
    back = differences(Snapshot(goods=after), Snapshot(goods=before))
    assert (len(forth) > 0) == (len(back) > 0)


@given(st.text("ab ", max_size=12), st.text("ab ", max_size=12))
def test_the_split_of_two_texts_puts_both_together_again(before: str, after: str) -> None:
    head, old, new, tail = split_common(before, after)
    assert (head + old + tail, head + new + tail) == (before, after)


def test_the_split_underlines_the_differing_words() -> None:
    assert split_common("Bed linen of polyester", "Bed linen and blankets of polyester") == (
        "Bed linen ",
        "",
        "and blankets ",
        "of polyester",
    )
