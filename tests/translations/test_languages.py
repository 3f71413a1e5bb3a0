"""Which language a page is in, and that words kept in the database come in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import formats, translation

from demo.management.commands import load_demo
from pcu.accounts.models import User
from profiling.rules import starter

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.fixture
def officer(db: None) -> User:
    return User.objects.create_user("officer", password="a long enough word", language="ru")


def test_a_signed_in_person_reads_their_own_language_whatever_cookie_the_machine_has(
    client: Client, officer: User
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(officer)
    answer = client.get(reverse("account_change_password"), headers={"accept-language": "en"})
    assert answer["Content-Language"] == "ru"
    assert '<html lang="ru">' in answer.content.decode()


def test_before_sign_in_the_cookie_says_the_language_and_without_one_the_browser(client: Client, db: None) -> None:
    address = reverse("account_login")
    assert client.get(address, headers={"accept-language": "ru"})["Content-Language"] == "ru"
    assert client.get(address, headers={"accept-language": "tg"})["Content-Language"] == "en"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    assert client.get(address, headers={"accept-language": "en"})["Content-Language"] == "ru"


def test_one_persons_language_does_not_stay_for_the_next_request(client: Client, officer: User) -> None:
    client.force_login(officer)
    client.get(reverse("account_change_password"))
    assert Client().get(reverse("account_login"))["Content-Language"] == "en"


def test_an_error_page_is_in_the_persons_language(client: Client, officer: User) -> None:
    client.force_login(officer)
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "Здесь ничего нет" in answer.content.decode()


# ---- words that are data


def _words() -> Iterator[tuple[str, Mapping[str, str]]]:
    for lane in starter.LANES:
        yield from ((f"{lane.code} {name}", getattr(lane, name)) for name in ("letters", "labels", "actions"))
    for rule in starter.RULES:
        yield from ((f"{rule.code} {name}", getattr(rule, name)) for name in ("title", "short", "reason"))
    yield from load_demo.COUNTRIES.items()
    yield from ((code, names) for code, _country, names, _post, _zone in load_demo.UNITS)


@pytest.mark.parametrize(("name", "words"), list(_words()))
def test_what_an_installation_begins_with_is_worded_in_every_language(name: str, words: Mapping[str, str]) -> None:
    assert sorted(words) == sorted(LANGUAGES)
    assert all(text.strip() for text in words.values())
    places = {frozenset(re.findall(r"\{\w+\}", text)) for text in words.values()}
    assert len(places) == 1, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["DATE_FORMAT", "TIME_FORMAT", "YEAR_MONTH_FORMAT", "WALL_DAY_FORMAT"])
def test_every_language_says_how_days_and_times_are_written(language: str, name: str) -> None:
    with translation.override(language):
        assert formats.get_format(name) != name
