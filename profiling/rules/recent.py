"""A firm over time: what its consignments scored in the days before, for the indicators of `indicators.memory`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pcu.arrays import array_text
from pcu.sql import fetch
from profiling.formats.records import PartyRole
from profiling.indicators.above import ScoresOf
from profiling.indicators.memory import Recent
from profiling.rules.models import Lane

MENTIONS = 500  # of one consignee looked at, the newest; beyond them the sums are "at least"

# Each consignment counts by the last assessment that was made before the moment; what a release in shadow says of it
# stands elsewhere.
_RECENT = """
SELECT a.nr, count(*), coalesce(sum(s.score), 0), count(*) FILTER (WHERE s.flagged)
FROM unnest(%(nr)s::int[], %(party)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[],
            %(own)s::bigint[]) AS a(nr, party, since, until, own)
CROSS JOIN LATERAL (
  SELECT DISTINCT ON (v.consignment_id) x.score, l.mark <> %(nothing)s AND NOT x.sampled AS flagged
  FROM (
    SELECT m.version_id FROM cargo_partymention m
    WHERE m.party_id = a.party AND m.role = %(consignee)s AND m.received_at >= a.since AND m.received_at < a.until
    ORDER BY m.received_at DESC LIMIT %(mentions)s) m
  JOIN cargo_consignmentversion v ON v.id = m.version_id AND v.consignment_id <> a.own
  JOIN rules_assessment x ON x.version_id = v.id AND x.created_at < a.until
  JOIN rules_lane l ON l.id = x.recommended_lane_id
  ORDER BY v.consignment_id, x.id DESC) s
GROUP BY a.nr
"""


def recent_scores(asked: Sequence[ScoresOf], /) -> Mapping[ScoresOf, Recent]:
    """Every question answered, also with nothing. One query."""
    found = {one: Recent() for one in asked}
    rows = fetch(
        _RECENT,
        {
            "nr": array_text(range(len(asked))),
            "party": array_text(one.party for one in asked),
            "since": array_text(one.since for one in asked),
            "until": array_text(one.until for one in asked),
            "own": array_text(one.own for one in asked),
            "nothing": Lane.Mark.NONE.value,
            "consignee": PartyRole.CONSIGNEE.value,
            "mentions": MENTIONS,
        },
    )
    found.update({asked[nr]: Recent(count, points, flagged) for nr, count, points, flagged in rows})
    return found
