"""The figures are those a naive count comes to, in a small world made by hand and in random ones."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.statistics.figures import Statistics, Tally
from inspections.statistics.question import TIMES, Group, Question
from inspections.statistics.reading import read_statistics
from pcu.accounts.models import Unit
from tests import factories
from tests.factories_workbench import ShadowScoreFactory
from tests.statistics import oracle, world
from tests.statistics.world import SINCE, UNTIL, Act, Came, Flag, Said, Taken

pytestmark = pytest.mark.django_db


def asked(units: list[Unit], **said: Any) -> Question:
    return Question(unit=None, units=units, **{"since": SINCE, "until": UNTIL, **said})


def told(tallies: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Without groups in which nothing is: one of drawn cases alone, where a rule is asked for."""
    return {key: counts for key, counts in tallies.items() if any(counts.values())}


def agree(question: Question) -> Statistics:
    """Read, and hold every figure against the naive count."""
    found = read_statistics(question)
    counted, drawn = oracle.cases_of(question)
    assert asdict(found.all) == oracle.tally(counted, drawn, oracle.first_assessments(question))
    assert asdict(found.containers) == oracle.containers(question)
    series = {line.key: asdict(line.tally) for line in found.series}
    assert told(series) == told(oracle.tallies(question, question.series))
    if question.group is Group.UNIT:
        by_unit = {str(Unit.objects.get(code=line.key).pk): asdict(line.tally) for line in found.groups}
        assert told(by_unit) == told(oracle.tallies(question, Group.UNIT))
    elif question.group not in TIMES:
        assert {line.key: asdict(line.tally) for line in found.groups} == oracle.tallies(question, question.group)
    assert {m.method: (m.examined, m.found, m.containers) for m in found.methods} == oracle.methods(question)
    assert {
        line.commodity: (
            line.found,
            line.seized,
            line.seizures,
            {amount.unit: amount.sum for amount in line.quantities},
            {amount.unit: amount.sum for amount in line.values},
        )
        for line in found.commodities
    } == oracle.commodities(question)
    assert {one.code: one.count for one in found.endings} == oracle.dispositions(question)
    assert {one.code: one.count for one in found.reasons} == oracle.reasons(question)
    assert {a.agency: (a.officers, a.examined, a.found) for a in found.agencies} == oracle.agencies(question)
    count, median = oracle.waited(question)
    assert found.waiting.count == count
    if median is not None:
        assert abs(found.waiting.median - median) < timedelta(seconds=1)
    return found


def small_world() -> list[Unit]:
    """A morning's work, each trap once."""
    units = world.units()
    altynkol, dostyk, dushanbe = units
    find = Came("found", commodity="tobacco", method="scan")
    flags = [
        # found and seized in two units of quantity and two currencies, by two agencies
        Flag(
            outcomes=[find],
            decisions=[Said(at=1)],
            acts=[
                Act(
                    methods={"scan": {"done": True}, "dog": {"done": False}, "tailgate": {"done": True}},
                    agencies=("customs", "police"),
                    taken=[
                        Taken(),
                        Taken(quantity=Decimal("2.5"), quantity_unit="kg", currency="KZT", verdicts=("denies", "")),
                        Taken(removed=True),
                        Taken(verdicts=("denies", "denies")),
                    ],
                )
            ],
            state="closed",
            disposition="inspected_found",
        ),
        # three bills in one container: one case, one container, three consignments
        Flag(bills=3, outcomes=[Came()], acts=[Act()], state="closed", disposition="inspected_clean"),
        # a find that was withdrawn counts as examined, one that was superseded not at all; neither as a find or seizure
        Flag(outcomes=[replace(find, status="withdrawn")], acts=[Act(taken=[Taken()])]),
        Flag(outcomes=[find, Came(over=True)], acts=[Act(taken=[Taken()])]),
        # told by a partner: nobody here looked
        Flag(outcomes=[replace(find, source="partner_feedback")]),
        # drawn at random, clean and found
        Flag(origin="sample", outcomes=[Came()], acts=[Act()]),
        Flag(origin="sample", outcomes=[find], acts=[Act(agencies=())]),
        # not examined for two reasons; the last decision counts
        Flag(
            state="closed",
            disposition="no_examination",
            decisions=[Said(at=1), Said("no_examination", ("known_good", "explained"), 2)],
        ),
        # rules that fired when it was decided, others before
        Flag(rules=("R-1",), decided_rules=("R-2", "R-3")),
        Flag(late=True, mode="road", hours=24 * 8),
        # one hour before the period in Almaty and the last hour of it
        Flag(hours=-12),
        Flag(hours=21 * 24 - 12),
    ]
    for flag in flags:
        world.build(flag, altynkol)
    world.build(Flag(outcomes=[find], acts=[Act(state="under_way", began=None)]), dostyk)
    world.build(Flag(), dushanbe)
    world.unflagged(altynkol, boxes=2)
    again = world.unflagged(altynkol, hours=-24 * 30)
    factories.AssessmentFactory(version=factories.VersionFactory(consignment=again.version.consignment), rules=())
    shadow = factories.ReleaseFactory(unit=altynkol.parent, name="next", state="shadow")
    for assessment in (again, world.unflagged(altynkol)):
        ShadowScoreFactory(assessment=assessment, release=shadow)
    box = factories.VisitFactory(call__unit=altynkol, call__mode="rail")
    factories.AssessmentFactory(version=None, visit=box, trigger="new_visit")
    return units


def test_a_world_made_by_hand_counts_as_it_should():
    altynkol, *_others = small_world()
    found = agree(asked([altynkol]))
    assert found.all == Tally(
        profiled=16, of_those_selected=13, selected=11, drawn=2, examined=6, found=2, seized=1, no_examination=1,
        open=8, late=1, ruled_examined=4, ruled_found=1, drawn_examined=2, drawn_found=1,
    )  # fmt: skip
    assert (found.containers.selected, found.containers.examined, found.containers.found) == (11, 6, 2)
    tobacco = found.commodities[0]
    assert (tobacco.commodity, tobacco.found, tobacco.seized, tobacco.seizures) == ("tobacco", 2, 1, 2)
    assert {(amount.sum, amount.unit) for amount in tobacco.quantities} == {(100, "sticks"), (Decimal("2.5"), "kg")}
    assert {(amount.sum, amount.unit) for amount in tobacco.values} == {(500, "USD"), (500, "KZT")}
    assert {one.code: one.count for one in found.reasons} == {"known_good": 1, "explained": 1}
    assert {method.method for method in found.methods} == {"scan", "tailgate"}
    assert {one.agency: one.examined for one in found.agencies} == {"customs": 5, "police": 1}
    assert found.waiting.count == 1
    assert found.waiting.median == timedelta(hours=4)


def test_every_group_and_filter_agrees_with_a_naive_count():
    units = small_world()
    for narrowed in ({}, {"mode": "road"}, {"rule": "R-2"}, {"mode": "rail", "rule": "R-1"}):
        for group in Group:
            agree(asked(units, group=group, **narrowed))


def test_with_a_rule_chosen_the_random_sample_is_still_the_base_line():
    found = read_statistics(asked(small_world()[:1], rule="R-3"))
    assert (found.all.selected, found.all.drawn) == (1, 0)
    assert (found.all.base_rate.k, found.all.base_rate.n) == (1, 2)


def test_seized_money_is_summed_by_its_currency_and_never_across():
    (unit, *_others) = world.units()
    rows = [
        {"currency": "USD", "amount": 1000},
        {"currency": "KZT", "amount": "250000.50"},
        {"currency": "USD", "amount": "5"},
    ]
    money = Taken("currency", Decimal(251005), "amount", Decimal(1500), facts={"kind": "cash", "items": rows})
    world.build(Flag(outcomes=[Came("found", commodity="currency")], acts=[Act(taken=[money])]), unit)
    (line,) = agree(asked([unit])).commodities
    assert {(amount.unit, amount.sum) for amount in line.quantities} == {("USD", 1005), ("KZT", Decimal("250000.50"))}
    assert [(amount.unit, amount.sum) for amount in line.values] == [("USD", 1500)]


def test_what_nobody_approved_counts_nowhere():
    """Seized, examined by a method and by an agency: all from what was approved, as the find beside them is."""
    (unit, *_others) = world.units()
    find = Came("found", commodity="tobacco", method="scan")
    told = Taken(quantity=Decimal(100))
    approved = Act(state="amending", taken=[replace(told, gone=True), replace(told, late=True)])
    beside = Act(state="submitted", methods={"dog": {"done": True}}, agencies=("police",), taken=[told])
    world.build(Flag(outcomes=[find], acts=[approved, beside]), unit)
    world.build(Flag(outcomes=[find], acts=[replace(beside, state="returned")]), unit)
    found = agree(asked([unit]))
    assert (found.all.found, found.all.seized) == (2, 1)
    (tobacco,) = found.commodities
    assert (tobacco.seizures, [amount.sum for amount in tobacco.quantities]) == (1, [100])
    assert [(one.method, one.examined) for one in found.methods] == [("scan", 2)]
    assert [(one.agency, one.officers, one.examined) for one in found.agencies] == [("customs", 1, 1)]


def test_the_sums_of_the_groups_are_the_whole():
    units = small_world()
    for group in (Group.DAY, Group.WEEK, Group.MONTH, Group.MODE):
        found = read_statistics(asked(units, group=group))
        lines = found.groups or found.series
        assert sum((line.tally for line in lines), Tally()) == found.all


def test_a_country_holds_the_sum_of_its_units_in_tree_order():
    units = small_world()
    country = units[0].parent
    found = read_statistics(asked([country, *units[:2]], group=Group.UNIT))
    assert [(line.key, line.depth) for line in found.groups] == [("KZ", 0), ("ALT", 1), ("DOS", 1)]
    whole, *below = found.groups
    assert whole.tally == sum((line.tally for line in below), Tally()) == found.all


def test_nothing_at_all_divides_by_nothing():
    found = agree(asked(world.units()))
    rates = (found.all.selection, found.all.examination, found.all.hit_rate, found.all.base_rate, found.all.seizure)
    assert rates == (None,) * 5
    assert len(found.series) == 3


def test_days_are_those_of_each_units_own_zone():
    altynkol, dostyk, dushanbe = world.units()
    for unit in (altynkol, dostyk, dushanbe):
        world.build(Flag(hours=14), unit)  # 20:00 UTC: the next day in Almaty and in Auckland
    today = {"since": SINCE, "until": SINCE}
    for unit, selected in ((altynkol, 0), (dostyk, 1), (dushanbe, 0)):
        assert agree(asked([unit], **today)).all.selected == selected


def test_the_number_of_queries_does_not_grow_with_the_cases():
    units = small_world()
    question = asked(units, group=Group.UNIT)
    with CaptureQueriesContext(connection) as few:
        read_statistics(question)
    for _more in range(3):
        small_world()
    with CaptureQueriesContext(connection) as many:
        read_statistics(question)
    assert len(many) == len(few) <= 14


def test_steps_of_the_line_follow_the_length_of_the_period():
    def series(days: int) -> Group:
        return asked([], until=SINCE + timedelta(days=days - 1), group=Group.UNIT).series

    assert [series(days) for days in (14, 15, 183, 184)] == [Group.DAY, Group.WEEK, Group.WEEK, Group.MONTH]


def test_months_follow_each_other_without_a_gap():
    found = read_statistics(asked(world.units(), since=date(2025, 12, 31), until=date(2026, 3, 1), group=Group.MONTH))
    assert [line.key for line in found.series] == ["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"]


# ---- random worlds

_RULES = st.lists(st.sampled_from(["R-1", "R-2"]), unique=True, max_size=2)
_KINDS = st.sampled_from(["tobacco", "drugs", ""])
_MONEY = st.none() | st.integers(0, 900).map(Decimal)
_TAKEN = st.builds(
    Taken,
    commodity=st.sampled_from(["tobacco", "drugs"]),
    quantity=_MONEY,
    quantity_unit=st.sampled_from(["kg", "sticks"]),
    value=_MONEY,
    currency=st.sampled_from(["USD", "KZT"]),
    removed=st.booleans(),
    late=st.booleans(),
    gone=st.booleans(),
    verdicts=st.lists(st.sampled_from(["denies", "confirms", ""]), max_size=2),
)
_ACTS = st.builds(
    Act,
    state=st.sampled_from(["planned", "under_way", "submitted", "approved", "amending", "dropped"]),
    began=st.none() | st.integers(0, 9),
    methods=st.dictionaries(
        st.sampled_from(["scan", "dog"]), st.fixed_dictionaries({"done": st.booleans()}), max_size=2
    ),
    agencies=st.lists(st.sampled_from(["customs", "police"]), max_size=2),
    visit=st.integers(0, 1),
    taken=st.lists(_TAKEN, max_size=2),
)
_CAME = st.builds(
    Came,
    result=st.sampled_from(["found", "clean"]),
    status=st.sampled_from(["preliminary", "confirmed", "withdrawn"]),
    source=st.sampled_from(["own_inspection", "other_agency", "partner_feedback"]),
    commodity=_KINDS,
    method=st.sampled_from(["", "scan", "sampling"]),
    visit=st.none() | st.integers(0, 1),
    over=st.booleans(),
)
_SAID = st.builds(
    Said,
    kind=st.sampled_from(["scan", "hold_and_refer", "no_examination"]),
    reasons=st.lists(st.sampled_from(["seal", "explained"]), min_size=1, max_size=2),
    at=st.integers(0, 9),
)
_ENDS = st.sampled_from(
    [("open", ""), ("referred", ""), ("closed", "no_examination"), ("closed", "inspected_found"), ("closed", "passed")]
)
_FLAGS = st.builds(
    lambda end, **fields: Flag(state=end[0], disposition=end[1], **fields),
    end=_ENDS,
    unit=st.integers(0, 2),
    hours=st.sampled_from([-30, -12, -5, 0, 14, 24 * 9, 24 * 20 + 10, 24 * 21]),
    origin=st.sampled_from(["rules", "sample", "lookout"]),
    mode=st.sampled_from(["rail", "road", ""]),
    rules=_RULES,
    decided_rules=st.none() | _RULES,
    bills=st.integers(1, 2),
    boxes=st.integers(0, 2),
    late=st.booleans(),
    outcomes=st.lists(_CAME, max_size=3),
    decisions=st.lists(_SAID, max_size=3),
    acts=st.lists(_ACTS, max_size=2),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    flags=st.lists(_FLAGS, max_size=5),
    group=st.sampled_from(list(Group)),
    narrowed=st.sampled_from([{}, {"mode": "rail"}, {"rule": "R-1"}]),
    wide=st.booleans(),
)
def test_random_worlds_agree_with_a_naive_count(db, flags, group, narrowed, wide):
    with transaction.atomic():
        units = world.units()
        for flag in flags:
            world.build(flag, units[flag.unit])
        agree(asked(units if wide else units[:1], group=group, **narrowed))
        transaction.set_rollback(True)
