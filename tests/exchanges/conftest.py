"""Altynkol warns Chukursay of another country; Dushanbe-2 is not concerned."""

from __future__ import annotations

import pytest

from exchanges.models import PartnerWarning
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case
from tests import factories
from tests import factories_exchanges as made


@pytest.fixture
def altynkol(db: None) -> Unit:
    return factories.UnitFactory()


@pytest.fixture
def chukursay(db: None) -> Unit:
    return factories.UnitFactory(code="CHU", parent__code="UZ", time_zone="Asia/Tashkent")


@pytest.fixture
def dushanbe(db: None) -> Unit:
    return factories.UnitFactory(code="DSB", parent__code="TJ")


@pytest.fixture
def liaison(altynkol: Unit) -> User:
    return factories.person(altynkol, Role.LIAISON)


@pytest.fixture
def receiver(chukursay: Unit) -> User:
    """An officer of the unit that is warned."""
    return factories.person(chukursay)


@pytest.fixture
def stranger(dushanbe: Unit) -> User:
    return factories.person(dushanbe, Role.SUPERVISOR)


@pytest.fixture
def case(altynkol: Unit) -> Case:
    return made.case_to_warn_of(altynkol)


@pytest.fixture
def draft(case: Case, chukursay: Unit, liaison: User) -> PartnerWarning:
    return made.draft_to(chukursay, case=case, user=liaison)


@pytest.fixture
def warning(case: Case, chukursay: Unit, liaison: User) -> PartnerWarning:
    return made.warning_to(chukursay, case=case, user=liaison)
