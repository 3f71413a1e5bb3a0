"""Count how values, densities and freights are spread over each unit's consignments; the beat does it every night."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pcu.accounts.models import Unit
from profiling.indicators.peers import count_peers


class Command(BaseCommand):
    help = "Count the peers that indicators hold a consignment against, for all units or those named by their codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("units", nargs="*", metavar="UNIT", help="Codes of units; all without any.")

    def handle(self, *args: Any, **options: Any) -> None:
        units = Unit.objects.filter(code__in=options["units"]) if options["units"] else Unit.objects.all()
        unknown = sorted(set(options["units"]) - {unit.code for unit in units})
        if unknown:
            raise CommandError(f"There is no unit {', '.join(unknown)}.")
        for unit in units.order_by("path"):
            groups = count_peers(unit=unit, until=timezone.now())
            self.stdout.write(f"{unit.code}: {groups} groups")
