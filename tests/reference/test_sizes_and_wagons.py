"""Size and type codes, wagon numbers and carnets: what they say, and that nothing is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.reference import documents, hs, sizes, stations, wagons
from profiling.reference.sizes import TypeGroup
from profiling.reference.wagons import WagonKind


@pytest.mark.parametrize(
    ("code", "feet", "height", "group"),
    [
        ("22G1", 20, 2591, TypeGroup.GENERAL),
        ("45G1", 40, 2896, TypeGroup.GENERAL),
        ("45r1", 40, 2896, TypeGroup.THERMAL),
        (" 42P3 ", 40, 2591, TypeGroup.PLATFORM),
        ("22T6", 20, 2591, TypeGroup.TANK),
        ("22K2", 20, 2591, TypeGroup.TANK),
        ("L5G1", 45, 2896, TypeGroup.GENERAL),
        ("LEG1", 45, 2896, TypeGroup.GENERAL),
        ("29U1", 20, 1219, TypeGroup.OPEN_TOP),
        ("22B1", 20, 2591, TypeGroup.BULK),
        ("42GP", 40, 2591, TypeGroup.GENERAL),
    ],
)
def test_a_size_and_type_is_read(code: str, feet: int, height: int, group: TypeGroup) -> None:
    found = sizes.decode(code)
    assert (found.length_ft, found.height_mm, found.group) == (feet, height, group)
    assert found.is_known
    assert not found.is_old


@pytest.mark.parametrize(
    ("code", "feet", "height", "group"),
    [
        ("2210", 20, 2591, TypeGroup.VENTILATED),
        ("4300", 40, 2591, TypeGroup.GENERAL),
        ("4532", 40, 2896, TypeGroup.THERMAL),
        ("4363", 40, 2591, TypeGroup.PLATFORM),
        ("2270", 20, 2591, TypeGroup.TANK),
        ("2225", 20, 2591, TypeGroup.NAMED_CARGO),
        ("9500", 45, 2896, TypeGroup.GENERAL),
        ("2651", 20, 1295, TypeGroup.OPEN_TOP),
    ],
)
def test_the_four_digits_of_old_boxes_are_read_too(code: str, feet: int, height: int, group: TypeGroup) -> None:
    found = sizes.decode(code)
    assert (found.length_ft, found.height_mm, found.group) == (feet, height, group)
    assert found.is_known
    assert found.is_old


@pytest.mark.parametrize("code", ["", "  ", "9999"])
def test_what_nobody_told_is_not_wrong(code: str) -> None:
    assert not sizes.is_told(code)
    assert not sizes.decode(code).is_known


@pytest.mark.parametrize("code", ["40HC", "45X1", "Z2G1", "2ZG1", "22G", "22G11", "8210"])
def test_what_has_no_meaning_is_told_and_not_known(code: str) -> None:
    assert sizes.is_told(code)
    assert not sizes.decode(code).is_known


def test_room_to_hide_in() -> None:
    assert all(sizes.decode(code).is_void_rich for code in ("45R1", "22T1", "22P1", "42U1", "4532", "2270"))
    assert not any(sizes.decode(code).is_void_rich for code in ("22G1", "2210", "22V2", "9999", "??"))


def test_high_cube_and_half_height() -> None:
    assert sizes.decode("45G1").is_high_cube
    assert not sizes.decode("42G1").is_high_cube
    assert sizes.decode("28U1").is_half_height
    assert not sizes.decode("").is_half_height


@given(st.text(max_size=8))
def test_any_text_is_decoded_without_an_error(text: str) -> None:
    found = sizes.decode(text)
    assert found.is_known <= sizes.is_told(text)


# Published numbers of European vehicles: worked examples of the check digit.
@pytest.mark.parametrize("number", ["21 81 2471217-3", "50 51 26-18 001-5", "21 80 155 9 084-5"])
def test_twelve_digits_follow_the_rule(number: str) -> None:
    assert wagons.is_valid(number) is True
    assert wagons.is_valid(number[:-1] + str((int(number[-1]) + 1) % 10)) is False
    assert wagons.kind(number) is None


# A number that a public program of a railway university's course gives as one to be checked, by the same formula.
def test_eight_digits_follow_the_rule() -> None:
    assert wagons.is_valid("50701077") is True
    assert wagons.is_valid("50701078") is False


@pytest.mark.parametrize("code", ["781316", "648400"])
def test_a_published_code_of_a_station_follows_the_rule(code: str) -> None:
    assert stations.is_valid(code) is True
    assert stations.is_valid(code[:-1] + str((int(code[-1]) + 1) % 10)) is False
    assert stations.is_valid(code[:-1]) is None


@given(st.text(max_size=8))
def test_any_text_is_looked_at_as_a_code_of_a_station(text: str) -> None:
    assert stations.is_valid(text) in (True, False, None)


@given(st.text("0123456789", min_size=7, max_size=7), st.integers(0, 6), st.integers(1, 9))
def test_a_changed_digit_of_a_wagon_is_always_noticed(seven: str, place: int, step: int) -> None:
    number = seven + wagons.check_digit(seven)
    changed = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert wagons.is_valid(number) is True
    assert wagons.is_valid(changed) is False


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("24567890", WagonKind.COVERED),
        ("9412-3456", WagonKind.OTHER),
        ("52345678", WagonKind.PRIVATE),
        ("73456789", WagonKind.TANK),
        ("1234567", None),
        ("CSQU3054383", None),
    ],
)
def test_the_first_digit_tells_the_kind_of_wagon(number: str, kind: WagonKind | None) -> None:
    assert wagons.kind(number) is kind


@pytest.mark.parametrize("text", ["XT12345678", "xt 12345678", "XT-12345678"])
def test_a_carnet_number_is_known_by_its_form(text: str) -> None:
    assert documents.is_tir_carnet(text)


@pytest.mark.parametrize("text", ["", "12345678", "XT1234567", "XTR12345678", "ХТ12345678", "XT1234567８"])
def test_other_texts_are_no_carnets(text: str) -> None:
    assert not documents.is_tir_carnet(text)


def test_subheadings_of_the_edition_are_told_from_others() -> None:
    assert hs.is_subheading("630232")
    assert not hs.is_subheading("630201")
    assert not hs.is_subheading("6302")
    assert hs.digits_of("6302.32 0000") == "6302320000"
    assert hs.digits_of("6302 32x") == ""
