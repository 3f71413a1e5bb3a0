"""Two public sets of past consignments, as records to learn from: what is read of each, and what is left aside.

LEMIS: wildlife import records of the US Fish and Wildlife Service with the official clearance or refusal. KCS:
synthetic customs declarations after those of the Korea Customs Service. Neither is part of this repository.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import polars as pl

from profiling.indicators.catalogue import Group, IndicatorSpec, ValueType
from profiling.rules.core.learning_past import Key, past
from profiling.rules.core.learning_records import DTYPES, OUTCOMES, Records

CODE, NUMBER, INTEGER, BOOLEAN = ValueType.CODE, ValueType.NUMBER, ValueType.INTEGER, ValueType.BOOLEAN

LEMIS = "lemis_2015_2019.csv"
KCS = ("kcs_train_2020.csv", "kcs_valid_2021q1.csv")


@dataclass(frozen=True)
class PastSet:
    """rows: the file's own columns beside the records, row by row."""

    records: Records
    rows: pl.DataFrame


def spec(code: str, kind: ValueType) -> IndicatorSpec:
    return IndicatorSpec(code, code.replace("_", " "), Group.META, kind, "", "", (code,))


def _records(rows: pl.DataFrame, own: Mapping[str, ValueType], keys: Sequence[Key]) -> Records:
    """The row's own columns and the past of its keys, which is a rate and a count each."""
    outcomes = rows.select(pl.col(name).cast(dtype) for name, dtype in OUTCOMES.items())
    # Looking back over all that came before, for finds are few.
    known = past(rows, outcomes, keys, since=timedelta(days=3650))
    kinds = {**own, **{key.rate: NUMBER for key in keys}, **{key.count: INTEGER for key in keys}}
    values = (
        rows.select(list(own)).hstack(known).select(pl.col(code).cast(DTYPES[kind]) for code, kind in kinds.items())
    )
    return Records({code: spec(code, kind) for code, kind in kinds.items()}, values, outcomes)


LEMIS_COLUMNS = (
    "row_id", "species_code", "genus", "species", "specific_name", "generic_name", "description", "quantity",
    "country_origin", "country_imp_exp", "purpose", "action", "disposition_date", "shipment_date", "port",
)  # fmt: skip
LEMIS_OWN = {
    "goods_form": CODE,
    "genus": CODE,
    "common_name": CODE,
    "specific_name": CODE,
    "port": CODE,
    "country_origin": CODE,
    "country_exporting": CODE,
    "quantity": NUMBER,
    "quantity_is_fraction": BOOLEAN,
    "species_not_named": BOOLEAN,
    "origin_is_not_exporter": BOOLEAN,
    "lines_in_shipment": INTEGER,
    "genera_in_shipment": INTEGER,
    "lines_at_port_that_day": INTEGER,
}
LEMIS_KEYS = (
    Key("form", ("goods_form",)),
    Key("genus", ("genus",)),
    Key("species", ("species_code",)),
    Key("name", ("common_name",)),
    Key("port", ("port",)),
    Key("origin", ("country_origin",)),
    Key("exporter", ("country_exporting",)),
    Key("port_exporter", ("port", "country_exporting")),
    Key("port_form", ("port", "goods_form")),
    Key("exporter_form", ("country_exporting", "goods_form")),
    Key("genus_form", ("genus", "goods_form")),
    Key("genus_exporter", ("genus", "country_exporting")),
    Key("species_exporter", ("species_code", "country_exporting")),
    Key("genus_port", ("genus", "port")),
    Key("genus_port_form", ("genus", "port", "goods_form")),
    Key("species_port", ("species_code", "port")),
    Key("name_form", ("common_name", "goods_form")),
    Key("origin_form", ("country_origin", "goods_form")),
)


def _day(column: str) -> pl.Expr:
    """A day, with or without a time behind it, as the moment it began."""
    return pl.col(column).str.slice(0, 10).str.to_date().cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def lemis(paths: Sequence[Path]) -> PastSet:
    """Commercial lines (purpose T) of one or more years.

    purpose, source and unit are coded after the event and are no columns to learn from; action is the result,
    disposition_date only the day from which it counts as known. A shipment is what came from one country over one
    port on one day, for its number is missing in a year of them.
    """
    rows = pl.concat([pl.read_csv(path, null_values=["NA", ""], infer_schema_length=0) for path in paths])
    rows = rows.select(LEMIS_COLUMNS).with_columns(pl.col("quantity").cast(pl.Float64))
    shipment = ("moment", "country_exporting", "port")
    rows = (
        rows.filter(pl.col("purpose") == "T")
        .with_columns(
            _day("shipment_date").alias("moment"),
            _day("disposition_date").alias("decided"),
            pl.when(pl.col("action") == "R").then(pl.lit("found")).otherwise(pl.lit("clean")).alias("result"),
            pl.lit(value=False).alias("random"),
            pl.col("description").alias("goods_form"),
            pl.col("generic_name").alias("common_name"),
            pl.col("country_imp_exp").alias("country_exporting"),
            (pl.col("quantity") % 1 != 0).alias("quantity_is_fraction"),
            (pl.col("species").is_null() | (pl.col("species") == "sp.")).alias("species_not_named"),
            (pl.col("country_origin") != pl.col("country_imp_exp")).alias("origin_is_not_exporter"),
        )
        .sort("moment", "row_id")
        .with_columns(
            # A decision dated before the arrival was known on arrival at the earliest.
            pl.max_horizontal("decided", "moment").alias("known_at"),
            pl.len().over(shipment).alias("lines_in_shipment"),
            pl.col("genus").n_unique().over(shipment).alias("genera_in_shipment"),
            pl.len().over("moment", "port").alias("lines_at_port_that_day"),
        )
    )
    return PastSet(_records(rows, LEMIS_OWN, LEMIS_KEYS), rows)


KCS_OWN = {
    "office": CODE,
    "process_type": CODE,
    "import_type": CODE,
    "import_use": CODE,
    "payment_type": CODE,
    "transport": CODE,
    "hs_chapter": CODE,
    "departure": CODE,
    "origin": CODE,
    "tax_type": CODE,
    "origin_indicator": CODE,
    "by_courier": BOOLEAN,
    "departure_is_not_origin": BOOLEAN,
    "tax_rate": NUMBER,
    "net_kg": NUMBER,
    "value": NUMBER,
    "value_per_kg": NUMBER,
}
KCS_KEYS = (
    Key("importer", ("Importer ID",)),
    Key("declarant", ("Declarant ID",)),
    Key("seller", ("Seller ID",)),
    Key("courier", ("Courier ID",)),
    Key("hs6", ("HS6 Code",)),
    Key("hs_heading", ("hs_heading",)),
    Key("origin", ("origin",)),
    Key("office", ("office",)),
    Key("lane", ("departure", "origin")),
    Key("hs6_origin", ("HS6 Code", "origin")),
    Key("tax", ("tax_type", "tax_rate")),
)
KCS_GOODS = ("HS6 Code", "Country of Departure", "Country of Origin", "Tax Rate", "Tax Type", "Net Mass")
KCS_FIND = {"Fraud": 1, "Critical Fraud": 2}  # of the second, 1 is fraud that is not critical
KCS_DELAY = timedelta(days=30)
"""The files tell no day on which a result was known; this is assumed."""


def kcs(paths: Sequence[Path], label: str) -> PastSet:
    """Declarations; label: "Fraud" or "Critical Fraud". `goods_seen` in the rows: the goods' tuple was met before 2021,
    which says how much of a result is memory."""
    rows = pl.concat([pl.read_csv(path, schema_overrides=dict.fromkeys(_KCS_TEXT, pl.String)) for path in paths])
    rows = (
        rows.with_columns(
            _day("Date").alias("moment"),
            (_day("Date") + KCS_DELAY).alias("known_at"),
            pl.when(pl.col(label) == KCS_FIND[label]).then(pl.lit("found")).otherwise(pl.lit("clean")).alias("result"),
            pl.lit(value=False).alias("random"),
            pl.col("HS6 Code").str.zfill(6),
            pl.col("Courier ID").is_not_null().alias("by_courier"),
            (pl.col("Country of Departure") != pl.col("Country of Origin")).alias("departure_is_not_origin"),
            pl.when(pl.col("Net Mass") > 0).then(pl.col("Item Price") / pl.col("Net Mass")).alias("value_per_kg"),
            **{ours: pl.col(theirs) for theirs, ours in _KCS_NAMES.items()},
        )
        .with_columns(
            pl.col("HS6 Code").str.slice(0, 2).alias("hs_chapter"),
            pl.col("HS6 Code").str.slice(0, 4).alias("hs_heading"),
        )
        .sort("moment", "Declaration ID")
    )
    before = rows.filter(pl.col("moment").dt.year() < 2021).select(KCS_GOODS).unique()
    rows = rows.join(
        before.with_columns(pl.lit(value=True).alias("goods_seen")), on=KCS_GOODS, how="left", maintain_order="left"
    )
    return PastSet(_records(rows, KCS_OWN, KCS_KEYS), rows.with_columns(pl.col("goods_seen").fill_null(value=False)))


_KCS_NAMES = {
    "Office ID": "office",
    "Process Type": "process_type",
    "Import Type": "import_type",
    "Import Use": "import_use",
    "Payment Type": "payment_type",
    "Mode of Transport": "transport",
    "Country of Departure": "departure",
    "Country of Origin": "origin",
    "Tax Type": "tax_type",
    "Country of Origin Indicator": "origin_indicator",
    "Tax Rate": "tax_rate",
    "Net Mass": "net_kg",
    "Item Price": "value",
}
_KCS_TEXT = ("Office ID", "Import Type", "Import Use", "Payment Type", "Mode of Transport", "HS6 Code")
