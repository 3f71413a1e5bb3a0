"""Addresses of the API of inspections, version 1."""

from rest_framework.routers import SimpleRouter

from inspections.api.review_views import ReportViewSet, ReviewViewSet, WorkViewSet

router = SimpleRouter(use_regex_path=False)
router.register("inspections", WorkViewSet, "inspection-work")
router.register("reports", ReportViewSet, "report")
router.register("reviews", ReviewViewSet, "review")

urlpatterns = router.urls
