"""What one version of a rule says otherwise than another, and one release than another: changed fields only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from profiling.indicators.catalogue import REGISTRY
from profiling.rules.core.checking import InvalidConditionError, parse
from profiling.rules.models import Release, RuleDraft, RuleVersion
from profiling.rules.sentences import exception_sentences, lists_of, outline

KEPT, GONE, CAME = "kept", "gone", "came"


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a line. kind: "kept", "gone" or "came"; depth: of a line of a condition."""

    kind: str
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. field: its name in the model, with the language of a text; is_lines: pieces are lines."""

    field: str
    label: str
    pieces: tuple[Piece, ...]
    is_lines: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseChange:
    """One rule that another release has otherwise: only `before`, only `after`, or both in other versions."""

    code: str
    before: RuleVersion | None
    after: RuleVersion | None


def version_changes(before: RuleVersion | RuleDraft | None, after: RuleVersion | RuleDraft) -> list[Change]:
    """What differs, in the order of a rule's page. before: None where there was nothing."""
    changes: list[Change] = []
    for name, label in (("titles", _("Title")), ("shorts", _("In three words")), ("reasons", _("Reason"))):
        old, new = (_texts(getattr(one, name, None)) for one in (before, after))
        for language in sorted({*old, *new}):
            changes += _changed(
                f"{name}.{language}", f"{label} ({language})", old.get(language, ""), new.get(language, "")
            )
    changes += _changed("points", _("Points"), str(before.points) if before else "", str(after.points))
    changes += _changed_lines("condition", _("Condition"), _condition(before), _condition(after))
    changes += _changed_lines("exceptions", _("Exceptions"), _exceptions(before), _exceptions(after))
    return changes


def release_changes(before: Release | None, after: Release) -> list[ReleaseChange]:
    """Rules that came, went, or stand in another version, by code. Two queries."""
    old = {version.rule.code: version for version in _contents(before)} if before else {}
    new = {version.rule.code: version for version in _contents(after)}
    return [
        ReleaseChange(code, old.get(code), new.get(code))
        for code in sorted({*old, *new})
        if getattr(old.get(code), "pk", None) != getattr(new.get(code), "pk", None)
    ]


def step_changes(before: Release | None, after: Release) -> list[tuple[str, int | None, int | None]]:
    """(lane code, points before, points after) of the lanes that begin elsewhere."""
    old: Mapping[str, int | None] = before.thresholds if before else {}
    new = after.thresholds
    return [(code, old.get(code), new.get(code)) for code in {**new, **old} if old.get(code) != new.get(code)]


def _contents(release: Release) -> Iterable[RuleVersion]:
    found: Iterable[RuleVersion] = release.versions.select_related("rule__unit").order_by("rule__code")
    return found


def _texts(texts: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in texts.items()} if isinstance(texts, dict) else {}


def _condition(rule: RuleVersion | RuleDraft | None) -> list[tuple[int, str]]:
    if rule is None:
        return []
    try:
        return [(line.depth, line.text) for line in outline(parse(rule.condition, REGISTRY.specs(), lists_of(rule)))]
    except InvalidConditionError:
        return [(0, _("not a condition yet"))]


def _exceptions(rule: RuleVersion | RuleDraft | None) -> list[tuple[int, str]]:
    return [(0, one) for one in exception_sentences(rule)] if rule else []


def _changed(field: str, label: str, before: str, after: str) -> list[Change]:
    if before == after:
        return []
    pieces = _pieces([(0, word) for word in before.split()], [(0, word) for word in after.split()])
    return [Change(field, label, pieces)]


def _changed_lines(field: str, label: str, before: list[tuple[int, str]], after: list[tuple[int, str]]) -> list[Change]:
    if before == after:
        return []
    return [Change(field, label, _pieces(before, after), is_lines=True)]


def _pieces(before: list[tuple[int, str]], after: list[tuple[int, str]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces += [Piece(KEPT, text, depth) for depth, text in before[a:b]]
            continue
        pieces += [Piece(GONE, text, depth) for depth, text in before[a:b]]
        pieces += [Piece(CAME, text, depth) for depth, text in after[c:d]]
    return tuple(pieces)
