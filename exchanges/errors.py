"""Why an exchange cannot go on as asked. Each carries a message for people, translated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from pcu.desk import times

if TYPE_CHECKING:
    from exchanges.models import Feedback, PartnerWarning


class ExchangeError(Exception):
    """Base of all; `code` is stable, `message` is for people."""

    code = "exchange_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidExchangeError(ExchangeError):
    """Something is missing or does not fit: messages by field."""

    code = "invalid_exchange"

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


class InvalidWarningError(InvalidExchangeError):
    code = "invalid_warning"


class InvalidFeedbackError(InvalidExchangeError):
    code = "invalid_feedback"


class InvalidMessageError(InvalidExchangeError):
    code = "invalid_message"


class NotNowError(ExchangeError):
    """The warning is not in a state for this."""

    code = "not_now"

    def __init__(self, warning: PartnerWarning) -> None:
        super().__init__(
            _("This cannot be done with warning %(number)s now: %(state)s.")
            % {"number": warning.number, "state": warning.get_state_display()}
        )


class AlreadyAnsweredError(ExchangeError):
    """There is a feedback; it is amended, not given again."""

    code = "already_answered"

    def __init__(self, first: Feedback) -> None:
        super().__init__(
            _("Answered already by %(person)s at %(time)s. Amend that feedback instead.")
            % {
                "person": first.given_by,
                "time": times.in_words(first.given_at.astimezone(times.zone_of(first.warning.to_unit))),
            }
        )


class FeedbackChangedError(ExchangeError):
    """Somebody amended the feedback meanwhile."""

    code = "feedback_changed"

    def __init__(self) -> None:
        super().__init__(_("Somebody has amended this feedback since you opened it. Look at it again."))
