"""The list of threads: open ones, in, out and done, with what waits for the unit on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from exchanges import standing
from exchanges.choices import ClockKind, State
from exchanges.filters import ThreadFilterSet
from exchanges.models import Clock, Message, PartnerWarning, Thread
from exchanges.services.answering import SAID
from exchanges.web.clocks import ShownClock, nearest
from pcu.accounts.models import Unit
from pcu.desk import paging
from pcu.desk.units import current_unit
from profiling.web.people import person

BOXES = ("open", "in", "out", "done")
PAGE_SIZE = 30
MOST_WAITING = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One thread in the list, as the unit sees it."""

    thread: Thread
    warning: PartnerWarning | None
    other: Unit
    is_out: bool
    is_new: bool
    status: str
    clock: ShownClock | None


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    label: str
    is_current: bool
    count: int | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the list pane shows. `suffix` is the query string that keeps box and filters."""

    unit: Unit | None
    boxes: Sequence[Box]
    filter: ThreadFilterSet
    waiting: Sequence[Row]
    rows: Sequence[Row]
    page: paging.Slice
    suffix: str
    is_filtered: bool


def waiting_count(request: HttpRequest) -> int:
    """For the menu: threads that wait for the unit looked at."""
    unit = current_unit(request)
    if unit is None:
        return 0
    return standing.threads_of(person(request), unit).filter(standing.waiting_for(unit)).count()


def read_inbox(request: HttpRequest) -> Inbox:
    """The list as the address narrows it, in a fixed number of queries."""
    unit = current_unit(request)
    now = timezone.now()
    box = request.GET.get("box", "")
    box = box if box in BOXES else BOXES[0]
    own = standing.threads_of(person(request), unit) if unit else Thread.objects.none()
    filterset = ThreadFilterSet(request.GET, queryset=_in_box(own, box, unit), request=request)
    found = filterset.qs
    waiting: list[Thread] = []
    if unit and box == "open":
        waits = standing.waiting_for(unit)
        waiting = list(_with_facts(found.filter(waits), unit).order_by("-updated_at", "-pk")[:MOST_WAITING])
        found = found.exclude(pk__in=[thread.pk for thread in waiting])
    order = paging.by("updated_at", descending=True)
    page = paging.page(_with_facts(found, unit), order=order, query=request.GET, size=PAGE_SIZE)
    kept = paging.kept(request.GET)
    is_first = not any(name in request.GET for name in paging.PARAMETERS)
    return Inbox(
        unit=unit,
        boxes=_boxes(box, own.filter(standing.still_open()).count()),
        filter=filterset,
        waiting=[_row(thread, unit, now) for thread in waiting] if unit and is_first else [],
        rows=[_row(thread, unit, now) for thread in page.rows] if unit else [],
        page=page,
        suffix=f"?{kept.urlencode()}" if kept else "",
        is_filtered=any(name in kept for name in ("q", "partner", "urgency")),
    )


def _boxes(current: str, open_count: int) -> list[Box]:
    labels = {
        "open": pgettext("box", "Open"),
        "in": pgettext("box", "In"),
        "out": pgettext("box", "Out"),
        "done": pgettext("box", "Done"),
    }
    return [Box(name, labels[name], name == current, open_count if name == "open" else None) for name in BOXES]


def _in_box(threads: QuerySet[Thread], box: str, unit: Unit | None) -> QuerySet[Thread]:
    match box:
        case "in":
            return threads.filter(to_unit=unit)
        case "out":
            return threads.filter(from_unit=unit)
        case "done":
            return threads.exclude(standing.still_open())
        case _:
            return threads.filter(standing.still_open())


def _with_facts(threads: QuerySet[Thread], unit: Unit | None) -> QuerySet[Thread]:
    unread = Message.objects.filter(thread=OuterRef("pk"), kind__in=SAID, only_for=None).exclude(unit=unit)
    return (
        threads.select_related("from_unit", "to_unit", "warning")
        .prefetch_related(Prefetch("clocks", Clock.objects.order_by("due_at", "pk")))
        .annotate(has_unread=Exists(unread.exclude(receipts__unit=unit)))
    )


def _row(thread: Thread, unit: Unit, now: datetime) -> Row:
    warning = getattr(thread, "warning", None)
    clocks = list(thread.clocks.all())
    is_out = thread.from_unit_id == unit.pk
    is_new = getattr(thread, "has_unread", False) or (
        warning is not None and not is_out and warning.state == State.SENT
    )
    return Row(
        thread=thread,
        warning=warning,
        other=thread.other(unit.pk),
        is_out=is_out,
        is_new=is_new,
        status=_status(warning, clocks, unit),
        clock=nearest(clocks, unit, now),
    )


def _status(warning: PartnerWarning | None, clocks: Sequence[Clock], unit: Unit) -> str:
    asked = [clock for clock in clocks if clock.kind == ClockKind.ANSWER and clock.is_running]
    if any(clock.unit_id == unit.pk for clock in asked):
        return _("Question to us")
    if asked:
        return _("Question of ours")
    if warning is not None:
        return str(warning.get_state_display()).capitalize()
    return _("Message")
