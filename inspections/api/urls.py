"""Addresses of the API of inspections, version 1."""

from rest_framework.routers import SimpleRouter

from inspections.api.views import InspectionViewSet, PhotoViewSet

router = SimpleRouter(use_regex_path=False)
router.register("inspections", InspectionViewSet, "inspection")
router.register("inspection-photos", PhotoViewSet, "inspection-photo")

urlpatterns = router.urls
