"""The pages of a review: the queue, one submission, the decision; the officer's side; the panel of the case."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from inspections import reviewing
from inspections.models import Inspection, InspectionLine, Report, Review
from pcu.accounts.roles import Role
from profiling.cargo import store
from tests import factories
from tests import factories_inspections as made
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, queries_of, text


@pytest.fixture(autouse=True)
def own_store(tmp_path, settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "store")}}
    }


@pytest.fixture
def act(altynkol, author) -> Inspection:
    return made.work(altynkol, author=author)


@pytest.fixture
def report(act, author) -> Report:
    return reviewing.submit(inspection=act, user=author)


@pytest.fixture
def reviewer(supervisor) -> Client:
    return signed_in(supervisor)


@pytest.fixture
def officer(author) -> Client:
    return signed_in(author)


def photograph() -> str:
    """Store a small picture; gives its digest."""
    picture = BytesIO()
    Image.new("RGB", (64, 48), "gray").save(picture, "JPEG")
    return store.put([picture.getvalue()], limit=10_000).sha256


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    assert not holds_something_inline(answer)
    return text(answer)


# ---- the queue


def test_the_queue_shows_what_one_may_decide_and_says_what_is_hidden_and_why(altynkol, author, supervisor, reviewer):
    reviewing.submit(inspection=made.work(altynkol, author=author, number="INS-A"), user=author)
    mine = made.work(altynkol, author=supervisor, number="INS-B")
    reviewing.submit(inspection=mine, user=author)
    team = made.work(altynkol, author=author, number="INS-C")
    made.TeamMemberFactory(inspection=team, user=supervisor)
    reviewing.submit(inspection=team, user=author)
    shown = page(reviewer, "/review/")
    assert "INS-A" in shown
    assert "INS-B" not in shown
    assert "1 more is hidden from you: you planned, began or amended it." in shown
    assert "1 more is hidden from you: you are or were in the team." in shown
    everything = page(reviewer, "/review/?show=all")
    assert all(number in everything for number in ("INS-A", "INS-B", "INS-C"))
    assert everything.count("your own work") == 2


def test_the_queue_is_filtered_and_oldest_first(altynkol, author, reviewer):
    for number, result in (("INS-A", "clean"), ("INS-B", "found")):
        reviewing.submit(inspection=made.work(altynkol, author=author, number=number, result=result), user=author)
    shown = page(reviewer, "/review/")
    assert shown.index("INS-A") < shown.index("INS-B")
    assert "INS-A" not in page(reviewer, "/review/?result=found")
    assert "INS-B" not in page(reviewer, "/review/?q=ins-a")
    assert "Nothing fits the filter" in page(reviewer, "/review/?q=nowhere")


def test_the_queue_reaches_the_units_below_and_no_others(altynkol, dushanbe, author, head_office, outsider):
    reviewing.submit(inspection=made.work(altynkol, author=author, number="INS-A"), user=author)
    assert "INS-A" in page(signed_in(head_office), "/review/")
    assert "INS-A" not in page(signed_in(outsider), "/review/")


def test_the_menu_shows_the_review_to_reviewers_alone(altynkol, officer, reviewer):
    assert 'href="/review/"' in page(reviewer, "/")
    assert 'href="/review/"' not in page(officer, "/")
    assert officer.get("/review/").status_code == 403


def test_a_longer_queue_takes_no_more_queries(altynkol, author, reviewer):
    def submit() -> None:
        act = made.work(altynkol, author=author, result="found")
        made.SeizureFactory(line=act.lines.get())
        reviewing.submit(inspection=act, user=author)

    submit()
    one = queries_of(reviewer, "/review/")
    assert queries_of(reviewer, "/review/", prepare=lambda: [submit() for _each in range(3)]) == one


# ---- one submission


def test_differences_stand_beside_each_other_with_the_notes_they_answer(act, report, author, supervisor, reviewer):
    reviewing.send_back(report=report, reviewer=supervisor, note="Weigh it.\nNumber in view.")
    InspectionLine.objects.update(
        gross_found_kg=15966, difference_note="Hidden goods", findings="Steel sheet riveted behind the front wall."
    )
    again = reviewing.submit(inspection=act, user=author, answers={"1": "Scale 2."})
    shown = page(reviewer, f"/review/{again.ref}/")
    assert "<del>13,372 kg</del>" in shown
    assert "<ins>15,966 kg</ins>" in shown
    assert "+19.4 % on declared" in shown
    assert "Your notes when you returned it" in shown
    assert shown.count("not answered") == 1
    assert "fields unchanged" in shown
    assert "Gross weight found" in page(reviewer, f"/review/{again.ref}/?tab=act")
    assert "Gross weight found" in page(reviewer, f"/review/{again.ref}/?tab=nonsense")


def test_the_reviewer_reads_why_a_photograph_is_missing(act, report, author, supervisor, reviewer):
    reviewing.send_back(report=report, reviewer=supervisor, note="Where is the photograph of the doors?")
    InspectionLine.objects.update(photos_note="The camera broke.")
    again = reviewing.submit(inspection=act, user=author, answers={"1": "See there."})
    assert "The camera broke." in page(reviewer, f"/review/{again.ref}/")
    assert "The camera broke." in page(reviewer, f"/review/{again.ref}/?tab=act")
    assert "The camera broke." in [line["photos_note"] for line in again.content["lines"]]


def test_the_first_submission_opens_with_the_whole_act(altynkol, author, reviewer):
    act = made.work(altynkol, author=author, result="found")
    line = act.lines.get()
    seizure = made.SeizureFactory(line=line)
    made.LinkFactory(seizure=seizure)
    made.SampleFactory(seizure=seizure)
    made.SealRecordFactory(line=line, condition="differs")
    made.PersonPresentFactory(inspection=act)
    made.TeamMemberFactory(inspection=act)
    report = reviewing.submit(inspection=act, user=author, note="Look at the seal.")
    shown = page(reviewer, f"/review/{report.ref}/")
    for words in ("Look at the seal.", "7 Undercarriage", "Full devanning", "A. Driver", "Differs from the papers"):
        assert words in shown
    assert "tab=differences" not in shown
    order = [
        "Number",
        "Asked for",
        "Began",
        "Ended",
        "Scan (X-ray)",
        "Full devanning",
        "1 Front wall",
        "7 Undercarriage",
    ]
    places = [shown.index(f"<dt>{words}</dt>") for words in order]
    assert places == sorted(places)
    seized = page(reviewer, f"/review/{report.ref}/?tab=seizures")
    for words in (f"Seizure {seizure.number}", "Behind the front wall", "2,240,000", "Broker and Sons", "Sample BAG"):
        assert words in seized


def test_what_approving_writes_is_told_before(altynkol, author, reviewer):
    act = made.work(altynkol, author=author, result="found")
    factories.HoldFactory(case=act.case)
    report = reviewing.submit(inspection=act, user=author)
    shown = page(reviewer, f"/review/{report.ref}/")
    assert "Found, preliminary" in shown
    assert "R-1" in shown
    assert "The case closes as inspected, found" in shown
    assert "1 hold stands. Lifting it never waits for a review." in shown


def test_a_case_that_waits_for_another_examination_is_not_said_to_close(altynkol, author, reviewer):
    act = made.work(altynkol, author=author)
    made.work(altynkol, case=act.case)
    report = reviewing.submit(inspection=act, user=author)
    shown = page(reviewer, f"/review/{report.ref}/")
    assert "The case stays open: another of its examinations is still to be approved" in shown
    assert "The case closes" not in shown


def test_photographs_are_shown_as_they_were_submitted_and_to_nobody_else(altynkol, author, reviewer, outsider):
    act = made.work(altynkol, author=author)
    kept = made.PhotoFactory(inspection=act, shown_sha256=photograph(), caption="Number in view")
    report = reviewing.submit(inspection=act, user=author)
    assert "Number in view" in page(reviewer, f"/review/{report.ref}/?tab=photos")
    address = f"/review/{report.ref}/photos/{kept.ref}/"
    answer = reviewer.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert signed_in(outsider).get(address).status_code == 404
    later = made.PhotoFactory(inspection=act, shown_sha256=photograph())
    assert reviewer.get(f"/review/{report.ref}/photos/{later.ref}/").status_code == 404


def test_bytes_that_are_gone_or_no_picture_are_not_shown(altynkol, author, reviewer):
    act = made.work(altynkol, author=author)
    text_file = store.put([b"<script>"], limit=100).sha256
    photos = [made.PhotoFactory(inspection=act, shown_sha256=sha) for sha in (text_file, "c" * 64)]
    report = reviewing.submit(inspection=act, user=author)
    for photo in photos:
        assert reviewer.get(f"/review/{report.ref}/photos/{photo.ref}/").status_code == 404


def test_a_blind_second_look_shows_no_name(act, author, reviewer, supervisor, settings):
    settings.REVIEW_BLIND_SHARE = 1
    made.TeamMemberFactory(inspection=act, user=author)
    report = reviewing.submit(inspection=act, user=author)
    for address in ("/review/", f"/review/{report.ref}/", f"/review/{report.ref}/?tab=act"):
        shown = page(reviewer, address)
        assert "blind second look" in shown
        assert str(author) not in shown
    reviewing.approve(report=report, reviewer=supervisor)
    assert str(author) in page(reviewer, f"/review/{report.ref}/")


# ---- deciding


def test_approving_goes_on_to_the_next(altynkol, author, reviewer):
    first, second = (reviewing.submit(inspection=made.work(altynkol, author=author), user=author) for _each in range(2))
    answer = reviewer.post(f"/review/{first.ref}/approve/?result=clean", {"note": ""})
    assert answer["Location"] == f"/review/{second.ref}/?result=clean"
    assert Review.objects.get().report == first
    answer = reviewer.post(f"/review/{second.ref}/return/", {"note": "Weigh it."})
    assert answer["Location"] == "/review/"
    assert "Nothing waits for you" in page(reviewer, "/review/")


def test_a_return_without_a_note_and_a_lost_race_keep_what_was_typed(report, reviewer, second_supervisor):
    answer = reviewer.post(f"/review/{report.ref}/return/", {"note": " \n"})
    assert answer.status_code == 422
    assert "Say what should change." in text(answer)
    reviewing.approve(report=report, reviewer=second_supervisor)
    answer = reviewer.post(f"/review/{report.ref}/return/", {"note": "Weigh it."})
    assert answer.status_code == 409
    assert "was faster" in text(answer)
    assert "Weigh it." in text(answer)


def test_own_work_is_refused_with_the_reason(act, supervisor, reviewer):
    report = reviewing.submit(inspection=act, user=supervisor)
    assert "You may not decide" in page(reviewer, f"/review/{report.ref}/")
    answer = reviewer.post(f"/review/{report.ref}/approve/", {"note": ""})
    assert answer.status_code == 403
    assert "you submitted it" in text(answer)
    assert not Review.objects.exists()


@pytest.mark.parametrize("way", ["", "approve/", "return/"])
def test_outsiders_find_no_review(report, outsider, way):
    client = signed_in(outsider)
    address = f"/review/{report.ref}/{way}"
    assert (client.post(address, {"note": "x"}) if way else client.get(address)).status_code == 404


def test_an_officer_reads_and_decides_nothing(report, officer):
    shown = page(officer, f"/review/{report.ref}/")
    assert "It waits for a supervisor who took no part." not in shown  # the author is told why not
    assert "This is your own work" in shown
    assert officer.post(f"/review/{report.ref}/approve/", {"note": ""}).status_code == 403
    assert not Review.objects.exists()


# ---- the officer's side


def test_submitting_says_what_is_missing_first(act, officer):
    InspectionLine.objects.update(result="")
    assert "say what it came to" in page(officer, f"/inspections/{act.ref}/submit/")
    answer = officer.post(f"/inspections/{act.ref}/submit/", {"note": "My word"})
    assert (answer.status_code, Report.objects.count()) == (422, 0)
    assert "My word" in text(answer)
    InspectionLine.objects.update(result="clean")
    answer = officer.post(f"/inspections/{act.ref}/submit/", {"note": "My word"})
    assert answer["Location"] == f"/cases/{act.case.ref}/#outcome"
    assert Report.objects.get().note == "My word"
    assert officer.post(f"/inspections/{act.ref}/submit/", {}).status_code == 409


def test_the_notes_of_a_return_are_answered_one_by_one(act, report, supervisor, officer):
    reviewing.send_back(report=report, reviewer=supervisor, note="Weigh it.\nNumber in view.")
    assert "Number in view." in page(officer, f"/inspections/{act.ref}/submit/")
    officer.post(f"/inspections/{act.ref}/submit/", {"answer-1": "Scale 2.", "answer-2": ""})
    assert Report.objects.get(number=2).answers == {"1": "Scale 2."}


def test_amending_needs_approved_work_and_a_reason(act, report, supervisor, officer):
    assert officer.post(f"/inspections/{act.ref}/amend/", {"reason": "Seal"}).status_code == 409
    reviewing.approve(report=report, reviewer=supervisor)
    assert "Amend the act" in page(officer, f"/inspections/{act.ref}/amend/")
    assert officer.post(f"/inspections/{act.ref}/amend/", {"reason": " "}).status_code == 422
    assert officer.post(f"/inspections/{act.ref}/amend/", {"reason": "Seal"}).status_code == 302
    act.refresh_from_db()
    assert act.state == "amending"


@pytest.mark.parametrize("way", ["submit", "amend"])
def test_an_outsider_finds_no_act_and_a_reader_changes_none(altynkol, act, outsider, way):
    address = f"/inspections/{act.ref}/{way}/"
    reading = signed_in(factories.person(altynkol, Role.AUDITOR))
    assert signed_in(outsider).get(address).status_code == 404
    assert reading.get(address).status_code == 200
    assert reading.post(address, {"reason": "Hm"}).status_code == 403


# ---- the case


def test_the_case_shows_its_outcomes_and_where_its_examination_stands(act, report, author, supervisor, officer):
    address = f"/cases/{act.case.ref}/"
    assert "waits for review" in page(officer, address)
    reviewing.send_back(report=report, reviewer=supervisor, note="Weigh it.")
    shown = page(officer, address)
    assert "Weigh it." in shown
    assert f"/inspections/{act.ref}/submit/" in shown
    reviewing.approve(report=reviewing.submit(inspection=act, user=author), reviewer=supervisor)
    reviewing.amend(inspection=act, user=author, reason="Wrong line.")
    InspectionLine.objects.update(result="found", findings="Sheet")
    reviewing.approve(report=reviewing.submit(inspection=act, user=author), reviewer=supervisor)
    shown = page(officer, address)
    assert "inspected, found" in shown
    assert "1 earlier outcome" in shown
    assert f"/inspections/{act.ref}/amend/" in shown


def test_a_case_without_examination_has_no_such_panel(altynkol, officer: Any):
    case = factories.case_in(altynkol)
    assert 'id="outcome"' not in page(officer, f"/cases/{case.ref}/")
