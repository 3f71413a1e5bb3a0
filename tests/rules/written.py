"""A rule as somebody writes it, and a release as it goes its way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from pcu.accounts.models import Unit, User
from profiling.rules import activating, drafts, proposals, releases
from profiling.rules.models import Release, RuleVersion


def said(**changed: Any) -> dict[str, Any]:
    """Everything a new rule needs."""
    return {
        "code": "R-900",
        "owner": "A. Sarsenova",
        "expires_on": timezone.localdate() + timedelta(days=100),
        "titles": {"en": "Heavy", "ru": "Тяжёлый груз"},
        "shorts": {"en": "Too heavy", "ru": "Слишком тяжёлый"},
        "reasons": {"en": "It weighs {gross_kg} kg.", "ru": "Вес {gross_kg} кг."},
        "condition": {"lhs": "gross_kg", "op": "gt", "value": 20000},
        "points": 30,
        "note": "Seen twice in October",
        **changed,
    }


def version_of(unit: Unit, author: User, checker: User, **changed: Any) -> RuleVersion:
    """A new rule, proposed by one and approved by another."""
    draft = drafts.start(unit=unit, user=author, said=said(**changed))
    proposal = drafts.propose(draft=draft, user=author, expected_edit=draft.edit)
    return proposals.approve(proposal=proposal, user=checker).version


def in_shadow(unit: Unit, author: User, checker: User, *versions: RuleVersion) -> Release:
    """A release on top of what is live, approved and in shadow."""
    release = releases.draft_release(unit=unit, user=author)
    for version in versions:
        release = releases.take_version(release=release, user=author, version=version, expected_edit=release.edit)
    release = releases.propose_release(release=release, user=author, expected_edit=release.edit)
    releases.approve_release(release=release, user=checker)
    return releases.start_shadow(release=release, user=checker)


def live_at(unit: Unit, author: User, checker: User, *versions: RuleVersion) -> Release:
    release = in_shadow(unit, author, checker, *versions)
    activating.activate(release=release, unit=unit, user=checker)
    release.refresh_from_db()
    return release
