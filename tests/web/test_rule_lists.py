"""The pages of named lists: read by all below the node, changed by who keeps the lists, errors told by line."""

import pytest
from django.urls import reverse

from profiling.rules import lists
from tests import factories
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def country():
    return factories.CountryFactory()


@pytest.fixture
def version(country):
    said = {"code": "cover", "kind": "hs", "titles": {"en": "Cover loads"}, "lines": ["9403"]}
    return lists.make_list(unit=country, user=None, **said)


def test_a_list_is_changed_line_by_line_and_wrong_lines_are_told(country, version) -> None:
    analyst = signed_in(factories.person(country, "analyst"))
    page = reverse("named_list", args=[version.named_list.ref])
    refused = analyst.post(page, {"lines": "9403\nwood", "includes": "", "note": "", "based_on": "1"})
    assert refused.status_code == 422
    assert "“wood”" in text(refused)
    assert version.named_list.versions.count() == 1
    assert analyst.post(page, {"lines": "9403\n44.18", "based_on": "1"}).status_code == 302
    assert version.named_list.versions.get(number=2).entries == ["9403", "4418"]
    assert analyst.post(page, {"lines": "1", "based_on": "1"}).status_code == 409
    shown = analyst.get(page)
    assert "4418" in text(shown)
    assert not holds_something_inline(shown)


def test_an_officer_below_reads_and_does_not_change_and_a_stranger_finds_nothing(country, version) -> None:
    post = factories.UnitFactory(parent=country)
    officer = signed_in(factories.person(post, "officer"))
    page = reverse("named_list", args=[version.named_list.ref])
    assert "Cover loads" in text(officer.get(reverse("rule_lists")))
    assert officer.get(page).status_code == 200
    assert officer.post(page, {"lines": "44", "based_on": "1"}).status_code == 403
    stranger = signed_in(factories.person(factories.CountryFactory(code="UZ"), "analyst"))
    assert stranger.get(page).status_code == 404
