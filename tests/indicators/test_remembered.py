"""What a unit remembers: results as known, firms over time, contacts, peers, stays; nothing that came later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pcu.accounts.models import Unit
from profiling.cargo.movements import load_movements
from profiling.cases.choices import OutcomeSource, OutcomeStatus, Result
from profiling.cases.models import Case, Outcome
from profiling.cases.outcomes import record_outcome
from profiling.cases.remembered import rebuild_results
from profiling.formats import records as r
from profiling.indicators.compute import compute
from profiling.indicators.history import History
from profiling.indicators.lookup import read_consignments
from profiling.indicators.memory import Memory, Results, Spread, Who
from profiling.indicators.models import PeerGroup, PriorResult
from profiling.indicators.peers import KEPT, count_peers
from profiling.parties.models import PartyContact
from profiling.rules.models import Assessment, ShadowScore
from tests.factories import (
    AssessmentFactory,
    CaseFactory,
    CountryFactory,
    HoldFactory,
    LaneFactory,
    ReleaseFactory,
    person,
)
from tests.factories_workbench import ShadowScoreFactory
from tests.indicators.subjects import past, plain_consignment
from tests.indicators.test_lookup import HERE, NOW, Push, _no_misfit, bill, box

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MISSING = None


def a_unit(code: str = "ALT", since: date | None = date(2023, 1, 1)) -> Unit:
    country = CountryFactory(code="KZ")
    return Unit.objects.create(
        code=code, names={"en": code}, country="KZ", time_zone="Asia/Almaty", history_since=since, parent=country
    )


def values_of(unit: Unit, version: int, as_of: datetime | None = None) -> dict[str, Any]:
    facts, history = read_consignments(unit=unit, version_ids=[version], as_of=as_of)
    (computed,) = compute(facts, history)
    assert computed.faults == ()
    return computed.values


def a_case(unit: Unit, version: int, *, at: datetime, score: int = 80, lane: str = "red", **said: Any) -> Case:
    assessment = AssessmentFactory(version_id=version, unit=unit, score=score, lane=lane, created_at=at, **said)
    return CaseFactory(assessment=assessment, boxes=0)


class Desk:
    """A unit whose messages come when they are told to, and whose outcomes are known when they are told to."""

    def __init__(self) -> None:
        self.unit = a_unit()
        self.push = Push(self.unit)
        self.officer = person(self.unit)

    def bill(self, at: datetime, number: str = "1", **said: Any) -> int:
        (version,) = self.push.bills(self.push.message(at), bill(number, **said))
        return version

    def outcome(self, case: Case, at: datetime, clock: Clock, result: Result = Result.FOUND, **said: Any) -> Outcome:
        clock.move_to(at)
        given = {
            "unit": self.unit,
            "user": self.officer,
            "status": OutcomeStatus.CONFIRMED,
            "source": OutcomeSource.OWN_INSPECTION,
            "consignment": case.consignments.first(),
        }
        return record_outcome(case=case, result=result, **{**given, **said})


class Clock:
    """Says what time it is to the services."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def move_to(self, at: datetime) -> None:
        self._patch.setattr(timezone, "now", lambda: at)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_find_is_remembered_of_the_firms_the_pair_the_lane_and_the_heading(desk: Desk, clock: Clock) -> None:
    first = desk.bill(NOW - 30 * DAY)
    desk.outcome(a_case(desk.unit, first, at=NOW - 30 * DAY), NOW - 20 * DAY, clock)
    found = values_of(desk.unit, desk.bill(NOW, "2"))
    for code in ("consignee_finds_24m", "shipper_finds_24m", "pair_finds_24m", "lane_finds_24m"):
        assert found[code] == 1, code
    assert found["consignee_days_since_find"] == 20
    assert found["nearest_find"] == "pair"
    assert "consignee_find_percent" not in found  # one examination is no rate
    other = values_of(desk.unit, desk.bill(NOW, "3", shipper="New Maker", consignee="New Buyer"))
    assert (other["consignee_finds_24m"], other["nearest_find"]) == (0, "lane")
    swapped = values_of(desk.unit, desk.bill(NOW, "4", shipper="Steppe Trade", consignee="New Buyer"))
    assert (swapped["shipper_finds_24m"], swapped["nearest_find"]) == (1, "shipper")


def test_a_result_counts_from_when_it_was_known_and_until_it_was_replaced(desk: Desk, clock: Clock) -> None:
    case = a_case(desk.unit, desk.bill(NOW - 30 * DAY), at=NOW - 30 * DAY)
    told = desk.outcome(case, NOW - 20 * DAY, clock, status=OutcomeStatus.PRELIMINARY)
    desk.outcome(case, NOW - 10 * DAY, clock, Result.CLEAN, supersedes=told)
    before, between, after = (
        values_of(desk.unit, desk.bill(NOW - days * DAY, f"at{days}"))["consignee_finds_24m"] for days in (25, 15, 5)
    )
    assert (before, between, after) == (0, 1, 0)


def test_a_withdrawn_result_is_remembered_no_more(desk: Desk, clock: Clock) -> None:
    case = a_case(desk.unit, desk.bill(NOW - 30 * DAY), at=NOW - 30 * DAY)
    told = desk.outcome(case, NOW - 20 * DAY, clock)
    desk.outcome(case, NOW - 10 * DAY, clock, status=OutcomeStatus.WITHDRAWN, supersedes=told)
    assert values_of(desk.unit, desk.bill(NOW, "2"))["consignee_finds_24m"] == 0
    assert values_of(desk.unit, desk.bill(NOW - 15 * DAY, "3"))["consignee_finds_24m"] == 1


def test_a_later_version_does_not_count_its_own_find(desk: Desk, clock: Clock) -> None:
    first = desk.push.message(NOW - 30 * DAY)
    (version,) = desk.push.bills(first, bill("1"))
    desk.outcome(a_case(desk.unit, version, at=NOW - 30 * DAY), NOW - 20 * DAY, clock)
    (again,) = desk.push.bills(desk.push.message(NOW, call=first.call, function="replace"), bill("1", packages=51))
    assert values_of(desk.unit, again)["consignee_finds_24m"] == 0


def test_a_rate_needs_five_examinations_and_partners_only_add_finds(desk: Desk, clock: Clock) -> None:
    for number in range(5):
        case = a_case(desk.unit, desk.bill(NOW - 30 * DAY, f"old{number}"), at=NOW - 30 * DAY)
        desk.outcome(case, NOW - 20 * DAY, clock, Result.CLEAN if number else Result.FOUND)
    case = a_case(desk.unit, desk.bill(NOW - 30 * DAY, "told"), at=NOW - 30 * DAY)
    desk.outcome(case, NOW - 19 * DAY, clock, source=OutcomeSource.PARTNER_FEEDBACK)
    case = a_case(desk.unit, desk.bill(NOW - 30 * DAY, "told clean"), at=NOW - 30 * DAY)
    desk.outcome(case, NOW - 19 * DAY, clock, Result.CLEAN, source=OutcomeSource.PARTNER_FEEDBACK)
    found = values_of(desk.unit, desk.bill(NOW, "2"))
    assert found["consignee_find_percent"] == found["heading_find_percent"] == 20.0
    assert found["consignee_finds_24m"] == 2


def test_nothing_found_says_nothing_while_the_history_is_short(desk: Desk, clock: Clock) -> None:
    Unit.objects.filter(pk=desk.unit.pk).update(history_since=date(2026, 1, 1))
    desk.unit.refresh_from_db()
    assert "consignee_finds_24m" not in values_of(desk.unit, desk.bill(NOW - 30 * DAY))
    case = a_case(desk.unit, desk.bill(NOW - 29 * DAY, "2"), at=NOW - 29 * DAY)
    desk.outcome(case, NOW - 20 * DAY, clock)
    assert values_of(desk.unit, desk.bill(NOW, "3"))["consignee_finds_24m"] == 1


def test_a_find_in_a_shared_container_is_nobodys_unless_it_says_whose(desk: Desk, clock: Clock) -> None:
    shared = (r.Loading("CSQU3054383", 5, Decimal(100)),)
    one, other = desk.push.bills(
        desk.push.message(NOW - 30 * DAY),
        bill("1", loadings=shared),
        bill("2", loadings=shared, consignee="Other"),
        equipment=(box(),),
    )
    case = a_case(desk.unit, one, at=NOW - 30 * DAY)
    visit = case.assessment.version.loadings.get().visit
    case.visits.add(visit)
    told = desk.outcome(case, NOW - 20 * DAY, clock, visit=visit, consignment=None)
    assert not PriorResult.objects.exists()
    desk.outcome(case, NOW - 19 * DAY, clock, Result.CLEAN, visit=visit, consignment=None, supersedes=told)
    assert PriorResult.objects.values("consignment").distinct().count() == 2
    assert other != one


def test_results_are_made_anew_as_they_were(desk: Desk, clock: Clock) -> None:
    case = a_case(desk.unit, desk.bill(NOW - 30 * DAY), at=NOW - 30 * DAY)
    told = desk.outcome(case, NOW - 20 * DAY, clock)
    desk.outcome(case, NOW - 10 * DAY, clock, Result.CLEAN, supersedes=told)
    columns = ("unit", "consignment", "source", "subject", "found", "own", "known_from", "known_until")
    before = sorted(PriorResult.objects.values_list(*columns), key=str)
    assert before
    call_command("rebuild_results")
    assert sorted(PriorResult.objects.values_list(*columns), key=str) == before
    assert rebuild_results() == 2


def test_another_units_results_stay_its_own(desk: Desk, clock: Clock) -> None:
    case = a_case(desk.unit, desk.bill(NOW - 30 * DAY), at=NOW - 30 * DAY)
    desk.outcome(case, NOW - 20 * DAY, clock)
    foreign = a_unit("DOS")
    push = Push(foreign)
    (version,) = push.bills(push.message(NOW), bill("2"))
    found = values_of(foreign, version)
    assert (found["consignee_finds_24m"], found["lane_finds_24m"]) == (0, 0)
    assert "nearest_find" not in found


def test_points_and_flags_of_a_consignee_add_up_over_thirty_days(desk: Desk) -> None:
    for code in ("red", "green"):
        LaneFactory(unit=desk.unit.parent, code=code)
    for days, score, lane, sampled in (
        (40, 90, "red", False),
        (29, 40, "red", False),
        (10, 15, "green", False),
        (5, 5, "red", True),
    ):
        version = desk.bill(NOW - days * DAY, f"old{days}")
        AssessmentFactory(
            version_id=version, unit=desk.unit, score=score, lane=lane, sampled=sampled, created_at=NOW - days * DAY
        )
    found = values_of(desk.unit, desk.bill(NOW, "2"))
    assert (found["consignee_points_30d"], found["consignee_flags_30d"]) == (60, 1)
    stranger = values_of(desk.unit, desk.bill(NOW, "3", consignee="Stranger"))
    assert (stranger["consignee_points_30d"], stranger["consignee_flags_30d"]) == (0, 0)
    nobody = values_of(desk.unit, desk.bill(NOW, "4", parties=()))
    assert "consignee_points_30d" not in nobody


def test_each_consignment_counts_by_its_last_score_before_the_moment(desk: Desk) -> None:
    version = desk.bill(NOW - 3 * DAY)
    for at, score in ((NOW - 3 * DAY, 40), (NOW - 2 * DAY, 50), (NOW + DAY, 90)):
        AssessmentFactory(version_id=version, unit=desk.unit, score=score, created_at=at)
    shadow = ReleaseFactory(unit=desk.unit.parent, name="shadow", state="shadow")
    for assessment in Assessment.objects.filter(version=version):
        ShadowScoreFactory(assessment=assessment, score=70, created_at=NOW - DAY, release=shadow)
    assert values_of(desk.unit, desk.bill(NOW, "2"))["consignee_points_30d"] == 50
    assert ShadowScore.objects.filter(score=70).count() == 3


def test_bills_of_a_pair_in_the_days_before(desk: Desk) -> None:
    for hours in (24 * 8, 24 * 6, 3):
        desk.bill(NOW - timedelta(hours=hours), f"old{hours}")
    assert values_of(desk.unit, desk.bill(NOW, "2"))["pair_bills_7d"] == 2
    assert values_of(desk.unit, desk.bill(NOW, "3", consignee="Other"))["pair_bills_7d"] == 0


def with_contact(contact: str, name: str = "Steppe Trade") -> tuple[r.Party, ...]:
    return r.Party(r.PartyRole.SHIPPER, "Qianhe Co"), r.Party(r.PartyRole.CONSIGNEE, name, contact=contact)


def test_a_contact_is_shared_or_new_by_what_was_given_before(desk: Desk) -> None:
    desk.bill(NOW - 9 * DAY, "1", parties=with_contact("+7 701 555-12-34, Info@Steppe.kz"))
    desk.bill(NOW - 8 * DAY, "2", parties=with_contact("8 (701) 5551234", "Second"))
    desk.bill(NOW - 8 * DAY, "3", parties=with_contact("tel 701 555 12 34", "Third"))
    same = values_of(desk.unit, desk.bill(NOW, "4", parties=with_contact("info@steppe.kz")))
    assert (same["consignee_contact_firms"], same["consignee_contact_unseen"]) == (0, False)
    shared = values_of(desk.unit, desk.bill(NOW, "5", parties=with_contact("7015551234")))
    assert (shared["consignee_contact_firms"], shared["consignee_contact_unseen"]) == (2, False)
    new = values_of(desk.unit, desk.bill(NOW, "6", parties=with_contact("+998 90 123 45 67")))
    assert (new["consignee_contact_firms"], new["consignee_contact_unseen"]) == (0, True)
    first = values_of(desk.unit, desk.bill(NOW, "7", parties=with_contact("+7 701 555 12 34", "Fourth")))
    assert first["consignee_contact_firms"] == 3
    assert "consignee_contact_unseen" not in first
    assert "consignee_contact_firms" not in values_of(desk.unit, desk.bill(NOW, "8"))
    early = values_of(desk.unit, desk.bill(NOW - 8 * DAY - timedelta(hours=1), "9", parties=with_contact("7015551234")))
    assert early["consignee_contact_firms"] == 0


def test_a_contact_keeps_the_first_time_whatever_order_messages_come_in(desk: Desk) -> None:
    desk.bill(NOW, "1", parties=with_contact("7015551234"))
    desk.bill(NOW - 5 * DAY, "2", parties=with_contact("7015551234"))
    desk.bill(NOW + DAY, "3", parties=with_contact("7015551234"))
    assert PartyContact.objects.get().first_seen_at == NOW - 5 * DAY


def goods(value: str, *, origin: str = "CN", code: str = "630232", **more: Any) -> dict[str, Any]:
    item = r.Item(1, "Bed linen", commodity=r.Commodity(code), gross_kg=Decimal(1000))
    return {
        "value": Decimal(value),
        "currency": "USD",
        "volume_m3": Decimal(4),
        "freight": Decimal(100),
        "freight_currency": "USD",
        "origin_country": origin,
        "items": (item,),
        **more,
    }


def peers_of(desk: Desk, at: datetime) -> None:
    bills = [bill(f"p{n}", **goods(str(1000 + 100 * n), freight=Decimal(50 + n))) for n in range(41)]
    desk.push.bills(desk.push.message(at), *bills)


def test_a_value_is_held_against_its_peers_of_the_last_count(desk: Desk) -> None:
    peers_of(desk, NOW - 9 * DAY)
    early = desk.bill(NOW - 8 * DAY, "early", **goods("30000"))
    assert count_peers(unit=desk.unit, until=NOW - DAY) == 5
    usual = values_of(desk.unit, desk.bill(NOW, "usual", **goods("3000", freight=Decimal(70))))
    assert usual["value_per_kg_robust_z"] == pytest.approx(0, abs=0.1)
    assert usual["freight_percentile"] == pytest.approx(50, abs=3)
    assert "density_robust_z" not in usual  # its peers are all alike
    dear = values_of(desk.unit, desk.bill(NOW, "dear", **goods("30000", freight=Decimal(5000))))
    assert dear["value_per_kg_robust_z"] > 3
    assert dear["freight_percentile"] == 100.0
    assert "value_per_kg_robust_z" not in values_of(desk.unit, early)
    for changes in ({"currency": "EUR"}, {"origin_country": "TR"}, {"value": None}):
        other = values_of(desk.unit, desk.bill(NOW, str(changes), **{**goods("3000"), **changes}))
        assert "value_per_kg_robust_z" not in other, changes


def test_a_mixed_load_has_no_peers(desk: Desk) -> None:
    peers_of(desk, NOW - 9 * DAY)
    count_peers(unit=desk.unit, until=NOW - DAY)
    mixed = (*goods("1")["items"], r.Item(2, "Shoes", commodity=r.Commodity("640399"), gross_kg=Decimal(10)))
    found = values_of(desk.unit, desk.bill(NOW, "mixed", **goods("3000", items=mixed)))
    assert "value_per_kg_robust_z" not in found
    assert "origin_unseen_for_heading" not in found


def test_an_origin_is_new_only_for_a_heading_that_came_before(desk: Desk) -> None:
    peers_of(desk, NOW - 9 * DAY)
    count_peers(unit=desk.unit, until=NOW - DAY)
    assert values_of(desk.unit, desk.bill(NOW, "1", **goods("1")))["origin_unseen_for_heading"] is False
    assert values_of(desk.unit, desk.bill(NOW, "2", **goods("1", origin="TR")))["origin_unseen_for_heading"] is True
    assert "origin_unseen_for_heading" not in values_of(desk.unit, desk.bill(NOW, "3", **goods("1", code="640399")))


def test_what_was_cancelled_is_no_peer_and_old_counts_go(desk: Desk) -> None:
    first = desk.push.message(NOW - 9 * DAY)
    desk.push.bills(first, bill("1", **goods("1000")))
    desk.push.bills(desk.push.message(NOW - 8 * DAY, call=first.call, function="cancel"), bill("1", **goods("1000")))
    assert count_peers(unit=desk.unit, until=NOW - 7 * DAY) == 0
    desk.bill(NOW - 6 * DAY, "2", **goods("1000"))
    assert count_peers(unit=desk.unit, until=NOW) == 5
    assert count_peers(unit=desk.unit, until=NOW + KEPT + DAY) == 5
    assert not PeerGroup.objects.filter(counted_until=NOW).exists()


def test_the_command_counts_the_units_it_is_told(desk: Desk, clock: Clock) -> None:
    clock.move_to(NOW)
    desk.bill(NOW - DAY, "1", **goods("1000"))
    call_command("count_peers", desk.unit.code)
    assert set(PeerGroup.objects.values_list("unit", "counted_until")) == {(desk.unit.pk, NOW)}
    with pytest.raises(CommandError, match="NOPE"):
        call_command("count_peers", "NOPE")


def test_the_stays_of_a_container(desk: Desk) -> None:
    loaded = (r.Loading("CSQU3054383"),)
    desk.push.bills(desk.push.message(NOW - 20 * DAY), bill("1", loadings=loaded), equipment=(box(),))
    desk.push.bills(desk.push.message(NOW - timedelta(hours=6)), bill("2", loadings=loaded), equipment=(box(),))
    (version,) = desk.push.bills(desk.push.message(NOW), bill("3", loadings=loaded), equipment=(box(),))
    found = values_of(desk.unit, version)
    assert found["container_stays_24m"] == 2
    assert found["container_hours_since_last"] == found["container_elsewhere_hours"] == pytest.approx(6)
    desk.push.bills(desk.push.message(NOW + timedelta(hours=1)), bill("4", loadings=loaded), equipment=(box(),))
    assert values_of(desk.unit, version) == found
    assert "container_stays_24m" not in values_of(desk.unit, desk.bill(NOW, "5"))


def test_how_long_a_container_has_stood_is_told_by_movements_known_by_then(desk: Desk) -> None:
    first = desk.push.message(NOW)
    (version,) = desk.push.bills(first, bill("1", loadings=(r.Loading("CSQU3054383"),)), equipment=(box(),))
    landed = r.Movement(
        *(HERE, r.Span(0, 1), "CSQU3054383", r.EquipmentKind.CONTAINER, r.MovementKind.DISCHARGED),
        at=r.MessageTime("", "minute", datetime(2026, 5, 12, 15, 30)),
    )
    left = replace(
        landed,
        event=r.MovementKind.GATE_OUT,
        at=r.MessageTime("", "minute", datetime(2026, 5, 13, 15, 30)),
    )
    for movement, at in ((landed, NOW + timedelta(hours=2)), (left, NOW + timedelta(days=2))):
        load_movements(
            unit=desk.unit, submission=first.submission, header=first.header, movements=[movement],
            on_misfit=_no_misfit, received_at=at,
        )  # fmt: skip
    landed_at = datetime(2026, 5, 12, 15, 30, tzinfo=desk.unit.zone)
    assert "container_dwell_hours" not in values_of(desk.unit, version)
    standing = values_of(desk.unit, version, as_of=landed_at + timedelta(hours=12))
    assert standing["container_dwell_hours"] == pytest.approx(12)
    gone = values_of(desk.unit, version, as_of=landed_at + timedelta(days=9))
    assert gone["container_dwell_hours"] == pytest.approx(24)


def test_an_amendment_after_a_hold(desk: Desk) -> None:
    loaded = (r.Loading("CSQU3054383"),)
    first = desk.push.message(NOW - 3 * DAY)
    (version,) = desk.push.bills(first, bill("1", loadings=loaded), equipment=(box(),))
    case = a_case(desk.unit, version, at=NOW - 3 * DAY)
    visit = case.assessment.version.loadings.get().visit
    case.visits.add(visit)
    (before,) = desk.push.bills(
        desk.push.message(NOW - 2 * DAY, call=first.call), bill("1", loadings=loaded, packages=51)
    )
    HoldFactory(case=case, visit=visit, placed_at=NOW - DAY)
    (after,) = desk.push.bills(desk.push.message(NOW, call=first.call), bill("1", loadings=loaded, packages=52))
    assert "amended_after_hold" not in values_of(desk.unit, version)
    assert values_of(desk.unit, before)["amended_after_hold"] is False
    assert values_of(desk.unit, after)["amended_after_hold"] is True


def test_a_first_message_is_remembered_in_three_queries_whatever_its_size(desk: Desk) -> None:
    bills = [
        bill(str(n), consignee=f"Firm {n}", loadings=(r.Loading(f"CSQU30543{n:02d}"),), **goods("1000"))
        for n in range(30)
    ]
    ids = desk.push.bills(desk.push.message(NOW), *bills)
    counts = []
    for size in (1, 30):
        with CaptureQueriesContext(connection) as queries:
            read_consignments(unit=desk.unit, version_ids=ids[:size])
        tables = ("indicators_priorresult", "rules_assessment", "JOIN cargo_conveyancecall k ON k.id = w.call_id")
        told = [sum(table in query["sql"] for query in queries) for table in tables]
        assert told == [1, 1, 1]
        assert not any("cases_hold" in query["sql"] for query in queries)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_robust_z_does_not_follow_the_outliers_it_is_to_find() -> None:
    usual = Spread(100, tuple(1.0 + n / 20 for n in range(21)))
    wild = Spread(100, (*usual.quantiles[:-1], 1e9))
    assert usual.robust_z(1.5) == pytest.approx(0)
    assert usual.robust_z(10) == wild.robust_z(10)
    assert usual.robust_z(0) is usual.robust_z(-1) is None
    assert replace(usual, size=19).robust_z(2) is None
    assert Spread(100, (2.0,) * 21).robust_z(5) is None
    assert Spread(100, (0.0, *usual.quantiles[1:])).robust_z(2) is None
    assert Spread(100).robust_z(1) is Spread(100).percentile(1) is None


def test_a_percentile_is_read_between_the_quantiles() -> None:
    spread = Spread(20, tuple(float(n) for n in range(21)))
    assert [spread.percentile(x) for x in (-1, 0, 10, 10.5, 20, 21)] == [0, 0, 50, 52.5, 100, 100]
    assert Spread(19, spread.quantiles).percentile(1) is None
    alike = Spread(20, (1.0,) * 21)
    assert (alike.percentile(1), alike.percentile(2)) == (0, 100)


def test_the_nearest_find_goes_from_both_firms_to_the_heading() -> None:
    def nearest(**finds: int) -> Any:
        memory = Memory(results={Who(who): Results(finds=number) for who, number in finds.items()})
        subject = plain_consignment()
        return compute([subject], History({subject.key: past(memory=memory)}))[0].values.get("nearest_find")

    assert nearest(heading=1, shipper=0) == "heading"
    assert nearest(heading=1, lane=1, notify=1) == "notify"
    assert nearest(consignee=1, pair=1) == "pair"
    assert nearest(carrier=5) is nearest() is MISSING
