"""Why a case or a hold cannot be changed as asked. Each carries a message for the person who asked, translated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from pcu.accounts.models import User
    from profiling.cases.models import Case, CaseEvent, Hold, Referral, TuningRequest


class CaseError(Exception):
    """Base of all; `code` is stable, `message` is for people."""

    code = "case_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class AlreadyClaimedError(CaseError):
    """Somebody else holds the claim: `holder`, until `until`."""

    code = "already_claimed"

    def __init__(self, holder: User, until: datetime) -> None:
        self.holder = holder
        self.until = until
        super().__init__(
            _("%(person)s has claimed this case until %(time)s.")
            % {"person": holder, "time": date_format(timezone.localtime(until), "TIME_FORMAT")}
        )


class NotYourClaimError(CaseError):
    code = "not_your_claim"

    def __init__(self) -> None:
        super().__init__(_("You do not hold a claim on this case."))


class CaseClosedError(CaseError):
    code = "case_closed"

    def __init__(self, case: Case) -> None:
        super().__init__(
            _("Case %(number)s is closed: %(disposition)s.")
            % {"number": case.number, "disposition": case.get_disposition_display()}
        )


class CaseChangedError(CaseError):
    """The case is not the one the person looked at; `events` is what happened since, oldest first."""

    code = "case_changed"

    def __init__(self, case: Case, events: Sequence[CaseEvent]) -> None:
        self.version = case.version
        self.events = events
        happened = "; ".join(
            f"{event.get_kind_display()} ({event.actor})" if event.actor else str(event.get_kind_display())
            for event in events
        )
        message = _("The case has changed since you opened it. Look at it again before you decide.")
        super().__init__(f"{message} {happened}." if happened else message)


class InvalidDecisionError(CaseError):
    """Something in the decision is missing or does not fit: messages by field."""

    code = "invalid_decision"

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


class EmptyCommentError(CaseError):
    code = "empty_comment"

    def __init__(self) -> None:
        super().__init__(_("A comment needs a text."))


class StandingHoldsError(CaseError):
    """Closing would leave equipment held with nobody looking."""

    code = "standing_holds"

    def __init__(self, holds: Sequence[Hold]) -> None:
        self.holds = holds
        super().__init__(
            ngettext(
                "Equipment is still held: %(numbers)s. Lift the hold before you close the case.",
                "Equipment is still held: %(numbers)s. Lift the holds before you close the case.",
                len(holds),
            )
            % {"numbers": ", ".join(hold.visit.number for hold in holds)}
        )


class AlreadyHeldError(CaseError):
    code = "already_held"

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(_("Already held in this case: %(numbers)s.") % {"numbers": ", ".join(numbers)})


class InvalidHoldError(CaseError):
    """Something in the hold is missing or does not fit: messages by field."""

    code = "invalid_hold"

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


class HoldLiftedError(CaseError):
    code = "hold_lifted"

    def __init__(self) -> None:
        super().__init__(_("This hold has been lifted; there is nothing to acknowledge."))


class InvalidOutcomeError(CaseError):
    code = "invalid_outcome"


class UnderExaminationError(CaseError):
    """Somebody is examining: the case ends with the examination."""

    code = "under_examination"

    def __init__(self, case: Case) -> None:
        super().__init__(
            _("Case %(number)s is being examined. It closes when the examination is approved or given up.")
            % {"number": case.number}
        )


class ReferralGoneError(CaseError):
    """The referral is no longer open: taken by others, done or withdrawn."""

    code = "referral_gone"

    def __init__(self, referral: Referral) -> None:
        super().__init__(_("This referral is no longer open: %(state)s.") % {"state": referral.get_state_display()})


class InvalidTuningError(CaseError):
    """Something in a request for tuning or its answer is missing or does not fit: messages by field."""

    code = "invalid_tuning"

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


class TuningClosedError(CaseError):
    """It was answered already; `request` is how."""

    code = "tuning_closed"

    def __init__(self, request: TuningRequest) -> None:
        self.request = request
        super().__init__(_("This request was answered already: %(answer)s") % {"answer": request.answer})
