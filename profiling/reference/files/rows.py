"""What the files of code lists and rates say: rows of places, codes and rates, and what is wrong with a row.

Readers are pure: bytes in, rows out. A row that cannot be used comes out as a `Fault` with its line and does not
stop the others; only a file that is no file of its kind raises `FileError`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


def _(sentence: str) -> str:
    return sentence


class Kind(StrEnum):
    """The tables that can be loaded."""

    PLACES = "places"  # UN/LOCODE, stations, customs offices, border posts
    HS = "hs"
    PACKAGES = "packages"  # UN/ECE Recommendation 21
    UNITS = "units"  # UN/ECE Recommendation 20
    CURRENCIES = "currencies"  # ISO 4217
    COUNTRIES = "countries"  # ISO 3166-1
    OWNERS = "owners"  # owner prefixes of containers (BIC)
    RATES = "rates"


# Tables of which several editions stand beside each other; of the others the newest file says what holds.
BY_EDITION: Final = frozenset({Kind.HS})

PROBLEMS: Final[Mapping[str, str]] = {
    "file_unreadable": _("This file is of none of the forms that {kind} are read from: {forms}."),
    "file_too_large": _("The file is larger than {limit} MB and was not read."),
    "archive_unreadable": _("This is no ZIP archive that can be read."),
    "archive_too_large": _("The archive unpacks to more than {limit} MB and was not read."),
    "workbook_unreadable": _("This is no XLSX workbook that can be read."),
    "xml_broken": _("The XML is not well formed."),
    "xml_doctype": _("The XML has a document type declaration, which is not read here."),
    "json_broken": _("This is not valid JSON."),
    "edition_missing": _("The file does not say which edition it is: give one of {editions}."),
    "edition_unknown": _("{edition} is no edition of the Harmonized System."),
    "columns_short": _("The row has {found} columns, {needed} are needed."),
    "code_malformed": _("The code does not have the form of its list."),
    "name_missing": _("The entry has no name."),
    "country_unknown": _("The country is not in ISO 3166-1."),
    "coordinates_malformed": _("The coordinates cannot be read; the place was kept without them."),
    "scheme_unknown": _("The scheme must be one of: {allowed}."),
    "date_malformed": _("This is no date."),
    "rate_malformed": _("The rate must be a number above zero."),
    "currency_malformed": _("The currency must be three capital letters."),
}


class FileError(ValueError):
    """The file as a whole cannot be used. `code` is a key of PROBLEMS."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Place:
    """scheme: "unlocode", "station", "customs_office", "border_post". Degrees, north and east positive.

    functions: UN/LOCODE's eight characters ("1-3-----": port and road). kind: what it is to a unit, "" where only
    functions tell. names: other spellings it is known by.
    """

    line: int
    scheme: str
    code: str
    name: str
    country: str
    name_ru: str = ""
    subdivision: str = ""
    kind: str = ""
    functions: str = ""
    status: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    is_withdrawn: bool = False
    names: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of a list. details: what the list says besides, as plain JSON values."""

    line: int
    code: str
    name: str
    name_ru: str = ""
    is_withdrawn: bool = False
    details: Mapping[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Rate:
    """As published on a day: `hub_units` of the hub currency are worth `currency_units` of the other.

    The European Central Bank says 1 EUR = 1.08 USD (hub EUR, 1; currency USD, 1.08); the National Bank of Kazakhstan
    100 AMD = 131.2 KZT (hub KZT, 131.2; currency AMD, 100).
    """

    line: int
    source: str  # "ecb", "nbk", "nbt", "cbu", "cbr" or the name given in a file of our own form
    day: date
    hub: str
    hub_units: Decimal
    currency: str
    currency_units: Decimal


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was not used, or used in part. line: of the text, row of the sheet, number of the record in JSON."""

    line: int
    code: str
    received: str = ""
    part: str = ""  # the file in an archive, the sheet of a workbook
    params: Mapping[str, Any] = dataclasses.field(default_factory=lambda: MappingProxyType({}))


Row = Place | Entry | Rate


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of itself, told before its rows. edition: "" where it does not say."""

    form: str
    edition: str = ""


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The English sentence of a problem, filled in: for logs and commands."""
    return PROBLEMS[code].format(**params)
