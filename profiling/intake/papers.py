"""Pass 2 of messages that bring papers: bills of lading, declarations, invoices, each set beside its consignment."""

from __future__ import annotations

from pcu.desk import jobs
from profiling.documents.services import take_documents
from profiling.formats import records as r
from profiling.formats.registry import header_from_json
from profiling.intake.chunks import records_of, submission_of
from profiling.intake.reading import tell


def load_document_chunk(lease: jobs.Lease) -> None:
    submission = submission_of(lease)
    header = header_from_json(lease.job.payload["header"])
    documents = [one for one in records_of(lease, submission, header) if isinstance(one, r.Document)]
    with lease.holding():
        taken = take_documents(submission=submission, documents=documents, function=header.function)
        if known := len(documents) - len(taken):
            params = {"count": known}
            tell(submission, [r.Problem("documents_known", r.Severity.WARNING, header.position, params=params)])
        lease.finish({"documents": len(taken), "unmatched": sum(one.consignment_id is None for one in taken)})
