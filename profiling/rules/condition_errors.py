"""What is wrong with a condition, in words. The codes are those of `core.checking.ERRORS`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiling.indicators.catalogue import Label, ValueType
from profiling.indicators.labels import TYPES
from profiling.rules.core.checking import ConditionError

SENTENCES: Mapping[str, Label] = {
    "not_an_object": gettext_lazy("This is no condition."),
    "node_keys": gettext_lazy("A group or a condition has other keys than these: %(keys)s."),
    "not_a_list": gettext_lazy("A list is wanted here."),
    "empty_group": gettext_lazy("This group is empty."),
    "too_deep": gettext_lazy("Groups lie too deep in each other: %(limit)s levels at most."),
    "too_many_conditions": gettext_lazy("Too many conditions: %(limit)s at most."),
    "missing_key": gettext_lazy("“%(key)s” is missing."),
    "unknown_key": gettext_lazy("“%(key)s” means nothing here."),
    "lhs_form": gettext_lazy("Choose a fact, or two for a ratio, a difference or days between."),
    "unknown_indicator": gettext_lazy("The catalogue has no indicator “%(indicator)s”."),
    "operand_type": gettext_lazy("“%(indicator)s” is %(type)s; here %(expected)s is wanted."),
    "unknown_op": gettext_lazy("There is no test “%(op)s”."),
    "op_type": gettext_lazy("The test “%(op)s” does not go with %(type)s."),
    "value_unexpected": gettext_lazy("The test “%(op)s” takes no value."),
    "value_missing": gettext_lazy("A value is missing."),
    "value_type": gettext_lazy("A value of another kind is wanted here: %(expected)s."),
    "value_range": gettext_lazy("The number is too large."),
    "value_length": gettext_lazy("Between one and %(limit)s characters."),
    "value_choice": gettext_lazy("“%(value)s” is none of: %(choices)s."),
    "value_no_word": gettext_lazy("There is no word in it."),
    "range_form": gettext_lazy("A range has two ends."),
    "range_order": gettext_lazy("The first end of the range lies above the second."),
    "list_empty": gettext_lazy("The list is empty."),
    "list_length": gettext_lazy("The list is too long: %(limit)s at most."),
    "flag_type": gettext_lazy("“Also when missing” is yes or no."),
    "flag_useless": gettext_lazy("“Also when missing” means nothing with the test “%(op)s”."),
    "unknown_list": gettext_lazy("There is no list “%(list)s” here."),
    "list_cyclic": gettext_lazy("List “%(list)s” includes itself: %(ring)s."),
    "list_incomplete": gettext_lazy("List “%(list)s” includes “%(absent)s”, which is not here."),
    "list_kind": gettext_lazy("List “%(list)s” does not go with this fact: it holds something else."),
    "list_too_long": gettext_lazy("List “%(list)s” holds more than %(limit)s entries."),
    "exception_keys": gettext_lazy("An exception has no %(keys)s."),
    "too_many_exceptions": gettext_lazy("At most %(limit)s exceptions."),
    "until_form": gettext_lazy("A date is wanted here: year-month-day."),
    "note_form": gettext_lazy("A note is a text of at most %(limit)s characters."),
    "points_form": gettext_lazy("Points are a whole number."),
    "points_range": gettext_lazy("Points lie between %(low)s and %(high)s."),
    "never_true": gettext_lazy("This can never be true beside the other conditions."),
    "always_excepted": gettext_lazy("This exception covers every case of the rule: it would never fire."),
}


def sentence_of(error: ConditionError) -> str:
    """One thing that is wrong, for people; the code itself where nobody has worded it yet."""
    template = SENTENCES.get(error.code)
    if template is None:
        return _("The condition is wrong: %(code)s.") % {"code": error.code}
    return str(template) % {name: _shown(name, value) for name, value in error.params.items()}


def _shown(name: str, value: object) -> str:
    if name in ("type", "expected") and value in ValueType._value2member_map_:
        return str(TYPES[ValueType(str(value))])
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
