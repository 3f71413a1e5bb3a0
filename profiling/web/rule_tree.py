"""The condition of a rule as a form: rows out of the tree that is kept, a tree out of what a form says, acts on rows.

A form says a tree as rows from the top: `c.depth` once for each row, and its fields as `c.<row>.<name>`. Whatever a
draft keeps has a row, right or wrong: what no field can show is a row of JSON. A tree read back from its own rows asks
the same. None of these is NOT around ANY; NOT around one condition is written without the ANY.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from profiling.indicators.catalogue import IndicatorSpec, ValueType
from profiling.rules.core.checking import MAX_DEPTH, MAX_NODES
from profiling.rules.core.conditions import LISTS, OPS, WITHOUT_VALUE, WORD_LISTS, Op

GROUPS = ("all", "any", "none")
DERIVED = ("ratio", "difference", "days_between")
SEPARATOR = " · "  # between group, name and code of a fact in the search
MOST_ROWS = 2 * MAX_NODES  # of one form, all its trees together: what is beyond what a rule may have is told, not cut
_LEAF = frozenset({"lhs", "op", "value", "also_when_missing"})


@dataclass(slots=True)
class Row:
    """A group (all, any, none), a condition ("leaf") or what is neither ("json").

    fact, other: codes, or what was typed; derived: "" or one of `DERIVED`. value: texts as fields show them, two for a
    range. named: the code of a named list instead. path: where it stands in the tree that was read.
    """

    kind: str
    members: list[Row] = field(default_factory=list)
    derived: str = ""
    fact: str = ""
    other: str = ""
    op: str = ""
    value: list[str] = field(default_factory=list)
    named: str = ""
    also: bool = False
    text: str = ""
    path: str = ""
    depth: int = 0
    number: int = 0

    @property
    def is_group(self) -> bool:
        return self.kind in GROUPS

    def walk(self, depth: int = 0) -> Iterator[Row]:
        """Itself and everything below, from the top, with depths set."""
        self.depth = depth
        yield self
        for member in self.members:
            yield from member.walk(depth + 1)


def read_tree(tree: object, catalogue: Mapping[str, IndicatorSpec]) -> Row:
    """Rows of a tree that is kept. The top is a group, so that there is where to add."""
    top = _row(tree, "", 0) if tree != {} else Row("all")
    if not top.is_group:
        top = Row("all", [top])
    return numbered(top)


def numbered(top: Row) -> Row:
    for number, row in enumerate(top.walk()):
        row.number = number
    return top


def _row(tree: object, path: str, depth: int) -> Row:
    if isinstance(tree, dict) and depth <= MAX_DEPTH:
        for kind in ("all", "any"):
            if set(tree) == {kind} and isinstance(tree[kind], list):
                return Row(kind, _members(tree[kind], f"{path}/{kind}", depth), path=path)
        if set(tree) == {"not"}:
            inner = tree["not"]
            if isinstance(inner, dict) and set(inner) == {"any"} and isinstance(inner["any"], list):
                return Row("none", _members(inner["any"], f"{path}/not/any", depth), path=path)
            return Row("none", [_row(inner, f"{path}/not", depth + 1)], path=path)
        if set(tree) <= _LEAF and (leaf := _leaf(tree, path)):
            return leaf
    return Row("json", text=json.dumps(tree, ensure_ascii=False), path=path)


def _members(given: list[object], path: str, depth: int) -> list[Row]:
    return [_row(member, f"{path}/{place}", depth + 1) for place, member in enumerate(given)]


def _leaf(tree: Mapping[str, object], path: str) -> Row | None:
    row = Row("leaf", path=path)
    lhs, op, also = tree.get("lhs", ""), tree.get("op", ""), tree.get("also_when_missing", False)
    if not isinstance(op, str) or not isinstance(also, bool):
        return None
    row.op, row.also = op, also
    match lhs:
        case str():
            row.fact = lhs
        case {**pairs} if len(pairs) == 1 and (name := next(iter(pairs))) in DERIVED:
            pair = pairs[name]
            if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)):
                return None
            row.derived, (row.fact, row.other) = name, pair
        case _:
            return None
    match tree.get("value"):
        case None:
            pass
        case {"list": str(code), **rest} if not rest:
            row.named = code
        case list() as many:
            if not all(isinstance(one, str | int | float) for one in many):
                return None
            row.value = [_shown(one) for one in many]
        case (str() | int() | float()) as one:
            row.value = [_shown(one)]
        case _:
            return None
    return row


def _shown(value: str | int | float) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def dump_row(row: Row, catalogue: Mapping[str, IndicatorSpec]) -> Any:
    """The tree of a row, wrong where it is wrong."""
    if row.kind == "json":
        try:
            return without_nul(json.loads(row.text))
        except (ValueError, RecursionError):
            return row.text
    members = [dump_row(member, catalogue) for member in row.members]
    if row.kind == "none":
        return {"not": members[0] if len(members) == 1 else {"any": members}}
    if row.is_group:
        return {row.kind: members}
    leaf: dict[str, Any] = {"lhs": {row.derived: [row.fact, row.other]} if row.derived else row.fact}
    if row.op:
        leaf["op"] = row.op
    kind = type_of(row, catalogue)
    if row.op not in WITHOUT_VALUE:
        if row.op in LISTS | WORD_LISTS:
            leaf["value"] = {"list": row.named} if row.named else [typed(one, kind) for one in row.value]
        elif row.op == Op.BETWEEN:
            leaf["value"] = [typed(one, kind) for one in (*row.value, "", "")[:2]]
        elif row.value:
            leaf["value"] = typed(row.value[0], kind)
    if row.also:
        leaf["also_when_missing"] = True
    return leaf


def without_nul(value: Any) -> Any:
    """What JSON said, without the one sign that no text of the database holds. Raises RecursionError."""
    match value:
        case str():
            return value.replace("\0", "")
        case list():
            return [without_nul(one) for one in value]
        case dict():
            return {without_nul(key): without_nul(one) for key, one in value.items()}
    return value


def type_of(row: Row, catalogue: Mapping[str, IndicatorSpec]) -> ValueType | None:
    """What kind of value a condition compares; None where its fact is none."""
    if row.derived == "days_between":
        return ValueType.INTEGER
    if row.derived:
        return ValueType.NUMBER
    known = catalogue.get(row.fact)
    return known.type if known else None


def tests_for(row: Row, catalogue: Mapping[str, IndicatorSpec]) -> list[Op]:
    """The tests that go with a row's fact, in one order."""
    kind = type_of(row, catalogue)
    return [op for op in Op if kind is None or op in OPS[kind]]


def typed(text: str, kind: ValueType | None) -> str | int | float:
    """A typed value as the tree keeps it: a number where one is wanted and given, "12 000,5" too; else text."""
    if kind not in (ValueType.NUMBER, ValueType.INTEGER):
        return text
    bare = text.replace("\u2212", "-").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if "," in bare and "." not in bare:
        bare = bare.replace(",", ".")
    try:
        return int(bare)
    except ValueError:
        pass
    try:
        number = float(bare)
    except ValueError:
        return text
    return number if abs(number) != float("inf") and number == number else text


def read_form(said: Any, prefix: str, catalogue: Mapping[str, IndicatorSpec]) -> Row:
    """The rows that a form says; said: its fields (a QueryDict). A depth that leads nowhere counts as the nearest."""
    stack: list[Row] = []
    top: Row | None = None
    for number, told in enumerate(said.getlist(f"{prefix}.depth")[:MOST_ROWS]):
        row = _said_row(said, f"{prefix}.{number}.", catalogue)
        depth = int(told) if told.isdecimal() and len(told) < 4 else 1
        if top is None:
            top = row if row.is_group else Row("all", [row])
            stack = [top]
            continue
        del stack[max(1, min(depth, len(stack))) :]
        stack[-1].members.append(row)
        if row.is_group:
            stack.append(row)
    return numbered(top or Row("all"))


def _said_row(said: Any, at: str, catalogue: Mapping[str, IndicatorSpec]) -> Row:
    def text(name: str) -> str:
        return str(said.get(at + name, "")).replace("\0", "").strip()

    kind = text("kind")
    if kind == "json":
        return Row("json", text=text("text"))
    if kind in GROUPS:
        return Row(kind)
    row = Row("leaf", derived=text("derived") if text("derived") in DERIVED else "")
    row.fact, row.other = fact_code(text("fact"), catalogue), fact_code(text("other"), catalogue)
    row.op, row.also, row.named = text("op"), bool(text("also")), text("named")
    if at + "values" in said:
        row.value = [line for one in said.get(at + "values").replace("\0", "").splitlines() if (line := one.strip())]
    else:
        row.value = [one.replace("\0", "").strip() for one in said.getlist(at + "value")]
        if row.op != Op.BETWEEN:
            row.value = [one for one in row.value if one]
    return row


def fact_code(typed_text: str, catalogue: Mapping[str, IndicatorSpec]) -> str:
    """The code that a search text names: a code, a label, or "group · label · code"; else the text itself."""
    last = typed_text.rsplit(SEPARATOR, 1)[-1].strip()
    if last in catalogue:
        return last
    folded = typed_text.casefold()
    named = [spec.code for spec in catalogue.values() if str(spec.label).casefold() == folded]
    return named[0] if len(named) == 1 else typed_text


def act(top: Row, number: int, doing: str) -> int:
    """Do one thing to a row, in place; the number of the row to work on next. Unknown things do nothing."""
    rows = list(top.walk())
    if not 0 <= number < len(rows):
        return 0
    row = rows[number]
    parent = next((one for one in rows if any(member is row for member in one.members)), None)
    next_to_work = _act(row, parent, rows, doing)
    numbered(top)
    return next_to_work.number


def _act(row: Row, parent: Row | None, rows: Sequence[Row], doing: str) -> Row:
    if doing in ("condition", "group"):
        fresh = Row("leaf") if doing == "condition" else Row("any", [Row("leaf")])
        if row.is_group:
            row.members.append(fresh)
        elif parent is not None:
            parent.members.insert(_place(parent, row) + 1, fresh)
        return fresh if doing == "condition" else fresh.members[0]
    if doing == "negate" and row.is_group and parent is None:
        row.kind = "any" if row.kind == "none" else "none" if row.kind == "any" else "all"
        if row.kind == "all":
            row.members, row.kind = [Row("all", row.members)], "none"
        return row
    if parent is None:
        return row
    siblings, place = parent.members, _place(parent, row)
    match doing:
        case "delete":
            del siblings[place]
            return siblings[min(place, len(siblings) - 1)] if siblings else parent
        case "duplicate":
            siblings.insert(place + 1, copy.deepcopy(row))
            return siblings[place + 1]
        case "up" if place > 0:
            siblings[place - 1], siblings[place] = row, siblings[place - 1]
        case "down" if place + 1 < len(siblings):
            siblings[place + 1], siblings[place] = row, siblings[place + 1]
        case "in":
            near = [siblings[at] for at in (place - 1, place + 1) if 0 <= at < len(siblings) and siblings[at].is_group]
            if near:
                del siblings[place]
                if place and near[0] is siblings[place - 1]:
                    near[0].members.append(row)
                else:
                    near[0].members.insert(0, row)
            else:
                siblings[place] = Row("any", [row])
        case "out":
            above = next((one for one in rows if any(member is parent for member in one.members)), None)
            if above is not None:
                del siblings[place]
                above.members.insert(_place(above, parent) + 1, row)
        case "negate":
            if row.kind == "none" and len(row.members) == 1:
                siblings[place] = row.members[0]
                return siblings[place]
            if row.kind in ("none", "any"):
                row.kind = "any" if row.kind == "none" else "none"
            else:
                siblings[place] = Row("none", [row])
                return siblings[place]
    return row


def _place(parent: Row, row: Row) -> int:
    return next(place for place, member in enumerate(parent.members) if member is row)
