"""What the rule workbench keeps: named lists, drafts, proposals, back-tests, scores in shadow, imported history."""

from __future__ import annotations

from datetime import time

import factory
from factory.django import DjangoModelFactory

from pcu.ids import uuid7
from profiling.cases.models import TuningRequest
from profiling.indicators.models import PeerGroup, PriorResult
from profiling.parties.models import PartyContact
from profiling.rules.models import (
    BackTest,
    Capacity,
    HistoryImport,
    NamedList,
    NamedListVersion,
    PastRecord,
    Proposal,
    RuleDraft,
    ShadowScore,
)
from tests.factories import (
    NOON,
    AssessmentFactory,
    CaseFactory,
    ConsignmentFactory,
    CountryFactory,
    PartyFactory,
    ReleaseFactory,
    RuleFactory,
    RuleVersionFactory,
    UnitFactory,
    UserFactory,
)


class NamedListFactory(DjangoModelFactory[NamedList]):
    class Meta:
        model = NamedList
        django_get_or_create = ("unit", "code")

    unit = factory.SubFactory(CountryFactory)
    code = "cover-loads"
    kind = NamedList.Kind.HS
    titles = factory.LazyFunction(lambda: {"en": "Tobacco cover loads"})


class NamedListVersionFactory(DjangoModelFactory[NamedListVersion]):
    class Meta:
        model = NamedListVersion

    named_list = factory.SubFactory(NamedListFactory)
    number = factory.LazyAttribute(lambda version: version.named_list.versions.count() + 1)
    entries = factory.LazyFunction(lambda: ["9403", "4418"])


class RuleDraftFactory(DjangoModelFactory[RuleDraft]):
    class Meta:
        model = RuleDraft

    unit = factory.SubFactory(CountryFactory)
    code = "R-900"
    owner = "A. Sarsenova"
    expires_on = factory.LazyFunction(lambda: NOON.date().replace(year=NOON.year + 1))
    titles = factory.LazyFunction(lambda: {"en": "Heavy"})
    shorts = factory.LazyFunction(lambda: {"en": "too heavy"})
    reasons = factory.LazyFunction(lambda: {"en": "It weighs {gross_kg} kg."})
    condition = factory.LazyFunction(lambda: {"lhs": "gross_kg", "op": "gt", "value": 20000})
    created_by = factory.SubFactory(UserFactory)
    updated_by = factory.SelfAttribute("created_by")


class ProposalFactory(DjangoModelFactory[Proposal]):
    class Meta:
        model = Proposal

    version = factory.SubFactory(RuleVersionFactory)
    made_by = factory.SubFactory(UserFactory)


class BackTestFactory(DjangoModelFactory[BackTest]):
    class Meta:
        model = BackTest

    release = factory.SubFactory(ReleaseFactory)
    unit = factory.SelfAttribute("release.unit")
    against = factory.SelfAttribute("release")
    name = "September"
    question = factory.LazyFunction(dict)
    result = factory.LazyFunction(dict)


class ShadowScoreFactory(DjangoModelFactory[ShadowScore]):
    class Meta:
        model = ShadowScore

    assessment = factory.SubFactory(AssessmentFactory)
    release = factory.LazyAttribute(
        lambda score: ReleaseFactory(unit=score.assessment.unit.parent, name="2026.2", state="shadow")
    )
    score = 30
    lane = factory.SelfAttribute("assessment.recommended_lane")
    created_at = NOON


class CapacityFactory(DjangoModelFactory[Capacity]):
    class Meta:
        model = Capacity

    unit = factory.SubFactory(UnitFactory)
    inspections_per_shift = 8
    shift_starts = time(8)


class HistoryImportFactory(DjangoModelFactory[HistoryImport]):
    class Meta:
        model = HistoryImport

    unit = factory.SubFactory(UnitFactory)
    name = "2025.csv"
    sha256 = "0" * 64
    mapping = factory.LazyFunction(dict)


class PastRecordFactory(DjangoModelFactory[PastRecord]):
    class Meta:
        model = PastRecord

    source = factory.SubFactory(HistoryImportFactory)
    row = factory.Sequence(lambda n: n + 2)
    moment = NOON
    indicators = factory.LazyFunction(dict)
    result = PastRecord.Result.CLEAN


class PriorResultFactory(DjangoModelFactory[PriorResult]):
    class Meta:
        model = PriorResult

    consignment = factory.SubFactory(ConsignmentFactory)
    unit = factory.SelfAttribute("consignment.unit")
    source = factory.LazyFunction(uuid7)
    subject = "heading:6302"
    found = True
    own = True
    known_from = NOON


class PeerGroupFactory(DjangoModelFactory[PeerGroup]):
    class Meta:
        model = PeerGroup

    unit = factory.SubFactory(UnitFactory)
    measure = PeerGroup.Measure.ORIGIN
    key = "6302:CN"
    counted_until = NOON
    size = 20


class PartyContactFactory(DjangoModelFactory[PartyContact]):
    class Meta:
        model = PartyContact

    party = factory.SubFactory(PartyFactory)
    unit = factory.SelfAttribute("party.unit")
    key = "tel:7015551234"
    first_seen_at = NOON


class TuningRequestFactory(DjangoModelFactory[TuningRequest]):
    """An officer says at a case that a rule needs tuning: `TuningRequestFactory(case=…)`."""

    class Meta:
        model = TuningRequest

    case = factory.SubFactory(CaseFactory)
    rule = factory.LazyAttribute(lambda asked: RuleFactory(unit=asked.case.unit.parent, code="R-800"))
    note = "It fires for every second wagon"
    made_by = factory.SubFactory(UserFactory)
    made_at = NOON
