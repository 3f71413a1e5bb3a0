"""What becomes of a submission whose job used up its attempts: ours to mend, visible, retryable."""

from django.utils import timezone

from pcu.desk.models import Job
from profiling.cargo.models import Submission


def submission_failed(job: Job) -> None:
    now = timezone.now()
    Submission.objects.filter(ref=job.subject).update(
        status=Submission.Status.FAILED, failure=job.error, finished_at=now, updated_at=now
    )
