"""Builds what the exchanges need: a case with a container, firms and papers, and warnings made by the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from exchanges.models import PartnerWarning
from exchanges.services import answering, answers, composing, sending, talk
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case
from tests import factories

BIN = "050140001234"
IIN = "850101300123"


def case_to_warn_of(unit: Unit, **fields: Any) -> Case:
    """A case with one container on a wagon, sealed, a shipper and a consignee with their numbers, and goods."""
    case = factories.case_in(unit, **fields)
    version = case.assessment.version
    for visit in case.visits.all():
        factories.SealFactory(visit=visit)
        factories.PlacementFactory(visit=visit)
    factories.MentionFactory(version=version, role="shipper", party__name="Yiwu Hengda", country="CN")
    factories.MentionFactory(
        version=version, party__name="Somon Savdo", country="KZ", tax_id=BIN, contact="Karim Aliev, +992 37 000"
    )
    factories.MentionFactory(version=version, role="notify", party__name="Aliev Karim", country="KZ", tax_id=IIN)
    factories.ItemFactory(version=version, description="Plastic ware")
    return case


def contents(case: Case, to_unit: Unit | None, /, **changes: Any) -> composing.Contents:
    """A warning that names everything of the case."""
    said: dict[str, Any] = {
        "to_unit": to_unit,
        "visits": list(case.visits.all()),
        "consignments": list(case.consignments.all()),
        "roles": ["shipper", "consignee", "notify"],
        "with_goods": True,
        "with_route": True,
        "subject": "Plastic ware, seal differs",
        "grounds": "Same shipper as our find of 11 November.",
        "action": "unload",
        "urgency": "urgent",
        "handling": "restricted",
        "expires_at": timezone.now() + timedelta(days=30),
    }
    return composing.Contents(**said | changes)


def draft_to(unit: Unit, *, case: Case, user: User | None = None, **changes: Any) -> PartnerWarning:
    author = user or factories.person(case.working_unit, Role.LIAISON)
    return composing.compose(case=case, user=author, contents=contents(case, unit, **changes))


def warning_to(unit: Unit, *, case: Case, user: User | None = None, **changes: Any) -> PartnerWarning:
    """A warning as it was sent."""
    author = user or factories.person(case.working_unit, Role.LIAISON)
    return sending.send(warning=draft_to(unit, case=case, user=author, **changes), user=author)


def told(warning: PartnerWarning, **changes: Any) -> answers.Told:
    """Feedback that a full devanning found cigarettes in all that the warning names."""
    said: dict[str, Any] = {
        "located": "yes",
        "action": "full_devanning",
        "result": "found",
        "equipment": [one["number"] for one in warning.body["equipment"]],
        "commodity": "tobacco",
        "quantity": "612,000 cigarettes",
        "seized": True,
        "useful": True,
    }
    return answers.Told(**said | changes)


def exchanged(unit: Unit, case: Case, partner: Unit) -> PartnerWarning:
    """A row in every table of exchanges: a warning to the partner, read and answered, with a question in its thread."""
    liaison, officer = factories.person(unit, Role.LIAISON), factories.person(partner)
    warning = warning_to(partner, case=case, user=liaison)
    talk.write(thread=warning.thread, user=liaison, unit=unit, text="Has it arrived?", kind="question")
    answering.mark_read(thread=warning.thread, user=officer)
    answers.give_feedback(warning=warning, user=officer, told=told(warning))
    warning.refresh_from_db()
    return warning
