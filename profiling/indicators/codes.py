"""What the code lists say of the subjects of a chunk, read for all of them together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from profiling.codelists.lookup import Answer, Asked, look_up
from profiling.indicators.commodities import unlisted
from profiling.indicators.facts import CodeFacts, SubjectFacts
from profiling.reference import iso6346
from profiling.reference.files.rows import Kind
from profiling.reference.places import is_locode

_DOLLAR: Final = Asked().target
_ONLY_DOLLARS: Final = CodeFacts(usd=Decimal(1))


def with_codes(subjects: Sequence[SubjectFacts], loaded: Collection[str]) -> list[SubjectFacts]:
    """The same subjects with their `codes`; at most three queries for all of them. loaded: see `loaded_lists`."""
    if not subjects:
        return []
    if not loaded:
        # A dollar is a dollar without any list; of all else nothing is known and nothing need be looked at.
        return [
            replace(subject, codes=_ONLY_DOLLARS) if subject.currency == _DOLLAR else subject for subject in subjects
        ]
    answer = look_up(
        Asked(
            places={code for subject in subjects for code in _places(subject)},
            packages={code for subject in subjects for code in _packages(subject)},
            owners={owner for subject in subjects for owner in _owners(subject)},
            hs={code for subject in subjects for code in unlisted(subject)},
            currencies={subject.currency for subject in subjects if subject.currency},
            days={_day(subject) for subject in subjects},
        ),
        loaded,
    )
    return [replace(subject, codes=_codes(subject, answer)) for subject in subjects]


def _codes(subject: SubjectFacts, answer: Answer) -> CodeFacts:
    known = answer.known.get(Kind.HS, ())
    return CodeFacts(
        unknown_places=answer.unknown(Kind.PLACES, _places(subject)),
        unknown_packages=answer.unknown(Kind.PACKAGES, _packages(subject)),
        unknown_owners=answer.unknown(Kind.OWNERS, _owners(subject)),
        other_editions=frozenset(code for code in unlisted(subject) if code in known),
        usd=answer.worth(subject.currency, _day(subject)) if subject.currency else None,
    )


def _places(subject: SubjectFacts) -> list[str]:
    """A code of another scheme (a station, a customs office) is not looked up in UN/LOCODE."""
    told = (subject.loading_place, subject.discharge_place, subject.receipt_place, subject.delivery_place)
    return [code for code in told if is_locode(code)]


def _packages(subject: SubjectFacts) -> list[str]:
    return [item.package_code.upper() for item in subject.items if item.package_code]


def _owners(subject: SubjectFacts) -> list[str]:
    return [owner for visit in subject.containers if (owner := iso6346.check(visit.number).owner)]


def _day(subject: SubjectFacts) -> date:
    return subject.received_at.astimezone(subject.zone).date()
