"""Pages of submissions: what was pushed, how far it is, what was wrong with it, and the upload."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from pcu.desk import paging
from pcu.desk.models import Job
from pcu.desk.times import in_words
from pcu.desk.units import current_unit
from pcu.desk.uploads import TooManyUploadsError, upload_place
from profiling.cargo import store
from profiling.cargo.filters import SubmissionFilterSet
from profiling.cargo.models import ConsignmentVersion, MovementEvent, Submission, SubmissionProblem
from profiling.documents.models import Document
from profiling.formats.table import TableReader
from profiling.intake import sent_documents, services
from profiling.intake.answers import is_interchange
from profiling.intake.errors import EmptyUpload, IdempotencyConflict, NotRetryable, UploadTooLarge
from profiling.intake.train_check import has_train_list
from profiling.rules.latest import latest_assessments
from profiling.web.lists import list_page, wants_part
from profiling.web.people import person

LIST_SIZE = 50
PROBLEMS_SIZE = 50
CONSIGNMENTS_SHOWN = 50
JOBS_SHOWN = 100
PROBLEMS = "problems"  # the part of the page that holds them
# What a form adds around the file: boundaries, field names, the token.
FORM_OVERHEAD = 64 * 1024
PIECE = 1024 * 1024
NEWEST_FIRST = paging.by("created_at", descending=True)
AS_READ = paging.by("pk")


@require_safe
def submission_list(request: HttpRequest) -> HttpResponse:
    """The chosen unit's submissions, newest first."""
    unit = current_unit(request)
    visible = Submission.objects.visible_to(request.user)
    of_unit = visible.of_unit(unit) if unit else visible.none()
    filterset = SubmissionFilterSet(request.GET, queryset=of_unit.select_related("sender"), request=request)
    return list_page(
        request,
        "profiling/submissions.html",
        filterset,
        order=NEWEST_FIRST,
        size=LIST_SIZE,
        context={"fill": _problem_counts, "may_push": _may_push(request), "unit": unit},
    )


def _problem_counts(rows: Sequence[Submission]) -> dict[str, Any]:
    counted = (
        SubmissionProblem.objects.filter(submission__in=rows).order_by().values_list("submission").annotate(Count("pk"))
    )
    return {"problem_counts": dict(counted)}


def _may_push(request: HttpRequest) -> bool:
    return bool(scope_of(request.user).units(Capability.PUSH))


# ---- one submission


@require_safe
def submission(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """How far it is, and everything told about it.

    HTMX asks again until it is finished, and for the problems alone where one turns their pages.
    """
    found = _visible(request, ref)
    part = wants_part(request)
    if part and request.htmx.target == PROBLEMS:  # type: ignore[attr-defined]  # set by django_htmx's middleware
        context = {"submission": found, **_problems(request, found)}
        response = render(request, "profiling/parts/problems.html", context)
        response["HX-Push-Url"] = request.get_full_path()
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response
    scope = scope_of(request.user)
    context = {
        "submission": found,
        "steps": _steps(found),
        "progress": _progress(found),
        **_problems(request, found),
        **_brought(found),
        "sent_documents": _sent_documents(request, found),
        **_beside(request, found),
        "jobs": _jobs(request, found) if scope.allows(Capability.INSPECT_JOBS, found.unit_id) else None,
        "may_map": scope.allows(Capability.PUSH, found.unit_id),
        "has_train_list": has_train_list(found) and not found.dry_run,
        "has_answer": is_interchange(found.format) and found.is_finished and found.status != Submission.Status.FAILED,
        "may_retry": found.status == Submission.Status.FAILED and scope.allows(Capability.RETRY, found.unit_id),
    }
    response = render(request, f"profiling/submission.html{'#live' if part else ''}", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _visible(request: HttpRequest, ref: uuid.UUID) -> Submission:
    submissions = Submission.objects.visible_to(request.user).select_related("unit", "sender")
    found: Submission = get_object_or_404(submissions, ref=ref)
    return found


def _steps(found: Submission) -> list[tuple[str, str]]:
    """The stages with their state: "is-done", "is-now", "is-bad" or "" for what is still to come."""
    status = Submission.Status
    way = [status.RECEIVED, status.READING, status.SCORING, status.DONE]
    if found.waits_for_people:
        way.insert(1, status.MAPPING)
    if found.status in {status.REJECTED, status.FAILED}:
        return [(str(status.RECEIVED.label), "is-done"), (str(status(found.status).label), "is-bad")]
    at = way.index(status(found.status))
    finished = found.status == status.DONE
    return [
        (str(step.label), "is-done" if place < at or finished else "is-now" if place == at else "")
        for place, step in enumerate(way)
    ]


def _progress(found: Submission) -> dict[str, int] | None:
    """Jobs done of all, while it is under way; None once finished, or where it waits. One query."""
    if found.is_finished or found.waits_for_people:
        return None
    states = dict(
        Job.objects.of_unit(found.unit).filter(subject=found.ref).order_by().values_list("state").annotate(Count("pk"))
    )
    total = sum(states.values())
    done = states.get(Job.State.DONE, 0)
    return {"done": done, "total": total, "percent": 100 * done // total if total else 0}


def _problems(request: HttpRequest, found: Submission) -> dict[str, Any]:
    """Problems in the order of the file, one page, with the counts of each kind; ?code= picks a kind."""
    problems = SubmissionProblem.objects.filter(submission=found)
    code = request.GET.get("code", "").replace("\0", "")
    return {
        "problem_kinds": list(
            problems.order_by().values("code", "severity").annotate(times=Count("pk")).order_by("-times", "code")
        ),
        "problems": paging.page(
            problems.filter(code=code) if code else problems, order=AS_READ, query=request.GET, size=PROBLEMS_SIZE
        ),
        "is_table": found.format == TableReader.name,
        "code": code,
        "all_kinds": paging.query_without(request.GET, ["code"]),
    }


def _brought(found: Submission) -> dict[str, Any]:
    """The first of the consignments it brought, with the lane of what it said where that is assessed."""
    versions = list(
        ConsignmentVersion.objects.filter(submission=found)
        .select_related("consignment")
        .order_by("pk")[: CONSIGNMENTS_SHOWN + 1]
    )
    shown = versions[:CONSIGNMENTS_SHOWN]
    assessments = latest_assessments(version.pk for version in shown)
    return {
        "brought": [(version, assessments.get(version.pk)) for version in shown],
        "brought_more": len(versions) > CONSIGNMENTS_SHOWN,
    }


def _sent_documents(request: HttpRequest, found: Submission) -> list[Document]:
    """The files that came with it as the person may see them, in the order they were sent."""
    visible = Document.objects.visible_to(request.user).current().filter(submission=found).exclude(file=None)
    return list(visible.select_related("file", "consignment").order_by("file"))


def _beside(request: HttpRequest, found: Submission) -> dict[str, Any]:
    """The first of the documents and of the movements it brought: a declaration or a gate brings no consignment."""
    papers = (
        Document.objects.visible_to(request.user)
        .filter(submission=found, file=None)
        .select_related("consignment", "replaced_by")
        .order_by("pk")
    )
    movements = (
        MovementEvent.objects.visible_to(request.user).filter(submission=found).select_related("visit").order_by("pk")
    )
    return {
        "papers": list(papers[:CONSIGNMENTS_SHOWN]),
        "movements": list(movements[:CONSIGNMENTS_SHOWN]),
        "shown": CONSIGNMENTS_SHOWN,
    }


def _jobs(request: HttpRequest, found: Submission) -> QuerySet[Job]:
    """Failed ones first, then those at work, then in the order of work."""
    first = (Job.State.FAILED, Job.State.RUNNING, Job.State.WAITING)
    rank = Case(
        *(When(state=state, then=Value(place)) for place, state in enumerate(first)),
        default=Value(len(first)),
        output_field=IntegerField(),
    )
    jobs = Job.objects.visible_to(request.user).filter(subject=found.ref)
    return jobs.order_by(rank, "phase", "ordinal", "pk")[:JOBS_SHOWN]


@require_POST
def retry(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Try again what failed on our side."""
    found = _visible(request, ref)
    try:
        services.retry(submission=found, actor=person(request))
    except NotRetryable:
        messages.warning(request, _("There is nothing to try again: somebody did so already, or it did not fail."))
    else:
        messages.success(request, _("What failed is tried again."))
    return redirect("submission", ref=found.ref)


@require_safe
def original(request: HttpRequest, ref: uuid.UUID) -> HttpResponse | FileResponse:
    """The bytes as they came. Never shown in the browser: they are whatever a stranger sent."""
    found = _visible(request, ref)
    try:
        opened = store.get(found.sha256)
    except FileNotFoundError as error:
        raise Http404(_("The bytes are no longer in the store.")) from error
    response = FileResponse(
        opened, as_attachment=True, filename=_download_name(found), content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _download_name(found: Submission) -> str:
    """The sender's own file name without its folders and unseen characters, else one of ours."""
    name = PurePosixPath(found.file_name.replace("\\", "/")).name
    name = "".join(c for c in name if c.isprintable()).strip(". ")
    return name or f"submission-{found.ref}.bin"


# ---- upload


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files; what is wrong with one is told of the submission, so that none keeps the others out."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        return [one for one in data if isinstance(one, UploadedFile)] if isinstance(data, list) else []


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)
    documents = ManyFilesField(
        required=False,
        label=gettext_lazy("Documents that belong to it"),
        help_text=gettext_lazy("PDF, pictures and office files; several at once."),
    )
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(), to_field_name="ref", empty_label=None, label=gettext_lazy("Unit")
    )
    atomic = forms.BooleanField(
        required=False,
        label=gettext_lazy("All or nothing"),
        help_text=gettext_lazy("One refused document refuses the whole file."),
    )
    dry_run = forms.BooleanField(
        required=False,
        label=gettext_lazy("Check only"),
        help_text=gettext_lazy("The file is read and its problems are told; no consignment is stored or scored."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs |= {"data-max-bytes": settings.MAX_UPLOAD}
        own = Unit.objects.filter(pk__in=user.scope.units(Capability.PUSH), kind=Unit.Kind.UNIT)
        self.fields["unit"].queryset = own  # type: ignore[attr-defined]  # a ModelChoiceField


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Push a file from the browser. A file past the limit is refused by its announced length, before it is read.

    The check of the form's token reads the whole body, so the length comes first and the token directly after it.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_UPLOAD + FORM_OVERHEAD:
        return _upload_page(request, UploadForm(user=person(request)), error=_too_large(), status=413)
    if request.method != "POST":
        return _upload(request)
    try:
        with upload_place():
            return _upload(request)
    except TooManyUploadsError:
        error = _("Too many files are being uploaded just now. Try it again in a moment; nothing was stored.")
        return _upload_page(request, UploadForm(user=person(request)), error=error, status=429)


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if request.method != "POST":
        unit = current_unit(request)
        return _upload_page(request, UploadForm(user=user, initial={"unit": unit.ref if unit else None}))
    if not _may_push(request):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES, user=user)
    if not form.is_valid():
        return _upload_page(request, form, status=422)
    try:
        taken = services.receive(
            sender=user,
            unit=form.cleaned_data["unit"],
            pieces=form.cleaned_data["file"].chunks(PIECE),
            file_name=form.cleaned_data["file"].name,
            idempotency_key=None,
            atomic=form.cleaned_data["atomic"],
            dry_run=form.cleaned_data["dry_run"],
        )
    except EmptyUpload:
        return _upload_page(request, form, error=_("The file is empty. Nothing was stored."), status=422)
    except UploadTooLarge:
        return _upload_page(request, form, error=_too_large(), status=413)
    except IdempotencyConflict:
        return _upload_page(request, form, error=_("This file is being sent in another way just now."), status=409)
    files = form.cleaned_data["documents"]
    sent = [sent_documents.Sent(one.name or "", one.size or 0, one.chunks(PIECE)) for one in files]
    sent_documents.take(submission=taken, user=user, documents=sent)
    if taken.was_known:
        when = in_words(taken.created_at.astimezone(taken.unit.zone))
        messages.info(
            request, _("You sent this very file before, on %(when)s. This is that submission.") % {"when": when}
        )
    return redirect("submission", ref=taken.ref)


def _upload_page(request: HttpRequest, form: UploadForm, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "error": error, "limit": settings.MAX_UPLOAD, "may_push": _may_push(request)}
    return render(request, "profiling/upload.html", context, status=status)


def _too_large() -> str:
    limit = filesizeformat(settings.MAX_UPLOAD)
    return _("The file is larger than %(limit)s. It was refused before it was read; nothing was stored.") % {
        "limit": limit
    }


@require_safe
def manifest_schema(request: HttpRequest) -> HttpResponse:
    """The JSON schema of our own format."""
    text = (files("profiling.formats") / "schema" / "pcu-manifest-1.json").read_bytes()
    return HttpResponse(text, content_type="application/schema+json")
