"""What services refuse, as answers of the API: every refusal has the one body of drf-standardized-errors."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions, serializers, status

from profiling.cases.errors import CaseError, EmptyCommentError, InvalidDecisionError, InvalidHoldError
from profiling.intake import errors as intake


class Conflict(exceptions.APIException):  # named like the answers of DRF
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class PreconditionRequired(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "precondition_required"
    default_detail = gettext_lazy("Name the version you looked at: If-Match with the ETag of the case.")


class ContentTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(_("More than %(limit)d bytes are not taken.") % {"limit": limit})


class Handler(ExceptionHandler):
    """Turns the exceptions of services into answers, so that views need not catch them one by one."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        match exc:
            case PermissionDenied():
                return exceptions.PermissionDenied(str(exc) or None)
            case InvalidDecisionError() | InvalidHoldError():
                return exceptions.ValidationError(exc.errors, code="invalid")
            case EmptyCommentError():
                return exceptions.ValidationError({"text": exc.message}, code=exc.code)
            case CaseError():
                return Conflict(exc.message, code=exc.code)
            case intake.UploadTooLarge():
                return ContentTooLarge(exc.limit)
            case intake.EmptyUpload():
                return exceptions.ValidationError(_("No bytes came."), code="empty")
            case intake.IdempotencyKeyTooLong():
                return exceptions.ValidationError(_("The Idempotency-Key is too long."), code="key_too_long")
            case intake.IdempotencyConflict():
                return Conflict(
                    _("This Idempotency-Key was used for another body, unit or option."), code="idempotency_conflict"
                )
            case intake.NotRetryable():
                return Conflict(_("Only what failed on our side can be tried again."), code="not_retryable")
        known: Exception = super().convert_known_exceptions(exc)
        return known


class OneErrorSerializer(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class RefusalSerializer(serializers.Serializer):
    """The body of every refusal."""

    type = serializers.CharField()
    errors = OneErrorSerializer(many=True)


REFUSED = {409: RefusalSerializer}
"""Of actions on a case that others may have changed meanwhile."""
