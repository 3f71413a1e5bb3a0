"""What cargo came to becomes a draft release that people can read, and nothing of it is live."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone

from pcu.accounts.roles import Role
from profiling.cases.models import Outcome
from profiling.cases.past_results import own_results
from profiling.indicators.catalogue import REGISTRY
from profiling.rules.core.checking import parse
from profiling.rules.core.reasons import unknown_placeholders
from profiling.rules.core.scoring import compile_rule, score
from profiling.rules.drafts import standing_version
from profiling.rules.errors import InvalidRuleError, OwnWorkError
from profiling.rules.models import PastRecord, Proposal, Release, Rule
from profiling.rules.proposals import approve
from profiling.rules.releases import approve_release, propose_release
from profiling.rules.services import install_starter, live_release, thresholds_of
from tests.factories import NOON, AssessmentFactory, UnitFactory, UserFactory, VersionFactory, case_in, person
from tests.factories_workbench import HistoryImportFactory, PastRecordFactory

pytestmark = pytest.mark.django_db

START = datetime(2024, 1, 1, tzinfo=UTC)


def past_of(unit: Any, *, size: int = 900, inspect: float = 1.0) -> None:
    """Imported history: by rail from TJ half holds a find, elsewhere hardly anything."""
    dice = random.Random(11)
    source = HistoryImportFactory(unit=unit)
    rows = []
    for number in range(size):
        origin, mode = dice.choice(("CN", "KZ", "TJ", "UZ")), dice.choice(("sea", "rail"))
        found = dice.random() < (0.5 if (origin, mode) == ("TJ", "rail") else 0.01)
        moment = START + timedelta(hours=12 * number)
        result = "found" if found else "clean"
        if dice.random() >= inspect:
            result = "never"
        rows.append(
            PastRecordFactory.build(
                source=source,
                row=number + 2,
                moment=moment,
                result=result,
                known_at=None if result == "never" else moment + timedelta(days=2),
                indicators={"origin_country": origin, "mode": mode, "gross_kg": float(dice.randint(1, 30_000))},
            )
        )
    PastRecord.objects.bulk_create(rows)


def learnt(unit: Any, **more: Any) -> Any:
    """Learn as an analyst of the country, who may propose and not approve."""
    analyst = person(unit.parent, Role.ANALYST)
    call_command("learn", unit=unit.code, user=analyst.username, **more)
    return analyst


def test_the_result_is_a_draft_release_and_the_live_one_stays(capsys: pytest.CaptureFixture[str]) -> None:
    unit = UnitFactory()
    live = install_starter(unit=unit.parent)
    past_of(unit)
    learnt(unit)
    draft = Release.objects.get(state=Release.State.DRAFT)
    assert draft.unit == unit.parent
    assert draft.based_on == live
    assert live_release(unit) == live
    assert set(draft.thresholds) == set(live.thresholds)
    assert thresholds_of(draft).below == thresholds_of(live).below  # refuses steps that do not fall strictly
    assert "no choice biases the score" in draft.note
    assert "finds caught; by the live release" in draft.note
    assert draft.name in capsys.readouterr().out


def test_every_learnt_rule_is_one_that_people_could_have_written() -> None:
    unit = UnitFactory()
    install_starter(unit=unit.parent)
    past_of(unit)
    learnt(unit)
    specs = REGISTRY.specs()
    versions = list(Release.objects.get(state=Release.State.DRAFT).versions.select_related("rule"))
    assert versions
    for version in versions:
        parse(version.condition, specs)
        assert version.points
        assert version.rule.expires_on > timezone.localdate()
        assert {"en", "ru"} <= set(version.titles)
        assert all(0 < len(short) <= 28 for short in version.shorts.values())
        assert not any(unknown_placeholders(reason, specs) for reason in version.reasons.values())
        assert "times the average" in version.note
    codes = [version.rule.code for version in versions if version.rule.code.startswith("L-")]
    assert len(codes) == len(set(codes)) == Rule.objects.filter(code__startswith="L-").count()


def test_the_draft_scores_what_was_dangerous_above_what_was_not() -> None:
    unit = UnitFactory()
    install_starter(unit=unit.parent)
    past_of(unit)
    learnt(unit)
    specs = REGISTRY.specs()
    rules = [
        compile_rule(code=version.rule.code, points=version.points, condition=parse(version.condition, specs))
        for version in Release.objects.get(state=Release.State.DRAFT).versions.select_related("rule")
    ]
    values = {"gross_kg": 9000.0}
    bad = score(rules, {"origin_country": "TJ", "mode": "rail", **values}).points
    good = score(rules, {"origin_country": "CN", "mode": "sea", **values}).points
    assert bad > good + 20


def test_a_second_learning_is_another_draft_with_rules_of_its_own() -> None:
    unit = UnitFactory()
    install_starter(unit=unit.parent)
    past_of(unit)
    learnt(unit)
    learnt(unit)
    first, second = Release.objects.filter(state=Release.State.DRAFT).order_by("pk")
    assert first.name != second.name
    assert not set(first.versions.all()) & set(second.versions.all())


def test_what_was_learnt_waits_for_somebody_else_before_the_release_can_be_proposed() -> None:
    unit = UnitFactory()
    install_starter(unit=unit.parent)
    past_of(unit)
    standing = {rule.pk: standing_version(rule) for rule in Rule.objects.all()}
    analyst, chief = learnt(unit), person(unit.parent, Role.SUPERVISOR)
    release = Release.objects.get(state=Release.State.DRAFT)
    assert {rule.pk: standing_version(rule) for rule in Rule.objects.filter(pk__in=standing)} == standing
    with pytest.raises(InvalidRuleError, match="not approved"):
        propose_release(release=release, user=analyst, expected_edit=release.edit)
    waiting = list(Proposal.objects.filter(verdict=""))
    assert waiting
    with pytest.raises((PermissionDenied, OwnWorkError)):
        approve(proposal=waiting[0], user=analyst)
    for proposal in waiting:
        approve(proposal=proposal, user=chief)
    proposed = propose_release(release=release, user=analyst, expected_edit=release.edit)
    assert approve_release(release=proposed, user=chief).state == Release.State.APPROVED


def test_learning_needs_a_person_who_may_write_rules() -> None:
    unit = UnitFactory()
    install_starter(unit=unit.parent)
    past_of(unit)
    for user in ("", person(unit, Role.OFFICER).username):
        with pytest.raises(CommandError):
            call_command("learn", unit=unit.code, user=user)
    assert not Release.objects.filter(state=Release.State.DRAFT).exists()


def test_a_dry_run_reports_and_makes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    unit = UnitFactory()
    install_starter(unit=unit.parent)
    past_of(unit, inspect=0.7)
    call_command("learn", unit=unit.code, dry_run=True)
    assert "Biased: learnt from what was chosen for inspection." in capsys.readouterr().out
    assert not Release.objects.filter(state=Release.State.DRAFT).exists()
    assert not Rule.objects.filter(code__startswith="L-").exists()


def test_too_little_or_nothing_to_learn_from_is_said() -> None:
    unit = UnitFactory()
    with pytest.raises(CommandError, match="no past of ALT"):
        learnt(unit)
    install_starter(unit=unit.parent)
    past_of(unit, size=20)
    with pytest.raises(CommandError, match="at least 10 are needed"):
        learnt(unit)
    with pytest.raises(CommandError, match="no unit NOWHERE"):
        call_command("learn", unit="NOWHERE", user="x")
    with pytest.raises(CommandError, match="--from lies after --to"):
        learnt(unit, since=START.date(), until=START.date() - timedelta(days=2))
    assert not Release.objects.filter(state=Release.State.DRAFT).exists()


def test_own_cargo_counts_as_found_clean_or_never_inspected_as_in_the_ledger() -> None:
    unit = UnitFactory()
    officer = UserFactory()

    def outcome(case: Any, result: str, status: str = "confirmed", **more: Any) -> Outcome:
        consignment = case.assessment.version.consignment
        return Outcome.objects.create(
            unit=unit, case=case, consignment=consignment, result=result, status=status,
            source=more.pop("source", "own_inspection"), recorded_by=officer,
            recorded_at=NOON + timedelta(hours=1), **more,
        )  # fmt: skip

    found, clean, denied, told = (case_in(unit) for _ in range(4))
    drawn = case_in(unit, origin="sample")
    outcome(found, "found")
    outcome(clean, "clean")
    outcome(denied, "found", "withdrawn", supersedes=outcome(denied, "found", "preliminary"))
    outcome(told, "found", source="partner_feedback")
    outcome(drawn, "clean")
    AssessmentFactory(version=VersionFactory(consignment__call__unit=unit), lane="green")

    rows, step = own_results(unit=unit.parent, since=NOON - timedelta(days=1), until=NOON + timedelta(days=1))
    rows = list(rows)
    assert step == 1
    assert sorted(row.result for row in rows) == ["clean", "clean", "clean", "found", "never", "never"]
    assert [row.result for row in rows if row.random] == ["clean"]
    assert {row.known_at for row in rows if row.result != "never"} == {NOON + timedelta(hours=1)}
    assert all(row.values == {"gross_kg": 1000} for row in rows)
