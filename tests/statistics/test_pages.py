"""The page of statistics and its files: the same figures, cut to what a person reads, and bad questions told."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from inspections.statistics.figures import GroupLine, Tally
from inspections.web.statistics_chart import chart, evidence_bar
from pcu.accounts.roles import Role
from profiling.rules.core.intervals import share
from tests import factories
from tests.statistics import world
from tests.statistics.world import Act, Came, Flag, Said, Taken
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, queries_of, text

pytestmark = pytest.mark.django_db
PAGE = "/statistics/"
PERIOD = {"since": "2026-03-02", "until": "2026-03-22"}


@pytest.fixture
def units():
    """Two finds in Altynkol, one in Dostyk, one in Dushanbe."""
    units = world.units()
    find = Came("found", commodity="tobacco", method="scan")
    for place, flag in enumerate(
        [
            Flag(outcomes=[find], decisions=[Said()], acts=[Act(taken=[Taken(quantity=1234)])]),
            Flag(outcomes=[find]),
            Flag(outcomes=[Came()], origin="sample"),
            Flag(state="closed", disposition="no_examination", decisions=[Said("no_examination", ("explained",))]),
        ]
    ):
        world.build(Flag(**{**vars(flag), "hours": 24 * place}), units[0])
    for unit in units[1:]:
        world.build(Flag(outcomes=[find]), unit)
    return units


def page(user: Any, **query: str) -> Any:
    return signed_in(user).get(PAGE, {**PERIOD, **query})


def number(response: Any, step: str) -> str:
    """The number of one step of the funnel."""
    found = re.search(rf"<dt>{step}</dt>\s*<dd class=\"st-n\">([^<]+)</dd>", text(response))
    assert found is not None
    return found[1].strip()


def test_a_person_sees_the_figures_of_the_chosen_unit_and_nothing_inline(units):
    response = page(factories.person(units[0]))
    assert (number(response, "Profiled"), number(response, "Selected"), number(response, "Found")) == ("4", "4", "2")
    assert not holds_something_inline(response)
    assert "Rules and lookouts: 2 of 2" in text(response)
    assert "Random sample: 0 of 1" in text(response)
    assert "1,234 sticks" in text(response)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.CLIENT])
def test_nobody_sees_more_than_what_they_read(units, role):
    altynkol, dostyk, _dushanbe = units
    beside = factories.person(dostyk, role)
    assert number(page(beside, unit="all"), "Selected") == "1"
    assert page(beside, unit="ALT").status_code == 422
    above = factories.person(altynkol.parent, role)
    assert number(page(above, unit="KZ"), "Selected") == "5"
    assert number(page(above, unit="ALT"), "Selected") == "4"
    assert page(above, unit="DSB").status_code == 422


def test_who_has_no_unit_finds_no_page(units):
    client = signed_in(factories.UserFactory())
    assert client.get(PAGE).status_code == 404
    assert client.get(reverse("statistics_file", args=["csv"])).status_code == 404


def test_a_country_is_told_unit_by_unit(units):
    told = text(page(factories.person(units[0].parent, Role.AUDITOR), unit="KZ", group="unit"))
    assert re.findall(r'class="st-d(\d)">([^<]+)<', told)[-3:] == [("0", "KZ"), ("1", "Alt"), ("1", "Dos")]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2026-03-22", "until": "2026-03-02"}, "until"),
        ({"since": "2026-02-30"}, "since"),
        ({"since": "0001-01-01"}, "since"),
        ({"until": "9999-12-31"}, "until"),
        ({"mode": "broom"}, "mode"),
        ({"rule": "R-1'; --"}, "rule"),
        ({"group": "moon"}, "group"),
        ({"group": "day", "since": "2025-01-01"}, "group"),
        ({"unit": "\0"}, "unit"),
    ],
)
def test_a_bad_question_is_told_at_its_field_and_asks_for_no_figures(units, query, field):
    officer = factories.person(units[0])
    for address in (PAGE, reverse("statistics_file", args=["xlsx"])):
        response = signed_in(officer).get(address, {**PERIOD, **query})
        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]
        assert 'role="alert"' in text(response)
        assert "st-fun" not in text(response)


def test_an_address_that_says_nothing_is_the_last_ninety_days(units):
    response = signed_in(factories.person(units[0])).get(PAGE)
    question = response.context["found"].question
    assert (question.days, question.unit, question.group) == (90, units[0], "week")
    only_last = signed_in(factories.person(units[0])).get(PAGE, {"until": "2026-03-22"})
    assert only_last.context["found"].question.days == 90


def test_all_files_hold_the_figures_of_the_page(units):
    officer = factories.person(units[0])
    shown = page(officer, group="mode").context["found"]
    client = signed_in(officer)

    def file(kind: str) -> bytes:
        response = client.get(reverse("statistics_file", args=[kind]), {**PERIOD, "group": "mode"})
        assert response.status_code == 200
        assert f'filename="statistics-ALT-2026-03-02-2026-03-22.{kind}"' in response["Content-Disposition"]
        return bytes(response.content)

    rows = list(csv.reader(io.StringIO(file("csv").decode("utf-8-sig"))))
    tally = shown.all
    assert ["Found: cases", str(tally.found), str(tally.examined), "66.7"] == rows_of(rows, "Found: cases")[:4]
    assert rows_of(rows, "Found in the random sample, of examined")[1:4] == ["0", "1", "0.0"]
    assert rows_of(rows, "Tobacco")[:4] == ["Tobacco", "2", "1", "1"]
    assert ["Tobacco", "1234", "sticks"] in rows
    assert rows_of(rows, "rail")[1:5] == ["4", "4", "3", "2"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(file("xlsx")))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert ["Unit", "Alt"] in sheets["About"]
    assert ["Found: cases", tally.found, tally.examined] == rows_of(sheets["From profiled to seized"], "Found: cases")[
        :3
    ]
    assert len(sheets) == len(set(book.sheet_names)) == 12
    assert file("pdf").startswith(b"%PDF-")
    assert client.get(reverse("statistics_file", args=["exe"])).status_code == 404
    assert client.post(PAGE).status_code == 405


def rows_of(rows: Any, first: str) -> Any:
    return next(row for row in rows if row and row[0] == first)


def test_in_russian_cells_part_at_semicolons(units):
    officer = factories.person(units[0], language="ru")
    response = signed_in(officer).get(reverse("statistics_file", args=["csv"]), PERIOD)
    translation.deactivate()
    assert any(line.count(";") > 5 and ";66,7;" in line for line in response.content.decode().splitlines())


def test_the_page_costs_the_same_however_many_cases(units):
    client = signed_in(factories.person(units[0]))
    address = f"{PAGE}?since=2026-03-02&until=2026-03-22&group=rule"

    def more() -> None:
        for _each in range(4):
            world.build(Flag(outcomes=[Came("found", commodity="drugs")], acts=[Act(taken=[Taken()])]), units[0])

    few = queries_of(client, address)
    assert queries_of(client, address, more) == few
    assert few <= 26


# ---- the drawing


def lines(*counts: tuple[int, int]) -> list[GroupLine]:
    return [
        GroupLine(str(place), str(place), Tally(ruled_found=found, ruled_examined=examined))
        for place, (found, examined) in enumerate(counts)
    ]


def test_the_line_stops_where_nothing_was_examined_and_goes_on_after():
    drawn = chart(lines((1, 10), (2, 10), (0, 0), (1, 10), (1, 10), (0, 0), (1, 10)), Tally())
    assert drawn is not None
    assert len(drawn.points) == 5
    assert [len(stretch.line.split()) for stretch in drawn.stretches] == [2, 2]
    assert drawn.base is None
    assert all(0 <= point.x <= 100 and 0 <= point.y <= 100 for point in drawn.points)


def test_nothing_is_drawn_of_one_step_or_of_none():
    assert chart([], Tally()) is None
    assert chart(lines((1, 10)), Tally()) is None
    assert chart(lines((0, 0), (0, 0)), Tally()) is None


def test_the_base_line_lies_within_its_band_and_the_scale_holds_everything():
    drawn = chart(lines((0, 10), (10, 10)), Tally(drawn_examined=100, drawn_found=3))
    assert drawn is not None
    assert drawn.base is not None
    assert drawn.base.top <= drawn.base.y <= drawn.base.top + drawn.base.height <= 100
    assert drawn.ticks[-1] == (100, 0)
    assert drawn.labels[0][0] == "0"
    assert drawn.labels[-1][0] == "1"


def test_an_evidence_bar_stays_on_its_scale():
    bar = evidence_bar(share(9, 10), 0.4)
    assert bar is not None
    assert (bar.point, bar.low + bar.width) == (100.0, 100.0)
    assert evidence_bar(None, 1) is None
