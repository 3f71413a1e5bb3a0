"""What each role may do. A role is held in a unit and reaches its descendants, never its siblings."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    OFFICER = "officer", _("Officer")
    ANALYST = "analyst", _("Analyst")
    SUPERVISOR = "supervisor", _("Supervisor")
    LIAISON = "liaison", _("Liaison officer")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")
    CLIENT = "client", _("Client system")


class Capability(TextChoices):
    """One thing a service may ask for."""

    READ = "read", _("read consignments, assessments and cases")
    COMMENT = "comment", _("comment on cases")
    TRIAGE = "triage", _("claim and decide cases, place and lift holds")
    SUPERVISE = "supervise", _("take over claimed cases")
    PUSH = "push", _("push manifests")
    LOAD_HISTORY = "load_history", _("load past manifests that are kept and not scored")
    RETRY = "retry", _("retry failed submissions")
    INSPECT = "inspect", _("plan and record inspections and seizures")
    REVIEW = "review", _("review inspections and seizures")
    READ_NAMES = "read_names", _("read the names of persons tied to seizures")
    KEEP_LISTS = "keep_lists", _("keep the lists of the country")
    WATCH = "watch", _("keep lookouts")
    WARN = "warn", _("send warnings to other units")
    ANSWER = "answer", _("acknowledge warnings and answer them")
    INSPECT_JOBS = "inspect_jobs", _("see the background jobs of a submission")
    CORRECT_BOXES = "correct_boxes", _("correct the boxes of notes")
    WRITE_RULES = "write_rules", _("write rules and releases")
    APPROVE_RULES = "approve_rules", _("approve rules and releases, and put releases live")


_C = Capability
_DESK = (_C.READ, _C.COMMENT)
_HANDS = (_C.TRIAGE, _C.INSPECT, _C.READ_NAMES)
_LEADS = (_C.SUPERVISE, _C.REVIEW, _C.KEEP_LISTS, _C.CORRECT_BOXES, _C.WRITE_RULES, _C.APPROVE_RULES)
GRANTS: dict[str, frozenset[Capability]] = {
    Role.OFFICER: frozenset({*_DESK, *_HANDS, _C.WATCH, _C.ANSWER, _C.PUSH, _C.RETRY}),
    Role.ANALYST: frozenset({*_DESK, _C.KEEP_LISTS, _C.WRITE_RULES, _C.WATCH, _C.PUSH, _C.RETRY}),
    Role.SUPERVISOR: frozenset(
        {*_DESK, *_HANDS, *_LEADS, _C.WATCH, _C.WARN, _C.ANSWER, _C.PUSH, _C.RETRY, _C.INSPECT_JOBS}
    ),
    Role.LIAISON: frozenset({*_DESK, _C.WATCH, _C.WARN, _C.ANSWER}),
    Role.ADMINISTRATOR: frozenset({_C.READ, _C.LOAD_HISTORY, _C.RETRY, _C.INSPECT_JOBS, _C.CORRECT_BOXES}),
    Role.AUDITOR: frozenset({_C.READ, _C.READ_NAMES, _C.INSPECT_JOBS}),
    Role.CLIENT: frozenset({_C.PUSH}),
}


class Agency(TextChoices):
    """Agencies met in one room. Countries name theirs differently; these are the kinds."""

    CUSTOMS = "customs", _("Customs")
    POLICE = "police", _("Police")
    DRUG_CONTROL = "drug_control", _("Drug control")
    BORDER_GUARD = "border_guard", _("Border guard")
    SECURITY = "security", _("State security")
    RAILWAY = "railway", _("Railway")
    VETERINARY = "veterinary", _("Veterinary and phytosanitary control")
    OTHER = "other", _("Other")
