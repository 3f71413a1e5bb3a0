"""The rules app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulesConfig(AppConfig):
    name = "profiling.rules"
    label = "rules"
    verbose_name = _("Rules")

    def ready(self) -> None:
        """What was scored is part of the past that indicators ask for."""
        from profiling.indicators import above
        from profiling.rules.recent import recent_scores

        above.tell_scores(recent_scores)
