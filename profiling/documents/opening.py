"""The job that reads a PDF: its text becomes proposals, its first pages are drawn to be looked at beside them.

The file is opened by a process of its own with limits of memory and time (`core.opening`): whatever a hostile file
does there, the worker lives on and the document says that it could not be read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo import store
from profiling.documents.choices import Reading
from profiling.documents.core.reading import propose
from profiling.documents.models import Document, DocumentFile
from profiling.formats.problems import storable

SECONDS = 25
"""By the clock; a job's lease is longer."""
DRAWN = 5
"""Pages that are drawn."""
LINE = 300
_PNG_LIMIT = 64 << 20
_ROOT = Path(__file__).resolve().parents[2]


class UnreadableError(Exception):
    """The file could not be opened as a PDF."""


def open_pdf(path: Path, folder: Path) -> dict[str, Any]:
    """{"count", "pages", "drawn"} of a PDF, its pages drawn into the folder. Raises UnreadableError."""
    # without our environment: neither settings nor secrets are there for it
    module = "profiling.documents.core.opening"
    command = [sys.executable, "-m", module, str(settings.DOCUMENT_PAGES), str(DRAWN), str(folder)]
    with path.open("rb") as opened:
        try:
            done = subprocess.run(  # noqa: S603  # our own module, with numbers and a folder of ours
                command,
                stdin=opened,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                cwd=_ROOT,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            )
        except subprocess.TimeoutExpired as error:
            raise UnreadableError("took too long") from error
    if done.returncode:
        raise UnreadableError(f"ended with {done.returncode}")
    told: dict[str, Any] = json.loads(done.stdout)
    if "error" in told:
        raise UnreadableError(told["error"])
    return told


def read_file(lease: jobs.Lease) -> None:
    """The job: proposals and pictures of one uploaded PDF. What cannot be read is told and is no failure of ours."""
    first: Document = Document.objects.select_related("file").get(ref=lease.job.subject)
    file = first.file
    assert file is not None
    if not file.is_open:
        with lease.holding():
            lease.finish({"locked": True})
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "original"
        with store.get(file.sha256) as opened, path.open("wb") as target:
            while piece := opened.read(1 << 20):
                target.write(piece)
        try:
            told = open_pdf(path, Path(folder))
        except UnreadableError as error:
            with lease.holding():
                _note(file, Reading.FAILED, [])
                lease.finish({"error": str(error)})
            return
        pages = [_kept(Path(folder) / f"{place}.png", size) for place, size in enumerate(told["drawn"], 1)]
    texts = [storable_text(text) for text in told["pages"]]
    proposed = [asdict(one) | {"line": one.line[:LINE]} for one in propose(texts)]
    with lease.holding():
        DocumentFile.objects.filter(pk=file.pk).update(page_count=told["count"], pages=pages)
        _note(file, Reading.DONE if any(text.strip() for text in texts) else Reading.NO_TEXT, proposed)
        lease.finish({"pages": told["count"], "proposed": len(proposed)})


def storable_text(text: str) -> str:
    """Text of a page line by line without what no database takes."""
    return "\n".join(storable(line) for line in text.splitlines())


def _note(file: DocumentFile, reading: Reading, proposed: list[dict[str, Any]]) -> None:
    Document.objects.filter(file=file).update(reading=reading, proposed=proposed, updated_at=timezone.now())


def _kept(path: Path, size: list[int]) -> dict[str, Any]:
    stored = store.put(iter([path.read_bytes()]), limit=_PNG_LIMIT)
    return {"sha256": stored.sha256, "width": size[0], "height": size[1]}


def read_failed(job: Job) -> None:
    """Three workers stopped over it: the document says that it could not be read, and is entered by hand."""
    Document.objects.filter(ref=job.subject).update(reading=Reading.FAILED, updated_at=timezone.now())
