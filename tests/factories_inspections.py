"""Factories of inspections and of what hangs on them, made directly on the models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from inspections import reviewing
from inspections.choices import PhotoKind, Point, PointState, SealEvent, State
from inspections.models import (
    AppliedChange,
    Handover,
    Inspection,
    InspectionLine,
    Link,
    ListedWord,
    PersonPresent,
    Photo,
    Report,
    Review,
    Sample,
    SealRecord,
    Seizure,
    Signature,
    TeamMember,
)
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case, Outcome, Referral
from tests import factories
from tests.factories import NOON


class InspectionFactory(DjangoModelFactory[Inspection]):
    """Work under way on a case, by whoever `created_by` is."""

    class Meta:
        model = Inspection

    case = factory.SubFactory(factories.CaseFactory)
    unit = factory.SelfAttribute("case.working_unit")
    number = factory.Sequence(lambda n: f"INS-2026-{n:04d}")
    referral = factory.LazyAttribute(
        lambda act: factories.ReferralFactory(case=act.case, state=Referral.State.TAKEN, method="full_devanning")
    )
    asked_method = "full_devanning"
    place = "Shed 2"
    state = State.UNDER_WAY
    started_at = NOON
    ended_at = NOON + timedelta(hours=4, minutes=22)
    created_by = factory.LazyAttribute(lambda act: factories.person(act.unit))
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


class LineFactory(DjangoModelFactory[InspectionLine]):
    """A line that is ready: `LineFactory(inspection=…, result="found")`."""

    class Meta:
        model = InspectionLine

    inspection = factory.SubFactory(InspectionFactory)
    visit = factory.LazyAttribute(lambda line: line.inspection.case.visits.order_by("pk").first())
    methods = factory.LazyFunction(lambda: {"scan": {"done": True}, "full_devanning": {"done": True}})
    points = factory.LazyFunction(lambda: {point: {"state": PointState.OK, "note": ""} for point in Point.values})
    packages_declared = 224
    packages_found = 224
    counted_how = "counted"
    gross_declared_kg = Decimal(13372)
    gross_found_kg = Decimal(13372)
    weighed_how = "scale"
    photos_note = "The camera was not charged."
    result = "clean"
    findings = factory.LazyAttribute(
        lambda line: "Steel sheet behind the front wall." if line.result == "found" else ""
    )
    updated_at = factory.LazyFunction(timezone.now)


class TeamMemberFactory(DjangoModelFactory[TeamMember]):
    class Meta:
        model = TeamMember

    inspection = factory.SubFactory(InspectionFactory)
    user = factory.LazyAttribute(lambda member: factories.person(member.inspection.unit))
    agency = "customs"


class PersonPresentFactory(DjangoModelFactory[PersonPresent]):
    class Meta:
        model = PersonPresent

    inspection = factory.SubFactory(InspectionFactory)
    name = "A. Driver"
    capacity = "Carrier"


class SealRecordFactory(DjangoModelFactory[SealRecord]):
    class Meta:
        model = SealRecord

    line = factory.SubFactory(LineFactory)
    event = SealEvent.AFFIXED
    number = factory.Sequence(lambda n: f"KZ{n:07d}")
    at = NOON


class PhotoFactory(DjangoModelFactory[Photo]):
    class Meta:
        model = Photo

    inspection = factory.SubFactory(InspectionFactory)
    kind = PhotoKind.EMPTY
    sha256 = "a" * 64
    shown_sha256 = "b" * 64
    thumb_sha256 = "c" * 64
    size = 1
    width = 640
    height = 480
    uploaded_by = factory.SelfAttribute("inspection.created_by")
    uploaded_at = NOON


class ListedWordFactory(DjangoModelFactory[ListedWord]):
    class Meta:
        model = ListedWord
        django_get_or_create = ("unit", "list", "code")

    unit = factory.SubFactory(factories.CountryFactory)
    list = ListedWord.List.PLACE
    code = "front-wall"
    labels = factory.LazyFunction(lambda: {"en": "Behind the front wall", "ru": "За передней стенкой"})


class SeizureFactory(DjangoModelFactory[Seizure]):
    """Goods taken on a line, `SeizureFactory(line=…, commodity="drugs")`."""

    class Meta:
        model = Seizure

    line = factory.SubFactory(LineFactory, result="found")
    inspection = factory.SelfAttribute("line.inspection")
    case = factory.SelfAttribute("inspection.case")
    unit = factory.SelfAttribute("inspection.unit")
    number = factory.Sequence(lambda n: f"SEI-2026-{n:04d}")
    commodity = "tobacco"
    facts = factory.LazyFunction(
        lambda: {
            "items": [{"brand": "Minsk", "kind": "king_size", "stamp": "none", "cases": "224", "sticks": "2240000"}]
        }
    )
    quantity = Decimal(2_240_000)
    quantity_unit = "sticks"
    place = factory.LazyAttribute(lambda seizure: ListedWordFactory(unit=seizure.unit.parent))
    seized_at = NOON
    created_by = factory.SelfAttribute("inspection.created_by")
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


class LinkFactory(DjangoModelFactory[Link]):
    class Meta:
        model = Link

    seizure = factory.SubFactory(SeizureFactory)
    kind = Link.Kind.COMPANY
    name = "Broker and Sons"


class SampleFactory(DjangoModelFactory[Sample]):
    class Meta:
        model = Sample

    seizure = factory.SubFactory(SeizureFactory)
    bag = factory.Sequence(lambda n: f"BAG-{n}")
    description = "Two packets"


class HandoverFactory(DjangoModelFactory[Handover]):
    class Meta:
        model = Handover

    seizure = factory.SubFactory(SeizureFactory)
    number = factory.LazyAttribute(lambda handover: handover.seizure.handovers.count() + 1)
    what = "224 master cases"
    place = "Store 1"
    recorded_by = factory.SelfAttribute("seizure.created_by")
    at = NOON
    digest = "0" * 64


class SignatureFactory(DjangoModelFactory[Signature]):
    class Meta:
        model = Signature

    handover = factory.SubFactory(HandoverFactory)
    side = Signature.Side.RECEIVED
    name = "K. Storekeeper"
    at = NOON


def work(unit: Unit, *, result: str = "clean", author: User | None = None, boxes: int = 1, **fields: Any) -> Inspection:
    """Work of a unit that is ready to be submitted, with one line for each of `boxes` containers."""
    case: Case = fields.pop("case", None) or factories.case_in(unit, boxes=boxes)
    if author is not None:
        fields["created_by"] = author
    inspection = InspectionFactory(case=case, **fields)
    Case.objects.filter(pk=case.pk).update(state=Case.State.REFERRED)
    for visit in case.visits.order_by("pk"):
        SealRecordFactory(line=LineFactory(inspection=inspection, visit=visit, result=result))
    TeamMemberFactory(inspection=inspection)
    return inspection


@dataclass
class Reviewed:
    """Work that was returned once, approved, and has an outcome; with a row in every table of inspections."""

    inspection: Inspection
    report: Report
    review: Review
    outcome: Outcome

    @property
    def refs(self) -> dict[str, Any]:
        """The ref of a row by the first part of its address."""
        return {
            "inspections": self.inspection.ref,
            "reports": self.report.ref,
            "reviews": self.review.ref,
            "outcomes": self.outcome.ref,
        }


def reviewed(unit: Unit) -> Reviewed:
    """A find of a unit on its whole way through a review."""
    inspection = work(unit, result="found")
    author = inspection.created_by
    line = inspection.lines.get()
    PersonPresentFactory(inspection=inspection)
    PhotoFactory(inspection=inspection, line=line, seal=line.seals.get())
    seizure = SeizureFactory(line=line)
    LinkFactory(seizure=seizure)
    SampleFactory(seizure=seizure)
    SignatureFactory(handover__seizure=seizure)
    AppliedChange.objects.create(inspection=inspection, change_id=inspection.ref, user=author, at=NOON)
    supervisor = factories.person(unit, Role.SUPERVISOR)
    report = reviewing.submit(inspection=inspection, user=author)
    reviewing.send_back(report=report, reviewer=supervisor, note="Weigh it.")
    report = reviewing.submit(inspection=inspection, user=author, answers={"1": "Scale 2."})
    review = reviewing.approve(report=report, reviewer=supervisor)
    inspection.refresh_from_db()
    return Reviewed(inspection, report, review, Outcome.objects.get(told_in=inspection.number))


def seized(case: Case, **fields: Any) -> Seizure:
    """A seizure on a case with one of everything that hangs on it: link, sample, signed hand-over."""
    inspection = InspectionFactory(case=case, referral=None, created_by=factories.person(case.working_unit))
    TeamMemberFactory(inspection=inspection, user=inspection.created_by, leads=True)
    PhotoFactory(inspection=inspection)
    seizure = SeizureFactory(line=LineFactory(inspection=inspection, result="found"), **fields)
    seizure.detections.add(ListedWordFactory(unit=seizure.unit.parent, list=ListedWord.List.DETECTION, code="scan"))
    LinkFactory(seizure=seizure)
    SampleFactory(seizure=seizure)
    SignatureFactory(handover=HandoverFactory(seizure=seizure, receiver_name="K. Storekeeper"))
    return seizure
