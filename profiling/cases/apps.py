"""The cases app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "profiling.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """A case that was passed on takes its cargo along: who decides it must be able to look at it."""
        from profiling.cargo.shares import share
        from profiling.cases.passing import consignments_passed_to, visits_passed_to

        share(consignments=consignments_passed_to, visits=visits_passed_to)
