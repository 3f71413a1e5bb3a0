"""What the demo's officers decide of the cases of the ninety days, by lane and by chance."""

from __future__ import annotations

import random

from pcu.accounts.models import User
from profiling.cases import services
from profiling.cases.choices import DecisionKind, Method, Reason
from profiling.cases.models import Case
from profiling.rules.models import Lane

EXAMINED = {Lane.Mark.EXAMINE: 0.9, Lane.Mark.SCAN: 0.75, Lane.Mark.DOCUMENTS: 0.3, Lane.Mark.AUDIT: 0.12}
SAMPLE_EXAMINED = 0.85


def decide(case: Case, officer: User, rng: random.Random) -> DecisionKind:
    """One decision. A sampled case is examined as others are: who examines is not told why."""
    mark = case.recommended_lane.mark
    chance = SAMPLE_EXAMINED if case.origin == Case.Origin.SAMPLE else EXAMINED.get(Lane.Mark(mark), 0.5)
    if rng.random() < chance:
        return _examine(case, officer, rng)
    return _leave(case, officer, rng)


def _examine(case: Case, officer: User, rng: random.Random) -> DecisionKind:
    heavy = case.recommended_lane.mark == Lane.Mark.EXAMINE or rng.random() < 0.4
    kind = DecisionKind.HOLD_AND_REFER if heavy else DecisionKind.SCAN
    mark = "e" if heavy else "s"
    reason = (
        Reason.DRAWN if case.origin == Case.Origin.SAMPLE else rng.choice((Reason.SEAL, Reason.PARTY, Reason.VALUE))
    )
    services.decide(
        case=case,
        user=officer,
        kind=kind,
        reasons=[reason],
        note="",
        expected_version=case.version,
        override_reason="" if mark == case.recommended_lane.mark else "The scanner is free / closed; this shows more.",
        method=rng.choice((Method.FULL_DEVANNING, Method.PARTIAL_DEVANNING, Method.TAILGATE)) if heavy else None,
        notice="Keep it at the terminal with its seals untouched until this notice is lifted." if heavy else "",
        authority=f"PCU {case.working_unit.code}" if heavy else "",
        grounds="Score and first look." if heavy else "",
        instructions="Seals first, then count." if heavy else "",
    )
    return kind


def _leave(case: Case, officer: User, rng: random.Random) -> DecisionKind:
    if case.recommended_lane.mark == Lane.Mark.DOCUMENTS:
        services.decide(
            case=case,
            user=officer,
            kind=DecisionKind.REQUEST_DOCUMENTS,
            reasons=[Reason.DOCUMENTS_MISSING],
            note="",
            expected_version=case.version,
        )
        case.refresh_from_db()
    reason = rng.choice((Reason.KNOWN_GOOD, Reason.EXPLAINED, Reason.NO_CAPACITY, Reason.DATA_ERROR))
    services.decide(
        case=case,
        user=officer,
        kind=DecisionKind.NO_EXAMINATION,
        reasons=[reason],
        note="",
        expected_version=case.version,
        override_reason="Looked at the papers; nothing that an examination would settle.",
    )
    return DecisionKind.NO_EXAMINATION
