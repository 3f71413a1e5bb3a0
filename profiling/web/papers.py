"""Pages of documents: the unmatched ones, one with its original beside its fields, uploads, attaching."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from pcu.desk import once, paging
from pcu.desk.models import Job
from pcu.desk.units import current_unit
from pcu.desk.uploads import TooManyUploadsError, upload_place
from profiling.cargo import store
from profiling.cargo.models import Consignment
from profiling.documents import belonging, services
from profiling.documents.candidates import found_for, sent_with
from profiling.documents.choices import Kind, MatchedBy, Reading, Scan
from profiling.documents.core.matching import match
from profiling.documents.errors import (
    DocumentError,
    FileTooLargeError,
    InvalidDocumentError,
    LockedError,
    ReplacedError,
)
from profiling.documents.guessing import asked_with_proposals
from profiling.documents.models import Document, DocumentFile
from profiling.web.paper_form import PaperForm, initial_of, said_of
from profiling.web.people import person

LIST_SIZE = 30
CANDIDATES_SHOWN = 5
FORM_OVERHEAD = 64 * 1024
PIECE = 1 << 20
CONFLICT, UNPROCESSABLE, TOO_LARGE, BUSY = 409, 422, 413, 429
NEWEST_FIRST = paging.by("created_at", descending=True)
_RELATED = ("unit", "file__uploaded_by", "submission__sender", "consignment__call", "created_by", "matched_by_user")


class UploadForm(forms.Form):
    """A file set beside a consignment, or into the unit's unmatched documents."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices, initial=Kind.INVOICE)
    handling = forms.ChoiceField(
        label=gettext_lazy("Who may read on"), choices=Handling.choices, initial=Handling.RESTRICTED
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs |= {"data-max-bytes": settings.MAX_DOCUMENT}


def upload_context(consignment: Consignment | None = None, form: UploadForm | None = None) -> dict[str, Any]:
    """What `papers/upload.html` wants. Fields of several such forms on a page are told apart by their prefix."""
    prefix = f"of-{consignment.pk}" if consignment else "new"
    return {"upload": form or UploadForm(auto_id=f"{prefix}-%s"), "limit": settings.MAX_DOCUMENT}


# ---- the list


@require_safe
@never_cache
def unmatched(request: HttpRequest) -> HttpResponse:
    """Documents of the chosen unit that belong to no consignment yet, with those they could belong to."""
    return _list(request)


def _list(request: HttpRequest, *, error: str = "", form: UploadForm | None = None, status: int = 200) -> HttpResponse:
    unit = current_unit(request)
    visible = Document.objects.visible_to(request.user).unmatched()
    of_unit = visible.of_unit(unit) if unit else visible.none()
    related = of_unit.select_related("unit", "file", "submission__sender")
    page = paging.page(related, order=NEWEST_FIRST, query=request.GET, size=LIST_SIZE)
    context = {
        "unit": unit,
        "page": page,
        "count": paging.count(of_unit),
        "rows": with_candidates(unit, list(page.rows)) if unit else [],
        "may_push": unit is not None and scope_of(request.user).allows(Capability.PUSH, unit.pk),
        "error": error,
        **upload_context(form=form),
    }
    return render(request, "papers/unmatched.html", context, status=status)


def with_candidates(unit: Unit, documents: Sequence[Document]) -> list[tuple[Document, list[tuple[Consignment, str]]]]:
    """Each document with the consignments it could belong to and the rule that names them. Eight queries at most.

    Of a file that came with a push the consignments of that push come first, those it names before the others.
    """
    asked = [asked_with_proposals(document) for document in documents]
    known = found_for(unit, asked)
    found = [match(one, known).candidates[:CANDIDATES_SHOWN] for one in asked]
    wanted = {candidate.consignment for each in found for candidate in each}
    pushes = sent_with(documents, wanted)
    wanted.update(pk for each in pushes.values() for pk in each)
    cargo = Consignment.objects.of_unit(unit).select_related("call").in_bulk(wanted)
    offered = []
    for document, each in zip(documents, found, strict=True):
        rules = {one.consignment: str(MatchedBy(one.rule.value).label) for one in each}
        of_push = pushes.get(document.submission_id or 0, []) if document.file_id else []
        first = sorted(of_push, key=lambda pk: pk not in rules)
        order = dict.fromkeys([*first, *rules])
        offered.append((document, [(cargo[pk], rules.get(pk) or _("came with it")) for pk in order if pk in cargo]))
    return offered


@require_POST
def rematch(request: HttpRequest) -> HttpResponse:
    """Try the rules again for all that is unmatched in the chosen unit."""
    unit = current_unit(request)
    if unit is None:
        raise Http404
    scope_of(request.user).require(Capability.PUSH, unit.pk)
    found = belonging.match_waiting(unit=unit, consignment_ids=[])
    if found:
        messages.success(request, _("Documents that found their consignment: %(count)d.") % {"count": found})
    else:
        messages.info(request, _("No document found its consignment."))
    return redirect("papers")


# ---- uploads


@csrf_exempt
@require_POST
def add(request: HttpRequest, ref: uuid.UUID | None = None) -> HttpResponse:
    """A file from a form, beside the consignment of the address or into the unmatched documents of the unit.

    The check of the form's token reads the whole body, so the length comes first and the token directly after it.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_DOCUMENT + FORM_OVERHEAD:
        return _refused(request, ref, FileTooLargeError(settings.MAX_DOCUMENT).message, TOO_LARGE)
    try:
        with upload_place():
            return _add(request, ref)
    except TooManyUploadsError:
        error = _("Too many files are being uploaded just now. Try it again in a moment; nothing was stored.")
        return _refused(request, ref, error, BUSY)


@csrf_protect
def _add(request: HttpRequest, ref: uuid.UUID | None) -> HttpResponse:
    consignment = _consignment(request, ref) if ref else None
    unit = consignment.unit if consignment else current_unit(request)
    if unit is None:
        raise Http404
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        error = " ".join(str(message) for told in form.errors.values() for message in told)
        return _refused(request, ref, error, UNPROCESSABLE)
    try:
        made = services.upload(
            unit=unit,
            user=person(request),
            pieces=form.cleaned_data["file"].chunks(PIECE),
            name=form.cleaned_data["file"].name,
            kind=form.cleaned_data["kind"],
            handling=form.cleaned_data["handling"],
            consignment=consignment,
            form_key=request.POST.get(once.FIELD, ""),
        )
    except FileTooLargeError as error:
        return _refused(request, ref, error.message, TOO_LARGE)
    except DocumentError as error:
        return _refused(request, ref, error.message, UNPROCESSABLE)
    return redirect("paper", ref=made.ref)


def _refused(request: HttpRequest, ref: uuid.UUID | None, error: str, status: int) -> HttpResponse:
    if ref is None:
        return _list(request, error=error, status=status)
    consignment = _consignment(request, ref)
    context = {"consignment": consignment, "unit": consignment.unit, "error": error, **upload_context(consignment)}
    return render(request, "papers/refused.html", context, status=status)


def _consignment(request: HttpRequest, ref: uuid.UUID) -> Consignment:
    found: Consignment = get_object_or_404(
        Consignment.objects.visible_to(request.user).select_related("unit", "call"), ref=ref
    )
    return found


# ---- one document


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def paper(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Its original beside its fields; posted: what it says, as a new version of it."""
    found = _document(request, ref)
    if not found.is_current:
        return redirect("paper", ref=newest(found).ref)
    if request.method != "POST":
        return _page(request, found, PaperForm(initial=initial_of(found)))
    form = PaperForm(request.POST, initial=initial_of(found))
    if not form.is_valid():
        return _page(request, found, form, status=UNPROCESSABLE)
    data = form.cleaned_data
    try:
        made = services.state(
            document=found,
            user=person(request),
            said=said_of(data, found.said),
            issued=data["issued"],
            handling=data["handling"],
            confirmed=bool(found.proposed),
        )
    except InvalidDocumentError as error:
        form.take(error.errors)
        return _page(request, found, form, status=UNPROCESSABLE)
    except ReplacedError as error:
        return _page(request, found, form, conflict=error.message, status=CONFLICT)
    messages.success(request, _("The fields are kept; what they rest on is compared anew."))
    if made.consignment is not None:
        return redirect("consignment", ref=made.consignment.ref)
    return redirect("paper", ref=made.ref)


def _page(
    request: HttpRequest, found: Document, form: PaperForm, *, conflict: str = "", status: int = 200
) -> HttpResponse:
    is_waiting = found.reading == Reading.WAITING and request.GET.get("by") != "hand" and not form.is_bound
    proposed: dict[str, list[dict[str, Any]]] = {}
    for one in found.proposed if not found.is_stated else ():
        proposed.setdefault(one["field"], []).append(one)
    may_push = scope_of(request.user).allows(Capability.PUSH, found.unit_id)
    context = {
        "document": found,
        "file": found.file,
        "unit": found.unit,
        "form": form,
        "fields": [(field, proposed.get(field.name, [])) for field in form],
        "proposed_count": len(proposed),
        "drawn": range(1, len(found.file.pages) + 1) if found.file else (),
        "is_waiting": is_waiting,
        "is_infected": found.file is not None and found.file.scan == Scan.INFECTED,
        "may_push": may_push,
        "may_retry": scope_of(request.user).allows(Capability.RETRY, found.unit_id) and _has_failed(found),
        "candidates": with_candidates(found.unit, [found])[0][1] if may_push and not found.consignment_id else (),
        "earlier": earlier(found),
        "conflict": conflict,
    }
    return render(request, "papers/page.html", context, status=status)


def _has_failed(found: Document) -> bool:
    """Whether the scanner or a worker has given up over its file."""
    first = Document.objects.filter(file=found.file_id, version=1).exclude(file=None).values("ref")
    return Job.objects.filter(subject__in=first, state=Job.State.FAILED).exists()


def _document(request: HttpRequest, ref: uuid.UUID) -> Document:
    found: Document = get_object_or_404(Document.objects.visible_to(request.user).select_related(*_RELATED), ref=ref)
    return found


def newest(document: Document) -> Document:
    """The version that stands."""
    while not document.is_current:
        document = document.replaced_by
    return document


def earlier(document: Document) -> list[Document]:
    """The versions before, newest first."""
    found = []
    while document.replaces_id is not None:
        document = Document.objects.select_related("replaces", "created_by").get(pk=document.replaces_id)
        found.append(document)
    return found


@require_POST
def attach(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Set it beside the consignment named by its ref, or by the number of its transport document."""
    found = _document(request, ref)
    try:
        consignment = _named(request, found.unit)
        services.attach(document=found, consignment=consignment, user=person(request))
    except DocumentError as error:
        messages.warning(request, error.message)
        return redirect("paper", ref=found.ref)
    messages.success(request, _("It is set beside %(consignment)s.") % {"consignment": consignment})
    return redirect("consignment", ref=consignment.ref)


def _named(request: HttpRequest, unit: Unit) -> Consignment:
    """Raises InvalidDocumentError where it is none, or several."""
    visible = Consignment.objects.visible_to(request.user).of_unit(unit)
    number = request.POST.get("number", "").replace("\0", "").strip()
    if number:
        found = list(visible.filter(document_no=number).order_by("-pk")[:2])
        if len(found) > 1:
            told = _("Several consignments have this number: open the right one and add the document there.")
            raise InvalidDocumentError({"consignment": told})
    else:
        try:
            named = uuid.UUID(request.POST.get("consignment", ""))
        except ValueError:
            named = None
        found = list(visible.filter(ref=named))
    if not found:
        raise InvalidDocumentError({"consignment": _("The unit has no such consignment.")})
    consignment: Consignment = found[0]
    return consignment


@require_POST
def detach(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    found = _document(request, ref)
    try:
        services.detach(document=found, user=person(request))
    except DocumentError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("It is among the unmatched documents now."))
    return redirect("paper", ref=found.ref)


@require_POST
def look_again(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Scan and read its file again, where that has failed."""
    found = _document(request, ref)
    try:
        services.look_again(document=found, user=person(request))
    except DocumentError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("The file is looked at again."))
    return redirect("paper", ref=found.ref)


# ---- its bytes


@require_safe
def file(request: HttpRequest, ref: uuid.UUID) -> HttpResponse | FileResponse:
    """The file as it came: saved, never opened in the browser; an infected one is given to nobody."""
    found = _open_file(request, ref)
    if not found.is_open:
        messages.warning(request, LockedError(found.scan == Scan.INFECTED).message)
        return redirect("paper", ref=ref)
    return stored_file(found.sha256, found.media_type, _download_name(found))


@require_safe
def page_image(request: HttpRequest, ref: uuid.UUID, number: int) -> HttpResponse | FileResponse:
    """A page of a PDF as it was drawn here."""
    found = _open_file(request, ref)
    if not found.is_open or not 1 <= number <= len(found.pages):
        raise Http404
    return stored_file(found.pages[number - 1]["sha256"], "image/png", f"{number}.png")


def _open_file(request: HttpRequest, ref: uuid.UUID) -> DocumentFile:
    document = _document(request, ref)
    if document.file is None:
        raise Http404
    return document.file


def stored_file(sha256: str, media_type: str, name: str) -> FileResponse:
    """Bytes of the store as a file to be saved: no script of it runs here, and no type is guessed."""
    try:
        opened = store.get(sha256)
    except FileNotFoundError as error:
        raise Http404(_("The bytes are no longer in the store.")) from error
    response = FileResponse(opened, as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def _download_name(found: DocumentFile) -> str:
    """The sender's own file name without its folders and unseen characters, else one of ours."""
    name = PurePosixPath(found.name.replace("\\", "/")).name
    name = "".join(c for c in name if c.isprintable()).strip(". ")
    return name or f"document-{found.ref}.bin"
