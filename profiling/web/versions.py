"""The versions of a consignment beside each other: what each message changed, with the fields named for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcu.desk.templatetags.desk import container_number, quantity
from profiling.cargo.choices import Direction, PartyRole
from profiling.cargo.differences import Change, Part, Snapshot, differences, split_common
from profiling.cargo.models import CargoDocument, ConsignmentVersion, GoodsItem, Loading, PartyMention

FIELDS = {
    "manifest_number": gettext_lazy("Manifest"),
    "direction": gettext_lazy("Direction"),
    "procedure": gettext_lazy("Procedure"),
    "ucr": gettext_lazy("Unique reference"),
    "loading": gettext_lazy("Place of loading"),
    "discharge": gettext_lazy("Place of discharge"),
    "receipt": gettext_lazy("Place of receipt"),
    "delivery": gettext_lazy("Place of delivery"),
    "origin_country": gettext_lazy("Country of origin"),
    "destination_country": gettext_lazy("Country of destination"),
    "gross_kg": gettext_lazy("Gross, kg"),
    "net_kg": gettext_lazy("Net, kg"),
    "packages": gettext_lazy("Packages"),
    "package": gettext_lazy("Kind of package"),
    "volume_m3": gettext_lazy("Volume, m³"),
    "value": gettext_lazy("Value"),
    "currency": gettext_lazy("Currency"),
    "freight": gettext_lazy("Freight"),
    "freight_currency": gettext_lazy("Currency of the freight"),
    "freight_terms": gettext_lazy("Freight terms"),
    "description": gettext_lazy("Description"),
    "marks": gettext_lazy("Marks"),
    "commodity": gettext_lazy("Commodity code"),
    "origin": gettext_lazy("Origin"),
    "dangerous": gettext_lazy("Dangerous goods"),
    "name": gettext_lazy("Name"),
    "address": gettext_lazy("Address"),
    "country": gettext_lazy("Country"),
    "tax_id": gettext_lazy("Tax number"),
    "code": gettext_lazy("Code"),
    "contact": gettext_lazy("Contact"),
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference as a row of the table: head, middle and tail of each side, so that the middle is underlined."""

    where: str
    field: str
    before: tuple[str, str, str] | None
    after: tuple[str, str, str] | None
    amount: str


@dataclass(frozen=True, slots=True)
class VersionStep:
    """One version and what it changed against the one before; `changes` is None for the first."""

    version: ConsignmentVersion
    changes: Sequence[ChangeLine] | None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows below some versions, by version."""

    items: Mapping[int, list[GoodsItem]]
    mentions: Mapping[int, list[PartyMention]]
    documents: Mapping[int, list[CargoDocument]]
    loadings: Mapping[int, list[Loading]]


def rows_below(versions: Iterable[ConsignmentVersion]) -> Rows:
    """Everything the versions say, in four queries however many they are."""
    pks = [version.pk for version in versions]
    return Rows(
        items=_by_version(GoodsItem.objects.filter(version__in=pks).order_by("line", "pk")),
        mentions=_by_version(PartyMention.objects.filter(version__in=pks).select_related("party").order_by("pk")),
        documents=_by_version(CargoDocument.objects.filter(version__in=pks).order_by("pk")),
        loadings=_by_version(Loading.objects.filter(version__in=pks).select_related("visit").order_by("pk")),
    )


def _by_version(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.version_id].append(row)
    return found


def steps(versions: Sequence[ConsignmentVersion], rows: Rows) -> list[VersionStep]:
    """Versions, newest first, each with what it changed."""
    told = []
    before: Snapshot | None = None
    for version in versions:
        now = snapshot(version, rows)
        told.append(VersionStep(version, None if before is None else [_line(one) for one in differences(before, now)]))
        before = now
    return told[::-1]


def snapshot(version: ConsignmentVersion, rows: Rows) -> Snapshot:
    plain = {name: getattr(version, name) for name in FIELDS if hasattr(version, name)}
    places = {
        name: _place(getattr(version, f"{name}_code"), getattr(version, f"{name}_name"))
        for name in ("loading", "discharge", "receipt", "delivery")
    }
    if version.direction:
        plain["direction"] = str(Direction(version.direction).label)
    return Snapshot(
        head={name: plain.get(name, places.get(name)) for name in FIELDS if name in plain or name in places},
        goods=[(item.line, _goods(item)) for item in rows.items.get(version.pk, ())],
        parties=[(mention.role, _party(mention)) for mention in rows.mentions.get(version.pk, ())],
        equipment={
            loading.visit.number: {"packages": loading.packages, "gross_kg": loading.gross_kg}
            for loading in rows.loadings.get(version.pk, ())
        },
        documents=frozenset((one.kind, one.number) for one in rows.documents.get(version.pk, ())),
    )


def _place(code: str, name: str) -> str:
    return " ".join(part for part in (name, code) if part)


def _goods(item: GoodsItem) -> dict[str, Any]:
    return {
        "description": item.description,
        "commodity": " ".join(part for part in (item.commodity_scheme.upper(), item.commodity_code) if part),
        "packages": item.packages,
        "package": item.package_text or item.package_code,
        "gross_kg": item.gross_kg,
        "net_kg": item.net_kg,
        "volume_m3": item.volume_m3,
        "value": item.value,
        "currency": item.currency,
        "origin": item.origin,
        "marks": item.marks,
        "dangerous": ", ".join(str(one.get("un_number", "")) for one in item.dangerous if isinstance(one, dict)),
    }


def _party(mention: PartyMention) -> dict[str, Any]:
    address = ", ".join(part for part in (mention.address, mention.postcode, mention.city) if part)
    return {
        "name": mention.name,
        "address": address,
        "country": mention.country,
        "tax_id": mention.tax_id,
        "code": mention.code,
        "contact": mention.contact,
    }


def _line(change: Change) -> ChangeLine:
    before, after = _shown(change, change.before), _shown(change, change.after)
    field = str(FIELDS.get(change.field, change.field))
    if before is None or after is None:
        amount = _("left out") if after is None else _("only here") if change.field == "" else _("was not given")
        return ChangeLine(_where(change), field, _whole(before), _whole(after), amount)
    head, old, new, tail = ("", before, after, "") if change.amount is not None else split_common(before, after)
    return ChangeLine(_where(change), field, (head, old, tail), (head, new, tail), _amount(change))


def _whole(text: str | None) -> tuple[str, str, str] | None:
    return None if text is None else ("", text, "")


def _shown(change: Change, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Mapping):
        told = value.get("description") or value.get("name")
        return str(
            told
            or _("%(packages)s packages, %(kg)s kg")
            % {
                "packages": quantity(value.get("packages")),
                "kg": quantity(value.get("gross_kg")),
            }
        )
    return quantity(value) if isinstance(value, int | Decimal) else str(value)


def _where(change: Change) -> str:
    match change.part:
        case Part.GOODS:
            return _("Goods, line %(line)s") % {"line": change.where}
        case Part.PARTY:
            return str(PartyRole(change.where).label) if change.where in PartyRole.values else change.where
        case Part.EQUIPMENT:
            return container_number(change.where)
        case Part.DOCUMENT:
            return _("Document %(kind)s") % {"kind": change.where}
        case _:
            return ""


def _amount(change: Change) -> str:
    """By how much, in words: "1,620 less, 8.2 %"."""
    if change.amount is None:
        return ""
    size = quantity(abs(change.amount))
    words = _("%(amount)s more") if change.amount > 0 else _("%(amount)s less")
    told = words % {"amount": size}
    if change.percent is None:
        return told
    return _("%(told)s, %(percent)s %%") % {"told": told, "percent": quantity(round(abs(change.percent), 1))}
