"""Words of the exchange: urgency, what is asked for, states, clocks, what came of a warning (domain.md, "Records")."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Urgency(TextChoices):
    """How fast the other side is asked to answer; the times are in settings.WARNING_TIMES."""

    FLASH = "flash", _("Flash")
    URGENT = "urgent", _("Urgent")
    NORMAL = "normal", _("Normal")


class RequestedAction(TextChoices):
    INFORM = "inform", _("Tell us when it arrives")
    DOCUMENTS = "documents", _("Check the documents")
    SCAN = "scan", _("Scan")
    EXAMINE = "examine", _("Hold and examine")
    UNLOAD = "unload", _("Hold and unload fully")


class State(TextChoices):
    """Life of a warning. The last three end it; a late answer still ends an expired one."""

    DRAFT = "draft", _("draft")
    SENT = "sent", _("sent")
    READ = "read", _("read")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("warning", "acknowledged")
    LOOKOUT = "lookout", _("lookout made")
    ANSWERED = "answered", _("answered")
    EXPIRED = "expired", _("expired")
    RECALLED = "recalled", _("recalled")


OPEN = (State.SENT, State.READ, State.ACKNOWLEDGED, State.LOOKOUT)
UNACKNOWLEDGED = (State.SENT, State.READ)


class Line(TextChoices):
    """What a line of a thread is. Notes stay with the unit that wrote them; events are written by the desk."""

    TEXT = "text", _("message")
    QUESTION = "question", _("question")
    NOTICE = "notice", _("notice")
    NOTE = "note", _("note of the unit")
    EVENT = "event", _("event")


class ClockKind(TextChoices):
    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    FEEDBACK = "feedback", _("Feedback")
    ANSWER = "answer", _("Answer")


class Located(TextChoices):
    YES = "yes", pgettext_lazy("located", "Yes")
    NO = "no", pgettext_lazy("located", "No")
    UNKNOWN = "unknown", _("Not known")


class Action(TextChoices):
    """What the receiving unit did."""

    NONE = "none", _("Nothing")
    DOCUMENTS = "documents", _("Documents checked")
    SCAN = "scan", _("Scanned")
    DOG = "dog", _("Detector dog")
    TAILGATE = "tailgate", _("Examined at the doors")
    PARTIAL_DEVANNING = "partial_devanning", _("Partly unloaded")
    FULL_DEVANNING = "full_devanning", _("Fully unloaded")


class Answer(TextChoices):
    """What came of it."""

    FOUND = "found", _("Found")
    CLEAN = "clean", _("Clean")
    NOT_EXAMINED = "not_examined", _("Not examined")


class WhyNot(TextChoices):
    """Why it was not examined."""

    NEVER_ARRIVED = "never_arrived", _("It never arrived")
    LEFT_BEFORE = "left_before", _("It had left before the warning came")
    NO_CAPACITY = "no_capacity", _("No capacity to examine in time")
    OTHER_UNIT = "other_unit", _("Another unit examines it")
    NOT_ENOUGH = "not_enough", _("The grounds were not enough")
    OTHER = "other", _("Other, say what")
