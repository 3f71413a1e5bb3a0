"""`survey_messages` tells what would be read, file by file, and stores nothing."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from profiling.formats.registry import READERS
from profiling.formats.survey import survey
from tests.intake.conftest import FIXTURES


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("survey_messages", *arguments, stdout=out)
    return out.getvalue()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("| ").split("|")]


def test_every_file_has_a_line_with_its_records(tmp_path):
    (tmp_path / "cut.edi").write_bytes((FIXTURES / "sea.edi").read_bytes()[:-20])
    (tmp_path / "letter.txt").write_bytes(b"Dear colleagues,")
    told = run(str(FIXTURES / "rail.json"), str(tmp_path)).splitlines()
    rows = {cells(line)[0]: cells(line)[1:] for line in told[2:]}
    assert rows["rail.json"] == ["pcu-json", "1", "5", "77", "0", "0", "0", "none"]
    assert rows["cut.edi"][0] == "cuscar"
    assert "file_cut" in rows["cut.edi"][-1]
    assert rows["letter.txt"] == ["not known", *"000000", "none"]


def test_problems_are_printed_with_their_place_when_asked_for(tmp_path):
    (tmp_path / "cut.edi").write_bytes((FIXTURES / "sea.edi").read_bytes()[:-20])
    told = run(str(tmp_path), "--problems", "5")
    assert "cut.edi: fatal: " in told
    assert "The file ends too early" in told


def test_a_path_that_is_not_there_is_an_error():
    with pytest.raises(CommandError, match="There is no file"):
        run("/nowhere/at/all.edi")


def test_a_cut_file_is_not_complete():
    whole = (FIXTURES / "sea.edi").read_bytes()
    assert survey(io.BytesIO(whole)).complete
    assert not survey(io.BytesIO(whole[:-20])).complete


def test_the_page_of_formats_shows_what_the_fixtures_hold():
    page = (FIXTURES.parents[1] / "docs" / "formats.md").read_text("utf-8")
    shown = page.partition("<!-- survey -->")[2].partition("<!-- /survey -->")[0]
    assert shown.strip() == run(str(FIXTURES), str(FIXTURES / "messages")).strip()


def test_the_page_of_formats_names_every_format():
    page = (FIXTURES.parents[1] / "docs" / "formats.md").read_text("utf-8")
    named = {reader.name for reader in READERS}
    alone = {"coprar", "coarri", "codeco", "vermas"}  # by the names of the messages
    assert {name for name in named - alone if f"`{name}`" not in page} == set()
    assert all(name.upper() in page for name in alone)
