"""The lists that a country keeps."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from inspections import lists
from inspections.errors import InvalidActError
from inspections.models import ListedWord
from inspections.starter_lists import STARTER
from pcu.accounts.roles import Role
from tests import factories
from tests.inspections.conftest import word

pytestmark = pytest.mark.django_db


def codes(unit, list_name="place") -> list[str]:
    return list(lists.words_for(unit, list_name).values_list("code", flat=True))


def test_a_country_begins_with_enough_words_in_two_languages():
    assert len(STARTER["place"]) >= 12
    assert len(STARTER["concealment"]) >= 10
    assert len(STARTER["detection"]) >= 8
    for words in STARTER.values():
        assert all(set(labels) == {"en", "ru"} for _code, labels in words)


def test_installing_again_adds_what_is_missing_and_touches_nothing_else(altynkol, supervisor):
    lists.rename_word(word=word(altynkol, "floor"), user=supervisor, labels={"en": "Below the floor"})
    lists.retire_word(word=word(altynkol, "roof"), user=supervisor)
    ListedWord.objects.filter(code="tank").delete()
    call_command("install_lists")
    assert word(altynkol, "tank")
    assert word(altynkol, "floor").label == "Below the floor"
    assert word(altynkol, "roof").retired_at is not None
    assert lists.install_starter_lists(altynkol) == 0


def test_words_belong_to_the_country_and_its_units_share_them(altynkol):
    dostyk = factories.UnitFactory(code="DOS")
    assert codes(dostyk) == codes(altynkol)
    assert codes(factories.UnitFactory(code="DSB", parent__code="TJ")) == []


def test_words_move_past_the_retired(altynkol, supervisor):
    before = codes(altynkol)
    lists.retire_word(word=word(altynkol, before[1]), user=supervisor)
    lists.move_word(word=word(altynkol, before[2]), user=supervisor, up=True)
    assert codes(altynkol)[:2] == [before[2], before[0]]
    lists.move_word(word=word(altynkol, before[2]), user=supervisor, up=True)
    assert codes(altynkol)[0] == before[2]
    lists.move_word(word=word(altynkol, before[2]), user=supervisor, up=False)
    assert codes(altynkol)[:2] == [before[0], before[2]]


def test_a_code_is_made_of_the_english_word_and_is_new(altynkol, supervisor):
    one = lists.add_word(unit=altynkol, user=supervisor, list_name="place", labels={"en": "Floor!"})
    two = lists.add_word(unit=altynkol, user=supervisor, list_name="place", labels={"ru": "Под сиденьем"})
    assert (one.code, two.code) == ("floor_2", "word")
    assert codes(altynkol)[-2:] == ["floor_2", "word"]


@pytest.mark.parametrize(
    ("list_name", "labels"),
    [("colour", {"en": "Red"}), ("place", {}), ("place", {"en": "x" * 81}), ("place", {"en": "under the FLOOR"})],
)
def test_bad_words_are_refused(altynkol, supervisor, list_name, labels):
    with pytest.raises(InvalidActError):
        lists.add_word(unit=altynkol, user=supervisor, list_name=list_name, labels=labels)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ANALYST, Role.SUPERVISOR, Role.AUDITOR])
def test_a_role_in_one_unit_keeps_no_list_of_the_country(altynkol, role):
    user = factories.person(altynkol, role)
    for change in (
        lambda: lists.add_word(unit=altynkol, user=user, list_name="place", labels={"en": "New"}),
        lambda: lists.retire_word(word=word(altynkol, "floor"), user=user),
        lambda: lists.restore_word(word=word(altynkol, "floor"), user=user),
        lambda: lists.move_word(word=word(altynkol, "floor"), user=user, up=True),
        lambda: lists.rename_word(word=word(altynkol, "floor"), user=user, labels={"en": "New"}),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_an_analyst_of_the_country_keeps_them(altynkol):
    analyst = factories.person(altynkol.parent, Role.ANALYST)
    assert lists.add_word(unit=altynkol, user=analyst, list_name="detection", labels={"en": "Drone"}).code == "drone"


def test_what_is_asked_of_a_word_is_done_whole_or_not_at_all(altynkol, supervisor, monkeypatch):
    floor, before = word(altynkol, "floor"), codes(altynkol)
    told = {"word": floor, "user": supervisor, "labels": {"en": "Below"}, "move": "up", "is_retired": True}

    def fails(*_words, **_way):
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(lists, "_move", fails)
        with pytest.raises(RuntimeError):
            lists.change_word(**told)
    floor.refresh_from_db()
    assert (floor.label, floor.retired_at, codes(altynkol)) == ("Under the floor", None, before)
    changed = lists.change_word(**told)
    first = changed.retired_at
    assert (changed.label, first is None) == ("Below", False)
    assert lists.retire_word(word=floor, user=supervisor).retired_at == first


def test_the_history_keeps_what_a_word_was_and_who_changed_it(altynkol, supervisor):
    client = Client()
    client.force_login(supervisor, backend="allauth.account.auth_backends.AuthenticationBackend")
    floor = word(altynkol, "floor")
    for do in ("retire", "restore", "up"):
        assert client.post(reverse("word_change", args=[floor.ref]), {"do": do}).status_code == 302
    changes = apps.get_model("inspections", "ListedWordHistory").objects.filter(pgh_obj=floor, pgh_label="update")
    told = changes.order_by("pgh_id").values_list("retired_at", "rank", "pgh_context__metadata__user")
    assert [(retired is not None, rank, user) for retired, rank, user in told] == [
        (True, floor.rank, supervisor.pk),
        (False, floor.rank, supervisor.pk),
        (False, floor.rank - 1, supervisor.pk),
    ]
