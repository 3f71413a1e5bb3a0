"""Changes from tablets: judged one by one, made once, in any order, and nothing lost where two disagree."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from inspections.errors import NotEditableError
from inspections.fields import Act
from inspections.models import AppliedChange, Inspection, InspectionLine, SealRecord
from inspections.recording import Change, apply_changes
from tests import factories
from tests.factories_recording import SEAL, member, planned


def change(field: str, value: Any, base: Any = None, *, line: Any = "", **fields: Any) -> Change:
    return Change(field, value, base, line=str(line.ref) if line else "", **fields)


@pytest.fixture
def record(inspection, officer):
    """Send changes as the officer, or as `by`."""

    def record(*changes: Change, by: Any = None) -> list[Any]:
        return apply_changes(inspection=inspection, user=by or officer, changes=changes)

    return record


METHOD = {
    "done": True,
    "started": "2026-03-02T11:22+05:00",
    "ended": None,
    "device": "XRV-2",
    "serial": "118",
    "handler": "",
    "dog": "",
    "note": "",
}


@pytest.mark.parametrize(
    ("field", "sent", "kept"),
    [
        ("packages_found", "840", 840),
        ("packages_found", "1 240", 1240),
        ("packages_found", "", None),
        ("gross_found_kg", "15966,5", "15966.5"),
        ("gross_found_kg", 15966, "15966"),
        ("gross_found_kg", "0", "0"),
        ("radiation_usvh", "0.11", "0.11"),
        ("radiation_background_usvh", "0.10", "0.1"),
        ("radiation_device", " RadEye 318 ", "RadEye 318"),
        ("counted_how", "counted", "counted"),
        ("weighed_how", "average", "average"),
        ("weighing_note", "Scale 2", "Scale 2"),
        ("difference_note", "224 master cases", "224 master cases"),
        ("findings", "Steel sheet\r\nriveted", "Steel sheet\nriveted"),
        ("photos_note", "The camera broke", "The camera broke"),
        ("result", "found", "found"),
        ("methods.scan", {**METHOD, "started": "2026-03-02T11:22"}, METHOD),
        ("methods.dog", {"done": False}, {}),
        ("points.front", {"state": "finding", "note": "9.92 m"}, {"state": "finding", "note": "9.92 m"}),
        (f"seals.{UUID(int=7)}", SEAL, SEAL),
    ],
)
def test_each_field_of_a_line_is_kept_in_one_form(record, inspection, line, field, sent, kept):
    (answer,) = record(change(field, sent, line=line))
    assert (answer["outcome"], answer["value"]) == ("applied", kept)
    fresh = InspectionLine.objects.get(pk=line.pk)
    stored = Act(Inspection.objects.get(pk=inspection.pk)).field(fresh, field)
    assert stored is not None
    assert stored.read() == kept


@pytest.mark.parametrize(
    ("field", "sent", "kept"),
    [
        ("place", " Shed 3 ", "Shed 3"),
        ("remarks", "Rain", "Rain"),
        ("damage", "Two cartons torn", "Two cartons torn"),
        (
            "time",
            {"started": "2026-03-02T11:10", "ended": "2026-03-02T09:02Z"},
            {"started": "2026-03-02T11:10+05:00", "ended": "2026-03-02T14:02+05:00"},
        ),
        ("present", [{"name": "O. Lim"}, {"name": " "}], [{"name": "O. Lim", "capacity": ""}]),
    ],
)
def test_each_field_of_the_act_is_kept_in_one_form(record, inspection, field, sent, kept):
    (answer,) = record(change(field, sent, "Shed 2, door 4" if field == "place" else None))
    assert (answer["outcome"], answer["value"]) == ("applied", kept)
    stored = Act(Inspection.objects.get(pk=inspection.pk)).field(None, field)
    assert stored is not None
    assert stored.read() == kept


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("packages_found", "-1", "negative"),
        ("packages_found", "many", "not_a_number"),
        ("packages_found", True, "not_a_number"),
        ("packages_found", "12.5", "not_whole"),
        ("packages_found", 10**40, "too_large"),
        ("packages_found", -(10**40), "negative"),
        ("packages_found", "NaN", "not_a_number"),
        ("gross_found_kg", "15,966", "ambiguous_number"),
        ("gross_found_kg", "-0.5", "negative"),
        ("gross_found_kg", "1e30", "too_large"),
        ("gross_found_kg", "1e-9", "too_precise"),
        ("gross_found_kg", {"kg": 1}, "not_a_number"),
        ("result", "perhaps", "not_a_choice"),
        ("found_in", str(UUID(int=9)), "not_a_choice"),
        ("findings", "x" * 4001, "too_long"),
        ("findings", 7, "not_text"),
        ("findings", ["\0"], "not_text"),
        ("methods.scan", {"started": "2026-03-02T12:00", "ended": "2026-03-02T11:59"}, "end_before_start"),
        ("methods.scan", {"started": "yesterday"}, "not_a_time"),
        ("methods.scan", {"started": "2026-13-45T12:00"}, "not_a_time"),
        ("methods.scan", {"started": "0001-01-01T00:00:00+14:00"}, "not_a_time"),
        ("methods.scan", {"started": "1926-03-02T11:00"}, "impossible_time"),
        ("methods.scan", {"ended": "2226-03-02T11:00"}, "impossible_time"),
        (f"seals.{UUID(int=7)}", {**SEAL, "at": "0226-03-02T11:00"}, "impossible_time"),
        ("methods.scan", {"done": "yes"}, "not_yes_or_no"),
        ("methods.scan", {"colour": "red"}, "not_a_record"),
        ("methods.scan", "done", "not_a_record"),
        ("points.front", {"state": "fine"}, "not_a_choice"),
        (f"seals.{UUID(int=7)}", {**SEAL, "number": ""}, "no_number"),
        (f"seals.{UUID(int=7)}", {**SEAL, "event": ""}, "no_event"),
        ("seals.seven", SEAL, "unknown_field"),
        ("methods.magic", {}, "unknown_field"),
        ("packages_declared", 1, "unknown_field"),
        ("visit", 1, "unknown_field"),
        ("vis\0it", {"\0": ["\0", "\\u0000"]}, "unknown_field"),
    ],
)
def test_what_cannot_be_is_refused_and_told_and_nothing_is_written(record, line, inspection, field, value, code):
    good = change("findings", "Nothing", line=line) if field != "findings" else change("weighing_note", "2", line=line)
    refused, kept = record(change(field, value, line=line), good)
    assert (refused["outcome"], refused["code"], kept["outcome"]) == ("refused", code, "applied")
    assert refused["message"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("time", {"started": "2026-03-02T12:00", "ended": "2026-03-02T11:00"}, "end_before_start"),
        ("team", [], "no_team"),
        ("present", "Lim", "not_a_list"),
        ("present", [{"name": "x"}] * 41, "not_a_list"),
        ("state", "approved", "unknown_field"),
        ("version", 7, "unknown_field"),
    ],
)
def test_what_cannot_be_of_the_act_is_refused_too(record, inspection, field, value, code):
    (refused,) = record(change(field, value))
    assert (refused["outcome"], refused["code"]) == ("refused", code)


def test_a_line_of_another_act_is_no_line_of_this_one(record, altynkol, officer):
    other = planned(factories.case_in(altynkol), officer).lines.get()
    (answer,) = record(change("findings", "Mine", line=other))
    assert (answer["outcome"], answer["code"]) == ("refused", "unknown_field")
    other.refresh_from_db()
    assert other.findings == ""


def test_a_seal_of_another_line_is_not_taken_over(record, inspection, line):
    ref = uuid4()
    record(change(f"seals.{ref}", SEAL, line=line))
    (answer,) = record(change(f"seals.{ref}", {**SEAL, "number": "X"}, line=inspection.lines.last()))
    assert answer["code"] == "another_line"
    assert SealRecord.objects.get().number == SEAL["number"]


def test_a_seal_is_changed_and_taken_out_by_its_own_id(record, line):
    field = f"seals.{uuid4()}"
    record(change(field, SEAL, line=line))
    record(change(field, {**SEAL, "condition": "broken"}, SEAL, line=line))
    assert SealRecord.objects.get().condition == "broken"
    (answer,) = record(change(field, None, {**SEAL, "condition": "broken"}, line=line))
    assert (answer["outcome"], answer["value"]) == ("applied", None)
    assert not SealRecord.objects.exists()


def test_a_find_names_a_consignment_of_the_case_or_of_the_container(record, line, case):
    loaded = factories.LoadingFactory(visit=line.visit).version.consignment
    for ref in (case.consignments.get().ref, loaded.ref):
        (answer,) = record(change("found_in", str(ref), line.found_in and str(line.found_in.ref), line=line))
        assert answer["outcome"] == "applied"
        line.refresh_from_db()
        assert line.found_in.ref == ref


def test_the_team_and_persons_present_change_and_stay_who_they_were(record, inspection, officer, colleague):
    kept = inspection.team.get()
    team = [member(officer), member(colleague, leads=False)]
    (answer,) = record(change("team", team, [member(officer, agency="customs")]))
    assert answer["outcome"] == "applied"
    assert inspection.team.get(user=officer).pk == kept.pk
    assert inspection.team.count() == 2
    assert colleague.last_name in answer["shown"]


def test_more_than_declared_is_a_hint_until_it_is_explained(record, line):
    InspectionLine.objects.update(packages_declared=616)
    (hinted,) = record(change("packages_found", "840", line=line))
    assert (hinted["outcome"], bool(hinted["hint"])) == ("applied", True)
    _note, explained = record(
        change("difference_note", "Behind the wall", line=line), change("packages_found", "841", 840, line=line)
    )
    assert explained["hint"] == ""


def test_the_first_thing_recorded_of_a_line_begins_the_examination_and_a_change_of_the_plan_does_not(
    record, inspection, line, case
):
    record(change("place", "Shed 3"))
    inspection.refresh_from_db()
    assert inspection.state == "planned"
    record(change("findings", "Cartons", line=line))
    inspection.refresh_from_db()
    assert (inspection.state, inspection.started_at) == ("under_way", None)
    assert case.events.filter(kind="exam_started").count() == 1


# ---- repeats, races


def test_what_is_sent_again_is_answered_as_before_and_made_once(record, inspection, line):
    one = change("findings", "Cartons", line=line)
    first = record(one)
    version = Inspection.objects.get().version
    assert record(one, one) == first * 2
    assert AppliedChange.objects.count() == 1
    assert Inspection.objects.get().version == version


def test_what_was_answered_before_is_answered_again_after_the_act_was_submitted_and_nothing_else(
    record, inspection, line
):
    one = change("findings", "Cartons", line=line)
    first = record(one)
    Inspection.objects.update(state="submitted")
    assert record(one) == first
    with pytest.raises(NotEditableError):
        record(one, change("findings", "Boxes", line=line))
    line.refresh_from_db()
    assert line.findings == "Cartons"


def test_of_two_who_write_one_field_the_second_is_told_and_chooses(record, line, colleague):
    record(change("findings", "Cartons", "", line=line, tablet=uuid4(), turn=1))
    mine = change("findings", "Boxes", "", line=line, tablet=uuid4(), turn=1)
    (answer,) = record(mine, by=colleague)
    assert (answer["outcome"], answer["shown"], answer["yours"]) == ("conflict", "Cartons", "Boxes")
    assert answer["by"]
    line.refresh_from_db()
    assert line.findings == "Cartons"
    (chosen,) = record(change("findings", "Boxes", answer["value"], line=line), by=colleague)
    assert chosen["outcome"] == "applied"


def test_two_who_write_the_same_agree(record, line, colleague):
    record(change("packages_found", "840", line=line, tablet=uuid4()))
    (answer,) = record(change("packages_found", 840, line=line, tablet=uuid4()), by=colleague)
    assert answer["outcome"] == "applied"


def test_two_persons_at_one_tablet_are_two(record, line, colleague):
    tablet = uuid4()
    record(change("findings", "Cartons", "", line=line, tablet=tablet, turn=1))
    (answer,) = record(change("findings", "Boxes", "", line=line, tablet=tablet, turn=2), by=colleague)
    assert answer["outcome"] == "conflict"


def test_who_may_not_examine_records_nothing(record, line, analyst, outsider):
    for user in (analyst, outsider):
        with pytest.raises(PermissionDenied):
            record(change("findings", "Cartons", line=line), by=user)


def test_the_number_of_queries_grows_with_the_changes_only_by_what_each_writes(record, line):
    def queries(count: int) -> int:
        changes = [change("findings", f"{count} {n}", line=line, tablet=UUID(int=1), turn=n) for n in range(count)]
        with CaptureQueriesContext(connection) as captured:
            record(*changes)
        return len(captured)

    queries(1)
    few = queries(10)
    assert queries(20) - few == 10


# ---- any order

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "packages_found": st.one_of(st.integers(-3, 50), st.sampled_from(["", "12", "x", "1,000"])),
    "findings": st.sampled_from(["", "Cartons", " Cartons ", "Boxes", 7]),
    "result": st.sampled_from(["", "found", "clean", "perhaps"]),
    "points.floor": st.fixed_dictionaries({"state": st.sampled_from(["", "ok", "finding", "?"])}),
    "methods.scan": st.fixed_dictionaries(
        {
            "done": st.booleans(),
            "started": st.sampled_from([None, "2026-03-02T11:00", "2026-03-02T12:00"]),
            "ended": st.sampled_from([None, "2026-03-02T11:30"]),
        }
    ),
    f"seals.{UUID(int=7)}": st.sampled_from([None, SEAL, {**SEAL, "condition": "broken"}, {**SEAL, "number": ""}]),
}
ONE = st.sampled_from(sorted(FIELDS)).flatmap(lambda name: st.tuples(st.just(name), FIELDS[name]))


def state_of(inspection: Inspection) -> dict[str, Any]:
    fresh = Inspection.objects.get(pk=inspection.pk)
    act = Act(fresh)
    line = fresh.lines.first()
    return {name: act.field(line, name).read() for name in FIELDS}  # type: ignore[union-attr]


@hypothesis_settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(written=st.lists(ONE, min_size=1, max_size=10), data=st.data())
def test_one_tablet_may_deliver_in_any_order_and_again_and_the_act_is_the_same(altynkol, officer, written, data):
    def inspection() -> Inspection:
        return planned(factories.case_in(altynkol), officer)

    def changes(of: Inspection) -> list[Change]:
        line, tablet = of.lines.first(), uuid4()
        stands: dict[str, Any] = {}
        made = []
        for turn, (name, value) in enumerate(written):
            made.append(change(name, value, stands.get(name), line=line, tablet=tablet, turn=turn))
            stands[name] = value
        return made

    straight, shuffled = inspection(), inspection()
    apply_changes(inspection=straight, user=officer, changes=changes(straight))
    sent = changes(shuffled)
    order = data.draw(st.permutations(sent)) + data.draw(st.lists(st.sampled_from(sent), max_size=5))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=3)))
    outcomes = []
    for begin, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
        outcomes += apply_changes(inspection=shuffled, user=officer, changes=order[begin:end])
    assert state_of(shuffled) == state_of(straight)
    assert "conflict" not in {answer["outcome"] for answer in outcomes}


@hypothesis_settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(moves=st.lists(st.tuples(st.booleans(), st.sampled_from("abc")), min_size=1, max_size=8))
def test_of_two_tablets_nothing_is_overwritten_that_its_writer_had_not_seen(altynkol, officer, colleague, moves):
    inspection = planned(factories.case_in(altynkol), officer)
    line = inspection.lines.first()
    people = {True: (officer, uuid4()), False: (colleague, uuid4())}
    seen = {True: "", False: ""}
    stands, writer = "", None
    for turn, (who, word) in enumerate(moves):
        user, tablet = people[who]
        one = change("findings", word, seen[who], line=line, tablet=tablet, turn=turn)
        (answer,) = apply_changes(inspection=inspection, user=user, changes=[one])
        if answer["outcome"] == "applied":
            assert writer in (None, who) or seen[who] == stands or word == stands
            stands, writer = word, who
            seen[who] = word
        else:
            assert (answer["outcome"], answer["shown"], answer["yours"]) == ("conflict", stands, word)
            seen[who] = answer["value"]
    assert InspectionLine.objects.get(pk=line.pk).findings == stands
