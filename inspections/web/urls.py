"""Addresses of the pages of inspections."""

from django.urls import URLPattern, path

from inspections.web import review, statistics, submit

urlpatterns: list[URLPattern] = [
    path("inspections/<uuid:ref>/submit/", submit.submit, name="inspection_submit"),
    path("inspections/<uuid:ref>/amend/", submit.amend, name="inspection_amend"),
    path("review/", review.queue, name="review"),
    path("review/<uuid:ref>/", review.report, name="review_report"),
    path("review/<uuid:ref>/approve/", review.approve, name="review_approve"),
    path("review/<uuid:ref>/return/", review.send_back, name="review_return"),
    path("review/<uuid:ref>/photos/<uuid:photo>/", review.photo, name="review_photo"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/<str:kind>/", statistics.statistics_file, name="statistics_file"),
]
