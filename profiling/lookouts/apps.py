"""The lookouts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LookoutsConfig(AppConfig):
    name = "profiling.lookouts"
    label = "lookouts"
    verbose_name = _("Lookouts")
