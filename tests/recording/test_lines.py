"""Equipment of the case is added to an act while it is worked on, or left out with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from inspections.completeness import problems
from inspections.errors import InvalidActError, NotEditableError
from inspections.lines import add_line, leave_out, without_line
from inspections.models import AppliedChange, Inspection, InspectionLine
from inspections.participation import part_of
from inspections.photos import add_photo, remove_photo
from inspections.planning import drop
from inspections.recording import Change, apply_changes
from inspections.reports import content
from profiling.cargo.models import EquipmentVisit
from profiling.cases.models import Case
from tests import factories
from tests.factories_recording import SEAL, picture, planned


@pytest.fixture
def late(case: Case) -> EquipmentVisit:
    """A container that came into the case after the examination was planned."""
    loading = factories.LoadingFactory(version=case.consignments.get().current, packages=12, gross_kg=340)
    case.visit_links.create(visit=loading.visit)
    return loading.visit


def wanting(inspection: Inspection) -> list[str]:
    told = problems(Inspection.objects.get(pk=inspection.pk))
    return [one["message"] for one in told if one["field"] == "lines"]


def put(line: InspectionLine, user: Any, field: str, value: Any) -> None:
    (answer,) = apply_changes(
        inspection=line.inspection, user=user, changes=[Change(field, value, None, line=str(line.ref))]
    )
    assert answer["outcome"] == "applied"


def test_a_container_that_came_late_is_asked_for_and_added_once(inspection, officer, late):
    (said,) = wanting(inspection)
    assert "was to be examined" in said
    assert list(without_line(inspection)) == [late]
    version = inspection.version
    line = add_line(inspection=inspection, visit=late, user=officer)
    assert (line.packages_declared, line.gross_declared_kg) == (12, 340)
    assert add_line(inspection=inspection, visit=late, user=officer) == line
    inspection.refresh_from_db()
    assert (inspection.version, inspection.lines.count()) == (version + 1, 3)
    assert wanting(inspection) == []


def test_an_empty_line_is_left_out_with_a_reason_and_may_come_back(inspection, line, officer):
    for reason in (" ", "x" * 241):
        with pytest.raises(InvalidActError) as refused:
            leave_out(line=line, user=officer, reason=reason)
        assert refused.value.errors.keys() == {"reason"}
    leave_out(line=line, user=officer, reason=" It never arrived ")
    leave_out(line=line, user=officer, reason="Again")
    inspection.refresh_from_db()
    assert inspection.lines.count() == 1
    assert wanting(inspection) == []
    assert content(inspection)["act"]["left_out"] == [
        {"visit": str(line.visit.ref), "equipment": line.visit.number, "why": "It never arrived"}
    ]
    add_line(inspection=inspection, visit=line.visit, user=officer)
    inspection.refresh_from_db()
    assert (inspection.lines.count(), inspection.left_out) == (2, {})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("findings", "Cartons"),
        ("packages_found", 0),
        ("methods.scan", {"done": True}),
        ("points.floor", {"state": "ok"}),
        (f"seals.{UUID(int=7)}", SEAL),
        ("result", "clean"),
        ("photos_note", "The camera broke"),
    ],
)
def test_a_line_on_which_something_stands_stays(inspection, line, officer, field, value):
    put(line, officer, field, value)
    with pytest.raises(InvalidActError) as refused:
        leave_out(line=line, user=officer, reason="It never arrived")
    assert refused.value.errors.keys() == {"line"}
    assert inspection.lines.count() == 2


def test_a_photograph_keeps_its_line_also_once_it_was_taken_out(inspection, line, officer):
    photo = add_photo(inspection=inspection, user=officer, pieces=[picture()], kind="doors", line=line)
    remove_photo(photo=photo, user=officer)
    with pytest.raises(InvalidActError):
        leave_out(line=line, user=officer, reason="It never arrived")


def test_who_wrote_into_a_line_that_was_left_out_took_part_all_the_same(inspection, line, officer, colleague):
    put(line, colleague, "findings", "Wrong container")
    (answer,) = apply_changes(
        inspection=inspection,
        user=colleague,
        changes=[Change("findings", "", "Wrong container", line=str(line.ref))],
    )
    assert answer["outcome"] == "applied"
    leave_out(line=line, user=officer, reason="It never arrived")
    assert AppliedChange.objects.count() == 2
    inspection.refresh_from_db()
    assert part_of(inspection, colleague) is not None


def test_only_equipment_of_the_case_is_added(inspection, officer):
    stranger = factories.VisitFactory(call__unit=inspection.unit)
    with pytest.raises(InvalidActError):
        add_line(inspection=inspection, visit=stranger, user=officer)


def test_another_examination_of_the_equipment_is_enough_until_it_is_given_up(inspection, case, officer, late):
    other = planned(case, officer)
    assert other.lines.count() == 3
    assert wanting(inspection) == []
    drop(inspection=other, user=officer, reason="The crane is broken")
    assert len(wanting(inspection)) == 1


def test_what_nobody_ordered_its_planner_chose(inspection, late):
    Inspection.objects.update(referral=None)
    assert wanting(inspection) == []


def test_who_may_not_or_too_late_changes_no_line(inspection, line, officer, analyst, outsider, late):
    for user in (analyst, outsider):
        with pytest.raises(PermissionDenied):
            add_line(inspection=inspection, visit=late, user=user)
        with pytest.raises(PermissionDenied):
            leave_out(line=line, user=user, reason="It never arrived")
    Inspection.objects.update(state="submitted")
    with pytest.raises(NotEditableError):
        add_line(inspection=inspection, visit=late, user=officer)
    with pytest.raises(NotEditableError):
        leave_out(line=line, user=officer, reason="It never arrived")
