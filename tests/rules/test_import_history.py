"""Past consignments come in with their outcomes, the good ones kept and the others told."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from profiling.rules.core.history_file import HeadingsError
from profiling.rules.core.history_mapping import InvalidMappingError
from profiling.rules.models import HistoryImport, PastRecord
from profiling.rules.past_imports import AlreadyImportedError, RowsRefusedError, import_history
from tests.factories import UnitFactory

pytestmark = pytest.mark.django_db

MAPPING: dict[str, Any] = {
    "moment": "Date",
    "known_at": "Known",
    "result": {"column": "Result", "found": ["F"], "clean": ["C"], "never": [""]},
    "indicators": {"gross_kg": "Weight", "origin_country": "Origin"},
    "past": {
        "consignee_consignments_24m": {"of": "Firm", "what": "seen"},
        "consignee_first_time": {"of": "Firm", "what": "first_time"},
    },
}
HEADINGS = "Date,Known,Result,Weight,Origin,Firm\n"
ROWS = (
    "2025-06-10,2025-06-11,C,900,CN,A\n"
    "2022-01-10,2022-01-12,F,1000,CN,A\n"
    "2025-06-12,,,heavy,CN,B\n"
    "2025-06-11,2025-06-11,C,800,KZ,B\n"
)


def file(rows: str = ROWS) -> io.BytesIO:
    return io.BytesIO((HEADINGS + rows).encode())


def test_good_rows_are_kept_and_the_others_told_with_row_and_column() -> None:
    unit = UnitFactory(time_zone="UTC")
    source = import_history(unit=unit, stream=file(), name="2025.csv", mapping=MAPPING)
    assert (source.accepted, source.refused) == (3, 1)
    assert source.problems == [
        {"row": 4, "column": "Weight", "code": "not_a_number", "params": {"received": "heavy"}},
    ]
    first = PastRecord.objects.get(source=source, row=3)
    assert first.moment == datetime(2022, 1, 10, tzinfo=UTC)
    assert first.known_at == datetime(2022, 1, 12, tzinfo=UTC)
    assert (first.result, first.indicators) == ("found", {"gross_kg": 1000.0, "origin_country": "CN"})


def test_history_is_counted_as_of_each_row_whatever_their_order() -> None:
    unit = UnitFactory(time_zone="UTC")
    rows = "2025-06-10,,C,900,CN,A\n2025-06-09,,C,900,CN,A\n2022-01-10,,C,1000,CN,A\n2025-06-11,,C,800,KZ,B\n"
    source = import_history(unit=unit, stream=file(rows), name="2025.csv", mapping=MAPPING)
    found = {
        record.row: (
            record.indicators.get("consignee_consignments_24m"),
            record.indicators.get("consignee_first_time"),
        )
        for record in PastRecord.objects.filter(source=source)
    }
    assert found == {2: (1, False), 3: (0, True), 4: (None, None), 5: (0, True)}


def test_strict_keeps_nothing_where_a_row_is_refused() -> None:
    with pytest.raises(RowsRefusedError) as error:
        import_history(unit=UnitFactory(), stream=file(), name="2025.csv", mapping=MAPPING, strict=True)
    assert (error.value.rows, error.value.refused, error.value.faults[0].row) == (4, 1, 4)
    assert not HistoryImport.objects.exists()
    assert not PastRecord.objects.exists()


def test_the_same_file_comes_in_once_for_a_unit() -> None:
    unit, other = UnitFactory(), UnitFactory(code="DOS")
    import_history(unit=unit, stream=file(), name="2025.csv", mapping=MAPPING)
    with pytest.raises(AlreadyImportedError, match="2025"):
        import_history(unit=unit, stream=file(), name="again.csv", mapping=MAPPING)
    import_history(unit=other, stream=file(), name="2025.csv", mapping=MAPPING)
    assert HistoryImport.objects.count() == 2


def test_a_mapping_or_headings_that_do_not_fit_keep_nothing() -> None:
    with pytest.raises(InvalidMappingError):
        import_history(unit=UnitFactory(), stream=file(), name="x", mapping={"moment": "Date"})
    with pytest.raises(HeadingsError, match="Result"):
        import_history(unit=UnitFactory(), stream=io.BytesIO(b"Date,Known\n"), name="x", mapping=MAPPING)
    assert not HistoryImport.objects.exists()


def test_the_command_says_what_was_kept_and_what_was_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = UnitFactory()
    (tmp_path / "past.csv").write_bytes(file().getvalue())
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(MAPPING), encoding="utf-8")
    call_command("import_history", tmp_path / "past.csv", unit=unit.code, mapping=tmp_path / "map.yaml")
    said = capsys.readouterr()
    assert "3 rows kept, 1 refused" in said.out
    assert "row 4, Weight: heavy is no number." in said.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"unit": "NOWHERE"}, "no unit NOWHERE"),
        ({"mapping": "none.yaml"}, "none.yaml"),
        ({"mapping": "broken.yaml"}, "no YAML"),
        ({"mapping": "wrong.yaml"}, "no mapping that can be used"),
        ({"mapping": "other.yaml"}, "no column Day"),
        ({"strict": True}, "1 of 4 rows were refused"),
    ],
    ids=["unit", "file", "yaml", "mapping", "headings", "strict"],
)
def test_the_command_says_why_it_kept_nothing(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    unit = UnitFactory()
    (tmp_path / "past.csv").write_bytes(file().getvalue())
    for name, text in (
        ("map.yaml", yaml.safe_dump(MAPPING)),
        ("broken.yaml", "moment: [Date"),
        ("wrong.yaml", "moment: Date"),
        ("other.yaml", yaml.safe_dump({**MAPPING, "moment": "Day"})),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    mapping = tmp_path / options.pop("mapping", "map.yaml")
    chosen = {"unit": unit.code, "mapping": mapping, **options}
    with pytest.raises(CommandError, match=said):
        call_command("import_history", tmp_path / "past.csv", **chosen)
    assert not HistoryImport.objects.exists()


def test_a_day_is_a_day_of_the_unit() -> None:
    unit = UnitFactory(time_zone="Asia/Almaty")
    import_history(unit=unit, stream=file("2025-06-10,,C,900,CN,A\n"), name="x", mapping=MAPPING)
    moment = PastRecord.objects.get().moment
    assert moment.astimezone(unit.zone).date() == date(2025, 6, 10)
    assert moment.astimezone(UTC).date() == date(2025, 6, 9)
