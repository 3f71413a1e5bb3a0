"""The cases app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "profiling.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """A case that was passed on takes its cargo along: who decides it must be able to look at it.

        And the job of a new lookout is done here, for its hits make cases.
        """
        from pcu.desk import jobs
        from profiling.cargo.shares import share
        from profiling.cases.passing import consignments_passed_to, visits_passed_to

        share(consignments=consignments_passed_to, visits=visits_passed_to)

        from profiling.cases import watching

        jobs.register(watching.SEARCH, run=watching.search_standing, on_failed=watching.search_failed)

        from profiling.cases import reassessing
        from profiling.documents.kinds import REASSESS

        jobs.register(REASSESS, run=reassessing.reassess, on_failed=reassessing.reassess_failed)

        from profiling.cases import remembered
        from profiling.indicators import above

        above.tell_holds(remembered.first_holds)
