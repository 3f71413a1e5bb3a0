"""The page of the indicators says what the catalogue says."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from profiling.indicators import catalogue_docs
from profiling.indicators.catalogue import REGISTRY

DOCS = Path(catalogue_docs.__file__).parents[2] / "docs" / "indicators.md"


def test_the_page_is_what_the_command_writes() -> None:
    out = StringIO()
    call_command("indicator_docs", stdout=out)
    assert DOCS.read_text(encoding="utf-8") == out.getvalue()


def test_every_indicator_has_a_row() -> None:
    rows = [line.split(" | ") for line in catalogue_docs.page().splitlines() if line.startswith("| ")]
    codes = [row[1].strip("`") for row in rows if row[1] != "code"]
    assert sorted(codes) == sorted(REGISTRY.specs())
