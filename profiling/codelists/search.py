"""Looking codes up: by the beginning of the code or a part of the name, in loaded lists and those of packages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Count, F, Max, Q, Value, When

from profiling.codelists.models import Entry, Load, Place, Rate
from profiling.reference import hs
from profiling.reference.files.rows import Kind

SHORTEST: Final = 2
LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """One code. of: the edition of the Harmonized System, the scheme of a place; "" for lists of one edition."""

    kind: str
    code: str
    name: str
    name_ru: str = ""
    of: str = ""
    country: str = ""
    in_words: str = ""
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """How many codes stand in a list: per scheme of places, edition, or bank, with the newest day of its rates."""

    kind: str
    of: str
    count: int
    newest: Any = None


def search(user: Any, words: str, kind: str = "", limit: int = 50) -> list[Hit]:
    """Exact codes first, then by code. Rates are not searched. At most two queries."""
    asked = words.replace("\0", "").strip()[:LONGEST]
    if len(asked) < SHORTEST or kind == Kind.RATES:
        return []
    matches = Q(code__istartswith=asked) | Q(name__icontains=asked) | Q(name_ru__icontains=asked)
    hits: list[Hit] = []
    if kind in ("", Kind.PLACES):
        places = Place.objects.visible_to(user).filter(matches)
        hits += map(_place, places.order_by(_exactly(asked), "code", "pk")[:limit])
    if kind != Kind.PLACES:
        entries = Entry.objects.visible_to(user).filter(matches, **({"kind": kind} if kind else {}))
        hits += map(_entry, entries.order_by(_exactly(asked), "code", "kind", "edition", "pk")[:limit])
    if kind in ("", Kind.HS) and not any(hit.kind == Kind.HS and hit.of == hs.EDITION for hit in hits):
        hits += _packaged(asked)
    return sorted(hits, key=lambda hit: hit.code.upper() != asked.upper())[:limit]


def _exactly(asked: str) -> Any:
    """Sorts the very code before those that only begin like it."""
    return Case(When(code__iexact=asked, then=Value(0)), default=Value(1))


def _place(place: Place) -> Hit:
    return Hit(
        Kind.PLACES,
        place.code,
        place.name,
        place.name_ru,
        place.scheme,
        place.country,
        place.in_words,
        place.is_withdrawn or place.valid_to is not None,
    )


def _entry(entry: Entry) -> Hit:
    country = entry.details.get("country", "")
    return Hit(
        entry.kind, entry.code, entry.name, entry.name_ru, entry.edition, country, entry.in_words, entry.is_withdrawn
    )


def _packaged(asked: str) -> Iterable[Hit]:
    """The entry of the edition that comes with a package, where the very code is asked for."""
    digits = hs.digits_of(asked)
    if hs.is_listed(digits):
        text = hs.describe(digits)
        yield Hit(Kind.HS, digits, text, of=hs.EDITION, in_words=text)


def contents(user: Any) -> list[Part]:
    """What is in the tables. Three queries."""
    places = Place.objects.visible_to(user).values("scheme").annotate(n=Count("pk")).order_by("scheme")
    entries = Entry.objects.visible_to(user).values("kind", "edition").annotate(n=Count("pk"))
    rates = Rate.objects.visible_to(user).values("source").annotate(n=Count("pk"), newest=Max("day"))
    return [
        *(Part(Kind.PLACES, row["scheme"], row["n"]) for row in places),
        *(Part(row["kind"], row["edition"], row["n"]) for row in entries.order_by("kind", "edition")),
        *(Part(Kind.RATES, row["source"], row["n"], row["newest"]) for row in rates.order_by("source")),
    ]


def place_names(codes: Collection[str]) -> dict[str, str]:
    """The listed name of each code of a place, in the reader's language; UN/LOCODE first.

    One query, also where no code is asked for: a page takes as many for one consignment as for another.
    """
    names: dict[str, str] = {}
    for place in Place.objects.filter(code__in={"", *codes}).order_by(F("scheme").desc(), "pk"):
        names.setdefault(place.code, place.in_words)
    return names


def loads(user: Any, limit: int = 100) -> list[Load]:
    """The files loaded, newest first. One query."""
    return list(Load.objects.visible_to(user).select_related("loaded_by").order_by("-loaded_at", "-pk")[:limit])
