"""Addresses of the API of exchanges, version 1."""

from rest_framework.routers import SimpleRouter

from exchanges.api.views import WarningViewSet

router = SimpleRouter(use_regex_path=False)
router.register("warnings", WarningViewSet, "warning")

urlpatterns = router.urls
