"""Cases, their timeline, the decisions taken on them, and what follows: holds and referrals."""

from profiling.cases.models.actions import Decision, Hold, Referral
from profiling.cases.models.cases import Case, CaseConsignment, CaseEvent, CaseVisit

__all__ = ["Case", "CaseConsignment", "CaseEvent", "CaseVisit", "Decision", "Hold", "Referral"]
