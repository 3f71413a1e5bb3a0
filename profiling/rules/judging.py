"""Is a rule as it is written ready to be proposed? Everything that is wrong at once, by field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit
from profiling.indicators import definitions as definitions  # registers every indicator
from profiling.indicators.catalogue import REGISTRY
from profiling.rules.condition_errors import sentence_of
from profiling.rules.core.checking import ConditionError, InvalidConditionError
from profiling.rules.core.reasons import unknown_placeholders
from profiling.rules.core.whole import check_rule
from profiling.rules.lists import at_hand
from profiling.rules.models import Rule, RuleDraft

LONGEST = relativedelta(months=12)
"""A rule lives so long at most before somebody renews it."""
CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,19}")
SHORT = 28  # characters of "why in three words", which stand in a row of the queue
TEXT = 500  # characters of a title or a sentence


@dataclass(frozen=True, slots=True)
class Faults:
    """errors: messages by field; texts as "titles.en". places: by JSON pointer, "/condition/all/1/value" and so on."""

    errors: Mapping[str, str] = field(default_factory=dict)
    places: tuple[ConditionError, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.errors)


def languages() -> list[str]:
    """Every language that a rule is worded in."""
    return [code for code, _name in settings.LANGUAGES]


def judge(draft: RuleDraft, *, today: date) -> Faults:
    """What keeps a draft from being proposed. today: by the clock of its node."""
    errors: dict[str, str] = {}
    if draft.rule is None:
        errors |= _identity_errors(draft, today)
    errors |= _text_errors(draft)
    if draft.points == 0:
        errors["points"] = _("A rule without points changes nothing.")
    places = rule_places(draft)
    for place in places:
        errors.setdefault(place.path.split("/")[1], sentence_of(place))
    return Faults(errors, places)


def rule_places(rule: RuleDraft) -> tuple[ConditionError, ...]:
    """What is wrong with condition, exceptions and points together, each with its place."""
    try:
        check_rule(
            condition=rule.condition,
            exceptions=rule.exceptions,
            points=rule.points,
            catalogue=REGISTRY.specs(),
            lists=at_hand(rule.unit),
        )
    except InvalidConditionError as error:
        return error.errors
    return ()


def _identity_errors(draft: RuleDraft, today: date) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not CODE.fullmatch(draft.code):
        errors["code"] = _("A code has capital letters, digits, hyphens and points, 20 at most: R-019.")
    elif taken := taken_at(draft.unit, draft.code):
        errors["code"] = _("Rule %(code)s exists already (%(unit)s).") % {"code": draft.code, "unit": taken.unit.name}
    if not draft.owner.strip():
        errors["owner"] = _("Say who answers for the rule.")
    if message := expiry_error(draft.expires_on, today):
        errors["expires_on"] = message
    return errors


def taken_at(unit: Unit, code: str) -> Rule | None:
    """A rule of this code at the node, above or below it: in one release they could not be told apart."""
    near = Q(unit__in=unit.ancestors_and_self()) | Q(unit__path__startswith=unit.path)
    return Rule.objects.filter(near, code=code).select_related("unit").first()


def expiry_error(day: date | None, today: date) -> str:
    """Why a rule cannot live until that day; empty where it can."""
    if day is None:
        return _("Say until when it lives.")
    if day < today:
        return _("That day is past.")
    if day > today + LONGEST:
        return _("At most twelve months; then somebody looks at it again.")
    return ""


def _text_errors(draft: RuleDraft) -> dict[str, str]:
    errors: dict[str, str] = {}
    for name, limit in (("titles", TEXT), ("shorts", SHORT), ("reasons", TEXT)):
        said = getattr(draft, name)
        for language in languages():
            text = said.get(language, "") if isinstance(said, dict) else ""
            if not isinstance(text, str) or not text.strip():
                errors[f"{name}.{language}"] = _("Write it in this language, too.")
            elif len(text) > limit:
                errors[f"{name}.{language}"] = _("At most %(limit)d characters.") % {"limit": limit}
            elif name == "reasons" and (unknown := unknown_placeholders(text, REGISTRY.specs())):
                errors[f"{name}.{language}"] = _("The catalogue has no indicator %(codes)s.") % {
                    "codes": _braced(unknown)
                }
    return errors


def _braced(codes: Iterable[str]) -> str:
    return ", ".join(f"{{{code}}}" for code in codes)
