"""A document as plain JSON values and back: `records.Document` with what holds its default left out.

Numbers are strings ("19860.5"), times ISO 8601, codes their text. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from profiling.formats.records import Document, DocumentKind, Position, Span

_ADAPTER: Final = TypeAdapter(Document)
NOWHERE: Final = Position(0)
NOTHING: Final = Span(0, 0)


class PlainError(ValueError):
    """What was said is no document. `errors`: messages in English by the path of the field, e.g. "items.0.packages"."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{path}: {message}" for path, message in self.errors.items()))


def to_plain(document: Document) -> dict[str, Any]:
    plain: dict[str, Any] = _ADAPTER.dump_python(document, mode="json", exclude_defaults=True)
    return plain


def from_plain(plain: Mapping[str, Any]) -> Document:
    """The document that `to_plain` made plain, or one that a person stated. Raises PlainError."""
    try:
        return _ADAPTER.validate_python(dict(plain))
    except ValidationError as error:
        raise PlainError({".".join(map(str, one["loc"])): one["msg"] for one in error.errors()}) from error


def stated(kind: DocumentKind, number: str, **said: Any) -> Document:
    """A document that stood in no message: a person typed it, or read it from a file."""
    return Document(NOWHERE, NOTHING, kind, number, **said)
