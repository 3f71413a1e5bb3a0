"""Cases, their timeline, the decisions taken on them, and what follows: holds, referrals and outcomes."""

from profiling.cases.models.actions import Decision, Hold, Referral
from profiling.cases.models.cases import Case, CaseConsignment, CaseEvent, CaseVisit
from profiling.cases.models.outcomes import Outcome

__all__ = ["Case", "CaseConsignment", "CaseEvent", "CaseVisit", "Decision", "Hold", "Outcome", "Referral"]
