"""The rules of a release as a process holds them: parsed, with the lists the release pinned, compiled once a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from profiling.indicators import definitions as definitions  # registers every indicator
from profiling.indicators.catalogue import REGISTRY
from profiling.rules import lists
from profiling.rules.core.checking import parse, parse_exceptions
from profiling.rules.core.chunks import ChunkScorer
from profiling.rules.core.lists import Lists
from profiling.rules.core.reasons import named_in
from profiling.rules.core.scoring import CompiledRule, compile_rule
from profiling.rules.models import RuleVersion


@dataclass(frozen=True, slots=True)
class Compiled:
    """All rules of a release, also expired and suspended ones. versions: by code of the rule.

    faults: (code, why) of rules that cannot be compiled; they are told with every assessment and score nothing.
    """

    rules: tuple[CompiledRule, ...]
    versions: Mapping[str, int]
    lists: Lists
    scorer: ChunkScorer
    faults: tuple[tuple[str, str], ...]


@lru_cache(maxsize=64)
def compiled(release_id: int, day: str) -> Compiled:
    """What a release holds never changes once it scores, so a process compiles it once a day.

    day: "YYYY-MM-DD" by the clock of the unit; exceptions that ended before it are left out.
    """
    specs = REGISTRY.specs()
    named = lists.pinned(release_id)
    found = RuleVersion.objects.filter(releases=release_id).select_related("rule").order_by("rule__code")
    rules, versions, faults = [], {}, []
    for version in found:
        code = version.rule.code
        versions[code] = version.pk
        try:
            rules.append(
                compile_rule(
                    code=code,
                    points=version.points,
                    condition=parse(version.condition, specs, named),
                    exceptions=parse_exceptions(version.exceptions, specs, named),
                    lists=named,
                    names=named_in(version.reasons.values()),
                    day=day,
                )
            )
        except (ValueError, LookupError) as error:
            # Nothing a rule does may stop a consignment: the others score.
            faults.append((code, f"{type(error).__name__}: {error}"[:500]))
    return Compiled(tuple(rules), versions, named, ChunkScorer(rules, specs), tuple(faults))
