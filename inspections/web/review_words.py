"""A submitted act and its differences as titled groups of labelled values, for pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from inspections.choices import PhotoKind, SealEvent
from inspections.differences import OF_SEIZURES, Change, Key, Part, Section, parts
from inspections.models import Link
from inspections.web import review_labels as labels
from pcu.accounts.models import Unit
from pcu.desk import times
from pcu.desk.templatetags.desk import container_number, quantity
from pcu.words import in_language
from profiling.cases.choices import Method

# Told field by field; the rest as one line each.
_BY_FIELD = frozenset(
    {Section.ACT, Section.POINTS, Section.PACKAGES, Section.RADIATION, Section.FINDINGS, Section.SEIZURES}
)
_LONG = 24  # characters from which on a text is compared word by word


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: `tone` is "" for what stays, "del" for what is gone, "ins" for what is new."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One field or part. `before` is empty where only the whole is told; `photo` is the ref of one to show."""

    label: str
    after: Sequence[Piece]
    before: Sequence[Piece] = ()
    aside: str = ""
    photo: str = ""


@dataclass(slots=True)
class Group:
    title: str
    rows: list[Row] = field(default_factory=list)


class Words:
    """The words of one act: its lists, its unit's zone, its equipment."""

    def __init__(self, content: Mapping[str, Any], unit: Unit) -> None:
        self.content = content
        self.unit = unit
        self._equipment = {line["ref"]: line["equipment"] for line in content["lines"]}
        self._seals = {seal["ref"]: seal["number"] for line in content["lines"] for seal in line["seals"]}
        self._declared = {line["ref"]: line for line in content["lines"]}

    def whole(self, sections: Iterable[Section] = tuple(Section)) -> list[Group]:
        """All that the act says in these sections; empty fields are left out."""
        wanted = frozenset(sections)
        groups = _Groups(several=len(self._equipment) > 1)
        for (section, ref), part in _in_order(parts(self.content)):
            if section not in wanted:
                continue
            group = groups.of(section, part.where)
            if section in _BY_FIELD:
                for name, value in sorted(part.fields.items(), key=lambda field: labels.place_of(field[0])):
                    if told := self.value(section, name, value):
                        group.rows.append(Row(labels.field_label(section, name), [Piece(told)]))
            else:
                photo = ref if section == Section.PHOTOS else ""
                told = self.summary(section, part.fields)
                group.rows.append(Row(self.part_label(section, part), [Piece(told)], photo=photo))
        return groups.filled()

    def changed(self, changes: Sequence[Change], before: Words) -> list[Group]:
        """The differences from an earlier submission of the same act, whose words are `before`."""
        groups = _Groups(several=len(self._equipment) > 1)
        met = {(change.section, change.ref): place for place, change in reversed(list(enumerate(changes)))}
        for change in sorted(changes, key=lambda one: (met[one.section, one.ref], labels.place_of(one.field))):
            if change.field in labels.UNTOLD:
                continue
            groups.of(change.section, change.where).rows.append(
                self._changed_part(change, before) if not change.field else self._changed_field(change, before)
            )
        return groups.filled()

    def _changed_part(self, change: Change, before: Words) -> Row:
        fields = change.before if change.after is None else change.after
        label = self.part_label(change.section, Part(change.where, change.name, fields))
        photo = change.ref if change.section == Section.PHOTOS and change.after is not None else ""
        words = before if change.after is None else self
        told = words.summary(change.section, fields) or label
        if change.after is None:
            return Row(label, [Piece(_("taken out"))], before=[Piece(told, "del")])
        return Row(label, [Piece(told, "ins")], before=[Piece("–")], photo=photo)

    def _changed_field(self, change: Change, before: Words) -> Row:
        label = labels.field_label(change.section, change.field)
        if change.section not in _BY_FIELD:
            name = self.part_label(change.section, Part(change.where, change.name, {}))
            label = f"{name}: {label}"
        old = before.value(change.section, change.field, change.before) or self._nothing(change)
        new = self.value(change.section, change.field, change.after) or self._nothing(change)
        pieces = compared(old, new)
        return Row(label, pieces[1], before=pieces[0], aside=self._against_declared(change))

    def _nothing(self, change: Change) -> str:
        is_point = change.section == Section.POINTS and not change.field.endswith(".note")
        return _("not checked") if is_point else "–"

    def _against_declared(self, change: Change) -> str:
        """By how much what was found differs from what was declared: "+19.4 % on declared"."""
        declared_by = {"gross_found_kg": "gross_declared_kg", "packages_found": "packages_declared"}
        if change.field not in declared_by or change.ref not in self._declared:
            return ""
        declared, found = _number(self._declared[change.ref][declared_by[change.field]]), _number(change.after)
        if not declared or found is None:
            return ""
        percent = (found - declared) * 100 / declared
        sign = "−" if percent < 0 else "+"
        return _("%(sign)s%(percent)s %% on declared") % {"sign": sign, "percent": quantity(round(abs(percent), 1))}

    # ---- one value

    def value(self, section: Section, name: str, value: Any) -> str:
        """A value in words; "" where there is nothing to say."""
        if value in (None, "", [], {}) or name in labels.UNTOLD:
            return ""
        choices = labels.choices_of(section, name)
        if choices is not None and value in choices.values:
            return str(choices(value).label)
        match value:
            case True:
                return _("yes")
            case False:
                return ""
            case list():
                return ", ".join(self.value(section, name, one) for one in value)
            case {"equipment": number, "why": why}:
                return f"{container_number(number)}: {why}"
            case {"document": document}:
                return str(document)
        if section == Section.SEIZURES and name in labels.LIST_WORDS:
            return in_language(self.content["words"].get(value)) or str(value).partition(":")[2]
        if name in labels.TIMES:
            return self._time(str(value))
        if name in labels.DAYS:
            return formats.date_format(date.fromisoformat(value))
        if name in labels.QUANTITIES and (number := _number(value)) is not None:
            return f"{quantity(number)} {labels.UNITS[name]}" if name in labels.UNITS else quantity(number)
        if name == "equipment":
            return container_number(str(value))
        if section == Section.PHOTOS and name in ("line", "seal"):
            return container_number(self._equipment.get(value, "")) or self._seals.get(value, "")
        return str(value)

    def _time(self, text: str) -> str:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text  # a tablet may say a clock time alone
        return times.in_words(moment.astimezone(times.zone_of(self.unit))) if moment.tzinfo else text

    # ---- one part

    def part_label(self, section: Section, part: Part) -> str:
        """What a part is called: a method, a seal, a bag, a person."""
        name = part.name
        match section:
            case Section.METHODS:
                return str(Method(name).label) if name in Method.values else name
            case Section.SEALS:
                event = part.fields.get("event", "")
                return f"{_('Seal')} {SealEvent(event).label}" if event in SealEvent.values else f"{_('Seal')} {name}"
            case Section.PHOTOS:
                return str(PhotoKind(name).label) if name in PhotoKind.values else name
            case Section.LINKS:
                kind = part.fields.get("kind", "")
                return str(Link.Kind(kind).label) if kind in Link.Kind.values else name
            case Section.SAMPLES:
                return f"{_('Sample')} {name}"
            case Section.LINES:
                return str(_("Equipment"))
            case Section.SEIZURES:
                return str(_("Seizure"))
            case _:
                return name

    def summary(self, section: Section, fields: Mapping[str, Any]) -> str:
        """A part in one line."""
        named = {Section.METHODS: ("done",), Section.SEALS: ("event",), Section.PHOTOS: ("kind", "line", "seal")}
        left_out = {*named.get(section, ()), *(("kind",) if section in (Section.LINKS, Section.LINES) else ())}
        if section in (Section.TEAM, Section.PRESENT):
            left_out.add("name")
        told = []
        for name, value in sorted(fields.items(), key=lambda field: labels.place_of(field[0])):
            if name in left_out or not (words := self.value(section, name, value)):
                continue
            plain = name in {"name", "number", "agency", "capacity", "equipment", "caption", "bag", "condition", "note"}
            told.append(words if plain else f"{labels.field_label(section, name)}: {words}")
        if section == Section.METHODS and not told and fields.get("done"):
            return str(labels.FIELDS["done"])
        return "; ".join(told)


class _Groups:
    """Groups in the order in which they are first asked for."""

    def __init__(self, *, several: bool) -> None:
        self._several = several
        self._groups: dict[tuple[str, str], Group] = {}

    def of(self, section: Section, where: str) -> Group:
        if section in OF_SEIZURES:
            title = _("Seizure %(number)s") % {"number": where}
        else:
            title = str(labels.TITLES[section])
            if self._several and where and section != Section.LINES:
                title = f"{title} · {container_number(where)}"
        return self._groups.setdefault((title, where if section in OF_SEIZURES else ""), Group(title))

    def filled(self) -> list[Group]:
        return [group for group in self._groups.values() if group.rows]


def _in_order(told: Mapping[Key, Part]) -> list[tuple[Key, Part]]:
    """The parts as the act tells them, the methods of a line lightest first."""
    first: dict[tuple[Section, str], int] = {}
    for place, ((section, _ref), part) in enumerate(told.items()):
        first.setdefault((section, part.where), place)

    def place_of(numbered: tuple[int, tuple[Key, Part]]) -> tuple[int, tuple[int, str]]:
        place, ((section, _ref), part) = numbered
        return (
            (first[section, part.where], labels.place_of(part.name)) if section == Section.METHODS else (place, (0, ""))
        )

    return [pair for _place, pair in sorted(enumerate(told.items()), key=place_of)]


def compared(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Two texts as pieces. Short ones are struck and replaced whole, longer ones word by word.

    >>> compared("240", "224")
    ([Piece(text='240', tone='del')], [Piece(text='224', tone='ins')])
    """
    if min(len(before), len(after)) < _LONG:
        return [Piece(before, "" if before in ("–", _("not checked")) else "del")], [Piece(after, "ins")]
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, words, tone in ((0, old[a:b], "del"), (1, new[c:d], "ins")):
            if words:
                pieces[side].append(Piece("".join(words), "" if tag == "equal" else tone))
    return pieces


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
