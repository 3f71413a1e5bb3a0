"""The lists that a country keeps: their words in order, added, renamed, moved, retired and restored."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inspections import lists
from inspections.errors import InvalidActError
from inspections.models import ListedWord
from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from profiling.web.people import person

UNPROCESSABLE = 422


def _countries(request: HttpRequest) -> list[Unit]:
    """The countries whose lists a person keeps. Raises PermissionDenied for none."""
    kept = scope_of(request.user).units(Capability.KEEP_LISTS)
    found = list(Unit.objects.filter(pk__in=kept, kind=Unit.Kind.COUNTRY))
    if not found:
        raise PermissionDenied
    return found


@require_safe
@never_cache
def word_lists(request: HttpRequest) -> HttpResponse:
    """The three lists of a country; `?country=` picks one of several."""
    return _page(request)


@require_POST
def add_word(request: HttpRequest) -> HttpResponse:
    country = _chosen(request, _countries(request))
    labels = _labels(request)
    list_name = request.POST.get("list", "")
    try:
        lists.add_word(unit=country, user=person(request), list_name=list_name, labels=labels)
    except InvalidActError as error:
        return _page(request, {"list": list_name, "labels": labels, "message": error.message})
    return _back(country, list_name)


@require_POST
def change_word(request: HttpRequest, word: uuid.UUID) -> HttpResponse:
    """Rename, move, retire or restore one word, by the button pressed (`do`)."""
    kept = _countries(request)
    found: ListedWord = get_object_or_404(
        ListedWord.objects.visible_to(request.user).filter(unit__in=kept).select_related("unit"), ref=word
    )
    user = person(request)
    match request.POST.get("do", "rename"):
        case "up" | "down" as way:
            lists.move_word(word=found, user=user, up=way == "up")
        case "retire":
            lists.retire_word(word=found, user=user)
        case "restore":
            lists.restore_word(word=found, user=user)
        case _:
            labels = _labels(request)
            try:
                lists.rename_word(word=found, user=user, labels=labels)
            except InvalidActError as error:
                return _page(request, {"word": found.pk, "labels": labels, "message": error.message}, found.unit)
    return _back(found.unit, found.list)


def _page(request: HttpRequest, refused: dict[str, Any] | None = None, country: Unit | None = None) -> HttpResponse:
    kept = _countries(request)
    country = country or _chosen(request, kept)
    words = ListedWord.objects.visible_to(request.user).filter(unit=country).order_by("rank", "code")
    languages = [code for code, _name in settings.LANGUAGES]
    labelled: dict[str, list[dict[str, Any]]] = {code: [] for code in ListedWord.List.values}
    for word in words:
        is_refused = bool(refused and refused.get("word") == word.pk)
        labels = refused["labels"] if is_refused and refused else word.labels
        labelled[word.list].append(
            {
                "word": word,
                "labels": [(code, labels.get(code, "")) for code in languages],
                "error": refused["message"] if is_refused and refused else "",
            }
        )
    shown = []
    for code, label in ListedWord.List.choices:
        added = refused if refused and refused.get("list") == code else None
        shown.append(
            {
                "code": code,
                "label": label,
                "used": [one for one in labelled[code] if one["word"].retired_at is None],
                "retired": [one for one in labelled[code] if one["word"].retired_at is not None],
                "labels": [(name, (added["labels"] if added else {}).get(name, "")) for name in languages],
                "error": added["message"] if added else "",
            }
        )
    context = {"country": country, "countries": kept, "lists": shown, "unit": country}
    return render(request, "seizures/lists.html", context, status=UNPROCESSABLE if refused else 200)


def _chosen(request: HttpRequest, kept: list[Unit]) -> Unit:
    wanted = request.POST.get("country") or request.GET.get("country")
    return next((country for country in kept if country.code == wanted), kept[0])


def _labels(request: HttpRequest) -> dict[str, str]:
    return {code: request.POST.get(f"label-{code}", "") for code, _name in settings.LANGUAGES}


def _back(country: Unit, list_name: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('word_lists')}?country={country.code}#{list_name}")
