"""The tree of units: who moves takes what lies below along, or strangers would come to see it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from pcu.accounts.models import Unit
from pcu.accounts.roles import Role
from tests import factories


def test_what_lies_below_a_renamed_unit_stays_with_it_and_is_no_one_elses(db):
    unit = factories.UnitFactory(code="ALT", parent__code="KZ")
    supervisor = factories.person(unit.parent, Role.SUPERVISOR)
    country = unit.parent
    country.code = "KAZ"
    country.save()
    unit.refresh_from_db()
    assert unit.path == "KAZ/ALT/"
    assert list(unit.ancestors_and_self()) == [country, unit]
    assert unit in Unit.objects.visible_to(supervisor)
    newcomer = factories.person(factories.CountryFactory(code="KZ"), Role.SUPERVISOR)
    assert unit not in Unit.objects.visible_to(newcomer)


def test_a_unit_that_moves_leaves_the_reach_of_its_former_country(db):
    directorate = factories.UnitFactory(code="SOUTH", parent__code="KZ", kind=Unit.Kind.DIRECTORATE)
    unit = factories.UnitFactory(code="ALT", parent=directorate)
    former = factories.person(directorate.parent, Role.AUDITOR)
    directorate.parent = factories.CountryFactory(code="UZ")
    directorate.save()
    unit.refresh_from_db()
    assert unit.path == "UZ/SOUTH/ALT/"
    assert not Unit.objects.visible_to(former).filter(pk__in=[unit.pk, directorate.pk]).exists()


def test_a_unit_cannot_lie_below_itself(db):
    unit = factories.UnitFactory()
    country = unit.parent
    for parent in (unit, country):
        country.parent = parent
        with pytest.raises(ValidationError):
            country.clean()
