"""Factories of everything a case rests on: units, people, cargo, lanes, assessments, cases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from knox.models import AuthToken

from pcu.accounts.models import Membership, Unit, User
from pcu.accounts.roles import Role
from profiling.cargo.models import (
    CargoDocument,
    Consignment,
    ConsignmentVersion,
    ConveyanceCall,
    EquipmentVisit,
    GoodsItem,
    Loading,
    MovementEvent,
    PartyMention,
    Placement,
    SealObservation,
    Submission,
    SubmissionProblem,
    VisitStatement,
)
from profiling.cases.models import Case, CaseConsignment, CaseEvent, CaseVisit, Hold, Referral
from profiling.intake.models import ColumnMapping, NoteBoxes
from profiling.parties.models import Party
from profiling.rules.models import Activation, Assessment, Lane, Release, Rule, RuleVersion

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class CountryFactory(DjangoModelFactory[Unit]):
    class Meta:
        model = Unit
        django_get_or_create = ("code",)

    kind = Unit.Kind.COUNTRY
    code = "KZ"
    names = factory.LazyAttribute(lambda unit: {"en": unit.code})
    country = factory.LazyAttribute(lambda unit: unit.code[:2])


class UnitFactory(DjangoModelFactory[Unit]):
    class Meta:
        model = Unit
        django_get_or_create = ("code",)

    kind = Unit.Kind.UNIT
    parent = factory.SubFactory(CountryFactory)
    code = "ALT"
    names = factory.LazyAttribute(lambda unit: {"en": unit.code.capitalize()})
    country = factory.LazyAttribute(lambda unit: unit.parent.country)
    post = Unit.Post.RAIL
    time_zone = "Asia/Almaty"


class UserFactory(DjangoModelFactory[User]):
    """A user without any role; `person` and `client_system` give one."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person-{n}")
    last_name = factory.Sequence(lambda n: f"Person {n}")
    password = "!"  # cannot be typed: tests sign in without one

    @factory.post_generation
    def membership(user: User, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805  # factory-boy's way
        if extracted is not None:
            unit, role = extracted
            Membership.objects.create(user=user, unit=unit, role=role)


def person(unit: Unit, role: Role = Role.OFFICER, **fields: Any) -> User:
    return UserFactory(membership=(unit, role), **fields)


def client_system(unit: Unit, **fields: Any) -> User:
    return UserFactory(membership=(unit, Role.CLIENT), kind=User.Kind.CLIENT, **fields)


def token_of(user: User) -> str:
    return AuthToken.objects.create(user=user)[1]


class SubmissionFactory(DjangoModelFactory[Submission]):
    class Meta:
        model = Submission

    unit = factory.SubFactory(UnitFactory)
    sender = factory.LazyAttribute(lambda submission: client_system(submission.unit))
    idempotency_key = factory.Sequence(lambda n: f"key:{n}")
    sha256 = "0" * 64
    size = 1
    format = "cuscar"
    status = Submission.Status.DONE
    read_count = 1
    accepted_count = 1
    flagged_count = 1


class ColumnMappingFactory(DjangoModelFactory[ColumnMapping]):
    class Meta:
        model = ColumnMapping

    unit = factory.SubFactory(UnitFactory)
    sender = factory.LazyAttribute(lambda mapping: client_system(mapping.unit))
    fingerprint = "0" * 64
    mapping = factory.LazyFunction(lambda: {"version": 1, "columns": {"bl": {"field": "document_no"}}})
    confirmed_by = factory.LazyAttribute(lambda mapping: person(mapping.unit))
    confirmed_at = NOON


class NoteBoxesFactory(DjangoModelFactory[NoteBoxes]):
    class Meta:
        model = NoteBoxes

    unit = factory.SubFactory(UnitFactory)
    note = "cmr"
    corrections = factory.LazyFunction(lambda: {"notes": {"hs": {"box": "10b"}}})
    changed_by = factory.LazyAttribute(lambda boxes: person(boxes.unit, Role.SUPERVISOR))
    changed_at = NOON


class ProblemFactory(DjangoModelFactory[SubmissionProblem]):
    class Meta:
        model = SubmissionProblem

    submission = factory.SubFactory(SubmissionFactory)
    code = "file_cut"
    severity = "error"
    position = factory.LazyFunction(lambda: {"offset": 812, "segment": 14})
    params = factory.LazyFunction(lambda: {"missing": "UNZ"})
    received = "UNT+"


class CallFactory(DjangoModelFactory[ConveyanceCall]):
    class Meta:
        model = ConveyanceCall

    unit = factory.SubFactory(UnitFactory)
    mode = "rail"
    key = factory.Sequence(lambda n: f"train {n}")
    voyage = factory.Sequence(lambda n: f"T{n}")
    eta = NOON
    eta_said = factory.LazyFunction(lambda: {"precision": "minute"})


class PartyFactory(DjangoModelFactory[Party]):
    class Meta:
        model = Party

    unit = factory.SubFactory(UnitFactory)
    key = factory.Sequence(lambda n: f"name:KZ:FIRM {n}")
    name = factory.Sequence(lambda n: f"Firm {n}")
    first_seen_at = NOON


class VisitFactory(DjangoModelFactory[EquipmentVisit]):
    class Meta:
        model = EquipmentVisit

    call = factory.SubFactory(CallFactory)
    unit = factory.SelfAttribute("call.unit")
    kind = "container"
    number = factory.Sequence(lambda n: f"MSKU{n:07d}")
    number_as_written = factory.SelfAttribute("number")
    created_at = NOON
    updated_at = NOON


class StatementFactory(DjangoModelFactory[VisitStatement]):
    class Meta:
        model = VisitStatement

    visit = factory.SubFactory(VisitFactory)
    submission = factory.SubFactory(SubmissionFactory, unit=factory.SelfAttribute("..visit.unit"))
    size_type = "45G1"
    fill = "full"
    received_at = NOON


class SealFactory(DjangoModelFactory[SealObservation]):
    class Meta:
        model = SealObservation

    visit = factory.SubFactory(VisitFactory)
    number = factory.Sequence(lambda n: f"SEAL{n}")
    number_as_written = factory.SelfAttribute("number")
    observed_at = NOON


class PlacementFactory(DjangoModelFactory[Placement]):
    class Meta:
        model = Placement

    visit = factory.SubFactory(VisitFactory)
    carrier = factory.SubFactory(VisitFactory, call=factory.SelfAttribute("..visit.call"), kind="wagon")
    submission = factory.SubFactory(SubmissionFactory, unit=factory.SelfAttribute("..visit.unit"))
    received_at = NOON


class MovementFactory(DjangoModelFactory[MovementEvent]):
    class Meta:
        model = MovementEvent

    visit = factory.SubFactory(VisitFactory)
    submission = factory.SubFactory(SubmissionFactory, unit=factory.SelfAttribute("..visit.unit"))
    event = "gate_in"
    at = NOON
    received_at = NOON


class ConsignmentFactory(DjangoModelFactory[Consignment]):
    class Meta:
        model = Consignment

    call = factory.SubFactory(CallFactory)
    unit = factory.SelfAttribute("call.unit")
    document_type = "smgs"
    document_no = factory.Sequence(lambda n: f"SMGS{n}")
    created_at = NOON
    updated_at = NOON


class VersionFactory(DjangoModelFactory[ConsignmentVersion]):
    """What a message said; it becomes the consignment's current version."""

    class Meta:
        model = ConsignmentVersion
        skip_postgeneration_save = True

    consignment = factory.SubFactory(ConsignmentFactory)
    number = factory.LazyAttribute(lambda version: version.consignment.versions.count() + 1)
    submission = factory.SubFactory(SubmissionFactory, unit=factory.SelfAttribute("..consignment.unit"))
    function = "original"
    digest = "0" * 64
    gross_kg = 1000
    received_at = NOON

    @factory.post_generation
    def current(version: ConsignmentVersion, create: bool, *args: Any, **kwargs: Any) -> None:  # noqa: N805
        version.consignment.current = version
        version.consignment.save()


class ItemFactory(DjangoModelFactory[GoodsItem]):
    class Meta:
        model = GoodsItem

    version = factory.SubFactory(VersionFactory)
    line = 1
    description = "Spare parts"


class MentionFactory(DjangoModelFactory[PartyMention]):
    class Meta:
        model = PartyMention

    version = factory.SubFactory(VersionFactory)
    party = factory.SubFactory(PartyFactory, unit=factory.SelfAttribute("..version.consignment.unit"))
    role = "consignee"
    name = factory.SelfAttribute("party.name")
    received_at = factory.SelfAttribute("version.received_at")


class LoadingFactory(DjangoModelFactory[Loading]):
    class Meta:
        model = Loading

    version = factory.SubFactory(VersionFactory)
    visit = factory.SubFactory(VisitFactory, call=factory.SelfAttribute("..version.consignment.call"))
    packages = 10


class DocumentFactory(DjangoModelFactory[CargoDocument]):
    class Meta:
        model = CargoDocument

    version = factory.SubFactory(VersionFactory)
    kind = "invoice"
    number = "INV-1"
    dated = factory.LazyFunction(lambda: {"source": "20260301", "precision": "date"})


LANES = {"red": ("e", 1, 60), "orange": ("s", 2, 120), "yellow": ("d", 3, 240), "green": ("n", 5, None)}


class LaneFactory(DjangoModelFactory[Lane]):
    """A lane of the country: `LaneFactory(code="red")`."""

    class Meta:
        model = Lane
        django_get_or_create = ("unit", "code")

    unit = factory.SubFactory(CountryFactory)
    code = "red"
    mark = factory.LazyAttribute(lambda lane: LANES[lane.code][0])
    rank = factory.LazyAttribute(lambda lane: LANES[lane.code][1])
    limit_minutes = factory.LazyAttribute(lambda lane: LANES[lane.code][2])
    letters = factory.LazyAttribute(lambda lane: {"en": lane.code[0].upper()})
    labels = factory.LazyAttribute(lambda lane: {"en": lane.code.capitalize()})
    actions = factory.LazyAttribute(lambda lane: {"en": f"Do what {lane.code} says"})


class RuleFactory(DjangoModelFactory[Rule]):
    class Meta:
        model = Rule
        django_get_or_create = ("unit", "code")

    unit = factory.SubFactory(CountryFactory)
    code = "R-1"
    owner = "Desk"
    expires_on = datetime(2030, 1, 1, tzinfo=UTC).date()


class RuleVersionFactory(DjangoModelFactory[RuleVersion]):
    class Meta:
        model = RuleVersion

    rule = factory.SubFactory(RuleFactory)
    number = 1
    titles = factory.LazyFunction(lambda: {"en": "Heavy"})
    shorts = factory.LazyFunction(lambda: {"en": "too heavy"})
    reasons = factory.LazyFunction(lambda: {"en": "It is heavy."})
    condition = factory.LazyFunction(dict)
    points = 40


class ReleaseFactory(DjangoModelFactory[Release]):
    class Meta:
        model = Release
        django_get_or_create = ("unit", "name")
        skip_postgeneration_save = True

    unit = factory.SubFactory(CountryFactory)
    name = "2026.1"
    state = Release.State.LIVE
    thresholds = factory.LazyFunction(lambda: {"red": 70, "orange": 50, "yellow": 30})
    sample_lane = "red"

    @factory.post_generation
    def activation(self: Any, create: bool, extracted: object, **_kwargs: object) -> None:
        if self.state == Release.State.LIVE and not Activation.objects.filter(unit=self.unit, ended_at=None):
            Activation.objects.create(release=self, unit=self.unit, started_at=timezone.now())


class AssessmentFactory(DjangoModelFactory[Assessment]):
    """A version scored: `AssessmentFactory(version=…, lane="orange", score=55, rules=["R-1"])`."""

    class Meta:
        model = Assessment

    class Params:
        lane = "red"
        rules = ("R-1",)

    version = factory.SubFactory(VersionFactory)
    unit = factory.LazyAttribute(
        lambda assessment: assessment.version.consignment.unit if assessment.version else assessment.visit.unit
    )
    release = factory.LazyAttribute(lambda assessment: ReleaseFactory(unit=assessment.unit.parent))
    trigger = Assessment.Trigger.NEW_VERSION
    score = 80
    recommended_lane = factory.LazyAttribute(
        lambda assessment: LaneFactory(unit=assessment.unit.parent, code=assessment.lane)
    )
    fired = factory.LazyAttribute(
        lambda assessment: [
            {"version": 1, "code": code, "points": 40, "values": {"gross_kg": 1000}} for code in assessment.rules
        ]
    )
    indicators = factory.LazyFunction(lambda: {"gross_kg": 1000})
    created_at = NOON


class CaseFactory(DjangoModelFactory[Case]):
    """An open case on a consignment in `boxes` containers that `sender` declared."""

    class Meta:
        model = Case
        skip_postgeneration_save = True

    assessment = factory.SubFactory(AssessmentFactory)
    unit = factory.SelfAttribute("assessment.unit")
    working_unit = factory.SelfAttribute("unit")
    number = factory.Sequence(lambda n: f"CASE-2026-{n:05d}")
    origin = Case.Origin.RULES
    recommended_lane = factory.SelfAttribute("assessment.recommended_lane")
    lane_rank = factory.SelfAttribute("recommended_lane.rank")
    score = factory.SelfAttribute("assessment.score")
    due_at = NOON
    due_source = "eta"
    consignee = "Firm"
    opened_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def boxes(case: Case, create: bool, extracted: int | None, sender: User | None = None, **kwargs: Any) -> None:  # noqa: N805
        version = case.assessment.version
        CaseConsignment.objects.create(case=case, consignment=version.consignment)
        for _box in range(1 if extracted is None else extracted):
            loading = LoadingFactory(version=version)
            CaseVisit.objects.create(case=case, visit=loading.visit)
            submission = SubmissionFactory(unit=case.unit, sender=sender) if sender else version.submission
            StatementFactory(visit=loading.visit, submission=submission)
        CaseEvent.objects.create(case=case, kind=CaseEvent.Kind.OPENED, at=case.opened_at, facts={"version": 1})


def case_in(unit: Unit, *, lane: str = "red", **fields: Any) -> Case:
    """An open case of a unit."""
    for code in LANES:
        LaneFactory(unit=unit.parent, code=code)
    version = VersionFactory(consignment__call__unit=unit)
    return CaseFactory(assessment=AssessmentFactory(version=version, lane=lane), **fields)


class HoldFactory(DjangoModelFactory[Hold]):
    class Meta:
        model = Hold

    case = factory.SubFactory(CaseFactory)
    unit = factory.SelfAttribute("case.working_unit")
    visit = factory.LazyAttribute(lambda hold: hold.case.visits.first())
    authority = "Head of post"
    grounds = "Score of the lane"
    notice = "Keep it at the terminal."
    placed_by = factory.LazyAttribute(lambda hold: person(hold.unit))
    placed_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


class ReferralFactory(DjangoModelFactory[Referral]):
    class Meta:
        model = Referral

    case = factory.SubFactory(CaseFactory)
    unit = factory.SelfAttribute("case.working_unit")
    method = "scan"
    created_by = factory.LazyAttribute(lambda referral: person(referral.unit))
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)
