"""The sets that learning is measured on give no row anything that was not known when it arrived."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from benchmarks import learning
from benchmarks.learning_sets import LEMIS, kcs, lemis

HEADINGS = (
    "row_id,control_number,species_code,genus,species,specific_name,generic_name,description,quantity,unit,"
    "country_origin,country_imp_exp,purpose,source,action,disposition,disposition_date,disposition_year,"
    "shipment_date,shipment_year,import_export,port"
)


def imports(path: Path, *, size: int = 900, last_action: str = "C", last_decided: str = "2017-06-20") -> Path:
    """Made-up import records: bodies over port PB are refused half the time, hardly anything else is."""
    dice = random.Random(5)
    lines = [HEADINGS]
    for number in range(size):
        day = date(2015, 1, 1) + timedelta(days=number)
        form, port = dice.choice(("LIV", "BOD")), dice.choice(("PA", "PB"))
        action = "R" if dice.random() < (0.5 if (form, port) == ("BOD", "PB") else 0.01) else "C"
        decided = (day + timedelta(days=dice.randint(-2, 9))).isoformat()
        if number == size - 1:
            action, decided = last_action, last_decided
        purpose = "P" if number % 10 == 0 else "T"
        lines.append(
            f"L{number:05},NA,AAAA,Genus{number % 3},{'sp.' if number % 2 else 'ordinary'},NA,FROG,{form},"
            f"{number % 7}.5,NO,XX,CC,{purpose},W,{action},{action},{decided}T00:00:00Z,2015,"
            f"{day}T00:00:00Z,2015,I,{port}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_only_commercial_lines_are_read_and_nothing_that_is_coded_afterwards(tmp_path: Path) -> None:
    past = lemis([imports(tmp_path / "a.csv")])
    assert past.records.height == 810
    assert set(past.rows["purpose"]) == {"T"}
    assert not {"purpose", "source", "unit", "action", "disposition", "disposition_date"} & set(past.records.specs)
    assert (past.records.outcomes["known_at"] >= past.records.outcomes["moment"]).all()


def test_its_own_result_changes_no_value_of_a_row(tmp_path: Path) -> None:
    clean = lemis([imports(tmp_path / "a.csv")]).records
    refused = lemis([imports(tmp_path / "b.csv", last_action="R", last_decided="2017-06-19")]).records
    assert clean.outcomes["result"].to_list() != refused.outcomes["result"].to_list()
    assert clean.values.equals(refused.values)


def test_the_report_names_what_was_caught_and_says_where_there_is_too_little(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imports(tmp_path / LEMIS)
    learning.main(["--folder", str(tmp_path), "--skip-kcs", "--score", "--test", "2015", "2017"])
    said = capsys.readouterr().out
    assert "judged on 2015: 0 finds among 0 results" in said
    assert "judged on 2017" in said
    assert "boosting" in said
    assert "goods_form" in said


def test_the_place_of_the_sets_has_to_be_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(learning.FOLDER, raising=False)
    with pytest.raises(SystemExit):
        learning.main([])
    assert "say where the sets are" in capsys.readouterr().err


def test_goods_that_were_met_before_are_told_from_those_never_met(tmp_path: Path) -> None:
    headings = (
        "Declaration ID,Date,Office ID,Process Type,Import Type,Import Use,Payment Type,Mode of Transport,Declarant ID,"
        "Importer ID,Seller ID,Courier ID,HS6 Code,Country of Departure,Country of Origin,Tax Rate,Tax Type,"
        "Country of Origin Indicator,Net Mass,Item Price,Fraud,Critical Fraud"
    )

    def row(number: int, day: str, kg: float, critical: int) -> str:
        return f"{number},{day},30,B,11,21,11,10,D,I,S,,30110,BE,BE,0.0,A,G,{kg},100.0,1,{critical}"

    files = []
    for name, lines in (
        ("train.csv", [row(1, "2020-03-01", 5.0, 1)]),
        ("valid.csv", [row(2, "2021-01-02", 5.0, 2), row(3, "2021-01-03", 6.0, 1)]),
    ):
        (tmp_path / name).write_text("\n".join([headings, *lines]) + "\n", encoding="utf-8")
        files.append(tmp_path / name)
    past = kcs(files, "Critical Fraud")
    assert past.rows["goods_seen"].to_list() == [True, True, False]
    assert past.records.outcomes["result"].to_list() == ["clean", "found", "clean"]
    assert past.records.values["hs_chapter"].to_list() == ["03", "03", "03"]
    assert past.records.outcomes["moment"][0] == datetime(2020, 3, 1, tzinfo=UTC)
    assert kcs(files, "Fraud").records.outcomes.filter(pl.col("result") == "found").height == 3
