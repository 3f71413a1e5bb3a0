"""Lookouts over the API: placed, looked back, renewed, withdrawn; hits masked as on pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from pcu.accounts.roles import Role
from profiling.lookouts.models import Lookout, LookoutHit
from tests import factories
from tests.factories_lookouts import HitFactory, LookoutFactory

LIST, HITS = "/api/v1/lookouts/", "/api/v1/lookout-hits/"


def day(number: int) -> str:
    return (timezone.localdate() + timedelta(days=number)).isoformat()


def body(**changed: Any) -> dict[str, Any]:
    return {
        "kind": "container",
        "value": "TEMU 618047 7",
        "action": "open_case",
        "reason": "Seen twice",
        "expires_on": day(30),
        "handling": "restricted",
        **changed,
    }


def codes(answer: Any) -> dict[str, str]:
    return {error["attr"]: error["code"] for error in answer.json()["errors"]}


def test_a_lookout_is_placed_read_renewed_and_withdrawn(api, altynkol, officer):
    client = api(officer)
    answer = client.post(LIST, body(), format="json")
    assert answer.status_code == 201, answer.json()
    placed = answer.json()
    assert (placed["unit"], placed["key"], placed["standing"]) == ("ALT", "TEMU6180477", "active")
    address = f"{LIST}{placed['ref']}/"
    assert client.get(address).json()["reason"] == "Seen twice"
    assert client.post(f"{address}renew/", {"expires_on": day(200)}, format="json").json()["expires_on"] == day(200)
    assert codes(client.post(f"{address}renew/", {"expires_on": day(800)}, format="json")) == {
        "expires_on": "invalid_lookout"
    }
    assert client.post(f"{address}withdraw/", {"reason": "Scrapped"}, format="json").json()["standing"] == "withdrawn"
    again = client.post(f"{address}withdraw/", {"reason": "Scrapped"}, format="json")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "lookout_withdrawn")


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"value": "TEMU*"}, "value", "invalid_lookout"),
        ({"agency": "police"}, "contact", "invalid_lookout"),
        ({"unit": "DSB"}, "unit", "unknown_unit"),
        ({"kind": "smell"}, "kind", "invalid_choice"),
        ({"expires_on": "soon"}, "expires_on", "invalid"),
        ({"handling": ""}, "handling", "invalid_choice"),
    ],
)
def test_what_cannot_be_placed_is_said_by_field(api, officer, dushanbe, changed, field, code):
    answer = api(officer).post(LIST, body(**changed), format="json")
    assert (answer.status_code, codes(answer)) == (400, {field: code})
    assert not Lookout.objects.exists()


def test_who_may_not_keep_them_names_no_unit(api, altynkol):
    answer = api(factories.person(altynkol, Role.AUDITOR)).post(LIST, body(), format="json")
    assert codes(answer) == {"unit": "unknown_unit"}


def test_of_several_units_one_must_be_named(api, altynkol, dostyk):
    chief = api(factories.person(altynkol.parent))
    assert codes(chief.post(LIST, body(), format="json")) == {"unit": "unknown_unit"}
    assert chief.post(LIST, body(unit="DOS"), format="json").json()["unit"] == "DOS"


def test_looking_back(api, altynkol, officer, post):
    visit = post.case.visits.get()
    answer = api(officer).post(f"{LIST}preview/", {"kind": "container", "value": visit.number}, format="json")
    told = answer.json()
    assert (answer.status_code, told["key"], told["fault"]) == (200, visit.number, "")
    assert told["days_365"] == len(told["latest"]) == 1
    refused = api(officer).post(f"{LIST}preview/", {"kind": "name", "value": "ООО"}, format="json").json()
    assert refused["fault"]
    assert refused["days_90"] == 0


@pytest.fixture
def hit(post, altynkol) -> LookoutHit:
    LookoutHit.objects.all().delete()
    Lookout.objects.all().delete()
    lookout = LookoutFactory(
        unit=altynkol, agency="police", contact="Maj. Aliev", reason="The secret reason", source_ref="FILE-77"
    )
    return HitFactory(lookout=lookout, consignment=post.case.consignments.get(), value="TEMU 618047-7")


NULLED = ("lookout", "reason", "field", "value", "submission", "seen_at", "seen_by")


def test_a_restricted_hit_says_whom_to_ask_and_nothing_else(api, post, hit, officer):
    client = api(officer)
    listed = client.get(HITS).json()["results"]
    for told in (*listed, client.get(f"{HITS}{hit.ref}/").json()):
        assert (told["restricted"], told["contact"], [told[name] for name in NULLED]) == (
            True,
            "Maj. Aliev",
            [None] * 7,
        )
    assert len(listed) == 1
    assert client.get(f"{HITS}?case={post.case.ref}").json()["results"] == listed
    for narrowed in (f"lookout={hit.lookout.ref}", "kind=container", "action=open_case", "unseen=true", "unseen=false"):
        assert client.get(f"{HITS}?{narrowed}").json()["results"] == [], narrowed
    assert client.get(LIST).json()["results"] == []
    assert client.get(f"{LIST}{hit.lookout.ref}/").status_code == 404
    assert client.post(f"{HITS}{hit.ref}/seen/").json()["seen_at"] is None
    hit.refresh_from_db()
    assert hit.seen_at is None
    for address in (HITS, LIST, f"/api/v1/cases/{post.case.ref}/"):
        answer = client.get(address).content.decode()
        for secret in ("The secret reason", "FILE-77", hit.lookout.number, "TEMU 618047-7"):
            assert secret not in answer, address


def test_its_own_agency_reads_it_whole(api, altynkol, hit):
    user = factories.person(altynkol)
    user.memberships.update(agency="police")
    [told] = api(user).get(HITS).json()["results"]
    assert (told["restricted"], told["lookout"]["number"], told["reason"]) == (
        False,
        hit.lookout.number,
        "The secret reason",
    )
    assert len(api(user).get(f"{HITS}?kind=container").json()["results"]) == 1
    marked = api(user).post(f"{HITS}{hit.ref}/seen/").json()
    assert marked["seen_by"]["name"] == str(user)


def test_a_silent_hit_is_nothing_to_others(api, hit, officer, supervisor):
    Lookout.objects.update(action="silent", agency="")
    for user in (officer, supervisor):
        assert api(user).get(HITS).json()["results"] == []
        assert api(user).get(f"{HITS}{hit.ref}/").status_code == 404
        assert api(user).get(LIST).json()["results"] == []
    creator = hit.lookout.created_by
    assert len(api(creator).get(HITS).json()["results"]) == 1


def test_what_is_for_its_unit_only_keeps_its_reason_from_units_below(api, post, altynkol, officer, hit):
    Lookout.objects.update(unit=altynkol.parent, agency="", handling="unit")
    [told] = api(officer).get(LIST).json()["results"]
    assert [told[name] for name in ("reason", "source", "source_ref")] == [None, None, None]
    assert api(officer).get(HITS).json()["results"][0]["reason"] is None
    assert api(factories.person(altynkol.parent)).get(LIST).json()["results"][0]["reason"] == "The secret reason"


def test_a_source_that_is_not_told_is_not_found_by_asking_for_it(api, post, altynkol, officer, hit):
    Lookout.objects.update(unit=altynkol.parent, agency="", action="inform", handling="unit", source="intelligence")
    above = factories.person(altynkol.parent)
    assert len(api(officer).get(LIST).json()["results"]) == 1
    for source, found in (("intelligence", 1), ("own", 0)):
        assert api(officer).get(LIST, {"source": source}).json()["results"] == []
        assert len(api(above).get(LIST, {"source": source}).json()["results"]) == found
    Lookout.objects.update(handling="restricted")
    assert len(api(officer).get(LIST, {"source": "intelligence"}).json()["results"]) == 1


def test_why_and_by_whom_it_was_withdrawn_goes_with_the_reason(api, altynkol, officer, hit):
    above = factories.person(altynkol.parent)
    Lookout.objects.update(
        unit=altynkol.parent, agency="", action="inform", handling="unit", withdrawn_at=timezone.now(),
        withdrawn_by=above, withdrawn_reason="The informer is known to them",
    )  # fmt: skip
    asked = {"standing": "withdrawn"}
    [told] = api(officer).get(LIST, asked).json()["results"]
    assert (told["standing"], told["withdrawn_by"], told["withdrawn_reason"]) == ("withdrawn", None, None)
    [told] = api(above).get(LIST, asked).json()["results"]
    assert told["withdrawn_reason"] == "The informer is known to them"
    assert told["withdrawn_by"]["ref"] == str(above.ref)


def test_changes_are_walked_by_time(api, officer, hit):
    later = timezone.now() + timedelta(hours=1)
    Lookout.objects.update(agency="")
    for address in (LIST, HITS):
        assert api(officer).get(address, {"updated_since": later.isoformat()}).json()["results"] == []
        assert len(api(officer).get(address, {"unit": "ALT"}).json()["results"]) == 1


def test_a_call_repeated_under_one_key_places_one_lookout(api, altynkol, officer):
    keyed = {"HTTP_IDEMPOTENCY_KEY": "list 3, row 1"}
    first, again = (api(officer).post(LIST, body(), format="json", **keyed) for _each in range(2))
    assert (first.status_code, again.status_code, again.json()["ref"]) == (201, 201, first.json()["ref"])
    assert api(officer).post(LIST, body(), format="json").json()["ref"] != first.json()["ref"]
