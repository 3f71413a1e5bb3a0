"""Exceptions of the services as answers of the API: one standard body, a stable code, the right status."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.exceptions import PermissionDenied as ApiPermissionDenied

from pcu.desk.uploads import RETRY_SECONDS, TooManyUploadsError
from profiling.cargo.sentences import problem_sentence
from profiling.cases.errors import CaseError, EmptyCommentError, InvalidDecisionError, InvalidHoldError
from profiling.documents import errors as documents
from profiling.intake import errors as intake
from profiling.lookouts.errors import InvalidLookoutError, LookoutError
from profiling.rules.errors import InvalidRuleError, RuleError


class ConflictError(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = gettext_lazy("This does not go with what is stored.")
    default_code = "conflict"


class TooLargeError(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The body is too large.")
    default_code = "too_large"


class BodyCutError(APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = gettext_lazy("The body ends before its end or cannot be read. Nothing of it was kept.")
    default_code = "body_cut"


class BodySilentError(APIException):
    status_code = status.HTTP_408_REQUEST_TIMEOUT
    default_detail = gettext_lazy("Nothing more of the body came. Nothing of it was kept; push it again.")
    default_code = "body_silent"


class BusyError(APIException):
    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_detail = gettext_lazy("Too many uploads are under way. Push it again a little later.")
    default_code = "busy"
    wait = RETRY_SECONDS  # becomes Retry-After


class VersionRequiredError(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = gettext_lazy("Send the version that you looked at in If-Match; its ETag is it.")
    default_code = "version_required"


Answer = Callable[[Exception], APIException | None]
"""Gives the answer to an exception, or None for one that is not its own."""

_answers: dict[str, Answer] = {}


def register(name: str, answer: Answer) -> None:
    """Add the answers to the exceptions of a higher app; the same name again replaces the first."""
    _answers[name] = answer


class ApiExceptionHandler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        converted = _answer_to(exc) or next(filter(None, (answer(exc) for answer in _answers.values())), None)
        return super().convert_known_exceptions(exc) if converted is None else converted


def _answer_to(exc: Exception) -> APIException | None:
    match exc:
        case InvalidDecisionError() | InvalidHoldError() | InvalidLookoutError():
            return ValidationError({field: [message] for field, message in exc.errors.items()}, code=exc.code)
        case EmptyCommentError():
            return ValidationError({"text": [exc.message]}, code=exc.code)
        case InvalidRuleError():
            return ValidationError({field: [message] for field, message in exc.errors.items()}, code=exc.code)
        case CaseError() | LookoutError() | RuleError():
            return ConflictError(exc.message, code=exc.code)
        case PermissionDenied() if str(exc):
            return ApiPermissionDenied(str(exc))
        case intake.EmptyUpload():
            return ValidationError(_("The body is empty."), code="empty")
        case intake.UploadTooLarge():
            return TooLargeError(_("The body is larger than %(limit)d bytes.") % {"limit": exc.limit})
        case TooManyUploadsError():
            return BusyError()
        case documents.InvalidDocumentError():
            return ValidationError({field: [message] for field, message in exc.errors.items()}, code=exc.code)
        case documents.FileTooLargeError():
            return TooLargeError(exc.message)
        case documents.FileNotTakenError():
            return ValidationError({"file": [exc.message]}, code=exc.code)
        case documents.DocumentError():
            return ConflictError(exc.message, code=exc.code)
        case intake.IdempotencyConflict():
            return ConflictError(
                _("This Idempotency-Key was used for another body, unit or option."), code="idempotency_conflict"
            )
        case intake.IdempotencyKeyTooLong():
            return ValidationError({"Idempotency-Key": [_("The key is too long.")]}, code="max_length")
        case intake.NotRetryable():
            return ConflictError(_("Only what failed on our side can be tried again."), code="not_retryable")
        case intake.NotRead():
            return ConflictError(_("It is not read yet; ask again a little later."), code="not_read")
        case intake.NotThisKind():
            return ConflictError(
                _("This was no interchange of UN/EDIFACT: its problems are the answer."), code="not_edifact"
            )
        case intake.InvalidMapping():
            told = {fault.where or "mapping": [problem_sentence(fault.code, fault.params)] for fault in exc.faults}
            return ValidationError(told, code=exc.faults[0].code)
        case _:
            return None
