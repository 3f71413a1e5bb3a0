"""The capacity page: who states how many inspections a shift can do, and what is told of a wrong figure."""

from __future__ import annotations

from datetime import time

import pytest
from django.test import Client

from pcu.accounts.models import Unit
from pcu.accounts.roles import Role
from profiling.rules.models import Capacity
from tests.factories_workbench import CapacityFactory
from tests.web import cargo
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, text

PAGE = "/rules/capacity/"
SAID = {"inspections_per_shift": "8", "shift_hours": "12", "shift_starts": "08:00"}


@pytest.fixture
def leading(unit: Unit) -> Client:
    return signed_in(cargo.person(unit, Role.SUPERVISOR))


def test_a_supervisor_states_it_and_states_it_anew(leading: Client, unit: Unit) -> None:
    assert "has no cut line" in text(leading.get(PAGE))
    assert leading.post(PAGE, SAID).status_code == 302
    assert leading.post(PAGE, {**SAID, "inspections_per_shift": "9"}).status_code == 302
    stated = Capacity.objects.get(unit=unit)
    assert (stated.inspections_per_shift, stated.shift_hours, stated.shift_starts) == (9, 12, time(8))
    page = leading.get(PAGE)
    assert 'value="08:00"' in text(page)
    assert not holds_something_inline(page)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("inspections_per_shift", "0"),
        ("inspections_per_shift", "1001"),
        ("inspections_per_shift", "many"),
        ("shift_hours", "25"),
        ("shift_hours", ""),
        ("shift_starts", "25:00"),
    ],
)
def test_a_wrong_figure_is_told_at_its_field_and_nothing_is_kept(leading: Client, field: str, value: str) -> None:
    refused = leading.post(PAGE, {**SAID, field: value})
    assert refused.status_code == 422
    assert f'id="id_{field}_error"' in text(refused)
    assert text(refused).count('class="err"') == 1
    assert not Capacity.objects.exists()


def test_an_officer_reads_it_and_does_not_state_it(desk: Client, unit: Unit) -> None:
    CapacityFactory(unit=unit.parent, inspections_per_shift=17)
    page = text(desk.get(PAGE))
    assert "17" in page
    assert "Stated for" in page
    assert 'name="inspections_per_shift"' not in page
    assert desk.post(PAGE, SAID).status_code == 403
    assert desk.post(PAGE, {}).status_code == 403
    assert not Capacity.objects.filter(unit=unit).exists()


def test_another_country_sees_nothing_of_it(outside: Client, unit: Unit) -> None:
    CapacityFactory(unit=unit.parent, inspections_per_shift=17)
    assert "has no cut line" in text(outside.get(PAGE))
