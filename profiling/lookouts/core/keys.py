"""The value of a lookout as it is compared: normalised as the cargo is, and judged before it is watched for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from profiling.parties.core.identity import NAME_IN_KEY, NUMBER_IN_KEY, plain_code, plain_name
from profiling.reference import iso6346, wagons
from profiling.reference.countries import is_known

NUMBER_WIDTH: Final = 35  # of equipment and seal numbers in the database


class Kind(StrEnum):
    CONTAINER = "container"
    SEAL = "seal"
    WAGON = "wagon"
    PLATE = "plate"
    TAX_NUMBER = "tax_number"
    NAME = "name"


class Fault(StrEnum):
    """Why a value is no value to watch for."""

    EMPTY = "empty"
    WILDCARD = "wildcard"
    TOO_SHORT = "too_short"
    NO_DIGIT = "no_digit"
    ONE_DIGIT = "one_digit"
    STOP_WORDS = "stop_words"


class Doubt(StrEnum):
    """What is odd about a value that may be watched for all the same."""

    WRONG_DIGIT = "wrong_digit"
    MISSING_DIGIT = "missing_digit"
    NO_CONTAINER = "no_container"
    WRONG_WAGON_DIGIT = "wrong_wagon_digit"


@dataclass(frozen=True, slots=True)
class Key:
    """`country`: ISO 3166-1 alpha-2 of a tax number where its kind tells it, else empty."""

    text: str
    country: str = ""


SHORTEST: Final = {Kind.CONTAINER: 7, Kind.SEAL: 4, Kind.WAGON: 6, Kind.PLATE: 5, Kind.TAX_NUMBER: 6, Kind.NAME: 4}
SHORTEST_HAN: Final = 2  # two Chinese characters say as much as a Latin word

_WILDCARDS: Final = re.compile(r"[*%?]")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
# What the numbers of natural persons are called, and in which country.
_PERSONAL_LABELS: Final = {
    "ИИН": "KZ", "IIN": "KZ", "ЖСН": "KZ", "ПИНФЛ": "UZ", "PINFL": "UZ", "ЖШШИР": "UZ", "JSHSHIR": "UZ",
}  # fmt: skip
# What tax numbers are called, and in which country where only one calls them so; letters alone, in capitals.
_TAX_LABELS: Final = _PERSONAL_LABELS | {
    "БИН": "KZ", "BIN": "KZ", "БСН": "KZ", "РНН": "KZ", "RNN": "KZ", "СТИР": "UZ", "STIR": "UZ",
    "USCC": "CN", "УНП": "BY", "UNP": "BY", "ИНН": "", "INN": "", "TIN": "", "VAT": "", "TAX": "", "TAXID": "",
    "TAXNUMBER": "",
}  # fmt: skip
_NUMBER_SIGN: Final = "NO"  # what "№" comes to
_LABEL: Final = re.compile(rf"({'|'.join(sorted(_TAX_LABELS, key=len, reverse=True))})(?:{_NUMBER_SIGN})?(?=[0-9])")
_COUNTRY: Final = re.compile(r"\s*([A-Za-z]{2})[\s:/.-]+(?=[0-9])")
# Legal forms, words that half of all firms have in their name, and what stands where a name is missing.
_STOP_TEXT: Final = """
    ag ao as bv co company corp corporation fze gmbh inc jsc joint kft llc llp limited ltd mchj nv ojsc ooo oao
    pao plc pte qk sa sarl sas spa sp srl stock xk zao
    ао гмбх жшс зао ип кк кфх мчж мчс оао общество ограниченной ответственностью ооо пао пк сп тоо чп чуп
    and above advised agent bank cargo carrier china consignee export express for forwarder forwarding freight
    general group import in industrial international logistic logistics na name no none not notify of or order
    party same service services shipper shipping the to trade trading transit transport unknown
    агент банк без в груз грузы группа данных для и имени импорт имя интернешнл китай компания на нет не
    неизвестен неизвестно неуказан отправитель по перевозчик получатель приказу с сервис со тот же торговая
    торговый транзит транс транспорт указан указано экспедитор экспорт
    有限公司 公司 有限责任公司 股份有限公司
"""
_STOP_WORDS: Final = frozenset(_STOP_TEXT.split())


def key_of(kind: Kind, value: str) -> Key:
    """The normalised value; its text is empty where nothing is left to compare."""
    if kind is Kind.NAME:
        return Key(plain_name(value)[:NAME_IN_KEY])
    if kind is Kind.TAX_NUMBER:
        return tax_key(value)
    return Key(plain_code(value)[:NUMBER_WIDTH])


@lru_cache(maxsize=4096)  # the same firms come up bill after bill
def tax_key(text: str) -> Key:
    """A tax number without the word for it and the letters of its country, which are kept apart."""
    number = plain_code(text)
    if label := _LABEL.match(number):
        return Key(number[label.end() :][:NUMBER_IN_KEY], _TAX_LABELS[label[1]])
    if (code := _COUNTRY.match(text)) and is_known(code[1].upper()):
        return Key(plain_code(text[code.end() :])[:NUMBER_IN_KEY], code[1].upper())
    return Key(number[:NUMBER_IN_KEY])


def is_labelled_personal(text: str) -> bool:
    """Whether the word before a tax number says that it is a natural person's."""
    label = _LABEL.match(plain_code(text))
    return label is not None and label[1] in _PERSONAL_LABELS


def tax_spellings(number: str) -> list[str]:
    """The ways in which a tax number may stand in the key of a party: bare, or run together with the word for it."""
    return [number, *(label + sign + number for label in _TAX_LABELS for sign in ("", _NUMBER_SIGN))]


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    return key_of(Kind.NAME, name).text


def fault_of(kind: Kind, value: str) -> Fault | None:
    """What forbids to watch for a value: it would match everything, or nothing that is meant."""
    if _WILDCARDS.search(value):
        return Fault.WILDCARD
    key = key_of(kind, value).text
    if not key:
        return Fault.EMPTY
    if kind is Kind.NAME:
        telling = "".join(word for word in key.split() if word not in _STOP_WORDS and len(word) > 1)
        if not telling:
            return Fault.STOP_WORDS
        return Fault.TOO_SHORT if len(telling) < (SHORTEST_HAN if _HAN.search(telling) else SHORTEST[kind]) else None
    if not any(character.isdigit() for character in key):
        return Fault.NO_DIGIT
    if len(key) < SHORTEST[kind]:
        return Fault.TOO_SHORT
    return Fault.ONE_DIGIT if len(set(key)) == 1 else None


def doubt_of(kind: Kind, value: str) -> tuple[Doubt, str] | None:
    """What is odd about a number, with the check digit that would be right (empty where none can be told)."""
    key = key_of(kind, value).text
    if kind is Kind.WAGON and wagons.is_valid(key) is False:
        return Doubt.WRONG_WAGON_DIGIT, wagons.check_digit(key[:-1])
    if kind is not Kind.CONTAINER:
        return None
    found = iso6346.check(key)
    doubts = {
        iso6346.Verdict.WRONG_DIGIT: Doubt.WRONG_DIGIT,
        iso6346.Verdict.NO_DIGIT: Doubt.MISSING_DIGIT,
        iso6346.Verdict.OTHER: Doubt.NO_CONTAINER,
    }
    doubt = doubts.get(found.verdict)
    return None if doubt is None else (doubt, found.expected)
