"""The named lists of rules: which there are, what one holds and held, and changing it line by line."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pcu.accounts.roles import Capability
from pcu.desk import exports
from pcu.desk.exports import Column, Kind
from profiling.reference import countries, hs
from profiling.rules import lists
from profiling.rules.list_errors import InvalidListError, ListChangedError, entry_sentence
from profiling.rules.models import NamedList, NamedListVersion
from profiling.web.people import person
from profiling.web.rule_tabs import nodes_for, say, tabs

CONFLICT, UNPROCESSABLE = 409, 422
LARGEST = 1024 * 1024  # bytes of a file of entries
LANGUAGES = ("en", "ru")
PLAIN = "txt"
_QUOTED = re.compile(r'"[^"]*"')


@require_safe
def list_of_lists(request: HttpRequest) -> HttpResponse:
    """Every list that applies where the person reads, with how much it holds."""
    found = [(one, one.versions.order_by("-number").first()) for one in lists.readable_by(person(request))]
    may_make = bool(nodes_for(request, Capability.KEEP_LISTS))
    return render(request, "rules/lists.html", {"found": found, "may_make": may_make, **tabs(request, "rule_lists")})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new_list(request: HttpRequest) -> HttpResponse:
    """A form for a list that is not there yet; what is wrong stands beside its field, and nothing typed is lost."""
    nodes = {str(node.ref): node for node in nodes_for(request, Capability.KEEP_LISTS)}
    if not nodes:
        raise PermissionDenied(_("Your role keeps no lists."))
    said: dict[str, Any] = {name: say(request, name) for name in ("unit", "code", "kind", "note")}
    said["titles"] = [(language, say(request, f"title_{language}")) for language in LANGUAGES]
    said |= {"lines": request.POST.get("lines", ""), "includes": say(request, "includes")}
    errors: dict[str, str] = {}
    wrong: list[str] = []
    if request.method == "POST":
        try:
            lines, said["lines"] = _lines(request)
            if said["unit"] not in nodes:
                raise InvalidListError({"unit": _("Choose where the list applies.")})
            made = lists.make_list(
                unit=nodes[said["unit"]],
                user=person(request),
                code=said["code"],
                kind=said["kind"],
                titles=dict(said["titles"]),
                lines=lines,
                includes=said["includes"].split(),
                note=said["note"],
            )
        except InvalidListError as error:
            errors = error.errors
            wrong = [entry_sentence(each) for each in error.lines]
        else:
            return HttpResponseRedirect(reverse("named_list", args=[made.named_list.ref]))
    context = {
        "nodes": list(nodes.values()),
        "kinds": NamedList.Kind.choices,
        "said": said,
        "errors": errors,
        "wrong": wrong,
        **tabs(request, "rule_lists"),
    }
    return render(request, "rules/list_new.html", context, status=UNPROCESSABLE if errors else 200)


@require_safe
def named_list_file(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    """What a list holds now, as a file."""
    user = person(request)
    one = lists.readable_by(user).filter(ref=ref).first()
    if one is None or kind not in (PLAIN, *exports.FORMATS):
        raise Http404
    newest = one.versions.order_by("-number").first()
    if kind == PLAIN:  # what the form takes in again as it is
        entries = "".join(f"{entry}\n" for entry in newest.entries) if newest else ""
        named = {"Content-Disposition": f'attachment; filename="{one.code}.txt"'}
        return HttpResponse(entries, content_type="text/plain; charset=utf-8", headers=named)
    columns = (Column(_("Entry"), Kind.TEXT), Column(_("Means"), Kind.TEXT))
    report = exports.Report(
        name=one.code,
        title=one.title,
        by=str(user),
        facts=[
            (_("Unit"), one.unit.name),
            (_("Holds"), one.get_kind_display()),
            (_("Version"), str(newest.number) if newest else ""),
        ],
        tables=[exports.Table(one.title, columns, meanings(one, newest))],
    )
    return exports.download(report, kind)


def meanings(one: NamedList, version: NamedListVersion | None) -> list[tuple[str, str | None]]:
    """Each entry with what the reference tables say of it: a country by name, goods by their heading; else None."""
    entries = version.entries if version else []
    match one.kind:
        case NamedList.Kind.COUNTRY:
            return [(entry, countries.name(entry, get_language() or "en") or None) for entry in entries]
        case NamedList.Kind.HS:
            return [(entry, hs.describe(entry) or None) for entry in entries]
        case _:
            return [(entry, None) for entry in entries]


def _lines(request: HttpRequest) -> tuple[list[str], str]:
    """Entries one a line: of the file that was sent, else of the field. Of a CSV the first cell of a row counts.

    Raises InvalidListError where a file is too large or no text.
    """
    file = request.FILES.get("file")
    if file is None:
        text = request.POST.get("lines", "").replace("\0", "")
        return text.splitlines(), text
    if (file.size or 0) > LARGEST:
        raise InvalidListError({"lines": _("The file is too large.")})
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidListError({"lines": _("The file is no text in UTF-8.")}) from None
    if "\0" in text:
        raise InvalidListError({"lines": _("The file is no text in UTF-8.")})
    cells = text.splitlines()
    if (file.name or "").lower().endswith(".csv"):
        cells = [row[0] if row else "" for row in csv.reader(cells, delimiter=_delimiter(cells))]
    return cells, "\n".join(cells)


def _delimiter(lines: Sequence[str]) -> str:
    """What parts the cells: a semicolon or a tab where the first lines have one outside quotes, else a comma."""
    head = _QUOTED.sub("", "\n".join(lines[:20]))
    return next((mark for mark in (";", "\t") if mark in head), ",")


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
        "includes": say(request, "includes"),
        "note": say(request, "note"),
    }
    try:
        lines, said["lines"] = _lines(request)
        lists.change_list(
            named_list=one,
            user=user,
            based_on=_number(request.POST.get("based_on", "")),
            lines=lines,
            includes=said["includes"].split(),
            note=said["note"],
        )
    except InvalidListError as error:
        told = [entry_sentence(each) for each in error.lines]
        more = [message for field, message in error.errors.items() if field != "lines" or not told]
        return _page(request, one, said=said, wrong=[*more, *told], status=UNPROCESSABLE)
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
        "meanings": [(entry, meaning) for entry, meaning in meanings(one, newest) if meaning],
        "formats": (PLAIN, *exports.FORMATS),
        **tabs(request, "rule_lists"),
    }
    return render(request, "rules/named_list.html", context, status=status)
