"""The demonstration: invented units, people and cargo, and ninety days of their work."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
