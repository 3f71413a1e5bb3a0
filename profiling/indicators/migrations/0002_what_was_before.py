"""Contacts and results of what was loaded and examined before there were tables for them."""

from django.db import migrations

from profiling.parties.core.contacts import contact_keys

BATCH = 5000

RESULTS = """
INSERT INTO indicators_priorresult (unit_id, consignment_id, source, subject, found, own, known_from, known_until)
SELECT k.unit_id, k.id, o.ref, s.subject, o.result = 'found', o.source IN ('own_inspection', 'other_agency'),
       o.recorded_at, later.recorded_at
FROM cases_outcome o
LEFT JOIN cases_outcome later ON later.supersedes_id = o.id
CROSS JOIN LATERAL (
  SELECT o.consignment_id AS id WHERE o.consignment_id IS NOT NULL
  UNION
  SELECT inside.id FROM (
    SELECT min(w.consignment_id) AS id, count(*) OVER () AS together
    FROM cargo_loading g JOIN cargo_consignmentversion w ON w.id = g.version_id
    WHERE o.consignment_id IS NULL AND g.visit_id = o.visit_id AND w.received_at <= o.recorded_at
    GROUP BY w.consignment_id) inside
  WHERE o.result = 'clean' OR inside.together = 1) AS about(id)
JOIN cargo_consignment k ON k.id = about.id
CROSS JOIN LATERAL (
  SELECT v.id, v.origin_country, v.destination_country FROM cargo_consignmentversion v
  WHERE v.consignment_id = k.id AND v.function NOT IN ('cancel', 'delete') AND v.received_at <= o.recorded_at
  ORDER BY v.received_at DESC, v.number DESC LIMIT 1) v
CROSS JOIN LATERAL (
  SELECT 'party:' || m.party_id FROM cargo_partymention m WHERE m.version_id = v.id AND m.party_id IS NOT NULL
  UNION
  SELECT 'pair:' || m.party_id || ':' || n.party_id
  FROM cargo_partymention m JOIN cargo_partymention n ON n.version_id = m.version_id
  WHERE m.version_id = v.id AND m.role = 'shipper' AND n.role = 'consignee'
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
WHERE o.status <> 'withdrawn' AND (o.result = 'found' OR o.source IN ('own_inspection', 'other_agency'))
ON CONFLICT (source, consignment_id, subject) DO NOTHING
"""


def contacts_of_mentions(apps, schema_editor):
    """The first time each party gave each contact; in batches, for mentions are the largest of all tables."""
    mentions = apps.get_model("cargo", "PartyMention").objects.exclude(contact="").exclude(party=None)
    kept = apps.get_model("parties", "PartyContact").objects
    told = mentions.exclude(version__function__in=("cancel", "delete")).order_by("received_at", "pk")
    rows = told.values_list("party", "party__unit", "contact", "received_at").iterator(chunk_size=BATCH)
    first = {}
    for party, unit, contact, at in rows:
        for key in contact_keys(contact):
            first.setdefault((party, key), (unit, at))
    made = [
        kept.model(party_id=party, unit_id=unit, key=key, first_seen_at=at) for (party, key), (unit, at) in first.items()
    ]
    kept.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0001_initial"),
        ("parties", "0003_contacts"),
        ("cargo", "0008_answers_and_codes"),
        ("cases", "0005_amendment_given_up"),
    ]

    operations = [
        migrations.RunPython(contacts_of_mentions, migrations.RunPython.noop),
        migrations.RunSQL(RESULTS, migrations.RunSQL.noop),
    ]
