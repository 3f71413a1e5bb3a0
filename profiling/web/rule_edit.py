"""The editor of a rule being written: one form that says the whole draft, whatever is done in it.

Every act is a post of the form with `do`; what it says is saved first, right or wrong, then the act is done to it.
Without scripts the page comes back; with htmx the editor alone is replaced. Only what a column cannot hold (points that
are no number, a day that is none) is not saved: it comes back in its field with what is wrong.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pcu.accounts.roles import Capability
from pcu.desk.units import current_unit
from profiling.indicators.catalogue import REGISTRY
from profiling.rules import drafts
from profiling.rules.differences import version_changes
from profiling.rules.distributions import distributions
from profiling.rules.errors import ChangedMeanwhileError, InvalidRuleError, RuleError
from profiling.rules.judging import judge, languages
from profiling.rules.lists import newest_for
from profiling.rules.models import RuleDraft
from profiling.rules.rulebook import LARGEST
from profiling.rules.sentences import rule_sentence
from profiling.web import rule_tree
from profiling.web.people import person
from profiling.web.rule_preview import PERIODS
from profiling.web.rule_rows import DERIVED, KINDS, Rows, facts
from profiling.web.rule_tabs import CONFLICT, UNPROCESSABLE, said_number, say, tabs
from profiling.web.rule_tree import MOST_ROWS

MOST_EXCEPTIONS = 60
SMALLEST, GREATEST = -(2**15), 2**15 - 1  # what the column of points holds; what a rule may have is judged


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def rule_edit(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The editor; on POST what the form says is saved and what `do` names is done."""
    rows = RuleDraft.objects.visible_to(request.user).select_related("unit", "rule__unit", "base__rule", "updated_by")
    found = get_object_or_404(rows, ref=ref)
    if not person(request).scope.allows(Capability.WRITE_RULES, found.unit_id):
        if request.method == "POST":
            raise PermissionDenied(_("Your role writes no rules."))
        return redirect("rule_draft", ref=ref)
    if found.closed_at is not None and request.method != "POST":
        return redirect("rule_draft", ref=ref)
    return _posted(request, found) if request.method == "POST" else _page(request, found)


def _posted(request: HttpRequest, found: RuleDraft) -> HttpResponse:
    user = person(request)
    # "Save mine instead" names the state of the other that the person has seen.
    edit = said_number(request, "take_mine" if "take_mine" in request.POST else "edit")
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if too_many := _too_many(request):
        return _page(request, found, conflict=too_many, status=UNPROCESSABLE)
    said, focus = _said(request, found, typed, errors)
    try:
        found = drafts.save(draft=found, user=user, expected_edit=edit, said=said)
        if say(request, "do") == "propose" and not errors:
            made = drafts.propose(draft=found, user=user, expected_edit=found.edit)
            messages.success(request, _("Proposed: somebody else decides."))
            rule = made.version.rule
            where = redirect("rule_version", unit=rule.unit.code, code=rule.code, number=made.version.number)
            if request.htmx:  # type: ignore[attr-defined]  # set by django_htmx's middleware
                return HttpResponse(status=204, headers={"HX-Redirect": where.url})
            return where
    except InvalidRuleError:
        return _page(request, found, typed=typed, errors=errors, status=UNPROCESSABLE)
    except ChangedMeanwhileError as error:
        mine = RuleDraft.objects.select_related("unit", "rule__unit", "base__rule", "updated_by").get(pk=found.pk)
        theirs = RuleDraft.objects.select_related("unit", "rule__unit", "base__rule", "updated_by").get(pk=found.pk)
        for name, value in said.items():
            setattr(mine, name, value)
        mine.edit = edit
        return _page(request, mine, typed=typed, errors=errors, conflict=error.message, theirs=theirs, status=CONFLICT)
    except RuleError as error:
        return _page(request, found, typed=typed, errors=errors, conflict=error.message, status=CONFLICT)
    return _page(request, found, typed=typed, errors=errors, focus=focus, status=UNPROCESSABLE if errors else 200)


def _too_many(request: HttpRequest) -> str:
    """Why a form says more than any rule may hold, "" where it does not; nothing of it is kept then."""
    rows = sum(len(request.POST.getlist(name)) for name in request.POST if name.endswith(".depth"))
    if rows > MOST_ROWS or said_number(request, "exceptions") > MOST_EXCEPTIONS:
        limits = {"rows": MOST_ROWS, "exceptions": MOST_EXCEPTIONS}
        return _("A form holds %(rows)d rows and %(exceptions)d exceptions at most; nothing was saved.") % limits
    return ""


def _said(
    request: HttpRequest, found: RuleDraft, typed: dict[str, str], errors: dict[str, str]
) -> tuple[dict[str, Any], str]:
    """What the form says once its act is done, and the row to work on next, as "c.3"."""
    said: dict[str, Any] = {"note": say(request, "note")}
    for name in ("titles", "shorts", "reasons"):
        kept = getattr(found, name)
        others = (
            {code: text for code, text in kept.items() if code not in languages()} if isinstance(kept, dict) else {}
        )
        said[name] = others | {code: text for code in languages() if (text := say(request, f"{name}.{code}"))}
    points = request.POST.get("points", "").strip().replace("\u2212", "-").removeprefix("+")
    try:
        number = int(points)
        if not SMALLEST <= number <= GREATEST:
            raise ValueError
        said["points"] = number
    except ValueError:
        typed["points"] = points[:40]
        errors["points"] = _("Points are a whole number from %(low)s to %(high)s.") % {"low": -100, "high": 100}
    if found.rule_id is None:
        for name, limit in (("code", 20), ("owner", 120)):
            text = say(request, name)
            if len(text) > limit:
                typed[name] = text
                errors[name] = _("At most %(limit)d characters.") % {"limit": limit}
            else:
                said[name] = text
        day = say(request, "expires_on")
        try:
            said["expires_on"] = parse_date(day) if day else None
            if day and said["expires_on"] is None:
                raise ValueError
        except ValueError:
            said.pop("expires_on", None)
            typed["expires_on"] = day
            errors["expires_on"] = _("This is no day: %(text)s.") % {"text": day}
    doing, _colon, what = say(request, "do").partition(":")
    said["condition"], focus = _tree(request, "c", doing, what)
    said["exceptions"] = []
    for number in range(max(said_number(request, "exceptions"), 0)):
        at = f"x{number}"
        if (doing, what) == (at, "remove"):
            continue
        if at + ".json" in request.POST:
            text = request.POST[at + ".json"]
            try:
                said["exceptions"].append(rule_tree.without_nul(json.loads(text)))
            except (ValueError, RecursionError):
                said["exceptions"].append(text.replace("\0", ""))
            continue
        condition, near = _tree(request, at, doing, what)
        focus = near or focus
        one = {"condition": condition, "until": say(request, at + ".until") or None, "note": say(request, at + ".note")}
        said["exceptions"].append(one)
    if doing == "exception":
        said["exceptions"].append({"condition": {"all": [{"lhs": ""}]}, "until": None, "note": ""})
        focus = f"x{len(said['exceptions']) - 1}.1"
    if doing == "import":
        _take_json(request, said, typed, errors)
    return said, focus


def _tree(request: HttpRequest, prefix: str, doing: str, what: str) -> tuple[Any, str]:
    catalogue = REGISTRY.specs()
    top = rule_tree.read_form(request.POST, prefix, catalogue)
    focus = ""
    at, _dot, number = doing.partition(".")
    if at == prefix and number.isdecimal() and len(number) < 6:
        focus = f"{prefix}.{rule_tree.act(top, int(number), what)}"
    if not top.members and prefix == "c" and f"{prefix}.depth" not in request.POST:
        return {}, focus
    return rule_tree.dump_row(top, catalogue), focus


def _take_json(request: HttpRequest, said: dict[str, Any], typed: dict[str, str], errors: dict[str, str]) -> None:
    """The tree out of a file or what was pasted; nothing of the form is lost where it cannot be read."""
    file = request.FILES.get("file")
    if file is not None and (file.size or 0) > LARGEST:
        errors["json"] = _("The file is too large.")
        return
    text = file.read().decode("utf-8-sig", "replace") if file is not None else request.POST.get("json", "")
    typed["json"] = text
    try:
        given = rule_tree.without_nul(json.loads(text))
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        errors["json"] = _("This is no JSON: line %(line)d, column %(column)d.") % where
        return
    except (ValueError, RecursionError):
        errors["json"] = _("Its groups lie too deep in each other.")
        return
    if isinstance(given, dict) and "condition" in given:
        said["condition"] = given["condition"]
        said["exceptions"] = given.get("exceptions", said["exceptions"])
    else:
        said["condition"] = given


def _page(
    request: HttpRequest,
    found: RuleDraft,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    conflict: str = "",
    theirs: RuleDraft | None = None,
    focus: str = "",
    status: int = 200,
) -> HttpResponse:
    typed, errors = typed or {}, errors or {}
    faults = judge(found, today=timezone.localdate(timezone=found.unit.zone))
    told = {**faults.errors, **errors}
    unit = current_unit(request) or found.unit
    missing = {
        code: round(100 * one.missing_share)
        for code, one in distributions(unit=unit, now=timezone.now()).items()
        if one.sample
    }
    laid = Rows(missing, focus)
    named = newest_for(found.unit)
    rows = laid.tree(found.condition, "c", "/condition", faults.places)
    given = found.exceptions if isinstance(found.exceptions, list) else [found.exceptions]
    language = say(request, "speak") or get_language() or settings.LANGUAGE_CODE
    language = language if language in languages() else settings.LANGUAGE_CODE
    with override(language):
        sentence = rule_sentence(found)
    broken = [place for place in faults.places if not place.path.startswith("/points")]
    tree = {"condition": found.condition, "exceptions": found.exceptions}
    context = {
        "draft": found,
        "unit": found.unit,
        "rows": rows,
        "exceptions": [laid.exception(number, one, faults.places) for number, one in enumerate(given)],
        "lists": sorted(named.items()),
        "list_codes": list(named),
        "facts": facts(),
        "groups": KINDS.items(),
        "derived": DERIVED.items(),
        "errors": told,
        "ready": not told and not conflict,
        "broken": broken,
        "texts": _texts(found, told),
        "fields": _fields(found, typed, told),
        "sentence": sentence,
        "languages": [(code, code.upper(), code == language) for code in languages()],
        "speak": language,
        "language_fields": languages(),
        "conflict": conflict,
        "theirs": theirs,
        "differs": version_changes(theirs, found) if theirs else [],
        "tree": json.dumps(tree, ensure_ascii=False, indent=2),
        "typed": typed,
        "wanted": json.dumps(
            {
                "condition": json.dumps(found.condition),
                "exceptions": json.dumps(found.exceptions),
                "points": str(found.points),
                "code": found.code,
            }
        ),
        "periods": PERIODS.items(),
        **tabs(request, "rule_drafts"),
    }
    return render(request, "rules/edit.html", context, status=status)


def _fields(found: RuleDraft, typed: Mapping[str, str], told: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Text and what is wrong by name, of what is neither tree nor wording."""
    day = found.expires_on.isoformat() if found.expires_on else ""
    kept = {"points": str(found.points), "code": found.code, "owner": found.owner, "expires_on": day}
    return {name: (typed.get(name, text), told.get(name, "")) for name, text in kept.items()}


def _texts(found: RuleDraft, told: Mapping[str, str]) -> list[tuple[str, Any, list[tuple[str, str, str]]]]:
    words = {"titles": _("Title"), "shorts": _("In three words"), "reasons": _("Reason")}
    laid = []
    for name, label in words.items():
        kept = getattr(found, name)
        by_language = [
            (code, str(kept.get(code, "")) if isinstance(kept, dict) else "", told.get(f"{name}.{code}", ""))
            for code in languages()
        ]
        laid.append((name, label, by_language))
    return laid
