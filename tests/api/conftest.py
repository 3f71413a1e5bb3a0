"""A unit full of cargo and cases, people and client systems around it, and an API client for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from rest_framework.test import APIClient

from exchanges.models import PartnerWarning
from inspections.models import Inspection, Seizure
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cargo.models import Submission
from profiling.cases.models import Case, Hold, Referral
from profiling.documents.models import Document
from profiling.lookouts.models import LookoutHit
from tests import factories
from tests.factories_documents import FileFactory, PaperFactory
from tests.factories_exchanges import draft_to
from tests.factories_inspections import Reviewed, reviewed, seized
from tests.factories_lookouts import HitFactory
from tests.factories_recording import recorded
from tests.factories_workbench import NamedListVersionFactory, RuleDraftFactory, TuningRequestFactory


@pytest.fixture(autouse=True)
def own_store(tmp_path, settings) -> None:
    """Bytes go to a folder of the test."""
    settings.STORAGES = settings.STORAGES | {
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "store")}}
    }


@pytest.fixture
def altynkol(db) -> Unit:
    return factories.UnitFactory()


@pytest.fixture
def dostyk(altynkol) -> Unit:
    return factories.UnitFactory(code="DOS")


@pytest.fixture
def dushanbe(db) -> Unit:
    return factories.UnitFactory(code="DSB", parent__code="TJ")


@pytest.fixture
def officer(altynkol) -> User:
    return factories.person(altynkol)


@pytest.fixture
def colleague(altynkol) -> User:
    return factories.person(altynkol)


@pytest.fixture
def supervisor(altynkol) -> User:
    return factories.person(altynkol, Role.SUPERVISOR)


@pytest.fixture
def outsider(dushanbe) -> User:
    return factories.person(dushanbe)


@pytest.fixture
def operator(altynkol) -> User:
    return factories.client_system(altynkol)


@pytest.fixture
def api() -> Callable[[User | None], APIClient]:
    """An API client: people come with a session, client systems with a token, nobody with neither."""

    def api(user: User | None) -> APIClient:
        client = APIClient()
        if user is not None and user.is_client:
            client.credentials(HTTP_AUTHORIZATION=f"Token {factories.token_of(user)}")
        elif user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return api


@dataclass
class Post:
    """Rows of a working day, one of each."""

    case: Case
    hold: Hold
    referral: Referral
    submission: Submission
    reviewed: Reviewed
    warning: PartnerWarning
    hit: LookoutHit
    seizure: Seizure
    inspection: Inspection
    document: Document
    rules: dict[str, Any]

    @property
    def refs(self) -> dict[str, Any]:
        """The ref of a row by the first part of its address."""
        version = self.case.assessment.version
        return {
            "manifests": self.submission.ref,
            "table-mappings": self.submission.ref,
            "consignments": version.consignment.ref,
            "visits": self.case.visits.first().ref,
            "assessments": self.case.assessment.ref,
            "cases": self.case.ref,
            "holds": self.hold.ref,
            "referrals": self.referral.ref,
            "hold-notices": self.hold.ref,
            "train-lists": self.submission.ref,
            **self.reviewed.refs,
            "warnings": self.warning.ref,
            "lookouts": self.hit.lookout.ref,
            "lookout-hits": self.hit.ref,
            "documents": self.document.ref,
            **self.rules,
            "seizures": self.seizure.ref,
            "seizure-links": self.seizure.links.get().ref,
            "handovers": self.seizure.handovers.get().ref,
            "samples": self.seizure.samples.get().ref,
            "listed-words": self.seizure.place.ref,
            "inspections": self.inspection.ref,
            "inspection-photos": self.inspection.photos.first().ref,
        }


def rules_of(unit: Unit) -> dict[str, Any]:
    """A rule that is being written on, the release that holds it, a list, and what an officer says of a rule."""
    rule = factories.RuleFactory(unit=unit.parent)
    release = factories.ReleaseFactory(unit=unit.parent)
    draft = RuleDraftFactory(unit=unit.parent, rule=rule)
    version = NamedListVersionFactory(named_list__unit=unit.parent)
    asked = TuningRequestFactory(case=factories.case_in(unit))
    return {
        "rules": rule.ref,
        "rule-drafts": draft.ref,
        "releases": release.ref,
        "rule-lists": version.named_list.ref,
        "tuning-requests": asked.ref,
    }


def working_day(unit: Unit, operator: User, *, boxes: int = 1) -> Post:
    """A case with everything on it, declared by the operator."""
    case = factories.case_in(unit, boxes=boxes, boxes__sender=operator)
    version = case.assessment.version
    for visit in case.visits.all():
        factories.SealFactory(visit=visit)
        factories.PlacementFactory(visit=visit)
        factories.MovementFactory(visit=visit)
    for line in range(boxes):
        factories.ItemFactory(version=version, line=line + 1)
        factories.MentionFactory(version=version)
        factories.DocumentFactory(version=version)
    for visit in case.visits.all():
        hold = factories.HoldFactory(case=case, visit=visit)
        referral = factories.ReferralFactory(case=case)
    submission = Submission.objects.filter(sender=operator).latest("pk")
    for _each in range(boxes):
        factories.ProblemFactory(submission=submission)
    # a draft: sending would add to the timeline of the case
    warning = draft_to(factories.UnitFactory(code="CHU", parent__code="UZ"), case=case)
    hit = HitFactory(lookout__unit=unit, consignment=version.consignment)
    # on cases of their own: each would add to the timeline of the case
    inspection = recorded(unit, factories.person(unit), factories.case_in(unit))
    seizure = seized(factories.case_in(unit))
    file = FileFactory(unit=unit, uploaded_by=operator)
    document = PaperFactory(consignment=version.consignment, submission=submission, position=0, file=file)
    return Post(
        case, hold, referral, submission, reviewed(unit), warning, hit, seizure, inspection, document, rules_of(unit)
    )


@pytest.fixture
def post(altynkol, operator) -> Post:
    return working_day(altynkol, operator)
