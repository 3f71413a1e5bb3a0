"""The inspections app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Inspections")

    def ready(self) -> None:
        """Put the pages into the menu, the panels onto the case page, the refusals into the API."""
        from inspections.errors import InspectionError, InvalidActError
        from inspections.web import seizure_panel
        from pcu.desk import navigation, panels
        from profiling.api.errors import register_refusals

        navigation.register(navigation.Page("seizures", _("Seizures"), "briefcase", 25))
        panels.register("case", panels.Panel("seizures", "seizures/case_panel.html", seizure_panel.read, 40))
        register_refusals(InspectionError, InvalidActError)
