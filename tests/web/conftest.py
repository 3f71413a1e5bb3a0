"""Two countries with a unit each, so that every page test has somebody it must not show itself to."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from tests.web import cargo


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, settings: Settings) -> None:
    """Bytes go to a folder of the test."""
    storages = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": None},
        }
    }
    settings.STORAGES = storages


@pytest.fixture
def unit(db: None) -> Unit:
    return cargo.working_unit(cargo.country())


@pytest.fixture
def other_unit(db: None) -> Unit:
    return cargo.working_unit(cargo.country("TJ", "Tajikistan"), "DSB", "Dushanbe-2")


@pytest.fixture
def officer(unit: Unit) -> User:
    return cargo.person(unit)


@pytest.fixture
def auditor(unit: Unit) -> User:
    return cargo.person(unit, Role.AUDITOR)


@pytest.fixture
def outsider(other_unit: Unit) -> User:
    return cargo.person(other_unit)


def signed_in(user: User, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def desk(officer: User) -> Client:
    return signed_in(officer)


@pytest.fixture
def outside(outsider: User) -> Client:
    return signed_in(outsider)


@pytest.fixture
def reading(auditor: User) -> Client:
    return signed_in(auditor)
