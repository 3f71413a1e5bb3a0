"""Rules: all of them by what needs a decision, one with its versions and its life, one version to approve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pcu.accounts.roles import Capability
from pcu.desk.units import current_unit
from profiling.rules import drafts, life, proposals
from profiling.rules.differences import version_changes
from profiling.rules.errors import InvalidRuleError, RuleError
from profiling.rules.judging import LONGEST
from profiling.rules.models import Proposal, Release, Rule, RuleVersion
from profiling.rules.rulebook import document_of
from profiling.rules.sentences import rule_sentence
from profiling.rules.services import NoLiveReleaseError, live_release
from profiling.web.people import person
from profiling.web.rule_tabs import CONFLICT, UNPROCESSABLE, said_day, say, tabs

SOON = timedelta(days=30)
NEEDS = {
    "proposed": gettext_lazy("A version waits for approval"),
    "expired": gettext_lazy("Expired: it fires no more"),
    "expires": gettext_lazy("Expires soon"),
    "suspended": gettext_lazy("Suspended"),
    "unreleased": gettext_lazy("Approved, and newer than what is live"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One rule of the list. shown: its standing version, else its newest; need: a key of NEEDS or "" ."""

    rule: Rule
    shown: RuleVersion | None
    live: RuleVersion | None
    need: str

    @property
    def need_label(self) -> Any:
        return NEEDS.get(self.need, "")


@require_safe
@never_cache
def rule_list(request: HttpRequest) -> HttpResponse:
    """Every rule that applies to the chosen unit: what needs a decision, what stands, what is retired."""
    user, unit = person(request), current_unit(request)
    rules = Rule.objects.visible_to(user)
    rules = rules.applying_to(unit) if unit else rules
    listed = _listed(list(rules.select_related("unit").prefetch_related("versions__proposal").order_by("code")), unit)
    context = {
        "unit": unit,
        "to_decide": [one for one in listed if one.need],
        "standing": [one for one in listed if not one.need and not one.rule.retired_on],
        "retired": [one for one in listed if one.rule.retired_on],
        "may_write": bool(user.scope.units(Capability.WRITE_RULES)),
        **tabs(request, "rule_list"),
    }
    return render(request, "rules/list.html", context)


def _listed(rules: list[Rule], unit: Any) -> list[Listed]:
    try:
        live = {version.rule_id: version for version in live_release(unit).versions.all()} if unit else {}
    except NoLiveReleaseError:
        live = {}
    today = timezone.localdate(timezone=unit.zone) if unit else timezone.localdate()
    listed = []
    for rule in rules:
        versions = sorted(rule.versions.all(), key=lambda one: -one.number)
        standing = next((one for one in versions if _verdict(one) in (None, Proposal.Verdict.APPROVED)), None)
        is_live = live.get(rule.pk)
        need = ""
        if rule.retired_on is None:
            if any(_verdict(one) == "" for one in versions):
                need = "proposed"
            elif rule.expires_on < today:
                need = "expired"
            elif rule.expires_on < today + SOON:
                need = "expires"
            elif rule.suspended_until and rule.suspended_until > today:
                need = "suspended"
            elif standing is not None and (is_live is None or is_live.number < standing.number):
                need = "unreleased"
        listed.append(Listed(rule, standing or (versions[0] if versions else None), is_live, need))
    order = list(NEEDS)
    return sorted(listed, key=lambda one: (order.index(one.need) if one.need else len(order), one.rule.code))


def _verdict(version: RuleVersion) -> str | None:
    """What was decided of a version: None where it was never proposed, "" where it waits."""
    proposal = getattr(version, "proposal", None)
    return proposal.verdict if proposal is not None else None


def _visible(request: HttpRequest, unit: str, code: str) -> Rule:
    rules = Rule.objects.visible_to(request.user).select_related("unit")
    found: Rule = get_object_or_404(rules, unit__code=unit, code=code)
    return found


@require_safe
@never_cache
def rule(request: HttpRequest, unit: str, code: str) -> HttpResponse:
    return _page(request, _visible(request, unit, code))


def _page(
    request: HttpRequest, found: Rule, *, errors: dict[str, str] | None = None, conflict: str = "", status: int = 200
) -> HttpResponse:
    user = person(request)
    versions = list(
        found.versions.select_related("created_by", "proposal__made_by", "proposal__decided_by").order_by("-number")
    )
    standing = drafts.standing_version(found) or (versions[0] if versions else None)
    today = timezone.localdate(timezone=found.unit.zone)
    shown = current_unit(request) or found.unit
    try:
        live = live_release(shown).versions.filter(rule=found).first()
    except NoLiveReleaseError:
        live = None
    context = {
        "rule": found,
        "unit": found.unit,
        "standing": standing,
        "sentence": rule_sentence(standing) if standing else "",
        "versions": versions,
        "live": live,
        "turns": life.turns(found),
        "open_drafts": found.drafts.filter(closed_at=None).select_related("updated_by"),
        "is_expired": found.expires_on < today,
        "is_suspended": found.suspended_until is not None and found.suspended_until > today,
        "may_write": user.scope.allows(Capability.WRITE_RULES, found.unit_id),
        "may_approve": user.scope.allows(Capability.APPROVE_RULES, found.unit_id),
        "today": today.isoformat(),
        "tomorrow": (today + timedelta(days=1)).isoformat(),
        "latest": (today + LONGEST).isoformat(),
        "errors": errors or {},
        "asked": request.POST.get("act", ""),
        "posted": request.POST,
        "conflict": conflict,
        **tabs(request, "rule_list"),
    }
    return render(request, "rules/rule.html", context, status=status)


@require_POST
def rule_life(request: HttpRequest, unit: str, code: str) -> HttpResponse:
    """Renew, suspend, resume or retire, as `act` says."""
    found, user = _visible(request, unit, code), person(request)
    why, until = say(request, "why"), said_day(request, "until")
    act = say(request, "act")
    if act in ("renew", "suspend") and until is None:
        return _page(request, found, errors={"until": _("Say until when.")}, status=UNPROCESSABLE)
    try:
        if act == "renew" and until:
            life.renew(rule=found, user=user, until=until, why=why)
            done = _("Renewed.")
        elif act == "suspend" and until:
            life.suspend(rule=found, user=user, until=until, why=why)
            done = _("Suspended: it does not fire, and every score says so.")
        elif act == "resume":
            life.resume(rule=found, user=user, why=why)
            done = _("It fires again.")
        elif act == "retire":
            life.retire(rule=found, user=user, why=why)
            done = _("Retired: it is in no new release.")
        else:
            raise Http404
    except InvalidRuleError as error:
        return _page(request, found, errors=error.errors, status=UNPROCESSABLE)
    except RuleError as error:
        return _page(request, found, conflict=error.message, status=CONFLICT)
    messages.success(request, done)
    return redirect("rule", unit=unit, code=code)


@require_POST
def rule_draft_from(request: HttpRequest, unit: str, code: str) -> HttpResponse:
    """Begin the next version of a rule, from the version named or the one that stands."""
    found = _visible(request, unit, code)
    number = say(request, "base")
    base = found.versions.filter(number=int(number)).first() if number.isdecimal() and len(number) < 6 else None
    try:
        draft = drafts.start_from(rule=found, user=person(request), base=base)
    except RuleError as error:
        return _page(request, found, conflict=error.message, status=CONFLICT)
    return redirect("rule_edit", ref=draft.ref)


@require_safe
@never_cache
def version(request: HttpRequest, unit: str, code: str, number: int) -> HttpResponse:
    """One version beside the one before it, or beside `?with=`; and the forms of who decides about it."""
    found = _visible(request, unit, code)
    return _version_page(request, found, number)


def _version_page(
    request: HttpRequest, found: Rule, number: int, *, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    user = person(request)
    rows = found.versions.select_related("created_by", "draft", "proposal__made_by", "proposal__decided_by")
    shown: RuleVersion = get_object_or_404(rows, number=number)
    asked = request.GET.get("with", "")
    if asked.isdecimal() and len(asked) < 6:
        other = get_object_or_404(rows, number=int(asked))
    else:
        earlier = drafts.approved(rows.filter(number__lt=number))
        other = earlier.order_by("-number").first()
    proposal: Proposal | None = getattr(shown, "proposal", None)
    context = {
        "rule": found,
        "unit": found.unit,
        "version": shown,
        "other": other,
        "changes": version_changes(other, shown),
        "numbers": list(found.versions.order_by("number").values_list("number", flat=True)),
        "sentence": rule_sentence(shown),
        "proposal": proposal,
        "may_check": proposal is not None and proposals.may_check(proposal, user),
        "is_own": proposal is not None and not proposal.verdict and user.pk in proposals.hands_in(proposal),
        "may_withdraw": proposal is not None and not proposal.verdict and proposal.made_by_id == user.pk,
        "releases": shown.releases.order_by("-created_at")[:20],
        "errors": errors or {},
        "posted": request.POST,
        **tabs(request, "rule_proposals" if proposal is not None and not proposal.verdict else "rule_list"),
    }
    return render(request, "rules/version.html", context, status=status)


@require_POST
def decide(request: HttpRequest, unit: str, code: str, number: int) -> HttpResponse:
    """Approve, refuse or withdraw, as `verdict` says."""
    found, user = _visible(request, unit, code), person(request)
    open_ones = Proposal.objects.visible_to(user).filter(version__rule=found)
    proposal = get_object_or_404(open_ones.select_related("version"), version__number=number)
    acts: dict[str, Any] = {"approved": proposals.approve, "refused": proposals.refuse, "withdrawn": proposals.withdraw}
    act = acts.get(say(request, "verdict"))
    if act is None:
        raise Http404
    try:
        act(proposal=proposal, user=user, why=say(request, "why"))
    except InvalidRuleError as error:
        return _version_page(request, found, number, errors=error.errors, status=UNPROCESSABLE)
    except RuleError as error:
        return _version_page(request, found, number, errors={"": error.message}, status=CONFLICT)
    messages.success(request, _("Decided: %(verdict)s.") % {"verdict": act_label(say(request, "verdict"))})
    return redirect("rule_version", unit=unit, code=code, number=number)


def act_label(verdict: str) -> str:
    return str(Proposal.Verdict(verdict).label)


@require_safe
def export(request: HttpRequest, unit: str, code: str) -> HttpResponse:
    """The standing version as JSON, as `rulebook` writes it."""
    found = _visible(request, unit, code)
    shown = drafts.standing_version(found) or found.versions.order_by("-number").first()
    if shown is None:
        raise Http404
    answer = JsonResponse(document_of(shown), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{found.code}.json"'
    return answer


@require_safe
@never_cache
def to_approve(request: HttpRequest) -> HttpResponse:
    """What waits for somebody who did not make it: versions of rules, and releases."""
    user = person(request)
    open_ones = Proposal.objects.visible_to(user).filter(verdict="").order_by("made_at")
    rows = open_ones.select_related("version__rule__unit", "version__draft", "made_by")
    releases = Release.objects.visible_to(user).filter(state=Release.State.PROPOSED).order_by("proposed_at")
    context = {
        "proposals": [(one, proposals.may_check(one, user)) for one in rows],
        "releases": releases.select_related("unit", "made_by"),
        **tabs(request, "rule_proposals"),
    }
    return render(request, "rules/to_approve.html", context)
