"""Why a case is in the queue: fired rules as sentences, the lane scale, the sample, and the rules that did not fire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from profiling.cargo.choices import Mode
from profiling.indicators.catalogue import REGISTRY
from profiling.rules import lists
from profiling.rules.core.checking import parse, parse_exceptions
from profiling.rules.core.lists import Lists
from profiling.rules.core.reasons import render_reason
from profiling.rules.core.trace import Step, Verdict, trace_rule
from profiling.rules.models import Assessment, Lane, RuleVersion
from profiling.web import values


@dataclass(frozen=True, slots=True)
class FiredRule:
    """One fired rule, numbered like its segment of the score bar."""

    number: int
    points: int
    code: str
    version: int
    title: str
    short: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LaneStep:
    """A lane and the points from which it applies; None for the lane below all thresholds."""

    mark: str
    letter: str
    label: str
    threshold: int | None


@dataclass(frozen=True, slots=True)
class Unfired:
    """A rule that did not fire: what it asks, condition by condition: (asked, found, verdict, why it is missing).

    excepted: the same of the exceptions that held it back.
    """

    code: str
    version: int
    title: str
    verdict: str
    conditions: tuple[tuple[str, str, str, str], ...] = ()
    excepted: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InShort:
    """Why in three words, for a row of the queue: two lines, and how many reasons are left out."""

    first: str
    second: str
    more: int


def fired_evidence(assessment: Assessment) -> list[dict[str, Any]]:
    """The stored evidence, heaviest first: the one order of the queue, the score bar and the sentences."""
    return sorted(assessment.fired, key=lambda one: -one["points"])


def versions_of(assessments: Iterable[Assessment]) -> dict[int, RuleVersion]:
    """The rule versions that fired in any of these, by primary key; one query."""
    return RuleVersion.objects.in_bulk({one["version"] for each in assessments for one in each.fired})


def fired_rules(assessment: Assessment, versions: Mapping[int, RuleVersion]) -> list[FiredRule]:
    rules = []
    for at, one in enumerate(fired_evidence(assessment), start=1):
        version = versions.get(one["version"])
        rules.append(
            FiredRule(
                number=at,
                points=one["points"],
                code=one["code"],
                version=version.number if version else 0,
                title=version.title if version else one["code"],
                short=version.short if version else one["code"],
                sentence=render_reason(
                    version.reason if version else "", one["values"], values.plain_value, missing=_("not given")
                ),
            )
        )
    return rules


def with_fired_rules(assessments: Iterable[Assessment]) -> list[tuple[Assessment, list[FiredRule]]]:
    """Each with its fired rules in words; one query more."""
    found = list(assessments)
    versions = versions_of(found)
    return [(assessment, fired_rules(assessment, versions)) for assessment in found]


def without_repeats(
    scored: Sequence[tuple[Assessment, list[FiredRule]]],
) -> list[tuple[Assessment, list[FiredRule], int]]:
    """Runs of the same result as their newest, with how many before it say the same.

    Every paper that comes has the cargo assessed anew; an officer looks for what has changed.
    """
    runs: list[tuple[Assessment, list[FiredRule], int]] = []
    for assessment, fired in scored:
        if runs and _result(*runs[-1][:2]) == _result(assessment, fired):
            runs[-1] = (*runs[-1][:2], runs[-1][2] + 1)
        else:
            runs.append((assessment, fired, 0))
    return runs


def _result(assessment: Assessment, fired: Sequence[FiredRule]) -> tuple[Any, ...]:
    said = (assessment.version_id, assessment.release_id, assessment.recommended_lane_id, assessment.score)
    return (*said, assessment.sampled, [(rule.code, rule.version, rule.sentence) for rule in fired])


def one_in(assessment: Assessment) -> int | None:
    """How rare the draw was: 60 for an inclusion probability of 1/60."""
    probability = assessment.inclusion_probability
    return round(1 / probability) if assessment.sampled and probability else None


def sampled_mode(assessment: Assessment) -> str:
    """The mode of transport the draw was made in: the second half of the stratum."""
    mode = assessment.sample_stratum.partition("/")[2]
    return str(Mode(mode).label) if mode in Mode.values else _("mode of transport not known")


def in_short(assessment: Assessment, versions: Mapping[int, RuleVersion]) -> InShort:
    shorts = [rule.short for rule in fired_rules(assessment, versions)]
    if assessment.sampled:
        drawn = _("Drawn at random, 1 in %(n)d") % {"n": one_in(assessment) or 1}
        shorts = [drawn, *(shorts or [_("No rule fired")])]
    if not shorts:
        return InShort(_("No rule fired"), "", 0)
    return InShort(shorts[0], shorts[1] if len(shorts) > 1 else "", max(0, len(shorts) - 2))


def lane_steps(assessment: Assessment) -> list[LaneStep]:
    """The lanes this assessment was measured against, strictest first; one query.

    The lanes belong to the country, above the reader's units: they are read through the assessment.
    """
    thresholds = assessment.release.thresholds
    lanes = Lane.objects.filter(unit=assessment.recommended_lane.unit_id)
    return [
        LaneStep(lane.mark, lane.letter, lane.label, thresholds.get(lane.code))
        for lane in lanes
        if lane.code in thresholds or lane.mark == Lane.Mark.NONE
    ]


def threshold_of(assessment: Assessment) -> int | None:
    """The points from which the recommended lane applies."""
    threshold: int | None = assessment.release.thresholds.get(assessment.recommended_lane.code)
    return threshold


def without_history(assessment: Assessment) -> list[str]:
    """The facts that look back over time and are missing, so that no rule could use them."""
    specs = REGISTRY.specs().values()
    return [str(spec.label) for spec in specs if spec.months and assessment.indicators.get(spec.code) is None]


def faults(assessment: Assessment) -> list[str]:
    """What could not be computed and counts as missing, by name: facts, and rules that met a value they cannot use."""
    return [values.label(code) for code, _error in assessment.faults]


def unfired_versions(assessment: Assessment) -> QuerySet[Any]:
    """The rules of the release that could have fired and did not; expired and suspended ones were not asked."""
    day = timezone.localdate(assessment.created_at, assessment.unit.zone)
    fired = {one["version"] for one in assessment.fired}
    return assessment.release.versions.filter(rule__expires_on__gte=day).exclude(
        Q(pk__in=fired) | Q(rule__code__in=assessment.suspended)
    )


def unfired_rules(assessment: Assessment) -> list[Unfired]:
    """Every rule of the release that did not fire, those for lack of facts first; traced over the stored values."""
    versions = unfired_versions(assessment).select_related("rule").order_by("rule__code")
    day = timezone.localdate(assessment.created_at, assessment.unit.zone).isoformat()
    named = lists.pinned(assessment.release_id)
    told = [_unfired(version, assessment.indicators, named, day) for version in versions]
    order = {Verdict.UNKNOWN.value: 0, "fault": 1}
    return sorted(told, key=lambda rule: order.get(rule.verdict, 2))


def _unfired(version: RuleVersion, indicators: Mapping[str, Any], named: Lists, day: str) -> Unfired:
    specs = REGISTRY.specs()
    code = version.rule.code
    try:
        condition = parse(version.condition, specs, named)
        excepted = parse_exceptions(version.exceptions, specs, named)
        told = trace_rule(condition, excepted, indicators, named, day)
    except (TypeError, ValueError, ArithmeticError, LookupError):
        return Unfired(code, version.number, version.title, "fault")
    holding = [step for step in told.exceptions if step is not None and step.verdict is Verdict.TRUE]
    held_back = tuple(line for step in holding for line in _in_words(step))
    verdict = Verdict.FALSE if told.excepted else told.condition.verdict
    return Unfired(code, version.number, version.title, verdict.value, _in_words(told.condition), held_back)


def _in_words(root: Step) -> tuple[tuple[str, str, str, str], ...]:
    specs = REGISTRY.specs()
    return tuple(
        (
            _asked(leaf),
            _found(leaf),
            leaf.verdict.value,
            " ".join(dict.fromkeys(str(specs[name].missing) for name in leaf.missing)),
        )
        for leaf in _leaves(root)
    )


def _leaves(step: Step) -> Sequence[Step]:
    return [step] if step.leaf is not None else [leaf for one in step.steps for leaf in _leaves(one)]


def _asked(step: Step) -> str:
    return values.condition_words(step.leaf) if step.leaf is not None else ""


def _found(step: Step) -> str:
    if step.found is None:
        return _("not known")
    if step.leaf is not None and isinstance(step.leaf.lhs, str):
        return values.value_with_unit(step.leaf.lhs, step.found)
    return values.plain_value("", step.found)
