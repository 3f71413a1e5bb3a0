"""The exchanges app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangesConfig(AppConfig):
    name = "exchanges"
    verbose_name = _("Exchanges")

    def ready(self) -> None:
        """Put the page into the menu with what waits there, a panel on the case page, the errors into the API."""
        from exchanges.api import errors
        from exchanges.web import panel
        from exchanges.web.inbox import waiting_count
        from pcu.desk import navigation, panels

        navigation.register(navigation.Page("messages", _("Messages"), "message-2", 60, waiting=waiting_count))
        panels.register("case", panels.Panel("warnings", "exchanges/case_panel.html", panel.read, 60))
        errors.register()
