"""Push sample manifests through the installation's own REST API, as a railway or a carrier would. Invented data."""

from __future__ import annotations

import datetime as dt
import json
import re
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from profiling.formats.generate import generate_cuscar
from profiling.intake.management.commands.load_demo import SIGN_INS_FILE

SAMPLES = Path(settings.BASE_DIR) / "tests" / "fixtures"
# file, unit, hours until it arrives
FILES = (("rail.json", "ALT", 3), ("rail.json", "DSB", 6), ("road.json", "NPJ", 2), ("sea.edi", "ALT", 30))
GENERATED_BILLS = 300


class Command(BaseCommand):
    help = "Push the sample manifests; what was pushed before is answered again and changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", required=True)

    def handle(self, *args: Any, base_url: str, **options: Any) -> None:
        path = Path(settings.STORE_DIR).parent / SIGN_INS_FILE
        if not path.exists():
            raise CommandError("load_demo comes first: there is no token to push with.")
        token = path.read_text().split("\n")[1]
        for name, unit, hours in FILES:
            content = arriving_in(hours, (SAMPLES / name).read_text())
            self._push(base_url, token, unit, content, f"demo {name} {unit}")
        generated = arriving_in(12, b"".join(generate_cuscar(GENERATED_BILLS)).decode())
        self._push(base_url, token, "ALT", generated, "demo generated ALT")

    def _push(self, base_url: str, token: str, unit: str, content: bytes, key: str) -> None:
        request = urllib.request.Request(  # noqa: S310  # the address of our own installation, given by the launcher
            f"{base_url.rstrip('/')}/api/v1/manifests/?unit={unit}",
            data=content,
            headers={
                "Authorization": f"Token {token}",
                "Content-Type": "application/octet-stream",
                "Idempotency-Key": key,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # as above
                answered = json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.CONFLICT:
                raise
            # The key was used at an earlier start, when the same cargo was to arrive at other hours.
            self.stdout.write(f"{key}: pushed at an earlier start")
            return
        self.stdout.write(f"{key}: {answered['status']} {answered['ref']}")


def arriving_in(hours: int, manifest: str) -> bytes:
    """The sample with its arrival so many hours from now and its departure a day before, so that clocks run.

    EDIFACT times name no zone: the unit reads them in its own, so there the arrival is nearer by its offset.
    """
    eta = dt.datetime.now(tz=dt.UTC) + dt.timedelta(hours=hours)
    etd = eta - dt.timedelta(days=1)
    for qualifier, at in (("132", eta), ("133", etd)):
        manifest = re.sub(rf"DTM\+{qualifier}:\d{{12}}:203", f"DTM+{qualifier}:{at:%Y%m%d%H%M}:203", manifest)
    for member, at in (("eta", eta), ("etd", etd)):
        manifest = re.sub(rf'"{member}": "[^"]+"', f'"{member}": "{at:%Y-%m-%dT%H:%M}+00:00"', manifest)
    return manifest.encode()
