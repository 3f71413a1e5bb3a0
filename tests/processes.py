"""Programs of the installation, run for a test on the test's own database, broker and store."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from pcu.embedded.urls import database_url


def environment_of_test(**additions: str) -> dict[str, str]:
    """What such a program is started with."""
    database = settings.DATABASES["default"]
    return {
        **os.environ,
        "DATABASE_URL": database_url(Path(database["HOST"]), database["USER"], database["NAME"]),
        "PCU_STORE_DIR": settings.STORAGES["default"]["OPTIONS"]["location"],
        "LOG_LEVEL": "ERROR",
        **additions,
    }
