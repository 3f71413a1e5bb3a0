"""A country with lanes and a live release, and the people who write and check its rules."""

from __future__ import annotations

import pytest

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.rules.models import Release
from profiling.rules.services import install_starter
from tests import factories


@pytest.fixture
def altynkol(db: None) -> Unit:
    return factories.UnitFactory()


@pytest.fixture
def kz(altynkol: Unit) -> Unit:
    assert altynkol.parent is not None
    return altynkol.parent


@pytest.fixture
def dushanbe(db: None) -> Unit:
    return factories.UnitFactory(code="DSB", parent__code="TJ")


@pytest.fixture
def live(kz: Unit) -> Release:
    """The starter set, live in the country."""
    return install_starter(unit=kz)


@pytest.fixture
def analyst(kz: Unit) -> User:
    return factories.person(kz, Role.ANALYST)


@pytest.fixture
def chief(kz: Unit) -> User:
    return factories.person(kz, Role.SUPERVISOR)


@pytest.fixture
def deputy(kz: Unit) -> User:
    return factories.person(kz, Role.SUPERVISOR)
