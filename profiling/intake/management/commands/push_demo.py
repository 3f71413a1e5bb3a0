"""Push sample manifests through the installation's own REST API, as a railway or a carrier would. Invented data."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from profiling.formats.generate import generate_cuscar
from profiling.intake.management.commands.load_demo import SIGN_INS_FILE

SAMPLES = Path(settings.BASE_DIR) / "tests" / "fixtures"
FILES = (("rail.json", "ALT"), ("rail.json", "DSB"), ("road.json", "NPJ"), ("sea.edi", "ALT"))
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
        for name, unit in FILES:
            self._push(base_url, token, unit, (SAMPLES / name).read_bytes(), f"demo {name} {unit}")
        self._push(base_url, token, "ALT", b"".join(generate_cuscar(GENERATED_BILLS)), "demo generated ALT")

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
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # as above
            answered = json.load(answer)
        self.stdout.write(f"{key}: {answered['status']} {answered['ref']}")
