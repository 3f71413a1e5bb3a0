"""From the bytes of a push to rows, assessments and cases."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from pcu.accounts.roles import Role
from pcu.accounts.services import create_person, grant
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import (
    Consignment,
    ConsignmentVersion,
    ConveyanceCall,
    EquipmentVisit,
    GoodsItem,
    Loading,
    Placement,
    SealObservation,
)
from profiling.cases.models import Case, CaseEvent
from profiling.formats.generate import generate_cuscar
from profiling.intake import reading
from profiling.intake import services as intake
from profiling.intake.errors import EmptyUpload, IdempotencyConflict, UploadTooLarge
from profiling.parties.models import Party
from profiling.rules.models import Assessment, Release
from profiling.rules.services import NoLiveReleaseError
from tests.intake.conftest import FIXTURES, do_all_jobs

SEA = (FIXTURES / "sea.edi").read_bytes()
RAIL = (FIXTURES / "rail.json").read_bytes()
ROAD = (FIXTURES / "road.json").read_bytes()


@pytest.mark.parametrize("content", [SEA, RAIL, ROAD], ids=["sea", "rail", "road"])
def test_every_accepted_bill_becomes_a_version_with_an_assessment(push, content):
    submission = push(content)
    assert submission.status == "done", submission.failure
    assert submission.read_count == submission.accepted_count + submission.refused_count
    versions = ConsignmentVersion.objects.filter(submission=submission)
    assert versions.count() == submission.accepted_count > 0
    assert Assessment.objects.filter(version__in=versions).count() == versions.count()
    flagged = Assessment.objects.filter(unit=submission.unit).exclude(recommended_lane__mark="n").count()
    assert submission.flagged_count == flagged == Case.objects.count()
    assert CaseEvent.objects.filter(kind="opened").count() == Case.objects.count()


def test_forty_containers_on_one_note_stand_on_their_wagons(push):
    push(RAIL)
    busiest = max(ConsignmentVersion.objects.all(), key=lambda version: version.loadings.count())
    assert busiest.loadings.count() == 40
    containers = Loading.objects.filter(version=busiest).values("visit")
    assert Placement.objects.filter(visit__in=containers).count() == 40
    assert set(Placement.objects.values_list("carrier__kind", flat=True)) == {"wagon"}
    assert SealObservation.objects.exists()


def test_equipment_without_a_bill_is_stored_and_scored(push):
    push(RAIL)
    lonely = EquipmentVisit.objects.filter(loadings=None, carried=None)
    assert lonely.exists()
    assert Assessment.objects.filter(visit__in=lonely).count() == lonely.count()


def test_the_same_push_again_changes_nothing(push):
    first = push(SEA)
    again = push(SEA)
    assert again.pk == first.pk
    assert again.was_known
    assert ConsignmentVersion.objects.count() == first.accepted_count


def test_a_key_used_for_another_body_is_a_conflict(push):
    push(SEA, idempotency_key="k1")
    with pytest.raises(IdempotencyConflict):
        push(RAIL, idempotency_key="k1")


def test_nothing_and_too_much_are_refused(push, settings):
    with pytest.raises(EmptyUpload):
        push(b"")
    settings.MAX_UPLOAD = 10
    with pytest.raises(UploadTooLarge):
        push(b"x" * 11)


def test_a_dry_run_tells_and_stores_no_cargo(push):
    submission = push(SEA, dry_run=True)
    assert submission.status == "done"
    assert submission.accepted_count > 0
    assert not Consignment.objects.exists()


def test_a_cut_file_is_rejected_whole_with_its_place(push):
    submission = push(SEA[: len(SEA) * 2 // 3])
    assert submission.status == "rejected"
    assert not Consignment.objects.exists()
    problem = submission.problems.get(severity="fatal")
    assert problem.position["offset"] > 0


def test_an_unknown_format_is_rejected(push):
    submission = push(b"\x89PNG and so on")
    assert submission.status == "rejected"
    assert submission.problems.get().code == "file_format_unknown"


def rail(**changes) -> bytes:
    return json.dumps({**json.loads(RAIL), **changes}, ensure_ascii=False).encode()


def bills() -> list[dict]:
    return json.loads(RAIL)["consignments"]


def test_a_bad_bill_is_told_and_the_good_ones_go_on(push):
    consignments = bills()
    consignments[1]["gross_kg"] = "heavy"
    submission = push(rail(consignments=consignments))
    assert submission.status == "done"
    assert submission.refused_count == 1
    problem = submission.problems.filter(severity="error").get()
    assert problem.document == consignments[1]["document_no"]
    assert problem.received == "heavy"
    assert "/consignments/1" in problem.position["pointer"]


def test_all_or_nothing_refuses_a_manifest_with_one_bad_bill(push):
    consignments = bills()
    consignments[1]["gross_kg"] = "heavy"
    submission = push(rail(consignments=consignments), atomic=True)
    assert submission.status == "rejected"
    assert submission.refused_count == submission.read_count
    assert not Consignment.objects.exists()


def test_a_bill_twice_in_the_same_words_is_kept_once(push):
    consignments = bills()
    submission = push(rail(consignments=[*consignments, consignments[1]]))
    assert submission.problems.filter(code="bill_repeated_identical").count() == 1
    assert Consignment.objects.get(document_no=consignments[1]["document_no"]).versions.count() == 1


def test_a_bill_twice_in_other_words_is_kept_twice_and_the_last_counts(push):
    consignments = bills()
    submission = push(rail(consignments=[*consignments, {**consignments[1], "procedure": "TR 80"}]))
    assert submission.problems.filter(code="bill_repeated_different").count() == 1
    consignment = Consignment.objects.get(document_no=consignments[1]["document_no"])
    assert consignment.versions.count() == 2
    assert consignment.current.procedure == "TR 80"
    assert Consignment.objects.count() == len(consignments)


def test_a_replacement_makes_versions_and_withdraws_what_it_leaves_out(push):
    first = push(RAIL)
    kept = bills()[:-1]
    second = push(rail(function="replace", message_ref="R2", consignments=kept))
    assert second.status == "done", second.failure
    assert Consignment.objects.count() == first.accepted_count
    gone = Consignment.objects.get(document_no=bills()[-1]["document_no"])
    assert gone.current.function == "cancel"
    assert second.problems.get(code="left_out_of_replacement").document == gone.document_no
    assert Consignment.objects.get(document_no=kept[0]["document_no"]).current.number == 2


def test_a_cancelled_manifest_withdraws_its_bills_and_leaves_its_cases_open(push):
    Release.objects.update(sample_rate=Decimal(1))  # so that every bill has a case
    push(RAIL)
    cases = Case.objects.filter(consignments__isnull=False).distinct().count()
    assert cases
    push(rail(function="cancel", message_ref="C1", consignments=[], equipment=[]))
    assert set(Consignment.objects.values_list("current__function", flat=True)) == {"cancel"}
    assert Case.objects.filter(withdrawn=True).exclude(state="closed").count() == cases
    assert CaseEvent.objects.filter(kind="withdrawn").count() == cases


def test_parties_are_the_same_by_tax_number_else_by_name_and_country(push):
    push(RAIL)
    before = Party.objects.count()
    push(rail(function="replace", message_ref="R2"))
    assert Party.objects.count() == before


def test_many_chunks_give_what_one_chunk_gives(push, settings):
    settings.CHUNK_BILLS = 7
    submission = push(b"".join(generate_cuscar(50)))
    assert submission.status == "done", submission.failure
    assert ConsignmentVersion.objects.filter(submission=submission).count() == submission.accepted_count == 50
    assert ConveyanceCall.objects.count() == 1
    assert Loading.objects.values("version").distinct().count() == 50


def test_the_random_sample_is_drawn_from_low_scores_and_says_how(push):
    Release.objects.update(sample_rate=Decimal(1))
    submission = push(b"".join(generate_cuscar(30)))
    drawn = Assessment.objects.filter(sampled=True)
    assert drawn.exists()
    assert not Assessment.objects.filter(recommended_lane__mark="n").exists()
    one = drawn.first()
    assert one.inclusion_probability == 1
    assert one.sample_stratum == "low/sea"
    assert one.sample_seed
    assert Case.objects.filter(origin="sample").count() == drawn.count()
    assert submission.flagged_count == Case.objects.count()


def test_the_time_of_change_moves_with_every_status(altynkol, client_system):
    submission = intake.receive(pieces=[RAIL], sender=client_system, unit=altynkol)
    seen = {}
    while (job := Job.objects.filter(subject=submission.ref, state="waiting").order_by("phase").first()) is not None:
        jobs.run(job.pk)
        submission.refresh_from_db()
        seen.setdefault(submission.status, submission.updated_at)
    assert list(seen) == ["reading", "scoring", "done"]
    assert sorted(set(seen.values())) == list(seen.values())


def test_without_a_live_release_the_submission_fails_and_can_be_tried_again(push, altynkol, client_system):
    Release.objects.update(state="retired")
    submission = intake.receive(pieces=[SEA], sender=client_system, unit=altynkol)
    job = Job.objects.get(subject=submission.ref)
    for _attempt in range(3):
        with pytest.raises(NoLiveReleaseError):
            jobs.run(job.pk)
    submission.refresh_from_db()
    assert submission.status == "failed"
    assert "No release is live" in submission.failure
    Release.objects.update(state="live")
    officer = create_person(username="officer", password="rail-gauge-1520")
    grant(user=officer, unit=altynkol, role=Role.OFFICER)
    intake.retry(submission=submission, actor=officer)
    assert do_all_jobs(submission).status == "done"


def test_an_arrival_told_by_its_day_alone_makes_no_message_late(push):
    conveyance = json.loads(RAIL)["conveyance"]
    push(rail(conveyance=conveyance))
    assert all("hours_before_arrival" in one.indicators for one in Assessment.objects.all())
    last = Assessment.objects.latest("pk").pk
    push(rail(function="replace", message_ref="R2", conveyance={**conveyance, "eta": conveyance["eta"][:10]}))
    newer = Assessment.objects.filter(pk__gt=last)
    assert newer.exists()
    assert not any("hours_before_arrival" in one.indicators for one in newer)


def test_of_endless_problems_some_are_kept_and_the_rest_counted(push, monkeypatch):
    monkeypatch.setattr(reading, "PROBLEMS_KEPT", 3)
    submission = push(rail(consignments=[*bills(), *range(10)]))
    assert (submission.status, submission.refused_count) == ("done", 10)
    assert submission.problems.filter(severity="error").count() == 3
    assert submission.problems.get(code="problems_left_out").params == {"count": 7}


def test_odd_values_never_lose_a_chunk(push):
    consignments = bills()
    consignments[0]["items"][0]["marks"] = "a\\b\tc\nd"
    consignments[0]["items"][0]["gross_kg"] = 123456789012
    submission = push(rail(consignments=consignments))
    assert submission.status == "done", submission.failure
    assert submission.problems.filter(code="value_misfit", field="gross_kg").exists()
    item = GoodsItem.objects.get(version__consignment__document_no=consignments[0]["document_no"], line=1)
    assert item.gross_kg is None
    assert item.marks.replace("\n", " ") == "a\\b\tc d" or item.marks == "a\\b\tc\nd"


def test_one_number_as_two_kinds_of_equipment_is_two_visits_each_with_what_is_said_of_it(push):
    number = json.loads(RAIL)["equipment"][0]["number"]
    submission = push(rail(equipment=[*json.loads(RAIL)["equipment"], {"number": number, "kind": "trailer"}]))
    assert submission.status == "done", submission.failure
    visits = EquipmentVisit.objects.filter(number=number)
    assert visits.count() == 2
    assert all(visit.current.visit_id == visit.pk for visit in visits)


def test_what_is_announced_anew_names_its_statement_and_version_as_current(push):
    push(RAIL)
    for visit in EquipmentVisit.objects.filter(statements__isnull=False):
        assert visit.current == visit.statements.get()
    for consignment in Consignment.objects.all():
        assert consignment.current == consignment.versions.get()


def test_a_number_of_signs_only_loses_no_chunk(push):
    equipment = json.loads(RAIL)["equipment"]
    equipment[0]["carried_on"] = "//"
    submission = push(rail(equipment=[*equipment, {"number": "--", "kind": "container"}]))
    assert submission.status == "done", submission.failure
    assert submission.problems.get(code="value_misfit").received == "--"
