"""Countries of ISO 3166-1: codes and the names papers use for them, in English and Russian."""

from __future__ import annotations

import gettext
import re
from functools import cache
from typing import Final

import pycountry

# Names met in papers that the standard does not list as a name of the country.
_ALIASES: Final = {
    "RUSSIA": "RU",
    "РОССИЯ": "RU",
    "РФ": "RU",
    "TURKEY": "TR",
    "UAE": "AE",
    "ОАЭ": "AE",
    "USA": "US",
    "U S A": "US",
    "США": "US",
    "UK": "GB",
    "GREAT BRITAIN": "GB",
    "ENGLAND": "GB",
    "P R CHINA": "CN",
    "PR CHINA": "CN",
    "PRC": "CN",
    "КНР": "CN",
    "HONGKONG": "HK",
    "KOREA": "KR",
    "ЮЖНАЯ КОРЕЯ": "KR",
    "РК": "KZ",
    "КИРГИЗИЯ": "KG",
    "ТУРКМЕНИЯ": "TM",
    "БЕЛОРУССИЯ": "BY",
}
_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")


def _key(name: str) -> str:
    return _NOT_LETTERS.sub(" ", name).strip().upper()


@cache
def _names() -> dict[str, str]:
    russian = _translation("ru")
    found: dict[str, str] = {}
    for country in pycountry.countries:
        names = [country.name]
        names += [getattr(country, kind) for kind in ("common_name", "official_name") if hasattr(country, kind)]
        for name in names:
            found.setdefault(_key(name), country.alpha_2)
            found.setdefault(_key(russian.gettext(name)), country.alpha_2)
        found.setdefault(country.alpha_3, country.alpha_2)
    return {**found, **_ALIASES}


@cache
def _codes() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)


def is_known(alpha_2: str) -> bool:
    """Whether these two capital letters are assigned in ISO 3166-1."""
    return alpha_2 in _codes()


def alpha_2(text: str) -> str:
    """The two-letter code of a code or name; empty where it is not safely one country."""
    key = _key(text)
    return key if is_known(key) else _names().get(key, "")


@cache
def _translation(language: str) -> gettext.NullTranslations:
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)


def name(code: str, language: str = "en") -> str:
    """The short name of a two-letter code, in English where the language lacks it; empty where it is not assigned."""
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return ""
    return str(_translation(language).gettext(getattr(country, "common_name", country.name)))


def names(language: str = "en") -> dict[str, str]:
    """All codes with their names, in the order of the codes."""
    return {code: name(code, language) for code in sorted(_codes())}
