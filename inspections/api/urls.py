"""Addresses of the API of inspections, version 1."""

from rest_framework.routers import SimpleRouter

from inspections.api.custody import HandoverViewSet, LinkViewSet, SampleViewSet
from inspections.api.seizures import CommodityTemplateViewSet, ListedWordViewSet, SeizureViewSet

router = SimpleRouter(use_regex_path=False)
router.register("seizures", SeizureViewSet, "seizure")
router.register("seizure-links", LinkViewSet, "seizure-link")
router.register("handovers", HandoverViewSet, "handover")
router.register("samples", SampleViewSet, "sample")
router.register("listed-words", ListedWordViewSet, "listed-word")
router.register("commodity-templates", CommodityTemplateViewSet, "commodity-template")

urlpatterns = router.urls
