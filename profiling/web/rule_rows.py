"""The rows of the rule editor as its page shows them: words of the tests, fields by type, what is wrong beside each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiling.indicators.catalogue import REGISTRY, Label
from profiling.indicators.labels import GROUPS as FAMILIES
from profiling.indicators.labels import UNITS
from profiling.rules.condition_errors import sentence_of
from profiling.rules.core.checking import ConditionError
from profiling.rules.core.conditions import LISTS, WITHOUT_VALUE, WORD_LISTS, Op
from profiling.web import rule_tree
from profiling.web.rule_tree import SEPARATOR, Row

TESTS = {
    Op.EQ: gettext_lazy("is"),
    Op.NE: gettext_lazy("is not"),
    Op.GT: gettext_lazy("is over"),
    Op.GE: gettext_lazy("is at least"),
    Op.LT: gettext_lazy("is under"),
    Op.LE: gettext_lazy("is at most"),
    Op.BETWEEN: gettext_lazy("is between"),
    Op.IN: gettext_lazy("is one of"),
    Op.NOT_IN: gettext_lazy("is none of"),
    Op.CONTAINS_WORD: gettext_lazy("has the word"),
    Op.LACKS_WORD: gettext_lazy("lacks the word"),
    Op.CONTAINS_ANY_WORD: gettext_lazy("has a word of"),
    Op.LACKS_ALL_WORDS: gettext_lazy("has no word of"),
    Op.IS_TRUE: gettext_lazy("is true"),
    Op.IS_FALSE: gettext_lazy("is not true"),
    Op.IS_MISSING: gettext_lazy("is missing"),
    Op.IS_PRESENT: gettext_lazy("is given"),
}
DERIVED = {
    "": gettext_lazy("the fact itself"),
    "ratio": gettext_lazy("divided by"),
    "difference": gettext_lazy("less"),
    "days_between": gettext_lazy("days until"),
}
KINDS = {"all": gettext_lazy("All"), "any": gettext_lazy("Any"), "none": gettext_lazy("None")}


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the page shows it. form: which fields its value has; lines: the values of a list, one a line."""

    row: Row
    at: str
    errors: Sequence[str]
    tests: Sequence[tuple[str, Any]]
    form: str
    fact: str
    other: str
    unit: Any
    input_type: str
    choices: Sequence[str]
    missing: int | None
    level: int
    lines: str
    is_focus: bool


@dataclass(frozen=True, slots=True)
class ShownException:
    """An exception as the page shows it; raw: what is none, as JSON."""

    number: int
    rows: Sequence[Shown]
    until: str
    note: str
    raw: str
    errors: Sequence[str]


def facts() -> list[str]:
    order = list(FAMILIES)
    known = sorted(REGISTRY.specs().values(), key=lambda spec: (order.index(spec.group), str(spec.label)))
    return [fact_text(spec.code) for spec in known]


def fact_text(code: str) -> str:
    """A fact as the search shows it, in the reader's language; what is no fact as it was typed."""
    spec = REGISTRY.specs().get(code)
    return SEPARATOR.join((str(FAMILIES[spec.group]), str(spec.label), code)) if spec else code


class Rows:
    """Lays the rows of a draft out for the page.

    missing: by fact, of how many in a hundred it is missing. focus: the row to work on, as "c.3".
    """

    def __init__(self, missing: Mapping[str, int], focus: str) -> None:
        self.missing = missing
        self.focus = focus

    def tree(self, tree: object, prefix: str, root: str, places: Sequence[ConditionError]) -> list[Shown]:
        """Rows with what is wrong beside each."""
        top = rule_tree.read_tree(tree, REGISTRY.specs())
        rows = list(top.walk())
        wrong: dict[int, list[str]] = {}
        for place in places:
            if place.path != root and not place.path.startswith(root + "/"):
                continue
            path = place.path[len(root) :]
            near = max(
                (row for row in rows if path == row.path or path.startswith(row.path + "/")),
                key=lambda row: (len(row.path), row.number),
                default=top,
            )
            wrong.setdefault(near.number, []).append(self._with_line(place, near))
        return [self._shown(row, prefix, wrong.get(row.number, [])) for row in rows]

    def _with_line(self, place: ConditionError, row: Row) -> str:
        """What is wrong, with the number of the line where a list of values is typed by line."""
        sentence = sentence_of(place)
        last = place.path.rsplit("/", 1)[-1]
        if "/value/" in place.path and last.isdecimal() and row.op in LISTS | WORD_LISTS:
            return _("Line %(line)d: %(sentence)s") % {"line": int(last) + 1, "sentence": sentence}
        return sentence

    def _shown(self, row: Row, prefix: str, errors: Sequence[str]) -> Shown:
        specs = REGISTRY.specs()
        spec = specs.get(row.fact) if not row.derived else None
        tests: list[tuple[str, Label]] = [(op.value, TESTS[op]) for op in rule_tree.tests_for(row, specs)]
        if row.op and row.op not in [op for op, _words in tests]:
            tests.insert(0, (row.op, next((words for op, words in TESTS.items() if op.value == row.op), row.op)))
        form = "one"
        if not row.op or row.op in WITHOUT_VALUE:
            form = "none"
        elif row.op in LISTS | WORD_LISTS:
            form = "many"
        elif row.op == Op.BETWEEN:
            form = "two"
        kind = rule_tree.type_of(row, specs)
        if form == "two":
            row.value = [*row.value, "", ""][:2]
        return Shown(
            row=row,
            at=f"{prefix}.{row.number}",
            errors=errors,
            tests=tests,
            form=form,
            fact=fact_text(row.fact),
            other=fact_text(row.other),
            unit=UNITS.get(spec.unit, spec.unit) if spec else "",
            input_type="decimal" if kind in ("number", "integer") else "text",
            choices=spec.choices if spec else (),
            missing=self.missing.get(row.fact) if spec else None,
            level=min(row.depth, 8),
            lines="\n".join(row.value),
            is_focus=self.focus == f"{prefix}.{row.number}",
        )

    def exception(self, number: int, one: object, places: Sequence[ConditionError]) -> ShownException:
        root = f"/exceptions/{number}"
        own = [sentence_of(place) for place in places if place.path in (root, root + "/until", root + "/note")]
        if not isinstance(one, dict) or set(one) - {"condition", "until", "note"}:
            below = [sentence_of(place) for place in places if place.path.startswith(root + "/")]
            return ShownException(number, [], "", "", json.dumps(one, ensure_ascii=False), own or below)
        rows = self.tree(one.get("condition", {}), f"x{number}", root + "/condition", places)
        until, note = one.get("until") or "", one.get("note", "")
        return ShownException(number, rows, str(until), str(note), "", own)
