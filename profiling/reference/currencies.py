"""Currencies of ISO 4217: codes and names."""

from __future__ import annotations

import gettext
from functools import cache
from typing import Any

import pycountry


@cache
def codes() -> tuple[str, ...]:
    """Every code in use, in order."""
    return tuple(sorted(currency.alpha_3 for currency in pycountry.currencies))


def is_known(code: str) -> bool:
    """Whether these three capital letters are assigned."""
    return code in _known()


@cache
def _known() -> frozenset[str]:
    return frozenset(codes())


def names(language: str = "en") -> dict[str, str]:
    """All codes with their names, in English where the language lacks one."""
    translation = gettext.translation("iso4217", pycountry.LOCALES_DIR, languages=[language], fallback=True)
    return {one.alpha_3: str(translation.gettext(one.name)) for one in sorted(pycountry.currencies, key=_code)}


def _code(currency: Any) -> str:
    return str(currency.alpha_3)
