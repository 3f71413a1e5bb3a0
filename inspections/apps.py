"""The inspections app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Inspections")

    def ready(self) -> None:
        """Put the pages into the menu, the panel on the case page, and the errors into the API."""
        from inspections.errors import InspectionError, InvalidActError
        from profiling.api.errors import register_refusals

        register_refusals(InspectionError, InvalidActError)
