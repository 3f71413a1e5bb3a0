"""Addresses of the API, version 1."""

from rest_framework.routers import SimpleRouter

from profiling.api.views import cargo, cases, manifests

router = SimpleRouter(use_regex_path=False)
router.register("manifests", manifests.ManifestViewSet, basename="manifest")
router.register("consignments", cargo.ConsignmentViewSet, basename="consignment")
router.register("visits", cargo.VisitViewSet, basename="visit")
router.register("assessments", cargo.AssessmentViewSet, basename="assessment")
router.register("cases", cases.CaseViewSet, basename="case")
router.register("holds", cases.HoldViewSet, basename="hold")
router.register("referrals", cases.ReferralViewSet, basename="referral")
router.register("hold-notices", cases.HoldNoticeViewSet, basename="hold-notice")

urlpatterns = router.urls
