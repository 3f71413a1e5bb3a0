"""The rail workbook: the template as it is handed out, and one train list held against the consignments."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from profiling.cargo.models import Submission
from profiling.formats.note_boxes import TRAIN_LIST
from profiling.formats.note_template import workbook
from profiling.intake.train_check import check_train
from profiling.web.note_templates import XLSX, for_unit

WHAT = {
    "wagon": _("Wagon"),
    "seals": _("Seals"),
    "note": _("Consignment note"),
    "weight": _("Net weight, kg"),
}


@require_safe
def train_list_template(request: HttpRequest) -> HttpResponse:
    """The empty workbook, as the chosen unit has its boxes."""
    response = HttpResponse(workbook(for_unit(request, TRAIN_LIST)), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="pcu-train-list.xlsx"'
    return response


@require_safe
def train_check(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """What the list of one submission lacks, has beside, and says otherwise than the consignments of its train."""
    submissions = Submission.objects.visible_to(request.user).select_related("unit", "sender")
    submission = get_object_or_404(submissions, ref=ref)
    check = check_train(submission)
    if check is None:
        raise Http404
    context = {
        "submission": submission,
        "check": check,
        "different": [(WHAT[each.what], each) for each in check.different],
    }
    return render(request, "profiling/train_check.html", context)
