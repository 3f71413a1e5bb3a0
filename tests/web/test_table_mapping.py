"""The page of a mapping: who sees it, who may confirm, and what it says without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cargo.models import Submission
from profiling.intake.models import ColumnMapping
from tests.formats.tables import HEADINGS, TABLE, csv_of
from tests.web import cargo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(tmp_path: Any, settings: Any) -> None:
    """Bytes go to a folder of the test."""
    settings.STORAGES = settings.STORAGES | {
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "store")}}
    }


@pytest.fixture
def unit() -> Unit:
    return cargo.working_unit(cargo.country())


@pytest.fixture
def officer(unit: Unit) -> User:
    return cargo.person(unit)


@pytest.fixture
def waiting(unit: Unit, officer: User) -> Submission:
    made = cargo.submission(
        unit, officer, csv_of(TABLE), file_name="cargo.csv", format="table", status=Submission.Status.MAPPING
    )
    cargo.problem(made, "mapping_missing", severity="warning")
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def address(submission: Submission) -> str:
    return f"/submissions/{submission.ref}/mapping/"


FORM = {f"field-{place}": "" for place in range(len(HEADINGS))}


def test_the_page_proposes_and_shows_what_will_be_read(officer: User, waiting: Submission) -> None:
    text = signed_in(officer).get(address(waiting)).content.decode()
    assert "known heading" in text
    assert "AB-1002" in text
    assert "The code had lost its leading zero; it was read as 070320." in text
    assert "Confirm the mapping" in text


def test_an_outsider_finds_no_page(waiting: Submission, unit: Unit) -> None:
    other = cargo.working_unit(unit.parent, code="DOS", name="Dostyk")  # type: ignore[arg-type]  # it has a parent
    stranger = signed_in(cargo.person(other))
    assert stranger.get(address(waiting)).status_code == 404
    assert stranger.post(address(waiting), {**FORM, "confirm": "1"}).status_code == 404


def test_who_may_not_push_reads_and_confirms_nothing(waiting: Submission, unit: Unit) -> None:
    auditor = signed_in(cargo.person(unit, Role.AUDITOR))
    assert "Confirm the mapping" not in auditor.get(address(waiting)).content.decode()
    assert auditor.post(address(waiting), {**FORM, "confirm": "1"}).status_code == 403
    assert not ColumnMapping.objects.exists()


def test_what_is_no_table_has_no_page(unit: Unit, officer: User) -> None:
    assert signed_in(officer).get(address(cargo.submission(unit, officer))).status_code == 404


def test_a_mapping_that_names_nothing_is_told_and_not_kept(officer: User, waiting: Submission) -> None:
    answer = signed_in(officer).post(address(waiting), {**FORM, "field-1": "shipper", "confirm": "1"})
    assert answer.status_code == 422
    assert "Choose a column for the document number, or for containers, wagons or trucks." in answer.content.decode()
    assert not ColumnMapping.objects.exists()


def test_confirming_keeps_it_and_leads_back(officer: User, waiting: Submission) -> None:
    form = {**FORM, "field-0": "document_no", "field-8": "description", "decimal": ".", "confirm": "1"}
    answer = signed_in(officer).post(address(waiting), form)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/submissions/{waiting.ref}/")
    kept = ColumnMapping.objects.get()
    assert (kept.sender, kept.confirmed_by, kept.mapping["decimal"]) == (officer, officer, ".")


def test_a_waiting_submission_says_so_on_its_pages(officer: User, waiting: Submission) -> None:
    client = signed_in(officer)
    for page in (f"/submissions/{waiting.ref}/", "/submissions/"):
        text = client.get(page).content.decode()
        assert "waiting for a mapping" in text
        assert address(waiting) in text


def test_a_heading_in_tonnes_is_read_in_tonnes_when_somebody_names_the_column(unit: Unit, officer: User) -> None:
    table = [["Накладная", "Сколько потянуло, т"], ["K-1", "12,5"]]
    made = cargo.submission(
        unit, officer, csv_of(table, ";"), file_name="tonnes.csv", format="table", status=Submission.Status.MAPPING
    )
    form = {"field-0": "document_no", "field-1": "gross_kg", "preview": "1"}
    text = signed_in(officer).post(address(made), form).content.decode()
    assert '<option value="TNE" selected>' in text
    assert "12,500" in text


@pytest.mark.parametrize(
    ("post", "heading", "kind"),
    [
        ("rail", "Накладная", "smgs"),
        ("road", "Накладная", "cmr"),
        ("sea", "Накладная", "bill"),
        ("rail", "B/L", "bill"),
    ],
)
def test_the_kind_of_document_is_that_of_the_headings_or_else_of_the_post(
    unit: Unit, officer: User, post: str, heading: str, kind: str
) -> None:
    Unit.objects.filter(pk=unit.pk).update(post=post)
    made = cargo.submission(
        unit, officer, csv_of([[heading, "Груз"], ["K-1", "Посуда"]], ";"), format="table",
        status=Submission.Status.MAPPING,
    )  # fmt: skip
    text = signed_in(officer).get(address(made)).content.decode()
    assert re.search(rf'<option value="{kind}"\s+selected>', text)
