"""Rules being written: the list, one with what keeps it from being proposed, propose, discard, import of JSON."""

from __future__ import annotations

import json
import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pcu.accounts.roles import Capability
from profiling.rules import drafts
from profiling.rules.condition_errors import sentence_of
from profiling.rules.differences import version_changes
from profiling.rules.errors import BehindError, InvalidRuleError, RuleError
from profiling.rules.judging import judge
from profiling.rules.models import RuleDraft
from profiling.rules.rulebook import LARGEST, InvalidRulebookError, import_document
from profiling.rules.sentences import rule_sentence
from profiling.web.people import person
from profiling.web.rule_tabs import CONFLICT, UNPROCESSABLE, nodes_for, said_number, say, tabs


@require_safe
@never_cache
def draft_list(request: HttpRequest) -> HttpResponse:
    """Open drafts of the nodes that a person reads, newest first."""
    rows = RuleDraft.objects.visible_to(request.user).filter(closed_at=None)
    context = {
        "drafts": rows.select_related("unit", "rule", "updated_by").order_by("-updated_at"),
        "nodes": nodes_for(request, Capability.WRITE_RULES),
        **tabs(request, "rule_drafts"),
    }
    return render(request, "rules/drafts.html", context)


@require_POST
def new_draft(request: HttpRequest) -> HttpResponse:
    """Begin a rule at the node that the form names."""
    nodes = {str(node.ref): node for node in nodes_for(request, Capability.WRITE_RULES)}
    if not nodes:
        raise PermissionDenied(_("Your role writes no rules."))
    node = nodes.get(say(request, "unit")) or next(iter(nodes.values()))
    return redirect("rule_edit", ref=drafts.start(unit=node, user=person(request)).ref)


@require_safe
@never_cache
def draft(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    return _page(request, _visible(request, ref))


def _visible(request: HttpRequest, ref: uuid.UUID) -> RuleDraft:
    rows = RuleDraft.objects.visible_to(request.user)
    found: RuleDraft = get_object_or_404(
        rows.select_related("unit", "rule__unit", "base__rule", "version", "created_by", "updated_by"), ref=ref
    )
    return found


def _page(request: HttpRequest, found: RuleDraft, *, conflict: str = "", status: int = 200) -> HttpResponse:
    faults = judge(found, today=timezone.localdate(timezone=found.unit.zone)) if found.closed_at is None else None
    standing = drafts.standing_version(found.rule) if found.rule else None
    context = {
        "draft": found,
        "unit": found.unit,
        "sentence": rule_sentence(found),
        "errors": list(faults.errors.items()) if faults else [],
        "places": [(place.path, sentence_of(place)) for place in faults.places] if faults else [],
        "changes": version_changes(found.base, found) if found.base else [],
        "behind": standing if standing and found.base and standing.number > found.base.number else None,
        "may_write": person(request).scope.allows(Capability.WRITE_RULES, found.unit_id),
        "tree": json.dumps(found.condition, ensure_ascii=False, indent=2),
        "note": say(request, "note") or found.note,
        "conflict": conflict,
        **tabs(request, "rule_drafts"),
    }
    return render(request, "rules/draft.html", context, status=status)


@require_POST
def draft_act(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Propose, discard or catch up, as `act` says; `edit` is what the person looked at."""
    found, user, edit = _visible(request, ref), person(request), said_number(request, "edit")
    try:
        match say(request, "act"):
            case "propose":
                made = drafts.propose(draft=found, user=user, expected_edit=edit, note=say(request, "note"))
                messages.success(request, _("Proposed: somebody else decides."))
                rule = made.version.rule
                return redirect("rule_version", unit=rule.unit.code, code=rule.code, number=made.version.number)
            case "discard":
                drafts.discard(draft=found, user=user, expected_edit=edit)
                messages.success(request, _("Discarded."))
                return redirect("rule_drafts")
            case _:
                drafts.catch_up(draft=found, user=user, expected_edit=edit)
    except InvalidRuleError:
        return _page(request, _visible(request, ref), status=UNPROCESSABLE)
    except (BehindError, RuleError) as error:
        return _page(request, _visible(request, ref), conflict=error.message, status=CONFLICT)
    return redirect("rule_draft", ref=ref)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_rule(request: HttpRequest) -> HttpResponse:
    """A rule as JSON, pasted or as a file, becomes a draft."""
    nodes = {str(node.ref): node for node in nodes_for(request, Capability.WRITE_RULES)}
    complaints: list[str] = []
    text = ""
    if request.method == "POST":
        if not nodes:
            raise PermissionDenied(_("Your role writes no rules."))
        node = nodes.get(say(request, "unit")) or next(iter(nodes.values()))
        file = request.FILES.get("file")
        if file is not None and (file.size or 0) > LARGEST:
            complaints = [_("The file is too large.")]
        else:
            text = file.read().decode("utf-8-sig", "replace") if file is not None else request.POST.get("document", "")
            try:
                taken = import_document(unit=node, user=person(request), document=json.loads(text))
            except json.JSONDecodeError as error:
                where = {"line": error.lineno, "column": error.colno}
                complaints = [_("This is no JSON: line %(line)d, column %(column)d.") % where]
            except (InvalidRulebookError, RecursionError) as error:
                found = getattr(error, "complaints", None)
                complaints = [one.message for one in found] if found else [_("Its groups lie too deep in each other.")]
            else:
                if taken.draft is None:
                    messages.success(request, _("This is what stands already; nothing was changed."))
                    return redirect("rule", unit=node.code, code=taken.code)
                return redirect("rule_draft", ref=taken.draft.ref)
    context = {"nodes": list(nodes.values()), "complaints": complaints, "text": text, **tabs(request, "rule_drafts")}
    return render(request, "rules/import.html", context, status=UNPROCESSABLE if complaints else 200)
