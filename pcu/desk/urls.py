"""Addresses of the desk: which unit to look at."""

from django.urls import path

from pcu.desk import views

urlpatterns = [
    path("unit/", views.unit, name="choose_unit"),
    path("language/", views.language, name="choose_language"),
]
