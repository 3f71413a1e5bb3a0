"""The handling code of what is told to others: how far it may go."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Handling(TextChoices):
    """Of lookouts, seizures and warnings: who may read why, and who may be told on."""

    UNIT = "unit", _("This unit only")
    RESTRICTED = "restricted", _("Restricted, no onward passing")
    SHAREABLE = "shareable", _("May be passed to partners")
