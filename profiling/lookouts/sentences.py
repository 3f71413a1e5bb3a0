"""What is wrong or odd about a value, and how many it would have met, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profiling.lookouts.core.keys import SHORTEST, Doubt, Fault, Kind, doubt_of, fault_of


def fault_sentence(kind: Kind, value: str) -> str:
    """Why a value cannot be watched for; empty where it can."""
    match fault_of(kind, value):
        case None:
            return ""
        case Fault.EMPTY:
            return _("Say what to watch for.")
        case Fault.WILDCARD:
            return _("A lookout matches exactly: leave out wildcards such as * and ?.")
        case Fault.STOP_WORDS:
            return _("These words stand in the names of half of all firms. Write the whole name.")
        case Fault.NO_DIGIT:
            return _("A number has at least one digit. This one would match whatever senders write for “none”.")
        case Fault.ONE_DIGIT:
            return _("The same character over and over is what senders write for “none”.")
        case Fault.TOO_SHORT:
            shortest = SHORTEST[kind]
            return ngettext(
                "Too short: at least %(count)d character that tells.",
                "Too short: at least %(count)d characters that tell.",
                shortest,
            ) % {"count": shortest}


def doubt_sentence(kind: Kind, value: str) -> str:
    """What is odd about a value that may be watched for; empty where nothing is."""
    found = doubt_of(kind, value)
    if found is None:
        return ""
    doubt, digit = found
    match doubt:
        case Doubt.WRONG_DIGIT:
            return _("The check digit does not fit: %(digit)s would. It is matched as written.") % {"digit": digit}
        case Doubt.MISSING_DIGIT:
            return _("The check digit %(digit)s is missing. It is matched as written, without it.") % {"digit": digit}
        case Doubt.NO_CONTAINER:
            return _("This has not the form of a container number. It is matched as written.")
        case Doubt.WRONG_WAGON_DIGIT:
            return _("The check digit of the wagon does not fit: %(digit)s would. It is matched as written.") % {
                "digit": digit
            }
