"""The menu of the shell."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from pcu.desk import navigation
from pcu.desk.navigation import Page

pytestmark = pytest.mark.urls("tests.desk.trial_urls")


@pytest.fixture(autouse=True)
def own_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_pages", {})


def menu(path: str) -> list[navigation.Entry]:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return list(navigation.entries(request))


def test_pages_stand_in_order_and_the_nearest_one_is_current() -> None:
    navigation.register(Page("mfa_index", "Second factor", "shield-lock", order=20))
    navigation.register(Page("queue", "Queue", "inbox", order=10))
    assert [(entry.label, entry.is_current) for entry in menu("/accounts/2fa/totp/activate/")] == [
        ("Queue", False),
        ("Second factor", True),
    ]
    assert [entry.is_current for entry in menu("/")] == [True, False]


def test_a_page_whose_address_is_not_installed_is_left_out() -> None:
    navigation.register(Page("no_such_name", "Nowhere", "inbox", order=1))
    assert menu("/") == []


def test_a_page_is_shown_to_those_who_may_open_it() -> None:
    navigation.register(Page("queue", "Queue", "inbox", order=1, allowed=lambda user: user.is_authenticated))
    assert menu("/") == []


def test_the_root_is_current_on_its_own_page_alone_and_a_page_covers_what_belongs_to_it() -> None:
    navigation.register(Page("queue", "Queue", "inbox", order=10, covers=("cases/",)))
    navigation.register(Page("mfa_index", "Second factor", "shield-lock", order=20, covers=("equipment/",)))
    current = {
        path: [entry.label for entry in menu(path) if entry.is_current]
        for path in ("/", "/cases/7/", "/equipment/7/", "/reference/")
    }
    assert current == {
        "/": ["Queue"],
        "/cases/7/": ["Queue"],
        "/equipment/7/": ["Second factor"],
        "/reference/": [],
    }
