"""Two units of one country, one of another, and people in them."""

from __future__ import annotations

import pytest

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case
from tests import factories


@pytest.fixture
def altynkol(db: None) -> Unit:
    return factories.UnitFactory()


@pytest.fixture
def dostyk(altynkol: Unit) -> Unit:
    """The neighbour in the same country."""
    return factories.UnitFactory(code="DOS")


@pytest.fixture
def dushanbe(db: None) -> Unit:
    """A unit of another country."""
    return factories.UnitFactory(code="DSB", parent__code="TJ")


@pytest.fixture
def officer(altynkol: Unit) -> User:
    return factories.person(altynkol)


@pytest.fixture
def colleague(altynkol: Unit) -> User:
    return factories.person(altynkol)


@pytest.fixture
def supervisor(altynkol: Unit) -> User:
    return factories.person(altynkol, Role.SUPERVISOR)


@pytest.fixture
def operator(altynkol: Unit) -> User:
    return factories.client_system(altynkol)


@pytest.fixture
def case(altynkol: Unit) -> Case:
    return factories.case_in(altynkol)
