"""Opens one PDF in a process of its own: its text layer, and its first pages drawn. Run as a module, never imported.

    python -m profiling.documents.core.opening PAGES DRAWN FOLDER < file

PAGES: how many pages are read; DRAWN: how many are drawn into FOLDER as 1.png, 2.png, … Answers one JSON object:
{"count": pages of the file, "pages": [text of each], "drawn": [[width, height], …]} or {"error": what is wrong}.
The process takes no more memory and time than LIMITS: a hostile file ends it, and nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any, Final

import pypdfium2

MEMORY: Final = 1 << 30
"""Bytes of address space."""
SECONDS: Final = 20
"""Of processor time."""
WRITTEN: Final = 64 << 20
"""Bytes of one drawn page."""
MOST_TEXT: Final = 40_000
"""Characters of one page."""
WIDE: Final = 1200
"""Pixels of a drawn page across, and at most twice as many down."""


def opened(data: bytes, pages: int, drawn: int, folder: Path) -> dict[str, Any]:
    """What the document holds. Raises pypdfium2.PdfiumError for what is no PDF, or is locked by a password."""
    document = pypdfium2.PdfDocument(data)
    texts, sizes = [], []
    for place in range(min(len(document), pages)):
        page = document[place]
        texts.append(page.get_textpage().get_text_bounded()[:MOST_TEXT])
        if place < drawn:
            sizes.append(_draw(page, folder / f"{place + 1}.png"))
    return {"count": len(document), "pages": texts, "drawn": sizes}


def _draw(page: Any, target: Path) -> list[int]:
    width, height = page.get_size()
    scale = min(WIDE / max(width, 1), 2 * WIDE / max(height, 1))
    image = page.render(scale=scale).to_pil()
    image.convert("L" if image.mode in ("1", "L") else "RGB").save(target, "PNG")
    return [image.width, image.height]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pages, drawn, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    try:
        told = opened(sys.stdin.buffer.read(), pages, drawn, folder)
    except (pypdfium2.PdfiumError, MemoryError, ValueError, OSError) as error:
        told = {"error": f"{type(error).__name__}: {error}"[:200]}
    sys.stdout.buffer.write(json.dumps(told).encode())


if __name__ == "__main__":
    main()
