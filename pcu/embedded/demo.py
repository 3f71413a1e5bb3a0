"""The demo installation: which programs make it, and how it begins anew."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from pcu.embedded import leftovers
from pcu.embedded.errors import EmbeddedError
from pcu.embedded.home import Home
from pcu.embedded.launcher import HOST, Command, Launcher, Plan
from pcu.embedded.paths import CHECKOUT, VAR
from pcu.embedded.servers import Servers


def run_demo(environment: Mapping[str, str]) -> int:
    """Run the demo until Ctrl-C; return the exit status."""
    port = _port(environment)
    home = Home(VAR / "demo")
    settings = {
        "PCU_STORE_DIR": str(home.folder / "store"),
        "BEAT_SCHEDULE_FILE": str(home.folder / "beat-schedule"),
        "SYNTHETIC_DATA": "on",
        "PYTHONUNBUFFERED": "1",
    }
    return Launcher(demo_plan(port), home, port, {**settings, **environment}).run()


def reset_demo() -> None:
    """Remove all data of the demo; refused while it runs."""
    home = Home(VAR / "demo")
    if not home.claim():
        raise EmbeddedError("The demo runs. Stop it with Ctrl-C first.")
    try:
        leftovers.stop_leftovers(home.folder)
        Servers(home, {}).stop()
        home.wipe()
    finally:
        home.release()


def demo_plan(port: int, folder: Path = CHECKOUT) -> Plan:
    """Return the programs of the demo at a port."""
    manage = [sys.executable, "manage.py"]
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "pcu"]
    address = f"http://{HOST}:{port}"
    return Plan(
        folder=folder,
        before=[
            Command("Bringing the database up to date.", [*manage, "migrate", "--no-input"]),
            Command("Loading the demo installation.", [*manage, "load_demo"], kept=True),
        ],
        processes={
            "web": [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}"],  # the rest: gunicorn.conf.py
            "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"],
            "beat": [*celery, "beat", "--loglevel", "WARNING"],
        },
        after=[
            Command(
                "Pushing two years of history, living through ninety days, pushing the manifests of today.",
                [*manage, "push_demo", "--base-url", address],
                kept=True,
            ),
        ],
    )


def _port(environment: Mapping[str, str]) -> int:
    text = environment.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise EmbeddedError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)
