"""Give every country the starter words of its lists: places, methods of concealment, ways of detection."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from inspections.lists import install_starter_lists
from pcu.accounts.models import Unit


class Command(BaseCommand):
    help = "Add the starter words that a country's lists lack; may be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        for country in Unit.objects.filter(kind=Unit.Kind.COUNTRY):
            self.stdout.write(f"{country.code}: {install_starter_lists(country)} words added")
