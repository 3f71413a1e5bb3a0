"""The life of rules and releases: who may take which step, and what a step changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from pcu.accounts.roles import Role
from profiling.rules import activating, drafts, life, lists, proposals, releases
from profiling.rules.condition_errors import SENTENCES
from profiling.rules.core.checking import ERRORS
from profiling.rules.errors import (
    BehindError,
    ChangedMeanwhileError,
    DraftClosedError,
    InvalidRuleError,
    NothingToRollBackError,
    OpenProposalError,
    OwnWorkError,
    ProposalDecidedError,
    ReleaseStateError,
    RuleRetiredError,
)
from profiling.rules.models import Activation, Proposal, Release, Rule, RuleDraft, RuleVersion
from profiling.rules.services import live_release
from tests import factories
from tests.factories_workbench import NamedListFactory, NamedListVersionFactory, ProposalFactory
from tests.rules.written import in_shadow, live_at, said, version_of


def soon(days: int = 30) -> Any:
    return timezone.localdate() + timedelta(days=days)


# ---- drafts


def test_a_draft_becomes_a_version_that_waits_for_somebody_else(kz, analyst, chief):
    draft = drafts.start(unit=kz, user=analyst, said=said())
    proposal = drafts.propose(draft=draft, user=analyst, expected_edit=0, note="Tried in October")
    version = proposal.version
    assert (version.rule.code, version.number, version.points, version.note) == ("R-900", 1, 30, "Tried in October")
    assert drafts.standing_version(version.rule) is None
    proposals.approve(proposal=proposal, user=chief)
    assert drafts.standing_version(version.rule) == version
    draft.refresh_from_db()
    assert (draft.version, draft.closed_at is None) == (version, False)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "r 1"}, "code"),
        ({"code": ""}, "code"),
        ({"owner": " "}, "owner"),
        ({"expires_on": None}, "expires_on"),
        ({"titles": {"en": "Heavy"}}, "titles.ru"),
        ({"titles": "Heavy"}, "titles.en"),
        ({"shorts": {"en": "x" * 29, "ru": "y"}}, "shorts.en"),
        ({"reasons": {"en": "{weight} kg", "ru": "кг"}}, "reasons.en"),
        ({"points": 0}, "points"),
        ({"points": 101}, "points"),
        ({"condition": {}}, "condition"),
        ({"condition": {"lhs": "nothing", "op": "gt", "value": 1}}, "condition"),
        ({"exceptions": [{"condition": {"all": []}}]}, "exceptions"),
        (
            {"exceptions": [{"condition": {"lhs": "gross_kg", "op": "is_missing"}, "until": "soon", "note": ""}]},
            "exceptions",
        ),
    ],
)
def test_a_draft_may_be_wrong_but_is_not_proposed_so(kz, analyst, changed, field):
    draft = drafts.start(unit=kz, user=analyst, said=said(**changed))
    with pytest.raises(InvalidRuleError) as refused:
        drafts.propose(draft=draft, user=analyst, expected_edit=0)
    assert field in refused.value.errors
    assert not Rule.objects.exists()
    draft.refresh_from_db()
    assert draft.closed_at is None


def test_a_rule_lives_twelve_months_at_most_and_not_in_the_past(kz, analyst):
    for days in (-1, 400):
        draft = drafts.start(unit=kz, user=analyst, said=said(expires_on=soon(days)))
        with pytest.raises(InvalidRuleError) as refused:
            drafts.propose(draft=draft, user=analyst, expected_edit=0)
        assert list(refused.value.errors) == ["expires_on"]


def test_a_fault_in_the_condition_is_told_with_its_place(kz, analyst):
    tree = {"all": [{"lhs": "gross_kg", "op": "gt", "value": 1}, {"lhs": "gross_kg", "op": "gt", "value": "x"}]}
    draft = drafts.start(unit=kz, user=analyst, said=said(condition=tree))
    with pytest.raises(InvalidRuleError) as refused:
        drafts.propose(draft=draft, user=analyst, expected_edit=0)
    assert [(place.path, place.code) for place in refused.value.places] == [("/condition/all/1/value", "value_type")]


def test_every_fault_of_a_condition_has_a_sentence():
    assert set(ERRORS) <= set(SENTENCES)


def test_two_people_never_overwrite_each_other(kz, analyst, chief):
    draft = drafts.start(unit=kz, user=analyst, said=said())
    drafts.save(draft=draft, user=chief, expected_edit=0, said={"points": 40})
    with pytest.raises(ChangedMeanwhileError) as refused:
        drafts.save(draft=draft, user=analyst, expected_edit=0, said={"points": 10})
    assert (refused.value.fresh.points, str(chief) in refused.value.message) == (40, True)
    assert RuleDraft.objects.get().points == 40


def test_a_code_is_taken_once_in_a_line_of_the_tree(kz, altynkol, analyst, chief):
    version_of(kz, analyst, chief)
    below = drafts.start(unit=altynkol, user=chief, said=said())
    with pytest.raises(InvalidRuleError) as refused:
        drafts.propose(draft=below, user=chief, expected_edit=0)
    assert list(refused.value.errors) == ["code"]


def test_one_proposal_of_a_rule_at_a_time_and_none_that_undoes_a_newer_version(kz, analyst, chief):
    rule = version_of(kz, analyst, chief).rule
    first, second = (drafts.start_from(rule=rule, user=analyst) for _ in range(2))
    proposal = drafts.propose(draft=first, user=analyst, expected_edit=0)
    with pytest.raises(OpenProposalError):
        drafts.propose(draft=second, user=analyst, expected_edit=0)
    proposals.approve(proposal=proposal, user=chief)
    with pytest.raises(BehindError):
        drafts.propose(draft=second, user=analyst, expected_edit=0)
    second = drafts.catch_up(draft=second, user=analyst, expected_edit=0)
    assert drafts.propose(draft=second, user=analyst, expected_edit=1).version.number == 3


def test_the_next_version_begins_as_the_standing_one_and_keeps_who_answers_for_it(kz, analyst, chief):
    version = version_of(kz, analyst, chief)
    draft = drafts.start_from(rule=version.rule, user=analyst)
    assert (draft.base, draft.condition, draft.points) == (version, version.condition, version.points)
    draft = drafts.save(draft=draft, user=analyst, expected_edit=0, said={"points": 55, "owner": "Nobody", "code": "X"})
    drafts.propose(draft=draft, user=analyst, expected_edit=1)
    rule = Rule.objects.get()
    assert (rule.code, rule.owner, rule.versions.count()) == ("R-900", "A. Sarsenova", 2)


def test_a_discarded_draft_is_closed_for_good(kz, analyst):
    draft = drafts.start(unit=kz, user=analyst)
    drafts.discard(draft=draft, user=analyst, expected_edit=0)
    with pytest.raises(DraftClosedError):
        drafts.save(draft=draft, user=analyst, expected_edit=0, said={"points": 1})


# ---- maker and checker


def test_nobody_approves_what_they_had_a_hand_in(kz, analyst, chief, deputy):
    draft = drafts.start(unit=kz, user=deputy, said=said())
    draft = drafts.save(draft=draft, user=chief, expected_edit=0, said={"points": 31})
    proposal = drafts.propose(draft=draft, user=analyst, expected_edit=1)
    for maker in (chief, deputy):
        with pytest.raises(OwnWorkError):
            proposals.approve(proposal=proposal, user=maker)
        assert not proposals.may_check(proposal, maker)
    other = factories.person(kz, Role.SUPERVISOR)
    assert proposals.may_check(proposal, other)
    proposals.approve(proposal=proposal, user=other)
    with pytest.raises(ProposalDecidedError):
        proposals.refuse(proposal=proposal, user=other, why="Late")


def test_the_database_itself_refuses_a_maker_who_checks(kz, chief):
    proposal = ProposalFactory(version__rule__unit=kz, made_by=chief)
    proposal.verdict, proposal.decided_by, proposal.decided_at = "approved", chief, timezone.now()
    with pytest.raises(IntegrityError, match="maker_never_checks_a_rule"), transaction.atomic():
        proposal.save()


def test_refusing_needs_a_reason_and_only_the_maker_withdraws(kz, analyst, chief):
    proposal = ProposalFactory(version__rule__unit=kz, made_by=analyst)
    with pytest.raises(InvalidRuleError):
        proposals.refuse(proposal=proposal, user=chief, why=" ")
    with pytest.raises(PermissionDenied):
        proposals.withdraw(proposal=proposal, user=chief)
    assert proposals.withdraw(proposal=proposal, user=analyst).verdict == Proposal.Verdict.WITHDRAWN
    assert drafts.standing_version(proposal.version.rule) is None


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LIAISON, Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_writes_no_rules_is_turned_away(kz, analyst, role):
    person = factories.person(kz, role)
    with pytest.raises(PermissionDenied):
        drafts.start(unit=kz, user=person)
    with pytest.raises(PermissionDenied):
        releases.draft_release(unit=kz, user=person)
    with pytest.raises(PermissionDenied):
        proposals.approve(proposal=ProposalFactory(version__rule__unit=kz, made_by=analyst), user=person)


def test_an_analyst_approves_nothing_and_who_works_below_writes_nothing_above(kz, altynkol, analyst):
    other = factories.person(kz, Role.ANALYST)
    with pytest.raises(PermissionDenied):
        proposals.approve(proposal=ProposalFactory(version__rule__unit=kz, made_by=analyst), user=other)
    with pytest.raises(PermissionDenied):
        drafts.start(unit=kz, user=factories.person(altynkol, Role.SUPERVISOR))


def test_what_a_version_says_never_changes(kz, analyst, chief):
    version = version_of(kz, analyst, chief)
    with pytest.raises(InternalError, match="never_changed"), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(points=1)


# ---- releases


def test_a_release_goes_its_way_step_by_step(kz, live, analyst, chief):
    version = version_of(kz, analyst, chief)
    release = releases.draft_release(unit=kz, user=analyst)
    assert (release.name, release.based_on, release.versions.count()) == ("KZ 2", live, live.versions.count())
    release = releases.take_version(release=release, user=analyst, version=version, expected_edit=0)
    release = releases.propose_release(release=release, user=analyst, expected_edit=release.edit)
    with pytest.raises(ReleaseStateError):
        releases.take_version(release=release, user=analyst, version=version, expected_edit=release.edit)
    with pytest.raises(ReleaseStateError):
        activating.activate(release=release, unit=kz, user=chief)
    release = releases.approve_release(release=release, user=chief)
    with pytest.raises(ReleaseStateError):
        activating.activate(release=release, unit=kz, user=chief)
    release = releases.start_shadow(release=release, user=chief)
    activating.activate(release=release, unit=kz, user=chief, why="Ten days in shadow")
    assert live_release(kz) == release
    live.refresh_from_db()
    assert live.state == Release.State.RETIRED


def test_who_proposed_a_release_does_not_approve_it(kz, live, chief, deputy):
    release = releases.draft_release(unit=kz, user=chief)
    release = releases.propose_release(release=release, user=chief, expected_edit=0)
    with pytest.raises(OwnWorkError):
        releases.approve_release(release=release, user=chief)
    refused = releases.refuse_release(release=release, user=deputy, why="Too broad")
    assert (refused.state, "Too broad" in refused.note) == ("draft", True)


def test_only_the_table_allows_a_step(kz, live, chief):
    for state in Release.State:
        for to in Release.State:
            release = factories.ReleaseFactory.build(unit=kz, state=state, name=f"{state}-{to}")
            release.save()
            if to in releases.TRANSITIONS[state]:
                assert releases.step(release, to).state == to
            else:
                with pytest.raises(ReleaseStateError):
                    releases.step(release, to)


def test_a_release_takes_approved_versions_only_and_one_of_a_rule(kz, live, analyst, chief):
    version = version_of(kz, analyst, chief)
    draft = drafts.start_from(rule=version.rule, user=analyst)
    proposal = drafts.propose(draft=draft, user=analyst, expected_edit=0)
    release = releases.draft_release(unit=kz, user=analyst)
    with pytest.raises(InvalidRuleError):
        releases.take_version(release=release, user=analyst, version=proposal.version, expected_edit=0)
    release = releases.take_version(release=release, user=analyst, version=version, expected_edit=0)
    proposals.approve(proposal=proposal, user=chief)
    release = releases.take_version(release=release, user=analyst, version=proposal.version, expected_edit=release.edit)
    assert list(release.versions.filter(rule=version.rule)) == [proposal.version]


@pytest.mark.parametrize(
    ("thresholds", "rate", "lane", "field"),
    [
        ({"red": 70, "violet": 3, "green": None}, "0.1", "red", "thresholds"),
        ({"red": 70, "orange": 70, "green": None}, "0.1", "red", "thresholds"),
        ({"red": 70, "orange": 50}, "0.1", "red", "thresholds"),
        ({"red": 70, "green": None}, "1.5", "red", "sample_rate"),
        ({"red": 70, "green": None}, "0.1", "violet", "sample_lane"),
    ],
)
def test_steps_that_do_not_fit_are_told_by_field(kz, live, analyst, thresholds, rate, lane, field):
    release = releases.draft_release(unit=kz, user=analyst)
    with pytest.raises(InvalidRuleError) as refused:
        releases.set_steps(
            release=release, user=analyst, thresholds=thresholds, sample_rate=rate_of(rate), sample_lane=lane,
            expected_edit=0,
        )  # fmt: skip
    assert list(refused.value.errors) == [field]
    release.refresh_from_db()
    assert release.thresholds == live.thresholds


def rate_of(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def test_named_lists_are_pinned_with_what_they_include(kz, analyst, chief):
    inner = NamedListVersionFactory(named_list=NamedListFactory(unit=kz, code="tobacco"))
    outer = NamedListVersionFactory(named_list=NamedListFactory(unit=kz, code="watched"), includes=["tobacco"])
    listed = {"lhs": "hs_heading", "op": "in", "value": {"list": "watched"}}
    version = factories.RuleVersionFactory(rule__unit=kz, condition={"all": [{"not": listed}]})
    release = factories.ReleaseFactory(unit=kz, name="KZ 2", state="draft")
    release.versions.add(version)
    lists.pin(release=release)
    assert set(release.lists.all()) == {inner, outer}
    NamedListVersionFactory(named_list=outer.named_list)
    assert set(release.lists.all()) == {inner, outer}


def test_a_release_is_live_at_one_post_before_it_is_in_the_country(kz, altynkol, live, analyst, chief):
    dostyk = factories.UnitFactory(code="DOS")
    release = in_shadow(kz, analyst, chief, version_of(kz, analyst, chief))
    activating.activate(release=release, unit=altynkol, user=chief)
    assert (live_release(altynkol), live_release(dostyk)) == (release, live)
    live.refresh_from_db()
    assert live.state == Release.State.LIVE
    release.refresh_from_db()
    activating.activate(release=release, unit=kz, user=chief)
    assert (live_release(altynkol), live_release(dostyk)) == (release, release)
    assert Activation.objects.filter(ended_at=None).count() == 1


def test_a_roll_back_starts_again_what_was_replaced_and_the_stages_it_ended(kz, altynkol, live, analyst, chief):
    staged = in_shadow(kz, analyst, chief, version_of(kz, analyst, chief))
    activating.activate(release=staged, unit=altynkol, user=chief)
    newest = in_shadow(kz, analyst, chief, version_of(kz, analyst, chief, code="R-901"))
    made = activating.activate(release=newest, unit=kz, user=chief)
    assert live_release(altynkol) == newest
    with pytest.raises(InvalidRuleError):
        activating.roll_back(activation=made, user=chief, why="")
    began = activating.roll_back(activation=made, user=chief, why="Half the train was red")
    assert (began.release, began.why, began.started_by) == (live, "Half the train was red", chief)
    assert (live_release(kz), live_release(altynkol)) == (live, staged)
    newest.refresh_from_db()
    assert newest.state == Release.State.APPROVED
    with pytest.raises(InvalidRuleError):
        activating.roll_back(activation=made, user=chief, why="Again")


def test_the_first_release_of_all_is_not_rolled_back_to_nothing(kz, live, chief):
    only = Activation.objects.get()
    with pytest.raises(NothingToRollBackError):
        activating.roll_back(activation=only, user=chief, why="Try")
    assert live_release(kz) == live


def test_a_release_goes_live_where_its_approver_answers_for_the_unit(kz, altynkol, dushanbe, live, analyst, chief):
    release = in_shadow(kz, analyst, chief)
    with pytest.raises(PermissionDenied):
        activating.activate(release=release, unit=dushanbe, user=chief)
    below = factories.person(altynkol, Role.SUPERVISOR)
    with pytest.raises(PermissionDenied):
        activating.activate(release=release, unit=kz, user=below)
    assert activating.activate(release=release, unit=altynkol, user=below).unit == altynkol


def test_a_retired_rule_is_in_no_new_release_and_fires_until_the_next(kz, live, analyst, chief):
    rule = Rule.objects.get(code="R-001")
    life.retire(rule=rule, user=chief, why="No find in a year")
    assert live.versions.filter(rule=rule).exists()
    release = releases.draft_release(unit=kz, user=analyst)
    assert not release.versions.filter(rule=rule).exists()
    with pytest.raises(RuleRetiredError):
        drafts.start_from(rule=rule, user=analyst)
    with pytest.raises(RuleRetiredError):
        life.renew(rule=rule, user=chief, until=soon(), why="After all")


def test_a_renewal_needs_a_reason_and_is_remembered_with_it(kz, live, chief):
    rule = Rule.objects.get(code="R-001")
    with pytest.raises(InvalidRuleError) as refused:
        life.renew(rule=rule, user=chief, until=soon(400), why="")
    assert set(refused.value.errors) == {"until", "why"}
    life.renew(rule=rule, user=chief, until=soon(300), why="Two finds in May")
    newest, *_older = life.turns(rule)
    assert (newest.by, newest.why) == (str(chief), "Two finds in May")
    assert newest.changes == {"expires_on": (rule.expires_on, soon(300))}


def test_releases_of_one_node_have_names_of_their_own(kz, live, analyst):
    assert [releases.draft_release(unit=kz, user=analyst).name for _ in range(2)] == ["KZ 2", "KZ 3"]


# ---- who reads what


def test_rules_of_a_country_are_read_below_it_and_above_and_nowhere_else(kz, altynkol, dushanbe, live, analyst, chief):
    release = live_at(kz, analyst, chief, version_of(kz, analyst, chief))
    for reader in (factories.person(altynkol), factories.person(kz, Role.AUDITOR)):
        assert release in Release.objects.visible_to(reader)
        assert Rule.objects.visible_to(reader).filter(code="R-900").exists()
        assert RuleVersion.objects.visible_to(reader).filter(rule__code="R-900").exists()
        assert Proposal.objects.visible_to(reader).exists()
    outsider = factories.person(dushanbe, Role.SUPERVISOR)
    for model in (Release, Rule, RuleVersion, Proposal, RuleDraft, Activation):
        assert model.objects.exists()
        assert not model.objects.visible_to(outsider).exists()
    client = factories.client_system(altynkol)
    assert not Rule.objects.visible_to(client).exists()


def test_who_changed_a_draft_release_never_approves_it_whoever_proposes_it(kz, live, analyst, chief):
    version = version_of(kz, analyst, factories.person(kz, Role.SUPERVISOR))
    release = releases.draft_release(unit=kz, user=analyst)
    release = releases.take_version(release=release, user=chief, version=version, expected_edit=release.edit)
    release = releases.propose_release(release=release, user=analyst, expected_edit=release.edit)
    assert not releases.may_check_release(release, chief)
    with pytest.raises(OwnWorkError):
        releases.approve_release(release=release, user=chief)
    other = factories.person(kz, Role.SUPERVISOR)
    assert releases.approve_release(release=release, user=other).state == Release.State.APPROVED
