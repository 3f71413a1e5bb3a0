"""What a sheet, an element and a member of a note is described by, and the columns that several notes share.

Each heading stands in Russian and English in one cell, and either alone is understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the member of JSON and the element of XML; `hint` says in both languages what belongs here.

    box: number of the box of the printed form it is taken from, empty where the form numbers none.
    """

    key: str
    ru: str
    en: str
    hint_ru: str = ""
    hint_en: str = ""
    required: bool = False
    width: int = 16  # characters
    also: tuple[str, ...] = ()  # other headings met for it
    box: str = ""

    @property
    def heading(self) -> str:
        return f"{self.ru} / {self.en}"

    @property
    def hints(self) -> tuple[str, str]:
        """Russian and English, the box first; empty texts where there is nothing to say."""
        boxes = (f"Графа {self.box}", f"Box {self.box}") if self.box else ("", "")
        return tuple(". ".join(filter(None, pair)) for pair in zip(boxes, (self.hint_ru, self.hint_en), strict=True))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    words: tuple[str, ...]  # a sheet whose name holds one of them is this one
    columns: tuple[Column, ...]


C = Column
FUNCTION: Final = C("function", "Сообщение", "Message", "новое, замена или отмена", "new, replacement or cancellation")
TIME_RU: Final = "ДД.ММ.ГГГГ ЧЧ:ММ, местное"
TIME_EN: Final = "DD.MM.YYYY HH:MM, local"
CODE_RU: Final = "Код или название"
CODE_EN: Final = "Code or name"


def head(name: str, *columns: Column) -> Sheet:
    """The sheet of a note that tells of the message itself."""
    return Sheet(
        f"Сообщение {name}",
        (f"сообщение {name.lower()}",),
        (
            C("manifest_number", "Номер сообщения", "Message number", "Свой у каждого сообщения",
              "Each message has its own", required=True),
            C("sender", "Составитель", "Drawn up by", required=True),
            FUNCTION,
            *columns,
        ),
    )  # fmt: skip


def party(role: str, ru: str, of_ru: str, en: str, box: str = "") -> tuple[Column, ...]:
    """A firm: its name, address, country and number. `of_ru` is `ru` in the genitive."""
    return (
        C(role, ru, en, width=32, box=box),
        C(f"{role}_address", f"Адрес {of_ru}", f"{en} address", width=32),
        C(f"{role}_country", f"Страна {of_ru}", f"{en} country", "Две буквы", "Two letters", width=9),
        C(f"{role}_tax_id", f"БИН, ИНН, СТИР {of_ru}", f"{en} tax number"),
    )


UNIT_MARKS: Final = (
    C("size_type", "Тип", "Type", "ISO 6346, например 45G1", "ISO 6346, e.g. 45G1", width=9),
    C("fill", "Груженый или порожний", "Full or empty", "гр или пор", "full or empty", width=14),
)
TARE: Final = C("tare_kg", "Тара, кг", "Tare, kg")
GROSS: Final = C("gross_kg", "Брутто, кг", "Gross, kg", "С тарой", "Tare included")


def seals(box: str = "", hint_ru: str = "", hint_en: str = "") -> Column:
    separated = ("Через точку с запятой", "Separated by semicolons")
    ru, en = (". ".join(filter(None, pair)) for pair in zip((hint_ru, hint_en), separated, strict=True))
    return C("seals", "Пломбы", "Seals", ru, en, width=22, also=("ЗПУ",), box=box)


NOTE_NO: Final = ("document_no", "Номер накладной", "Note number")
SEVERAL_RU: Final = "Несколько товаров: номер в каждой строке"
SEVERAL_EN: Final = "Several goods: the number in every row"
VALUE: Final = (
    C("value", "Стоимость", "Value"),
    C("currency", "Валюта", "Currency", "Три буквы", "Three letters", width=9),
)
DANGEROUS: Final = (
    C("un_number", "Номер ООН", "UN number", "Опасный груз", "Dangerous goods", width=9),
    C("hazard_class", "Класс опасности", "Hazard class", width=9),
)
NET: Final = C("net_kg", "Масса нетто, кг", "Net mass, kg")
HS: Final = C("hs", "Код ТН ВЭД или ГС", "HS or TN VED code", also=("ТН ВЭД", "HS", "HS code"))


def papers(invoice: str, documents: str = "", *, documents_ru: str = "", documents_en: str = "") -> tuple[Column, ...]:
    """Invoice and contract in columns of their own, because they are compared; other papers as a list."""
    return (
        C("invoice", "Номер инвойса", "Invoice number", box=invoice),
        C("contract", "Номер контракта", "Contract number"),
        C("documents", "Приложенные документы", "Documents attached", documents_ru or "Через точку с запятой",
          documents_en or "Separated by semicolons", width=32, box=documents),
    )  # fmt: skip
