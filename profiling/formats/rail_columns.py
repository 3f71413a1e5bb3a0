"""The sheets and columns of the rail workbook: one home for the template that is handed out and for its reader.

Boxes of the SMGS consignment note are those of SMGS 2015, annex 1; the train list is the working list that a station
hands over with a train. Each heading stands in Russian and English in one cell, and either alone is understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the member of the record it becomes; `hint` says in both languages what belongs here."""

    key: str
    ru: str
    en: str
    hint_ru: str = ""
    hint_en: str = ""
    required: bool = False
    width: int = 16  # characters
    also: tuple[str, ...] = ()  # other headings met for it

    @property
    def heading(self) -> str:
        return f"{self.ru} / {self.en}"


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    words: tuple[str, ...]  # a sheet whose name holds one of them is this one
    columns: tuple[Column, ...]


C = Column
TRAIN: Final = Sheet(
    "Поезд Train",
    ("поезд", "train"),
    (
        C("manifest_number", "Номер натурного листа", "Train list number", required=True, also=("Номер листа",)),
        C("train", "Номер поезда", "Train number", required=True, also=("Поезд", "Train")),
        C("sender", "Составитель", "Drawn up by", "Станция или перевозчик", "Station or carrier", required=True),
        C("function", "Сообщение", "Message", "новое, замена или отмена", "new, replacement or cancellation"),
        C("departure", "Станция отправления", "Departure station", "Код или название", "Code or name"),
        C("arrival", "Станция прибытия", "Arrival station", "Код или название", "Code or name"),
        C("etd", "Отправление", "Departure", "ДД.ММ.ГГГГ ЧЧ:ММ, местное", "DD.MM.YYYY HH:MM, local"),
        C("eta", "Прибытие", "Arrival", "ДД.ММ.ГГГГ ЧЧ:ММ, местное", "DD.MM.YYYY HH:MM, local"),
    ),
)
WAGONS: Final = Sheet(
    "Вагоны Wagons",
    ("вагон", "wagon"),
    (
        C("wagon", "Номер вагона", "Wagon number", "8 цифр", "8 digits", required=True, also=("Вагон", "Wagon")),
        C(
            "container", "Номер контейнера", "Container number",
            "Каждый контейнер своей строкой; пусто для вагона без контейнера",
            "One row for each container; empty for a wagon without", also=("Контейнер", "Container"),
        ),
        C("size_type", "Тип", "Type", "ISO 6346, например 45G1", "ISO 6346, e.g. 45G1", width=9),
        C("fill", "Груженый или порожний", "Full or empty", "гр или пор", "full or empty", width=14),
        C("seals", "Пломбы", "Seals", "Через точку с запятой", "Separated by semicolons", width=22, also=("ЗПУ",)),
        C("tare_kg", "Тара, кг", "Tare, kg"),
        C("gross_kg", "Брутто, кг", "Gross, kg", "С тарой", "Tare included"),
        C("document_no", "Номер накладной", "Note number", "СМГС", "SMGS", also=("Накладная", "SMGS")),
    ),
)  # fmt: skip
SMGS: Final = Sheet(
    "СМГС SMGS",
    ("смгс", "smgs"),
    (
        C("document_no", "Номер накладной", "Note number", "Графа 29. Несколько товаров: номер в каждой строке",
          "Box 29. Several goods: the number in every row", required=True, also=("Накладная",)),
        C("shipper", "Отправитель", "Consignor", "Графа 1", "Box 1", width=32),
        C("shipper_country", "Страна отправителя", "Consignor country", "Две буквы", "Two letters", width=9),
        C("consignee", "Получатель", "Consignee", "Графа 4", "Box 4", width=32),
        C("consignee_country", "Страна получателя", "Consignee country", "Две буквы", "Two letters", width=9),
        C("consignee_tax_id", "БИН, ИНН, СТИР получателя", "Consignee tax number", also=("БИН", "ИНН")),
        C("loading_place", "Станция отправления", "Departure station", "Графа 2", "Box 2"),
        C("discharge_place", "Станция назначения", "Destination station", "Графа 5", "Box 5"),
        C("description", "Наименование груза", "Goods", "Графа 15", "Box 15", required=True, width=44, also=("Груз",)),
        C("hs", "Код ТН ВЭД или ГС", "HS or TN VED code", also=("ТН ВЭД", "HS", "HS code")),
        C("gng", "Код ГНГ", "GNG code", also=("ГНГ",)),
        C("etsng", "Код ЕТСНГ", "ETSNG code", also=("ЕТСНГ",)),
        C("packages", "Мест", "Packages", "Графа 17", "Box 17", width=9),
        C("package_text", "Упаковка", "Packing", "Графа 16", "Box 16"),
        C("gross_kg", "Масса брутто, кг", "Gross mass, kg", "Графа 18, без тары контейнера",
          "Box 18, without the tare of the container"),
        C("net_kg", "Масса нетто, кг", "Net mass, kg"),
        C("value", "Стоимость", "Value"),
        C("currency", "Валюта", "Currency", "Три буквы", "Three letters", width=9),
        C("wagon", "Номер вагона", "Wagon number", "Графа 7", "Box 7", also=("Вагон",)),
        C("container", "Номер контейнера", "Container number", "Графа 15", "Box 15", also=("Контейнер",)),
        C("invoice", "Номер инвойса", "Invoice number", "Графа 24", "Box 24"),
    ),
)  # fmt: skip
SHEETS: Final = (TRAIN, WAGONS, SMGS)
