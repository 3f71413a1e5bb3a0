"""The inspections app."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Inspections")

    def ready(self) -> None:
        """Put the pages into the menu, the panels on the case page, and the errors into the API."""
        from inspections.api import errors
        from inspections.web import case_panel, outcome_panel, seizure_panel
        from pcu.desk import navigation, panels

        errors.register()
        panels.register("case", panels.Panel("inspections", "inspections/case_panel.html", case_panel.read, 20))
        panels.register("case", panels.Panel("outcome", "review/outcome_panel.html", outcome_panel.read, 40))
        panels.register("case", panels.Panel("seizures", "seizures/case_panel.html", seizure_panel.read, 30))
        navigation.register(navigation.Page("inspections", _("Inspections"), "clipboard-list", 20))
        navigation.register(navigation.Page("seizures", _("Seizures"), "briefcase", 27))
        navigation.register(navigation.Page("review", _("Review"), "clipboard-check", 25, allowed=_reviews))
        navigation.register(navigation.Page("statistics", _("Statistics"), "chart-bar", 70))


def _reviews(user: Any) -> bool:
    from pcu.accounts.roles import Capability
    from pcu.accounts.scope import scope_of

    return bool(scope_of(user).units(Capability.REVIEW))
