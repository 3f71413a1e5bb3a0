"""The intake app: says which job is done by what."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "profiling.intake"
    label = "intake"
    verbose_name = _("Intake")

    def ready(self) -> None:
        from pcu.desk import jobs
        from profiling.formats.table_values import know_countries
        from profiling.intake import attachments, chunks, failing, finishing, kinds, movements, papers, reading
        from profiling.reference.countries import alpha_2

        know_countries(alpha_2)
        work = {
            kinds.READ: reading.read_submission,
            kinds.EQUIPMENT: chunks.load_equipment_chunk,
            kinds.CONSIGNMENTS: chunks.load_consignment_chunk,
            kinds.MOVEMENTS: movements.load_movement_chunk,
            kinds.DOCUMENTS: papers.load_document_chunk,
            kinds.ATTACHMENTS: attachments.keep_attachments,
            kinds.FINISH: finishing.finish_submission,
        }
        for kind, run in work.items():
            jobs.register(kind, run=run, on_failed=failing.submission_failed)
