"""The api app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "profiling.api"
    label = "api"
    verbose_name = _("API")
