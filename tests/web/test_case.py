"""The case page: what it tells, who may do what from it, and what happens when two do it at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases import holding, services
from profiling.cases.choices import DecisionKind
from profiling.cases.models import Case, CaseEvent, Decision, Hold
from profiling.rules.services import install_starter
from tests import factories
from tests.factories_workbench import NamedListVersionFactory
from tests.web.conftest import signed_in
from tests.web.pages import HTMX, holds_something_inline, queries_of, text


@pytest.fixture
def case(unit: Unit) -> Case:
    return factories.case_in(unit, equipment_number="MSKU6180479", equipment_count=1, conveyance="X9017")


@pytest.fixture
def colleague(unit: Unit) -> User:
    return factories.person(unit, last_name="Muratov")


@pytest.fixture
def supervisor(unit: Unit) -> User:
    return factories.person(unit, Role.SUPERVISOR)


def at(case: Case, name: str = "case", *more: Any) -> str:
    return reverse(name, args=[case.ref, *more])


def hold_form(case: Case, **changed: Any) -> dict[str, Any]:
    return {
        "version": str(case.version),
        "decision": "hold_and_refer",
        "reasons": ["seal"],
        "method": "tailgate",
        "visits": [str(visit.ref) for visit in case.visits.all()],
        "notice": "Keep it at the terminal.",
        "authority": "Head of post",
        "grounds": "Informant says so",
        "instructions": "Open the last rows",
        "note": "Seal looks wrong",
        **changed,
    }


# ---- what it tells


def test_fired_rules_are_sentences_with_the_values_they_saw(desk: Client, case: Case) -> None:
    version = factories.RuleVersionFactory(
        titles={"en": "Packages too heavy"},
        reasons={"en": "{kg_per_package} kg a package over {packages} packages; origin {origin_country}."},
    )
    case.assessment.fired = [
        {"version": version.pk, "code": "R-4", "points": 20, "values": {"kg_per_package": 49.649, "packages": 1412}},
        {"version": 0, "code": "R-10", "points": -15, "values": {}},
    ]
    case.assessment.save()
    page = text(desk.get(at(case)))
    assert "Packages too heavy." in page
    assert "49.6 kg a package over 1,412 packages; origin not given." in page
    assert "R-4 v1" in page
    assert "−15" in page
    assert re.search(r"1\s+took points off", page)


def test_a_sample_is_told_with_stratum_and_probability(desk: Client, case: Case) -> None:
    assessment = case.assessment
    assessment.sampled, assessment.inclusion_probability, assessment.sample_stratum = True, "0.02", "low/rail"
    assessment.save()
    page = text(desk.get(at(case)))
    assert "Drawn at random, 1 in 50, from low-score cargo (rail), probability 0.02" in page


def test_facts_that_failed_and_facts_without_history_are_told(desk: Client, case: Case) -> None:
    case.assessment.faults = [["kg_per_package", "ZeroDivisionError: …"], ["R-9", "TypeError: …"]]
    case.assessment.save()
    page = text(desk.get(at(case)))
    assert "Gross weight of one package, R-9" in page
    assert "facts about the past are missing" in page


def test_rules_that_did_not_fire_are_traced_on_demand_those_for_lack_of_facts_first(
    desk: Client, unit: Unit, case: Case, outside: Client
) -> None:
    case.assessment.release = install_starter(unit=factories.CountryFactory(code="UZ"))
    case.assessment.indicators = {
        "kg_per_package": 12.5,
        "packages": 40,
        "hs_chapter": "63",
        "empty_with_weight": False,
    }
    case.assessment.fired = []
    case.assessment.save()
    assert "10 rules did not fire" in text(desk.get(at(case)))
    page = text(desk.get(at(case, "case_unfired")))
    assert re.search(r"Gross weight of one package, over 45: <b>12.5 kg</b>", page)
    verdicts = re.findall(r'class="tg( tg-warn)?">', page)  # amber is "unknown"
    assert len(verdicts) == 10
    assert verdicts == sorted(verdicts, reverse=True)
    assert 0 < sum(map(bool, verdicts)) < 10
    assert outside.get(at(case, "case_unfired")).status_code == 404


def test_a_rule_nobody_can_read_any_more_is_told_and_stops_nothing(desk: Client, case: Case) -> None:
    broken = factories.RuleVersionFactory(condition={"lhs": "gone", "op": "gt", "value": 1}, titles={"en": "Old rule"})
    case.assessment.release.versions.add(broken)
    page = text(desk.get(at(case, "case_unfired")))
    assert "Old rule" in page
    assert "can no longer be read" in page


def test_a_rule_that_an_exception_held_back_tells_which(desk: Client, case: Case) -> None:
    listed = NamedListVersionFactory(entries=["9403"], named_list__code="known-goods")
    known = {
        "condition": {"lhs": "hs_heading", "op": "in", "value": {"list": "known-goods"}},
        "until": None,
        "note": "",
    }
    rule = factories.RuleVersionFactory(
        condition={"lhs": "gross_kg", "op": "gt", "value": 100}, exceptions=[known], titles={"en": "Heavy, but known"}
    )
    case.assessment.release.versions.add(rule)
    case.assessment.release.lists.add(listed)
    case.assessment.indicators = {"gross_kg": 500, "hs_heading": "9403"}
    case.assessment.save()
    page = text(desk.get(at(case, "case_unfired")))
    assert "An exception held it back" in page
    assert "HS heading of the heaviest line, one of list “known-goods”: <b>9403</b>" in page
    case.assessment.indicators = {"gross_kg": 50, "hs_heading": "9999"}
    case.assessment.save()
    assert "An exception held it back" not in text(desk.get(at(case, "case_unfired")))


def test_cargo_is_told_goods_parties_equipment_seals_documents(desk: Client, case: Case) -> None:
    version = case.assessment.version
    case.assessment.indicators = {"consignee_first_time": True}
    case.assessment.save()
    factories.ItemFactory(version=version, description="Bed linen of polyester", commodity_code="630232")
    mention = factories.MentionFactory(version=version, name="ТОО «Нұр Жол»")
    visit = case.visits.get()
    visit.number = visit.number_as_written = "MSKU0000010"
    visit.save()
    placed = factories.PlacementFactory(visit=visit)
    factories.SealFactory(visit=visit, number="CN7730412", party="shipper")
    factories.SealFactory(visit=visit, number="CN7730412", party="shipper")
    factories.DocumentFactory(version=version, number="INV-77")
    page = text(desk.get(at(case)))
    assert "Bed linen of polyester" in page
    assert reverse("party", args=[mention.party.ref]) in page
    assert "first time" in page
    assert placed.carrier.number in page
    assert "INV-77" in page
    assert reverse("submission", args=[version.submission.ref]) in page
    equipment = page[page.index('id="equipment"') : page.index('id="versions"')]
    assert equipment.count("CN7730412") == 1
    assert "check digit should be" in equipment


def test_forty_containers_show_a_few_and_fold_the_rest(desk: Client, unit: Unit) -> None:
    case = factories.case_in(unit, boxes=40)
    page = text(desk.get(at(case)))
    equipment = page[page.index('id="equipment"') : page.index('id="versions"')]
    shown, folded = equipment.split("<details", 1)
    assert shown.count('class="idn" href="/equipment/') == 6
    assert folded.count('class="idn" href="/equipment/') == 34
    assert "Hold 40 of 40" in page


def test_what_a_new_message_changed_is_told_field_by_field(desk: Client, case: Case) -> None:
    first = case.assessment.version
    first.gross_kg = 19860
    first.save()
    factories.MentionFactory(version=first, name="Nur Zhol Logistic LLP")
    second = factories.VersionFactory(consignment=first.consignment, function="replace", gross_kg=18240)
    factories.MentionFactory(version=second, name="Nur Zhol Trade LLP")
    page = text(desk.get(at(case)))
    assert "1,620 less, 8.2 %" in page
    assert "<mark>Logistic</mark>" in page
    assert "<mark>Trade</mark>" in page


def test_a_withdrawn_consignment_keeps_what_it_said_last(desk: Client, case: Case) -> None:
    factories.ItemFactory(version=case.assessment.version, description="Bed linen of polyester")
    factories.VersionFactory(consignment=case.consignments.get(), function="cancel", gross_kg=None)
    page = text(desk.get(at(case)))
    assert "The sender has withdrawn" in page
    assert "Bed linen of polyester" in page[page.index('id="goods"') : page.index('id="equipment"')]


def test_equipment_without_a_bill_says_so(desk: Client, unit: Unit, case: Case) -> None:
    case.consignment_links.all().delete()
    assert "came without a bill" in text(desk.get(at(case)))


def test_the_timeline_is_in_the_zone_of_the_unit(desk: Client, case: Case) -> None:
    moment = timezone.now().replace(hour=20, minute=5) - timedelta(days=1)
    CaseEvent.objects.create(case=case, kind=CaseEvent.Kind.COMMENT, at=moment, text="Пломба не та", facts={})
    page = text(desk.get(at(case)))
    assert "Пломба не та" in page
    assert ">01:05</time>" in page


# ---- who may see and do what


def test_an_outsider_meets_nothing_and_changes_nothing(outside: Client, case: Case) -> None:
    assert outside.get(at(case)).status_code == 404
    for name in ("case_claim", "case_give_back", "case_take_over", "case_comment", "case_decide"):
        assert outside.post(at(case, name), {"text": "x", "decision": "scan"}).status_code == 404, name
    assert case.events.count() == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ANALYST, Role.LIAISON])
def test_who_only_reads_sees_no_decision_and_is_refused(unit: Unit, case: Case, role: Role) -> None:
    client = signed_in(factories.person(unit, role))
    page = text(client.get(at(case)))
    assert "Read only" in page
    assert 'name="decision"' not in page
    assert client.post(at(case, "case_claim")).status_code == 403
    assert client.post(at(case, "case_decide"), hold_form(case)).status_code == 403
    assert ('name="text"' in page) == (role != Role.AUDITOR)
    expected = 403 if role == Role.AUDITOR else 302
    assert client.post(at(case, "case_comment"), {"text": "Seen"}).status_code == expected


def test_what_there_is_not_is_not_found(desk: Client, case: Case) -> None:
    assert desk.get(reverse("case", args=[uuid4()])).status_code == 404
    assert desk.get("/cases/1/").status_code == 404
    assert desk.post(at(case, "case_lift", uuid4())).status_code == 404


def test_each_address_has_its_method(desk: Client, case: Case) -> None:
    for name in ("case", "case_unfired"):
        assert desk.post(at(case, name)).status_code == 405, name
    for name in ("case_claim", "case_give_back", "case_take_over", "case_comment", "case_decide"):
        assert desk.get(at(case, name)).status_code == 405, name
    assert desk.get(at(case, "case_lift", uuid4())).status_code == 405


def test_a_post_needs_the_token_of_the_form(officer: User, case: Case) -> None:
    assert signed_in(officer, csrf=True).post(at(case, "case_claim")).status_code == 403


def test_the_page_holds_nothing_inline(desk: Client, unit: Unit, case: Case) -> None:
    factories.HoldFactory(case=case)
    factories.ReferralFactory(case=case)
    for address in (at(case), f"{at(case)}?decision=hold_and_refer", at(case, "case_unfired")):
        assert not holds_something_inline(desk.get(address)), address


# ---- claims


def test_claim_give_back_take_over(desk: Client, officer: User, supervisor: User, case: Case) -> None:
    assert desk.post(at(case, "case_claim")).status_code == 302
    case.refresh_from_db()
    assert case.claimed_by == officer
    assert "yours since" in text(desk.get(at(case)))
    chief = signed_in(supervisor)
    assert "Take over" in text(chief.get(at(case)))
    chief.post(at(case, "case_take_over"))
    case.refresh_from_db()
    assert case.claimed_by == supervisor
    page = text(desk.get(at(case)))
    assert 'name="decision"' not in page
    assert "has it since" in page
    assert "Take over" not in page
    assert desk.post(at(case, "case_take_over")).status_code == 403
    chief.post(at(case, "case_give_back"))
    case.refresh_from_db()
    assert case.claimed_by is None


def test_who_claims_second_is_told_who_since_when_and_until_when_and_keeps_what_was_typed(
    desk: Client, colleague: User, case: Case
) -> None:
    typed = hold_form(case)
    services.claim(case=case, user=colleague)
    response = desk.post(at(case, "case_claim"), typed, headers=HTMX)
    page = text(response)
    assert response.status_code == 409
    assert re.search(r"Muratov\s+was faster", page)
    assert re.search(r"claimed since <time.*until <time", page, re.DOTALL)
    assert "Open the last rows" in page
    assert "Informant says so" in page
    assert re.search(r'value="hold_and_refer"[^>]*checked', page)


def test_who_decides_second_is_told_and_nothing_is_decided(desk: Client, colleague: User, case: Case) -> None:
    services.claim(case=case, user=colleague)
    response = desk.post(at(case, "case_decide"), hold_form(case))
    assert response.status_code == 409
    assert "Seal looks wrong" in text(response)
    assert not Decision.objects.exists()


def test_who_decides_what_a_colleague_has_closed_keeps_what_was_typed(
    desk: Client, colleague: User, case: Case
) -> None:
    typed = hold_form(case)
    services.decide(
        case=case,
        user=colleague,
        kind=DecisionKind.NO_EXAMINATION,
        reasons=["known_good"],
        note="",
        expected_version=case.version,
        override_reason="Seen last week",
    )
    response = desk.post(at(case, "case_decide"), typed, headers=HTMX)
    assert response.status_code == 409
    assert "is closed: no examination" in text(response)
    assert "Informant says so" in text(response)


def test_claiming_by_htmx_keeps_the_draft_and_the_version_goes_on(desk: Client, case: Case) -> None:
    response = desk.post(at(case, "case_claim"), hold_form(case), headers=HTMX)
    page = text(response)
    assert response.status_code == 200
    assert "Open the last rows" in page
    case.refresh_from_db()
    assert f'id="case-version" value="{case.version}"' in re.sub(r"\s+", " ", page)


# ---- comments


def test_a_comment_stands_in_the_timeline(desk: Client, officer: User, case: Case) -> None:
    response = desk.post(at(case, "case_comment") + "?lane=red", {"text": "<b>Ask</b> for the contract"})
    assert response["Location"] == f"{at(case)}?lane=red#time"
    assert "&lt;b&gt;Ask&lt;/b&gt; for the contract" in text(desk.get(at(case)))


def test_an_empty_comment_is_refused_in_place(desk: Client, case: Case) -> None:
    response = desk.post(at(case, "case_comment"), {"text": "  "}, headers=HTMX)
    assert response.status_code == 422
    assert "A comment needs a text." in text(response)


def test_ones_own_comment_is_no_change_but_a_colleagues_is(desk: Client, colleague: User, case: Case) -> None:
    seen = case.version
    own = text(desk.post(at(case, "case_comment"), {"text": "Mine", "version": seen}, headers=HTMX))
    case.refresh_from_db()
    assert f'id="case-version" value="{case.version}"' in re.sub(r"\s+", " ", own)
    services.comment(case=case, user=colleague, text="Theirs")
    again = text(desk.post(at(case, "case_comment"), {"text": "Mine too", "version": case.version}, headers=HTMX))
    assert f'id="case-version" value="{case.version}"' in re.sub(r"\s+", " ", again)


# ---- decisions


def test_hold_and_refer_holds_refers_and_goes_on_in_the_narrowed_queue(desk: Client, unit: Unit, case: Case) -> None:
    factories.case_in(unit, lane="orange", due_at=case.due_at - timedelta(hours=9))
    following = factories.case_in(unit, due_at=case.due_at + timedelta(hours=1))
    response = desk.post(at(case, "case_decide") + "?lane=red&sort=due", hold_form(case))
    assert response["Location"] == f"{at(following)}?lane=red&sort=due"
    hold = Hold.objects.get()
    assert (hold.notice, hold.grounds, hold.authority) == (
        "Keep it at the terminal.",
        "Informant says so",
        "Head of post",
    )
    assert case.referrals.get().note == "Open the last rows"
    page = text(desk.get(at(case)))
    assert "Referred" in page or "referred" in page
    assert "Grounds, inside only:" in page
    assert "Seal missing or changed" in page


def test_the_last_case_leads_back_to_the_queue_with_its_filters(desk: Client, case: Case) -> None:
    response = desk.post(at(case, "case_decide") + "?lane=red", hold_form(case), headers=HTMX)
    assert response.status_code == 204
    assert response["HX-Redirect"] == "/?lane=red"
    assert "Hold and refer." in text(desk.get("/?lane=red"))


def test_decide_and_stay_stays(desk: Client, case: Case) -> None:
    factories.case_in(case.unit)
    response = desk.post(at(case, "case_decide"), hold_form(case, stay="1"))
    assert response["Location"] == at(case)


def test_only_some_containers_are_held_when_only_some_are_ticked(desk: Client, unit: Unit) -> None:
    case = factories.case_in(unit, boxes=3)
    wanted = case.visits.first()
    desk.post(at(case, "case_decide"), hold_form(case, visits=[str(wanted.ref), "nonsense", str(uuid4())]))
    assert [hold.visit for hold in Hold.objects.all()] == [wanted]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"decision": ""}, "Choose a decision."),
        ({"reasons": []}, "Choose at least one reason."),
        ({"reasons": ["known_good"]}, "This reason does not go with the decision."),
        ({"reasons": ["other"], "note": ""}, "Say what the other reason is."),
        ({"method": ""}, "Choose how it is to be examined."),
        ({"visits": []}, "Choose the equipment to hold."),
        ({"notice": " "}, "Write what the operator is to read."),
        ({"authority": ""}, "Say on whose authority the equipment is held."),
        ({"decision": "scan"}, "The rules recommend Red. Say why you decide otherwise."),
        ({"decision": "pass_to_unit", "reasons": ["other"]}, "Choose the unit that takes the case."),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_the_form_keeps_the_rest(
    desk: Client, case: Case, changed: dict[str, Any], message: str
) -> None:
    response = desk.post(at(case, "case_decide"), hold_form(case, **changed))
    page = text(response)
    assert response.status_code == 422
    assert message in page
    assert "Informant says so" in page
    assert not Decision.objects.exists()


def test_another_lane_than_recommended_needs_its_reason_and_gets_marked(desk: Client, case: Case) -> None:
    form = {"version": case.version, "decision": "no_examination", "reasons": ["known_good"]}
    desk.post(at(case, "case_decide"), form | {"override_reason": "Seen last week", "stay": "1"})
    page = text(desk.get(at(case)))
    assert "not as recommended" in page
    assert "Seen last week" in page
    assert 'name="decision"' not in page
    assert "Closed" in page


def test_a_case_is_passed_to_a_unit_of_the_same_country_only(
    desk: Client, unit: Unit, other_unit: Unit, case: Case
) -> None:
    assert "Your country has no other unit" in text(desk.get(at(case)))
    dostyk = factories.UnitFactory(code="DOS", parent=unit.parent)
    page = text(desk.get(at(case)))
    assert str(dostyk.ref) in page
    assert str(other_unit.ref) not in page
    form = {"version": case.version, "decision": "pass_to_unit", "reasons": ["others_responsible"]}
    refused = desk.post(at(case, "case_decide"), form | {"pass_to": str(other_unit.ref)})
    assert refused.status_code == 422
    passed = desk.post(at(case, "case_decide"), form | {"pass_to": str(dostyk.ref)})
    assert passed.status_code == 302
    case.refresh_from_db()
    assert case.working_unit == dostyk
    there = signed_in(factories.person(dostyk))
    assert 'name="decision"' in text(there.get(at(case)))
    mine = text(desk.get(at(case)))
    assert "Read only" in mine


def test_what_happened_since_is_told_and_the_second_press_decides(desk: Client, colleague: User, case: Case) -> None:
    form = hold_form(case)
    services.comment(case=case, user=colleague, text="Wait for the scan")
    response = desk.post(at(case, "case_decide"), form, headers=HTMX)
    page = text(response)
    assert response.status_code == 409
    conflict = page[page.index('id="conflict"') : page.index('id="decide"')]
    assert "Wait for the scan" in conflict
    assert "Muratov" in conflict
    assert "Informant says so" in page
    case.refresh_from_db()
    assert f'id="case-version" value="{case.version}"' in re.sub(r"\s+", " ", page)
    assert desk.post(at(case, "case_decide"), form | {"version": case.version}, headers=HTMX).status_code == 204


def test_a_standing_hold_keeps_the_case_open_and_says_which(desk: Client, case: Case) -> None:
    hold = factories.HoldFactory(case=case)
    form = {"version": case.version, "decision": "no_examination", "reasons": ["known_good"], "override_reason": "x"}
    response = desk.post(at(case, "case_decide"), form)
    assert response.status_code == 409
    assert f"Equipment is still held: {hold.visit.number}" in text(response)


@pytest.mark.parametrize("bad", [{"version": "x"}, {"version": "9" * 40}, {"note": "a\0b"}, {"decision": "burn"}])
def test_a_garbled_form_is_an_answer_and_no_error(desk: Client, case: Case, bad: dict[str, Any]) -> None:
    assert desk.post(at(case, "case_decide"), hold_form(case, **bad)).status_code in {302, 409, 422}


# ---- holds


def placing(case: Case, **changed: Any) -> dict[str, Any]:
    return {
        "visits": [str(case.visits.first().ref)],
        "notice": "Keep it at the terminal.",
        "authority": "Head of post",
        "grounds": "Informant says so",
        **changed,
    }


def hold_form_on(page: str, case: Case) -> str:
    """The form that places a hold; "" where the page offers none."""
    found = re.search(rf'action="{at(case, "case_hold")}[^"/]*#holds".*?</form>', page, re.S)
    return found[0] if found else ""


def test_a_hold_is_placed_before_anything_is_decided(desk: Client, unit: Unit, officer: User) -> None:
    case = factories.case_in(unit, boxes=3)
    assert "Place a hold" in hold_form_on(text(desk.get(at(case))), case)
    response = desk.post(at(case, "case_hold") + "?lane=red", placing(case))
    assert response["Location"] == f"{at(case)}?lane=red#holds"
    hold = Hold.objects.get()
    assert (hold.visit, hold.notice, hold.authority, hold.grounds, hold.placed_by, hold.unit) == (
        case.visits.first(),
        "Keep it at the terminal.",
        "Head of post",
        "Informant says so",
        officer,
        unit,
    )
    case.refresh_from_db()
    assert case.state == Case.State.OPEN
    page = text(desk.get(at(case)))
    assert re.search(r'href="#holds">[^<]*<span class="n">1</span>', page)
    form = hold_form_on(page, case)
    assert str(hold.visit.ref) not in form, "what is held is not offered again"
    assert form.count('name="visits"') == 2
    assert " checked" not in form
    assert not holds_something_inline(desk.get(at(case)))


def test_once_all_is_held_nothing_is_offered_and_a_single_container_is_ticked(desk: Client, case: Case) -> None:
    assert re.search(r'name="visits"\s+value="[^"]+" checked', hold_form_on(text(desk.get(at(case))), case))
    desk.post(at(case, "case_hold"), placing(case))
    assert not hold_form_on(text(desk.get(at(case))), case)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"visits": []}, "Choose the equipment to hold."),
        ({"visits": ["nonsense"]}, "Choose the equipment to hold."),
        ({"notice": " "}, "Write what the operator is to read."),
        ({"authority": "\0"}, "Say on whose authority the equipment is held."),
    ],
)
def test_what_is_missing_for_a_hold_is_told_and_the_rest_stays(
    desk: Client, case: Case, changed: dict[str, Any], message: str
) -> None:
    response = desk.post(at(case, "case_hold"), placing(case, **changed))
    assert response.status_code == 422
    assert message in text(response)
    assert "Informant says so" in text(response)
    assert not Hold.objects.exists()


def test_what_was_held_or_closed_meanwhile_is_told(desk: Client, case: Case) -> None:
    desk.post(at(case, "case_hold"), placing(case))
    twice = desk.post(at(case, "case_hold"), placing(case))
    assert twice.status_code == 409
    assert "Already held in this case" in text(twice)
    Case.objects.filter(pk=case.pk).update(state=Case.State.CLOSED)
    late = desk.post(at(case, "case_hold"), placing(case))
    assert late.status_code == 409
    assert not hold_form_on(text(desk.get(at(case))), case)
    assert Hold.objects.count() == 1


def test_equipment_of_another_case_is_not_held_from_here(desk: Client, unit: Unit, case: Case) -> None:
    other = factories.case_in(unit).visits.first()
    assert desk.post(at(case, "case_hold"), placing(case, visits=[str(other.ref)])).status_code == 422
    assert not Hold.objects.exists()


def test_who_only_reads_is_offered_no_hold_and_places_none(
    reading: Client, outside: Client, unit: Unit, case: Case
) -> None:
    analyst = signed_in(factories.person(unit, Role.ANALYST))
    for client in (reading, analyst):
        assert not hold_form_on(text(client.get(at(case))), case)
        assert client.post(at(case, "case_hold"), placing(case)).status_code == 403
    assert outside.post(at(case, "case_hold"), placing(case)).status_code == 404
    assert reading.get(at(case, "case_hold")).status_code == 405
    assert not Hold.objects.exists()


def test_a_hold_is_lifted_with_a_note_once(desk: Client, case: Case) -> None:
    hold = factories.HoldFactory(case=case)
    assert hold.notice in text(desk.get(at(case)))
    response = desk.post(at(case, "case_lift", hold.ref), {"note": "Clean"})
    assert response["Location"] == f"{at(case)}#holds"
    hold.refresh_from_db()
    assert hold.state == Hold.State.LIFTED
    assert case.events.filter(kind=CaseEvent.Kind.HOLD_LIFTED, text="Clean").count() == 1
    assert "Clean" in text(desk.get(at(case)))
    desk.post(at(case, "case_lift", hold.ref), {"note": "Clean"})
    assert case.events.filter(kind=CaseEvent.Kind.HOLD_LIFTED).count() == 1
    assert "lifted already" in text(desk.get(at(case)))


def test_who_only_reads_cannot_lift(reading: Client, case: Case) -> None:
    hold = factories.HoldFactory(case=case)
    assert "Why it may go" not in text(reading.get(at(case)))
    assert reading.post(at(case, "case_lift", hold.ref)).status_code == 403
    assert holding.standing(case).count() == 1


def test_a_hold_of_another_case_is_not_found_here(desk: Client, case: Case) -> None:
    elsewhere = factories.HoldFactory(case=factories.case_in(case.unit))
    assert desk.post(at(case, "case_lift", elsewhere.ref)).status_code == 404


# ---- cost


def test_the_page_costs_the_same_however_much_cargo(desk: Client, unit: Unit, case: Case, officer: User) -> None:
    version = case.assessment.version

    def more() -> None:
        for _each in range(3):
            loading = factories.LoadingFactory(version=version)
            case.visit_links.create(visit=loading.visit)
            factories.PlacementFactory(visit=loading.visit)
            factories.SealFactory(visit=loading.visit)
            factories.ItemFactory(version=version)
            factories.MentionFactory(version=version)
            factories.VersionFactory(consignment=version.consignment)
            services.comment(case=case, user=officer, text="x")

    more()
    few = queries_of(desk, at(case))
    assert queries_of(desk, at(case), more) == few
    assert few <= 50  # panels of the layers above and of documents among them


def test_the_keys_of_decisions_are_those_the_list_of_keys_tells(desk: Client, case: Case) -> None:
    page = text(desk.get(at(case)))
    assert re.findall(r'data-key="Key(\w)"\s+data-key-label="([^"]+)"', page[page.index('class="dec-o"') :])[:5] == [
        ("N", DecisionKind.NO_EXAMINATION.label),
        ("D", DecisionKind.REQUEST_DOCUMENTS.label),
        ("S", DecisionKind.SCAN.label),
        ("H", DecisionKind.HOLD_AND_REFER.label),
        ("P", DecisionKind.PASS_TO_UNIT.label),
    ]
