"""A case passed on takes its cargo along: who decides it may look at that and at nothing else, and nobody else may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cargo.models import (
    CargoDocument,
    Consignment,
    ConsignmentVersion,
    ConveyanceCall,
    EquipmentVisit,
    GoodsItem,
    Loading,
    PartyMention,
    Placement,
    SealObservation,
    Submission,
    SubmissionProblem,
    VisitStatement,
)
from profiling.cases.choices import DecisionKind, Reason
from profiling.cases.models import Case
from profiling.cases.services import decide
from profiling.parties.models import Party
from profiling.rules.models import Assessment
from tests import factories
from tests.api.conftest import working_day

# How a row hangs on the consignment or on the visit of a case.
GOES_ALONG = {
    Consignment: "cases",
    ConsignmentVersion: "consignment__cases",
    GoodsItem: "version__consignment__cases",
    PartyMention: "version__consignment__cases",
    CargoDocument: "version__consignment__cases",
    Loading: "version__consignment__cases",
    EquipmentVisit: "cases",
    VisitStatement: "visit__cases",
    Placement: "visit__cases",
    SealObservation: "visit__cases",
    Assessment: "version__consignment__cases",
}
LINK = re.compile(r'href="(/(?:cases|consignments|equipment|parties|submissions)/[^"?#]+)')
STAYS = (Submission, SubmissionProblem, Party, ConveyanceCall)


@dataclass
class Passed:
    case: Case
    owner: User
    taker: User
    outsiders: list[User]


def pass_on(case: Case, user: User, unit: Unit) -> None:
    case.refresh_from_db()
    decide(
        case=case,
        user=user,
        kind=DecisionKind.PASS_TO_UNIT,
        reasons=[Reason.NO_CAPACITY],
        note="",
        expected_version=case.version,
        pass_to=unit,
    )


@pytest.fixture
def passed(db: None) -> Passed:
    """A case of one unit, whose other cargo stays, passed on to a sibling."""
    altynkol, dostyk, khorgos = (factories.UnitFactory(code=code) for code in ("ALT", "DOS", "KHG"))
    operator = factories.client_system(altynkol)
    case = working_day(altynkol, operator, boxes=2).case
    working_day(altynkol, operator)
    owner, taker = factories.person(altynkol), factories.person(dostyk)
    outsiders = [
        factories.person(khorgos),
        factories.person(factories.UnitFactory(code="DSB", parent__code="TJ"), Role.SUPERVISOR),
        factories.client_system(dostyk),
        operator,
        factories.UserFactory(),
    ]
    pass_on(case, owner, dostyk)
    return Passed(case, owner, taker, outsiders)


def visible(model: Any, user: User) -> set[Any]:
    return set(model._default_manager.visible_to(User.objects.get(pk=user.pk)))


@pytest.mark.parametrize("model", GOES_ALONG, ids=lambda model: model._meta.label)
def test_rows_of_its_cargo_are_seen_by_who_decides_and_by_the_owner(passed: Passed, model: Any) -> None:
    of_case = set(model._default_manager.filter(**{GOES_ALONG[model]: passed.case}))
    assert of_case, "there is nothing to see"
    assert visible(model, passed.taker) == of_case
    assert visible(model, passed.owner) > of_case
    for outsider in passed.outsiders:
        assert not visible(model, outsider)


@pytest.mark.parametrize("model", STAYS, ids=lambda model: model._meta.label)
def test_what_tells_of_more_than_the_case_stays_with_its_unit(passed: Passed, model: Any) -> None:
    assert visible(model, passed.owner), "there is nothing to hide"
    assert not visible(model, passed.taker)


@pytest.mark.parametrize("model", GOES_ALONG, ids=lambda model: model._meta.label)
def test_passed_on_again_it_leaves_the_unit_in_between(passed: Passed, model: Any) -> None:
    khorgos = Unit.objects.get(code="KHG")
    pass_on(passed.case, passed.taker, khorgos)
    assert not visible(model, passed.taker)
    assert visible(model, passed.outsiders[0]) == set(model._default_manager.filter(**{GOES_ALONG[model]: passed.case}))


def signed_in(user: User, client: Client) -> Client:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_every_link_of_the_case_and_of_its_cargo_can_be_followed(passed: Passed) -> None:
    client = signed_in(passed.taker, Client())
    todo, done = [reverse("case", args=[passed.case.ref])], set()
    while todo:
        address = todo.pop()
        done.add(address)
        page = client.get(address)
        assert page.status_code == 200, address
        found = re.findall(
            r'href="(/(?:cases|consignments|equipment|parties|submissions)/[^"?#]+)', page.content.decode()
        )
        todo += [link for link in dict.fromkeys(found) if link not in done and link not in todo]
    consignment, visits = passed.case.consignments.get(), passed.case.visits.all()
    assert reverse("consignment", args=[consignment.ref]) in done
    assert {reverse("visit", args=[visit.ref]) for visit in visits} <= done


def test_nobody_else_opens_its_cargo_by_page_or_by_the_api(passed: Passed) -> None:
    consignment, visit = passed.case.consignments.get(), passed.case.visits.first()
    assessment = passed.case.assessment
    pages = [reverse("consignment", args=[consignment.ref]), reverse("visit", args=[visit.ref])]
    endpoints = [
        f"/api/v1/consignments/{consignment.ref}/",
        f"/api/v1/visits/{visit.ref}/",
        f"/api/v1/assessments/{assessment.ref}/",
    ]
    for user, page_status, api_status in (
        (passed.taker, {200}, {200}),
        *((outsider, {404, 302}, {404, 403}) for outsider in passed.outsiders),
    ):
        client, api = signed_in(user, Client()), signed_in(user, APIClient())
        assert {client.get(address).status_code for address in pages} <= page_status, user
        assert {api.get(address).status_code for address in endpoints} <= api_status, user


def test_other_cargo_of_the_owner_stays_closed(passed: Passed) -> None:
    client = signed_in(passed.taker, Client())
    others = Consignment.objects.filter(unit=passed.case.unit).exclude(cases=passed.case)
    boxes = EquipmentVisit.objects.filter(Q(unit=passed.case.unit) & ~Q(cases=passed.case))
    assert others
    assert boxes
    for name, rows in (("consignment", others), ("visit", boxes)):
        for row in rows:
            assert client.get(reverse(name, args=[row.ref])).status_code == 404
