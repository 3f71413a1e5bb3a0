"""The one table of notes: which box of which form is which field, in Russian and English, and where that comes from.

JSON members, the workbook, the XML sample and docs/notes.md are all made from it, and a unit may correct it
(`note_corrections`). For none of these forms did we find a public machine-readable specification: the numbers of
boxes are those of the printed forms as named in `source`. Boxes of `unread` have no field: the original keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from profiling.formats.note_columns import (
    CODE_EN,
    CODE_RU,
    DANGEROUS,
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
    head,
    papers,
    party,
    seals,
)
from profiling.formats.rail_columns import CONTAINER, SMGS, TRAIN, WAGON, WAGONS
from profiling.formats.records import DocumentType, Mode, Purpose, SealParty


def _(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Unread:
    """A box that is read by nobody: the original keeps it."""

    box: str
    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Note:
    """One kind of note. `title` is English for the message catalogues, `ru` for the files; `notes` None: units only.

    seal_party: who affixes the seals it names, where the form says so. source: standard or paper of the boxes.
    """

    code: str
    title: str
    ru: str
    mode: Mode
    document_type: DocumentType
    head: Sheet
    equipment: Sheet
    notes: Sheet | None
    source: str
    purpose: Purpose = Purpose.CARGO
    seal_party: SealParty | None = None
    unread: tuple[Unread, ...] = ()

    @property
    def code_scheme(self) -> str:
        """What a place of digits alone is the code of: trains run between stations, trucks between customs offices."""
        return "station" if self.mode is Mode.RAIL else "customs_office"

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in (self.head, self.equipment, self.notes) if sheet is not None)


C = Column
NO_SPECIFICATION: Final = "no public machine-readable specification found"
_NOTES: Final = ("Накладные Notes", ("накладн", "notes"))
_TRUCK: Final = C("truck", "Номер тягача", "Tractor plate", required=True, also=("Тягач", "Автомобиль", "Truck"))
_TRAILER: Final = C("trailer", "Номер прицепа", "Trailer plate", also=("Прицеп", "Полуприцеп", "Trailer"))
_IN_WAGON: Final = C("wagon", "Номер вагона", "Wagon number", also=("Вагон",))
_IN_CONTAINER: Final = C("container", "Номер контейнера", "Container number", also=("Контейнер",))
_TRAIN: Final = C("train", "Номер поезда", "Train number", also=("Поезд", "Train"))
_CUSTOMS_RU, _CUSTOMS_EN = "Код таможенного органа или название", "Code of the customs office or its name"


def _rail_way(*, from_ru: str = "Станция отправления", to_ru: str = "Станция прибытия") -> tuple[Column, ...]:
    return (
        _TRAIN,
        C("departure", from_ru, "Departure station", CODE_RU, CODE_EN),
        C("arrival", to_ru, "Arrival station", CODE_RU, CODE_EN),
        C("etd", "Отправление", "Departure", TIME_RU, TIME_EN),
        C("eta", "Прибытие", "Arrival", TIME_RU, TIME_EN),
    )


def _road_way() -> tuple[Column, ...]:
    return (
        C("truck", "Номер тягача", "Tractor plate"),
        C("departure", "Пункт отправления", "Departure place", CODE_RU, CODE_EN),
        C("arrival", "Пункт прибытия", "Arrival place", "Пост, код или название", "Post, code or name"),
        C("eta", "Прибытие", "Arrival", TIME_RU, TIME_EN),
    )


def _vehicles(number_box: str = "", seal_box: str = "", hint_ru: str = "", hint_en: str = "") -> Sheet:
    return Sheet(
        "Транспорт Vehicles",
        ("транспорт", "vehicle"),
        (
            replace(_TRUCK, box=number_box),
            replace(_TRAILER, box=number_box),
            _IN_CONTAINER,
            *UNIT_MARKS,
            seals(seal_box, hint_ru, hint_en),
            TARE,
            GROSS,
        ),
    )


TRAIN_LIST: Final = Note(
    "train", _("Train list with SMGS notes"), "Натурный лист поезда (ТГНЛ) с накладными СМГС", Mode.RAIL,
    DocumentType.SMGS, TRAIN, WAGONS, SMGS,
    f"working list of stations of the 1520 mm gauge; SMGS 2015, annex 1; {NO_SPECIFICATION}",
)  # fmt: skip

SMGS_NOTE: Final = Note(
    "smgs", _("SMGS consignment notes"), "Накладные СМГС", Mode.RAIL, DocumentType.SMGS,
    head("SMGS", *_rail_way()),
    replace(WAGONS, columns=(
        replace(WAGON, box="7"), CONTAINER, *UNIT_MARKS, seals("19"), replace(TARE, box="11"), GROSS,
    )),
    Sheet(*_NOTES, (
        C(*NOTE_NO, SEVERAL_RU, SEVERAL_EN, required=True, also=("Накладная",), box="29"),
        *party("shipper", "Отправитель", "отправителя", "Consignor", "1"),
        *party("consignee", "Получатель", "получателя", "Consignee", "4"),
        *party("carrier", "Перевозчик", "перевозчика", "Carrier", "22"),
        C("loading_place", "Станция отправления", "Departure station", box="2"),
        C("discharge_place", "Пограничная станция", "Border station", box="6"),
        C("delivery_place", "Станция назначения", "Destination station", box="5"),
        C("description", "Наименование груза", "Goods", required=True, width=44, also=("Груз",), box="15"),
        HS,
        C("gng", "Код ГНГ", "GNG code", also=("ГНГ",), box="15"),
        C("etsng", "Код ЕТСНГ", "ETSNG code", also=("ЕТСНГ",)),
        C("packages", "Мест", "Packages", width=9, box="17"),
        C("package_text", "Упаковка", "Packing", box="16"),
        C("gross_kg", "Масса брутто, кг", "Gross mass, kg", "Без тары контейнера",
          "Without the tare of the container", box="18"),
        NET, *VALUE, *DANGEROUS,
        replace(_IN_WAGON, box="7"), replace(_IN_CONTAINER, box="15"),
        C("freight", "Провозная плата", "Freight", box="23"),
        C("freight_currency", "Валюта провозной платы", "Freight currency", "Три буквы", "Three letters", width=9),
        C("procedure", "Таможенная процедура", "Customs procedure", box="28"),
        *papers("24", "24"),
        C("contract_date", "Дата контракта", "Contract date", "ДД.ММ.ГГГГ", "DD.MM.YYYY"),
    )),
    f"SMGS 2015, annex 1, form of the note; {NO_SPECIFICATION}",
    unread=(
        Unread("3", "Заявления отправителя", "Statements of the consignor"),
        Unread("8", "Вагон предоставлен", "Wagon provided by"),
        Unread("9", "Грузоподъемность", "Load limit"),
        Unread("10", "Оси", "Axles"),
        Unread("12", "Тип цистерны", "Type of tank wagon"),
        Unread("13-14", "Масса и места после перегрузки", "Mass and packages after reloading"),
        Unread("20", "Погружено", "Loaded by"),
        Unread("21", "Способ определения массы", "How the mass was found"),
        Unread("25", "Информация, не предназначенная для перевозчика", "Information not meant for the carrier"),
        Unread("26", "Дата заключения договора перевозки", "Date of the contract of carriage"),
        Unread("27", "Дата прибытия", "Date of arrival"),
    ),
)  # fmt: skip

CIM_NOTE: Final = Note(
    "cim", _("CIM and CIM/SMGS consignment notes"), "Накладные ЦИМ и ЦИМ/СМГС", Mode.RAIL, DocumentType.CIM,
    head("CIM", *_rail_way()),
    replace(WAGONS, columns=(replace(WAGON, box="18"), CONTAINER, *UNIT_MARKS, seals(), TARE, GROSS)),
    Sheet(*_NOTES, (
        C(*NOTE_NO, SEVERAL_RU, SEVERAL_EN, required=True, also=("Накладная",), box="62"),
        *party("shipper", "Отправитель", "отправителя", "Consignor", "1"),
        *party("consignee", "Получатель", "получателя", "Consignee", "4"),
        *party("carrier", "Перевозчик", "перевозчика", "Carrier", "58"),
        C("receipt_place", "Место приема груза", "Taking over place", box="16"),
        C("loading_place", "Станция отправления", "Departure station"),
        C("discharge_place", "Пограничная станция", "Border station"),
        C("delivery_place", "Место доставки", "Delivery place", box="10"),
        C("description", "Наименование груза", "Goods", required=True, width=44, also=("Груз",), box="21"),
        C("gng", "Код ГНГ (NHM)", "NHM code", also=("ГНГ", "NHM"), box="24"),
        HS,
        C("packages", "Мест", "Packages", width=9),
        C("package_text", "Упаковка", "Packing"),
        C("gross_kg", "Масса брутто, кг", "Gross mass, kg", box="25"),
        NET, *VALUE, *DANGEROUS,
        replace(_IN_WAGON, box="18"), _IN_CONTAINER,
        C("procedure", "Таможенная процедура", "Customs procedure", box="99"),
        *papers("9", "9"),
    )),
    f"CIM consignment note manual of CIT (GLV-CIM); numbers from memory, not verified; {NO_SPECIFICATION}",
    unread=(
        Unread("7", "Заявления отправителя", "Declarations of the consignor"),
        Unread("13", "Коммерческие условия", "Commercial specifications"),
        Unread("20", "Оплата", "Payment of charges"),
        Unread("29", "Место и дата составления", "Place and date completed"),
    ),
)  # fmt: skip

CMR_NOTE: Final = Note(
    "cmr", _("CMR consignment notes"), "Накладные CMR", Mode.ROAD, DocumentType.CMR,
    head("CMR", *_road_way()),
    _vehicles("25"),
    Sheet(*_NOTES, (
        C(*NOTE_NO, SEVERAL_RU, SEVERAL_EN, required=True, also=("Номер CMR", "CMR")),
        *party("shipper", "Отправитель", "отправителя", "Sender", "1"),
        *party("consignee", "Получатель", "получателя", "Consignee", "2"),
        *party("carrier", "Перевозчик", "перевозчика", "Carrier", "16"),
        C("delivery_place", "Место разгрузки", "Delivery place", box="3"),
        C("receipt_place", "Место погрузки", "Taking over place", box="4"),
        C("marks", "Знаки и номера", "Marks and numbers", width=24, box="6"),
        C("packages", "Мест", "Packages", width=9, box="7"),
        C("package_text", "Упаковка", "Packing", box="8"),
        C("description", "Наименование груза", "Goods", required=True, width=44, also=("Груз",), box="9"),
        replace(HS, box="10"),
        C("gross_kg", "Масса брутто, кг", "Gross mass, kg", box="11"),
        C("volume_m3", "Объем, м3", "Volume, m3", box="12"),
        NET, *VALUE, *DANGEROUS,
        C("truck", "Номер тягача", "Tractor plate", also=("Тягач",), box="25"),
        _TRAILER, _IN_CONTAINER,
        *papers("5", "5"),
    )),
    f"CMR Convention (Geneva, 1956), article 6, and the common form of the note; {NO_SPECIFICATION}",
    unread=(
        Unread("13", "Указания отправителя", "Instructions of the sender"),
        Unread("14", "Возврат", "Reimbursement"),
        Unread("15", "Условия оплаты", "Payment of carriage"),
        Unread("17", "Последующие перевозчики", "Successive carriers"),
        Unread("18", "Оговорки перевозчика", "Reservations of the carrier"),
        Unread("19-20", "Особые условия и оплата", "Special agreements, charges"),
        Unread("21-24", "Составлено, подписи", "Established in, signatures"),
    ),
)  # fmt: skip

TIR_CARNET: Final = Note(
    "tir", _("TIR carnets and e-TIR pre-declarations"), "Книжки МДП и предварительные декларации e-TIR", Mode.ROAD,
    DocumentType.TIR,
    head("TIR", *_road_way()),
    _vehicles("7", "16", "Наложенные таможней", "Affixed by customs"),
    Sheet("Грузы Goods", ("груз", "goods"), (
        C("document_no", "Номер книжки МДП", "TIR carnet number", SEVERAL_RU, SEVERAL_EN, required=True,
          also=("Номер накладной", "Note number", "Carnet"), box="1"),
        *party("holder", "Держатель", "держателя", "Holder", "4"),
        C("holder_code", "Номер держателя", "Holder number", "AAA/BBB/XXXXXXXXXX", "AAA/BBB/XXXXXXXXXX", box="4"),
        *party("shipper", "Отправитель", "отправителя", "Consignor"),
        *party("consignee", "Получатель", "получателя", "Consignee"),
        C("origin_country", "Страна отправления", "Departure country", "Две буквы", "Two letters", width=9, box="5"),
        C("destination_country", "Страна назначения", "Destination country", "Две буквы", "Two letters", width=9,
          box="6"),
        C("loading_place", "Таможня отправления", "Office of departure", _CUSTOMS_RU, _CUSTOMS_EN, box="2"),
        C("discharge_place", "Таможня въезда", "Office of entry", _CUSTOMS_RU, _CUSTOMS_EN),
        C("delivery_place", "Таможня назначения", "Office of destination", _CUSTOMS_RU, _CUSTOMS_EN, box="12"),
        C("marks", "Знаки и номера", "Marks and numbers", width=24, box="9"),
        C("packages", "Мест", "Packages", width=9, box="10"),
        C("package_text", "Упаковка", "Packing", box="10"),
        C("description", "Наименование груза", "Goods", required=True, width=44, also=("Груз",), box="10"),
        HS,
        C("gross_kg", "Масса брутто, кг", "Gross mass, kg", box="11"),
        *VALUE, *DANGEROUS,
        C("truck", "Номер тягача", "Tractor plate", also=("Тягач",), box="7"),
        _TRAILER, replace(_IN_CONTAINER, box="9"),
        C("cmr", "Номер CMR", "CMR number", box="8"),
        *papers("8", "8"),
    )),
    f"TIR Convention (Geneva, 1975), annex 1, goods manifest of the carnet; {NO_SPECIFICATION}",
    seal_party=SealParty.CUSTOMS,
    unread=(
        Unread("3", "Международная организация", "International organisation"),
        Unread("13-15", "Заявление держателя", "Declaration of the holder"),
        Unread("17-24", "Отметки таможенных органов", "Endorsements of customs"),
    ),
)  # fmt: skip

TRANSFER_LIST: Final = Note(
    "transfer", _("Wagon transfer lists"), "Передаточные ведомости на вагоны", Mode.RAIL, DocumentType.SMGS,
    head(
        "Transfer",
        C("junction", "Станция передачи", "Junction station", CODE_RU, CODE_EN, required=True),
        C("at", "Время передачи", "Handed over at", TIME_RU, TIME_EN, required=True),
        C("event", "Прием или сдача", "Accepted or handed over", "прием или сдача, для получателя ведомости",
          "accepted or handed over, as seen by the unit", required=True),
        C("railway_from", "Сдающая дорога", "Railway handing over"),
        C("railway_to", "Принимающая дорога", "Railway accepting"),
        _TRAIN,
    ),
    replace(WAGONS, columns=(
        WAGON, CONTAINER, *UNIT_MARKS, seals("", "Как увидены при передаче", "As seen at the hand-over"), GROSS,
        C("document_no", "Номер накладной", "Note number", also=("Накладная",)),
    )),
    None,
    f"transfer list of the railways of the 1520 mm gauge; {NO_SPECIFICATION}",
    purpose=Purpose.MOVEMENTS,
)  # fmt: skip

EAEU_PRELIMINARY: Final = Note(
    "eaeu", _("EAEU preliminary information"), "Предварительная информация ЕАЭС", Mode.ROAD, DocumentType.CMR,
    head(
        "EAEU",
        C("mode", "Вид транспорта", "Mode of transport", "авто или жд", "road or rail"),
        _TRAIN,
        C("truck", "Номер тягача", "Tractor plate"),
        C("departure", "Пункт отправления", "Departure place", CODE_RU, CODE_EN),
        C("arrival", "Пункт пропуска", "Border post", _CUSTOMS_RU, _CUSTOMS_EN),
        C("eta", "Прибытие", "Arrival", TIME_RU, TIME_EN),
    ),
    Sheet("Транспорт Vehicles", ("транспорт", "vehicle"), (
        replace(_TRUCK, required=False), _TRAILER, _IN_WAGON, _IN_CONTAINER, *UNIT_MARKS, seals(), TARE, GROSS,
    )),
    Sheet("Грузы Goods", ("груз", "goods"), (
        C("document_no", "Номер транспортного документа", "Transport document number", SEVERAL_RU, SEVERAL_EN,
          required=True, also=("Номер накладной", "Note number")),
        C("document_type", "Вид документа", "Document type", "CMR, СМГС, TIR или CIM", "CMR, SMGS, TIR or CIM"),
        *party("shipper", "Отправитель", "отправителя", "Consignor"),
        *party("consignee", "Получатель", "получателя", "Consignee"),
        *party("carrier", "Перевозчик", "перевозчика", "Carrier"),
        *party("declarant", "Декларант", "декларанта", "Declarant"),
        C("origin_country", "Страна отправления", "Departure country", "Две буквы", "Two letters", width=9),
        C("destination_country", "Страна назначения", "Destination country", "Две буквы", "Two letters", width=9),
        C("description", "Наименование товара", "Goods", required=True, width=44, also=("Груз", "Товар")),
        C("tnved", "Код ТН ВЭД ЕАЭС", "TN VED code", also=("ТН ВЭД", "HS code")),
        C("packages", "Мест", "Packages", width=9),
        C("package_text", "Упаковка", "Packing"),
        C("gross_kg", "Масса брутто, кг", "Gross mass, kg"),
        *VALUE,
        C("truck", "Номер тягача", "Tractor plate", also=("Тягач",)),
        _TRAILER, _IN_WAGON, _IN_CONTAINER,
        C("procedure", "Таможенная процедура", "Customs procedure"),
        C("customs_declaration", "Номер декларации", "Declaration number"),
        *papers(""),
    )),
    "Customs Code of the EAEU, article 11; the decisions of the Commission on its contents were not at hand, and"
    f" boxes have no numbers; {NO_SPECIFICATION}",
)  # fmt: skip

NOTES: Final = (TRAIN_LIST, SMGS_NOTE, CIM_NOTE, CMR_NOTE, TIR_CARNET, TRANSFER_LIST, EAEU_PRELIMINARY)
BY_CODE: Final[Mapping[str, Note]] = {note.code: note for note in NOTES}
