"""Addresses of the pages of inspections."""

from django.urls import URLPattern, path

from inspections.web import pages, tablet

urlpatterns: list[URLPattern] = [
    path("inspections/", pages.inspection_list, name="inspections"),
    path("inspections/worker.js", tablet.worker, name="inspection_worker"),
    path("inspections/plan/<uuid:ref>/", pages.plan, name="inspection_plan"),
    path("inspections/plan-case/<uuid:ref>/", pages.plan_case, name="inspection_plan_case"),
    path("inspections/photos/<uuid:ref>/", tablet.image, name="inspection_photo"),
    path("inspections/photos/<uuid:ref>/thumb/", tablet.thumb, name="inspection_thumb"),
    path("inspections/photos/<uuid:ref>/original/", tablet.original, name="inspection_original"),
    path("inspections/photos/<uuid:ref>/remove/", tablet.remove, name="inspection_photo_remove"),
    path("inspections/<uuid:ref>/", tablet.inspection, name="inspection"),
    path("inspections/<uuid:ref>/save/", tablet.save, name="inspection_save"),
    path("inspections/<uuid:ref>/start/", tablet.start, name="inspection_start"),
    path("inspections/<uuid:ref>/drop/", tablet.drop, name="inspection_drop"),
    path("inspections/<uuid:ref>/photos/", tablet.add, name="inspection_photo_add"),
    path("inspections/<uuid:ref>/act/", tablet.act, name="inspection_act"),
]
