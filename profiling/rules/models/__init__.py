"""Rules, releases and lanes of a unit tree node, and the assessments made with them."""

from profiling.rules.models.assessments import Assessment, ShadowScore
from profiling.rules.models.history import HistoryImport, PastRecord
from profiling.rules.models.lists import NamedList, NamedListVersion
from profiling.rules.models.nodes import Lane, Node
from profiling.rules.models.releases import Activation, BackTest, Capacity, Release
from profiling.rules.models.rules import Proposal, Rule, RuleDraft, RuleVersion

__all__ = [
    "Activation",
    "Assessment",
    "BackTest",
    "Capacity",
    "HistoryImport",
    "Lane",
    "NamedList",
    "NamedListVersion",
    "Node",
    "PastRecord",
    "Proposal",
    "Release",
    "Rule",
    "RuleDraft",
    "RuleVersion",
    "ShadowScore",
]
