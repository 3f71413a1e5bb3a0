"""Count how measures are spread over a unit's own consignments, so that one of them can be held against its peers.

Counted once a day, for a chunk could not look at two years of goods. A group is used by what was received after it was
counted, and kept for some days, because what came before is scored anew when a paper comes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from pcu.accounts.models import Unit
from profiling.formats.records import Function
from profiling.indicators.history import WINDOW_MONTHS, months_before
from profiling.indicators.models import PeerGroup

KEPT = timedelta(days=14)
SMALLEST = 5  # members from which on quantiles are kept; the rules of use ask for more (`memory.ENOUGH_PEERS`)
_STEPS = [percent / 100 for percent in range(0, 101, 5)]

# What each consignment said last; of goods only those of one heading, for a mixed load is nobody's peer.
_COUNT = """
WITH told AS (
  SELECT v.id, v.origin_country AS origin, v.destination_country AS destination, v.gross_kg, v.volume_m3,
         v.value, v.currency, v.freight, v.freight_currency, c.mode
  FROM cargo_consignment k
  JOIN cargo_consignmentversion v ON v.id = k.current_id
  JOIN cargo_conveyancecall c ON c.id = k.call_id
  WHERE k.unit_id = %(unit)s AND v.received_at >= %(since)s AND v.received_at < %(until)s AND v.function <> %(cancel)s
), goods AS (
  SELECT i.version_id AS id, nullif(sum(i.net_kg), 0) AS net_kg,
         CASE WHEN min(left(i.commodity_code, 4)) = max(left(i.commodity_code, 4))
               AND bool_and(i.commodity_scheme IN ('HS', 'TNVED', 'GNG') AND length(i.commodity_code) >= 4)
              THEN min(left(i.commodity_code, 4)) END AS heading,
         bool_and(i.net_kg IS NOT NULL) AS is_weighed
  FROM cargo_goodsitem i JOIN told ON told.id = i.version_id
  GROUP BY i.version_id
), peers AS (
  SELECT told.*, goods.heading, coalesce(CASE WHEN goods.is_weighed THEN goods.net_kg END, told.gross_kg) AS kg
  FROM told LEFT JOIN goods USING (id)
), measured AS (
  SELECT 'origin' AS measure, heading || ':' || origin AS key, NULL::float8 AS x
  FROM peers WHERE heading IS NOT NULL AND origin <> ''
  UNION ALL
  SELECT 'origin', heading || ':', NULL FROM peers WHERE heading IS NOT NULL
  UNION ALL
  SELECT 'value', heading || ':' || origin || ':' || currency, (value / kg)::float8
  FROM peers WHERE heading IS NOT NULL AND origin <> '' AND currency <> '' AND value > 0 AND kg > 0
  UNION ALL
  SELECT 'density', heading || ':' || origin, (gross_kg / volume_m3)::float8
  FROM peers WHERE heading IS NOT NULL AND origin <> '' AND gross_kg > 0 AND volume_m3 > 0
  UNION ALL
  SELECT 'freight', origin || ':' || destination || ':' || mode || ':' || freight_currency, (freight / kg)::float8
  FROM peers
  WHERE origin <> '' AND destination <> '' AND mode <> '' AND freight_currency <> '' AND freight > 0 AND kg > 0
)
INSERT INTO indicators_peergroup (unit_id, measure, key, counted_until, size, quantiles)
SELECT %(unit)s, measure, key, %(until)s, count(*),
       CASE WHEN count(x) >= %(smallest)s THEN percentile_cont(%(steps)s::float8[]) WITHIN GROUP (ORDER BY x)
            ELSE ARRAY[]::float8[] END
FROM measured GROUP BY measure, key
ON CONFLICT (unit_id, measure, key, counted_until) DO NOTHING
"""


@transaction.atomic
def count_peers(*, unit: Unit, until: datetime) -> int:
    """Count the groups of a unit over the 24 months before `until`; how many there are. Older counts go."""
    PeerGroup.objects.filter(unit=unit, counted_until__lt=until - KEPT).delete()
    asked: dict[str, Any] = {
        "unit": unit.pk,
        "since": months_before(until, WINDOW_MONTHS),
        "until": until,
        "cancel": Function.CANCEL.value,
        "smallest": SMALLEST,
        "steps": _STEPS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, asked)
        return int(cursor.rowcount)
