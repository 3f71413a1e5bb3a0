"""The queue: what the officer's unit has to decide, in order, with the current case beside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, cast

from django import forms
from django.db.models import Count, QuerySet
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.desk import paging
from pcu.desk.paging import SortKey
from pcu.desk.units import current_unit
from profiling.cargo.models import ConveyanceCall
from profiling.cases.cut_line import CutLine, cut_line
from profiling.cases.filters import CaseFilterSet
from profiling.cases.models import Case
from profiling.cases.overdue import overdue
from profiling.rules.models import Lane
from profiling.rules.services import lanes_of
from profiling.web.board import arrivals
from profiling.web.case_page import read_preview
from profiling.web.lists import wants_part
from profiling.web.people import person
from profiling.web.queue_rows import rows, with_row_facts

PAGE_SIZE = 50
MOST_NEW = 99

_DUE = SortKey("due_at", nullable=True)
_LAST = SortKey("id")
# Name in the address to columns; the first is the default.
SORTS: Mapping[str, paging.Order] = {
    "lane": (SortKey("lane_rank"), _DUE, _LAST),
    "score": (SortKey("score", descending=True), _DUE, _LAST),
    "due": (_DUE, SortKey("lane_rank"), _LAST),
    "opened": (SortKey("opened_at", descending=True), SortKey("id", descending=True)),
}
DEFAULT_SORT = "lane"
ANY_STATE = "all"
"""In the address: an empty state is dropped from it, and none means what is still to be decided."""

_FIELDS = ("q", "state", "claimed", "origin", "conveyance", "due_before")


@dataclass(frozen=True, slots=True)
class LaneChip:
    """A lane to filter by, with how many cases the other filters leave in it."""

    lane: Lane
    count: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A head of the table; url: sorts by it."""

    css: str
    label: str
    url: str = ""
    is_sorted: bool = False
    direction: str = "ascending"


class Queue:
    """The cases of one unit as an address narrows and orders them.

    An address that says nothing of the state shows what is still to be decided.
    """

    def __init__(self, request: HttpRequest, unit: Unit | None, query: QueryDict | None = None) -> None:
        self.request = request
        self.unit = unit
        asked = paging.kept(request.GET if query is None else query)
        known = {*CaseFilterSet.base_filters, "sort"}
        for name in [name for name in asked if name not in known]:
            del asked[name]
        if asked.get("sort") not in SORTS or asked["sort"] == DEFAULT_SORT:
            asked.pop("sort", None)
        if asked.get("state") == Case.State.OPEN:
            asked.pop("state")
        self.query = asked

    @property
    def sort(self) -> str:
        return self.query.get("sort") or DEFAULT_SORT

    @property
    def order(self) -> paging.Order:
        return SORTS[self.sort]

    @property
    def suffix(self) -> str:
        """What an address needs to keep the filters: "" or "?lane=red"."""
        return f"?{self.query.urlencode()}" if self.query else ""

    def address(self, **changed: str) -> str:
        """The queue's address with some parameters changed; the first page again unless a page is asked for."""
        query = self.query.copy()
        for name, value in changed.items():
            query[name] = value
        return reverse("queue") + (f"?{query.urlencode()}" if query else "")

    @cached_property
    def filters(self) -> CaseFilterSet:
        return self._filters(self.query)

    @cached_property
    def cases(self) -> QuerySet[Any]:
        found: QuerySet[Any] = self.filters.qs
        return found

    @property
    def is_narrowed(self) -> bool:
        return any(name != "sort" for name in self.query)

    @cached_property
    def call(self) -> ConveyanceCall | None:
        """The arrival whose cases are asked for, as a tile of the board does."""
        form = self.filters.form
        ref = form.cleaned_data.get("call") if form.is_valid() else None
        return ConveyanceCall.objects.filter(unit=self.unit, ref=ref).first() if ref else None

    @cached_property
    def lane_counts(self) -> Mapping[str, int]:
        """How many cases the other filters leave in each lane: one query."""
        if self.unit is None:
            return {}
        query = self.query.copy()
        query.pop("lane", None)
        return dict(self._filters(query).qs.order_by().values_list("recommended_lane__code").annotate(Count("pk")))

    def lane_chips(self) -> list[LaneChip]:
        """A query for the lanes of the unit."""
        if self.unit is None:
            return []
        chosen, counts = self.query.getlist("lane"), self.lane_counts
        return [LaneChip(lane, counts.get(lane.code, 0), lane.code in chosen) for lane in lanes_of(self.unit)]

    @property
    def count(self) -> paging.Count:
        """How many cases there are, from the counts of the lanes."""
        chosen = self.query.getlist("lane")
        number = sum(count for lane, count in self.lane_counts.items() if not chosen or lane in chosen)
        return paging.Count(min(number, paging.COUNTED_AT_MOST), number > paging.COUNTED_AT_MOST)

    def fields(self) -> list[BoundField]:
        """The filters beside the lanes, the search first."""
        form = self.filters.form
        form.is_valid()  # judged with the choices of the filter set, before they are dressed
        state = form.fields["state"]
        assert isinstance(state, forms.ChoiceField)
        codes = [choice for choice in cast(Iterable[tuple[str, str]], state.choices) if choice[0]]
        # "any" needs a code of its own: an address without one shows what is still to be decided
        state.choices = [*codes, (ANY_STATE, _("any"))]
        search = form.fields["q"]
        search.widget.input_type = "search"
        search.widget.attrs |= {
            "class": "inp",
            "placeholder": search.label,
            "data-key": "Slash",
            "data-key-label": _("Search the queue"),
        }
        return [form[name] for name in _FIELDS]

    def narrowed_by(self) -> list[str]:
        """What stands in the address beside lanes and search, in words: "Claim: not claimed"."""
        told = []
        form = self.filters.form
        if self.call is not None:
            told.append(f"{form.fields['call'].label}: {self.call.label}")
        for name in _FIELDS[1:]:
            if value := self.query.get(name):
                field = form.fields[name]
                words = dict(getattr(field, "choices", ())).get(value, _("any") if value == ANY_STATE else value)
                told.append(f"{field.label}: {words}")
        return told

    def neighbour(self, case: Case, *, backward: bool = False) -> Any | None:
        """The case after this one as the queue stands now, whether or not this one is still in it."""
        here = paging.key_of(self.order, case)
        return paging.beyond(self.cases, self.order, here, backward=backward).exclude(pk=case.pk).first()

    @cached_property
    def cut(self) -> CutLine | None:
        """How far the hands of the shift reach, where the queue shows what is still to be decided."""
        if self.unit is None or "state" in self.query:
            return None
        return cut_line(unit=self.unit, order=self.order)

    def below(self, cases: Sequence[Case]) -> frozenset[int]:
        """Which of these cases lie below the cut line, however the queue is narrowed."""
        if self.cut is None or not self.cut.is_reached:
            return frozenset()
        key = self.cut.key
        return frozenset(case.pk for case in cases if key is None or paging.lies_beyond(self.order, key, case))

    def page(self) -> paging.Slice:
        """The page of it that the address asks for."""
        query = self.query.copy()
        query.update({name: self.request.GET[name] for name in paging.PARAMETERS if name in self.request.GET})
        return paging.page(with_row_facts(self.cases), order=self.order, query=query, size=PAGE_SIZE)

    def _filters(self, query: QueryDict) -> CaseFilterSet:
        visible = Case.objects.visible_to(self.request.user)
        of_desk = visible.of_desk(self.unit) if self.unit else visible.none()
        asked = query.copy()
        if asked.setdefault("state", Case.State.OPEN) == ANY_STATE:
            del asked["state"]
        return CaseFilterSet(asked, queryset=of_desk, request=self.request)


@require_safe
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """The page, or for HTMX its rows alone. The address holds everything that narrows and orders."""
    unit = current_unit(request)
    asked = Queue(request, unit)
    part = wants_part(request)
    found = asked.page()
    below = asked.below(found.rows)
    context: dict[str, Any] = {
        "unit": unit,
        "rows": rows(found.rows, request.user),
        "count": asked.count,
        "page": found,
        "cut": asked.cut,
        "below": below,
        "first_below": next((case.pk for case in found.rows if case.pk in below), None),
        "may_state_hands": bool(unit and person(request).scope.allows(Capability.SUPERVISE, unit.pk)),
        "lane_chips": asked.lane_chips(),
        "columns": _columns(asked),
        "sort": asked.query.get("sort", ""),
        "query_suffix": asked.suffix,
        "is_narrowed": asked.is_narrowed,
        "narrowed_by": asked.narrowed_by(),
        "call": asked.query.get("call", ""),
        "is_part": part,
    }
    if not part:
        search, *fields = asked.fields()
        context |= {
            "arrivals": arrivals(unit, asked.call) if unit else [],
            "search_field": search,
            "filter_fields": fields,
            "rendered_at": timezone.now().isoformat(),
            "overdue": paging.count(overdue(Case.objects.visible_to(request.user).of_desk(unit))) if unit else None,
        }
    response = render(request, "queue/rows.html" if part else "queue/page.html", context)
    if part:
        response["HX-Push-Url"] = (
            request.get_full_path() if request.GET.keys() & set(paging.PARAMETERS) else asked.address()
        )
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def preview(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The case the officer stands on."""
    case = get_object_or_404(with_row_facts(Case.objects.visible_to(request.user)), ref=ref)
    asked = Queue(request, current_unit(request))
    context = {
        "case": case,
        "unit": case.working_unit,
        "preview": read_preview(case, request.user),
        "query_suffix": asked.suffix,
        "decide_prefix": f"{asked.suffix}&" if asked.suffix else "?",
        "may_triage": person(request).scope.allows(Capability.TRIAGE, case.working_unit_id),
    }
    return render(request, "queue/preview.html", context)


@require_safe
def fresh(request: HttpRequest) -> HttpResponse:
    """How many cases have come to this queue since the page was made; nothing is moved under the officer's hands."""
    since = _moment(request.GET.get("since", ""))
    asked = Queue(request, current_unit(request))
    new = asked.cases.filter(opened_at__gt=since).order_by()[:MOST_NEW].count() if since else 0
    return render(request, "queue/fresh.html", {"count": new, "url": asked.address()})


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _columns(asked: Queue) -> Sequence[Column]:
    def sorted_by(css: str, label: str, sort: str, *, descending: bool = False) -> Column:
        direction = "descending" if descending else "ascending"
        return Column(css, label, asked.address(sort=sort), asked.sort == sort, direction)

    return (
        # the lane's order is the default; a second press sorts by the bare score
        sorted_by("lane", _("Priority"), "score", descending=True)
        if asked.sort == "lane"
        else sorted_by("lane", _("Score"), "lane")
        if asked.sort == "score"
        else sorted_by("lane", _("Priority"), "lane"),
        Column("box", _("Container, place")),
        Column("who", _("Consignee, goods")),
        Column("why", _("Why")),
        sorted_by("clock", _("Due"), "due"),
    )
