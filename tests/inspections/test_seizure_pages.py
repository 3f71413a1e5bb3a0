"""The pages of a seizure, as an officer, a colleague who may not and an outsider find them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inspections import custody, links, samples, seizing
from inspections.choices import State
from inspections.models import Handover, Inspection, Link, Sample, Seizure, Signature
from inspections.samples import Taken
from pcu.accounts.roles import Role
from tests import factories
from tests.factories_inspections import LineFactory, PhotoFactory
from tests.inspections.conftest import PASSWORD, with_password, word
from tests.web.pages import HTMX, holds_something_inline, queries_of, rows, text

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def desk(officer) -> Client:
    return signed_in(officer)


@pytest.fixture
def form(altynkol) -> dict[str, Any]:
    """A sound form of two brands."""
    now = timezone.localtime(timezone.now(), altynkol.zone)
    return {
        "commodity": "tobacco",
        "i-0-brand": "Golden Steppe KS",
        "i-0-kind": "king_size",
        "i-0-stamp": "none",
        "i-0-origin": "ae",
        "i-0-cases": "144",
        "i-0-sticks": "1 440 000",
        "i-1-brand": "Orient Blue",
        "i-1-kind": "slim",
        "i-1-stamp": "forged",
        "i-1-sticks": "800 000",
        "declared_as": "Household plastic ware",
        "quantity": "",
        "quantity_unit": "sticks",
        "value": "212 800,50",
        "value_currency": "usd",
        "value_basis": "95 USD per 1,000 sticks",
        "place": word(altynkol, "false_front_wall").pk,
        "concealment": word(altynkol, "built_in").pk,
        "cover_load": "on",
        "detections": [word(altynkol, "scan").pk, word(altynkol, "opening").pk],
        "handling": "restricted",
        "seized_at": now.strftime("%Y-%m-%dT%H:%M"),
    }


def new(line) -> str:
    return reverse("seizure_new", args=[line.ref])


def page(seizure) -> str:
    return reverse("seizure", args=[seizure.ref])


def test_an_officer_records_a_seizure_commodity_first(desk, line, form):
    blank = desk.get(new(line))
    assert "Choose the commodity first" in text(blank)
    picked = desk.post(new(line), {"commodity": "tobacco", "pick": "1"}, headers=HTMX)
    assert "Brand on the pack" in text(picked)
    assert not holds_something_inline(picked)
    saved = desk.post(new(line), form)
    seizure = Seizure.objects.get()
    assert (saved.status_code, saved["Location"]) == (302, page(seizure))
    assert (seizure.quantity, str(seizure.value), seizure.value_currency) == (2_240_000, "212800.50", "USD")
    assert seizure.facts["items"][0]["origin"] == "AE"
    shown = desk.get(page(seizure))
    assert "Orient Blue" in text(shown)
    assert not holds_something_inline(shown)


def test_picking_another_commodity_keeps_what_is_common(desk, line, form):
    answer = desk.post(new(line), {**form, "commodity": "drugs", "pick": "1"}, headers=HTMX)
    assert "Field-test kit" in text(answer)
    assert "Household plastic ware" in text(answer)
    assert not Seizure.objects.exists()


def test_rows_come_and_go_without_anything_being_saved(desk, line, form):
    more = desk.post(new(line), {**form, "more": "1"}, headers=HTMX)
    assert 'name="i-2-brand"' in text(more)
    fewer = desk.post(new(line), {**form, "drop": "0"}, headers=HTMX)
    assert "Orient Blue" in text(fewer)
    assert "Golden Steppe" not in text(fewer)
    assert not Seizure.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"commodity": ""}, "Choose what was seized."),
        ({"i-0-brand": ""}, "Fill in: Brand on the pack."),
        ({"i-0-sticks": "1,440"}, "without marks between thousands"),
        ({"quantity": "-5"}, "more than zero"),
        ({"quantity": "ten"}, "Write a number."),
        ({"quantity_unit": "kilo"}, "are told in"),
        ({"place": ""}, "where it was hidden"),
        ({"detections": []}, "how it was detected"),
        ({"detections": ["x"]}, "x"),
        ({"seized_at": "yesterday"}, "valid date/time"),
        ({"value_currency": "EURO"}, "three letters"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(desk, line, form, wrong, said):
    answer = desk.post(new(line), {**form, **wrong})
    assert answer.status_code == 422
    assert said in text(answer)
    assert "Household plastic ware" in text(answer) or wrong == {"commodity": ""}
    assert not Seizure.objects.exists()


def test_a_change_over_a_stale_version_is_refused_once_and_kept(desk, seizure, colleague, form, tell):
    seizing.change_seizure(seizure=seizure, user=colleague, account=tell(description="Hers"), expected_version=1)
    answer = desk.post(page(seizure), {**form, "version": "1", "description": "Mine"})
    assert answer.status_code == 409
    assert "by somebody else" in text(answer)
    assert "Mine" in text(answer)
    version = re.search(r'name="version" value="(\d+)"', text(answer))[1]
    assert desk.post(page(seizure), {**form, "version": version, "description": "Mine"}).status_code == 302
    seizure.refresh_from_db()
    assert (seizure.description, seizure.version) == ("Mine", 3)


def test_an_approved_act_is_read_and_not_edited(desk, seizure, form):
    Inspection.objects.update(state=State.APPROVED)
    shown = desk.get(page(seizure))
    assert 'id="account"' not in text(shown)
    assert "Golden Steppe KS" in text(shown)
    answer = desk.post(page(seizure), {**form, "version": "1"})
    assert answer.status_code == 409
    assert "cannot be changed now: approved" in text(answer)
    assert desk.post(new(seizure.line), form).status_code == 409


def test_outsiders_find_nothing_and_readers_change_nothing(altynkol, outsider, seizure, line, form):
    out = signed_in(outsider)
    inside = signed_in(factories.person(altynkol, Role.ANALYST))
    for address in (page(seizure), reverse("seizure_protocol", args=[seizure.ref])):
        assert out.get(address).status_code == 404
        assert inside.get(address).status_code == 200
    for address in (new(line), page(seizure), reverse("seizure_remove", args=[seizure.ref])):
        assert out.post(address, form).status_code == 404
        assert inside.post(address, form).status_code == 403
    assert out.get("/seizures/").content.count(b"data-row=") == 0


def test_names_of_persons_are_kept_back_from_those_who_need_them_not(altynkol, officer, seizure):
    links.add_link(seizure=seizure, user=officer, kind=Link.Kind.PERSON, name="Ivan Driver", part="Driver")
    for role, reads in ((Role.SUPERVISOR, True), (Role.AUDITOR, True), (Role.ANALYST, False), (Role.LIAISON, False)):
        client = signed_in(factories.person(altynkol, role))
        for address in (page(seizure), reverse("seizure_protocol", args=[seizure.ref])):
            told = text(client.get(address))
            assert ("Ivan Driver" in told) is reads, role
            assert ("Name kept back" in told) is not reads


def test_links_are_typed_or_taken_from_the_papers(desk, seizure):
    version = seizure.case.consignments.get().current
    factories.MentionFactory(version=version, name="Alatau Textile", tax_id="121340004411")
    version.loadings.update(visit=seizure.line.visit)
    shown = text(desk.get(page(seizure)))
    mention = re.search(r'name="mention"\s+value="(\d+)"', shown)[1]
    address = reverse("seizure_link", args=[seizure.ref])
    assert desk.post(address, {"mention": mention}).status_code == 302
    assert desk.post(address, {"mention": "999999"}).status_code == 404
    refused = desk.post(address, {"kind": "route", "name": " ", "part": "Rail"})
    assert refused.status_code == 422
    assert 'value="Rail"' in text(refused)
    desk.post(address, {"kind": "route", "name": "Urumqi – Altynkol – Dushanbe"})
    company, _route = seizure.links.all()
    assert (company.name, company.identifier, company.party.name) == (
        "Alatau Textile",
        "121340004411",
        version.mentions.get().party.name,
    )
    assert desk.post(reverse("seizure_unlink", args=[seizure.ref, company.ref])).status_code == 302
    assert seizure.links.count() == 1


def test_samples_are_added_answered_once_and_listed_while_due(desk, seizure, altynkol):
    address = reverse("seizure_sample", args=[seizure.ref])
    refused = desk.post(address, {"bag": "", "description": "Two packs"})
    assert refused.status_code == 422
    assert "number of the sealed bag" in text(refused)
    yesterday = timezone.localdate() - timedelta(days=1)
    told = {"bag": "KZ-77", "description": "Two packs", "laboratory": "Almaty", "due_on": str(yesterday)}
    assert desk.post(address, told).status_code == 302
    assert "This bag is recorded already." in text(desk.post(address, told))
    due = desk.get("/seizures/samples/")
    assert rows(due) == 1
    assert "clock-late" in text(due)
    sample = Sample.objects.get()
    Inspection.objects.update(state=State.APPROVED)
    answer = reverse("sample_result", args=[seizure.ref, sample.ref])
    tomorrow = timezone.localdate() + timedelta(days=2)
    refused = desk.post(answer, {"verdict": "confirms", "result": "Nicotine", "reported_on": str(tomorrow)})
    assert "still to come" in text(refused)
    assert "Nicotine" in text(refused)
    given = {"verdict": "confirms", "result": "Nicotine", "reported_on": str(timezone.localdate())}
    assert desk.post(answer, given).status_code == 302
    assert desk.post(answer, given).status_code == 409
    assert rows(desk.get("/seizures/samples/")) == 0


def test_a_sample_recorded_by_mistake_is_taken_away_before_approval_only(desk, seizure, officer):
    sample = samples.add_sample(seizure=seizure, user=officer, taken=Taken("B-1", "Powder"))
    address = reverse("sample_remove", args=[seizure.ref, sample.ref])
    Inspection.objects.update(state=State.APPROVED)
    assert desk.post(address).status_code == 409
    Inspection.objects.update(state=State.AMENDING)
    assert desk.post(address).status_code == 302
    assert not Sample.objects.exists()


def test_goods_are_handed_over_and_signed_on_the_shared_tablet(desk, seizure, officer, altynkol):
    keeper = with_password(factories.person(altynkol, last_name="Keeper"))
    address = reverse("seizure_handover", args=[seizure.ref])
    told = {"what": "224 cases", "place": "Store 2", "giver": officer.pk, "receiver": keeper.pk, "seal": "KZ 43"}
    refused = desk.post(address, {**told, "place": ""})
    assert refused.status_code == 422
    assert "Say where." in text(refused)
    assert "KZ 43" in text(refused)
    assert desk.post(address, told).status_code == 302
    handover = Handover.objects.get()
    sign = reverse("handover_sign", args=[seizure.ref, handover.ref])
    wrong = desk.post(sign, {"side": "received", "password": "wrong horse"})
    assert wrong.status_code == 422
    assert "not the password of" in text(wrong)
    assert "wrong horse" not in text(wrong)
    assert desk.post(sign, {"side": "received", "password": PASSWORD}).status_code == 302
    assert desk.post(sign, {"side": "gave", "password": PASSWORD}).status_code == 302
    assert desk.post(sign, {"side": "gave", "password": PASSWORD}).status_code == 409
    assert desk.post(sign, {"side": "both", "password": PASSWORD}).status_code == 404
    assert Signature.objects.count() == 2
    assert re.search(r"held by\s+Keeper", text(desk.get(page(seizure))))
    not_holder = desk.post(address, told)
    assert not_holder.status_code == 422


def test_being_locked_out_answers_with_the_page_and_what_was_typed(desk, seizure, officer, altynkol, settings):
    settings.AXES_FAILURE_LIMIT = 2
    keeper = with_password(factories.person(altynkol, last_name="Keeper"))
    transfer = custody.Transfer(what="Cases", place="Store", receiver=keeper)
    handover = custody.hand_over(seizure=seizure, user=officer, giver=officer, transfer=transfer)
    sign = reverse("handover_sign", args=[seizure.ref, handover.ref])
    answers = [desk.post(sign, {"side": "received", "password": "wrong horse"}) for _each in range(3)]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert "Too many wrong passwords" in text(answers[-1])
    assert desk.get(page(seizure)).status_code == 200


def test_a_paper_signature_needs_its_photograph(desk, seizure, officer):
    transfer = custody.Transfer(what="Cases", place="Store", receiver_name="B. Keeper", receiver_agency="State store")
    handover = custody.hand_over(seizure=seizure, user=officer, giver=officer, transfer=transfer)
    sign = reverse("handover_sign", args=[seizure.ref, handover.ref])
    assert desk.post(sign, {"side": "received"}).status_code == 422
    assert desk.post(sign, {"side": "received", "paper": PhotoFactory().pk}).status_code == 422
    photo = PhotoFactory(inspection=seizure.inspection)
    assert desk.post(sign, {"side": "received", "paper": photo.pk}).status_code == 302
    assert Signature.objects.get().paper_sha256 == photo.sha256


def test_one_recorded_by_mistake_is_taken_out(desk, seizure):
    address = reverse("seizure_remove", args=[seizure.ref])
    assert desk.post(address, {"version": "x"}).status_code == 409
    assert desk.post(address, {"version": "1"}).status_code == 302
    assert rows(desk.get("/seizures/")) == 0
    assert "taken out of the act" in text(desk.get(page(seizure)))


def test_disposal_is_told_after_approval(desk, seizure):
    Inspection.objects.update(state=State.APPROVED)
    address = reverse("seizure_disposal", args=[seizure.ref])
    assert desk.post(address, {"version": "1", "disposal": "Destroyed"}).status_code == 302
    assert desk.post(address, {"version": "1", "disposal": "Sold"}).status_code == 409
    assert "Destroyed" in text(desk.get(page(seizure)))


def test_the_list_filters_and_adds_up(desk, seizure, line, officer, tell):
    drugs = {"substance": "heroin", "form": "powder", "packaging": "Bags", "kit_result": "positive"}
    account = tell(commodity="drugs", facts=drugs, quantity=12, quantity_unit="kg")
    seizing.record_seizure(line=line, user=officer, account=account)
    whole = desk.get("/seizures/")
    assert rows(whole) == 2
    assert "2,240,000 sticks" in text(whole)
    assert rows(desk.get("/seizures/?commodity=drugs")) == 1
    assert rows(desk.get(f"/seizures/?q={seizure.number}")) == 1
    assert rows(desk.get(f"/seizures/?q={seizure.line.visit.number[:6]}")) == 2
    today = timezone.localdate()
    assert rows(desk.get(f"/seizures/?since={today + timedelta(days=2)}")) == 0
    assert rows(desk.get("/seizures/?unit=ALT")) == 2
    assert "No seizure fits" in text(desk.get("/seizures/?commodity=waste"))
    assert desk.get("/seizures/?since=never").status_code == 200


def test_pages_take_a_fixed_number_of_queries(desk, seizure, line, officer, tell):
    few = queries_of(desk, "/seizures/"), queries_of(desk, f"/cases/{seizure.case.ref}/")
    for _each in range(4):
        seizing.record_seizure(line=line, user=officer, account=tell())
    assert (queries_of(desk, "/seizures/"), queries_of(desk, f"/cases/{seizure.case.ref}/")) == few


def test_the_case_page_shows_what_was_seized(desk, seizure):
    assert seizure.number in text(desk.get(f"/cases/{seizure.case.ref}/"))
    other = LineFactory()
    assert "seizures-h" not in text(desk.get(f"/cases/{other.inspection.case.ref}/"))


def test_a_supervisor_of_the_country_keeps_its_lists(altynkol, supervisor, officer, outsider):
    client = signed_in(supervisor)
    assert signed_in(officer).get("/seizures/lists/").status_code == 403
    shown = client.get("/seizures/lists/")
    assert "Behind a false front wall" in text(shown)
    assert not holds_something_inline(shown)
    added = {"list": "place", "country": "KZ", "label-en": "In a spare wheel", "label-ru": "В запасном колесе"}
    assert client.post("/seizures/lists/add/", added).status_code == 302
    twice = client.post("/seizures/lists/add/", added)
    assert twice.status_code == 422
    assert "holds this word already" in text(twice)
    assert 'value="В запасном колесе"' in text(twice)
    made = word(altynkol, "in_a_spare_wheel")
    address = reverse("word_change", args=[made.ref])
    for do in ("up", "retire", "restore", "down"):
        assert client.post(address, {"do": do}).status_code == 302
    empty = client.post(address, {"do": "rename", "label-en": " "})
    assert empty.status_code == 422
    assert client.post(address, {"label-en": "Spare wheel"}).status_code == 302
    made.refresh_from_db()
    assert made.labels == {"en": "Spare wheel"}
    assert signed_in(outsider).post(address, {"do": "retire"}).status_code in (403, 404)


def once_of(response) -> list[str]:
    return re.findall(r'name="form_key" value="([0-9a-f-]{36})"', response.content.decode())


def test_a_second_click_records_one_seizure_and_one_link(desk, line, form):
    (key,) = once_of(desk.get(new(line)))
    answers = [desk.post(new(line), {**form, "form_key": key}) for _click in range(2)]
    seizure = Seizure.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [page(seizure)] * 2
    assert desk.post(new(line), {**form, "form_key": key, "description": "Other goods"}).status_code == 302
    assert Seizure.objects.count() == 2

    *_mentions, key = once_of(desk.get(page(seizure)))
    for _click in range(2):
        told = {"kind": "company", "name": "Broker and Sons", "form_key": key}
        assert desk.post(reverse("seizure_link", args=[seizure.ref]), told).status_code == 302
    assert Link.objects.filter(name="Broker and Sons").count() == 1


def test_a_supervisor_signs_for_a_giver_who_is_gone_and_the_chain_shows_it(
    desk, seizure, officer, colleague, supervisor
):
    transfer = custody.Transfer(what="Cases", place="Store", receiver=officer)
    handover = custody.hand_over(seizure=seizure, user=officer, giver=colleague, transfer=transfer)
    colleague.is_active = False
    colleague.save()
    seen = text(desk.get(page(seizure)))
    assert "a supervisor of the unit who does not receive the goods signs instead" in seen
    assert "You sign in their place" not in seen
    sign = reverse("handover_sign", args=[seizure.ref, handover.ref])
    assert desk.post(sign, {"side": "gave", "reason": "Left"}).status_code == 403
    lead = signed_in(supervisor)
    assert "You sign in their place" in text(lead.get(page(seizure)))
    assert "which paper bears the hand-over" in text(lead.post(sign, {"side": "gave", "reason": ""}))
    assert lead.post(sign, {"side": "gave", "reason": "Left the service, order 12"}).status_code == 302
    for shown in (page(seizure), reverse("seizure_protocol", args=[seizure.ref])):
        assert f"in the giver's place: {supervisor}. Left the service, order 12" in text(desk.get(shown))


def test_disposal_over_a_stale_version_tells_what_stands_and_is_saved_once_it_was_looked_at(desk, seizure, colleague):
    seizing.note_disposal(seizure=seizure, user=colleague, disposal="Stored, act 7", expected_version=1)
    address = reverse("seizure_disposal", args=[seizure.ref])
    refused = desk.post(address, {"version": 1, "disposal": "Destroyed"})
    assert refused.status_code == 409
    for words in ("was changed at", "Stored, act 7", "Destroyed", "What you typed is kept."):
        assert words in text(refused)
    seizure.refresh_from_db()
    assert (seizure.disposal, seizure.version) == ("Stored, act 7", 2)
    (version,) = re.findall(r'name="version" value="(\d+)" id="id_disposal_version"', refused.content.decode())
    assert desk.post(address, {"version": version, "disposal": "Destroyed"}).status_code == 302
    seizure.refresh_from_db()
    assert seizure.disposal == "Destroyed"


def test_years_that_cannot_be_are_told_at_their_field(desk, line, seizure, form):
    for typed, said in (("0226-11-24T10:00", "before the year 1990"), ("9999-12-31T23:59", "more than a year ahead")):
        refused = desk.post(new(line), {**form, "seized_at": typed})
        assert refused.status_code == 422
        assert said in text(refused)
    address = reverse("seizure_sample", args=[seizure.ref])
    told = {"bag": "B-1", "description": "Two packets", "laboratory": "State laboratory"}
    for wrong, said in (
        ({"sent_at": "0001-01-01T00:00"}, "before the year 1990"),
        ({"due_on": "0226-11-24"}, "before the year 1990"),
        ({"due_on": "9999-12-31"}, "more than a year ahead"),
    ):
        refused = desk.post(address, told | wrong)
        assert refused.status_code == 422
        assert said in text(refused)
    sample = samples.add_sample(seizure=seizure, user=seizure.created_by, taken=Taken("B-1", "Two packets"))
    result = {"verdict": "confirms", "result": "Heroin", "reported_on": "0226-11-24"}
    refused = desk.post(reverse("sample_result", args=[seizure.ref, sample.ref]), result)
    assert "before the year 1990" in text(refused)
    assert Seizure.objects.count() == Sample.objects.count() == 1
