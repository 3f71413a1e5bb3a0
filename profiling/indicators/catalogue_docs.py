"""docs/indicators.md, made from the catalogue: `python manage.py indicator_docs > docs/indicators.md`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils import translation

from profiling.indicators import compute as compute  # registers every indicator
from profiling.indicators.catalogue import REGISTRY, Group, IndicatorSpec
from profiling.indicators.labels import GROUPS, TYPES, UNITS

_HEAD: Final = """\
# Indicators

This page is made from the functions under `profiling/indicators/definitions/`; change them and run
`python manage.py indicator_docs > docs/indicators.md`. A test holds the two equal.

An indicator is one fact about a consignment, or about equipment without a bill; alone it makes nothing high-risk, and
thresholds belong to rules. What is not known is missing: never zero, false or empty. What looks back reads the unit's
own records of strictly before the moment the message came, so a back-test sees what the officer could have seen; while
the unit keeps records for less than the window, an absence in it proves nothing and is missing.

**Where the past is kept.** Results of examinations count from when they were known until a later one took their place
(`indicators.PriorResult`; a find in a container of several consignments is nobody's unless the outcome names one).
Peers (HS heading and origin, or lane) are counted every night from what each consignment said last
(`manage.py count_peers`); a consignment is held against the last count before it came. Points and flags of a consignee
are those of its other consignments within 30 days, each by its last score before the moment.

**To add one**, write one function and decorate it: what it reads, what it is when missing, where it comes from. The
builder, the catalogue page (Rules › Indicators), `GET /api/v1/indicators/`, the files and this page have it then.
"""


def page() -> str:
    """The whole page, in Markdown and in English."""
    with translation.override("en"):
        specs = REGISTRY.specs().values()
        groups = (_group(group, [spec for spec in specs if spec.group == group]) for group in Group)
        return "\n".join([_HEAD, f"There are {len(specs)}.", "", *groups])


def _group(group: Group, specs: Iterable[IndicatorSpec]) -> str:
    rows = [
        f"## {GROUPS[group]}",
        "",
        "| indicator | code | type | needs | missing when | source |",
        "|---|---|---|---|---|---|",
        *map(_row, sorted(specs, key=lambda spec: spec.code)),
        "",
    ]
    return "\n".join(rows)


def _row(spec: IndicatorSpec) -> str:
    kind = f"{TYPES[spec.type]}, {UNITS[spec.unit]}" if spec.unit else str(TYPES[spec.type])
    if spec.choices:
        kind = f"{kind}: {', '.join(f'`{choice}`' for choice in spec.choices)}"
    needs = ", ".join(f"`{need}`" for need in spec.needs)
    cells = (str(spec.label), f"`{spec.code}`", kind, needs, str(spec.missing), spec.source)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
