"""The containers agree with the rest: one way to make the data, one way to run the web, secrets only from files."""

from __future__ import annotations

import runpy
from typing import Any

import pytest
import yaml
from django.conf import settings

from pcu.embedded.demo import demo_plan
from pcu.embedded.paths import CHECKOUT
from pcu.embedded.postgres import INITDB_ARGUMENTS

OURS = ("migrate", "web", "worker", "beat")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())


def test_the_database_is_made_as_the_embedded_one(compose: dict[str, Any]) -> None:
    arguments = compose["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]

    assert arguments.split() == list(INITDB_ARGUMENTS)


def test_the_broker_never_evicts(compose: dict[str, Any]) -> None:
    command = compose["services"]["redis"]["command"]

    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_every_secret_comes_from_a_file(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        for variable in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PCU_SAMPLE_SEED"):
            assert variable not in service["environment"]
            secret = service["environment"][f"{variable}_FILE"].removeprefix("/run/secrets/")
            assert secret in service["secrets"]
            assert compose["secrets"][secret]["file"].startswith("./secrets/")
    web = compose["services"]["web"]
    assert set(compose["services"]["worker"]["secrets"]) < set(web["secrets"])
    assert web["environment"]["METRICS_TOKEN_FILE"].removeprefix("/run/secrets/") in web["secrets"]


def test_every_service_waits_for_what_it_needs_and_is_watched(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name in OURS:
        for needed, condition in services[name]["depends_on"].items():
            healthy = condition["condition"] == "service_healthy"
            assert "healthcheck" in services[needed] or not healthy
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    for name in ("postgres", "redis", "web", "worker"):
        assert services[name]["healthcheck"]["test"]


def test_the_image_runs_the_web_as_the_demo_does() -> None:
    image = (CHECKOUT / "Dockerfile").read_text()
    web = demo_plan(8000).processes["web"]

    assert list(web[-3:]) == ["gunicorn", "--bind", "127.0.0.1:8000"], "the rest is gunicorn.conf.py's to say"
    assert '\nCMD ["gunicorn", "--bind", "0.0.0.0:8000"]\n' in image
    assert "--require-hashes" in image


def test_uploads_leave_threads_for_pages_and_the_parent_loads_nothing() -> None:
    web = runpy.run_path(str(CHECKOUT / "gunicorn.conf.py"))

    assert web["worker_class"] == "gthread"
    assert web["threads"] >= settings.UPLOADS_AT_ONCE + 4
    assert "preload_app" not in web
