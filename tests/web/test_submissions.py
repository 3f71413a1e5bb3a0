"""The pages of submissions: list, upload, one submission, its original bytes."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from pcu.desk.models import Job
from profiling.cargo.models import Submission, SubmissionProblem
from tests import factories
from tests.factories_documents import PaperFactory, paper
from tests.web import cargo
from tests.web.conftest import signed_in
from tests.web.pages import HTMX, holds_something_inline, link, queries_of, rows, text

Status = Submission.Status

# ---- list


def test_the_list_shows_the_submissions_of_the_chosen_unit_newest_first(
    desk: Client, unit: Unit, officer: User
) -> None:
    cargo.submission(unit, officer, b"1", file_name="first.edi")
    cargo.submission(unit, officer, b"2", file_name="second.edi")
    page = text(desk.get(reverse("submissions")))
    assert page.index("second.edi") < page.index("first.edi")


def test_the_list_shows_nothing_of_another_unit(outside: Client, unit: Unit, officer: User) -> None:
    cargo.submission(unit, officer, file_name="secret.edi")
    page = text(outside.get(reverse("submissions")))
    assert "secret.edi" not in page
    assert "Nothing was pushed to this unit yet" in page


def test_the_list_of_a_person_with_two_units_shows_the_chosen_one(unit: Unit, officer: User) -> None:
    second = cargo.working_unit(unit.parent, "DST", "Dostyk")
    cargo.grant(user=officer, unit=second, role=Role.OFFICER)
    cargo.submission(unit, officer, b"1", file_name="altynkol.edi")
    cargo.submission(second, officer, b"2", file_name="dostyk.edi")
    client = signed_in(User.objects.get(pk=officer.pk))
    client.post(reverse("choose_unit"), {"unit": str(second.ref)})
    page = text(client.get(reverse("submissions")))
    assert "dostyk.edi" in page
    assert "altynkol.edi" not in page


def test_filters_are_kept_in_the_address_and_in_the_links_of_the_pager(
    desk: Client, unit: Unit, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiling.web.submissions.LIST_SIZE", 2)
    for number in range(3):
        cargo.submission(unit, officer, bytes([number]), status=Status.REJECTED)
    cargo.submission(unit, officer, b"done")
    address = reverse("submissions") + "?status=rejected&sender=&received_from="
    response = desk.get(address, headers=HTMX)
    assert rows(response) == 2
    assert response["HX-Push-Url"] == reverse("submissions") + "?status=rejected"
    assert "<html" not in text(response)
    following = link(response, "next")
    assert following is not None
    assert "status=rejected" in following
    second = desk.get(reverse("submissions") + following)
    assert rows(second) == 1
    assert link(second, "prev")
    assert link(second, "next") is None


def test_walking_back_from_the_last_page_meets_every_row_once(
    desk: Client, unit: Unit, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiling.web.submissions.LIST_SIZE", 2)
    made = [str(cargo.submission(unit, officer, bytes([number])).ref) for number in range(5)]
    Submission.objects.update(created_at=Submission.objects.order_by("pk")[0].created_at)  # all at one moment

    def walk(rel: str, query: str) -> tuple[list[str], str]:
        seen: list[str] = []
        while True:
            page = desk.get(reverse("submissions") + query)
            found = re.findall(r'data-row="([^"]+)"', text(page))
            seen = seen + found if rel == "next" else found + seen
            further = link(page, rel)
            if further is None:
                return seen, query
            query = further

    forward, last = walk("next", "")
    assert forward == made[::-1]
    backward, _first = walk("prev", last)
    assert backward == made[::-1]


@pytest.mark.parametrize("key", ["nonsense", "bnVsbA", "W10", "WyIyMDI2LTAxLTAxIiwgMV0", "%00", "WzEsIDFd"])
def test_an_address_with_a_broken_page_key_shows_the_first_page(
    desk: Client, unit: Unit, officer: User, key: str
) -> None:
    cargo.submission(unit, officer)
    assert rows(desk.get(reverse("submissions") + f"?after={key}")) == 1


@pytest.mark.parametrize(("status", "word"), [(one, one.label) for one in Status])
def test_a_status_is_a_shape_and_a_word(
    desk: Client, unit: Unit, officer: User, status: Submission.Status, word: str
) -> None:
    cargo.submission(unit, officer, status=status)
    assert re.search(
        rf'<span class="tg [^"]*"><svg.*?</svg>{word}</span>', text(desk.get(reverse("submissions"))), re.S
    )


def test_the_day_filter_speaks_of_days_of_the_unit(desk: Client, unit: Unit, officer: User) -> None:
    # 20:30 UTC on the 11th is 01:30 on the 12th in Almaty (UTC+5)
    made = cargo.submission(unit, officer)
    Submission.objects.filter(pk=made.pk).update(created_at="2026-05-11T20:30:00Z")
    address = reverse("submissions")
    assert rows(desk.get(f"{address}?received_from=2026-05-12&received_to=2026-05-12")) == 1
    assert rows(desk.get(f"{address}?received_to=2026-05-11")) == 0


def test_the_list_takes_as_many_queries_for_fifty_rows_as_for_one(
    desk: Client, unit: Unit, officer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    expected = queries_of(desk, reverse("submissions"), lambda: cargo.submission(unit, officer, b"0"))
    for number in range(49):
        cargo.problem(cargo.submission(unit, cargo.person(unit, username=f"sender-{number}"), bytes([number])))
    with django_assert_num_queries(expected):
        desk.get(reverse("submissions"))


# ---- one submission


def test_the_page_tells_the_envelope_in_the_zone_of_the_unit(desk: Client, unit: Unit, officer: User) -> None:
    made = cargo.submission(unit, officer, b"0123456789", manifest_numbers=["MAN-7"], function="replace")
    Submission.objects.filter(pk=made.pk).update(created_at="2026-05-11T20:30:00Z")
    page = text(desk.get(reverse("submission", args=[made.ref])))
    for said in ("UN/EDIFACT CUSCAR", "replacement", "MAN-7", made.sha256, "12 May 2026, 01:30 UTC+5"):
        assert said in page


@pytest.mark.parametrize("name", ["submission", "submission_original"])
def test_an_outsider_gets_404(outside: Client, unit: Unit, officer: User, name: str) -> None:
    made = cargo.submission(unit, officer)
    assert outside.get(reverse(name, args=[made.ref])).status_code == 404


@pytest.mark.parametrize("name", ["submission", "submission_original"])
def test_an_unknown_reference_gets_404(desk: Client, name: str) -> None:
    assert desk.get(reverse(name, args=[uuid4()])).status_code == 404
    assert desk.get("/submissions/not-a-reference/").status_code == 404


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.READING, Status.SCORING])
def test_a_page_under_way_asks_again(desk: Client, unit: Unit, officer: User, status: str) -> None:
    made = cargo.submission(unit, officer, status=status)
    Job.objects.create(kind="submission.read", unit=unit, subject=made.ref, state=Job.State.DONE)
    Job.objects.create(kind="submission.consignments", unit=unit, subject=made.ref, phase=2)
    page = text(desk.get(reverse("submission", args=[made.ref])))
    assert 'hx-trigger="every 2s"' in page
    assert '<rect width="50%"' in page
    assert "1 of 2 jobs done" in page


@pytest.mark.parametrize("status", [Status.DONE, Status.REJECTED, Status.FAILED])
def test_a_finished_page_asks_no_more(desk: Client, unit: Unit, officer: User, status: str) -> None:
    made = cargo.submission(unit, officer, status=status)
    response = desk.get(reverse("submission", args=[made.ref]), headers=HTMX)
    assert "every 2s" not in text(response)
    assert " ".join(text(response).split()).startswith('<div class="case-g" id="live">')


def test_a_problem_is_a_sentence_with_its_place_and_what_was_received(desk: Client, unit: Unit, officer: User) -> None:
    made = cargo.submission(unit, officer)
    cargo.problem(
        made,
        "number_invalid",
        params={"value": "12,5,0"},
        position={"segment": 14, "offset": 812},
        field="gross_kg",
        document="BL-1",
        received="<script>alert(1)</script>\u202egpj.exe",
    )
    cargo.problem(made, "field_missing", position={"pointer": "/consignments/3/parties", "offset": 40})
    page = text(desk.get(reverse("submission", args=[made.ref])))
    assert "12,5,0 is not a number that can be used here." in page
    assert "segment 14, byte 812" in page
    assert "/consignments/3/parties, byte 40" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u202egpj.exe" in page
    assert "\u202e" not in page


def test_a_problem_of_a_code_that_no_sentence_is_known_for_shows_its_code(
    desk: Client, unit: Unit, officer: User
) -> None:
    made = cargo.submission(unit, officer)
    cargo.problem(made, "of_tomorrow")
    assert "of_tomorrow" in text(desk.get(reverse("submission", args=[made.ref])))


def test_problems_are_counted_by_kind_and_one_kind_can_be_picked(desk: Client, unit: Unit, officer: User) -> None:
    made = cargo.submission(unit, officer)
    for number in range(3):
        cargo.problem(made, "text_cut", severity="warning", params={"limit": 35}, document=f"CUT-{number}")
    cargo.problem(made, "goods_missing", document="EMPTY-1")
    address = reverse("submission", args=[made.ref])
    everything = text(desk.get(address))
    assert re.search(r'code=text_cut#problems".*?<span class="tnum">3</span>', everything, re.S)
    assert desk.get(f"{address}?code=%00").status_code == 200
    picked = text(desk.get(f"{address}?code=text_cut"))
    assert "CUT-2" in picked
    assert "EMPTY-1" not in picked


def test_twenty_thousand_problems_come_a_page_at_a_time(desk: Client, unit: Unit, officer: User) -> None:
    made = cargo.submission(unit, officer)
    SubmissionProblem.objects.bulk_create(
        SubmissionProblem(submission=made, code="goods_missing", severity="error", document=f"B{number:05}")
        for number in range(20_000)
    )
    address = reverse("submission", args=[made.ref])
    page = desk.get(address)
    assert text(page).count('class="is-error"') == 50
    further = link(page, "next")
    assert further is not None
    assert "B00050" in text(desk.get(address + further))
    turned = desk.get(address + further, headers=HTMX | {"HX-Target": "problems"})
    assert text(turned).lstrip().startswith('<section class="panel" id="problems"')
    assert text(turned).count('class="is-error"') == 50
    assert "B00050" in text(turned)
    assert "Envelope" not in text(turned)
    assert turned["HX-Push-Url"] == address + further
    assert {"HX-Request", "HX-Target"} <= set(turned["Vary"].replace(" ", "").split(","))
    assert link(turned, "prev")


def test_the_consignments_it_brought_stand_with_the_lane_of_what_it_said(
    desk: Client, unit: Unit, officer: User
) -> None:
    made = cargo.load("rail.json", unit, officer)
    version = made.versions.order_by("pk").first()
    assert version is not None
    red = cargo.lane(unit.parent)
    cargo.assess(version, cargo.release(unit.parent), red, score=86)
    page = text(desk.get(reverse("submission", args=[made.ref])))
    assert reverse("consignment", args=[version.consignment.ref]) in page
    assert "lane-e lane-score" in page


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.SUPERVISOR, True),
        (Role.ADMINISTRATOR, True),
        (Role.AUDITOR, True),
        (Role.OFFICER, False),
        (Role.LIAISON, False),
    ],
)
def test_the_jobs_are_for_those_who_look_after_the_work(unit: Unit, role: Role, shown: bool) -> None:
    sender = cargo.person(unit, Role.ANALYST)
    made = cargo.submission(unit, sender, status=Status.FAILED)
    Job.objects.create(
        kind="submission.read", unit=unit, subject=made.ref, state=Job.State.FAILED, attempts=3, error="no memory"
    )
    page = text(signed_in(cargo.person(unit, role)).get(reverse("submission", args=[made.ref])))
    assert ("no memory" in page) is shown


def test_what_failed_is_tried_again_by_a_button(desk: Client, unit: Unit, officer: User) -> None:
    made = cargo.submission(unit, officer, status=Status.FAILED, failure="The store was full.")
    job = Job.objects.create(kind="submission.read", unit=unit, subject=made.ref, state=Job.State.FAILED, attempts=3)
    address = reverse("submission_retry", args=[made.ref])
    assert f'action="{address}"' in text(desk.get(reverse("submission", args=[made.ref])))
    page = desk.post(address, follow=True)
    assert "What failed is tried again." in text(page)
    made.refresh_from_db()
    job.refresh_from_db()
    assert made.status == Status.READING
    assert job.state == Job.State.WAITING
    assert "nothing to try again" in text(desk.post(address, follow=True))


def test_a_reader_has_no_retry_button_and_is_refused(reading: Client, unit: Unit, officer: User) -> None:
    made = cargo.submission(unit, officer, status=Status.FAILED)
    address = reverse("submission_retry", args=[made.ref])
    assert address not in text(reading.get(reverse("submission", args=[made.ref])))
    assert reading.post(address).status_code == 403
    made.refresh_from_db()
    assert made.status == Status.FAILED


def test_an_outsider_cannot_retry(outside: Client, unit: Unit, officer: User) -> None:
    made = cargo.submission(unit, officer, status=Status.FAILED)
    assert outside.post(reverse("submission_retry", args=[made.ref])).status_code == 404


def test_the_original_comes_as_a_file_that_no_browser_opens(desk: Client, unit: Unit, officer: User) -> None:
    made = cargo.submission(unit, officer, b"<html>evil</html>", file_name="../../ma\u202enifest.html")
    response = desk.get(reverse("submission_original", args=[made.ref]))
    assert b"".join(response.streaming_content) == b"<html>evil</html>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="manifest.html"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_the_page_takes_as_many_queries_for_many_rows_as_for_one(
    unit: Unit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    officer = cargo.person(unit, Role.SUPERVISOR)
    client = signed_in(officer)
    small = cargo.load("road.json", unit, officer)
    red, live = cargo.lane(unit.parent), cargo.release(unit.parent)

    def dress(made: Submission, times: int) -> None:
        for number in range(times):
            cargo.problem(made, ["text_cut", "goods_missing"][number % 2], severity="warning")
            Job.objects.create(kind="submission.consignments", unit=unit, subject=made.ref, ordinal=number)
        for version in made.versions.select_related("consignment__unit"):
            cargo.assess(version, live, red)

    expected = queries_of(client, reverse("submission", args=[small.ref]), lambda: dress(small, 1))
    large = cargo.load("sea.edi", unit, officer)
    dress(large, 60)
    with django_assert_num_queries(expected):
        client.get(reverse("submission", args=[large.ref]))


# ---- upload


def a_file(content: bytes = b"UNB+UNOA:2'", name: str = "manifest.edi") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_an_upload_becomes_a_submission_with_its_options(desk: Client, unit: Unit, officer: User) -> None:
    response = desk.post(reverse("upload"), {"file": a_file(), "unit": str(unit.ref), "atomic": "on", "dry_run": "on"})
    made = Submission.objects.get()
    assert response.status_code == 302
    assert response["Location"] == reverse("submission", args=[made.ref])
    assert (made.sender, made.unit, made.atomic, made.dry_run) == (officer, unit, True, True)
    assert made.file_name == "manifest.edi"
    assert Job.objects.filter(subject=made.ref, kind="submission.read").count() == 1


def test_the_same_file_again_leads_to_the_first_submission_and_says_so(desk: Client, unit: Unit) -> None:
    desk.post(reverse("upload"), {"file": a_file(), "unit": str(unit.ref)})
    response = desk.post(reverse("upload"), {"file": a_file(name="other.edi"), "unit": str(unit.ref)}, follow=True)
    made = Submission.objects.get()
    assert response.redirect_chain[-1][0] == reverse("submission", args=[made.ref])
    assert "You sent this very file before" in text(response)


def test_an_empty_file_is_refused_with_a_sentence(desk: Client, unit: Unit) -> None:
    response = desk.post(reverse("upload"), {"file": a_file(b""), "unit": str(unit.ref)})
    assert response.status_code == 422
    assert "The file is empty." in text(response)
    assert not Submission.objects.exists()


def test_a_missing_file_is_told_beside_the_field(desk: Client, unit: Unit) -> None:
    response = desk.post(reverse("upload"), {"unit": str(unit.ref)})
    assert response.status_code == 422
    assert "has-err" in text(response)


class Unreadable:
    """A body that must not be touched."""

    def read(self, *_args: object) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def test_a_file_past_the_limit_is_refused_before_a_byte_of_it_is_read(
    unit: Unit, officer: User, settings: Settings
) -> None:
    """Also not by the check of the form's token, which looks for it in the body once the cookie is there."""
    settings.MAX_UPLOAD = 5 * 1024 * 1024
    client = signed_in(officer, csrf=True)
    client.get(reverse("upload"))
    assert "csrftoken" in client.cookies
    response = client.generic(
        "POST",
        reverse("upload"),
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(6 * 1024 * 1024), "wsgi.input": Unreadable()},
    )
    assert response.status_code == 413
    assert "5.0\u00a0MB" in text(response)
    assert not Submission.objects.exists()


def test_a_file_just_past_the_limit_is_refused_by_its_own_size(desk: Client, unit: Unit, settings: Settings) -> None:
    settings.MAX_UPLOAD = 1000
    response = desk.post(reverse("upload"), {"file": a_file(b"x" * 1001), "unit": str(unit.ref)})
    assert response.status_code == 413
    assert not Submission.objects.exists()


def test_an_upload_needs_the_token_of_its_form(unit: Unit, officer: User) -> None:
    client = signed_in(officer, csrf=True)
    assert client.post(reverse("upload"), {"file": a_file(), "unit": str(unit.ref)}).status_code == 403
    page = text(client.get(reverse("upload")))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    sent = {"file": a_file(), "unit": str(unit.ref), "csrfmiddlewaretoken": token[1]}
    assert client.post(reverse("upload"), sent).status_code == 302


def test_only_units_where_one_may_push_are_offered_and_taken(unit: Unit, other_unit: Unit, officer: User) -> None:
    cargo.grant(user=officer, unit=other_unit, role=Role.AUDITOR)
    client = signed_in(User.objects.get(pk=officer.pk))
    page = text(client.get(reverse("upload")))
    offered = re.search(r'<select name="unit".*?</select>', page, re.S)
    assert offered is not None
    assert str(unit.ref) in offered[0]
    assert str(other_unit.ref) not in offered[0]
    response = client.post(reverse("upload"), {"file": a_file(), "unit": str(other_unit.ref)})
    assert response.status_code == 422
    assert not Submission.objects.exists()


def test_a_reader_sees_no_form_and_is_refused(reading: Client, unit: Unit) -> None:
    page = text(reading.get(reverse("upload")))
    assert 'type="file"' not in page
    assert "does not upload" in page
    assert reading.post(reverse("upload"), {"file": a_file(), "unit": str(unit.ref)}).status_code == 403
    assert reverse("upload") not in text(reading.get(reverse("submissions")))


def test_the_schema_is_served_to_those_signed_in(desk: Client, client: Client) -> None:
    assert desk.get(reverse("note_schema")).json()["$schema"]
    address = reverse("manifest_schema")
    assert desk.get(address).json()["$schema"]
    assert client.get(address).status_code == 302


# ---- all of them


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("submissions", "post"),
        ("submission", "post"),
        ("submission_original", "post"),
        ("submission_retry", "get"),
        ("upload", "put"),
        ("manifest_schema", "post"),
    ],
)
def test_a_wrong_method_is_refused(desk: Client, unit: Unit, officer: User, name: str, wrong: str) -> None:
    one = name in {"submission", "submission_original", "submission_retry"}
    made = cargo.submission(unit, officer)
    assert getattr(desk, wrong)(reverse(name, args=[made.ref] if one else [])).status_code == 405


@pytest.mark.parametrize("name", ["submissions", "upload", "submission"])
def test_a_page_holds_nothing_inline(desk: Client, unit: Unit, officer: User, name: str) -> None:
    made = cargo.load("rail.json", unit, officer)
    cargo.problem(made, "goods_missing")
    assert not holds_something_inline(desk.get(reverse(name, args=[made.ref] if name == "submission" else [])))


def test_signed_out_people_are_sent_to_sign_in(client: Client, unit: Unit, officer: User) -> None:
    made = cargo.submission(unit, officer)
    for address in (reverse("submissions"), reverse("upload"), reverse("submission", args=[made.ref])):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def test_a_declaration_leads_to_its_papers_and_a_gate_message_to_its_containers(
    desk: Client, unit: Unit, officer: User
) -> None:
    made = cargo.submission(unit, officer, status=Status.DONE)
    version = factories.VersionFactory(consignment__call__unit=unit, consignment__document_no="SMGS4471")
    matched = PaperFactory(consignment=version.consignment, unit=unit, submission=made, said=paper(number="D-1"))
    waiting = PaperFactory(consignment=None, unit=unit, submission=made, said=paper(number="D-2"))
    call = factories.CallFactory(unit=unit)
    movement = factories.MovementFactory(visit__call=call, visit__unit=unit, submission=made, seals=["HX 44"])
    page = text(desk.get(reverse("submission", args=[made.ref])))
    for address in (reverse("paper", args=[one.ref]) for one in (matched, waiting)):
        assert address in page
    assert reverse("consignment", args=[version.consignment.ref]) in page
    assert "waits for its consignment" in page
    assert reverse("visit", args=[movement.visit.ref]) in page
    assert "HX 44" in page


def test_a_problem_of_a_table_names_sheet_and_cell_and_no_bytes(desk: Client, unit: Unit, officer: User) -> None:
    made = cargo.submission(unit, officer, format="table")
    cargo.problem(made, "number_invalid", params={"value": "lots"}, position={"pointer": "/List 1/J4", "offset": 4})
    page = text(desk.get(reverse("submission", args=[made.ref])))
    assert "List 1, J4" in page
    assert "byte 4" not in page
