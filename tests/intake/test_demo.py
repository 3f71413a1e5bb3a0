"""The demo's commands: every sign-in once, and samples whose clocks run."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from pcu.accounts.models import Membership, User
from pcu.accounts.roles import Role
from profiling.formats.records import Header
from profiling.formats.registry import detect
from profiling.intake.management.commands.push_demo import SAMPLES, arriving_in
from profiling.rules.models import Release


def loaded() -> str:
    told = io.StringIO()
    call_command("load_demo", stdout=told)
    return told.getvalue()


def test_a_second_load_tells_the_same_sign_ins_and_changes_nothing(db, settings, tmp_path):
    settings.STORE_DIR = str(tmp_path / "store")
    first = loaded()
    people = User.objects.count()
    assert loaded() == first
    assert User.objects.count() == people
    assert "API token: " in first
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    assert Release.objects.filter(state="live").count() == 3


@pytest.mark.parametrize("name", ["rail.json", "road.json", "sea.edi"])
def test_samples_arrive_when_they_are_asked_to(name):
    content = arriving_in(5, (SAMPLES / name).read_text())
    reader = detect(content[:4096])
    header = next(record for record in reader.read(io.BytesIO(content)) if isinstance(record, Header))
    said = header.conveyance.eta
    away = said.local.replace(tzinfo=dt.UTC) - timezone.now()
    assert dt.timedelta(hours=4, minutes=58) < away <= dt.timedelta(hours=5)
