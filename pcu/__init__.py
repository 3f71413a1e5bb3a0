"""The installation: settings, addresses, accounts, desk. Nothing here knows of cargo."""

from pcu.celery import app as celery_app

__all__ = ["celery_app"]
