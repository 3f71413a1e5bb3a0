"""Telephones and addresses are compared by what people cannot vary at will."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.parties.core.contacts import contact_keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("+7 701 555-12-34", ("tel:7015551234",)),
        ("8 (701) 555 12 34", ("tel:7015551234",)),
        ("tel. 7015551234 / fax 7015551235", ("tel:7015551234", "tel:7015551235")),
        ("Info@Steppe.KZ, +998 90 123 45 67", ("mail:info@steppe.kz", "tel:8901234567")),
        ("a.b+c@firm.co.uz;a.b+c@firm.co.uz", ("mail:a.b+c@firm.co.uz",)),
        ("office 12, ext 4567", ()),
        ("1234567890123456", ()),
        ("", ()),
        ("７０１５５５１２３４", ("tel:7015551234",)),
        ("mail 87015551234@mail.ru", ("mail:87015551234@mail.ru",)),
    ],
)
def test_what_a_text_gives(text: str, keys: tuple[str, ...]) -> None:
    assert contact_keys(text) == keys


@given(st.text(max_size=200))
def test_any_text_gives_keys_that_fit_and_none_twice(text: str) -> None:
    keys = contact_keys(text)
    assert len(keys) == len(set(keys))
    assert all(len(key) <= 120 and key.startswith(("tel:", "mail:")) and " " not in key for key in keys)
