"""Words of the examination: the seven points, seals, weighing, photographs, states (domain.md, "Records")."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Life of an inspection: planned, done at the door, reviewed. Approved work is amended, never edited."""

    PLANNED = "planned", _("planned")
    UNDER_WAY = "under_way", _("under way")
    SUBMITTED = "submitted", _("waits for review")
    RETURNED = "returned", _("returned with notes")
    APPROVED = "approved", _("approved")
    AMENDING = "amending", _("being amended")
    DROPPED = "dropped", _("given up")


class Point(TextChoices):
    """The seven-point container check."""

    FRONT = "front", _("Front wall")
    LEFT = "left", _("Left side")
    RIGHT = "right", _("Right side")
    FLOOR = "floor", _("Floor")
    ROOF = "roof", _("Ceiling and roof")
    DOORS = "doors", _("Doors, inside and outside")
    UNDERCARRIAGE = "undercarriage", _("Undercarriage")


class PointState(TextChoices):
    OK = "ok", _("OK")
    FINDING = "finding", _("Finding")
    NOT_CHECKED = "not_checked", _("Not checked")


class WeighedHow(TextChoices):
    SCALE = "scale", _("Scale")
    AVERAGE = "average", _("Average of some packages")
    CALCULATED = "calculated", _("Calculated")


class CountedHow(TextChoices):
    COUNTED = "counted", _("Counted")
    ESTIMATED = "estimated", _("Estimated")


class SealEvent(TextChoices):
    FOUND = "found", _("found")
    AFFIXED = "affixed", _("affixed")


class SealCondition(TextChoices):
    INTACT = "intact", _("Intact")
    BROKEN = "broken", _("Broken")
    DIFFERS = "differs", _("Differs from the papers")
    MISSING = "missing", _("Missing")


class PhotoKind(TextChoices):
    SEAL = "seal", _("Seal")
    DOORS = "doors", _("Doors")
    UNLOADED = "unloaded", _("Half unloaded")
    EMPTY = "empty", _("Empty, number in view")
    OPENED = "opened", _("Opened packages")
    SCAN = "scan", _("Scan image")
    FINDING = "finding", _("Finding")
    OTHER = "other", _("Other")


class ReasonToInspect(TextChoices):
    """Why, as far as who examines may know; a random draw and a rule are not told apart."""

    REFERRAL = "referral", _("Referral")
    INTELLIGENCE = "intelligence", _("Intelligence")
    OWN_JUDGEMENT = "own_judgement", _("Own judgement")
