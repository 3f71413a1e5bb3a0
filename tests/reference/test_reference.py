"""Reference look-ups: container and wagon numbers, countries, commodity headings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.formats.generate import container_number, wagon_number
from profiling.reference import countries, hs, iso6346, wagons
from profiling.reference.iso6346 import Verdict


# CSQU3054383 is the worked example of the standard.
@pytest.mark.parametrize("text", ["CSQU3054383", "csqu 305438 3", "CSQU-305438/3", " CSQU 3054383 "])
def test_a_container_number_is_valid_however_it_is_spaced(text: str) -> None:
    found = iso6346.check(text)
    assert found.verdict is Verdict.VALID
    assert str(found) == "CSQU 305438 3"
    assert (found.owner, found.category, found.serial, found.digit) == ("CSQ", "U", "305438", "3")


def test_a_wrong_digit_is_told_with_the_right_one() -> None:
    found = iso6346.check("CSQU3054384")
    assert (found.verdict, found.expected) == (Verdict.WRONG_DIGIT, "3")


def test_ten_characters_lack_their_digit() -> None:
    found = iso6346.check("CSQU305438")
    assert (found.verdict, found.expected, str(found)) == (Verdict.NO_DIGIT, "3", "CSQU 305438")


@pytest.mark.parametrize("text", ["", "98765432", "CSQA3054383", "373MOB907417", "CSQU30543833", "СSQU3054383"])
def test_other_numbers_are_no_container_numbers(text: str) -> None:
    found = iso6346.check(text)
    assert found.verdict is Verdict.OTHER
    assert not found.is_container
    assert str(found) == iso6346.normalise(text)


@pytest.mark.parametrize("category", sorted(iso6346.CATEGORIES))
def test_each_category_letter_is_accepted(category: str) -> None:
    ten = f"ABC{category}123456"
    assert iso6346.check(ten + str(iso6346.remainder(ten) % 10)).verdict is Verdict.VALID


def test_a_remainder_of_ten_is_written_as_nought() -> None:
    ten = next(t for t in (f"ABCU{n:06d}" for n in range(1000)) if iso6346.remainder(t) == 10)
    found = iso6346.check(ten + "0")
    assert found.verdict is Verdict.VALID
    assert found.ambiguous


@given(st.integers(0, 999_999), st.integers(4, 9), st.integers(1, 9))
def test_a_changed_digit_is_noticed_unless_the_remainder_is_ten(serial: int, place: int, step: int) -> None:
    number = container_number("PCVU", serial)
    changed = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    found, other = iso6346.check(number), iso6346.check(changed)
    assert found.verdict is Verdict.VALID
    assert other.verdict is Verdict.WRONG_DIGIT or found.ambiguous or other.ambiguous


@given(st.text())
def test_any_text_gets_a_verdict(text: str) -> None:
    assert iso6346.check(text).verdict in Verdict
    assert wagons.is_valid(text) in (True, False, None)
    assert isinstance(countries.alpha_2(text), str)
    hs.describe(text)


def test_wagon_digits_follow_the_rule() -> None:
    # 2*1 + 1*2 + 2*3 + 1*4 + 2*5 (1+0) + 1*6 + 2*7 (1+4) = 26, so 4 fills up to 30.
    assert wagons.check_digit("1234567") == "4"
    assert wagons.is_valid("1234-5674") is True
    assert wagons.is_valid("12345675") is False
    assert wagons.is_valid("1234567") is None
    assert wagons.is_valid("CSQU3054383") is None


@given(st.integers(0, 99_999))
def test_generated_wagons_have_the_right_digit(serial: int) -> None:
    assert wagons.is_valid(wagon_number(serial)) is True


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kz", "KZ"),
        ("KAZ", "KZ"),
        ("Kazakhstan", "KZ"),
        ("Казахстан", "KZ"),
        ("Republic of Kazakhstan", "KZ"),
        ("Iran, Islamic Republic of", "IR"),
        ("Turkey", "TR"),
        ("P.R. China", "CN"),
        ("КНР", "CN"),
        ("Russia", "RU"),
        ("Viet Nam", "VN"),
        ("XX", ""),
        ("Kazakh", ""),
        ("", ""),
    ],
)
def test_country_names_and_codes_become_two_letters(text: str, code: str) -> None:
    assert countries.alpha_2(text) == code


def test_every_alias_leads_to_an_assigned_code() -> None:
    assert all(countries.is_known(code) for code in countries._names().values())
    assert countries.name("KZ") == "Kazakhstan"
    assert countries.name("XX") == ""


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("950300", "subheading"),
        ("9503.00.7000", "subheading"),
        ("95039999", "heading"),
        ("8708", "heading"),
        ("87", "chapter"),
        ("8799", "chapter"),
        ("77", None),
        ("0", None),
        ("", None),
        ("87O8", None),
    ],
)
def test_a_commodity_code_is_known_as_deep_as_it_exists(code: str, level: str | None) -> None:
    assert hs.known_level(code) == level
    assert bool(hs.describe(code)) == (level is not None)
