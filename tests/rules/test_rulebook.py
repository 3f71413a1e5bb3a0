"""The rulebook as files: out and in again, and what is wrong told with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from profiling.rules import rulebook
from profiling.rules.models import Release, Rule, RuleDraft
from tests.rules.written import said

GOOD = """\
rule: R-900
owner: A. Sarsenova
expires_on: {day}
points: 30
titles:
  en: Heavy
  ru: Тяжёлый груз
shorts:
  en: Too heavy
  ru: Слишком тяжёлый
reasons:
  en: It weighs {{gross_kg}} kg.
  ru: Вес {{gross_kg}} кг.
condition:
  all:
    - lhs: gross_kg
      op: gt
      value: 20000
    - lhs: pair_first_time
      op: is_true
"""


def good() -> str:
    return GOOD.format(day=said()["expires_on"].isoformat())


def folder_of(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / f"{name}.yaml").write_text(text)
    return path


def test_what_was_exported_is_read_back_as_nothing_new(kz, live, analyst, tmp_path):
    rulebook.export_release(live, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(before) == live.versions.count() + 1
    taken = rulebook.import_folder(unit=kz, user=analyst, folder=tmp_path)
    assert [one.draft for one in taken] == [None] * live.versions.count()
    rulebook.export_release(live, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_rule_that_left_the_release_leaves_the_folder_and_other_files_stay(kz, live, tmp_path):
    rulebook.export_release(live, tmp_path)
    (tmp_path / "notes.yaml").write_text("ours: true\n")
    gone = live.versions.get(rule__code="R-001")
    live.versions.remove(gone)
    rulebook.export_release(live, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert ("R-001.yaml" in names, "notes.yaml" in names) == (False, True)


def test_a_changed_file_makes_a_draft_and_nothing_live(kz, live, analyst, tmp_path):
    rulebook.export_release(live, tmp_path)
    path = tmp_path / "R-001.yaml"
    path.write_text(path.read_text().replace("points: 18", "points: 21"))
    folder_of(tmp_path, new=good())
    drafts = {one.code: one.draft for one in rulebook.import_folder(unit=kz, user=analyst, folder=tmp_path)}
    assert (drafts["R-001"].points, drafts["R-001"].rule.code) == (21, "R-001")
    assert (drafts["R-900"].rule, drafts["R-900"].titles["ru"]) == (None, "Тяжёлый груз")
    assert RuleDraft.objects.count() == 2
    assert not Rule.objects.filter(code="R-900").exists()
    assert Release.objects.get().versions.get(rule__code="R-001").points == 18


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("value: 20000", "value: heavy", 18),
        ("lhs: pair_first_time", "lhs: nobody_knows", 19),
        ("op: gt", "op: beats", 17),
        ("points: 30", "points: many", 4),
        ("points: 30", "points: 200", 4),
        ("points: 30", "points: 30\npoints: 31", 5),
        ("rule: R-900", "rule: r 900", 1),
        ("  ru: Тяжёлый груз\n", "", 5),
        ("{gross_kg} kg", "{gross} kg", 12),
        ("expires_on: ", "expires_on: x", 3),
        ("owner: A. Sarsenova", "owner: A. Sarsenova\ncolour: red", 3),
        ("titles:", "titles: [", 7),
        ("  all:", "  all: &a", 1),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line_and_nothing_is_taken(kz, analyst, tmp_path, before, after, line):
    text = good()
    assert before in text
    text = text.replace(before, after, 1)
    if "&a" in after:
        text += "    - *a\n"
    folder_of(tmp_path, a=good().replace("R-900", "R-901"), b=text)
    with pytest.raises(rulebook.InvalidRulebookError) as refused:
        rulebook.import_folder(unit=kz, user=analyst, folder=tmp_path)
    assert {(one.file, one.line) for one in refused.value.complaints} == {("b.yaml", line)}
    assert not RuleDraft.objects.exists()


def test_one_rule_in_two_files_is_refused(kz, analyst, tmp_path):
    folder_of(tmp_path, a=good(), b=good())
    with pytest.raises(rulebook.InvalidRulebookError, match=r"b\.yaml:1: .*a\.yaml"):
        rulebook.import_folder(unit=kz, user=analyst, folder=tmp_path)


def test_a_file_that_is_no_text_is_refused_with_its_line(kz, analyst, tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"rule: R-1\nowner: \xff\n")
    with pytest.raises(rulebook.InvalidRulebookError, match=r"a\.yaml:2"):
        rulebook.import_folder(unit=kz, user=analyst, folder=tmp_path)


def test_the_command_exports_and_imports(kz, live, analyst, tmp_path, capsys):
    call_command("rulebook", "export", tmp_path, unit="KZ")
    assert (tmp_path / "release.yaml").exists()
    folder_of(tmp_path, new=good())
    call_command("rulebook", "import", tmp_path, unit="KZ", user=analyst.username)
    assert "R-900: draft" in capsys.readouterr().out
    for wrong in ({"unit": "XX"}, {"unit": "KZ", "user": "nobody"}):
        with pytest.raises(CommandError):
            call_command("rulebook", "import", tmp_path, **wrong)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_rule_or_told_what_they_are_not(content):
    try:
        document, _lines = rulebook.read_yaml(content, "a.yaml")
    except rulebook.InvalidRulebookError as error:
        lines = [one.line for one in error.complaints]
    else:
        lines = [1] if document["rule"] else []
    assert lines
    assert min(lines) >= 1


_JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=10), _JSON, max_size=5))
def test_a_document_survives_the_file(document):
    assert yaml.load(rulebook.as_yaml(document), Loader=rulebook._Loader) == document
