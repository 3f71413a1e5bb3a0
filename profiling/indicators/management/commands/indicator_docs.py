"""Write docs/indicators.md, made from the catalogue of indicators."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from profiling.indicators.catalogue_docs import page


class Command(BaseCommand):
    help = "Write the page of the indicators, in Markdown, as docs/indicators.md holds it."
    requires_system_checks: Any = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
