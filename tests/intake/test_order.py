"""Messages have their say in the order in which they came, whatever the order in which workers get to them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from pcu.accounts import services as accounts
from pcu.accounts.roles import Role
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import Consignment, ConveyanceCall, EquipmentVisit, Submission
from profiling.cases.models import Case
from profiling.formats.generate import generate_cuscar
from profiling.intake import services as intake
from profiling.rules.models import Assessment, Release
from profiling.web.cargo_sheet import read_consignments
from tests import factories
from tests.intake.conftest import FIXTURES, do_all_jobs

RAIL = json.loads((FIXTURES / "rail.json").read_bytes())
FIRST, LAST = RAIL["consignments"][0]["document_no"], RAIL["consignments"][-1]["document_no"]


def rail(**changes) -> bytes:
    return json.dumps({**RAIL, **changes}, ensure_ascii=False).encode()


def replacement() -> bytes:
    """It says something else of the first bill and nothing of the last."""
    first, *rest = RAIL["consignments"][:-1]
    return rail(function="replace", message_ref="R2", consignments=[{**first, "procedure": "NEWER"}, *rest])


@pytest.fixture
def receive(altynkol, client_system):
    def receive(content: bytes) -> Submission:
        return intake.receive(pieces=[content], sender=client_system, unit=altynkol)

    return receive


@pytest.fixture
def overtaken(receive):
    """An original that its replacement overtook: a chunk of it had failed, say, and was tried again by hand."""
    Release.objects.update(sample_rate=Decimal(1))  # so that every bill has a case
    original, replacing = receive(rail()), receive(replacement())
    assert do_all_jobs(replacing).status == "done"
    assert do_all_jobs(original).status == "done"
    return original, replacing


def test_an_original_that_was_overtaken_stays_behind_its_replacement(overtaken):
    original, replacing = overtaken
    first = Consignment.objects.get(document_no=FIRST)
    assert first.versions.count() == 2
    assert first.current.submission == replacing
    case = Case.objects.get(consignments=first)
    assert case.assessment.version == first.current
    assert read_consignments(case, {})[0].version == first.current
    visit = EquipmentVisit.objects.filter(loadings__version=first.current).first()
    assert {one.submission_id for one in visit.statements.all()} == {original.pk, replacing.pk}
    assert visit.current.submission == replacing


def test_what_a_replacement_left_out_is_withdrawn_also_when_it_comes_late(overtaken):
    _original, replacing = overtaken
    gone = Consignment.objects.get(document_no=LAST)
    assert gone.current.function == "cancel"
    assert Case.objects.get(consignments=gone).withdrawn
    assert replacing.problems.get(code="left_out_of_replacement").document == LAST


def test_a_late_original_counts_as_the_version_before(overtaken):
    first = Consignment.objects.get(document_no=FIRST)
    newest = Assessment.objects.filter(version=first.current).latest("pk")
    assert newest.indicators["amendments_count"] == 1
    assert newest.indicators["weight_changed_percent"] == 0
    late = Assessment.objects.filter(version__consignment=first).exclude(version=first.current).get()
    assert late.indicators["amendments_count"] == 0


@pytest.mark.parametrize("bills", [[], RAIL["consignments"]], ids=["whole", "by name"])
def test_a_cancellation_that_was_read_before_its_original_stands(receive, bills):
    Release.objects.update(sample_rate=Decimal(1))
    original = receive(rail())
    cancelling = receive(rail(function="cancel", message_ref="C1", consignments=bills, equipment=[]))
    do_all_jobs(cancelling)
    do_all_jobs(original)
    assert set(Consignment.objects.values_list("current__function", flat=True)) == {"cancel"}
    assert not Case.objects.filter(consignments__isnull=False, withdrawn=False).exists()


def test_a_replacement_that_was_overtaken_withdraws_nothing_of_what_came_after(receive):
    do_all_jobs(receive(rail()))
    fewer, again = receive(replacement()), receive(rail(function="replace", message_ref="R3"))
    do_all_jobs(again)
    do_all_jobs(fewer)
    assert Consignment.objects.get(document_no=LAST).current.submission == again


def test_a_change_is_dated_by_when_it_was_written(receive):
    submission = receive(rail())
    Submission.objects.filter(pk=submission.pk).update(created_at="2026-01-01T00:00Z")
    do_all_jobs(submission)
    oldest = submission.updated_at.replace(hour=0, minute=0)
    assert not Consignment.objects.filter(updated_at__lt=oldest).exists()
    assert not EquipmentVisit.objects.filter(updated_at__lt=oldest).exists()


def test_equipment_taken_off_its_bill_is_scored_by_itself(receive):
    do_all_jobs(receive(rail()))
    bills = json.loads(rail())["consignments"]
    busiest = max(bills, key=lambda bill: len(bill.get("loadings", [])))
    number = busiest["loadings"].pop()["equipment"].replace(" ", "")
    do_all_jobs(receive(rail(function="replace", message_ref="R2", consignments=bills)))
    assert Assessment.objects.filter(visit__number=number).count() == 1


def test_what_was_changed_between_cancelling_and_filing_anew_is_seen(receive):
    do_all_jobs(receive(rail()))
    do_all_jobs(receive(rail(function="cancel", message_ref="C1", consignments=[], equipment=[])))
    first, *rest = RAIL["consignments"]
    anew = [{**first, "gross_kg": first["gross_kg"] * 2}, *rest]
    do_all_jobs(receive(rail(message_ref="R3", consignments=anew)))
    newest = Assessment.objects.filter(version__consignment__document_no=FIRST).latest("pk")
    assert newest.indicators["weight_changed_percent"] == 100


def test_messages_of_one_file_have_their_say_from_top_to_bottom(receive):
    """A message that replaces one above it in the file is written after it, also where many workers are free."""
    original = b"".join(generate_cuscar(3)).partition(b"\n")[2]
    without_last = original[: original.rindex(b"CNI+3")] + original[original.index(b"UNT+") :]
    replacing = without_last.replace(b"+9'", b"+5'", 1).replace(b"FRESH GARLIC", b"DRIED GARLIC")
    submission = receive(original + replacing)
    assert jobs.run(Job.objects.get(subject=submission.ref).pk)
    last_first = Job.objects.filter(subject=submission.ref, state=Job.State.WAITING).order_by("-phase", "-ordinal")
    while last_first.exists():
        assert sum(jobs.run(job.pk) for job in last_first.all()), "nothing may run"
    submission.refresh_from_db()
    assert submission.status == "done", submission.failure
    first, second, third = Consignment.objects.order_by("document_no")
    assert [first.versions.count(), second.versions.count()] == [2, 2]
    assert "DRIED" in second.current.items.get().description
    assert third.current.function == "cancel"


def later_by(days: int) -> dict:
    eta = datetime.fromisoformat(RAIL["conveyance"]["eta"]) + timedelta(days=days)
    return {**RAIL["conveyance"], "eta": eta.isoformat(timespec="minutes")}


def test_a_replacement_is_about_the_same_train_however_late_it_is_now(receive):
    do_all_jobs(receive(rail()))
    do_all_jobs(receive(rail(function="replace", message_ref="R2", conveyance=later_by(10))))
    assert Consignment.objects.count() == len(RAIL["consignments"])
    assert ConveyanceCall.objects.get().eta.isoformat()[:10] == later_by(10)["eta"][:10]


def test_the_same_train_number_much_later_is_another_run(receive):
    do_all_jobs(receive(rail()))
    do_all_jobs(receive(rail(message_ref="R2", conveyance=later_by(10))))
    assert ConveyanceCall.objects.count() == 2
    assert Consignment.objects.count() == 2 * len(RAIL["consignments"])


def test_a_train_without_an_arrival_time_is_no_train_of_years_ago(receive):
    do_all_jobs(receive(rail()))
    ConveyanceCall.objects.update(eta="2020-01-01T00:00Z")
    without = {name: value for name, value in RAIL["conveyance"].items() if name != "eta"}
    do_all_jobs(receive(rail(message_ref="R2", conveyance=without)))
    do_all_jobs(receive(rail(message_ref="R3", conveyance=without)))
    assert ConveyanceCall.objects.count() == 2


def test_of_two_runs_the_nearer_is_meant(receive):
    for day in (0, 5):
        do_all_jobs(receive(rail(message_ref=f"R{day}", conveyance=later_by(day))))
    do_all_jobs(receive(rail(message_ref="R1", manifest_number="ANOTHER", conveyance=later_by(1))))
    first = ConveyanceCall.objects.order_by("pk").first()
    assert first.eta.isoformat()[:10] == later_by(1)["eta"][:10]
    assert ConveyanceCall.objects.count() == 2


@pytest.mark.parametrize("bills", [[], RAIL["consignments"]], ids=["whole", "by name"])
def test_a_cancellation_need_not_repeat_the_conveyance(receive, bills):
    do_all_jobs(receive(rail()))
    content = rail(function="cancel", message_ref="C1", consignments=bills, equipment=[], conveyance={})
    assert not do_all_jobs(receive(content)).problems.exists()
    assert Consignment.objects.count() == len(RAIL["consignments"])
    assert set(Consignment.objects.values_list("current__function", flat=True)) == {"cancel"}


def test_a_replacement_of_what_was_never_announced_is_told(receive):
    submission = do_all_jobs(receive(rail(function="replace")))
    assert submission.problems.get().code == "replace_unknown"
    again = do_all_jobs(receive(rail(function="replace", message_ref="R2")))
    assert not again.problems.exists()


@pytest.mark.parametrize("bills", [[], RAIL["consignments"]], ids=["whole", "by name"])
def test_a_client_system_cancels_nothing_that_others_announced(receive, altynkol, bills):
    Release.objects.update(sample_rate=Decimal(1))
    do_all_jobs(receive(rail()))
    stranger = accounts.create_client(username="stranger")
    accounts.grant(user=stranger, unit=altynkol, role=Role.CLIENT)
    content = rail(function="cancel", message_ref="C1", consignments=bills, equipment=[])
    for again in ("", " "):
        submission = intake.receive(pieces=[content, again.encode()], sender=stranger, unit=altynkol)
        assert do_all_jobs(submission).status == "done"
        assert set(submission.problems.values_list("code", flat=True)) == {"cancel_unknown"}
    assert set(Consignment.objects.values_list("current__function", flat=True)) == {"original"}
    assert not Case.objects.filter(withdrawn=True).exists()


def test_staff_cancel_what_a_client_system_announced(receive, altynkol):
    do_all_jobs(receive(rail()))
    officer = factories.person(altynkol)
    content = rail(function="cancel", message_ref="C1", equipment=[])
    do_all_jobs(intake.receive(pieces=[content], sender=officer, unit=altynkol))
    assert set(Consignment.objects.values_list("current__function", flat=True)) == {"cancel"}
