"""Why a seizure, its custody or its samples cannot be changed as asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inspections.errors import InspectionError

if TYPE_CHECKING:
    from inspections.models import Handover, Sample, Seizure


class SeizureChangedError(InspectionError):
    """Somebody changed the seizure meanwhile; `version` is the one it has now."""

    code = "seizure_changed"

    def __init__(self, seizure: Seizure) -> None:
        self.version = seizure.version
        super().__init__(
            _("Seizure %(number)s was changed at %(time)s by somebody else.")
            % {"number": seizure.number, "time": _clock(seizure.updated_at)}
        )


class RemovedSeizureError(InspectionError):
    code = "seizure_removed"

    def __init__(self, seizure: Seizure) -> None:
        super().__init__(_("Seizure %(number)s was taken out of the act.") % {"number": seizure.number})


class InCustodyError(InspectionError):
    """Goods that were handed over cannot be taken out of the act."""

    code = "in_custody"

    def __init__(self, seizure: Seizure) -> None:
        super().__init__(
            _("Seizure %(number)s has been handed over; it stays in the act. Amend what is wrong in it.")
            % {"number": seizure.number}
        )


class NotTheHolderError(InspectionError):
    """A hand-over starts with whoever holds the goods."""

    code = "not_the_holder"

    def __init__(self, holder: str) -> None:
        super().__init__(_("The goods are held by %(name)s: only the holder gives them on.") % {"name": holder})


class UnsignedHandoverError(InspectionError):
    """The last hand-over lacks a signature."""

    code = "handover_unsigned"

    def __init__(self, handover: Handover) -> None:
        super().__init__(
            _("Hand-over %(number)d is not signed by both sides yet. Sign it or call it off first.")
            % {"number": handover.number}
        )


class AlreadySignedError(InspectionError):
    code = "already_signed"

    def __init__(self) -> None:
        super().__init__(_("This side has signed already."))


class SettledHandoverError(InspectionError):
    """The hand-over was called off, or has taken place."""

    code = "handover_settled"

    def __init__(self, *, called_off: bool) -> None:
        super().__init__(
            _("This hand-over was called off.")
            if called_off
            else _("This hand-over has taken place; hand the goods back.")
        )


class NotYourSideError(InspectionError):
    """Somebody else is to sign here."""

    code = "not_your_side"

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s signs here, nobody else.") % {"name": name})


class GiverSignsError(InspectionError):
    """The giver can still sign; nobody signs in the place of such a person."""

    code = "giver_signs"

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s can sign in and signs for this side; nobody does it instead.") % {"name": name})


class ResultGivenError(InspectionError):
    """A result is written once; a later one belongs to another sample."""

    code = "result_given"

    def __init__(self, sample: Sample) -> None:
        super().__init__(
            _("Sample %(bag)s has a result already. Record a later one as another sample.") % {"bag": sample.bag}
        )


def _clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "TIME_FORMAT")
