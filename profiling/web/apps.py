"""The web app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WebConfig(AppConfig):
    name = "profiling.web"
    label = "web"
    verbose_name = _("Pages")

    def ready(self) -> None:
        """Put the pages into the menu."""
        from pcu.desk import navigation
        from profiling.web.lookout_rows import waiting_notices
        from profiling.web.reference import keeps_reference

        navigation.register(navigation.Page("queue", _("Queue"), "list-check", 10, covers=("queue/", "cases/")))
        navigation.register(navigation.Page("submissions", _("Submissions"), "inbox", 40, covers=("templates/",)))
        navigation.register(navigation.Page("rule_ledger", _("Rules"), "adjustments-horizontal", 60))
        navigation.register(
            navigation.Page("consignments", _("Consignments"), "packages", 30, covers=("equipment/", "parties/"))
        )
        navigation.register(navigation.Page("lookouts", _("Lookouts"), "eye", 25, waiting=waiting_notices))
        navigation.register(navigation.Page("papers", _("Documents"), "file-text", 35))

        from pcu.desk import panels
        from profiling.web import papers_panel

        panels.register("case", panels.Panel("papers", "papers/panel.html", papers_panel.read, 10))
        navigation.register(
            navigation.Page("reference", pgettext_lazy("code lists", "Reference"), "books", 90, allowed=keeps_reference)
        )
