"""The demonstration: every sign-in once, and a day in which the rules find what is bad, by themselves."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import call_command

from demo import desk, hands, today, workbench
from demo.manifests import Push
from demo.past import past
from demo.world import POSTS, Firm
from pcu.accounts.models import Membership, Unit, User
from pcu.accounts.roles import Role
from profiling.cargo.models import Consignment, ConsignmentVersion, MovementEvent
from profiling.cases.models import Case, Hold
from profiling.intake import services as intake
from profiling.rules.models import Assessment, Capacity, Proposal, Release, Rule, RuleDraft
from tests.intake.conftest import do_all_jobs

NOW = dt.datetime.now(tz=dt.UTC)


def loaded() -> str:
    told = io.StringIO()
    call_command("load_demo", stdout=told)
    return told.getvalue()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.STORE_DIR = str(tmp_path / "store")


def test_a_second_load_tells_the_same_sign_ins_and_changes_nothing(db):
    first = loaded()
    people = User.objects.count()
    assert loaded() == first
    assert User.objects.count() == people
    assert "API token: " in first
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    assert Release.objects.filter(state="live").count() == 3


def test_three_posts_state_their_hands_once(db):
    loaded()
    people = {user.username: user for user in User.objects.all()}
    hands.state(people)
    stated = set(Capacity.objects.values_list("unit__code", "inspections_per_shift"))
    hands.state(people)
    assert set(Capacity.objects.values_list("unit__code", "inspections_per_shift")) == stated
    assert {code for code, _number in stated} == {"ALT", "DSB", "CHU"}


def test_the_rules_of_kazakhstan_are_met_at_every_step_of_their_life(db):
    """`load_demo` of tests lives no ninety days, so the rules are written here; a second time changes nothing."""
    loaded()
    people = {user.username: user for user in User.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.all()}
    workbench.write_rules(people, units)
    states = sorted(Release.objects.filter(unit__code="KZ").values_list("state", flat=True))
    assert states == ["live", "shadow"]
    assert Proposal.objects.filter(verdict="").count() == 1
    assert RuleDraft.objects.filter(closed_at=None).count() == 1
    assert Rule.objects.get(unit__code="KZ", code=workbench.RETIRED).retired_on is not None
    before = Rule.objects.count()
    workbench.write_rules(people, units)
    assert (Rule.objects.count(), RuleDraft.objects.filter(closed_at=None).count()) == (before, 1)


def test_the_same_beginning_makes_the_same_cargo():
    assert list(past(NOW)) == list(past(NOW))
    assert today.today(NOW) == today.today(NOW)


def test_no_train_of_the_past_is_taken_for_one_of_today():
    """Numbers recur, and a message about the same number within days is about the same train."""
    before, now = ({push.name.split("-")[0] for push in pushes} for pushes in (past(NOW), today.today(NOW)))
    assert before & now == {"NP"}  # lots of a road post carry their day


def test_no_firm_has_a_tax_number_that_a_real_one_could_have():
    firms = [firm for post in POSTS for firm in post.consignees]
    firms += [firm for firm in vars(today).values() if isinstance(firm, Firm)]
    numbers = {(firm.country, firm.tax_id) for firm in firms if firm.tax_id}
    assert len(numbers) > 30
    for country, number in numbers:
        assert number[2:4] == "13" if country == "KZ" else number.startswith("000"), number


def pushed(push: Push) -> None:
    sender = User.objects.get(username="admin" if push.history else "demo-client")
    unit = Unit.objects.get(code=push.unit)
    submission = do_all_jobs(intake.receive(pieces=[push.content], sender=sender, unit=unit, history=push.history))
    assert submission.status == "done", submission.failure


@pytest.fixture
def a_day(db) -> None:
    """The past and today, without the random sample."""
    loaded()
    Release.objects.update(sample_rate=0)
    for push in [*past(NOW), *today.today(NOW)]:
        pushed(push)


def lanes(unit: str) -> list[str]:
    cases = Case.objects.filter(unit__code=unit).order_by("lane_rank", "pk")
    return list(cases.values_list("recommended_lane__code", flat=True))


def test_the_rules_find_the_bad_ones_of_the_day_and_leave_regular_business_alone(a_day):
    assert lanes("ALT") == ["red", "orange", "orange", "yellow", "yellow", "yellow", "blue"]
    assert lanes("DSB") == ["orange", "yellow"]
    assert lanes("NPJ") == ["red"]
    assert lanes("CHU") == ["orange"]
    worst = Case.objects.get(unit__code="ALT", recommended_lane__code="red")
    assert worst.consignee == today.PO_BOX.name
    assert {fired["code"] for fired in worst.assessment.fired} == {"R-001", "R-004", "R-005", "R-006", "R-008"}
    spoke = {fired["code"] for assessment in Assessment.objects.all() for fired in assessment.fired}
    assert spoke == {f"R-{number:03}" for number in range(1, 11)}
    known = [fired for one in Assessment.objects.all() for fired in one.fired if fired["code"] == "R-010"]
    assert len(known) > 50
    # of the past everything is kept, nothing scored
    assert ConsignmentVersion.objects.filter(submission__is_history=True).count() > 2000
    assert not Assessment.objects.filter(version__submission__is_history=True).exists()

    # what the crane told of the jackets, and a look at them anew
    loaded_on = MovementEvent.objects.get()
    assert loaded_on.visit in worst.visits.all()
    assert loaded_on.visit.seals.filter(event="departure").exists()
    assert worst.assessment.trigger == "new_movement"

    # a bill changed after it was filed, one withdrawn, one refused
    shoes = Consignment.objects.get(current__mentions__name=today.SHOES_TO.name)
    assert shoes.versions.count() == 2
    assert Consignment.objects.filter(current__function="cancel").count() == 1
    assert ConsignmentVersion.objects.filter(submission__refused_count=2).exists()

    # what the officers have done of it, once
    assert desk.work() == 6
    assert desk.work() == 0
    assert Hold.objects.get().visit.unit.code == "ALT"
    states = Case.objects.values_list("state", flat=True)
    assert {"open", "documents", "referred", "closed"} == set(states)
    assert Case.objects.get(pk=worst.pk).state == "open"
