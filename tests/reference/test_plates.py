"""Plates of trucks and trailers: whose form each has, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.formats.records import EquipmentKind
from profiling.reference import plates

TRUCK, TRAILER = EquipmentKind.TRUCK, EquipmentKind.TRAILER


@pytest.mark.parametrize(
    ("plate", "kind", "country"),
    [
        ("123 ABC 02", TRUCK, "KZ"),
        ("A 585 CUO", TRUCK, "KZ"),
        ("KZ 453 DXA 12", TRUCK, "KZ"),
        ("01 A 123 BC", TRUCK, "UZ"),
        ("10 123 ABC", TRUCK, "UZ"),
        ("40 H 012345", TRUCK, "UZ"),
        ("10 1234 AB", TRAILER, "UZ"),
        ("1234 AB 01", TRUCK, "TJ"),
        ("01 123 ABC", TRUCK, "KG"),
        ("01KG123ABC", TRUCK, "KG"),
        ("Х 1234 АВ", TRUCK, "KG"),
        ("А 123 ВС 777", TRUCK, "RU"),
        ("АВ 1234 54", TRAILER, "RU"),
        ("HRT 12345 L", TRUCK, "AF"),
        ("29D728-63", TRUCK, "IR"),
        ("۲۹ع۷۲۸۶۳", TRUCK, "IR"),
        ("新F·12345", TRUCK, "CN"),
        ("新 F 1234 挂", TRAILER, "CN"),
    ],
)
def test_a_plate_has_the_form_of_its_country_however_it_is_written(
    plate: str, kind: EquipmentKind, country: str
) -> None:
    assert country in plates.countries(plate, kind)
    assert plates.is_known(plate, kind) is True


@pytest.mark.parametrize("plate", ["12", "ABCDEFGH", "123456789012", "TRUCK 1", "А 12З ВС 777", "123 ABC 99"])
def test_what_has_no_form_of_the_region_is_told(plate: str) -> None:
    assert plates.is_known(plate, TRUCK) is False


def test_a_trailer_of_china_has_its_sign_and_a_truck_has_not() -> None:
    assert "CN" not in plates.countries("新F1234挂", TRUCK)


@pytest.mark.parametrize(("text", "kind"), [("", TRUCK), (" - ", TRAILER), ("MSKU1234565", EquipmentKind.CONTAINER)])
def test_nothing_is_said_of_what_bears_no_plate(text: str, kind: EquipmentKind) -> None:
    assert plates.is_known(text, kind) is None


@given(st.text(max_size=20), st.sampled_from([TRUCK, TRAILER]))
def test_any_text_is_looked_at_without_an_error_and_alike_in_any_case(text: str, kind: EquipmentKind) -> None:
    assert plates.countries(text, kind) <= set(plates.COUNTRIES)
    assert plates.normalise(plates.normalise(text)) == plates.normalise(text)
