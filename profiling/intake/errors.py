"""What can be wrong with a push before anything of it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from profiling.formats.table_mapping import Fault


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


class InvalidMapping(IntakeError):  # noqa: N818
    """A mapping of columns that cannot be used; `faults` are `table_mapping.Fault`."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = tuple(faults)


class InvalidBoxes(IntakeError):  # noqa: N818
    """Corrections of a note that cannot be used; `faults` as `note_corrections.faults` tells them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = tuple(faults)


class BoxesChanged(IntakeError):  # noqa: N818
    """Somebody has corrected the same boxes meanwhile."""


class NotWaiting(IntakeError):  # noqa: N818
    """This submission is no table: there is no column of it to map."""


class NotRead(IntakeError):  # noqa: N818
    """There is no answer before it is read."""


class NotThisKind(IntakeError):  # noqa: N818
    """An interchange answers an interchange, and nothing else."""
