"""The rail workbook as it is handed out: empty, with headings in Russian and English and a hint on each."""

from __future__ import annotations

from profiling.formats.note_boxes import TRAIN_LIST
from profiling.formats.note_template import workbook


def template() -> bytes:
    """An XLSX workbook of three sheets: the train, its wagons, its SMGS notes."""
    return workbook(TRAIN_LIST)
