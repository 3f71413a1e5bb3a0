"""The pages of rules and releases: read by who works below, changed by who may, closed to outsiders."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pcu.accounts.roles import Role
from profiling.rules import activating, drafts
from profiling.rules.models import Activation, Proposal, Release, Rule, RuleDraft
from profiling.rules.services import install_starter, live_release
from tests import factories
from tests.factories_workbench import ShadowScoreFactory
from tests.rules.written import in_shadow, live_at, said, version_of
from tests.web.pages import holds_something_inline, text


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def world(db: None) -> dict[str, Any]:
    """A country with everything there may be: a live rule, a draft, a proposal, a release in every state."""
    altynkol = factories.UnitFactory()
    kz = altynkol.parent
    live = install_starter(unit=kz)
    analyst, chief = factories.person(kz, Role.ANALYST), factories.person(kz, Role.SUPERVISOR)
    version = version_of(kz, analyst, chief)
    draft = drafts.start_from(rule=version.rule, user=analyst)
    draft = drafts.save(draft=draft, user=analyst, expected_edit=0, said={"points": 44})
    wrong = drafts.start(unit=kz, user=analyst, said={"condition": {"all": [{"lhs": "nobody"}]}})
    waiting = drafts.start(unit=kz, user=analyst, said=said(code="R-901"))
    proposal = drafts.propose(draft=waiting, user=analyst, expected_edit=0)
    shadow = in_shadow(kz, analyst, chief, version)
    cargo = factories.VersionFactory(consignment__call__unit=altynkol)
    factories.LaneFactory(unit=kz, code="red")
    assessment = factories.AssessmentFactory(version=cargo, release=live)
    ShadowScoreFactory(assessment=assessment, release=shadow, lane=factories.LaneFactory(unit=kz, code="green"))
    return {
        "kz": kz, "altynkol": altynkol, "live": live, "analyst": analyst, "chief": chief, "version": version,
        "draft": draft, "wrong": wrong, "proposal": proposal, "shadow": shadow, "cargo": cargo,
    }  # fmt: skip


def addresses(world: dict[str, Any]) -> list[str]:
    return [
        reverse("rule_ledger"),
        reverse("rule_list"),
        reverse("rule_drafts"),
        reverse("rule_proposals"),
        reverse("shadow_releases"),
        reverse("releases"),
        reverse("rule_import"),
        reverse("rule", args=["KZ", "R-900"]),
        reverse("rule_export", args=["KZ", "R-900"]),
        reverse("rule_version", args=["KZ", "R-901", 1]),
        reverse("rule_draft", args=[world["draft"].ref]),
        reverse("rule_draft", args=[world["wrong"].ref]),
        reverse("release", args=[world["live"].ref]),
        reverse("release", args=[world["shadow"].ref]),
    ]


def test_every_page_is_read_below_the_node_and_above_it(world):
    readers = [
        world["chief"],
        world["analyst"],
        factories.person(world["altynkol"]),
        factories.person(world["kz"], Role.AUDITOR),
    ]
    for reader in readers:
        client = signed_in(reader)
        for address in addresses(world):
            answer = client.get(address)
            assert answer.status_code == 200, (reader, address)
            assert not holds_something_inline(answer), address


def test_outsiders_find_nothing_of_another_country(world):
    outsider = factories.person(factories.UnitFactory(code="DSB", parent__code="TJ"), Role.SUPERVISOR)
    client = signed_in(outsider)
    for address in addresses(world)[7:]:
        assert client.get(address).status_code == 404, address
    for address in addresses(world)[:7]:
        page = text(client.get(address))
        assert "R-90" not in page
        assert "KZ 1" not in page
    posts = [
        (reverse("rule_life", args=["KZ", "R-900"]), {"act": "retire", "why": "x"}),
        (reverse("rule_draft_from", args=["KZ", "R-900"]), {}),
        (reverse("rule_decide", args=["KZ", "R-901", 1]), {"verdict": "approved"}),
        (reverse("rule_draft_act", args=[world["draft"].ref]), {"act": "discard", "edit": "1"}),
        (reverse("release_act", args=[world["shadow"].ref]), {"act": "activate"}),
    ]
    for address, body in posts:
        assert client.post(address, body).status_code == 404, address


def test_who_only_reads_is_refused_what_changes(world):
    client = signed_in(factories.person(world["altynkol"]))
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    posts = [
        (reverse("rule_draft_new"), {}),
        (reverse("rule_import"), {"document": "{}"}),
        (reverse("release_new"), {}),
        (reverse("rule_draft_from", args=["KZ", "R-900"]), {}),
        (reverse("rule_decide", args=["KZ", "R-901", 1]), {"verdict": "approved"}),
        (reverse("rule_draft_act", args=[world["draft"].ref]), {"act": "propose", "edit": "1"}),
        (reverse("release_act", args=[world["shadow"].ref]), {"act": "stop_shadow"}),
        *[
            (reverse("rule_life", args=["KZ", "R-900"]), {"act": act, "why": "x", "until": until})
            for act in ("renew", "suspend", "resume", "retire")
        ],
    ]
    for address, body in posts:
        assert client.post(address, body).status_code == 403, (address, body)


def test_the_rule_is_read_back_and_its_versions_are_listed(world):
    page = text(signed_in(world["analyst"]).get(reverse("rule", args=["KZ", "R-900"])))
    assert "30 points when: " in page
    assert "Seen twice in October" in page
    assert "Write the next version" in page


def test_a_rule_is_suspended_resumed_renewed_and_retired_from_its_page(world):
    client, address = signed_in(world["chief"]), reverse("rule_life", args=["KZ", "R-900"])
    until = timezone.localdate() + timedelta(days=20)
    refused = client.post(address, {"act": "suspend", "until": until.isoformat(), "why": " "})
    assert refused.status_code == 422
    assert "Say why it is suspended." in text(refused)
    assert client.post(address, {"act": "renew", "until": "someday", "why": "x"}).status_code == 422
    client.post(address, {"act": "suspend", "until": until.isoformat(), "why": "Too many"})
    assert Rule.objects.get(code="R-900").suspended_until == until
    page = text(client.get(reverse("rule", args=["KZ", "R-900"])))
    assert "Let it fire again" in page
    client.post(address, {"act": "resume"})
    client.post(address, {"act": "renew", "until": until.isoformat(), "why": "Needed"})
    rule = Rule.objects.get(code="R-900")
    assert (rule.suspended_until, rule.expires_on) == (None, until)
    client.post(address, {"act": "retire", "why": "Nothing found"})
    assert client.post(address, {"act": "retire", "why": "Again"}).status_code == 409
    assert client.post(address, {"act": "sing"}).status_code == 404


def test_a_proposal_is_decided_by_another_and_not_by_its_maker(world):
    address = reverse("rule_version", args=["KZ", "R-901", 1])
    decide = reverse("rule_decide", args=["KZ", "R-901", 1])
    own = text(signed_in(world["analyst"]).get(address))
    assert "You had a hand in it yourself" in own
    assert 'value="approved"' not in own
    client = signed_in(world["chief"])
    assert 'value="approved"' in text(client.get(address))
    assert client.post(decide, {"verdict": "refused", "why": ""}).status_code == 422
    assert client.post(decide, {"verdict": "approved", "why": "Good"}).status_code == 302
    assert Proposal.objects.get(version__rule__code="R-901").decided_by == world["chief"]
    assert client.post(decide, {"verdict": "approved"}).status_code == 409


def test_only_what_changed_is_struck_and_underlined(world):
    page = text(signed_in(world["analyst"]).get(reverse("rule_draft", args=[world["draft"].ref])))
    assert "<del>30</del>" in page
    assert "<ins>44</ins>" in page
    assert page.count("<del>") == 1


def test_a_draft_says_what_keeps_it_from_being_proposed_and_where(world):
    client = signed_in(world["analyst"])
    address = reverse("rule_draft", args=[world["wrong"].ref])
    page = text(client.get(address))
    assert "/all/0" in page
    assert "The catalogue has no indicator" in page or "is missing" in page
    answer = client.post(reverse("rule_draft_act", args=[world["wrong"].ref]), {"act": "propose", "edit": "0"})
    assert answer.status_code == 422
    stale = client.post(reverse("rule_draft_act", args=[world["draft"].ref]), {"act": "propose", "edit": "0"})
    assert stale.status_code == 409
    done = client.post(reverse("rule_draft_act", args=[world["draft"].ref]), {"act": "propose", "edit": "1"})
    assert done.url == reverse("rule_version", args=["KZ", "R-900", 2])


def test_an_export_is_imported_as_a_draft_once_it_says_something_else(world):
    client = signed_in(world["analyst"])
    document = json.loads(text(client.get(reverse("rule_export", args=["KZ", "R-900"]))))
    address = reverse("rule_import")
    same = client.post(address, {"unit": str(world["kz"].ref), "document": json.dumps(document)})
    assert same.url == reverse("rule", args=["KZ", "R-900"])
    document["points"] = 12
    made = client.post(address, {"unit": str(world["kz"].ref), "document": json.dumps(document)})
    assert RuleDraft.objects.get(ref=made.url.strip("/").split("/")[-1]).points == 12
    document["condition"] = {"lhs": "gross_kg", "op": "gt", "value": "heavy"}
    for wrong, told in (
        (json.dumps(document), "another kind"),
        ("{", "line 1"),
        ("[]", "no rule"),
        ("[" * 9000, "deep"),
    ):
        answer = client.post(address, {"unit": str(world["kz"].ref), "document": wrong})
        assert (answer.status_code, told in text(answer)) == (422, True), wrong[:20]


def test_forms_of_a_release_name_keys_and_savings_beyond_a_thousand(world):
    writer = signed_in(world["analyst"])
    made = writer.post(reverse("release_new"), {"unit": str(world["kz"].ref)})
    release = Release.objects.get(ref=made.url.strip("/").split("/")[-1])
    Release.objects.filter(pk=release.pk).update(edit=1234)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('rules_ruleversion', 'id'), 7654320)")
    version = version_of(world["kz"], world["analyst"], world["chief"], code="R-950")
    page = " ".join(writer.get(made.url).content.decode().split())
    assert 'name="edit" value="1234"' in page
    assert f'name="version" value="{version.pk}"' in page
    assert version.pk == 7654321


def test_a_release_is_made_proposed_approved_tried_and_put_live_from_its_page(world):
    writer, checker = signed_in(world["analyst"]), signed_in(world["chief"])
    made = writer.post(reverse("release_new"), {"unit": str(world["kz"].ref)})
    release = Release.objects.get(ref=made.url.strip("/").split("/")[-1])
    act = reverse("release_act", args=[release.ref])

    def do(client: Client, name: str, **said: Any) -> int:
        release.refresh_from_db()
        return int(client.post(act, {"act": name, "edit": release.edit, **said}).status_code)

    assert do(writer, "take", version=world["version"].pk) == 302
    assert do(writer, "steps", **{"lane-red": "x", "below": "green", "sample_rate": "2", "sample_lane": "red"}) == 422
    steps = {"lane-red": "60", "lane-orange": "40", "below": "green", "sample_rate": "2,5", "sample_lane": "red"}
    assert do(writer, "steps", **steps) == 302
    release.refresh_from_db()
    assert (release.thresholds, str(release.sample_rate)) == ({"red": 60, "orange": 40, "green": None}, "0.02500")
    assert writer.post(act, {"act": "propose", "edit": 0}).status_code == 409
    assert do(writer, "propose") == 302
    assert do(writer, "approve") == 403
    assert do(checker, "refuse", why="") == 422
    assert do(checker, "approve") == 302
    assert do(checker, "activate", unit=str(world["altynkol"].ref)) == 422
    assert do(checker, "shadow") == 302
    assert do(checker, "activate", unit=str(world["altynkol"].ref), why="First") == 302
    assert live_release(world["altynkol"]) == release
    running = Activation.objects.get(release=release)
    assert do(checker, "roll_back", activation=running.pk) == 422
    assert do(checker, "roll_back", activation=running.pk, why="Too many") == 302
    assert live_release(world["altynkol"]) == world["live"]


def test_the_page_of_a_release_in_shadow_counts_and_lists_what_would_be_otherwise(world):
    page = text(signed_in(world["chief"]).get(reverse("release", args=[world["shadow"].ref])))
    assert "To a milder lane" in page
    assert reverse("consignment", args=[world["cargo"].consignment.ref]) in page
    assert 'class="num ru-moved">1<' in page
    other = factories.person(factories.UnitFactory(code="DOS", parent=world["kz"]))
    theirs = text(signed_in(other).get(reverse("release", args=[world["shadow"].ref])))
    assert reverse("consignment", args=[world["cargo"].consignment.ref]) not in theirs


def test_the_ledger_and_the_list_know_of_the_next_release(world):
    page = text(signed_in(world["analyst"]).get(reverse("rule_list")))
    assert "Approved, and newer than what is live" in page
    live_at(world["kz"], world["analyst"], world["chief"], world["version"])
    page = text(signed_in(world["analyst"]).get(reverse("rule_list")))
    assert "Approved, and newer than what is live" not in page


def test_the_number_of_queries_does_not_grow_with_the_rules(world, django_assert_max_num_queries):
    for number in range(20):
        version_of(world["kz"], world["analyst"], world["chief"], code=f"R-8{number:02}")
    client = signed_in(world["analyst"])
    client.get(reverse("rule_list"))
    with django_assert_max_num_queries(24):
        client.get(reverse("rule_list"))


def test_pages_know_activations_of_a_release_that_was_live_before(world):
    made = activating.activate(release=world["shadow"], unit=world["kz"], user=world["chief"])
    activating.roll_back(activation=made, user=world["chief"], why="Half the train was red")
    page = text(signed_in(world["chief"]).get(reverse("release", args=[world["live"].ref])))
    assert "Half the train was red" in page
