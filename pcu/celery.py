"""The Celery application. Its broker may be lost at any time: jobs and their leases live in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pcu.settings")

app = Celery("pcu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
