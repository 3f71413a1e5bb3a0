"""Addresses of the API of inspections, version 1."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from inspections.api.custody import HandoverViewSet, LinkViewSet, SampleViewSet
from inspections.api.review_views import ReportViewSet, ReviewViewSet, WorkViewSet
from inspections.api.seizures import CommodityTemplateViewSet, ListedWordViewSet, SeizureViewSet
from inspections.api.statistics import StatisticsFileView, StatisticsView
from inspections.api.views import InspectionViewSet, PhotoViewSet
from pcu.desk import exports

router = SimpleRouter(use_regex_path=False)
router.register("inspections", InspectionViewSet, "inspection")
router.register("inspection-photos", PhotoViewSet, "inspection-photo")
router.register("seizures", SeizureViewSet, "seizure")
router.register("seizure-links", LinkViewSet, "seizure-link")
router.register("handovers", HandoverViewSet, "handover")
router.register("samples", SampleViewSet, "sample")
router.register("listed-words", ListedWordViewSet, "listed-word")
router.register("commodity-templates", CommodityTemplateViewSet, "commodity-template")
router.register("inspections", WorkViewSet, "inspection-work")
router.register("reports", ReportViewSet, "report")
router.register("reviews", ReviewViewSet, "review")

urlpatterns = [
    *router.urls,
    path("statistics/", StatisticsView.as_view(), name="api_statistics"),
    *(
        path(f"statistics/{kind}/", StatisticsFileView.as_view(kind=kind), name=f"api_statistics_{kind}")
        for kind in exports.FORMATS
    ),
]
