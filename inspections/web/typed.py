"""The forms of the act, for browsers without scripts, as the same small changes that tablets send.

A field is named `f|line|field` or `f|line|field|part`; `b|line|field` beside it holds the value it rests on, as JSON.
Only fields that differ from it become changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import QueryDict

from inspections.recording import Change

_UNTOLD = object()
_CONDITIONS_WITHOUT_NUMBER = ("missing",)


def changes_typed(post: QueryDict) -> list[Change]:
    """What a form changes, in the order of the page."""
    found = []
    for name in post:
        kind, _bar, key = name.partition("|")
        if kind != "b" or key.count("|") != 1:
            continue
        line, field = key.split("|")
        base = _base(post.get(name, ""))
        value = _value(post, f"f|{key}", field, base)
        if value is not _UNTOLD and _plain(value) != _plain(base):
            found.append(Change(field=field, value=value, base=base, line=line))
    return found


def team_typed(post: QueryDict, name: str) -> list[dict[str, Any]]:
    """The people ticked, with agency and who leads."""
    leads = post.get(f"{name}|leads", "")
    return [
        {"user": user, "agency": post.get(f"{name}|agency:{user}", ""), "leads": user == leads}
        for user in post.getlist(f"{name}|user")
    ]


def present_typed(post: QueryDict, name: str) -> list[dict[str, Any]]:
    """Persons present; rows without a name are left out."""
    rows = zip(post.getlist(f"{name}|name"), post.getlist(f"{name}|capacity"), strict=False)
    return [{"name": person, "capacity": capacity} for person, capacity in rows if person.strip()]


def _value(post: QueryDict, name: str, field: str, base: Any) -> Any:
    group = field.partition(".")[0]
    if group == "team":
        return team_typed(post, name)
    if group == "present":
        return present_typed(post, name)
    if group == "seals":
        return _seal(post, name, base)
    if group == "methods":
        parts = ("started", "ended", "device", "serial", "handler", "dog", "note")
        told: dict[str, Any] = {"done": f"{name}|done" in post, **_parts(post, name, parts)}
        return told if any(told.values()) else {}
    if group == "points":
        told = _parts(post, name, ("state", "note"))
        return told if any(told.values()) else {}
    if group == "time":
        return _parts(post, name, ("started", "ended"))
    return post.get(name, _UNTOLD)


def _seal(post: QueryDict, name: str, base: Any) -> Any:
    if f"{name}|out" in post:
        return None
    told = _parts(post, name, ("event", "number", "condition", "by", "at", "note"))
    is_blank = not told["number"].strip() and told["condition"] not in _CONDITIONS_WITHOUT_NUMBER
    return _UNTOLD if base is None and is_blank else told


def _parts(post: QueryDict, name: str, parts: Iterable[str]) -> dict[str, str]:
    return {part: post.get(f"{name}|{part}", "") for part in parts}


def _base(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _plain(value: Any) -> Any:
    """A value as a form holds it: nothing is empty, a time ends with its minute, empty parts are left out."""
    if isinstance(value, dict):
        return {name: plain for name, one in value.items() if (plain := _plain(one)) not in ("", False)}
    if isinstance(value, list):
        return sorted((_plain(one) for one in value), key=str)
    if isinstance(value, str) and len(value) > 16 and value[10:11] == "T" and value[:4].isdigit():
        return value[:16]
    if isinstance(value, bool):
        return value
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
