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
    INSPECT_JOBS = "inspect_jobs", _("see the background jobs of a submission")


_C = Capability
GRANTS: dict[str, frozenset[Capability]] = {
    Role.OFFICER: frozenset({_C.READ, _C.COMMENT, _C.TRIAGE, _C.PUSH, _C.RETRY}),
    Role.ANALYST: frozenset({_C.READ, _C.COMMENT, _C.PUSH, _C.RETRY}),
    Role.SUPERVISOR: frozenset({_C.READ, _C.COMMENT, _C.TRIAGE, _C.SUPERVISE, _C.PUSH, _C.RETRY, _C.INSPECT_JOBS}),
    Role.LIAISON: frozenset({_C.READ, _C.COMMENT}),
    Role.ADMINISTRATOR: frozenset({_C.READ, _C.LOAD_HISTORY, _C.RETRY, _C.INSPECT_JOBS}),
    Role.AUDITOR: frozenset({_C.READ, _C.INSPECT_JOBS}),
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
