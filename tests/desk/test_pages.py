"""Sign-in, errors and one's own account: all in our look, nothing that this installation has not."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from pcu.accounts.models import User

OWN_ACCOUNT = [
    "account_change_password",
    "account_logout",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
]


@pytest.fixture
def officer(db: None) -> User:
    return User.objects.create_user("officer", password="a long enough word")


@pytest.fixture
def signed_in(client: Client, officer: User) -> Client:
    """Signed in, and the password confirmed, so that nothing asks for it again."""
    client.post(reverse("account_login"), {"login": "officer", "password": "a long enough word"})
    client.post(reverse("account_reauthenticate"), {"password": "a long enough word"})
    return client


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "413.html", "500.html"])
def test_an_error_page_needs_neither_request_nor_database(name: str) -> None:
    html = render_to_string(name)
    assert "css/pcu.css" in html
    assert 'href="/"' in html


def test_the_sign_in_page_offers_no_sign_up_and_no_mail(client: Client, db: None) -> None:
    html = client.get(reverse("account_login")).content.decode()
    assert "css/pcu.css" in html
    for word in ("signup", "sign up", "reset", "email"):
        assert word not in html.lower()


def test_a_wrong_password_is_told_in_one_sentence_and_the_name_is_kept(client: Client, officer: User) -> None:
    answer = client.post(reverse("account_login"), {"login": "officer", "password": "wrong"})
    html = answer.content.decode()
    assert html.count('class="msg msg-bad"') == 1
    assert 'value="officer"' in html


def test_an_empty_field_gets_a_red_edge_and_its_own_sentence(client: Client, db: None) -> None:
    html = client.post(reverse("account_login"), {"login": "", "password": "x"}).content.decode()
    assert 'class="field has-err"' in html
    assert 'id="id_login_error"' in html


def test_ten_failures_lead_to_the_lock_out_page(client: Client, officer: User, settings: Any) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post(reverse("account_login"), {"login": "officer", "password": "wrong"})
    assert answer.status_code == 429
    assert "Try again in 15 min" in answer.content.decode()


@pytest.mark.parametrize("name", OWN_ACCOUNT)
def test_pages_about_ones_own_account_stand_in_the_shell(signed_in: Client, name: str) -> None:
    answer = signed_in.get(reverse(name), follow=True)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="top"' in html
    assert "/accounts/email" not in html


def test_confirming_ones_password_has_a_page_of_its_own(client: Client, officer: User) -> None:
    client.force_login(officer)
    html = client.get(reverse("mfa_activate_totp"), follow=True).content.decode()
    assert "Confirm that it is you" in html
    assert "css/pcu.css" in html


def test_language_can_be_chosen_before_signing_in(client: Client, db: None) -> None:
    answer = client.post(reverse("choose_language"), {"language": "ru", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert '<html lang="ru">' in client.get("/accounts/login/").content.decode()


def test_choosing_a_language_leads_to_no_foreign_address(client: Client, db: None) -> None:
    answer = client.post(reverse("choose_language"), {"language": "ru", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_a_language_chosen_while_signed_in_is_remembered_with_the_person(signed_in: Client, officer: User) -> None:
    signed_in.post(reverse("choose_language"), {"language": "ru"})
    officer.refresh_from_db()
    assert officer.language == "ru"


def test_invented_data_is_marked_on_every_page(client: Client, db: None, settings: Any) -> None:
    settings.SYNTHETIC_DATA = True
    assert "Synthetic data" in client.get(reverse("account_login")).content.decode()
    settings.SYNTHETIC_DATA = False
    assert "Synthetic data" not in client.get(reverse("account_login")).content.decode()


def test_without_a_token_set_nobody_reads_the_metrics(client, settings):
    settings.METRICS_TOKEN = ""
    for told in ({}, {"Authorization": "Bearer "}, {"Authorization": ""}):
        assert client.get("/metrics", headers=told).status_code == 404


def test_a_page_names_its_owner_in_a_way_no_number_format_changes(db: None, client: Client) -> None:
    late = User.objects.create_user("late", pk=123456, password="a long enough word")
    client.force_login(late)
    page = client.get(reverse("account_change_password")).content.decode()
    owner = re.search(r'"Page-Owner": "([^"]*)"', page)
    assert owner
    assert client.get(reverse("account_change_password"), headers={"Page-Owner": owner[1]}).status_code == 200
    assert client.get(reverse("account_change_password"), headers={"Page-Owner": "another"}).status_code == 401
