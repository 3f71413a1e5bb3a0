"""A unit with its people and a client system, one flagged case of what the client sent, and callers for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from pcu.accounts import services as accounts
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cargo.models import Submission
from profiling.cases.models import Case, Hold, Referral
from tests import factories


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "store")}},
    }


@pytest.fixture
def unit(db: None) -> Unit:
    return factories.UnitFactory(code="ALT")


@pytest.fixture
def lanes(unit: Unit) -> dict[str, Any]:
    return factories.lanes(unit.parent)


@pytest.fixture
def case(unit: Unit, lanes: dict[str, Any]) -> Case:
    return factories.laden_case(unit, lanes["red"])


@pytest.fixture
def submission(case: Case) -> Submission:
    found: Submission = case.consignments.get().current.submission
    factories.ProblemFactory(submission=found)
    return found


@pytest.fixture
def officer(unit: Unit) -> User:
    return factories.person(unit)


@pytest.fixture
def hold(case: Case, officer: User) -> Hold:
    return place_hold(case, officer)


@pytest.fixture
def referral(case: Case, officer: User) -> Referral:
    now = timezone.now()
    return Referral.objects.create(
        unit=case.unit, case=case, method="scan", created_by=officer, created_at=now, updated_at=now
    )


def place_hold(case: Case, officer: User) -> Hold:
    now = timezone.now()
    return Hold.objects.create(
        unit=case.unit,
        case=case,
        visit=case.visits.order_by("pk").first(),
        authority="Head of post",
        grounds="flagged red by the rules",
        notice="Keep it at the terminal.",
        placed_by=officer,
        placed_at=now,
        updated_at=now,
    )


@pytest.fixture
def as_user() -> Callable[[User], APIClient]:
    """A caller with a token of the user."""

    def calling(user: User) -> APIClient:
        api = APIClient()
        api.credentials(HTTP_AUTHORIZATION=f"Token {accounts.issue_token(client=user)}")
        return api

    return calling


@pytest.fixture
def api(as_user: Any, officer: User) -> APIClient:
    return as_user(officer)


@pytest.fixture
def sender_api(as_user: Any, submission: Submission) -> APIClient:
    """The client system that sent what the case is about."""
    return as_user(submission.sender)


@pytest.fixture
def outsider_api(as_user: Any, unit: Unit) -> APIClient:
    """An officer of another country."""
    return as_user(factories.person(factories.UnitFactory()))


@pytest.fixture
def auditor_api(as_user: Any, unit: Unit) -> APIClient:
    return as_user(factories.person(unit, Role.AUDITOR))
