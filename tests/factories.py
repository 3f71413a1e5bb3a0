"""Factories: the smallest rows that make sense, from the unit tree down to a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from pcu.accounts import services as accounts
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cargo.choices import DocumentType, EquipmentKind, Fill, Function, Mode
from profiling.cargo.models import (
    Consignment,
    ConsignmentVersion,
    ConveyanceCall,
    EquipmentVisit,
    GoodsItem,
    Loading,
    Placement,
    SealObservation,
    Submission,
    SubmissionProblem,
    VisitStatement,
)
from profiling.cases.models import Case
from profiling.rules.models import Assessment, Lane, Release

PASSWORD = "correct horse battery staple"

# code, mark, rank: the lanes of a country, most urgent first.
LANES = (("red", "e", 1), ("orange", "s", 2), ("yellow", "d", 3), ("blue", "a", 4), ("green", "n", 5))


class CountryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit

    code = factory.Sequence(lambda n: f"C{n}")
    kind = Unit.Kind.COUNTRY
    names = factory.LazyAttribute(lambda unit: {"en": f"Country {unit.code}"})
    country = "KZ"
    time_zone = "Asia/Almaty"


class UnitFactory(CountryFactory):
    code = factory.Sequence(lambda n: f"U{n}")
    kind = Unit.Kind.UNIT
    names = factory.LazyAttribute(lambda unit: {"en": f"Post {unit.code}"})
    parent = factory.SubFactory(CountryFactory)


def person(unit: Unit, role: Role = Role.OFFICER, username: str = "") -> User:
    """Someone who holds the role in the unit; read anew, so that no earlier scope is remembered."""
    user = accounts.create_person(
        username=username or f"{role.value}-{unit.code}-{User.objects.count()}".lower(), password=PASSWORD
    )
    accounts.grant(user=user, unit=unit, role=role)
    return User.objects.get(pk=user.pk)


def client_system(unit: Unit, username: str = "") -> User:
    user = accounts.create_client(username=username or f"client-{unit.code}-{User.objects.count()}".lower())
    accounts.grant(user=user, unit=unit, role=Role.CLIENT)
    return User.objects.get(pk=user.pk)


def lanes(node: Unit) -> dict[str, Lane]:
    """The five lanes of a country, by code."""
    return {
        code: Lane.objects.create(
            unit=node,
            code=code,
            mark=mark,
            rank=rank,
            letters={"en": code[0].upper()},
            labels={"en": code.title()},
            actions={"en": f"Do the {code} thing"},
            limit_minutes=rank * 60,
        )
        for code, mark, rank in LANES
    }


class ReleaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Release

    unit = factory.SubFactory(CountryFactory)
    name = factory.Sequence(lambda n: f"release {n}")
    state = Release.State.LIVE
    thresholds = factory.LazyFunction(lambda: {"red": 80, "orange": 50, "yellow": 30, "green": None})
    sample_lane = "red"


class SubmissionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Submission

    unit = factory.SubFactory(UnitFactory)
    sender = factory.LazyAttribute(lambda submission: client_system(submission.unit))
    idempotency_key = factory.Sequence(lambda n: f"key:{n}")
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    size = 1000
    format = "cuscar"
    status = Submission.Status.DONE
    read_count = 3
    accepted_count = 2
    refused_count = 1
    flagged_count = 1


class ProblemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SubmissionProblem

    submission = factory.SubFactory(SubmissionFactory)
    code = "number_invalid"
    severity = SubmissionProblem.Severity.WARNING
    field = "gross_kg"
    document = "BILL1"
    position = factory.LazyFunction(lambda: {"offset": 812, "segment": 14})
    received = "12,5,7"
    params = factory.LazyFunction(lambda: {"value": "12,5,7"})


class CallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConveyanceCall

    unit = factory.SubFactory(UnitFactory)
    mode = Mode.RAIL
    key = factory.Sequence(lambda n: f"TRAIN{n}")
    voyage = factory.Sequence(lambda n: f"8{n:05d}")


class ConsignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consignment

    unit = factory.SubFactory(UnitFactory)
    call = factory.SubFactory(CallFactory, unit=factory.SelfAttribute("..unit"))
    document_type = DocumentType.SMGS
    document_no = factory.Sequence(lambda n: f"3171{n:05d}")
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


class VersionFactory(factory.django.DjangoModelFactory):
    """A consignment with its first version, which is the current one."""

    class Meta:
        model = ConsignmentVersion
        exclude = ["unit"]
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    consignment = factory.SubFactory(ConsignmentFactory, unit=factory.SelfAttribute("..unit"))
    submission = factory.SubFactory(SubmissionFactory, unit=factory.SelfAttribute("..unit"))
    number = 1
    function = Function.ORIGINAL
    digest = factory.Sequence(lambda n: f"{n:064x}")
    gross_kg = 21000
    packages = 40
    received_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def is_current(version, create: bool, extracted: Any, **_kwargs: Any) -> None:  # noqa: N805  # factory-boy's way
        version.consignment.current = version
        version.consignment.save()


class VisitFactory(factory.django.DjangoModelFactory):
    """A container's stay, with what its submission said of it."""

    class Meta:
        model = EquipmentVisit

    unit = factory.SubFactory(UnitFactory)
    call = factory.SubFactory(CallFactory, unit=factory.SelfAttribute("..unit"))
    kind = EquipmentKind.CONTAINER
    number = factory.Sequence(lambda n: f"TGHU{n:07d}")
    number_as_written = factory.SelfAttribute("number")
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


def stated(visit: EquipmentVisit, submission: Submission) -> VisitStatement:
    """The submission names the visit and says it is full."""
    statement = VisitStatement.objects.create(
        visit=visit, submission=submission, fill=Fill.FULL, gross_kg=23000, received_at=timezone.now()
    )
    visit.current = statement
    visit.save()
    return statement


def laden(version: ConsignmentVersion, count: int = 2) -> list[EquipmentVisit]:
    """Containers that carry the version, on one wagon, declared by its submission, each with a seal."""
    unit, submission = version.consignment.unit, version.submission
    call = version.consignment.call
    wagon = VisitFactory(unit=unit, call=call, kind=EquipmentKind.WAGON)
    visits = VisitFactory.create_batch(count, unit=unit, call=call)
    for visit in visits:
        stated(visit, submission)
        Loading.objects.create(version=version, visit=visit, packages=20, gross_kg=10500)
        Placement.objects.create(visit=visit, carrier=wagon, submission=submission, received_at=version.received_at)
        SealObservation.objects.create(
            visit=visit, number="KZ1", number_as_written="KZ-1", submission=submission, observed_at=version.received_at
        )
    GoodsItem.objects.create(version=version, line=1, description="Ceramic tiles", packages=40, gross_kg=21000)
    return visits


class AssessmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assessment

    unit = factory.SubFactory(UnitFactory)
    version = factory.SubFactory(VersionFactory, unit=factory.SelfAttribute("..unit"))
    release = factory.SubFactory(ReleaseFactory)
    trigger = Assessment.Trigger.NEW_VERSION
    score = 86
    recommended_lane = factory.LazyAttribute(lambda assessment: lanes(assessment.unit.parent)["red"])
    created_at = factory.LazyFunction(timezone.now)


class CaseFactory(factory.django.DjangoModelFactory):
    """An open case of the red lane; `laden_case` adds the cargo."""

    class Meta:
        model = Case

    unit = factory.SubFactory(UnitFactory)
    working_unit = factory.SelfAttribute("unit")
    number = factory.Sequence(lambda n: f"ALT-2026-{n:05d}")
    origin = Case.Origin.RULES
    assessment = factory.SubFactory(AssessmentFactory, unit=factory.SelfAttribute("..unit"))
    recommended_lane = factory.SelfAttribute("assessment.recommended_lane")
    lane_rank = factory.SelfAttribute("recommended_lane.rank")
    score = factory.SelfAttribute("assessment.score")
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=3))
    due_source = Case.DueSource.LANE
    opened_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


def laden_case(unit: Unit, lane: Lane | None = None, *, containers: int = 2, **fields: Any) -> Case:
    """A case with its consignment and the containers that carry it."""
    version = VersionFactory(unit=unit)
    given = {"recommended_lane": lane} if lane else {}
    assessment = AssessmentFactory(unit=unit, version=version, **given)
    case: Case = CaseFactory(unit=unit, assessment=assessment, **fields)
    case.consignments.add(version.consignment)
    case.visits.add(*laden(version, containers))
    return case
