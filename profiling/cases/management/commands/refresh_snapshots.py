"""Bring the files of the past to what the database holds, now: `manage.py refresh_snapshots [UNIT …]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pcu.accounts.models import Unit
from profiling.cases import snapshots


class Command(BaseCommand):
    help = "Refresh the files on which rules are tried; they are a cache and may be deleted at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("units", nargs="*", help="codes of nodes; all where none is named")
        parser.add_argument("--force", action="store_true", help="look although nothing seems to have changed")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = list(Unit.objects.filter(code__in=options["units"])) if options["units"] else list(Unit.objects.all())
        if unknown := set(options["units"]) - {unit.code for unit in chosen}:
            raise CommandError(f"There is no unit {', '.join(sorted(unknown))}.")
        for unit in chosen:
            done = snapshots.refresh(unit, force=options["force"])
            told = "unchanged" if done.skipped else f"{done.rows:,} subjects, {done.written} files written"
            self.stdout.write(f"{unit.code}: {told}")
