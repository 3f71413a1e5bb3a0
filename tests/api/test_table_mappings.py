"""The mapping of a table over the API: read and confirmed by the unit's staff, of no concern to client systems."""

from __future__ import annotations

import pytest

from pcu.accounts.roles import Role
from profiling.cargo.models import Consignment
from profiling.intake import services as intake
from tests import factories
from tests.formats.tables import TABLE, csv_of
from tests.intake.conftest import do_all_jobs


@pytest.fixture
def waiting(altynkol, operator):
    from profiling.rules.services import install_starter

    install_starter(unit=altynkol.parent)
    return do_all_jobs(intake.receive(sender=operator, unit=altynkol, pieces=[csv_of(TABLE)], file_name="cargo.csv"))


def address(submission) -> str:
    return f"/api/v1/table-mappings/{submission.ref}/"


def test_what_is_proposed_can_be_confirmed_as_it_comes_and_the_file_is_read(api, officer, operator, waiting):
    asked = api(officer).get(address(waiting)).json()
    assert (asked["status"], asked["confirmed_by"]) == ("mapping", None)
    assert [one["field"] for one in asked["proposed"]][:4] == ["document_no", "shipper", "consignee", "container"]
    answer = api(officer).put(address(waiting), asked["mapping"], format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["confirmed_by"] == str(officer)
    assert do_all_jobs(waiting).status == "done"
    assert Consignment.objects.count() == 2


def test_the_sender_is_told_what_it_waits_for_and_has_no_say(api, operator, waiting):
    told = api(operator).get(f"/api/v1/manifests/{waiting.ref}/").json()
    assert (told["status"], told["waits_for"]) == ("mapping", "column_mapping")
    assert [one["code"] for one in told["problems"]] == ["mapping_missing"]
    for method in ("get", "put"):
        assert getattr(api(operator), method)(address(waiting), {}, format="json").status_code == 403


def test_a_mapping_at_fault_names_its_columns(api, officer, waiting):
    body = {"columns": {"blno": {"field": "document_no"}, "goods": {"field": "no_such_field"}}}
    answer = api(officer).put(address(waiting), body, format="json")
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["code"], error["attr"]) == ("mapping_field_unknown", "goods")


@pytest.mark.parametrize(
    "body", [[], {"columns": [1]}, {"columns": {"blno": 3}}, {}], ids=["list", "array", "number", "none"]
)
def test_what_is_no_mapping_is_refused(api, officer, waiting, body):
    assert api(officer).put(address(waiting), body, format="json").status_code == 400


def test_outsiders_find_nothing_and_auditors_change_nothing(api, outsider, altynkol, waiting):
    assert api(outsider).get(address(waiting)).status_code == 404
    assert api(outsider).put(address(waiting), {"columns": {}}, format="json").status_code == 404
    auditor = factories.person(altynkol, Role.AUDITOR)
    mapping = api(auditor).get(address(waiting)).json()["mapping"]
    assert api(auditor).put(address(waiting), mapping, format="json").status_code == 403


def test_what_is_no_table_is_not_there(api, officer, post):
    assert api(officer).get(address(post.submission)).status_code == 404
