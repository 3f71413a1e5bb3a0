"""A learnt score as a draft release that people read, change, approve or throw away; nothing here makes it live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.indicators import definitions as definitions  # registers every indicator
from profiling.indicators.catalogue import REGISTRY
from profiling.rules.core.checking import InvalidConditionError, parse
from profiling.rules.core.conditions import Condition, Leaf, Op, leaves, reads
from profiling.rules.core.learning import Judged, Learnt, Proposed, judge, learn
from profiling.rules.core.learning_frames import Past
from profiling.rules.core.learning_hits import matrix
from profiling.rules.core.learning_measure import threshold
from profiling.rules.core.learning_records import Basis, Records
from profiling.rules.core.scoring import Thresholds
from profiling.rules.models import PastRecord, Proposal, Release, Rule, RuleVersion
from profiling.rules.releases import next_name
from profiling.rules.services import live_release, thresholds_of

PREFIX = "L-"
SHORT = 28  # characters of a rule's short reason
MONTHS = 6  # until a learnt rule expires unless somebody renews it


@dataclass(frozen=True)
class Learning:
    """What was learnt for a unit, judged on what arrived after it. versions: the live rules that were weighed anew."""

    unit: Unit
    live: Release
    versions: tuple[RuleVersion, ...]
    records: Records
    learnt: Learnt
    judged: Judged
    live_judged: Judged


def imported(*, unit: Unit, since: datetime | None, until: datetime) -> Iterator[Past]:
    """The imported past of a node and of those below it, in [since, until)."""
    rows = PastRecord.objects.filter(source__unit__path__startswith=unit.path, moment__lt=until)
    if since is not None:
        rows = rows.filter(moment__gte=since)
    for row in rows.order_by("moment", "pk").iterator(chunk_size=2000):
        yield Past(row.moment, row.result, row.known_at, row.random, row.indicators)


def learn_for(*, unit: Unit, records: Records, cut: datetime, until: datetime) -> Learning:
    """Learn from what was known at `cut`, and judge the score and the live release on [cut, until).

    Raises NoLiveReleaseError, and TooLittleError of the core. Exceptions of rules are not looked at: a rule is weighed
    by its condition alone.
    """
    live = live_release(unit)
    given: dict[str, Condition] = {}
    versions = []
    for version in live.versions.filter(rule__retired_on=None).select_related("rule").order_by("rule__code"):
        try:
            given[version.rule.code] = parse(version.condition, records.specs)
        except InvalidConditionError:
            continue  # written against an indicator that is no more: it fires no longer, and is not proposed
        versions.append(version)
    learnt = learn(records, until=cut, given=given)
    judged = judge(learnt, records, since=cut, until=until)
    now = _as_it_is(learnt, versions, given)
    return Learning(unit, live, tuple(versions), records, learnt, judged, judge(now, records, since=cut, until=until))


def _as_it_is(learnt: Learnt, versions: Sequence[RuleVersion], given: dict[str, Condition]) -> Learnt:
    """The live release in the form of a learnt one, so that both are counted alike."""
    known = {one.code: one for one in learnt.proposed if one.code}
    proposed = tuple(
        Proposed(version.rule.code, known[version.rule.code].kind, given[version.rule.code], version.points,
                 known[version.rule.code].evidence)
        for version in versions
    )  # fmt: skip
    return Learnt(learnt.until, learnt.ground, proposed, learnt.thresholds, learnt.strength, ())


def refitted(learning: Learning) -> Thresholds:
    """The lanes of the live release from the points at which as much cargo reaches each as does now.

    Counted over the latest tenth of what had arrived when it was learnt. Lanes keep their order.
    """
    before = learning.records.between(None, learning.learnt.until)
    latest = before.where(pl.Series(np.arange(before.height) >= before.height * 9 // 10))
    conditions = [parse(version.condition, learning.records.specs) for version in learning.versions]
    points = np.array([version.points for version in learning.versions], np.float64)
    now = matrix(conditions, latest.values) @ points
    scores = learning.learnt.scores(latest.values)
    old = thresholds_of(learning.live)
    steps: list[tuple[int, str]] = []
    for least, lane in old.steps:
        found = threshold(scores, float((now >= least).mean()))
        steps.append((min(found, steps[-1][0] - 1) if steps else found, lane))
    return Thresholds(tuple(steps), old.below)


@transaction.atomic
def draft_release(*, learning: Learning, user: User) -> Release:
    """The learnt score as a draft: weighed rules as new versions, suggestions as new rules of the live release's node.

    Every new version is a proposal of the person's that somebody else approves; the release is not proposed before.
    A rule of which a version waits already stays as it is. The release says in its note on what it stands and what it
    caught. Raises PermissionDenied.
    """
    node = learning.live.unit
    user.scope.require(Capability.WRITE_RULES, node.pk)
    thresholds = refitted(learning)
    release = Release.objects.create(
        unit=node,
        name=next_name(node),
        state=Release.State.DRAFT,
        based_on=learning.live,
        thresholds={**thresholds.as_points(), thresholds.below: None},
        sample_rate=learning.live.sample_rate,
        sample_lane=learning.live.sample_lane,
        note="\n".join(report(learning)),
        made_by=user,
    )
    release.hands.add(user)
    release.lists.set(learning.live.lists.all())
    waiting = set(Proposal.objects.filter(version__rule__unit=node, verdict="").values_list("version__rule", flat=True))
    versions = {version.rule.code: version for version in learning.versions}
    for one in learning.learnt.proposed:
        if not one.points:
            continue
        if one.code and versions[one.code].rule_id in waiting:
            version = versions[one.code]
        else:
            version = _weighed(versions[one.code], one, user) if one.code else _suggested(node, one, user)
        release.versions.add(version)
    return release


def _weighed(version: RuleVersion, one: Proposed, user: User) -> RuleVersion:
    if version.points == one.points:
        return version
    latest = version.rule.versions.aggregate(latest=Max("number"))["latest"]
    return _proposed(
        user,
        rule=version.rule,
        number=latest + 1,
        titles=version.titles,
        shorts=version.shorts,
        reasons=version.reasons,
        condition=version.condition,
        exceptions=version.exceptions,
        points=one.points,
        note=f"{version.points} → {one.points}. {_evidence(one)}",
    )


def _suggested(node: Unit, one: Proposed, user: User) -> RuleVersion:
    taken = Rule.objects.filter(unit=node, code__startswith=PREFIX).values_list("code", flat=True)
    numbers = [int(code.removeprefix(PREFIX)) for code in taken if code.removeprefix(PREFIX).isdigit()]
    rule = Rule.objects.create(
        unit=node,
        code=f"{PREFIX}{max(numbers, default=0) + 1:03}",
        owner=gettext("Learnt from history"),
        expires_on=timezone.localdate() + relativedelta(months=MONTHS),
    )
    titles, shorts, reasons = {}, {}, {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            titles[language] = in_words(one.condition)
            shorts[language] = str(REGISTRY.specs()[reads(one.condition)[0]].label)[:SHORT]
            reasons[language] = _reason(one.condition)
    return _proposed(
        user,
        rule=rule,
        number=1,
        titles=titles,
        shorts=shorts,
        reasons=reasons,
        condition=one.tree,
        points=one.points,
        note=_evidence(one),
    )


def _proposed(user: User, **said: Any) -> RuleVersion:
    version: RuleVersion = RuleVersion.objects.create(created_by=user, **said)
    Proposal.objects.create(version=version, made_by=user, note=version.note)
    return version


def in_words(condition: Condition) -> str:
    """A proposed condition, which is one comparison or a pair of them, in the language of the moment."""
    return gettext(" and ").join(_leaf_in_words(leaf) for leaf in leaves(condition))


def _leaf_in_words(leaf: Leaf) -> str:
    label = str(REGISTRY.specs()[reads(leaf)[0]].label)
    value: Any = f"{leaf.value:g}" if isinstance(leaf.value, float) else leaf.value
    sentences = {
        Op.EQ: gettext("{label}: is {value}"),
        Op.GE: gettext("{label}: at least {value}"),
        Op.LT: gettext("{label}: below {value}"),
        Op.IS_TRUE: gettext("{label}: yes"),
        Op.IS_MISSING: gettext("{label}: missing"),
        Op.CONTAINS_WORD: gettext("{label}: has the word “{value}”"),
    }
    return sentences[leaf.op].format(label=label, value=value)


def _reason(condition: Condition) -> str:
    """A sentence that shows what was seen of each indicator; what is missing is said, for it has no value."""
    said = []
    for leaf in leaves(condition):
        code = reads(leaf)[0]
        label = str(REGISTRY.specs()[code].label).replace("{", "(").replace("}", ")")
        missing = leaf.op is Op.IS_MISSING
        said.append(gettext("{label}: missing").format(label=label) if missing else f"{label}: {{{code}}}")
    return "; ".join(said) + "."


def _evidence(one: Proposed) -> str:
    sure = one.evidence.confidence
    if sure is None:
        return gettext("It was true for nothing that was learnt from.")
    return gettext(
        "Found {found} of {support} ({share:.1%}; 95 % between {low:.1%} and {high:.1%}), {lift:.1f} times the average."
    ).format(
        found=one.evidence.found,
        support=one.evidence.support,
        share=sure.value,
        low=sure.low,
        high=sure.high,
        lift=one.evidence.lift,
    )


def report(learning: Learning) -> list[str]:
    """On what the score stands, how far it can be trusted, and what it caught beside the live release."""
    said = learning.learnt.ground
    lines = [
        gettext("Learnt from {results} results with {found} finds; {waiting} results were not yet known.").format(
            results=said.learnt_from, found=said.found, waiting=said.waiting
        ),
        {
            Basis.EVERYTHING: gettext("Everything that arrived was inspected, so no choice biases the score."),
            Basis.SAMPLE: gettext("Learnt from the random sample alone, so no choice biases the score."),
            Basis.INSPECTED: gettext(
                "Biased: learnt from what was chosen for inspection. {never} of {arrived} were never inspected, and of "
                "cargo like them nothing is known."
            ).format(never=said.never, arrived=said.arrived),
        }[said.basis],
    ]
    if said.undated:
        lines.append(
            gettext("Of {undated} results the day is not told; 60 days were assumed.").format(undated=said.undated)
        )
    lines.append(
        gettext("Judged on {consignments} inspected consignments that came after, with {finds} finds.").format(
            consignments=learning.judged.consignments, finds=learning.judged.finds
        )
    )
    for part, caught in learning.judged.caught.items():
        lines.append(
            gettext("{part:.0%} inspected: {new:.1f} finds caught; by the live release {old:.1f}.").format(
                part=part, new=caught.caught, old=learning.live_judged.caught[part].caught
            )
        )
    dropped = [one.code for one in learning.learnt.proposed if one.code and not one.points]
    if dropped:
        lines.append(gettext("Rules that get no points: {codes}.").format(codes=", ".join(dropped)))
    return lines
