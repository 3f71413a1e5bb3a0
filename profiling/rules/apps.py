"""The rules app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulesConfig(AppConfig):
    name = "profiling.rules"
    label = "rules"
    verbose_name = _("Rules")

    def ready(self) -> None:
        """Releases in shadow are scored by jobs of their own; scores are part of the past that indicators ask for."""
        from pcu.desk import jobs
        from profiling.indicators import above
        from profiling.rules import shadow, shadowing
        from profiling.rules.recent import recent_scores

        jobs.register(shadowing.SCORE, run=shadow.score_in_shadow, on_failed=shadow.shadow_failed)
        above.tell_scores(recent_scores)
