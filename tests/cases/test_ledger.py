"""The ledger: every number against a plain count of the same cases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pcu.accounts.roles import Role
from profiling.cases import ledger
from profiling.cases.ledger_indicators import read_indicators
from profiling.cases.models import Case, Decision, Outcome
from profiling.rules.core.evidence import weighted_share
from profiling.rules.core.intervals import share
from profiling.rules.models import Rule, RuleVersion
from tests import factories
from tests.factories_workbench import CapacityFactory

RULES = ("R-1", "R-2", "R-3")


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (99, 1084, 0.0756, 0.1099),
    ],
)
def test_the_interval_is_wilsons(k, n, low, high):
    found = share(k, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_narrows_with_more(counts):
    k, n = counts
    few, many = share(k, n), share(k * 10, n * 10)
    assert 0 <= few.low <= few.value <= few.high <= 1
    assert many.high - many.low <= few.high - few.low
    assert share(n - k, n).low == pytest.approx(1 - few.high)


def test_there_is_no_share_of_nothing_and_none_above_all():
    assert share(0, 0) is None
    with pytest.raises(ValueError, match="3 of 2"):
        share(3, 2)


CASES = st.fixed_dictionaries(
    {
        "rules": st.lists(st.sampled_from(RULES), unique=True, max_size=3),
        "sample": st.booleans(),
        "lookout": st.sampled_from(["", "flagged too", "alone"]),
        "outcomes": st.lists(
            st.tuples(
                st.sampled_from(["found", "clean"]),
                st.sampled_from(["preliminary", "confirmed", "withdrawn"]),
                st.sampled_from(["own_inspection", "other_agency", "partner_feedback", "downstream_seizure"]),
                st.booleans(),  # supersedes the one before
            ),
            max_size=3,
        ),
        "end": st.sampled_from(["", "no_examination", "never_arrived", "inspected_clean"]),
        "reason": st.sampled_from(["explained", "no_capacity"]),
        "days": st.integers(0, 99),
        "elsewhere": st.booleans(),
        "probability": st.sampled_from(["0.02", "0.05", "1", None]),
        "first_time": st.sampled_from([True, False, None]),
    }
)
READS = {"R-1": ["gross_kg"], "R-2": ["pair_first_time"], "R-3": ["gross_kg", "pair_first_time"]}


class World:
    """Cases as drawn, and what a plain count makes of them."""

    def __init__(self, drawn):
        self.now = timezone.now()
        self.unit = factories.UnitFactory()
        self.other = factories.UnitFactory(code="DOS")
        self.person = factories.person(self.unit)
        factories.LaneFactory(unit=self.unit.parent)
        release = factories.ReleaseFactory(unit=self.unit.parent)
        for code in RULES:
            rule = factories.RuleFactory(unit=self.unit.parent, code=code)
            release.versions.add(factories.RuleVersionFactory(rule=rule))
        self.told = [self.make(one) for one in drawn]

    def make(self, one):
        version = factories.VersionFactory(consignment__call__unit=self.other if one["elsewhere"] else self.unit)
        lane = "green" if one["lookout"] == "alone" else "red"
        values = {"gross_kg": 1000, "pair_first_time": one["first_time"]}
        assessment = factories.AssessmentFactory(
            version=version,
            lane=lane,
            fired=[
                {"version": 1, "code": code, "points": 40, "values": {name: values[name] for name in READS[code]}}
                for code in one["rules"]
            ],
            indicators=values,
            inclusion_probability=one["probability"] if one["sample"] else None,
            created_at=self.now - timedelta(days=one["days"], minutes=1),
        )
        opened = self.now - timedelta(days=one["days"], minutes=1)
        case = factories.CaseFactory(
            assessment=assessment,
            origin="sample" if one["sample"] else "lookout" if one["lookout"] else "rules",
            state="closed" if one["end"] else "open",
            disposition=one["end"],
            opened_at=opened,
        )
        standing = []
        last = None
        for result, status, source, supersedes in one["outcomes"]:
            last = Outcome.objects.create(
                unit=case.unit, case=case, visit=case.visits.first(), result=result, status=status, source=source,
                supersedes=last if supersedes else None, recorded_by=self.person, recorded_at=opened,
            )  # fmt: skip
            if supersedes and standing and standing[-1][0] == last.supersedes_id:
                standing.pop()
            standing.append((last.pk, result, status, source))
        if one["end"] == "no_examination":
            Decision.objects.create(
                case=case, kind="no_examination", reasons=[one["reason"]], assessment=assessment,
                decided_by=self.person, decided_at=opened,
            )  # fmt: skip
        looked = [each for each in standing if each[3] in ledger.OWN]  # a denied find was inspected all the same
        standing = [each for each in standing if each[2] != "withdrawn"]
        own = [each for each in standing if each[3] in ledger.OWN]
        return {
            **one,
            "inspected": bool(looked),
            "found": any(each[1] == "found" for each in own),
            "credited": any(each[1] == "found" for each in standing if each[3] not in ledger.OWN),
        }

    def count(self, cases):
        cases = [c for c in cases if c["days"] < 90 and not c["elsewhere"]]
        looked = [c for c in cases if c["inspected"]]
        rest = [c for c in cases if not c["inspected"]]
        return (
            len(cases),
            len(looked),
            sum(c["found"] for c in cases),
            sum(c["end"] == "no_examination" for c in rest),
            sum(c["end"] not in ("", "no_examination") for c in rest),
            sum(c["end"] == "" for c in rest),
            sum(c["credited"] and not c["found"] for c in cases),
            sum(c["days"] < 28 for c in looked),
            sum(c["days"] < 28 and c["found"] for c in looked),
        )

    def in_period(self, cases):
        return [c for c in cases if c["days"] < 90 and not c["elsewhere"]]


def of(tally):
    return (
        tally.fired, tally.inspected, tally.found, tally.not_examined, tally.other, tally.open, tally.credited,
        tally.late_inspected, tally.late_found,
    )  # fmt: skip


class TestTheLedgerAgainstAPlainCount(TestCase):
    @settings(deadline=None, max_examples=40)
    @given(st.lists(CASES, max_size=7))
    def test_all_numbers_agree(self, drawn):
        world = World(drawn)
        book = ledger.read_ledger(
            unit=world.unit, units=[world.unit], since=world.now - timedelta(days=90), until=world.now
        )
        flagged = [case for case in world.told if not case["sample"]]
        assert of(book.all) == world.count(flagged)
        assert of(book.sample) == world.count([case for case in world.told if case["sample"]])
        assert {line.code for line in book.lines} == set(RULES)
        for line in book.lines:
            # what a lookout alone opened is no rule's find
            fired = [case for case in flagged if line.code in case["rules"] and case["lookout"] != "alone"]
            assert of(line.tally) == world.count(fired)
            assert sum(line.tally.weeks) == line.tally.fired
            alone = [case for case in fired if len(case["rules"]) == 1 and case["found"]]
            assert line.tally.unique == world.count(alone)[0]
            left = [c for c in fired if c["end"] == "no_examination" and not c["inspected"] and c["days"] < 90]
            reasons = [case["reason"] for case in left if not case["elsewhere"]]
            assert dict(line.reasons) == {reason: reasons.count(reason) for reason in set(reasons)}
            cases = ledger.cases_of_rule(Case.objects.filter(unit=world.unit), line.code)
            since = world.now - timedelta(days=90)
            fired_ever = [case for case in world.told if line.code in case["rules"]]
            seen = world.in_period(fired_ever)
            assert (line.last_fired is None) == (not seen)
            if seen:
                last = world.now - timedelta(days=min(case["days"] for case in seen), minutes=1)
                assert line.last_fired == last
            looked = [case for case in world.in_period(world.told) if case["inspected"]]
            assert line.work == pytest.approx(line.tally.inspected / len(looked) if looked else 0)
            for result, number in (("found", line.tally.found), ("open", line.tally.open), ("", line.tally.fired)):
                assert ledger.with_result(cases.filter(opened_at__gte=since), result).count() == number

    @settings(deadline=None, max_examples=30)
    @given(st.lists(CASES, max_size=7))
    def test_the_base_line_and_the_indicators_agree(self, drawn):
        world = World(drawn)
        since = world.now - timedelta(days=90)
        book = ledger.read_ledger(unit=world.unit, units=[world.unit], since=since, until=world.now)
        looked = [c for c in world.in_period(world.told) if c["sample"] and c["inspected"]]
        weights = [float(1 / Decimal(c["probability"] or 1)) for c in looked]
        if looked:
            finds = sum(weight for c, weight in zip(looked, weights, strict=True) if c["found"])
            assert book.base.value == pytest.approx(finds / sum(weights))
            assert book.base.effective == pytest.approx(sum(weights) ** 2 / sum(weight**2 for weight in weights))
        else:
            assert book.base is None
        spoke = read_indicators(units=[world.unit], since=since, until=world.now, book=book)
        by_rules = [c for c in world.told if not c["sample"] and c["lookout"] != "alone"]
        expected = {
            "gross_kg": [c for c in by_rules if {"R-1", "R-3"} & set(c["rules"])],
            # true, whether or not a rule read it; a rule that fires because it is false is no word of it
            "pair_first_time": [c for c in by_rules if c["first_time"]],
        }
        assert {line.code for line in spoke} == {code for code, cases in expected.items() if world.in_period(cases)}
        for line in spoke:
            cases = expected[line.code]
            assert of(line.tally) == world.count(cases)
            reading = {code for c in world.in_period(cases) for code in c["rules"] if line.code in READS[code]}
            assert set(line.rules) == reading


@pytest.fixture
def world(db):
    one = {
        "rules": ["R-1"],
        "sample": False,
        "lookout": "",
        "outcomes": [("found", "preliminary", "own_inspection", False)],
        "end": "",
        "reason": "explained",
        "days": 3,
        "elsewhere": False,
        "probability": None,
        "first_time": None,
    }
    return World([one, {**one, "outcomes": [], "end": "no_examination"}, {**one, "elsewhere": True}])


def test_the_page_shows_the_rules_of_the_chosen_unit_and_the_cases_behind_them(client, world):
    client.force_login(world.person)
    text = client.get("/rules/").content.decode()
    assert "R-1" in text
    assert "1 of 1: too few to say" in text
    listed = client.get("/rules/R-1/cases/?result=found").content.decode()
    cases = Case.objects.filter(unit=world.unit).order_by("pk")
    assert cases[0].number in listed
    assert cases[1].number not in listed
    assert client.get("/rules/?days=nonsense&units=all").status_code == 200


def test_the_api_gives_the_same_to_the_unit_and_nothing_to_others(client, world):
    client.force_login(world.person)
    told = client.get(f"/api/v1/ledger/?unit={world.unit.code}").json()
    assert (told["all"]["fired"], told["all"]["found"], told["all"]["precision"]["n"]) == (2, 1, 1)
    assert client.get("/api/v1/ledger/?unit=DOS").status_code == 404
    assert client.get("/api/v1/ledger/").status_code == 400
    client.force_login(factories.person(factories.UnitFactory(code="DSB", parent__code="TJ"), Role.SUPERVISOR))
    assert client.get(f"/api/v1/ledger/?unit={world.unit.code}").status_code == 404
    client.force_login(factories.person(world.unit.parent, Role.AUDITOR))
    assert client.get(f"/api/v1/ledger/?unit={world.unit.parent.code}").json()["all"]["fired"] == 3


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries, world):
    asked = {"unit": world.unit, "units": [world.unit], "since": world.now - timedelta(days=90), "until": world.now}
    with django_assert_max_num_queries(8):
        ledger.read_ledger(**asked)


# ---- what needs a decision


def judged(tally, *, base=(1, 200), asked=None, looked=400, points=40, expires=365):
    """The remark on a rule with this tally in a unit of so many inspections."""
    found, drawn = base
    book = ledger.Ledger(
        [], timezone.now() - timedelta(days=90), timezone.now(), "R", ledger.Tally(inspected=looked - drawn),
        ledger.Tally(inspected=drawn, found=found), [], base=weighted_share(found, drawn, drawn), shifts=180,
    )  # fmt: skip
    rule = Rule(code="R-1", expires_on=timezone.localdate() + timedelta(days=expires))
    work = tally.inspected / looked
    return ledger._remark(book, RuleVersion(rule=rule, points=points), tally, work, asked)


@pytest.mark.parametrize(
    ("tally", "more", "remark"),
    [
        (ledger.Tally(fired=200, inspected=100, found=1), {}, "noisy"),
        (ledger.Tally(fired=200, inspected=60, found=1), {}, "no_lift"),
        (ledger.Tally(fired=200, inspected=60, found=1), {"base": (0, 5)}, ""),  # nothing to hold it against
        (ledger.Tally(fired=200, inspected=60, found=20), {}, ""),
        (ledger.Tally(fired=200, inspected=60, found=20), {"asked": object()}, "tuning"),
        (ledger.Tally(fired=900, inspected=100, found=45, late_inspected=50, late_found=5), {}, "drift"),
        (ledger.Tally(fired=90, inspected=10, found=3, late_inspected=5, late_found=0), {}, ""),  # few say nothing
        (ledger.Tally(fired=10), {}, "never_inspected"),
        (ledger.Tally(fired=9), {}, ""),
        (ledger.Tally(), {}, "silent"),
        (ledger.Tally(), {"points": -20}, ""),  # it only takes points off: opens no case by itself
        (ledger.Tally(), {"expires": -1}, "expired"),
        (ledger.Tally(fired=200, inspected=60, found=20), {"expires": 5}, "expires"),
    ],
)
def test_a_rule_needs_a_decision_for_a_reason(tally, more, remark):
    assert judged(tally, **more) == remark


def test_the_page_by_indicator_names_what_spoke(client, world):
    client.force_login(world.person)
    text = client.get("/rules/?by=indicator").content.decode()
    assert "gross_kg" in text
    assert 'aria-current="page">By indicator' in text


def test_work_is_held_against_the_hands_of_the_unit(client, world):
    CapacityFactory(unit=world.unit, inspections_per_shift=8, shift_hours=12)
    client.force_login(world.person)
    assert "of 8 inspections a shift" in client.get("/rules/").content.decode()
    told = client.get(f"/api/v1/ledger/?unit={world.unit.code}").json()
    assert (told["shifts"], told["hands"]["inspections"]) == (180, 8)
    assert told["per_shift"] == pytest.approx(1 / 180)
    assert told["indicators"] == []
    told = client.get(f"/api/v1/ledger/?unit={world.unit.code}&by_indicator=true").json()
    assert [one["code"] for one in told["indicators"]] == ["gross_kg"]
