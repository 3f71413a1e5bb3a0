"""What statistics are asked for: of which units, days, mode and rule, and grouped how. One form for page and API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcu.accounts.models import Unit
from profiling.cargo.choices import Mode
from profiling.rules.models import Rule

ALL = "all"
"""In the address: every unit that the person reads."""
DEFAULT_DAYS = 90
MOST_DAYS_BY_DAY = 100
_INDENT = 3 * "\N{NO-BREAK SPACE}"
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


class Group(TextChoices):
    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    UNIT = "unit", pgettext_lazy("group", "unit")
    MODE = "mode", _("mode of transport")
    RULE = "rule", _("rule")


BY = {Group.UNIT: _("By unit"), Group.MODE: _("By mode of transport"), Group.RULE: _("By rule")}
"""What a table of groups is called; steps of time go by the name of the line."""
TIMES = (Group.DAY, Group.WEEK, Group.MONTH)


@dataclass(frozen=True, slots=True)
class Question:
    """`unit` is the node asked for, None for all that the person reads; `units` are those that count, nodes included.

    Days are inclusive, and those of each unit's own zone.
    """

    unit: Unit | None
    units: Sequence[Unit]
    since: date
    until: date
    mode: str = ""
    rule: str = ""
    group: Group = Group.WEEK

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def series(self) -> Group:
        """The steps of the line through time: those asked for, else as many as can be told apart."""
        if self.group in TIMES:
            return self.group
        if self.days <= 14:
            return Group.DAY
        return Group.WEEK if self.days <= 183 else Group.MONTH


class StatisticsForm(forms.Form):
    """Bound to an address. What it says nothing of is the last ninety days, every mode and rule, by week."""

    unit = forms.ChoiceField(label=_("Unit"), required=False)
    since = forms.DateField(
        label=_("From"),
        required=False,
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    until = forms.DateField(
        label=pgettext_lazy("last day", "To"),
        required=False,
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    mode = forms.ChoiceField(label=_("Mode of transport"), required=False, choices=[("", _("any")), *Mode.choices])
    rule = forms.ChoiceField(label=_("Rule"), required=False)
    group = forms.ChoiceField(label=_("Group by"), required=False, choices=Group.choices)

    def __init__(self, query: Mapping[str, Any], *, user: Any, default: Unit | None = None) -> None:
        """`default`: the unit meant where the address names none; without one all that the person reads."""
        self.readable = list(Unit.objects.visible_to(user))
        self.default = default
        today = timezone.localdate(timezone=default.zone if default else None)
        self.first_answer = {
            "unit": default.code if default else ALL,
            "since": (today - timedelta(days=DEFAULT_DAYS - 1)).isoformat(),
            "until": today.isoformat(),
            "group": Group.WEEK.value,
        }
        asked = {name: query.get(name) or self.first_answer.get(name, "") for name in self.base_fields}
        if query.get("until") and not query.get("since"):
            asked["since"] = _before(str(query["until"]), str(asked["since"]))
        super().__init__(asked)
        depth = min((unit.path.count("/") for unit in self.readable), default=0)
        units = [(unit.code, _INDENT * (unit.path.count("/") - depth) + unit.name) for unit in self.readable]
        self._choose("unit", [(ALL, _("all my units")), *units])
        # rules belong to a node and score what lies below it, also for people who read nothing but their own unit
        above = {code for unit in self.readable for code in unit.path.strip("/").split("/")}
        codes = Rule.objects.filter(unit__code__in=above).order_by("code").values_list("code", flat=True).distinct()
        self._choose("rule", [("", _("all rules")), *((code, code) for code in codes)])

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        elif since and until and found.get("group") == Group.DAY and (until - since).days >= MOST_DAYS_BY_DAY:
            message = _("By day for %(days)d days at most. Choose weeks or months, or fewer days.")
            self.add_error("group", message % {"days": MOST_DAYS_BY_DAY})
        return found

    def question(self) -> Question:
        """What was asked; for a form that is valid."""
        said = self.cleaned_data
        node = next((unit for unit in self.readable if unit.code == said["unit"]), None)
        units = [unit for unit in self.readable if node is None or unit.path.startswith(node.path)]
        return Question(
            unit=node,
            units=units,
            since=said["since"],
            until=said["until"],
            mode=said["mode"],
            rule=said["rule"],
            group=Group(said["group"]),
        )


def _before(until: str, otherwise: str) -> str:
    """The first day where only the last was said."""
    try:
        return (date.fromisoformat(until) - timedelta(days=DEFAULT_DAYS - 1)).isoformat()
    except (ValueError, OverflowError):
        return otherwise
