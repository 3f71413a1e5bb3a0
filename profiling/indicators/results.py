"""Remember what examinations came to, under the firms and goods they were about.

Outcomes live above, with the cases; they are told here when they are recorded, and only what an outcome is known by
is kept. Nothing is forgotten: a row that a later outcome replaces ends in time, so that the past of an earlier moment
stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from profiling.formats.records import Function, PartyRole
from profiling.indicators.models import PriorResult

# By what the consignment last said before the result was known: the parties, the pair, the headings, the lanes.
_REMEMBER = """
INSERT INTO indicators_priorresult (unit_id, consignment_id, source, subject, found, own, known_from)
SELECT k.unit_id, k.id, %(source)s::uuid, s.subject, %(found)s, %(own)s, %(at)s
FROM cargo_consignment k
CROSS JOIN LATERAL (
  SELECT v.id, v.origin_country, v.destination_country FROM cargo_consignmentversion v
  WHERE v.consignment_id = k.id AND NOT v.function = ANY(%(withdrawn)s) AND v.received_at <= %(at)s
  ORDER BY v.received_at DESC, v.number DESC LIMIT 1) v
CROSS JOIN LATERAL (
  SELECT 'party:' || m.party_id FROM cargo_partymention m WHERE m.version_id = v.id AND m.party_id IS NOT NULL
  UNION
  SELECT 'pair:' || m.party_id || ':' || n.party_id
  FROM cargo_partymention m JOIN cargo_partymention n ON n.version_id = m.version_id
  WHERE m.version_id = v.id AND m.role = %(shipper)s AND n.role = %(consignee)s
    AND m.party_id IS NOT NULL AND n.party_id IS NOT NULL
  UNION
  SELECT l.subject
  FROM cargo_goodsitem i CROSS JOIN LATERAL (VALUES
    ('heading:' || left(i.commodity_code, 4)),
    (CASE WHEN v.origin_country <> '' AND v.destination_country <> '' THEN
       'lane:' || v.origin_country || ':' || v.destination_country || ':' || left(i.commodity_code, 4) END)
  ) AS l(subject)
  WHERE i.version_id = v.id AND i.commodity_scheme IN ('HS', 'TNVED', 'GNG') AND length(i.commodity_code) >= 4
    AND l.subject IS NOT NULL) AS s(subject)
WHERE k.id = ANY(%(consignments)s)
ON CONFLICT (source, consignment_id, subject) DO NOTHING
"""


def remember_result(
    *, source: UUID, consignments: Sequence[int], found: bool, own: bool, at: datetime, replaces: UUID | None = None
) -> None:
    """Keep what an outcome (its `ref`) says of consignments (ids); what it replaces ends at that moment.

    own: somebody here looked. A partner who found nothing tells nothing about the cargo of this unit. Telling the same
    twice changes nothing. No consignments: the outcome was withdrawn, and only ends what it replaces.
    """
    if replaces is not None:
        PriorResult.objects.filter(source=replaces, known_until=None).update(known_until=at)
    if not consignments or not (own or found):
        return
    asked: dict[str, Any] = {
        "source": str(source),
        "consignments": list(consignments),
        "found": found,
        "own": own,
        "at": at,
        "withdrawn": [Function.CANCEL.value, Function.DELETE.value],
        "shipper": PartyRole.SHIPPER.value,
        "consignee": PartyRole.CONSIGNEE.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, asked)
