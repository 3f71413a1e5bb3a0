"""Cases, their timeline, the decisions taken on them, and what follows: holds, referrals, outcomes, tuning."""

from profiling.cases.models.actions import Decision, Hold, Referral
from profiling.cases.models.cases import Case, CaseConsignment, CaseEvent, CaseVisit
from profiling.cases.models.outcomes import Outcome
from profiling.cases.models.tuning import TuningRequest

__all__ = [
    "Case",
    "CaseConsignment",
    "CaseEvent",
    "CaseVisit",
    "Decision",
    "Hold",
    "Outcome",
    "Referral",
    "TuningRequest",
]
