"""What a person is offered for a document that no rule has matched: also by what its file merely proposes."""

from __future__ import annotations

from dataclasses import replace

from profiling.documents.belonging import asked_of
from profiling.documents.core.matching import Asked
from profiling.documents.models import Document
from profiling.formats.records import DocumentKind
from profiling.parties.core.identity import plain_code

_TRANSPORT = (DocumentKind.BILL, DocumentKind.WAYBILL)


def asked_with_proposals(document: Document) -> Asked:
    """What a document says of where it belongs, or without that what was read from its file. For people alone."""
    asked = asked_of(document)
    if document.is_stated or not document.proposed:
        return asked
    own = next((plain_code(one["value"]) for one in document.proposed if one["field"] == "number"), "")
    boxes = {plain_code(one["value"]) for one in document.proposed if one["field"] == "containers"}
    transport = frozenset({own} - {""}) if document.kind in _TRANSPORT else frozenset()
    return replace(asked, own=own, transport=transport, containers=frozenset(boxes - {""}))
