"""The named lists of rules: which there are, what one holds and held, and changing it line by line."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pcu.accounts.roles import Capability
from profiling.rules import lists
from profiling.rules.list_errors import InvalidListError, ListChangedError, entry_sentence
from profiling.rules.models import NamedList
from profiling.web.people import person

CONFLICT, UNPROCESSABLE = 409, 422


@require_safe
def list_of_lists(request: HttpRequest) -> HttpResponse:
    """Every list that applies where the person reads, with how much it holds."""
    found = [(one, one.versions.order_by("-number").first()) for one in lists.readable_by(person(request))]
    return render(request, "rules/lists.html", {"found": found})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def named_list(request: HttpRequest, ref: str) -> HttpResponse:
    """One list with its versions; posted: a new version on top of the one the person saw."""
    user = person(request)
    one = lists.readable_by(user).filter(ref=ref).first()
    if one is None:
        raise Http404
    if request.method != "POST":
        return _page(request, one)
    said: dict[str, Any] = {
        "lines": request.POST.get("lines", ""),
        "includes": request.POST.get("includes", ""),
        "note": request.POST.get("note", ""),
    }
    try:
        lists.change_list(
            named_list=one,
            user=user,
            based_on=_number(request.POST.get("based_on", "")),
            lines=said["lines"].splitlines(),
            includes=said["includes"].split(),
            note=said["note"],
        )
    except InvalidListError as error:
        lines = [entry_sentence(each) for each in error.lines]
        more = [message for field, message in error.errors.items() if field != "lines" or not lines]
        return _page(request, one, said=said, wrong=[*more, *lines], status=UNPROCESSABLE)
    except ListChangedError as error:
        return _page(request, one, said=said, wrong=[error.message], status=CONFLICT)
    return HttpResponseRedirect(reverse("named_list", args=[one.ref]))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise PermissionDenied(_("This form is not from this page."))
    return int(text)


def _page(
    request: HttpRequest,
    one: NamedList,
    *,
    said: dict[str, Any] | None = None,
    wrong: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    versions = list(one.versions.select_related("created_by", "named_list").order_by("-number"))
    newest = versions[0] if versions else None
    said = said or {
        "lines": "\n".join(newest.entries) if newest else "",
        "includes": " ".join(newest.includes) if newest else "",
        "note": "",
    }
    before = [*versions[1:], None]
    context = {
        "one": one,
        "newest": newest,
        "versions": [(each, lists.difference(was, each)) for each, was in zip(versions, before, strict=False)],
        "rules": lists.rules_using(one),
        "including": lists.including(one),
        "may_keep": person(request).scope.allows(Capability.KEEP_LISTS, one.unit_id),
        "said": said,
        "wrong": wrong or [],
    }
    return render(request, "rules/named_list.html", context, status=status)
