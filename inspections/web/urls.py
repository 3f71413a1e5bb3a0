"""Addresses of the pages of inspections."""

from django.urls import URLPattern, path

from inspections.web import statistics

urlpatterns: list[URLPattern] = [
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/<str:kind>/", statistics.statistics_file, name="statistics_file"),
]
