"""The pages of named lists: read by all below the node, changed by who keeps the lists, errors told by line."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from profiling.rules import lists
from profiling.rules.models import NamedList
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


def said_new(country, **changed):
    return {
        "unit": str(country.ref), "code": "cover", "kind": "hs", "title_en": "Cover loads", "title_ru": "Прикрытие",
        "lines": "9403\n4418", "includes": "", "note": "", **changed,
    }  # fmt: skip


def test_a_list_is_made_and_what_is_wrong_is_told_by_field_with_nothing_lost(country) -> None:
    analyst = signed_in(factories.person(country, "analyst"))
    page = reverse("named_list_new")
    refused = analyst.post(page, said_new(country, code="Cover Loads", lines="9403\nwood"))
    assert refused.status_code == 422
    shown = text(refused)
    assert "small letters" in shown
    assert "wood" in refused.content.decode()
    assert not NamedList.objects.exists()
    made = analyst.post(page, said_new(country))
    one = NamedList.objects.get()
    assert made.url == reverse("named_list", args=[one.ref])
    assert one.versions.get().entries == ["9403", "4418"]
    shown = analyst.get(made.url)
    assert "urniture" in text(shown)
    assert not holds_something_inline(shown)
    assert not holds_something_inline(analyst.get(page))


def test_a_list_comes_from_a_file_and_goes_into_one(country) -> None:
    analyst = signed_in(factories.person(country, "analyst"))
    file = SimpleUploadedFile("list.csv", "\ufeff9403;wood\n4418;boards\n".encode())
    analyst.post(reverse("named_list_new"), said_new(country, lines="", file=file))
    one = NamedList.objects.get()
    assert one.versions.get().entries == ["9403", "4418"]
    out = analyst.get(reverse("named_list_file", args=[one.ref, "csv"]))
    assert "9403" in b"".join(out).decode()
    assert analyst.get(reverse("named_list_file", args=[one.ref, "exe"])).status_code == 404
    broken = SimpleUploadedFile("list.csv", b"\xff\xfe\x00")
    again = analyst.post(reverse("named_list", args=[one.ref]), {"file": broken, "based_on": "1"})
    assert (again.status_code, "UTF-8" in text(again)) == (422, True)


def test_an_officer_makes_no_list_and_a_stranger_gets_no_file(country, version) -> None:
    post = factories.UnitFactory(parent=country)
    officer = signed_in(factories.person(post, "officer"))
    assert officer.get(reverse("named_list_new")).status_code == 403
    assert "New list" not in text(officer.get(reverse("rule_lists")))
    stranger = signed_in(factories.person(factories.CountryFactory(code="UZ"), "analyst"))
    assert stranger.get(reverse("named_list_file", args=[version.named_list.ref, "csv"])).status_code == 404


def test_a_table_is_read_as_a_table_and_what_goes_out_comes_in_again(country) -> None:
    analyst = signed_in(factories.person(country, "analyst"))
    file = SimpleUploadedFile("firms.csv", b'"Smith; Sons",note\r\n"The ""Old"" Mill",x\r\n')
    analyst.post(reverse("named_list_new"), said_new(country, kind="word", lines="", file=file))
    one = NamedList.objects.get()
    assert one.versions.get().entries == ["Smith; Sons", 'The "Old" Mill']
    out = analyst.get(reverse("named_list_file", args=[one.ref, "txt"]))
    again = SimpleUploadedFile("firms.txt", out.content)
    page = reverse("named_list", args=[one.ref])
    assert analyst.post(page, {"file": again, "based_on": "1"}).status_code == 302
    assert one.versions.count() == 1, "nothing differs"


def test_a_node_that_is_not_the_persons_and_signs_that_no_text_holds_are_refused(country) -> None:
    analyst = signed_in(factories.person(country, "analyst"))
    abroad = factories.CountryFactory(code="UZ")
    assert analyst.post(reverse("named_list_new"), said_new(abroad)).status_code == 422
    zero = SimpleUploadedFile("list.txt", b"94\x0003")
    assert analyst.post(reverse("named_list_new"), said_new(country, file=zero)).status_code == 422
    assert not NamedList.objects.exists()
    analyst.post(reverse("named_list_new"), said_new(country, kind="code", lines="A\0B"))
    assert NamedList.objects.get().versions.get().entries == ["AB"]
