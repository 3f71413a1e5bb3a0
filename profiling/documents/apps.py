"""The documents app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "profiling.documents"
    label = "documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        """Say what scans and reads files. REASSESS is registered by the app of cases, which stands above."""
        from pcu.desk import jobs
        from profiling.documents import kinds, opening, scanning

        jobs.register(kinds.SCAN, run=scanning.scan_file, on_failed=scanning.scan_failed)
        jobs.register(kinds.READ, run=opening.read_file, on_failed=opening.read_failed)
