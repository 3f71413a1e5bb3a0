"""The lists that a country keeps: add, rename, order and retire words. Old records keep what they name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from inspections.errors import InvalidActError
from inspections.models import ListedWord
from inspections.starter_lists import STARTER
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability

LABEL_LENGTH = 80
CODE_LENGTH = 40


def country_of(unit: Unit) -> Unit:
    """The node that keeps the lists of a unit: the root above it."""
    return unit if not unit.parent_id else Unit.objects.get(code=unit.root_code)


def words_for(unit: Unit, list_name: str, kept: Collection[int] = ()) -> QuerySet[ListedWord]:
    """The words that may be chosen in a unit, and those with the ids `kept`, which a record names already."""
    found = ListedWord.objects.filter(unit__code=unit.root_code, list=list_name)
    return found.filter(Q(retired_at=None) | Q(pk__in=kept))


def readable_by(user: User) -> QuerySet[ListedWord]:
    """The words of the countries in which a person reads anything."""
    paths = Unit.objects.visible_to(user).values_list("path", flat=True)
    roots = {path.split("/", 1)[0] for path in paths}
    found: QuerySet[ListedWord] = ListedWord.objects.filter(unit__code__in=roots)
    return found


@transaction.atomic
def install_starter_lists(unit: Unit) -> int:
    """Add the starter words a country does not have yet; returns how many. What was renamed or retired stays so."""
    country = country_of(unit)
    added = 0
    for list_name, words in STARTER.items():
        for rank, (code, labels) in enumerate(words, 1):
            _word, made = ListedWord.objects.get_or_create(
                unit=country, list=list_name, code=code, defaults={"labels": dict(labels), "rank": rank}
            )
            added += made
    return added


@transaction.atomic
def add_word(*, unit: Unit, user: User, list_name: str, labels: Mapping[str, str]) -> ListedWord:
    """Add a word at the end of a list. Raises InvalidActError, PermissionDenied."""
    country = country_of(unit)
    user.scope.require(Capability.KEEP_LISTS, country.pk)
    if list_name not in ListedWord.List.values:
        raise InvalidActError({"list": _("There is no such list.")})
    clean = _labels(labels)
    words = _locked(country, list_name)
    _require_new(words, clean)
    taken = {word.code for word in words}
    base = slugify(clean.get("en", "")).replace("-", "_")[: CODE_LENGTH - 4] or "word"
    code = next(code for code in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if code not in taken)
    rank = max((word.rank for word in words), default=0) + 1
    return ListedWord.objects.create(unit=country, list=list_name, code=code, labels=clean, rank=rank)


@transaction.atomic
def change_word(
    *,
    word: ListedWord,
    user: User,
    labels: Mapping[str, str] | None = None,
    move: str = "",
    is_retired: bool | None = None,
) -> ListedWord:
    """Word it otherwise, move it "up" or "down" or retire or restore it: all that is asked for, or nothing.

    Records that name it read the new wording; a retired word is offered no more. At the end of the list a move changes
    nothing, and retiring twice keeps the first day. Raises InvalidActError, PermissionDenied.
    """
    user.scope.require(Capability.KEEP_LISTS, word.unit_id)
    words = _locked(word.unit, word.list)
    fresh = next(other for other in words if other.pk == word.pk)
    if labels is not None:
        clean = _labels(labels)
        _require_new([other for other in words if other is not fresh], clean)
        fresh.labels = clean
    if is_retired is not None and is_retired != (fresh.retired_at is not None):
        fresh.retired_at = timezone.now() if is_retired else None
    fresh.save()
    if move:
        _move(fresh, words, up=move == "up")
    return fresh


def rename_word(*, word: ListedWord, user: User, labels: Mapping[str, str]) -> ListedWord:
    return change_word(word=word, user=user, labels=labels)


def move_word(*, word: ListedWord, user: User, up: bool) -> ListedWord:
    return change_word(word=word, user=user, move="up" if up else "down")


def retire_word(*, word: ListedWord, user: User) -> ListedWord:
    return change_word(word=word, user=user, is_retired=True)


def restore_word(*, word: ListedWord, user: User) -> ListedWord:
    return change_word(word=word, user=user, is_retired=False)


def _move(word: ListedWord, words: Collection[ListedWord], *, up: bool) -> None:
    """Change places with the next word in use above or below."""
    shown = [other for other in words if other.retired_at is None or other is word]
    here = shown.index(word)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(shown):
        return
    shown[here], shown[there] = shown[there], shown[here]
    for rank, other in enumerate(shown, 1):
        if other.rank != rank:
            other.rank = rank
            other.save(update_fields=["rank"])


def _locked(country: Unit, list_name: str) -> list[ListedWord]:
    """The words of a list in order, the country locked: two people ordering at once wait for each other."""
    Unit.objects.select_for_update(of=("self",)).get(pk=country.pk)
    return list(ListedWord.objects.filter(unit=country, list=list_name).order_by("rank", "code"))


def _labels(labels: Mapping[str, str]) -> dict[str, str]:
    languages = [code for code, _name in settings.LANGUAGES]
    clean = {code: labels.get(code, "").replace("\0", "").strip() for code in languages}
    clean = {code: label for code, label in clean.items() if label}
    if not clean:
        raise InvalidActError({"labels": _("Write the word in one language at least.")})
    if any(len(label) > LABEL_LENGTH for label in clean.values()):
        raise InvalidActError({"labels": _("At most %(count)d characters.") % {"count": LABEL_LENGTH}})
    return clean


def _require_new(words: Collection[ListedWord], labels: Mapping[str, str]) -> None:
    for word in words:
        for code, label in labels.items():
            if word.labels.get(code, "").casefold() == label.casefold():
                raise InvalidActError({"labels": _("The list holds this word already: %(word)s.") % {"word": label}})
