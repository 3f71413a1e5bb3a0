"""Builds what the page tests need: units, people, and cargo loaded from the sample messages."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from pcu.accounts.services import create_person, grant
from profiling.cargo import store
from profiling.cargo.calls import resolve_call
from profiling.cargo.loading import load_consignments
from profiling.cargo.models import ConsignmentVersion, Submission, SubmissionProblem
from profiling.cargo.visits import Message, load_equipment
from profiling.cases.models import Case, CaseConsignment
from profiling.formats import records as r
from profiling.formats.registry import content_digest, detect
from profiling.rules.models import Activation, Assessment, Lane, Release

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PASSWORD = "correct horse battery"


def country(code: str = "KZ", name: str = "Kazakhstan") -> Unit:
    return Unit.objects.create(
        kind=Unit.Kind.COUNTRY, code=code, names={"en": name}, country=code, time_zone="Asia/Almaty"
    )


def working_unit(parent: Unit, code: str = "ALT", name: str = "Altynkol") -> Unit:
    return Unit.objects.create(
        parent=parent,
        code=code,
        names={"en": name},
        country=parent.country,
        post=Unit.Post.RAIL,
        time_zone="Asia/Almaty",
    )


def person(unit: Unit, role: Role = Role.OFFICER, username: str = "") -> User:
    user = create_person(username=username or f"{role}-{unit.code}".lower(), password=PASSWORD)
    grant(user=user, unit=unit, role=role)
    return user


def submission(unit: Unit, sender: User, content: bytes = b"UNB+", **fields: Any) -> Submission:
    stored = store.put([content], limit=10_000_000)
    return Submission.objects.create(
        unit=unit,
        sender=sender,
        sha256=stored.sha256,
        size=stored.size,
        idempotency_key=fields.pop("idempotency_key", f"sha256:{stored.sha256}:{timezone.now().timestamp()}"),
        **{"file_name": "manifest.edi", "format": "cuscar", "status": Submission.Status.DONE, **fields},
    )


def problem(of: Submission, code: str = "file_cut", **fields: Any) -> SubmissionProblem:
    return SubmissionProblem.objects.create(
        submission=of, code=code, **{"severity": SubmissionProblem.Severity.ERROR, **fields}
    )


@transaction.atomic
def load(name: str, unit: Unit, sender: User) -> Submission:
    """One of the sample messages as rows, as the intake writes them, without scoring."""
    content = (FIXTURES / name).read_bytes()
    reader = detect(BytesIO(content))
    assert reader is not None
    found = submission(unit, sender, content, file_name=name, format=reader.name)
    said = list(reader.read(BytesIO(content)))
    header = next(one for one in said if isinstance(one, r.Header))
    equipment = [one for one in said if isinstance(one, r.Equipment)]
    consignments = [one for one in said if isinstance(one, r.Consignment)]
    now = timezone.now()
    message = Message(unit, found, header, resolve_call(unit=unit, header=header, received_at=now), now)

    def on_misfit(document: str, column: str, value: str) -> None:
        raise AssertionError(f"{document}: {value!r} does not fit {column}")

    load_equipment(message=message, equipment=equipment, on_misfit=on_misfit)
    load_consignments(
        message=message,
        consignments=consignments,
        digests=[content_digest(one) for one in consignments],
        on_misfit=on_misfit,
    )
    found.manifest_numbers = [header.manifest_number]
    found.function = header.function.value
    found.read_count = found.accepted_count = len(consignments)
    found.save()
    return found


def lane(of: Unit, code: str = "red", mark: str = "e", rank: int = 1) -> Lane:
    return Lane.objects.create(
        unit=of,
        code=code,
        mark=mark,
        rank=rank,
        letters={"en": mark.upper()},
        labels={"en": code.capitalize()},
        actions={"en": "Look"},
    )


def release(of: Unit, state: str = Release.State.LIVE, name: str = "2026.1") -> Release:
    made = Release.objects.create(unit=of, name=name, state=state, thresholds={"red": 70}, sample_lane="red")
    if state == Release.State.LIVE:
        Activation.objects.create(release=made, unit=of, started_at=timezone.now())
    return made


def assess(version: ConsignmentVersion, by: Release, lane: Lane, score: int = 86) -> Assessment:
    return Assessment.objects.create(
        unit=version.consignment.unit,
        version=version,
        release=by,
        trigger=Assessment.Trigger.NEW_VERSION,
        score=score,
        recommended_lane=lane,
        fired=[{"version": 1, "code": "R-114", "points": score, "values": {}}],
        created_at=timezone.now(),
    )


def open_case(assessment: Assessment, number: str = "ALT-2026-00001", state: str = Case.State.OPEN) -> Case:
    now = timezone.now()
    case = Case.objects.create(
        number=number,
        unit=assessment.unit,
        working_unit=assessment.unit,
        state=state,
        origin=Case.Origin.RULES,
        assessment=assessment,
        recommended_lane=assessment.recommended_lane,
        lane_rank=assessment.recommended_lane.rank,
        score=assessment.score,
        opened_at=now,
        updated_at=now,
    )
    CaseConsignment.objects.create(case=case, consignment=assessment.version.consignment)
    return case
