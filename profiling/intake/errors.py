"""What can be wrong with a push before anything of it is read."""


class IntakeError(Exception):
    """A push that is not taken."""


class EmptyUpload(IntakeError):  # noqa: N818  # a plain name for what the sender did
    """No bytes came."""


class UploadTooLarge(IntakeError):  # noqa: N818
    """More bytes came than `MAX_UPLOAD` allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class IdempotencyConflict(IntakeError):  # noqa: N818
    """The key was used for another body, unit or option."""


class IdempotencyKeyTooLong(IntakeError):  # noqa: N818
    """Longer than `KEY_LENGTH`."""


class NotRetryable(IntakeError):  # noqa: N818
    """Only what failed on our side can be tried again."""
