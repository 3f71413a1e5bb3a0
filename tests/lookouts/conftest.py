"""A unit with rules whose cargo comes by messages, its neighbours, and people in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cargo.models import Submission
from profiling.intake import services as intake
from profiling.rules.services import install_starter
from tests import factories
from tests.intake.conftest import do_all_jobs

Push = Callable[..., Submission]


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "store")}},
    }


@pytest.fixture
def altynkol(db) -> Unit:
    unit = factories.UnitFactory()
    install_starter(unit=unit.parent, sample_rate=0)
    return unit


@pytest.fixture
def dostyk(altynkol) -> Unit:
    return factories.UnitFactory(code="DOS")


@pytest.fixture
def dushanbe(db) -> Unit:
    return factories.UnitFactory(code="DSB", parent__code="TJ")


@pytest.fixture
def officer(altynkol) -> User:
    return factories.person(altynkol)


@pytest.fixture
def colleague(altynkol) -> User:
    return factories.person(altynkol)


@pytest.fixture
def policeman(altynkol) -> User:
    user = factories.person(altynkol)
    user.memberships.update(agency="police")
    return user


@pytest.fixture
def auditor(altynkol) -> User:
    return factories.person(altynkol.parent, Role.AUDITOR)


@pytest.fixture
def operator(altynkol) -> User:
    return factories.client_system(altynkol)


def train(**changed: Any) -> dict[str, Any]:
    """One ordinary SMGS note: a container on a wagon, sealed, with named parties, due tomorrow."""
    return {
        "format": "pcu-manifest",
        "version": "1",
        "function": "original",
        "message_ref": "M-1",
        "manifest_number": "MAN-1",
        "sender": "KTZ",
        "direction": "import",
        "issued_at": timezone.now().isoformat(timespec="minutes"),
        "conveyance": {
            "mode": "rail",
            "identifier": "X9017",
            "voyage": "X9017",
            "eta": (timezone.now() + timedelta(days=1)).isoformat(timespec="minutes"),
        },
        "equipment": [
            {"number": "52841136", "kind": "wagon"},
            {
                "number": "TEMU 618047-7",
                "kind": "container",
                "fill": "full",
                "size_type": "45G1",
                "carried_on": "52841136",
                "seals": [{"number": "AF-00/99121", "party": "customs"}],
            },
        ],
        "consignments": [note()],
        **changed,
    }


def note(number: str = "9000001", equipment: str | None = "TEMU 618047-7", **changed: Any) -> dict[str, Any]:
    said = {
        "document_type": "smgs",
        "document_no": number,
        "packages": 400,
        "gross_kg": 19860,
        "value": 124000,
        "currency": "USD",
        "parties": [
            {"role": "shipper", "name": "Ningbo Bright Lamp Co", "country": "CN", "tax_id": "91110108MA01ABCD2X"},
            {"role": "consignee", "name": "ТОО «Силк Роуд»", "country": "KZ", "tax_id": "БИН 070540009213"},
        ],
        "items": [{"description": "LED lamps of 9 W for offices", "packages": 400, "gross_kg": 19860,
                   "commodity": {"code": "853952", "scheme": "HS"}}],
    }  # fmt: skip
    if equipment:
        said["loadings"] = [{"equipment": equipment, "packages": 400, "gross_kg": 19860}]
    return said | changed


@pytest.fixture
def push(altynkol, operator) -> Push:
    """Push a message and do all its jobs; a mapping is written as JSON."""

    def push(message: Any, **options: Any) -> Submission:
        content = message if isinstance(message, bytes) else json.dumps(message).encode()
        done = do_all_jobs(intake.receive(pieces=[content], **{"sender": operator, "unit": altynkol, **options}))
        assert done.status == "done", (done.failure, list(done.problems.values()))
        return done

    return push
