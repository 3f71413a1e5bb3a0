"""Words of lookouts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from profiling.lookouts.core import keys


class Kind(TextChoices):
    CONTAINER = keys.Kind.CONTAINER.value, _("container number")
    SEAL = keys.Kind.SEAL.value, _("seal number")
    WAGON = keys.Kind.WAGON.value, _("wagon number")
    PLATE = keys.Kind.PLATE.value, _("number plate")
    TAX_NUMBER = keys.Kind.TAX_NUMBER.value, _("tax number")
    NAME = keys.Kind.NAME.value, _("exact name")


class Action(TextChoices):
    """What a hit does, the least first."""

    SILENT = "silent", _("tell me alone")
    INFORM = "inform", _("inform")
    OPEN_CASE = "open_case", _("open a case")
    MUST_EXAMINE = "must_examine", _("must be examined")


class Source(TextChoices):
    OWN = "own", pgettext_lazy("source", "own")
    PARTNER = "partner", _("partner unit")
    INTELLIGENCE = "intelligence", _("intelligence")
    OTHER_AGENCY = "other_agency", _("another agency")


class Standing(TextChoices):
    """Where a lookout stands on a day."""

    ACTIVE = "active", pgettext_lazy("lookout", "active")
    EXPIRING = "expiring", _("expires soon")
    PENDING = "pending", _("not yet valid")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", pgettext_lazy("lookout", "withdrawn")
