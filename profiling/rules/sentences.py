"""A rule read back: what its condition asks, in the reader's language, from the typed tree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profiling.indicators.catalogue import REGISTRY
from profiling.rules.core.checking import InvalidConditionError, parse
from profiling.rules.core.conditions import AllOf, AnyOf, Condition, Leaf, Not
from profiling.rules.core.lists import NO_LISTS, Lists
from profiling.rules.judging import lists_at
from profiling.rules.models import RuleDraft, RuleVersion
from profiling.rules.wording import condition_words


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a condition as an outline. depth: 0 for the root; kind: "all", "any", "not" or "leaf"."""

    depth: int
    kind: str
    text: str


def condition_sentence(condition: Condition) -> str:
    """The whole condition in one sentence without its end: "A; and (B; or C); and not (D)"."""
    return _words(condition, top=True)


def outline(condition: Condition) -> list[Line]:
    """The condition line by line, groups before what is in them."""
    return _lines(condition, 0)


def rule_sentence(rule: RuleVersion | RuleDraft) -> str:
    """What a rule does: "+30 points when …; not when …". Empty where its condition is none yet."""
    try:
        condition = parse(rule.condition, REGISTRY.specs(), lists_of(rule))
    except InvalidConditionError:
        return ""
    number = abs(rule.points)
    said = condition_sentence(condition)
    if rule.points < 0:
        sentence = ngettext("%(n)d point less when: %(said)s", "%(n)d points less when: %(said)s", number)
    else:
        sentence = ngettext("%(n)d point when: %(said)s", "%(n)d points when: %(said)s", number)
    told = sentence % {"n": number, "said": said}
    excepted = exception_sentences(rule)
    return ". ".join([told, *excepted]) + "."


def lists_of(rule: RuleVersion | RuleDraft) -> Lists:
    """The named lists at the rule's node. No query where it names none."""
    if '"list"' not in json.dumps([rule.condition, rule.exceptions]):
        return NO_LISTS
    return lists_at(rule.unit if isinstance(rule, RuleDraft) else rule.rule.unit)


def exception_sentences(rule: RuleVersion | RuleDraft) -> list[str]:
    """One sentence an exception, without its end; what is no exception is passed over."""
    told = []
    lists = lists_of(rule)
    for one in rule.exceptions if isinstance(rule.exceptions, list) else []:
        try:
            condition = parse(one["condition"], REGISTRY.specs(), lists)
        except (InvalidConditionError, KeyError, TypeError):
            continue
        said = condition_sentence(condition)
        day = _day(one.get("until"))
        template = _("Until %(day)s not when: %(said)s") if day else _("Not when: %(said)s")
        sentence = template % {"day": day, "said": said}
        note = one.get("note", "")
        told.append(f"{sentence} ({note})" if note else sentence)
    return told


def _day(text: Any) -> str:
    try:
        return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")
    except (TypeError, ValueError):
        return ""


def _words(condition: Condition, *, top: bool = False) -> str:
    match condition:
        case AllOf(all=members):
            return _joined(members, _("; and "), top=top)
        case AnyOf(any=members):
            return _joined(members, _("; or "), top=top)
        case Not(inner=inner):
            return _("not (%(said)s)") % {"said": _words(inner, top=True)}
        case Leaf():
            return _leaf(condition)


def _joined(members: Sequence[Condition], between: str, *, top: bool) -> str:
    if len(members) == 1:
        return _words(members[0], top=top)
    said = between.join(_words(member) for member in members)
    return said if top else f"({said})"


def _leaf(leaf: Leaf) -> str:
    said = condition_words(leaf)
    return _("%(said)s, or missing") % {"said": said} if leaf.also_when_missing else said


def _lines(condition: Condition, depth: int) -> list[Line]:
    match condition:
        case AllOf(all=members):
            head = Line(depth, "all", _("all of these"))
        case AnyOf(any=members):
            head = Line(depth, "any", _("at least one of these"))
        case Not(inner=inner):
            return [Line(depth, "not", _("not this")), *_lines(inner, depth + 1)]
        case Leaf():
            return [Line(depth, "leaf", _leaf(condition))]
    return [head, *(line for member in members for line in _lines(member, depth + 1))]
