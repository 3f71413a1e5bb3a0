"""Why an inspection or a seizure cannot be changed as asked. Each carries a message for people, translated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from django.utils.translation import gettext as _


class Missing(TypedDict):
    """What stands in the way of submitting: of which line (its ref, or "" for the act), which field, in words."""

    line: str
    field: str
    message: str


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


class NotSubmittableError(InspectionError):
    """Work is submitted from the door, after a return or as an amendment, and in no other state."""

    code = "not_submittable"

    def __init__(self, state: str) -> None:
        super().__init__(_("The act cannot be submitted now: %(state)s.") % {"state": state})


class IncompleteActError(InspectionError):
    """Something is missing before it can be submitted: `missing` says what and where."""

    code = "incomplete_act"

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = list(missing)
        super().__init__(" ".join(one["message"] for one in self.missing))


class OwnWorkError(InspectionError):
    """Nobody reviews what they wrote or took part in. `part` says in what way they did."""

    code = "own_work"

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__(_("You took part in this work (%(part)s); somebody else reviews it.") % {"part": part})


class AlreadyReviewedError(InspectionError):
    """Another reviewer was faster, a later submission has taken its place, or nothing waits for a review."""

    code = "already_reviewed"


class NotAmendableError(InspectionError):
    """Only approved work is amended; what is not approved yet is changed as it is."""

    code = "not_amendable"

    def __init__(self, state: str) -> None:
        super().__init__(_("Only approved work is amended; this is %(state)s.") % {"state": state})


class RefusedValueError(InspectionError):
    """One value of one field cannot be kept; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class SeizureStandsError(InspectionError):
    """Goods were taken in this examination: it cannot be given up."""

    code = "seizure_stands"

    def __init__(self) -> None:
        super().__init__(_("A seizure was recorded in this examination, so it cannot be given up."))


class SeizedSinceError(InspectionError):
    """Goods were taken in an amendment: it cannot be given up, what was taken has to be reviewed."""

    code = "seized_since"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("Seizure %(number)s was recorded in this amendment, so it cannot be given up. Submit it.")
            % {"number": number}
        )


class NoAmendmentError(InspectionError):
    """Nothing approved is being amended here."""

    code = "no_amendment"

    def __init__(self, state: str) -> None:
        super().__init__(_("Only an amendment is given up here; the act is %(state)s.") % {"state": state})


class PictureError(InspectionError):
    """What came is no picture that can be kept; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class PictureTooLargeError(InspectionError):
    """More bytes than are taken; `limit` in bytes."""

    code = "picture_too_large"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            _("The photograph is larger than %(limit)d MB. It was not stored; everything else is kept.")
            % {"limit": limit // 1024 // 1024}
        )
