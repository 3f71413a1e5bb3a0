"""The inspections app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Inspections")

    def ready(self) -> None:
        """Put the pages into the menu."""
        from pcu.desk import navigation

        navigation.register(navigation.Page("statistics", _("Statistics"), "chart-bar", 70))
