"""A unit with people, a case with two containers, and an examination of it."""

from __future__ import annotations

import pytest

from inspections.models import Inspection, InspectionLine
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case
from tests import factories
from tests.factories_recording import planned


@pytest.fixture(autouse=True)
def own_store(tmp_path, settings) -> None:
    """Bytes go to a folder of the test."""
    settings.STORAGES = settings.STORAGES | {
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "store")}}
    }


@pytest.fixture
def altynkol(db: None) -> Unit:
    return factories.UnitFactory()


@pytest.fixture
def officer(altynkol: Unit) -> User:
    return factories.person(altynkol)


@pytest.fixture
def colleague(altynkol: Unit) -> User:
    return factories.person(altynkol)


@pytest.fixture
def analyst(altynkol: Unit) -> User:
    return factories.person(altynkol, Role.ANALYST)


@pytest.fixture
def outsider(db: None) -> User:
    return factories.person(factories.UnitFactory(code="DSB", parent__code="TJ"))


@pytest.fixture
def case(altynkol: Unit) -> Case:
    return factories.case_in(altynkol, boxes=2)


@pytest.fixture
def inspection(case: Case, officer: User) -> Inspection:
    return planned(case, officer)


@pytest.fixture
def line(inspection: Inspection) -> InspectionLine:
    return inspection.lines.first()
