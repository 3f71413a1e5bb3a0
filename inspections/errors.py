"""Why an inspection or a seizure cannot be changed as asked. Each carries a message for people, translated."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _


class InspectionError(Exception):
    """Base of all; `code` is stable, `message` is for people."""

    code = "inspection_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidActError(InspectionError):
    """Something is missing or does not fit: messages by field."""

    code = "invalid_act"

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


class NotEditableError(InspectionError):
    """The act is submitted, approved or given up; approved work is amended, never edited."""

    code = "not_editable"

    def __init__(self, state: str) -> None:
        super().__init__(_("The act cannot be changed now: %(state)s.") % {"state": state})
