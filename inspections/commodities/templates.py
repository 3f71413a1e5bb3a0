"""The templates, by commodity and version. A new version is a new entry beside the old: records keep theirs."""

from __future__ import annotations

from collections.abc import Mapping

from inspections.commodities import controlled, traded
from inspections.commodities.fields import Template

_ALL = (
    controlled.DRUGS, controlled.PRECURSORS, traded.TOBACCO, controlled.ARMS, traded.COUNTERFEIT, controlled.CITES,
    traded.WASTE, traded.CURRENCY, controlled.MEDICINES, controlled.CULTURAL, traded.ANYTHING,
)  # fmt: skip
_BY_VERSION: Mapping[tuple[str, int], Template] = {(one.commodity, one.version): one for one in _ALL}


def template(commodity: str, version: int) -> Template:
    """The template as it stood in that version. Raises KeyError."""
    return _BY_VERSION[commodity, version]


def newest(commodity: str) -> Template:
    """The template in force. Raises KeyError for what is no commodity."""
    return _BY_VERSION[commodity, max(version for code, version in _BY_VERSION if code == commodity)]


def all_newest() -> tuple[Template, ...]:
    """The templates in force, in the order of the commodities."""
    return tuple(newest(code) for code in dict.fromkeys(one.commodity for one in _ALL))
