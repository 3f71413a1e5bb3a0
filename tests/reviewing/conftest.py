"""A unit with an author, a supervisor who has nothing to do with the work, and one above."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from tests import factories


@pytest.fixture(autouse=True)
def nothing_blind(settings: Settings) -> None:
    """Only the tests of the blind second look draw for it."""
    settings.REVIEW_BLIND_SHARE = 0


@pytest.fixture
def altynkol(db: None) -> Unit:
    return factories.UnitFactory()


@pytest.fixture
def dushanbe(db: None) -> Unit:
    return factories.UnitFactory(code="DSB", parent__code="TJ")


@pytest.fixture
def author(altynkol: Unit) -> User:
    return factories.person(altynkol)


@pytest.fixture
def supervisor(altynkol: Unit) -> User:
    return factories.person(altynkol, Role.SUPERVISOR)


@pytest.fixture
def second_supervisor(altynkol: Unit) -> User:
    return factories.person(altynkol, Role.SUPERVISOR)


@pytest.fixture
def head_office(altynkol: Unit) -> User:
    """A supervisor of the country, which is above the unit."""
    return factories.person(altynkol.parent, Role.SUPERVISOR)


@pytest.fixture
def outsider(dushanbe: Unit) -> User:
    return factories.person(dushanbe, Role.SUPERVISOR)
