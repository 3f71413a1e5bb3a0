"""Pages of examinations: list, plan, the act as plain forms, photographs, paper; who sees them and who may not."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from inspections.models import Inspection, InspectionLine, Photo
from inspections.recording import Change, apply_changes
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case, Referral
from tests import factories
from tests.factories_recording import SEAL, member, picture, planned, recorded
from tests.web import cargo
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, queries_of, rows, text


@pytest.fixture
def case(unit: Unit) -> Case:
    return factories.case_in(unit, boxes=2)


@pytest.fixture
def act(case: Case, officer: User) -> Inspection:
    return planned(case, officer)


@pytest.fixture
def line(act: Inspection) -> InspectionLine:
    return act.lines.first()


@pytest.fixture
def whole(unit: Unit, officer: User, case: Case) -> Inspection:
    """One with a row in every table."""
    return recorded(unit, officer, case)


def page(act: Inspection, name: str = "inspection") -> str:
    return reverse(name, args=[act.ref])


def posted(line: Any, field: str, base: Any, **parts: Any) -> dict[str, Any]:
    key = f"{line.ref if line else ''}|{field}"
    told = {f"f|{key}" + (f"|{name}" if name != "value" else ""): value for name, value in parts.items()}
    return {f"b|{key}": json.dumps(base), **told}


# ---- list and plan


def test_the_list_shows_what_waits_and_what_is_planned(desk: Client, case: Case, officer: User) -> None:
    referral = factories.ReferralFactory(case=case, note="Look behind the wall")
    answer = desk.get(reverse("inspections"))
    assert reverse("inspection_plan", args=[referral.ref]) in text(answer)
    assert "Look behind the wall" in text(answer)
    act = planned(factories.case_in(case.unit), officer)
    answer = desk.get(reverse("inspections"))
    assert (rows(answer), act.number in text(answer)) == (1, True)
    assert not holds_something_inline(answer)
    assert rows(desk.get(reverse("inspections") + "?state=approved")) == 0
    assert rows(desk.get(reverse("inspections") + "?mine=true")) == 1
    assert rows(desk.get(reverse("inspections") + "?overdue=true")) == 1


def test_the_list_costs_the_same_with_more_acts(desk: Client, case: Case, officer: User) -> None:
    planned(case, officer)
    few = queries_of(desk, reverse("inspections"))
    for _each in range(4):
        planned(factories.case_in(case.unit), officer)
        factories.ReferralFactory(case=factories.case_in(case.unit))
    assert queries_of(desk, reverse("inspections")) == few


def test_a_plan_is_made_from_the_form(desk: Client, case: Case, officer: User, unit: Unit) -> None:
    referral = factories.ReferralFactory(case=case)
    address = reverse("inspection_plan", args=[referral.ref])
    shown = desk.get(address)
    assert str(officer.ref) in text(shown)
    assert not holds_something_inline(shown)
    body = {
        "place": "Shed 2",
        "planned_for": "2026-03-02T11:00",
        "team|user": [str(officer.ref)],
        f"team|agency:{officer.ref}": "customs",
        "team|leads": str(officer.ref),
        "present|name": ["O. Lim", ""],
        "present|capacity": ["carrier", ""],
    }
    answer = desk.post(address, body)
    made = Inspection.objects.get()
    assert answer["Location"] == page(made)
    assert made.planned_for.astimezone(unit.zone).hour == 11
    assert (made.team.get().leads, made.present.get().name) == (True, "O. Lim")


def test_what_is_wrong_with_a_plan_is_told_and_what_was_typed_stays(desk: Client, case: Case) -> None:
    referral = factories.ReferralFactory(case=case)
    address = reverse("inspection_plan", args=[referral.ref])
    answer = desk.post(address, {"place": "Shed 9", "present|name": ["Kim"], "present|capacity": ["witness"]})
    assert answer.status_code == 422
    assert "Name at least one who examines." in text(answer)
    assert 'value="Shed 9"' in text(answer)
    assert 'value="Kim"' in text(answer)
    answer = desk.post(address, {"planned_for": "soon"})
    assert (answer.status_code, "This is no date and time." in text(answer)) == (422, True)
    assert not Inspection.objects.exists()


def test_a_referral_that_is_taken_answers_a_conflict(desk: Client, act: Inspection, officer: User) -> None:
    answer = desk.post(reverse("inspection_plan", args=[act.referral.ref]), {"team|user": [str(officer.ref)]})
    assert (answer.status_code, "no longer open" in text(answer)) == (409, True)


def test_a_case_is_examined_on_own_judgement(desk: Client, case: Case, officer: User) -> None:
    address = reverse("inspection_plan_case", args=[case.ref])
    refused = desk.post(address, {"team|user": [str(officer.ref)]})
    assert (refused.status_code, "Choose a method." in text(refused)) == (422, True)
    body = {"team|user": [str(officer.ref)], "reason": "intelligence", "why": "A call", "method": "scan"}
    assert desk.post(address, body).status_code == 302
    assert Inspection.objects.get().reason == "intelligence"


def test_the_case_page_leads_to_the_plan_and_to_the_act(desk: Client, case: Case, officer: User) -> None:
    referral = factories.ReferralFactory(case=case)
    address = reverse("case", args=[case.ref])
    assert reverse("inspection_plan", args=[referral.ref]) in text(desk.get(address))
    act = planned(case, officer)
    assert page(act) in text(desk.get(address))


# ---- the act


def test_the_page_shows_every_part_without_anything_inline(desk: Client, whole: Inspection, officer: User) -> None:
    act = whole
    answer = desk.get(page(act))
    for part in ("methods", "points", "seals", "weight", "photos", "result"):
        assert f'id="{part}-{act.lines.first().ref}"' in text(answer)
    assert "CN 8841270" in text(answer)
    assert answer["Kept-For"] == str(officer.ref)
    assert "no-store" in answer["Cache-Control"]
    assert not holds_something_inline(answer)


def test_the_page_costs_the_same_with_twelve_containers(desk: Client, act: Inspection, officer: User) -> None:
    few = queries_of(desk, page(act))
    many = planned(factories.case_in(act.unit, boxes=12), officer)
    for line in many.lines.all():
        factories.SealFactory(visit=line.visit)
        factories.PlacementFactory(visit=line.visit)
        change = Change(f"seals.{uuid4()}", SEAL, None, line=str(line.ref))
        apply_changes(inspection=many, user=officer, changes=[change])
    assert queries_of(desk, page(many)) == few


def test_figures_are_shown_as_they_are_typed(desk: Client, act: Inspection, line: InspectionLine) -> None:
    InspectionLine.objects.filter(pk=line.pk).update(
        packages_declared=1616, packages_found=1840, gross_found_kg="15966.500"
    )
    said = text(desk.get(page(act)))
    assert 'value="1840"' in said
    assert 'value="15966.5"' in said
    assert re.search(r"<b>\+224</b> \+13.9 %", said)


def test_plain_forms_save_what_was_typed_and_nothing_else(desk: Client, act: Inspection, line: InspectionLine) -> None:
    body = {
        "line_open": str(line.ref),
        **posted(line, "packages_found", None, value="840"),
        **posted(line, "findings", "", value=""),
        **posted(line, "methods.scan", {}, done="1", started="2026-03-02T11:22", ended="", device="XRV-2"),
        **posted(line, "methods.dog", {}, started="", note=""),
        **posted(line, "points.front", {}, state="ok", note=""),
        **posted(line, f"seals.{uuid4()}", None, event="found", number="CN 1", condition="broken"),
        **posted(line, f"seals.{uuid4()}", None, event="affixed", number="", condition=""),
        **posted(None, "time", {"started": None, "ended": None}, started="2026-03-02T11:10", ended=""),
    }
    answer = desk.post(page(act, "inspection_save"), body)
    assert (answer.status_code, answer["Location"]) == (302, f"{page(act)}?line={line.ref}")
    line.refresh_from_db()
    act.refresh_from_db()
    assert (line.packages_found, line.points) == (840, {"front": {"state": "ok", "note": ""}})
    assert list(line.methods) == ["scan"]
    assert [(seal.number, seal.condition) for seal in line.seals.all()] == [("CN 1", "broken")]
    assert act.started_at is not None
    assert {change.field.split(".")[0] for change in act.changes.all()} == {
        "packages_found", "methods", "points", "seals", "time",
    }  # fmt: skip


def test_the_page_as_it_was_served_changes_nothing_when_saved(
    desk: Client, unit: Unit, officer: User, case: Case
) -> None:
    act = recorded(unit, officer, case)
    desk.post(page(act, "inspection_start"))
    line = act.lines.first()
    told = [("methods.scan", {"done": True, "started": "2026-03-02T11:22"}), ("gross_found_kg", "10.5")]
    changes = [Change(name, value, None, line=str(line.ref)) for name, value in told]
    apply_changes(inspection=act, user=officer, changes=changes)
    before = act.changes.count()
    answer = desk.post(page(act, "inspection_save"), FormFields(text(desk.get(page(act)))).found)
    assert answer.status_code == 302
    assert act.changes.count() == before


class FormFields(HTMLParser):
    """The fields of the page's form as a browser without scripts would send them."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._select = self._text = ""
        self.feed(re.sub(r"<template.*?</template>", "", said, flags=re.S))

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = dict(attrs)
        name = told.get("name") or ""
        if "form" in told or "disabled" in told:
            name = ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in told:
            self._put(self._select, told["value"])
        elif tag == "textarea":
            self._text = name
            self._put(name, "")
        elif tag == "input" and (told.get("type") not in ("checkbox", "radio", "file") or "checked" in told):
            self._put(name, told.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.found[self._text][-1] += data

    def _put(self, name: str, value: str) -> None:
        if "|" in name:
            self.found.setdefault(name, []).append(value)


def test_what_cannot_be_kept_stays_in_its_box_with_the_reason(
    desk: Client, act: Inspection, line: InspectionLine
) -> None:
    body = {
        **posted(line, "packages_found", None, value="-4"),
        **posted(line, "findings", "", value="Cartons"),
        **posted(None, "time", {"started": None}, started="2026-03-02T11:10", ended="2026-03-02T11:00"),
    }
    answer = desk.post(page(act, "inspection_save"), body)
    assert answer.status_code == 422
    said = text(answer)
    assert 'value="-4"' in said
    assert "This cannot be less than zero." in said
    assert "It ends before it begins." in said
    assert 'value="2026-03-02T11:00"' in said
    line.refresh_from_db()
    assert line.findings == "Cartons"


def test_a_conflict_shows_both_and_saving_again_takes_mine(
    desk: Client, act: Inspection, line: InspectionLine, unit: Unit
) -> None:
    colleague = cargo.person(unit, username="colleague")
    change = Change("findings", "Boxes", "", line=str(line.ref))
    apply_changes(inspection=act, user=colleague, changes=[change])
    answer = desk.post(page(act, "inspection_save"), posted(line, "findings", "", value="Cartons"))
    assert answer.status_code == 422
    assert "Boxes" in text(answer)
    assert ">Cartons</textarea>" in text(answer)
    assert (
        desk.post(page(act, "inspection_save"), posted(line, "findings", "Boxes", value="Cartons")).status_code == 302
    )
    line.refresh_from_db()
    assert line.findings == "Cartons"


@pytest.mark.parametrize("base", ["", "{", "[" * 5000, "null", "7"])
def test_a_form_that_was_tampered_with_breaks_nothing(
    desk: Client, act: Inspection, line: InspectionLine, base: str
) -> None:
    key = f"{line.ref}|findings"
    body = {f"b|{key}": base, f"f|{key}": "Cartons", "b|x": "1", "b|a|b|c": "1", f"b|{line.ref}|visit": "1"}
    assert desk.post(page(act, "inspection_save"), body).status_code in (302, 422)


def test_it_is_started_and_given_up(desk: Client, act: Inspection, case: Case) -> None:
    assert desk.post(page(act, "inspection_start")).status_code == 302
    refused = desk.post(page(act, "inspection_drop"), {"reason": " "})
    assert (refused.status_code, "Say why it is given up." in text(refused)) == (422, True)
    answer = desk.post(page(act, "inspection_drop"), {"reason": "No crane"})
    assert answer["Location"] == reverse("case", args=[case.ref])
    assert Referral.objects.get().state == "open"
    assert desk.post(page(act, "inspection_drop"), {"reason": "Again"}).status_code == 409
    assert desk.post(page(act, "inspection_save"), {}).status_code == 302


def test_a_submitted_act_is_read_and_not_typed_into(desk: Client, act: Inspection, line: InspectionLine) -> None:
    Inspection.objects.update(state="submitted")
    said = text(desk.get(page(act)))
    assert 'data-editable="no"' in said
    assert "start-form" not in said
    answer = desk.post(page(act, "inspection_save"), posted(line, "findings", "", value="x"))
    assert (answer.status_code, "cannot be changed now" in text(answer)) == (409, True)


# ---- photographs


def upload(content: bytes, name: str = "door.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def test_a_photograph_of_the_form_is_shown_safely(desk: Client, act: Inspection, line: InspectionLine) -> None:
    body = {"line": str(line.ref), "kind": "doors", "caption": "Left", "photo": upload(picture(), "x.exe")}
    answer = desk.post(page(act, "inspection_photo_add"), body)
    assert answer["Location"] == f"{page(act)}?line={line.ref}#photos"
    photo = Photo.objects.get()
    for name in ("inspection_photo", "inspection_thumb"):
        shown = desk.get(reverse(name, args=[photo.ref]))
        assert (shown["Content-Type"], shown["Content-Disposition"]) == ("image/jpeg", "inline")
        assert shown["X-Content-Type-Options"] == "nosniff"
        assert "private" in shown["Cache-Control"]
    original = desk.get(reverse("inspection_original", args=[photo.ref]))
    assert b"".join(original.streaming_content) == picture()
    assert original["Content-Type"] == "application/octet-stream"
    assert "attachment" in original["Content-Disposition"]
    assert reverse("inspection_thumb", args=[photo.ref]) in text(desk.get(page(act)))
    assert desk.post(reverse("inspection_photo_remove", args=[photo.ref])).status_code == 302
    assert reverse("inspection_thumb", args=[photo.ref]) not in text(desk.get(page(act)))


@pytest.mark.parametrize("content", [b"", b"no picture", picture()[:-300]])
def test_what_is_no_picture_is_told(desk: Client, act: Inspection, line: InspectionLine, content: bytes) -> None:
    body = {"line": str(line.ref), "kind": "doors", "photo": upload(content)}
    assert desk.post(page(act, "inspection_photo_add"), body).status_code == 422
    assert not Photo.objects.exists()


def test_a_form_without_a_photograph_is_told(desk: Client, act: Inspection) -> None:
    answer = desk.post(page(act, "inspection_photo_add"), {"kind": "doors"})
    assert (answer.status_code, "Choose a photograph." in text(answer)) == (422, True)


def test_one_that_says_it_is_too_large_is_refused_before_it_is_read(act: Inspection, officer: User) -> None:
    class Unread(BytesIO):
        def read(self, *_size: Any) -> bytes:
            raise AssertionError("the body was read")

    answer = signed_in(officer, csrf=True).generic(
        "POST",
        page(act, "inspection_photo_add"),
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert (answer.status_code, "larger than 20 MB" in text(answer)) == (413, True)


def test_the_form_needs_its_token(act: Inspection, officer: User) -> None:
    client = signed_in(officer, csrf=True)
    assert client.post(page(act, "inspection_photo_add"), {"photo": upload(picture())}).status_code == 403


# ---- paper, worker, outsiders


def test_the_act_is_on_paper_with_everything_and_lines_to_sign(
    desk: Client, unit: Unit, officer: User, case: Case
) -> None:
    act = recorded(unit, officer, case)
    answer = desk.get(page(act, "inspection_act"))
    for said in (act.number, "CN 8841270", "O. Lim", "Front wall", "act-sign", str(officer)):
        assert said in text(answer)
    assert not holds_something_inline(answer)


def test_the_worker_is_served_from_where_it_may_reach(desk: Client) -> None:
    answer = desk.get(reverse("inspection_worker"))
    assert answer["Content-Type"].startswith("text/javascript")
    assert reverse("inspection_worker").startswith(reverse("inspections"))
    assert "no-store" in answer["Cache-Control"]


PAGES = ("inspection", "inspection_act")
POSTS = ("inspection_save", "inspection_start", "inspection_drop", "inspection_photo_add")


@pytest.mark.parametrize("name", PAGES)
def test_an_outsider_gets_404(outside: Client, act: Inspection, name: str) -> None:
    assert outside.get(page(act, name)).status_code == 404


@pytest.mark.parametrize("name", POSTS)
def test_an_outsider_posts_nowhere(outside: Client, act: Inspection, name: str) -> None:
    assert outside.post(page(act, name), {"reason": "x"}).status_code == 404


def test_an_outsider_sees_no_photograph_and_plans_nothing(
    outside: Client, unit: Unit, officer: User, case: Case
) -> None:
    act = recorded(unit, officer, case)
    photo = act.photos.get()
    for name in ("inspection_photo", "inspection_thumb", "inspection_original"):
        assert outside.get(reverse(name, args=[photo.ref])).status_code == 404
    assert outside.post(reverse("inspection_photo_remove", args=[photo.ref])).status_code == 404
    referral = factories.ReferralFactory(case=case)
    assert outside.get(reverse("inspection_plan", args=[referral.ref])).status_code == 404
    assert outside.get(reverse("inspection_plan_case", args=[case.ref])).status_code == 404
    assert rows(outside.get(reverse("inspections"))) == 0


@pytest.mark.parametrize("name", POSTS)
def test_who_only_reads_posts_nothing(reading: Client, act: Inspection, line: InspectionLine, name: str) -> None:
    body = {**posted(line, "findings", "", value="x"), "reason": "x", "kind": "doors", "photo": upload(picture())}
    assert reading.post(page(act, name), body).status_code == 403


def test_who_only_reads_sees_the_act_and_no_buttons(reading: Client, act: Inspection) -> None:
    said = text(reading.get(page(act)))
    assert 'data-editable="no"' in said
    assert "start-form" not in said
    analyst = signed_in(cargo.person(act.unit, Role.ANALYST, "analyst"))
    referral = factories.ReferralFactory(case=factories.case_in(act.unit))
    assert "does not plan" in text(analyst.get(reverse("inspection_plan", args=[referral.ref])))


@pytest.mark.parametrize("name", [*POSTS])
def test_what_changes_is_posted(desk: Client, act: Inspection, name: str) -> None:
    assert desk.get(page(act, name)).status_code == 405


def once_of(response: Any) -> str:
    found = re.search(r'name="form_key" value="([0-9a-f-]{36})"', response.content.decode())
    assert found
    return found[1]


def test_a_second_click_plans_one_examination_and_stores_one_photograph(
    desk: Client, case: Case, officer: User
) -> None:
    address = reverse("inspection_plan_case", args=[case.ref])
    told = {"reason": "intelligence", "why": "A call", "method": "scan", "team|user": str(officer.ref)}
    told["form_key"] = once_of(desk.get(address))
    first, second = (desk.post(address, told) for _click in range(2))
    act = Inspection.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == page(act)
    assert Inspection.objects.count() == 1

    referral = factories.ReferralFactory(case=case)
    address = reverse("inspection_plan", args=[referral.ref])
    told = {"team|user": str(officer.ref), "form_key": once_of(desk.get(address))}
    assert [desk.post(address, told).status_code for _click in range(2)] == [302, 302]
    assert Inspection.objects.filter(referral=referral).count() == 1

    line = act.lines.first()
    key = once_of(desk.get(page(act)))
    for _click in range(2):
        photo = SimpleUploadedFile("p.jpg", picture(), "image/jpeg")
        sent = {"photo": photo, "kind": "doors", "line": str(line.ref), "form_key": key}
        assert desk.post(page(act, "inspection_photo_add"), sent).status_code == 302
    assert Photo.objects.filter(inspection=act).count() == 1


def test_who_left_the_unit_stays_in_the_act_and_joins_no_other(
    desk: Client, unit: Unit, officer: User, case: Case
) -> None:
    gone = factories.person(unit, last_name="Gone")
    act = planned(case, officer, team=[member(officer), member(gone, leads=False)])
    gone.memberships.all().delete()
    gone.is_active = False
    gone.save()
    fields = FormFields(text(desk.get(page(act)))).found
    fields["f||place"] = ["Shed 9"]
    assert desk.post(page(act, "inspection_save"), fields).status_code == 302
    act.refresh_from_db()
    assert act.place == "Shed 9"
    assert {one.user for one in act.team.all()} == {officer, gone}
    assert f"{gone} (Customs)" in text(desk.get(page(act, "inspection_act")))
    colleague = factories.person(unit)
    fields["f||team|user"].append(str(colleague.ref))
    fields["b||place"] = ['"Shed 9"']
    assert desk.post(page(act, "inspection_save"), fields).status_code == 302
    assert {one.user for one in act.team.all()} == {officer, gone, colleague}
    referral = factories.ReferralFactory(case=case)
    refused = desk.post(reverse("inspection_plan", args=[referral.ref]), {"team|user": str(gone.ref)})
    assert refused.status_code == 422


def test_equipment_is_left_out_and_added_on_the_page(
    desk: Client, outside: Client, reading: Client, act: Inspection, line: InspectionLine
) -> None:
    leave, add = page(act, "inspection_leave_out"), page(act, "inspection_line_add")
    for client, status in ((outside, 404), (reading, 403)):
        assert client.post(leave, {"line": str(line.ref), "reason": "Never came"}).status_code == status
        assert client.post(add, {"visit": str(line.visit.ref)}).status_code == status
    assert "Leave this equipment out" in text(desk.get(page(act)))
    refused = desk.post(leave, {"line": str(line.ref), "reason": ""})
    assert refused.status_code == 422
    assert "Say why it is left out." in text(refused)
    for _click in range(2):
        assert desk.post(leave, {"line": str(line.ref), "reason": "Never came"}).status_code == 302
    for shown in (page(act), page(act, "inspection_act")):
        assert "Never came" in text(desk.get(shown))
    added = desk.post(add, {"visit": str(line.visit.ref)})
    again = act.lines.get(visit=line.visit)
    assert added.headers["Location"] == f"{page(act)}?line={again.ref}"
    assert "Never came" not in text(desk.get(page(act)))
    assert desk.post(add, {"visit": "nothing"}).status_code == 404
