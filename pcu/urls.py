"""Every address of the installation."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from pcu.desk import views as desk

urlpatterns = [
    path("healthz", desk.healthz, name="healthz"),
    path("metrics", desk.metrics, name="metrics"),
    path("accounts/", include("pcu.accounts.urls")),
    path("desk/", include("pcu.desk.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="swagger"),
    # the API of profiling comes last: it answers for addresses that nobody has
    path("api/v1/", include("inspections.api.urls")),
    path("api/v1/", include("exchanges.api.urls")),
    path("api/v1/", include("profiling.api.urls")),
    path("", include("inspections.web.urls")),
    path("", include("exchanges.web.urls")),
    path("", include("profiling.web.urls")),
]
