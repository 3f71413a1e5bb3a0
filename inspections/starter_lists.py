"""Words that a country's lists begin with: where things are hidden, how, and how they are detected."""

from __future__ import annotations

from collections.abc import Mapping

from inspections.models import ListedWord

Words = Mapping[str, str]  # language code -> wording
_L = ListedWord.List

STARTER: Mapping[str, tuple[tuple[str, Words], ...]] = {
    _L.PLACE: (
        ("among_goods", {"en": "Among the goods", "ru": "Среди товара"}),
        ("inside_goods", {"en": "Inside the goods", "ru": "Внутри товара"}),
        ("packaging", {"en": "In packaging, pallets", "ru": "В упаковке, поддонах"}),
        ("false_front_wall", {"en": "Behind a false front wall", "ru": "За ложной передней стенкой"}),
        ("side_wall", {"en": "In a side wall", "ru": "В боковой стенке"}),
        ("floor", {"en": "Under the floor", "ru": "Под полом"}),
        ("roof", {"en": "In the ceiling or roof", "ru": "В потолке или крыше"}),
        ("doors", {"en": "In the doors", "ru": "В дверях"}),
        ("beams", {"en": "In beams and corner posts", "ru": "В балках и угловых стойках"}),
        ("refrigeration", {"en": "In the cooling unit", "ru": "В холодильной установке"}),
        ("undercarriage", {"en": "Undercarriage, frame", "ru": "Ходовая часть, рама"}),
        ("tank", {"en": "In a tank", "ru": "В баке или цистерне"}),
        ("wheels", {"en": "In wheels, tyres", "ru": "В колёсах, шинах"}),
        ("cabin", {"en": "Driver's cabin", "ru": "Кабина водителя"}),
        ("locomotive", {"en": "Locomotive, wagon of the crew", "ru": "Локомотив, вагон бригады"}),
        ("on_person", {"en": "On a person, in luggage", "ru": "На человеке, в багаже"}),
    ),
    _L.CONCEALMENT: (
        ("not_hidden", {"en": "Not hidden, declared as other goods", "ru": "Не скрыто, заявлено как другой товар"}),
        ("undeclared", {"en": "Not hidden, not declared", "ru": "Не скрыто, не заявлено"}),
        ("cover_load", {"en": "Behind a cover load", "ru": "За грузом прикрытия"}),
        ("mixed", {"en": "Mixed into the goods", "ru": "Смешано с товаром"}),
        ("built_in", {"en": "Built into the structure", "ru": "Встроено в конструкцию"}),
        ("factory_void", {"en": "In a void of the make", "ru": "В заводской полости"}),
        ("hollowed", {"en": "In hollowed goods", "ru": "В выдолбленном товаре"}),
        ("dissolved", {"en": "Dissolved, soaked in", "ru": "Растворено, пропитано"}),
        ("repacked", {"en": "Repacked, labels changed", "ru": "Переупаковано, этикетки заменены"}),
        ("rip_on", {"en": "Put in afterwards (rip-on)", "ru": "Подложено после загрузки (rip-on)"}),
        ("magnets", {"en": "Fixed with magnets or straps", "ru": "Закреплено магнитами или ремнями"}),
        ("shielded", {"en": "Shielded against scan or dog", "ru": "Экранировано от сканера или собаки"}),
    ),
    _L.DETECTION: (
        ("scan", {"en": "Scan image", "ru": "Снимок ИДК"}),
        ("measuring", {"en": "Measuring inside", "ru": "Обмер изнутри"}),
        ("dog", {"en": "Detector dog", "ru": "Служебная собака"}),
        ("weighing", {"en": "Weighing", "ru": "Взвешивание"}),
        ("opening", {"en": "Opening and search", "ru": "Вскрытие и поиск"}),
        ("documents", {"en": "Documents", "ru": "Документы"}),
        ("seal", {"en": "Seal changed", "ru": "Замена пломбы"}),
        ("information", {"en": "Information received", "ru": "Поступившая информация"}),
        ("trace", {"en": "Trace detector, field test", "ru": "Анализатор следов, экспресс-тест"}),
        ("radiation", {"en": "Radiation monitor", "ru": "Радиационный контроль"}),
        ("behaviour", {"en": "Behaviour of people", "ru": "Поведение людей"}),
    ),
}
