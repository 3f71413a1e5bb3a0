"""Named lists: made and changed by who keeps the lists of a node, read by everybody below it, pinned by releases.

A list belongs to a node and applies to the units below; the nearest list of a code counts. What it holds is in its
versions, which never change: a change is a new version, made on top of the one the person saw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.rules import starter_lists
from profiling.rules.core.lists import (
    MAX_ENTRIES,
    ListKind,
    Lists,
    Written,
    codes_in,
    compared,
    needed,
    read_entries,
    resolve,
    resolve_all,
)
from profiling.rules.list_errors import InvalidListError, ListChangedError, entry_sentence
from profiling.rules.models import NamedList, NamedListVersion, Release, RuleVersion

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
TITLE = 120  # characters
NOTE = 500


# ------------------------------------------------------------------ reading
def readable_by(user: User) -> QuerySet[NamedList]:
    """The lists that apply to any unit in which a person reads, and those of units below."""
    found: QuerySet[NamedList] = NamedList.objects.visible_to(user)
    return found.select_related("unit").order_by("code", "unit__path")


def newest_for(unit: Unit) -> dict[str, NamedListVersion]:
    """Code to the newest version of the nearest list at or above a unit. One query beside the unit's own."""
    versions = (
        NamedListVersion.objects.filter(named_list__unit__in=unit.ancestors_and_self())
        .select_related("named_list__unit")
        .order_by("named_list__unit__path", "number")
    )
    return {version.named_list.code: version for version in versions}


def at_hand(unit: Unit) -> Lists:
    """The lists that a rule written at a unit may name, as `checking.parse` takes them."""
    return resolved(newest_for(unit))


def pinned(release_id: int) -> Lists:
    """The lists of a release, in the versions it was proposed with: a score reproduces whatever changes later."""
    return resolved(pinned_versions(release_id))


def pinned_versions(release_id: int) -> dict[str, NamedListVersion]:
    """The same by code, as they are kept. One query."""
    versions = NamedListVersion.objects.filter(releases=release_id).select_related("named_list")
    return {version.named_list.code: version for version in versions}


def resolved(versions: Mapping[str, NamedListVersion]) -> Lists:
    """Versions by the code of their list, each with all that it includes."""
    return resolve_all(_written(versions))


@transaction.atomic
def pin(*, release: Release) -> None:
    """Pin the newest version of every list that the release's rules name, and of those they include.

    Raises InvalidListError where a list is not there or cannot be used.
    """
    newest = newest_for(release.unit)
    written = _written(newest)
    said = release.versions.values_list("condition", "exceptions")
    named = list(dict.fromkeys(code for trees in said for code in codes_in(list(trees))))
    for code in named:
        if code not in written:
            raise InvalidListError({"lists": _("There is no list “%(code)s”.") % {"code": code}})
        _require_usable(code, written)
    release.lists.set([newest[code] for code in needed(named, written)])


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version of a list has and another has not."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    included: tuple[str, ...] = ()
    no_longer_included: tuple[str, ...] = ()


def difference(older: NamedListVersion | None, newer: NamedListVersion) -> Difference:
    """Entries and included lists that came and went, in the order of their lists; older None: nothing was before."""
    kind = ListKind(newer.named_list.kind)
    before = {compared(kind, entry) for entry in older.entries} if older else set()
    after = {compared(kind, entry) for entry in newer.entries}
    included_before = older.includes if older else []
    return Difference(
        tuple(entry for entry in newer.entries if compared(kind, entry) not in before),
        tuple(entry for entry in (older.entries if older else []) if compared(kind, entry) not in after),
        tuple(code for code in newer.includes if code not in included_before),
        tuple(code for code in included_before if code not in newer.includes),
    )


def rules_using(named_list: NamedList) -> list[RuleVersion]:
    """The newest versions of rules at or below the list's node that name it, by code of the rule. One query."""
    newest = (
        RuleVersion.objects.filter(rule__unit__path__startswith=named_list.unit.path, rule__retired_on=None)
        .select_related("rule__unit")
        .order_by("rule", "-number")
        .distinct("rule")
    )
    found = [one for one in newest if named_list.code in codes_in([one.condition, one.exceptions])]
    return sorted(found, key=lambda one: one.rule.code)


def including(named_list: NamedList) -> list[str]:
    """Codes of the lists at or below its node whose newest version takes it in."""
    newest = _newest_in_tree(named_list.unit)
    return sorted({one.named_list.code for one in newest if named_list.code in one.includes})


# ------------------------------------------------------------------ changing
@transaction.atomic
def make_list(
    *,
    unit: Unit,
    user: User | None,
    code: str,
    kind: str,
    titles: Mapping[str, str],
    lines: Sequence[str],
    includes: Sequence[str] = (),
    note: str = "",
) -> NamedListVersion:
    """A new list at a node with its first version. lines: entries as written, one each.

    user None: the installation itself. Raises InvalidListError with everything that is wrong, PermissionDenied.
    """
    if user is not None:
        user.scope.require(Capability.KEEP_LISTS, unit.pk)
    errors: dict[str, str] = {}
    _lock(unit)
    if not CODE.fullmatch(code):
        errors["code"] = _("A code has small letters, digits and hyphens, 40 at most: cover-loads.")
    elif NamedList.objects.filter(unit=unit, code=code).exists():
        errors["code"] = _("There is a list of this code already.")
    if kind not in NamedList.Kind.values:
        errors["kind"] = _("Choose what the list holds.")
    said = {language: text.strip() for language, text in titles.items() if text.strip()}
    if not said:
        errors["titles"] = _("Give the list a name.")
    elif any(len(text) > TITLE for text in said.values()):
        errors["titles"] = _("At most %(limit)d characters.") % {"limit": TITLE}
    if errors:
        raise InvalidListError(errors)
    named_list = NamedList(unit=unit, code=code, kind=kind, titles=said)
    entries = _checked(named_list, lines, includes, note)
    named_list.save()
    return _version(named_list, 1, entries, includes, note, user)


@transaction.atomic
def change_list(
    *,
    named_list: NamedList,
    user: User,
    based_on: int,
    lines: Sequence[str],
    includes: Sequence[str] = (),
    note: str = "",
) -> NamedListVersion:
    """A new version; where nothing changed, the one that stands. based_on: number of the version the person saw.

    Raises ListChangedError where another was made meanwhile, InvalidListError, PermissionDenied.
    """
    user.scope.require(Capability.KEEP_LISTS, named_list.unit_id)
    _lock(named_list.unit)
    newest = named_list.versions.order_by("-number").first()
    if newest is not None and newest.number != based_on:
        raise ListChangedError(named_list.code)
    entries = _checked(named_list, lines, includes, note)
    if newest is not None and newest.entries == list(entries) and newest.includes == list(includes):
        kept: NamedListVersion = newest
        return kept
    return _version(named_list, (newest.number if newest else 0) + 1, entries, includes, note, user)


@transaction.atomic
def install_starter_lists(*, unit: Unit) -> int:
    """Add the starter lists a country does not have; returns how many. What was changed stays as it is."""
    there = set(NamedList.objects.filter(unit=unit).values_list("code", flat=True))
    missing = [one for one in starter_lists.LISTS if one.code not in there]
    for one in missing:
        make_list(unit=unit, user=None, code=one.code, kind=one.kind.value, titles=one.titles, lines=one.entries)
    return len(missing)


def _version(
    named_list: NamedList,
    number: int,
    entries: Sequence[str],
    includes: Sequence[str],
    note: str,
    user: User | None,
) -> NamedListVersion:
    return NamedListVersion.objects.create(
        named_list=named_list,
        number=number,
        entries=list(entries),
        includes=list(includes),
        note=note.strip(),
        created_by=user,
    )


def _checked(named_list: NamedList, lines: Sequence[str], includes: Sequence[str], note: str) -> tuple[str, ...]:
    """Entries as they are kept. Raises InvalidListError with all that is wrong."""
    kind = ListKind(named_list.kind)
    entries, wrong = read_entries(kind, lines)
    errors: dict[str, str] = {}
    if wrong:
        errors["lines"] = " ".join(entry_sentence(one) for one in wrong[:20])
    if not entries and not includes and not wrong:
        errors["lines"] = _("The list is empty.")
    if len(note) > NOTE:
        errors["note"] = _("At most %(limit)d characters.") % {"limit": NOTE}
    if message := _includes_error(named_list, entries, includes):
        errors["includes"] = message
    if errors:
        raise InvalidListError(errors, wrong)
    return entries


def _includes_error(named_list: NamedList, entries: Sequence[str], includes: Sequence[str]) -> str:
    """Why these lists cannot be taken in, "" where they can.

    Rings are looked for over the newest versions of all lists of the country by code, nearest or not: a list of one
    post may stand in for that of the country, and no post may meet a ring.
    """
    known = _written(newest_for(named_list.unit))
    for code in includes:
        if code != named_list.code and code not in known:
            return _("There is no list “%(code)s”.") % {"code": code}
        if code != named_list.code and known[code].kind.value != named_list.kind:
            return _("List “%(code)s” holds something else; only lists of one kind go together.") % {"code": code}
    graph: dict[str, set[str]] = {}
    for version in _newest_in_tree(named_list.unit):
        if version.named_list_id != named_list.pk:
            graph.setdefault(version.named_list.code, set()).update(version.includes)
    graph.setdefault(named_list.code, set()).update(includes)
    if ring := _ring(named_list.code, graph):
        return _("Lists would include each other in a ring: %(ring)s.") % {"ring": " → ".join(ring)}
    written = {**known, named_list.code: Written(ListKind(named_list.kind), tuple(entries), tuple(includes))}
    for code in written:
        if len(resolve(code, written).entries) > MAX_ENTRIES:
            return _("With what it includes, list “%(code)s” would hold more than %(limit)d entries.") % {
                "code": code,
                "limit": MAX_ENTRIES,
            }
    return ""


def _ring(start: str, graph: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The shortest way from a list back to itself, () where there is none."""
    came_from: dict[str, str] = {}
    pending = [start]
    for code in pending:  # grows while it is walked
        for following in sorted(graph.get(code, ())):
            if following == start:
                way = [start, code]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return tuple(reversed(way))
            if following not in came_from:
                came_from[following] = code
                pending.append(following)
    return ()


def _require_usable(code: str, written: Mapping[str, Written]) -> None:
    named = resolve(code, written)
    if named.cycle:
        ring = " → ".join(named.cycle)
        raise InvalidListError({"lists": _("Lists would include each other in a ring: %(ring)s.") % {"ring": ring}})
    if named.absent:
        raise InvalidListError({"lists": _("There is no list “%(code)s”.") % {"code": named.absent}})


def _lock(unit: Unit) -> None:
    """One change of a country's lists at a time: two that each look harmless could close a ring together."""
    Unit.objects.select_for_update(of=("self",)).get(code=unit.root_code)


def _newest_in_tree(unit: Unit) -> list[NamedListVersion]:
    return list(
        NamedListVersion.objects.filter(named_list__unit__path__startswith=f"{unit.root_code}/")
        .select_related("named_list")
        .order_by("named_list", "-number")
        .distinct("named_list")
    )


def _written(versions: Mapping[str, NamedListVersion]) -> dict[str, Written]:
    return {
        code: Written(ListKind(version.named_list.kind), tuple(version.entries), tuple(version.includes))
        for code, version in versions.items()
    }
