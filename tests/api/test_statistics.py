"""Statistics over the API: the figures of the page, for those who read the unit."""

from __future__ import annotations

import pytest

from pcu.accounts.roles import Role
from tests import factories
from tests.statistics import world
from tests.statistics.world import Act, Came, Flag, Said, Taken

ADDRESS = "/api/v1/statistics/"
PERIOD = {"since": "2026-03-02", "until": "2026-03-22"}


@pytest.fixture
def found(altynkol, dostyk):
    find = Came("found", commodity="tobacco", method="scan")
    world.build(Flag(outcomes=[find], decisions=[Said()], acts=[Act(taken=[Taken()])]), altynkol)
    world.build(Flag(), dostyk)


def test_all_figures_come_with_what_they_are_of(api, found, altynkol):
    answer = api(factories.person(altynkol)).get(ADDRESS, {**PERIOD, "group": "rule"})
    assert answer.status_code == 200
    body = answer.json()
    assert body["question"] == {**PERIOD, "units": ["ALT"], "mode": "", "rule": "", "group": "rule"}
    assert body["all"]["selected"] == 1
    rate = body["all"]["hit_rate"]
    assert (rate["k"], rate["n"], rate["value"]) == (1, 1, 1.0)
    assert 0.2 < rate["low"] < 0.21
    assert body["all"]["base_rate"] is None
    assert [group["key"] for group in body["groups"]] == ["R-1"]
    assert body["commodities"][0]["quantities"] == [{"sum": "100.000", "unit": "sticks"}]
    assert body["endings"] == [{"code": "open", "count": 1}]
    assert body["waiting"] == {"count": 1, "median_seconds": 14400.0, "nine_of_ten_seconds": 14400.0}


def test_units_are_those_one_reads(api, found, altynkol, dostyk, outsider):
    auditor = factories.person(altynkol.parent, Role.AUDITOR)
    assert api(auditor).get(ADDRESS, PERIOD).json()["all"]["selected"] == 2
    assert api(auditor).get(ADDRESS, {**PERIOD, "unit": "DOS"}).json()["all"]["selected"] == 1
    assert api(outsider).get(ADDRESS, PERIOD).json()["all"]["selected"] == 0
    refused = api(outsider).get(ADDRESS, {**PERIOD, "unit": "ALT"})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "unit")
    assert api(factories.UserFactory()).get(ADDRESS).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"), [({"since": "2026-04-01"}, "until"), ({"group": "x"}, "group"), ({"until": "soon"}, "until")]
)
def test_a_bad_question_is_told_by_parameter(api, altynkol, query, field):
    for address in (ADDRESS, f"{ADDRESS}csv/"):
        answer = api(factories.person(altynkol)).get(address, {**PERIOD, **query})
        assert answer.status_code == 400
        assert [error["attr"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(("kind", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF-")])
def test_the_figures_come_as_files(api, found, altynkol, kind, begins):
    answer = api(factories.person(altynkol)).get(f"{ADDRESS}{kind}/", PERIOD)
    assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
    assert f"statistics-all-2026-03-02-2026-03-22.{kind}" in answer["Content-Disposition"]
