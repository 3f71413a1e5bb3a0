"""The indicators app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    name = "profiling.indicators"
    label = "indicators"
    verbose_name = _("Indicators")
