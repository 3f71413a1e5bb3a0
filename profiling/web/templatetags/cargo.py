"""Small parts of the pages about cargo: marks of a submission's status, problems as sentences, scripts of names."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pcu.desk.models import Job
from pcu.desk.templatetags.desk import icon
from profiling.cargo import sentences
from profiling.cargo.choices import Function
from profiling.cargo.models import ConsignmentVersion, GoodsItem, Submission, SubmissionProblem
from profiling.codelists.sentences import fault_sentence
from profiling.web.cargo_parts import LinesValue, sums_of_lines

register = template.Library()

# Icon and tone of a status. Colour never stands alone: the shape differs too, and the word is beside it.
_STATUS: Final = {
    Submission.Status.RECEIVED: ("inbox", ""),
    Submission.Status.MAPPING: ("table-options", "tg-warn"),
    Submission.Status.READING: ("loader-2", "tg-acc"),
    Submission.Status.SCORING: ("gauge", "tg-acc"),
    Submission.Status.DONE: ("circle-check", "tg-good"),
    Submission.Status.REJECTED: ("ban", "tg-bad"),
    Submission.Status.FAILED: ("alert-triangle", "tg-bad"),
}
_SEVERITY: Final = {
    SubmissionProblem.Severity.WARNING: "alert-triangle",
    SubmissionProblem.Severity.ERROR: "alert-circle",
    SubmissionProblem.Severity.FATAL: "ban",
}
_JOB: Final = {
    Job.State.WAITING: ("hourglass", ""),
    Job.State.RUNNING: ("loader-2", "tg-acc"),
    Job.State.DONE: ("circle-check", "tg-good"),
    Job.State.FAILED: ("alert-triangle", "tg-bad"),
}
_FORMATS: Final = {
    "cuscar": "UN/EDIFACT CUSCAR",
    "cusrep": "UN/EDIFACT CUSREP",
    "baplie": "UN/EDIFACT BAPLIE",
    "vermas": "UN/EDIFACT VERMAS",
    "iftmcs": "UN/EDIFACT IFTMCS",
    "iftmin": "UN/EDIFACT IFTMIN",
    "coprar": "UN/EDIFACT COPRAR",
    "coarri": "UN/EDIFACT COARRI",
    "codeco": "UN/EDIFACT CODECO",
    "cusdec": "UN/EDIFACT CUSDEC",
    "asycuda-manifest": "ASYCUDA World XML",
    "asycuda-sad": "ASYCUDA SAD XML",
    "wco-dm": "WCO Data Model XML",
    "ics2": "ICS2 XML",
    "dcsa-bl": "DCSA JSON",
    "x12": "ANSI X12",
    "pcu-json": "pcu-manifest JSON",
    "rail-xlsx": "XLSX, rail",
    "note-xlsx": "XLSX, pcu-note",
    "note-xml": "XML, pcu-note",
    "note-json": "JSON, pcu-note",
    "table": "CSV, XLSX, XLS, ODS",
}


@register.simple_tag
def submission_status(submission: Submission) -> SafeString:
    """The status as shape and word."""
    return _tag(*_STATUS[Submission.Status(submission.status)], submission.get_status_display())


@register.simple_tag
def job_state(job: Job) -> SafeString:
    """The state of a job as shape and word."""
    return _tag(*_JOB[Job.State(job.state)], job.get_state_display())


def _tag(shape: str, tone: str, word: str) -> SafeString:
    return format_html('<span class="tg {}">{}{}</span>', tone, icon(shape, 12), word)


@register.simple_tag
def severity_icon(severity: str, label: str = "") -> SafeString:
    return icon(_SEVERITY[SubmissionProblem.Severity(severity)], 16, label)


@register.filter
def format_name(code: str) -> str:
    """A format as people call it; these are names, not words, so they are not translated."""
    return _FORMATS.get(code, code)


@register.filter
def function_name(code: str) -> str:
    """What the sender wanted done, in words."""
    return str(Function(code).label) if code in Function.values else code


@register.simple_tag
def spaced(*parts: str) -> str:
    """What there is of some texts, with commas between."""
    return ", ".join(part for part in parts if part)


@register.filter
def of(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds for a key that only the template knows."""
    return mapping.get(key)


@register.filter
def fault_words(fault: Mapping[str, Any]) -> str:
    """The sentence of a row of a code list that was not used."""
    return fault_sentence(fault)


@register.filter
def kind_sentence(code: str) -> str:
    """The sentence of a kind of problem, with an ellipsis where each one fills in its own values."""
    return sentences.problem_kind(code)


@register.filter
def sentence(problem: SubmissionProblem) -> str:
    return sentences.problem_sentence(problem.code, problem.params)


@register.filter
def place_in_file(position: dict[str, Any], field: str = "") -> str:
    return sentences.problem_place(position, field)


@register.filter
def place_of_cell(position: dict[str, Any]) -> str:
    """Where a cell of a table stands: sheet and cell. What else a position counts are rows, which the cell says."""
    sheet, _slash, cell = str(position.get("pointer", "")).rpartition("/")
    place = _("row %(number)s") % {"number": cell} if cell.isdecimal() else cell
    return sentences.as_received(", ".join(part for part in (sheet.lstrip("/"), place) if part))


@register.filter
def as_received(text: str) -> str:
    return sentences.as_received(text)


@register.filter
def value_of_lines(items: Iterable[GoodsItem], version: ConsignmentVersion) -> list[LinesValue]:
    """What lines of goods are worth where the document states no value: by currency, in the order of the lines."""
    return sums_of_lines((item.currency or version.currency, item.value) for item in items)
