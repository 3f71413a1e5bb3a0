"""An examination under way with a find, the country's lists, and the people around it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone

from inspections.lists import install_starter_lists
from inspections.models import InspectionLine, ListedWord, Seizure
from inspections.seizing import record_seizure
from inspections.seizure_checks import Account
from pcu.accounts.confirmation import Confirmed, confirm
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from tests import factories
from tests.factories_inspections import InspectionFactory, LineFactory, TeamMemberFactory

PASSWORD = "correct horse battery"
BRANDS = {
    "items": [
        {"brand": "Golden Steppe KS", "kind": "king_size", "stamp": "none", "cases": 144, "sticks": 1_440_000},
        {"brand": "Orient Blue", "kind": "slim", "stamp": "forged", "cases": 80, "sticks": 800_000},
    ]
}


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def altynkol(db) -> Unit:
    unit = factories.UnitFactory()
    install_starter_lists(unit)
    return unit


@pytest.fixture
def officer(altynkol) -> User:
    return with_password(factories.person(altynkol, last_name="Serikbay"))


@pytest.fixture
def colleague(altynkol) -> User:
    return with_password(factories.person(altynkol, last_name="Muratov"))


@pytest.fixture
def supervisor(altynkol) -> User:
    return factories.person(altynkol.parent, Role.SUPERVISOR)


@pytest.fixture
def outsider(db) -> User:
    return factories.person(factories.UnitFactory(code="DSB", parent__code="TJ"), Role.SUPERVISOR)


@pytest.fixture
def line(altynkol, officer, colleague) -> InspectionLine:
    inspection = InspectionFactory(case=factories.case_in(altynkol), created_by=officer)
    TeamMemberFactory(inspection=inspection, user=officer, leads=True)
    TeamMemberFactory(inspection=inspection, user=colleague)
    return LineFactory(inspection=inspection, result="found")


def word(unit: Unit, code: str) -> ListedWord:
    return ListedWord.objects.get(unit=unit.parent, code=code)


Tell = Callable[..., Account]


@pytest.fixture
def tell(altynkol) -> Tell:
    """A sound account of two brands of cigarettes; `tell(quantity=…)` tells something else."""

    def tell(**told: Any) -> Account:
        sound: dict[str, Any] = {
            "commodity": "tobacco",
            "facts": BRANDS,
            "seized_at": timezone.now(),
            "quantity": Decimal(2_240_000),
            "quantity_unit": "sticks",
            "declared_as": "Household plastic ware",
            "value": Decimal(212_800),
            "value_currency": "USD",
            "value_basis": "95 USD per 1,000 sticks",
            "place": word(altynkol, "false_front_wall"),
            "concealment": word(altynkol, "built_in"),
            "cover_load": True,
            "detections": (word(altynkol, "scan"), word(altynkol, "measuring")),
        }
        return Account(**sound | told)

    return tell


@pytest.fixture
def seizure(line, officer, tell) -> Seizure:
    return record_seizure(line=line, user=officer, account=tell())


@pytest.fixture
def typed(rf: RequestFactory) -> Callable[[User], Confirmed]:
    """A person who has typed the own password."""

    def typed(user: User) -> Confirmed:
        return confirm(rf.post("/"), user, PASSWORD)

    return typed
