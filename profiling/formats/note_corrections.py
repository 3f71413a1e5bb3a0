"""Corrections of the boxes of notes: what a unit may change of `note_boxes`, what is wrong with it, and what it does.

Corrections are plain JSON, by note, table and key, so that they can be kept and passed as `agreed[CORRECTIONS]`:

    {"cmr": {"notes": {"gross_kg": {"box": "11a", "ru": "Вес груза", "also": ["Bruttogewicht"], "field": "net_kg"}}}}

Tables are "head", "equipment" and "notes"; a box is named by the field that the table of `note_boxes` gives it. "box"
is its number, "ru" and "en" its headings, "hint_ru" and "hint_en" what belongs there, "also" further headings that are
understood, "field" the field it is read into instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from profiling.formats.note_boxes import BY_CODE, NOTES, Note
from profiling.formats.note_columns import Column, Sheet
from profiling.formats.rail_cells import plain
from profiling.formats.table_mapping import Fault

CORRECTIONS: Final = "note_boxes"
"""The member of what was agreed."""
HEADINGS: Final = ("ru", "en")
# Characters at most; a heading stands in a cell, a hint in its comment.
TEXTS: Final[Mapping[str, int]] = MappingProxyType({"box": 12, "ru": 80, "en": 80, "hint_ru": 200, "hint_en": 200})
MOST_ALSO: Final = 20


def sheets_of(note: Note) -> dict[str, Sheet]:
    """The tables of a note by the names that corrections use."""
    tables = {"head": note.head, "equipment": note.equipment}
    return tables if note.notes is None else {**tables, "notes": note.notes}


def fields_of(note: Note, table: str) -> dict[str, Column]:
    """What a box of this table may be read into: the fields that notes of the same purpose have there."""
    found: dict[str, Column] = {}
    for each in (note, *(other for other in NOTES if other.purpose is note.purpose)):
        sheet = sheets_of(each).get(table)
        for column in sheet.columns if sheet else ():
            found.setdefault(column.key, column)
    return found


def corrected(note: Note, agreed: Mapping[str, Any] | None) -> Note:
    """The note with the corrections of `agreed[CORRECTIONS]`; a heading that was corrected is understood as it was too.

    Raises ValueError, which names what is wrong, for a correction that cannot be used (`faults`).
    """
    every = (agreed or {}).get(CORRECTIONS) or {}
    told = every.get(note.code) if isinstance(every, Mapping) else every
    if not told:
        return note
    wrong = faults(note, told)
    if wrong:
        raise ValueError(".".join(filter(None, (note.code, wrong[0].where))))
    tables = sheets_of(note)
    changed: dict[str, Any] = {table: _sheet(tables[table], told[table]) for table in told}
    return replace(note, **changed)


def faults(note: Note, told: Any) -> list[Fault]:
    """Everything wrong with the corrections of one note; `where` is "table", "table.key" or "table.key.member"."""
    if not isinstance(told, Mapping):
        return [Fault("boxes_unreadable")]
    tables = sheets_of(note)
    found: list[Fault] = []
    for table, boxes in told.items():
        if table not in tables:
            found.append(Fault("box_table_unknown", table, {"table": table}))
        elif not isinstance(boxes, Mapping):
            found.append(Fault("boxes_unreadable", table))
        else:
            one_by_one = list(_faults_of_boxes(note, table, boxes))
            # what boxes are to each other can be said once each is right
            found += one_by_one or _faults_between(table, tables[table], _columns(tables[table], boxes))
    return found


def _faults_of_boxes(note: Note, table: str, boxes: Mapping[str, Any]) -> Iterator[Fault]:
    known = {column.key for column in sheets_of(note)[table].columns}
    fields = fields_of(note, table)
    for key, told in boxes.items():
        where = f"{table}.{key}"
        if key not in known:
            yield Fault("box_unknown", where, {"key": key})
        elif not isinstance(told, Mapping):
            yield Fault("boxes_unreadable", where)
        else:
            for name, value in told.items():
                yield from _faults_of_member(f"{where}.{name}", name, value, fields)


def _faults_of_member(where: str, name: str, value: Any, fields: Mapping[str, Column]) -> Iterator[Fault]:
    if name == "field":
        if not isinstance(value, str) or value not in fields:
            yield Fault("box_field_unknown", where, {"field": str(value)[:80]})
    elif name == "also":
        if not isinstance(value, list) or len(value) > MOST_ALSO or not all(_is_line(each, 80) for each in value):
            yield Fault("box_also_wrong", where, {"count": MOST_ALSO, "limit": 80})
    elif name not in TEXTS:
        yield Fault("box_member_unknown", where, {"member": name})
    elif not _is_line(value, TEXTS[name]):
        yield Fault("box_text_wrong", where, {"limit": TEXTS[name]})
    elif name in HEADINGS and not plain(value):
        yield Fault("box_heading_missing", where)


def _is_line(value: Any, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and (value.isprintable() or not value)


def _faults_between(table: str, sheet: Sheet, columns: tuple[Column, ...]) -> list[Fault]:
    """Two boxes for one field, a needed field without a box, two boxes with one heading."""
    found: list[Fault] = []
    by_key: dict[str, Column] = {}
    for was, column in zip(sheet.columns, columns, strict=True):
        first = by_key.setdefault(column.key, was)
        if first is not was:
            # said of the one that was moved there
            box, other = (was, first) if column.key != was.key else (first, was)
            found.append(Fault("box_field_twice", f"{table}.{box.key}.field", {"other": other.heading}))
        for name in HEADINGS:
            heading = plain(getattr(column, name))
            if heading == plain(getattr(was, name)):
                continue
            pairs = zip(sheet.columns, columns, strict=True)
            same = next(
                (old for old, one in pairs if old is not was and heading in (plain(one.ru), plain(one.en))), None
            )
            if same is not None:
                found.append(Fault("box_heading_twice", f"{table}.{was.key}.{name}", {"other": same.heading}))
    found += [
        Fault("box_field_needed", f"{table}.{was.key}.field", {"field": was.heading})
        for was in sheet.columns
        if was.required and was.key not in by_key
    ]
    return found


def _columns(sheet: Sheet, boxes: Mapping[str, Any]) -> tuple[Column, ...]:
    needed = {column.key for column in sheet.columns if column.required}
    return tuple(
        _corrected(column, boxes[column.key], needed) if column.key in boxes else column for column in sheet.columns
    )


def _corrected(column: Column, told: Mapping[str, Any], needed: set[str]) -> Column:
    texts = {name: told[name].strip() for name in TEXTS if name in told}
    key = told.get("field", column.key)
    also = (*column.also, *told.get("also", ()), column.heading, column.ru, column.en)
    return replace(column, **texts, key=key, required=key in needed, also=tuple(dict.fromkeys(also)))


def _sheet(sheet: Sheet, boxes: Mapping[str, Any]) -> Sheet:
    """A heading that one box has now is no longer an old or other heading of another."""
    columns = _columns(sheet, boxes)
    owner = {plain(text): place for place, one in enumerate(columns) for text in (one.ru, one.en, one.heading)}
    return replace(
        sheet,
        columns=tuple(
            replace(one, also=tuple(text for text in one.also if owner.get(plain(text), place) == place))
            for place, one in enumerate(columns)
        ),
    )


def changes(note: Note, table: str, key: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a form says of a box that which differs from the table: its correction, {} for none.

    said: "box", "ru", "en", "hint_ru", "hint_en", "field" as texts and "also" as a list, any of them.
    """
    column = next(each for each in sheets_of(note)[table].columns if each.key == key)
    as_it_is = {name: getattr(column, name) for name in TEXTS} | {"field": key, "also": []}
    return {name: value for name, value in said.items() if value != as_it_is.get(name)}


def known_keys(note: Note, table: str) -> set[str]:
    """The members and elements of a table: those of the note, and as `note_boxes` has them whatever was corrected.

    A member of JSON names a field and no box, so a corrected box takes none of them away.
    """
    sheets = (sheets_of(note).get(table), sheets_of(BY_CODE[note.code]).get(table))
    return {column.key for sheet in sheets if sheet is not None for column in sheet.columns}
