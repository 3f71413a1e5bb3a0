"""Why a lookout cannot be kept as asked. Each carries a message for the person who asked, translated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from profiling.lookouts.models import Lookout


class LookoutError(Exception):
    """Base of all; `code` is stable, `message` is for people."""

    code = "lookout_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidLookoutError(LookoutError):
    """Something in the lookout is missing or does not fit: messages by field."""

    code = "invalid_lookout"

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


class MatchesTooMuchError(InvalidLookoutError):
    """It would have matched more than anybody can look at: `count` in the days of `Preview`."""

    code = "matches_too_much"

    def __init__(self, message: str, count: int) -> None:
        self.count = count
        super().__init__({"value": message})


class LookoutWithdrawnError(LookoutError):
    code = "lookout_withdrawn"

    def __init__(self, lookout: Lookout) -> None:
        super().__init__(_("Lookout %(number)s was withdrawn. Place a new one.") % {"number": lookout.number})
