"""Why a document cannot be kept as asked. Each carries a message for the person who asked, translated."""

from __future__ import annotations

from collections.abc import Mapping

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _


class DocumentError(Exception):
    """Base of all; `code` is stable, `message` is for people."""

    code = "document_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidDocumentError(DocumentError):
    """Something stated of it is missing or does not fit: messages by field."""

    code = "invalid_document"

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


class FileNotTakenError(DocumentError):
    """The file is none that is kept here. `code`: file_kind, file_broken, too_many_pixels, unpacks_too_large, empty."""

    def __init__(self, code: str) -> None:
        self.code = f"file_{code}" if code in ("kind", "broken", "empty") else code
        super().__init__(_sentences()[code])


class FileTooLargeError(DocumentError):
    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(_("The file is larger than %(limit)s. Nothing was stored.") % {"limit": filesizeformat(limit)})


class ReplacedError(DocumentError):
    """Somebody has corrected or taken the document meanwhile."""

    code = "replaced"

    def __init__(self) -> None:
        super().__init__(_("This document was corrected meanwhile. Look at its newest version."))


class NothingFailedError(DocumentError):
    """There is nothing to be tried again."""

    code = "nothing_failed"

    def __init__(self) -> None:
        super().__init__(_("Nothing has failed over this file: there is nothing to try again."))


class LockedError(DocumentError):
    """The file is not given out: it is infected, or the scanner has not looked at it yet."""

    code = "locked"

    def __init__(self, infected: bool) -> None:
        super().__init__(
            _("The scanner found malware in this file. It is kept locked and given to nobody.")
            if infected
            else _("The scanner has not looked at this file yet. Try again in a moment.")
        )


def _sentences() -> dict[str, str]:
    return {
        "kind": _("Only PDF, pictures (JPEG, PNG, WebP, TIFF) and office files are taken. Nothing was stored."),
        "broken": _("This office file is damaged or locked by a password. Nothing was stored."),
        "too_many_pixels": _("This picture has more pixels than are opened here. Nothing was stored."),
        "unpacks_too_large": _("This office file unpacks to more than is opened here. Nothing was stored."),
        "empty": _("The file is empty. Nothing was stored."),
    }
