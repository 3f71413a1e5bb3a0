"""One test for every tenant-owned model there is: who is not of the unit sees none of its rows."""

from __future__ import annotations

from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models

from pcu.accounts.models import Membership, Unit
from pcu.accounts.roles import Role
from pcu.accounts.scope import NodeQuerySet
from pcu.desk.models import Job
from profiling.cases.services import comment, decide
from tests import factories
from tests import factories_workbench as workbench
from tests.api.conftest import working_day
from tests.factories_exchanges import exchanged

OURS = ("pcu", "profiling", "inspections", "exchanges")
# Tied to a unit and yet not cut by it: a person is seen by whoever sees what the person did.
NOT_TENANT_OWNED = {"accounts.User"}


def our_models() -> list[type[models.Model]]:
    """Models of ours with rows of their own: neither the history that triggers write nor Django's link tables."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith(OURS) and not issubclass(model, pghistory.models.Event)
    ]


def leads_to_a_unit(model: type[models.Model], seen: frozenset[Any] = frozenset()) -> bool:
    if model is Unit:
        return True
    targets = [field.related_model for field in model._meta.concrete_fields if field.is_relation]
    return any(
        leads_to_a_unit(target, seen | {model})
        for target in targets
        if target not in seen and target._meta.label not in NOT_TENANT_OWNED
    )


OWNED = [model for model in our_models() if leads_to_a_unit(model) and model._meta.label not in NOT_TENANT_OWNED]


@pytest.fixture
def full_unit(db) -> Unit:
    """A unit with rows in every table."""
    unit = factories.UnitFactory()
    operator = factories.client_system(unit)
    day = working_day(unit, operator)
    officer = factories.person(unit)
    for node in (unit.parent, unit):
        workbench.ProposalFactory(version=factories.RuleVersionFactory(rule__unit=node))
        workbench.RuleDraftFactory(unit=node)
        workbench.NamedListVersionFactory(named_list__unit=node)
        factories.LaneFactory(unit=node)
        factories.ReleaseFactory(unit=node)
        workbench.CapacityFactory(unit=node)
    workbench.BackTestFactory(release__unit=unit.parent)
    workbench.ShadowScoreFactory(assessment=day.case.assessment)
    workbench.PastRecordFactory(source__unit=unit)
    workbench.PriorResultFactory(consignment=day.case.consignments.first())
    workbench.PeerGroupFactory(unit=unit)
    workbench.PartyContactFactory(party__unit=unit)
    comment(case=day.case, user=officer, text="Seen")
    day.case.refresh_from_db()
    decide(
        case=day.case,
        user=officer,
        kind="scan",
        reasons=["seal"],
        note="",
        override_reason="Known",
        expected_version=day.case.version,
    )
    Job.objects.create(kind="submission.read", unit=unit, subject=day.submission.ref)
    factories.ColumnMappingFactory(unit=unit, sender=operator, confirmed_by=officer)
    factories.NoteBoxesFactory(unit=unit, changed_by=officer)
    exchanged(unit, day.case, factories.UnitFactory(code="CHU", parent__code="UZ"))
    return unit


@pytest.fixture
def strangers(full_unit) -> list[Any]:
    """Everyone who must see nothing: another country, a sibling unit, a client system, no role, nobody."""
    abroad = factories.UnitFactory(code="DSB", parent__code="TJ")
    sibling = factories.UnitFactory(code="DOS")
    return [
        *(factories.person(abroad, role) for role in Role if role != Role.CLIENT),
        factories.person(sibling, Role.SUPERVISOR),
        factories.client_system(full_unit),
        factories.UserFactory(),
        AnonymousUser(),
    ]


def test_the_walk_meets_the_models_it_is_about():
    labels = {model._meta.label for model in OWNED}
    assert {"cargo.GoodsItem", "cases.CaseVisit", "rules.RuleVersion", "desk.Job", "accounts.Membership"} <= labels
    assert len(labels) >= 28


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_every_tenant_owned_model_can_be_cut_to_a_user(model):
    assert hasattr(model._default_manager, "visible_to"), f"{model._meta.label} has no visible_to"


def visible(model: Any, user: Any) -> Any:
    return model._default_manager.visible_to(user)


def of(unit: Unit, rows: Any) -> Any:
    """Without the rows that a stranger sees with right: those of the stranger's own unit and its country.

    What belongs to the country applies to the sibling, too; what belongs to the unit is its own.
    """
    if rows.model is Unit:
        return rows.filter(path__startswith="KZ/ALT/")
    if rows.model is Membership:
        return rows.filter(unit=unit)
    if isinstance(rows, NodeQuerySet):
        return rows.filter(**{f"{rows.unit_lookup}__path__startswith": unit.path})
    return rows


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_rows_are_seen_inside_the_unit_and_nowhere_else(full_unit, strangers, model):
    assert of(full_unit, model._default_manager.all()).exists(), "there is nothing to hide"
    auditor = factories.person(full_unit.parent, Role.AUDITOR)
    assert of(full_unit, visible(model, auditor)).exists(), "who may read everything sees nothing"
    for stranger in strangers:
        assert not of(full_unit, visible(model, stranger)).exists(), f"{stranger} sees {model._meta.label}"


OF_NODES = [model for model in OWNED if isinstance(model._default_manager.all(), NodeQuerySet)]


@pytest.mark.parametrize("model", OF_NODES, ids=lambda model: model._meta.label)
def test_what_belongs_to_a_country_is_read_below_it_and_by_nobody_else(full_unit, strangers, model):
    own = model._default_manager.filter(**{f"{model._default_manager.all().unit_lookup}": full_unit.parent})
    sibling = next(one for one in strangers if visible(Unit, one).filter(code="DOS").exists())
    assert own.filter(pk__in=visible(model, sibling)).exists(), "who works below it does not see it"
    for stranger in strangers:
        if stranger is not sibling:
            assert not own.filter(pk__in=visible(model, stranger)).exists(), f"{stranger} sees {model._meta.label}"
