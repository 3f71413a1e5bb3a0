"""A train list held against the consignments of its train: what is missing, what is extra, what differs.

The list is read from the file as it was sent; the consignments are those that stand now, whoever told of them. So
the same list says something new when a note comes late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Q

from profiling.cargo import store
from profiling.cargo.models import (
    ConveyanceCall,
    EquipmentVisit,
    Loading,
    Placement,
    SealObservation,
    Submission,
    VisitStatement,
)
from profiling.cargo.visits import plain_number
from profiling.formats import records as r
from profiling.formats.note_boxes import TRAIN_LIST, Note
from profiling.formats.note_corrections import corrected
from profiling.formats.problems import BrokenFileError
from profiling.formats.rail_xlsx import NOTE_FORMATS, ListedUnit, RailXlsxReader, train_list

SHARE, KILOGRAMS = Decimal("0.05"), Decimal(500)
"""Weights differ when they are further apart than one of these (domain.md, "Indicators")."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Equipment that a note names and the list does not."""

    visit: EquipmentVisit
    documents: Sequence[str]


@dataclass(frozen=True, slots=True)
class Extra:
    """A row of the list whose equipment no note names; an empty one may well have none."""

    unit: ListedUnit
    visit: EquipmentVisit | None

    @property
    def number(self) -> str:
        return self.unit.container or self.unit.wagon


@dataclass(frozen=True, slots=True)
class Different:
    """`what`: "wagon", "seals", "note" or "weight"; both sides as text, weights in kilograms."""

    unit: ListedUnit
    visit: EquipmentVisit
    what: str
    listed: str
    told: str


@dataclass(frozen=True, slots=True)
class TrainCheck:
    call: ConveyanceCall
    listed: int
    missing: Sequence[Missing] = ()
    extra: Sequence[Extra] = ()
    different: Sequence[Different] = ()

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.extra or self.different)


@dataclass(slots=True)
class _Told:
    """What notes and other messages say of one visit."""

    visit: EquipmentVisit
    documents: dict[str, str] = field(default_factory=dict)  # as compared, as written
    net_kg: Decimal | None = Decimal(0)
    seals: dict[str, str] = field(default_factory=dict)
    carrier: str = ""


def is_train_list() -> Q:
    """Of submissions: what was read is a train list, as the rail workbook or as a note in JSON or XML."""
    as_note = Q(format__in=NOTE_FORMATS, messages__0__header__syntax__note=TRAIN_LIST.code)
    return Q(format=RailXlsxReader.name) | as_note


def has_train_list(submission: Submission) -> bool:
    if submission.status != Submission.Status.DONE:
        return False
    return submission.format == RailXlsxReader.name or (
        submission.format in NOTE_FORMATS
        and any(one["header"].get("syntax", {}).get("note") == TRAIN_LIST.code for one in submission.messages[:1])
    )


def _as_read(submission: Submission) -> Note:
    """The boxes as the unit had them when the list was read, whatever it has corrected since."""
    syntax = next((one["header"].get("syntax") for one in submission.messages), None)
    try:
        return corrected(TRAIN_LIST, syntax)
    except ValueError:
        return TRAIN_LIST  # the table has changed since


def check_train(submission: Submission) -> TrainCheck | None:
    """None where there is nothing to hold it against: not a train list, not done, checked only, or unreadable now."""
    if not has_train_list(submission):
        return None
    call = ConveyanceCall.objects.filter(visits__statements__submission=submission).order_by("pk").first()
    if call is None:
        return None
    try:
        with store.get(submission.sha256) as stream:
            units = train_list(stream, submission.format, _as_read(submission))
    except BrokenFileError:
        return None
    told = _told(call)
    visits = {visit.number: visit for visit in call.visits.all()}
    named = {plain_number(number) for unit in units for number in (unit.wagon, unit.container) if number}
    different: list[Different] = []
    extra: list[Extra] = []
    for unit in units:
        number = plain_number(unit.container or unit.wagon)
        found = told.get(number)
        if found is None or not found.documents:
            extra.append(Extra(unit, visits.get(number)))
        if found is not None:
            different += _differences(unit, found)
    missing = [
        Missing(found.visit, list(found.documents.values()))
        for number, found in sorted(told.items())
        if found.documents and number not in named
    ]
    return TrainCheck(call, len(units), missing, extra, different)


def _told(call: ConveyanceCall) -> dict[str, _Told]:
    """By number, in five queries. What the same list or another state of it says of seals and wagons is no second
    opinion."""
    told: dict[str, _Told] = {}
    by_visit: dict[int, _Told] = {}

    def of(visit: EquipmentVisit) -> _Told:
        found = by_visit.setdefault(visit.pk, _Told(visit))
        return told.setdefault(visit.number, found)

    loadings = (
        Loading.objects.filter(visit__call=call, version__consignment__current=F("version"))
        .exclude(version__function=r.Function.CANCEL)
        .select_related("visit", "version__consignment")
    )
    for loading in loadings.order_by("pk"):
        found = of(loading.visit)
        number = loading.version.consignment.document_no
        found.documents.setdefault(plain_number(number), number)
        if loading.gross_kg is None or found.net_kg is None:
            found.net_kg = None
        else:
            found.net_kg += loading.gross_kg
    speak = VisitStatement.objects.filter(visit__call=call).values("submission")
    lists = list(Submission.objects.filter(is_train_list(), pk__in=speak).values_list("pk", flat=True))
    others = {"visit__call": call}
    for seal in SealObservation.objects.filter(**others).exclude(submission__in=lists).select_related("visit"):
        of(seal.visit).seals[seal.number] = seal.number_as_written
    placements = Placement.objects.filter(**others).exclude(submission__in=lists).select_related("visit", "carrier")
    for placement in placements.order_by("received_at", "pk"):
        of(placement.visit).carrier = placement.carrier.number
    return told


def _differences(unit: ListedUnit, told: _Told) -> list[Different]:
    found = []

    def differs(what: str, listed: str, said: str) -> None:
        found.append(Different(unit, told.visit, what, listed, said))

    if unit.container and told.carrier and plain_number(unit.wagon) != told.carrier:
        differs("wagon", unit.wagon, told.carrier)
    if told.seals and {plain_number(seal) for seal in unit.seals} != set(told.seals):
        differs("seals", ", ".join(unit.seals), ", ".join(told.seals.values()))
    if unit.document_no and told.documents and plain_number(unit.document_no) not in told.documents:
        differs("note", unit.document_no, ", ".join(told.documents.values()))
    if told.net_kg and unit.gross_kg is not None and unit.tare_kg is not None:
        net = unit.gross_kg - unit.tare_kg
        apart = abs(net - told.net_kg)
        if apart > KILOGRAMS or apart > told.net_kg * SHARE:
            differs("weight", f"{net.normalize():f}", f"{told.net_kg.normalize():f}")
    return found
