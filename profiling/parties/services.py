"""Parties: find or make the firms and persons that a message mentions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from pcu.accounts.models import Unit
from pcu.among import Among
from pcu.arrays import array_text
from pcu.ids import uuid7
from pcu.rows import insert_new
from profiling.parties.models import Party


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A party as a message names it; its key is `parties.core.identity.identity_key`."""

    name: str
    country: str
    tax_id: str


def resolve(*, unit: Unit, mentioned: Mapping[str, Mentioned], seen_at: datetime) -> dict[str, int]:
    """Identity key to party id, for every key; parties not known yet are made. At most three queries."""
    known = _read(unit, mentioned)
    missing = {key: party for key, party in mentioned.items() if key not in known}
    made = insert_new(
        Party,
        ("unit", "key"),
        [
            {
                "ref": uuid7(),
                "unit": unit.pk,
                "key": key,
                "name": party.name[:350],
                "country": party.country[:2],
                "tax_id": party.tax_id[:35],
                "first_seen_at": seen_at,
            }
            for key, party in missing.items()
        ],
    )
    known.update({key: pk for (_unit, key), pk in made.items()})
    raced = [key for key in missing if key not in known]
    if raced:
        known.update(_read(unit, dict.fromkeys(raced)))
    return known


def seen_earlier(*, party_ids: Iterable[int], seen_at: datetime) -> None:
    """History tells that parties were seen before what was known of them. Locks in order, as several tell at once."""
    later = Party.objects.filter(pk__in=list(party_ids), first_seen_at__gt=seen_at).order_by("pk")
    Party.objects.filter(pk__in=list(later.select_for_update(no_key=True).values_list("pk", flat=True))).update(
        first_seen_at=seen_at
    )


_CONTACTS = """
INSERT INTO parties_partycontact (party_id, unit_id, key, first_seen_at)
SELECT DISTINCT a.party, %(unit)s::bigint, a.key, %(seen)s::timestamptz
FROM unnest(%(party)s::bigint[], %(key)s::text[]) AS a(party, key)
WHERE NOT EXISTS (SELECT FROM parties_partycontact c
                  WHERE c.party_id = a.party AND c.key = a.key AND c.first_seen_at <= %(seen)s)
ORDER BY 1, 3
ON CONFLICT (party_id, key) DO UPDATE SET first_seen_at = EXCLUDED.first_seen_at
  WHERE parties_partycontact.first_seen_at > EXCLUDED.first_seen_at
"""


def note_contacts(*, unit: Unit, given: Iterable[tuple[int, str]], seen_at: datetime) -> None:
    """Remember which contacts parties (ids) gave, as keys of `parties.core.contacts`; what is known costs no write.

    One query, none where nobody gave any. In order of their keys, so that two chunks do not wait for each other.
    """
    pairs = sorted(set(given))
    if not pairs:
        return
    asked: dict[str, Any] = {
        "unit": unit.pk,
        "seen": seen_at,
        "party": array_text(pk for pk, _key in pairs),
        "key": array_text(key for _pk, key in pairs),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, asked)


def _read(unit: Unit, keys: Mapping[str, object]) -> dict[str, int]:
    return dict(Party.objects.filter(Among("key", keys, array="text"), unit=unit).values_list("key", "pk"))
