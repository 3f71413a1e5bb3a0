"""The rulebook as files: one YAML file a rule and `release.yaml`, in an order that stays, made for review in git.

A rule's document says what a version says, with its code, owner and expiry; the same as JSON is the export of one rule.
What is read becomes drafts and never anything live.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit, User
from profiling.rules import drafts
from profiling.rules.condition_errors import sentence_of
from profiling.rules.judging import judge
from profiling.rules.models import Release, Rule, RuleDraft, RuleVersion

RELEASE_FILE = "release.yaml"
LARGEST = 2 * 1024 * 1024  # bytes of one file: a list of 10,000 codes is a tenth of it
_KEYS = (
    "rule",
    "version",
    "owner",
    "expires_on",
    "points",
    "titles",
    "shorts",
    "reasons",
    "condition",
    "exceptions",
    "note",
)
_KINDS: Mapping[str, type] = {
    "rule": str, "version": int, "owner": str, "expires_on": str, "points": int, "titles": dict, "shorts": dict,
    "reasons": dict, "condition": dict, "exceptions": list, "note": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, and where: a file's name and the line in it, from 1; file is "" for a document without one."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.file else self.message


class InvalidRulebookError(Exception):
    """Nothing was taken; `complaints` says everything that is wrong."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = complaints
        super().__init__("\n".join(map(str, complaints)))


@dataclass(frozen=True, slots=True)
class Taken:
    """One rule that was read: the draft made of it, None where it says what stands already."""

    code: str
    draft: RuleDraft | None


def document_of(version: RuleVersion) -> dict[str, Any]:
    """A version as a document, keys in the order of the file."""
    rule = version.rule
    return {
        "rule": rule.code,
        "version": version.number,
        "owner": rule.owner,
        "expires_on": rule.expires_on.isoformat(),
        "points": version.points,
        "titles": dict(sorted(version.titles.items())),
        "shorts": dict(sorted(version.shorts.items())),
        "reasons": dict(sorted(version.reasons.items())),
        "condition": version.condition,
        "exceptions": version.exceptions,
        "note": version.note,
    }


def release_document(release: Release) -> dict[str, Any]:
    """What a release holds beside its rules: their versions, lanes by falling points, the sample, pinned lists."""
    steps = sorted(release.thresholds.items(), key=lambda step: (step[1] is None, -(step[1] or 0), step[0]))
    versions = release.versions.order_by("rule__code").values_list("rule__code", "number")
    lists = release.lists.order_by("named_list__code").values_list("named_list__code", "number")
    return {
        "release": release.name,
        "unit": release.unit.code,
        "thresholds": dict(steps),
        "sample_rate": f"{release.sample_rate.normalize():f}",
        "sample_lane": release.sample_lane,
        "rules": dict(versions),
        "lists": dict(lists),
    }


def export_release(release: Release, folder: Path) -> list[str]:
    """Write a release into a folder, and take away files of rules that it no longer holds. Returns the names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {RELEASE_FILE}
    for version in release.versions.select_related("rule").order_by("rule__code"):
        name = f"{version.rule.code}.yaml"
        names.add(name)
        (folder / name).write_text(as_yaml(document_of(version)), encoding="utf-8")
    (folder / RELEASE_FILE).write_text(as_yaml(release_document(release)), encoding="utf-8")
    for left in folder.glob("*.yaml"):
        if left.name not in names and _is_ours(left):
            left.unlink()
    return sorted(names)


def as_yaml(document: Mapping[str, Any]) -> str:
    """One document; texts of several lines stay lines, and no line is broken by its length."""
    text: str = yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return text


@transaction.atomic
def import_folder(*, unit: Unit, user: User, folder: Path) -> list[Taken]:
    """Make drafts of a folder's rules, all or none. A rule that says what stands already makes none.

    Raises InvalidRulebookError with file and line of all that is wrong, PermissionDenied.
    """
    files = sorted(path for path in folder.glob("*.y*ml") if path.name != RELEASE_FILE)
    complaints: list[Complaint] = []
    if not files:
        complaints.append(Complaint(str(folder), 0, _("There is no file of a rule.")))
    taken: list[Taken] = []
    seen: dict[str, str] = {}
    for path in files:
        if path.stat().st_size > LARGEST:
            complaints.append(Complaint(path.name, 1, _("The file is too large.")))
            continue
        try:
            document, lines = read_yaml(path.read_bytes(), path.name)
            code = str(document["rule"])
            if code in seen:
                raise InvalidRulebookError(
                    [
                        Complaint(
                            path.name,
                            lines.get("/rule", 1),
                            _("This rule stands in %(file)s, too.") % {"file": seen[code]},
                        )
                    ]
                )
            seen[code] = path.name
            taken.append(_take(unit, user, document, lines, path.name))
        except InvalidRulebookError as error:
            complaints += error.complaints
    if complaints:
        raise InvalidRulebookError(complaints)
    return taken


@transaction.atomic
def import_document(*, unit: Unit, user: User, document: object) -> Taken:
    """Make a draft of one rule's document. Raises InvalidRulebookError, PermissionDenied."""
    return _take(unit, user, _checked(document, {}, ""), {}, "")


def read_yaml(content: bytes, name: str) -> tuple[dict[str, Any], dict[str, int]]:
    """A rule's document and the line of each of its places, by JSON pointer. Raises InvalidRulebookError."""
    try:
        text = content.decode("utf-8-sig")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise InvalidRulebookError([Complaint(name, 1, _("References within a file (* and &) are not read."))])
        root = yaml.compose(text, Loader=_Loader)
        if root is None:
            raise InvalidRulebookError([Complaint(name, 1, _("The file is empty."))])
        lines, doubled = {}, []
        for pointer, line, is_double in _places(root, ""):
            if is_double:
                doubled.append(
                    Complaint(name, line, _("“%(key)s” stands here twice.") % {"key": pointer.rsplit("/", 1)[-1]})
                )
            lines[pointer] = line
        if doubled:
            raise InvalidRulebookError(doubled)
        document = yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidRulebookError([Complaint(name, line, _("The file is not UTF-8."))]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidRulebookError(
            [Complaint(name, line, _("This is no YAML: %(why)s.") % {"why": error.problem})]
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidRulebookError(
            [Complaint(name, 1, _("This is no YAML: %(why)s.") % {"why": type(error).__name__})]
        ) from None
    return _checked(document, lines, name), lines


def _take(unit: Unit, user: User, document: Mapping[str, Any], lines: Mapping[str, int], name: str) -> Taken:
    code = document["rule"]
    said = {field: document[field] for field in (*drafts.SAID, "owner", "note") if field in document}
    said |= {"code": code, "expires_on": _day(document.get("expires_on"))}
    rule = Rule.objects.filter(unit=unit, code=code).select_related("unit").first()
    if rule is not None:
        standing = drafts.standing_version(rule)
        if standing is not None and all(getattr(standing, field) == said.get(field) for field in drafts.SAID):
            return Taken(code, None)
        draft = drafts.start_from(rule=rule, user=user)
        draft = drafts.save(draft=draft, user=user, expected_edit=draft.edit, said=said)
    else:
        draft = drafts.start(unit=unit, user=user, said=said)
    faults = judge(draft, today=timezone.localdate(timezone=unit.zone))
    told = {place.path.split("/")[1] for place in faults.places}
    complaints = [Complaint(name, _line(lines, place.path), sentence_of(place)) for place in faults.places]
    complaints += [
        Complaint(name, _line(lines, "/" + field.replace(".", "/")), message)
        for field, message in faults.errors.items()
        if field not in told
    ]
    if complaints:
        raise InvalidRulebookError(sorted(complaints, key=lambda one: one.line))
    return Taken(code, draft)


def _line(lines: Mapping[str, int], pointer: str) -> int:
    """The line of a place, else of the nearest that holds it."""
    while pointer and pointer not in lines:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer, 1)


def _checked(document: object, lines: Mapping[str, int], name: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise InvalidRulebookError([Complaint(name, 1, _("This is no rule."))])
    complaints = [
        Complaint(name, lines.get(f"/{key}", 1), _("“%(key)s” means nothing here.") % {"key": str(key)[:40]})
        for key in document
        if key not in _KEYS
    ]
    for key, kind in _KINDS.items():
        value = document.get(key)
        if key in document and (not isinstance(value, kind) or isinstance(value, bool)):
            message = _("A value of another kind is wanted for “%(key)s”.") % {"key": key}
            complaints.append(Complaint(name, lines.get(f"/{key}", 1), message))
    complaints += [
        Complaint(name, 1, _("“%(key)s” is missing.") % {"key": key})
        for key in ("rule", "points", "titles", "shorts", "reasons", "condition")
        if key not in document
    ]
    points = document.get("points")
    if isinstance(points, int) and abs(points) > 100:  # the column takes little more
        complaints.append(
            Complaint(
                name,
                lines.get("/points", 1),
                _("Points lie between %(low)d and %(high)d.") % {"low": -100, "high": 100},
            )
        )
    for key, limit in (("rule", 20), ("owner", 120)):
        if isinstance(text := document.get(key), str) and len(text) > limit:
            complaints.append(
                Complaint(name, lines.get(f"/{key}", 1), _("At most %(limit)d characters.") % {"limit": limit})
            )
    if isinstance(text := document.get("expires_on"), str) and _day(text) is None:
        complaints.append(Complaint(name, lines.get("/expires_on", 1), _("This is no day: write it as 2027-03-31.")))
    if _holds_nul(document):
        complaints.append(Complaint(name, 1, _("A text holds a character that no text may hold (NUL).")))
    if complaints:
        raise InvalidRulebookError(complaints)
    return {"exceptions": [], **document}


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(_holds_nul, value))


def _day(text: object) -> date | None:
    try:
        return parse_date(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _is_ours(path: Path) -> bool:
    """A file that an export wrote: it begins with the rule it is named after."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline().strip() == f"rule: {path.stem}"


def _places(node: yaml.Node, pointer: str) -> Iterator[tuple[str, int, bool]]:
    """(pointer, line, whether the key stands twice) of a node and all within it."""
    yield pointer, node.start_mark.line + 1, False
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            place = f"{pointer}/{key.value}"
            if key.value in seen:
                yield place, key.start_mark.line + 1, True
            seen.add(key.value)
            for inner, line, is_double in _places(value, place):
                yield inner, key.start_mark.line + 1 if inner == place else line, is_double
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield from _places(value, f"{pointer}/{at}")


class _Loader(yaml.SafeLoader):
    """Days stay the text they are: what is stored is JSON."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


_ODD_BREAKS = re.compile("[\r\x85\u2028\u2029]")


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)  # members of a list stand under their key

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # YAML takes odd breaks for ends of lines wherever they are not escaped.
    style = '"' if _ODD_BREAKS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
