"""What a list says of each consignment beside its number: equipment, parties, goods, lane and case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q

from profiling.cargo.choices import PartyRole
from profiling.cargo.models import Consignment, ConsignmentVersion, EquipmentVisit, GoodsItem, Loading, PartyMention
from profiling.cases.models import Case, CaseConsignment
from profiling.rules.latest import latest_assessments
from profiling.rules.models import Assessment
from profiling.web.cargo_parts import last_told

SHOWN_ROLES = (PartyRole.CONSIGNEE, PartyRole.SHIPPER)


@dataclass(frozen=True, slots=True)
class ConsignmentRow:
    """One line. ``version`` is the current one, or what a withdrawn consignment said last; the rest is what it says."""

    consignment: Consignment
    version: ConsignmentVersion | None
    visit: EquipmentVisit | None = None
    more_visits: int = 0
    parties: Mapping[str, PartyMention] = field(default_factory=dict)
    goods: str = ""
    more_goods: int = 0
    assessment: Assessment | None = None
    case: Case | None = None

    @property
    def consignee(self) -> PartyMention | None:
        return self.parties.get(PartyRole.CONSIGNEE)

    @property
    def shipper(self) -> PartyMention | None:
        return self.parties.get(PartyRole.SHIPPER)


def consignment_rows(consignments: Sequence[Consignment], user: Any) -> list[ConsignmentRow]:
    """Rows in the given order. Eight queries, however many; `current` must have been selected with them."""
    told = {found.pk: found.current for found in consignments} | last_told(consignments)
    versions = [version.pk for version in told.values() if version]
    first_loading = {
        loading.version_id: loading
        for loading in Loading.objects.filter(version__in=versions)
        .select_related("visit")
        .order_by("version", "pk")
        .distinct("version")
    }
    loadings = _counts(Loading, versions)
    mentions: dict[int, dict[str, PartyMention]] = {}
    for mention in (
        PartyMention.objects.filter(version__in=versions, role__in=SHOWN_ROLES).select_related("party").order_by("-pk")
    ):
        mentions.setdefault(mention.version_id, {})[mention.role] = mention  # the first of a role wins
    first_item = {
        item.version_id: item
        for item in GoodsItem.objects.filter(version__in=versions)
        .only("version", "description")
        .order_by("version", "line", "pk")
        .distinct("version")
    }
    items = _counts(GoodsItem, versions)
    assessments = latest_assessments(versions)
    cases = _cases([found.pk for found in consignments], user)
    rows = []
    for found in consignments:
        version = told[found.pk]
        key = version.pk if version else 0  # no version has the id 0: one without a version says nothing
        loading, item = first_loading.get(key), first_item.get(key)
        rows.append(
            ConsignmentRow(
                consignment=found,
                version=version,
                visit=loading.visit if loading else None,
                more_visits=max(0, loadings.get(key, 0) - 1),
                parties=mentions.get(key, {}),
                goods=item.description if item else "",
                more_goods=max(0, items.get(key, 0) - 1),
                assessment=assessments.get(key),
                case=cases.get(found.pk),
            )
        )
    return rows


def _counts(model: Any, versions: Sequence[int]) -> dict[int, int]:
    return dict(model.objects.filter(version__in=versions).order_by().values_list("version").annotate(Count("pk")))


def _cases(consignments: Sequence[int], user: Any) -> dict[int, Case]:
    """The newest case of each consignment that the user may see; one still open goes before a closed one."""
    is_closed = ExpressionWrapper(Q(case__state=Case.State.CLOSED), output_field=BooleanField())
    links = (
        CaseConsignment.objects.filter(consignment__in=consignments, case__in=Case.objects.visible_to(user))
        .select_related("case")
        .order_by("consignment", is_closed, "-case_id")
        .distinct("consignment")
    )
    return {link.consignment_id: link.case for link in links}
