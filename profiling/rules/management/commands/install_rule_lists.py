"""Give every country the starter lists of rules: priority goods, precursors, transhipment points."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pcu.accounts.models import Unit
from profiling.rules.lists import install_starter_lists


class Command(BaseCommand):
    help = "Add the starter lists that a country lacks; may be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        for country in Unit.objects.filter(kind=Unit.Kind.COUNTRY):
            self.stdout.write(f"{country.code}: {install_starter_lists(unit=country)} lists added")
