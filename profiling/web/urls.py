"""Addresses of the pages."""

from django.urls import path
from django.views.generic import TemplateView

from profiling.web import consignments, equipment, parties, submissions

urlpatterns = [path("", TemplateView.as_view(template_name="base.html"), name="queue")]

# Intake, cargo and parties
urlpatterns += [
    path("submissions/", submissions.submission_list, name="submissions"),
    path("submissions/upload/", submissions.upload, name="upload"),
    path("submissions/<uuid:ref>/", submissions.submission, name="submission"),
    path("submissions/<uuid:ref>/original/", submissions.original, name="submission_original"),
    path("submissions/<uuid:ref>/retry/", submissions.retry, name="submission_retry"),
    path("schemas/pcu-manifest-1.json", submissions.manifest_schema, name="manifest_schema"),
    path("consignments/", consignments.consignment_list, name="consignments"),
    path("consignments/<uuid:ref>/", consignments.consignment, name="consignment"),
    path("equipment/<uuid:ref>/", equipment.visit, name="visit"),
    path("parties/<uuid:ref>/", parties.party, name="party"),
]
