"""The sheets of the rail workbook: the train list that a station hands over with a train, and the SMGS notes of it.

Boxes of the SMGS consignment note are those of SMGS 2015, annex 1. The other notes are in `note_boxes`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from profiling.formats.note_columns import (
    CODE_EN,
    CODE_RU,
    FUNCTION,
    GROSS,
    HS,
    NET,
    NOTE_NO,
    SEVERAL_EN,
    SEVERAL_RU,
    TARE,
    TIME_EN,
    TIME_RU,
    UNIT_MARKS,
    VALUE,
    Column,
    Sheet,
    seals,
)

C = Column
TRAIN: Final = Sheet(
    "Поезд Train",
    ("поезд", "train"),
    (
        C("manifest_number", "Номер натурного листа", "Train list number", required=True, also=("Номер листа",)),
        C("train", "Номер поезда", "Train number", required=True, also=("Поезд", "Train")),
        C("sender", "Составитель", "Drawn up by", "Станция или перевозчик", "Station or carrier", required=True),
        FUNCTION,
        C("departure", "Станция отправления", "Departure station", CODE_RU, CODE_EN),
        C("arrival", "Станция прибытия", "Arrival station", CODE_RU, CODE_EN),
        C("etd", "Отправление", "Departure", TIME_RU, TIME_EN),
        C("eta", "Прибытие", "Arrival", TIME_RU, TIME_EN),
    ),
)
WAGON: Final = C(
    "wagon", "Номер вагона", "Wagon number", "8 цифр", "8 digits", required=True, also=("Вагон", "Wagon")
)  # fmt: skip
CONTAINER: Final = C(
    "container", "Номер контейнера", "Container number",
    "Каждый контейнер своей строкой; пусто для вагона без контейнера",
    "One row for each container; empty for a wagon without", also=("Контейнер", "Container"),
)  # fmt: skip
WAGONS: Final = Sheet(
    "Вагоны Wagons",
    ("вагон", "wagon"),
    (
        WAGON,
        CONTAINER,
        *UNIT_MARKS,
        seals(),
        TARE,
        GROSS,
        C("document_no", "Номер накладной", "Note number", "СМГС", "SMGS", also=("Накладная", "SMGS")),
        C("place", "Место в составе", "Place in the train", "По порядку от головы", "Counted from the head", width=9),
    ),
)
SMGS: Final = Sheet(
    "СМГС SMGS",
    ("смгс", "smgs"),
    (
        C(*NOTE_NO, SEVERAL_RU, SEVERAL_EN, required=True, also=("Накладная",), box="29"),
        C("shipper", "Отправитель", "Consignor", width=32, box="1"),
        C("shipper_country", "Страна отправителя", "Consignor country", "Две буквы", "Two letters", width=9),
        C("consignee", "Получатель", "Consignee", width=32, box="4"),
        C("consignee_country", "Страна получателя", "Consignee country", "Две буквы", "Two letters", width=9),
        C("consignee_tax_id", "БИН, ИНН, СТИР получателя", "Consignee tax number", also=("БИН", "ИНН")),
        C("loading_place", "Станция отправления", "Departure station", box="2"),
        C("discharge_place", "Станция назначения", "Destination station", box="5"),
        C("description", "Наименование груза", "Goods", required=True, width=44, also=("Груз",), box="15"),
        HS,
        C("gng", "Код ГНГ", "GNG code", also=("ГНГ",)),
        C("etsng", "Код ЕТСНГ", "ETSNG code", also=("ЕТСНГ",)),
        C("packages", "Мест", "Packages", width=9, box="17"),
        C("package_text", "Упаковка", "Packing", box="16"),
        C("gross_kg", "Масса брутто, кг", "Gross mass, kg", "Без тары контейнера",
          "Without the tare of the container", box="18"),
        NET,
        *VALUE,
        C("wagon", "Номер вагона", "Wagon number", also=("Вагон",), box="7"),
        C("container", "Номер контейнера", "Container number", also=("Контейнер",), box="15"),
        C("invoice", "Номер инвойса", "Invoice number", box="24"),
    ),
)  # fmt: skip
SHEETS: Final = (TRAIN, WAGONS, SMGS)


def with_boxes(sheet: Sheet, **boxes: str) -> Sheet:
    """The sheet with the boxes of another form beside its columns."""
    return replace(sheet, columns=tuple(replace(each, box=boxes.get(each.key, each.box)) for each in sheet.columns))
