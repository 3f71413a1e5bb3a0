"""Examinations in every table of theirs, and pictures to send."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

from PIL import Image

from inspections.models import Inspection
from inspections.photos import add_photo
from inspections.planning import plan, plan_without_referral
from inspections.recording import Change, apply_changes
from pcu.accounts.models import Unit, User
from profiling.cases.models import Case
from tests import factories

SEAL = {"event": "found", "number": "CN 8841270", "condition": "differs", "by": "Sender", "at": None, "note": ""}


def member(user: User, *, leads: bool = True, agency: str = "") -> dict[str, Any]:
    return {"user": str(user.ref), "agency": agency, "leads": leads}


def planned(case: Case, user: User, **fields: Any) -> Inspection:
    """An examination planned from a new referral of the case."""
    referral = factories.ReferralFactory(case=case, method="full_devanning", note="Look behind the front wall")
    return plan(referral=referral, user=user, **{"team": [member(user)], "place": "Shed 2, door 4", **fields})


def picture(size: tuple[int, int] = (640, 480), kind: str = "JPEG", mode: str = "RGB", **save: Any) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, 120).save(target, kind, **save)
    return target.getvalue()


def recorded(unit: Unit, user: User, case: Case) -> Inspection:
    """An act with a row in every table of planning and recording, begun without a referral: the case stays free."""
    inspection = plan_without_referral(
        case=case,
        user=user,
        reason="own_judgement",
        why="The doors look mended",
        method="tailgate",
        team=[member(user)],
        present=[{"name": "O. Lim", "capacity": "carrier"}],
    )
    line = inspection.lines.first()
    seal = uuid4()
    change = Change(f"seals.{seal}", SEAL, None, line=str(line.ref))
    apply_changes(inspection=inspection, user=user, changes=[change])
    add_photo(inspection=inspection, user=user, pieces=[picture()], kind="seal", line=line, seal_ref=seal)
    inspection.refresh_from_db()
    return inspection
