"""A scored rail train at a unit with two officers, and signed-in pages that fail a test on a breach of the policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import Settings

from inspections.models import Inspection, InspectionLine
from pcu.accounts.models import Unit, User
from profiling.cargo.models import ConveyanceCall
from profiling.cases.models import Case
from profiling.intake import services as intake
from profiling.rules.services import install_starter
from tests import factories
from tests.conftest import PATIENCE
from tests.factories_recording import member, planned
from tests.intake.conftest import do_all_jobs
from tests.web import cargo

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, settings: Settings) -> None:
    """Bytes go to a folder of the test."""
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path / "store"), "base_url": None}}
    }


@pytest.fixture
def unit() -> Unit:
    """A rail unit with three years of records, whose sample draws everything the rules leave alone."""
    country = cargo.country()
    install_starter(unit=country, sample_rate=Decimal(1))
    unit = cargo.working_unit(country)
    unit.history_since = timezone.localdate() - timedelta(days=3 * 365)
    unit.save()
    return unit


@pytest.fixture
def officer(unit: Unit) -> User:
    return _named(cargo.person(unit, username="aigerim"), "Aigerim", "Serikbay")


@pytest.fixture
def colleague(unit: Unit) -> User:
    return _named(cargo.person(unit, username="daniyar"), "Daniyar", "Muratov")


def _named(user: User, first: str, last: str) -> User:
    user.first_name, user.last_name = first, last
    user.save()
    return user


def suspicious_train() -> bytes:
    """The sample train a day later, with notes that rules fire on: heavy cartons, vague words, no seal, no name."""
    train = json.loads((cargo.FIXTURES / "rail.json").read_text())
    train["message_ref"] += "-B"
    train["manifest_number"] += "-B"
    train["conveyance"] |= {"identifier": "X9017", "voyage": "X9017"}
    vague, heavy, nobody = train["consignments"][1:4]
    for note in train["consignments"]:
        note["document_no"] = f"9{note['document_no']}"
    vague["items"] = [{"description": "ТОВАРЫ НАРОДНОГО ПОТРЕБЛЕНИЯ", "packages": 412, "gross_kg": 19860}]
    heavy |= {"packages": 400, "gross_kg": 19860, "value": 24000, "currency": "USD"}
    commodity = {"code": "63023210", "scheme": "HS"}
    goods = "BED LINEN OF POLYESTER, PRINTED"
    heavy["items"] = [{"description": goods, "packages": 400, "gross_kg": 19860, "commodity": commodity}]
    nobody["parties"] = [{"role": "consignee", "name": "TO ORDER"}]
    for one in train["equipment"]:
        if one["number"] in {loading["equipment"] for loading in heavy["loadings"] + nobody["loadings"]}:
            one.pop("seals", None)
            one["fill"] = "full"
    return json.dumps(train).encode()


@pytest.fixture
def scored(unit: Unit) -> list[Case]:
    """Pushed and scored: the samples of all three modes and a suspicious train; conveyances come three hours apart."""
    sender = cargo.person(unit, username="railway")
    samples = [(cargo.FIXTURES / name).read_bytes() for name in ("rail.json", "road.json", "sea.edi")]
    for content in (suspicious_train(), *samples):
        do_all_jobs(intake.receive(sender=sender, unit=unit, pieces=[content]))
    now = timezone.now()
    for place, call in enumerate(ConveyanceCall.objects.order_by("pk")):
        due = now + timedelta(minutes=50 + 170 * place)
        ConveyanceCall.objects.filter(pk=call.pk).update(eta=due)
        of_call = Case.objects.filter(Q(consignments__call=call) | Q(visits__call=call))
        Case.objects.filter(pk__in=of_call).update(due_at=due, due_source=Case.DueSource.ETA)
    return list(Case.objects.order_by("lane_rank", "due_at", "pk"))


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(chromium: Browser, live_server: Any) -> Iterator[SignIn]:
    """Sign somebody in through the sign-in page: `sign_in(officer, size=PHONE, scheme="dark", locale="ru")`."""
    complaints: list[str] = []
    contexts = []

    def sign_in(user: User, size: dict[str, int] = DESK, scheme: str = "light", locale: str = "en") -> Page:
        context = chromium.new_context(
            viewport=size,  # type: ignore[arg-type]  # a ViewportSize in shape
            base_url=live_server.url,
            color_scheme=scheme,  # type: ignore[arg-type]  # "light" or "dark"
            locale=locale,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None
        )
        page.goto("/accounts/login/")
        page.fill("input[name=login]", user.username)
        page.fill("input[name=password]", cargo.PASSWORD)
        page.click("form button[type=submit].btn-primary")
        page.wait_for_url("**/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []


# ---- an examination at the container door


@pytest.fixture
def case(unit: Unit) -> Case:
    """A case with three containers under one rail note, sealed on paper."""
    case = factories.case_in(unit, boxes=3)
    numbers = ("TEMU6180477", "TCLU9044219", "CAIU7302318")
    for visit, number in zip(case.visits.order_by("pk"), numbers, strict=True):
        visit.number = visit.number_as_written = number
        visit.save()
        factories.SealFactory(visit=visit, number="CN8841207", number_as_written="CN 8841207")
        factories.PlacementFactory(visit=visit, carrier__number=f"9423345{visit.pk % 10}")
    return case


@pytest.fixture
def act(case: Case, officer: User, colleague: User) -> Inspection:
    """Planned; with one line of figures declared."""
    made = planned(
        case,
        officer,
        team=[member(officer), member(colleague, leads=False)],
        present=[{"name": "O. Lim", "capacity": "carrier"}],
    )
    made.lines.update(packages_declared=616, gross_declared_kg=13368)
    return made


@pytest.fixture
def line(act: Inspection) -> InspectionLine:
    return act.lines.get(visit__number="CAIU7302318")


@pytest.fixture
def unplugged() -> Callable[[Page], AbstractContextManager[None]]:
    """No link: neither for the page nor for its worker."""

    @contextmanager
    def unplugged(page: Page) -> Iterator[None]:
        page.context.set_offline(True)
        try:
            yield
        finally:
            page.context.set_offline(False)

    return unplugged
