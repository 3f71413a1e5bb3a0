"""The inspections app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Inspections")

    def ready(self) -> None:
        """Put the pages into the menu, the panel on the case page, and the errors into the API."""
        from inspections.errors import InspectionError, InvalidActError
        from inspections.web import case_panel
        from pcu.desk import navigation, panels
        from profiling.api.errors import register_refusals

        navigation.register(navigation.Page("inspections", _("Inspections"), "clipboard-list", 20))
        panels.register("case", panels.Panel("inspections", "inspections/case_panel.html", case_panel.read, 20))
        register_refusals(InspectionError, InvalidActError)
