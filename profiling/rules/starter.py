"""What a new installation begins with: lanes, thresholds and ten rules, to be tuned on the unit's own outcomes.

Plain data in English and Russian; the service that loads it makes the rows. Thresholds of rules are first
guesses of the trade, not findings: each rule carries the day it expires unless somebody renews it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from profiling.rules.core.scoring import Thresholds

Words = Mapping[str, str]  # language code -> wording


@dataclass(frozen=True, slots=True)
class StarterLane:
    """mark: code of its shape (e, s, d, a, n). rank: 1 is looked at first. limit_minutes: from receipt."""

    code: str
    mark: str
    rank: int
    letters: Words
    labels: Words
    actions: Words
    limit_minutes: int | None


@dataclass(frozen=True, slots=True)
class StarterRule:
    """short: why in three words, at most 28 characters. reason: a sentence with {indicator} places."""

    code: str
    title: Words
    short: Words
    reason: Words
    points: int
    condition: Mapping[str, Any]
    owner: str
    expires_after_months: int


LANES = (
    StarterLane(
        code="red",
        mark="e",
        rank=1,
        letters={"en": "E", "ru": "Д"},
        labels={"en": "Examine", "ru": "Досмотр"},
        actions={"en": "Open and examine the goods", "ru": "Вскрыть и досмотреть товары"},
        limit_minutes=120,
    ),
    StarterLane(
        code="orange",
        mark="s",
        rank=2,
        letters={"en": "S", "ru": "С"},
        labels={"en": "Scan", "ru": "Скан"},
        actions={"en": "Scan without opening", "ru": "Просветить, не вскрывая"},
        limit_minutes=120,
    ),
    StarterLane(
        code="yellow",
        mark="d",
        rank=3,
        letters={"en": "D", "ru": "П"},
        labels={"en": "Documents", "ru": "Документы"},
        actions={
            "en": "Check the documents, ask for what is missing",
            "ru": "Проверить документы, запросить недостающие",
        },
        limit_minutes=240,
    ),
    StarterLane(
        code="blue",
        mark="a",
        rank=4,
        letters={"en": "A", "ru": "А"},
        labels={"en": "Audit", "ru": "Аудит"},
        actions={"en": "Let pass, audit after clearance", "ru": "Пропустить, проверить после выпуска"},
        limit_minutes=1440,
    ),
    StarterLane(
        code="green",
        mark="n",
        rank=5,
        letters={"en": "N", "ru": "Н"},
        labels={"en": "None", "ru": "Нет"},
        actions={"en": "No examination", "ru": "Без проверки"},
        limit_minutes=None,
    ),
)

THRESHOLDS = Thresholds(steps=((70, "red"), (55, "orange"), (40, "yellow"), (25, "blue")), below="green")

OWNER = "Starter set"

RULES = (
    StarterRule(
        code="R-001",
        title={
            "en": "Shipper and consignee are new to each other, and the consignee is little known",
            "ru": "Отправитель и получатель впервые вместе, получатель малоизвестен",
        },
        short={"en": "New pair of firms", "ru": "Фирмы впервые вместе"},
        reason={
            "en": "Shipper and consignee have had no consignment together in 24 months; the consignee has "
            "had {consignee_consignments_24m} in all.",
            "ru": "У отправителя и получателя за 24 месяца не было общих партий; всего партий "
            "получателя: {consignee_consignments_24m}.",
        },
        points=18,
        condition={
            "all": [
                {"lhs": "pair_first_time", "op": "is_true"},
                {"lhs": "consignee_consignments_24m", "op": "lt", "value": 3},
            ]
        },
        owner=OWNER,
        expires_after_months=12,
    ),
    StarterRule(
        code="R-002",
        title={
            "en": "The consignee is not really named",
            "ru": "Получатель на деле не назван",
        },
        short={"en": "Consignee not named", "ru": "Получатель не назван"},
        reason={
            "en": "Nobody answers for the goods. “To order” and no notify party: {to_order_without_notify};"
            " a placeholder for a name: {party_name_placeholder}.",
            "ru": "За товар никто не отвечает. Документ «по приказу» без уведомляемой стороны: "
            "{to_order_without_notify}; вместо названия заглушка: {party_name_placeholder}.",
        },
        points=15,
        condition={
            "any": [
                {"lhs": "to_order_without_notify", "op": "is_true"},
                {"lhs": "party_name_placeholder", "op": "is_true"},
            ]
        },
        owner=OWNER,
        expires_after_months=12,
    ),
    StarterRule(
        code="R-003",
        title={
            "en": "The goods are described in words that say nothing",
            "ru": "Описание товара ничего не говорит",
        },
        short={"en": "Goods text says nothing", "ru": "Пустое описание товара"},
        reason={
            "en": "A line of goods is described in general words only; the shortest description has "
            "{goods_text_words} different words.",
            "ru": "Строка товара описана одними общими словами; в самом коротком описании разных слов: "
            "{goods_text_words}.",
        },
        points=16,
        condition={
            "all": [
                {"lhs": "goods_text_vague", "op": "is_true"},
                {"lhs": "goods_text_words", "op": "le", "value": 6},
            ]
        },
        owner=OWNER,
        expires_after_months=12,
    ),
    StarterRule(
        code="R-004",
        title={
            "en": "Packages too heavy for light goods",
            "ru": "Слишком тяжёлые места для лёгкого товара",
        },
        short={"en": "Packages too heavy", "ru": "Слишком тяжёлые места"},
        reason={
            "en": "{kg_per_package} kg a package over {packages} packages of goods of chapter {hs_chapter},"
            " which are packed lighter.",
            "ru": "{kg_per_package} кг на место, мест: {packages}; товары группы {hs_chapter} пакуют легче.",
        },
        points=20,
        condition={
            "all": [
                {"lhs": "kg_per_package", "op": "gt", "value": 45},
                {"lhs": "packages", "op": "ge", "value": 10},
                {
                    "lhs": "hs_chapter",
                    "op": "in",
                    "value": ["42", "46", "48", "61", "62", "63", "64", "65", "66", "67", "95", "96"],
                },
            ]
        },
        owner=OWNER,
        expires_after_months=12,
    ),
    StarterRule(
        code="R-005",
        title={
            "en": "Declared value is low for the goods",
            "ru": "Заявленная стоимость низка для такого товара",
        },
        short={"en": "Low value a kilogram", "ru": "Низкая цена за кг"},
        reason={
            "en": "{value_per_kg} {value_currency} a kilogram is little for goods of chapter {hs_chapter}.",
            "ru": "{value_per_kg} {value_currency} за килограмм — мало для товаров группы {hs_chapter}.",
        },
        points=12,
        condition={
            "all": [
                {"lhs": "value_currency", "op": "in", "value": ["USD", "EUR"]},
                {"lhs": "value_per_kg", "op": "lt", "value": 2},
                {"lhs": "hs_chapter", "op": "in", "value": ["30", "61", "62", "64", "85", "90", "91"]},
            ]
        },
        owner=OWNER,
        expires_after_months=6,
    ),
    StarterRule(
        code="R-006",
        title={
            "en": "Rare route, loaded elsewhere or told late",
            "ru": "Редкий маршрут, погрузка в третьей стране или позднее извещение",
        },
        short={"en": "Rare route", "ru": "Редкий маршрут"},
        reason={
            "en": "Only {lane_consignments_24m} such consignments on this route in 24 months; loaded outside"
            " the country of origin: {loaded_outside_origin}; hours from notice to arrival: "
            "{hours_before_arrival}.",
            "ru": "Таких партий на этом маршруте за 24 месяца: {lane_consignments_24m}; погружено не в "
            "стране происхождения: {loaded_outside_origin}; часов от извещения до прибытия: "
            "{hours_before_arrival}.",
        },
        points=14,
        condition={
            "all": [
                {"lhs": "lane_consignments_24m", "op": "lt", "value": 3},
                {
                    "any": [
                        {"lhs": "loaded_outside_origin", "op": "is_true"},
                        {"lhs": "hours_before_arrival", "op": "lt", "value": 2},
                    ]
                },
            ]
        },
        owner=OWNER,
        expires_after_months=12,
    ),
    StarterRule(
        code="R-007",
        title={
            "en": "Declared empty, yet something is in it",
            "ru": "Заявлен порожним, но в нём что-то есть",
        },
        short={"en": "Empty, yet with weight", "ru": "Порожний, но с весом"},
        reason={
            "en": "Declared empty, yet packages or more weight than the tare are in it: {empty_equipment_with_weight};"
            " kilograms in it: {empty_equipment_kg}.",
            "ru": "Заявлено порожним, но в нём есть места или вес сверх тары: {empty_equipment_with_weight}; "
            "килограммов в нём: {empty_equipment_kg}.",
        },
        points=45,
        condition={"lhs": "empty_with_weight", "op": "is_true"},
        owner=OWNER,
        expires_after_months=12,
    ),
    StarterRule(
        code="R-008",
        title={
            "en": "The seal is in doubt",
            "ru": "Пломба вызывает сомнение",
        },
        short={"en": "Seal in doubt", "ru": "Сомнение в пломбе"},
        reason={
            "en": "Full containers without a seal: {unsealed_containers}; seal numbers that were on other"
            " equipment before: {seals_seen_before}.",
            "ru": "Гружёные контейнеры без пломбы: {unsealed_containers}; номера пломб, уже бывших на другом "
            "оборудовании: {seals_seen_before}.",
        },
        points=25,
        condition={
            "any": [
                {"lhs": "seal_missing_on_full", "op": "is_true"},
                {"lhs": "seal_seen_before", "op": "is_true"},
            ]
        },
        owner=OWNER,
        expires_after_months=12,
    ),
    StarterRule(
        code="R-009",
        title={
            "en": "Changed after it was first filed",
            "ru": "Изменён после первой подачи",
        },
        short={"en": "Changed after filing", "ru": "Изменён после подачи"},
        reason={
            "en": "Amendments so far: {amendments_count}. Weight changed by {weight_changed_percent} %; "
            "other consignee: {consignee_changed}; other destination: {destination_changed}.",
            "ru": "Поправок: {amendments_count}. Вес изменён на {weight_changed_percent} %; другой "
            "получатель: {consignee_changed}; другое назначение: {destination_changed}.",
        },
        points=20,
        condition={
            "all": [
                {"lhs": "amendments_count", "op": "ge", "value": 1},
                {
                    "any": [
                        {"lhs": "weight_changed_percent", "op": "gt", "value": 5},
                        {"lhs": "consignee_changed", "op": "is_true"},
                        {"lhs": "destination_changed", "op": "is_true"},
                    ]
                },
            ]
        },
        owner=OWNER,
        expires_after_months=12,
    ),
    StarterRule(
        code="R-010",
        title={
            "en": "The consignee is known and steady",
            "ru": "Получатель известен и постоянен",
        },
        short={"en": "Known steady consignee", "ru": "Постоянный получатель"},
        reason={
            "en": "The consignee has had {consignee_consignments_24m} consignments in 24 months, is known "
            "for {consignee_days_known} days, and these goods are not new for it.",
            "ru": "Партий получателя за 24 месяца: {consignee_consignments_24m}; известен дней: "
            "{consignee_days_known}; такой товар для него не новый.",
        },
        points=-15,
        condition={
            "all": [
                {"lhs": "consignee_consignments_24m", "op": "ge", "value": 30},
                {"lhs": "consignee_days_known", "op": "ge", "value": 365},
                {"not": {"lhs": "consignee_goods_unseen", "op": "is_true"}},
            ]
        },
        owner=OWNER,
        expires_after_months=6,
    ),
)
