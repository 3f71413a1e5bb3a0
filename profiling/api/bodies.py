"""The body of a push, raw or as a form, with or without a length: read in pieces, whole, and not past the limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser

from profiling.api.errors import BodyCutError, BodySilentError
from profiling.intake.errors import UploadTooLarge

PIECE = 64 * 1024
# Boundaries and headers around the one file of a multipart body.
MULTIPART_MARGIN = 64 * 1024


class UnreadParser(BaseParser):
    """Leaves the body alone: the framework would read it where a session is checked."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> QueryDict:
        return QueryDict()


class PushBody:
    """The bytes of one request. Raises UploadTooLarge, BodyCutError, BodySilentError or ValidationError."""

    def __init__(self, request: HttpRequest, most: int | None = None) -> None:
        """`most` bytes are taken, MAX_UPLOAD where not said."""
        length = request.META.get("CONTENT_LENGTH") or ""
        self._request = request
        self._length = int(length) if length.isdecimal() else None
        self._is_form = (request.META.get("CONTENT_TYPE") or "").lower().startswith("multipart/form-data")
        self._most = settings.MAX_UPLOAD if most is None else most
        self._limit = self._most + (MULTIPART_MARGIN if self._is_form else 0)
        self._taken = 0

    def check_length(self) -> None:
        """Refuse what says by its length that it is too large; nothing is read."""
        if self._length is not None and self._length > self._limit:
            raise UploadTooLarge(self._most)

    def manifest(self) -> tuple[Iterator[bytes], str]:
        """The bytes pushed, in pieces, and the name the sender gave them. A form is read to its end first."""
        pieces, name, _documents = self.push()
        return pieces, name

    def push(self) -> tuple[Iterator[bytes], str, list[UploadedFile[Any]]]:
        """As `manifest`, and the parts `document` of a form, which come beside its part `file`."""
        if not self._is_form:
            return iter(self.read, b""), "", []
        parts = self._parts()
        upload = parts.get("file")
        if not isinstance(upload, UploadedFile):
            raise ValidationError({"file": [_("Send the manifest as the part “file”.")]}, code="required")
        if "document" in self._request._post:  # type: ignore[attr-defined]  # filled by `_parts`
            raise ValidationError({"document": [_("Send each document as a file.")]}, code="invalid")
        return upload.chunks(PIECE), upload.name or "", parts.getlist("document")

    def read(self, size: int = PIECE) -> bytes:
        """Up to `size` bytes; none at the end."""
        if self._length is not None:
            size = min(size, self._length - self._taken)
        elif not self._request.META.get("wsgi.input_terminated"):
            size = 0  # this server does not say where a body without a length ends
        if not size:
            return b""
        try:
            piece: bytes = self._request.META["wsgi.input"].read(size)
        except TimeoutError as error:
            raise BodySilentError from error
        except OSError as error:
            raise BodyCutError from error
        self._taken += len(piece)
        if self._taken > self._limit:
            raise UploadTooLarge(self._most)
        if not piece and self._length is not None:
            raise BodyCutError
        return piece

    def _parts(self) -> Any:
        """The files of a form, which Django keeps in a temporary file once they are large."""
        request = self._request
        # Django takes a body without a length for an empty one; here `read` bounds it.
        meta = request.META if self._length is not None else {**request.META, "CONTENT_LENGTH": str(self._limit)}
        try:
            parser = MultiPartParser(meta, self, request.upload_handlers, request.encoding)  # type: ignore[arg-type]  # it only reads
            fields, files = parser.parse()
        except (MultiPartParserError, SuspiciousOperation) as error:
            raise ValidationError({"file": [_("This multipart body cannot be read.")]}) from error
        request._post, request._files = fields, files  # type: ignore[attr-defined]  # closed with the request
        return files
