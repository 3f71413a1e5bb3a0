"""Addresses of the API, version 1."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from profiling.api.views.cargo import AssessmentViewSet, ConsignmentViewSet, VisitViewSet
from profiling.api.views.cases import CaseViewSet, HoldViewSet, ReferralViewSet
from profiling.api.views.documents import DocumentViewSet
from profiling.api.views.indicators import IndicatorsView
from profiling.api.views.ledger import LedgerView
from profiling.api.views.lookouts import LookoutHitViewSet, LookoutViewSet
from profiling.api.views.manifests import ManifestViewSet
from profiling.api.views.mappings import TableMappingViewSet
from profiling.api.views.notices import HoldNoticeViewSet
from profiling.api.views.nowhere import NowhereView
from profiling.api.views.outcomes import OutcomeViewSet
from profiling.api.views.reference import ReferenceView
from profiling.api.views.rule_preview import RulePreviewView
from profiling.api.views.rules import ReleaseViewSet, RuleDraftViewSet, RuleViewSet
from profiling.api.views.trains import TrainListViewSet

router = SimpleRouter(use_regex_path=False)
router.register("manifests", ManifestViewSet, "manifest")
router.register("consignments", ConsignmentViewSet, "consignment")
router.register("visits", VisitViewSet, "visit")
router.register("assessments", AssessmentViewSet, "assessment")
router.register("cases", CaseViewSet, "case")
router.register("holds", HoldViewSet, "hold")
router.register("referrals", ReferralViewSet, "referral")
router.register("train-lists", TrainListViewSet, "train-list")
router.register("table-mappings", TableMappingViewSet, "table-mapping")
router.register("outcomes", OutcomeViewSet, "outcome")
router.register("lookouts", LookoutViewSet, "lookout")
router.register("lookout-hits", LookoutHitViewSet, "lookout-hit")
router.register("hold-notices", HoldNoticeViewSet, "hold-notice")
router.register("documents", DocumentViewSet, "document")
# The life of rules
router.register("rules", RuleViewSet, "rule")
router.register("rule-drafts", RuleDraftViewSet, "rule-draft")
router.register("releases", ReleaseViewSet, "release")

urlpatterns = [
    *router.urls,
    path("rules/preview/", RulePreviewView.as_view(), name="rule-preview"),
    path("ledger/", LedgerView.as_view(), name="ledger"),
    path("indicators/", IndicatorsView.as_view(), name="indicators"),
    path("reference/", ReferenceView.as_view(), name="reference"),
    path("<path:anything>", NowhereView.as_view()),
]
