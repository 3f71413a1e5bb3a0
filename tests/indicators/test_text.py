"""The normal form of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.indicators.text import BOUNDARY, join_texts, normalise, words


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Bed-linen, POLYESTER (printed)", " bed linen polyester printed "),
        ("Ёлочные  игрушки", " елочные игрушки "),
        ("и\u0306од", " йод "),
        ("ＦＡＫ　cargo", " fak cargo "),
        ("STRASSE straße", " strasse strasse "),
        ("snake_case", " snake case "),
        ("...—  ", ""),
        ("", ""),
    ],
)
def test_a_text_has_one_normal_form(written: str, normal: str) -> None:
    assert normalise(written) == normal


@given(st.text())
def test_the_normal_form_is_stable_and_padded_with_single_spaces(text: str) -> None:
    normal = normalise(text)
    assert normalise(normal) == normal
    assert BOUNDARY not in normal
    assert "  " not in normal
    assert normal == "" or (normal[0] == normal[-1] == " " and normal.strip())


@given(st.lists(st.text(alphabet="ab ,", max_size=8), max_size=4))
def test_a_phrase_is_found_in_joined_texts_only_where_one_of_them_holds_it(texts: list[str]) -> None:
    joined = join_texts(texts)
    for phrase in ("a", "a b", "b a"):
        assert (normalise(phrase) in joined) == any(normalise(phrase) in normalise(text) for text in texts)


def test_the_same_text_on_many_lines_is_kept_once() -> None:
    assert join_texts(["Cotton", "cotton!", "Linen"]) == " cotton | linen "
    assert words("Cotton, linen") == ["cotton", "linen"]
