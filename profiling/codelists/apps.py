"""The code lists app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CodeListsConfig(AppConfig):
    name = "profiling.codelists"
    label = "codelists"
    verbose_name = _("Reference data")
