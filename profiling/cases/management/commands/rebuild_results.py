"""Make the results that indicators remember anew from all outcomes; needed only where the table was lost."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from profiling.cases.remembered import rebuild_results


class Command(BaseCommand):
    help = "Make what indicators remember of examinations anew from the outcomes."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_results()} outcomes")
