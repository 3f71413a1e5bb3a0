"""Every model that belongs to a unit, by whom its rows are seen: one matrix over all there are."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.utils import timezone

from pcu.accounts.models import Membership, Unit, User
from pcu.accounts.roles import Role
from pcu.accounts.scope import TenantQuerySet
from pcu.desk.models import Job
from profiling.cargo.models import CargoDocument, PartyMention
from profiling.cases.models import CaseEvent, Decision, Hold, Referral
from profiling.parties.models import Party
from profiling.rules.models import Rule, RuleVersion
from tests import factories

TENANT_MODELS = sorted(
    (
        model
        for model in apps.get_models()
        if isinstance(getattr(model, "objects", None) and model.objects.all(), TenantQuerySet)
    ),
    key=lambda model: model.__name__,
)


def fill(unit: Unit) -> None:
    """At least one row of every tenant model, all of the unit (lanes, rules and releases too, for this test)."""
    lanes = factories.lanes(unit)
    case = factories.laden_case(unit, lanes["red"])
    version = case.consignments.get().current
    case.assessment.release.unit = unit
    case.assessment.release.save()
    factories.ProblemFactory(submission=version.submission)
    party = Party.objects.create(unit=unit, key="name:KZ:X", name="X", first_seen_at=timezone.now())
    PartyMention.objects.create(version=version, party=party, role="consignee", name="X")
    CargoDocument.objects.create(version=version, kind="invoice", number="1")
    rule = Rule.objects.create(unit=unit, code="R-1", owner="x", expires_on=timezone.localdate())
    RuleVersion.objects.create(rule=rule, number=1, titles={}, shorts={}, reasons={}, condition={}, points=1)
    now = timezone.now()
    officer = factories.person(unit)
    CaseEvent.objects.create(case=case, kind=CaseEvent.Kind.OPENED, at=now)
    Decision.objects.create(
        case=case, kind="scan", reasons=["seal"], assessment=case.assessment, decided_by=officer, decided_at=now
    )
    Hold.objects.create(
        unit=unit,
        case=case,
        visit=case.visits.first(),
        authority="x",
        notice="x",
        placed_by=officer,
        placed_at=now,
        updated_at=now,
    )
    Referral.objects.create(unit=unit, case=case, method="scan", created_by=officer, created_at=now, updated_at=now)
    Job.objects.create(kind="submission.read", unit=unit, subject=version.submission.ref)


@pytest.fixture
def units(db: None) -> tuple[Unit, Unit]:
    """Two units of two countries, each with rows of everything."""
    pair = factories.UnitFactory(), factories.UnitFactory()
    for unit in pair:
        fill(unit)
    return pair


def seen(model: type[Model], user: Any) -> set[int]:
    return set(model.objects.visible_to(user).values_list("pk", flat=True))


def test_the_matrix_knows_every_model_of_a_unit():
    assert Membership in TENANT_MODELS
    assert len(TENANT_MODELS) >= 20


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model.__name__)
def test_rows_are_seen_in_their_unit_and_from_above_and_nowhere_else(model, units):
    here, there = units
    auditors = [factories.person(unit, Role.AUDITOR) for unit in (here, there)]
    above = factories.person(here.parent, Role.AUDITOR)
    sibling = factories.person(factories.UnitFactory(parent=here.parent), Role.AUDITOR)
    everything = set(model.objects.values_list("pk", flat=True))
    of_here, of_there = (seen(model, auditor) for auditor in auditors)
    assert of_here, "foreign rows must exist, or this proves nothing"
    assert of_there, "foreign rows must exist, or this proves nothing"
    assert not of_here & of_there
    assert of_here | of_there <= everything
    assert of_here <= seen(model, above)
    assert not seen(model, above) & of_there
    assert not seen(model, sibling) & (of_here | of_there)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model.__name__)
def test_nobody_and_the_inactive_see_nothing(model, units):
    here, _there = units
    inactive = factories.person(here)
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    for nobody in (AnonymousUser(), User.objects.get(pk=inactive.pk)):
        assert not seen(model, nobody)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model.__name__)
def test_a_client_system_sees_its_own_submissions_and_no_row_else(model, units):
    here, _there = units
    submission = factories.SubmissionFactory(unit=here)
    rows = seen(model, submission.sender)
    assert rows == ({submission.pk} if model is type(submission) else set())
