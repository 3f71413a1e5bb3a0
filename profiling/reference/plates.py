"""Registration plates of trucks and trailers of the countries that meet at the posts of the region: their forms.

Of each country the forms in use, from public descriptions (the encyclopedia articles on vehicle registration plates of
the country, and GOST R 50577-2018 for Russia); none was held against the text of a national standard but by them. X is
a letter, 9 a digit, R the digits of the region:

    KZ  999XXRR, 999XXXRR (since 2012); X999XX, X999XXX (before); trailers 99XXXRR, 99XXRR, 9999XRR and X9999 (before)
    UZ  RRX999XX, RR999XXX (since 2008), RRX9999 before; trailers RR9999XX; of foreigners RRM999999, RRH999999
    TJ  9999XXRR, 9999XRR, 999XXXRR (legal persons), X9999RR, XX9999RR (private)
    KG  RR999XXX, RRKG999XXX (since 2015); RR9999X, RR9999XX; X9999XX, X9999X (1994 series)
    RU  X999XXRR(R); trailers XX9999RR(R); of foreign firms and persons XX999XRR(R); transit XX999999
    TM  XX9999XX, 9999XXX
    AF  XXX99999X: the province, up to six digits, L for a lorry or its Persian letter
    IR  99X99999: two digits, a Persian letter, three digits, two of the province; XX9999 in latin for transit
    CN  a character of the province, a letter, five or six signs; trailers end in 挂; latin as XX99999, without it

A plate is written with or without blanks, hyphens and the sign of the country, in Latin or Cyrillic letters of the same
shape. A form that is none of these is worth a look, never a refusal: series change, and carriers come from elsewhere.
"""

from __future__ import annotations

import re
from typing import Final

from profiling.formats.records import EquipmentKind

# Letters that Cyrillic and Latin plates share.
_SAME: Final = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PERSIAN: Final = "آابپتثجدرزژسشصطعفقکگلمنوهی"
_SHARED: Final = "ABEKMHOPCTYX"
_SEPARATORS: Final = re.compile(r"[\s\-_.·/()]+")
_PERSIAN_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")

_TRUCKS: Final = {
    "KZ": (r"\d{3}[A-Z]{2,3}(?:0[1-9]|1\d|20)", r"[A-Z]\d{3}[A-Z]{2,3}"),
    "UZ": (r"\d{2}[A-Z]\d{3}[A-Z]{2}", r"\d{2}\d{3}[A-Z]{3}", r"\d{2}[MH]\d{6}", r"\d{2}[A-Z]\d{4}"),
    "TJ": (r"\d{4}[A-Z]{1,2}0\d", r"\d{3}[A-Z]{2,3}0\d", r"[A-Z]{1,2}\d{4}0\d"),
    "KG": (r"0\d(?:KG)?\d{3}[A-Z]{2,3}", r"0\d(?:KG)?\d{4}[A-Z]{1,2}", r"[A-Z]\d{4}[A-Z]{1,2}"),
    "RU": (
        rf"[{_SHARED}]\d{{3}}[{_SHARED}]{{2}}\d{{2,3}}",
        rf"[{_SHARED}]{{2}}\d{{3}}[{_SHARED}]\d{{2,3}}",
        rf"[{_SHARED}]{{2}}\d{{6}}(?:\d{{2,3}})?",
    ),
    "TM": (r"[A-Z]{2}\d{4}[A-Z]{2}", r"\d{4}[A-Z]{3}"),
    "AF": (r"[A-Z]{3}\d{1,6}[A-Z]?", rf"[A-Z]{{3}}\d{{1,6}}[{_PERSIAN}]"),
    "IR": (rf"\d{{2}}[{_PERSIAN}A-Z]\d{{5}}", r"\d{2}[A-Z]\d{3}IR\d{2}"),
    "CN": (rf"[{_PROVINCES}][A-Z][A-Z0-9]{{5,6}}", r"[A-Z]{2}[A-Z0-9]{5}"),
}
_TRAILERS: Final = {
    "KZ": (r"\d{2}[A-Z]{2,3}(?:0[1-9]|1\d|20)", r"\d{4}[A-Z](?:0[1-9]|1\d|20)", r"[A-Z]{1,2}\d{4}"),
    "UZ": (r"\d{2}\d{4}[A-Z]{2}", r"\d{2}[A-Z]{2}\d{4}"),
    "TJ": (r"\d{4}[A-Z]{1,2}0\d", r"[A-Z]{1,2}\d{4}0\d", r"\d{3}[A-Z]{2}0\d"),
    "KG": (r"0\d(?:KG)?\d{3,4}[A-Z]{1,3}", r"[A-Z]\d{4}P"),
    "RU": (rf"[{_SHARED}]{{2}}\d{{4}}\d{{2,3}}",),
    "TM": (r"[A-Z]{2}\d{4}[A-Z]{0,2}",),
    "AF": _TRUCKS["AF"],
    "IR": _TRUCKS["IR"],
    "CN": (rf"[{_PROVINCES}][A-Z][A-Z0-9]{{4}}挂", r"[A-Z]{2}[A-Z0-9]{4,5}"),
}


def _compiled(forms: dict[str, tuple[str, ...]]) -> dict[str, re.Pattern[str]]:
    return {country: re.compile(f"(?:{'|'.join(each)})\\Z") for country, each in forms.items()}


_FORMS: Final = {EquipmentKind.TRUCK: _compiled(_TRUCKS), EquipmentKind.TRAILER: _compiled(_TRAILERS)}
COUNTRIES: Final = tuple(sorted(_TRUCKS))


def normalise(text: str) -> str:
    """A plate in capitals without separators, Cyrillic letters as the Latin ones of their shape, digits as 0 to 9."""
    return _SEPARATORS.sub("", text.strip().upper()).translate(_PERSIAN_DIGITS).translate(_SAME)


def countries(text: str, kind: EquipmentKind) -> frozenset[str]:
    """Countries (ISO 3166-1 alpha-2) of which a plate has a form; none of a kind that bears no plate.

    The sign of the country before or behind the plate is taken off.
    """
    forms = _FORMS.get(kind)
    if forms is None:
        return frozenset()
    plate = normalise(text)
    found = {country for country, form in forms.items() if form.match(plate)}
    for country, form in forms.items():
        if (plate.startswith(country) and form.match(plate[2:])) or (
            plate.endswith(country) and form.match(plate[:-2])
        ):
            found.add(country)
    return frozenset(found)


def is_known(text: str, kind: EquipmentKind) -> bool | None:
    """Whether a plate has the form of any country here; None where it is no plate of a truck or a trailer, or blank."""
    if kind not in _FORMS or not normalise(text):
        return None
    return bool(countries(text, kind))
