"""A unit of a country with lanes, the people of its room, and one flagged case."""

import pytest

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case
from profiling.rules.models import Lane
from tests import factories


@pytest.fixture
def unit(db: None) -> Unit:
    return factories.UnitFactory()


@pytest.fixture
def lanes(unit: Unit) -> dict[str, Lane]:
    return factories.lanes(unit.parent)


@pytest.fixture
def officer(unit: Unit) -> User:
    return factories.person(unit)


@pytest.fixture
def colleague(unit: Unit) -> User:
    return factories.person(unit)


@pytest.fixture
def supervisor(unit: Unit) -> User:
    return factories.person(unit, Role.SUPERVISOR)


@pytest.fixture
def case(unit: Unit, lanes: dict[str, Lane]) -> Case:
    return factories.laden_case(unit, lanes["red"])
