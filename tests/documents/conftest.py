"""A unit with rules, its people, and jobs done without a worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from pcu.accounts.models import Unit, User
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.rules.services import install_starter
from tests import factories


@pytest.fixture(autouse=True)
def own_store(tmp_path, settings) -> None:
    """Bytes go to a folder of the test."""
    settings.STORAGES = settings.STORAGES | {
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "store")}}
    }


@pytest.fixture
def altynkol(db) -> Unit:
    unit = factories.UnitFactory()
    install_starter(unit=unit.parent)
    return unit


@pytest.fixture
def officer(altynkol) -> User:
    return factories.person(altynkol)


@pytest.fixture
def outsider(db) -> User:
    return factories.person(factories.UnitFactory(code="DSB", parent__code="TJ"))


@pytest.fixture
def consignment(altynkol):
    """SMGS 4471 of 1000 kg in 50 packages."""
    version = factories.VersionFactory(
        consignment__call__unit=altynkol, consignment__document_no="SMGS 44-71", packages=50, origin_country="CN"
    )
    factories.ItemFactory(version=version, commodity_scheme="HS", commodity_code="630232", packages=50, gross_kg=1000)
    return version.consignment


@pytest.fixture
def do_jobs() -> Callable[[], list[str]]:
    """Do every job that waits, as a worker would; the kinds that were done, in order."""

    def do_jobs() -> list[str]:
        done = []
        while job := Job.objects.filter(state=Job.State.WAITING).order_by("phase", "pk").first():
            assert jobs.run(job.pk)
            done.append(job.kind)
        return done

    return do_jobs


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
