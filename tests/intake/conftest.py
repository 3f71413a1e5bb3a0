"""Units with rules, people who may push, and a way to do all jobs without a worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pcu.accounts import services as accounts
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import Submission
from profiling.intake import services as intake
from profiling.rules.services import install_starter

FIXTURES = Path(__file__).parent.parent / "fixtures"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "store")}},
    }


@pytest.fixture
def altynkol(db) -> Unit:
    country = Unit.objects.create(code="KZ", kind=Unit.Kind.COUNTRY, names={"en": "Kazakhstan"}, country="KZ")
    install_starter(unit=country)
    return Unit.objects.create(
        code="ALT", parent=country, names={"en": "Altynkol"}, country="KZ", post="rail", time_zone="Asia/Almaty"
    )


@pytest.fixture
def client_system(altynkol) -> User:
    user = accounts.create_client(username="railway", name="Railway")
    accounts.grant(user=user, unit=altynkol, role=Role.CLIENT)
    return user


def do_all_jobs(submission: Submission) -> Submission:
    """Do the jobs of a submission in the order in which they may run, as a worker would."""
    while True:
        waiting = Job.objects.filter(subject=submission.ref, state=Job.State.WAITING).order_by("phase", "ordinal")
        job = waiting.first()
        if job is None:
            break
        assert jobs.run(job.pk)
    submission.refresh_from_db()
    return submission


@pytest.fixture
def push(altynkol, client_system) -> Callable[..., Submission]:
    def push(content: bytes, **options) -> Submission:
        options = {"sender": client_system, "unit": altynkol, **options}
        return do_all_jobs(intake.receive(pieces=[content], **options))

    return push
