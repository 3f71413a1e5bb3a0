"""The whole way of a manifest: a railway pushes it, a worker scores it, an officer holds a box, the railway is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from demo.manifests import Push
from demo.sender import Sender
from pcu.accounts import services as accounts
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case, Hold
from tests.browser.conftest import SignIn, suspicious_train
from tests.processes import worker

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOTICE = "Hold PCWU 118277 8 on track 7. Do not open. Ask for the duty officer."


@pytest.fixture
def railway(unit: Unit, live_server: Any) -> Iterator[Sender]:
    """A client system with its token, and a worker that does what its pushes ask for."""
    client = accounts.create_client(username="railway", name="Railway")
    accounts.grant(user=client, unit=unit, role=Role.CLIENT)
    with worker():
        yield Sender(live_server.url, accounts.issue_token(client=client))


def arriving(train: bytes, hours: int) -> bytes:
    said = json.loads(train)
    said["conveyance"]["eta"] = (datetime.now(tz=UTC) + timedelta(hours=hours)).isoformat(timespec="minutes")
    return json.dumps(said).encode()


def rows(page: Page) -> Any:
    return page.locator("[data-row]")


def test_from_a_push_to_a_hold_that_the_railway_reads(
    sign_in: SignIn, officer: User, unit: Unit, railway: Sender
) -> None:
    page = sign_in(officer)
    expect(rows(page)).to_have_count(0)

    # announced an hour before it arrives, which a rule takes note of
    url = railway.push(Push(unit.code, "X9017.json", arriving(suspicious_train(), 1)))
    (told,) = railway.wait([url])
    assert told["counts"].keys() == {"read", "accepted", "refused"}  # never what is flagged
    cases = Case.objects.order_by("lane_rank", "due_at", "pk")
    red = [case for case in cases if case.recommended_lane.code == "red"]
    worst = max(red, key=lambda case: case.score)
    assert (worst.origin, worst.equipment_number) == (Case.Origin.RULES, "PCWU1182778")

    # the queue, one lane of it; the preview follows the keys; a letter typed into the search is no key
    page.reload()
    expect(rows(page)).to_have_count(len(cases))
    page.locator(".lc", has_text="Examine").click()
    expect(rows(page)).to_have_count(len(red))
    expect(page).to_have_url(re.compile(r"/\?lane=red$"))
    expect(page.locator("#queue-count")).to_have_text(str(len(red)))
    first = page.locator("#preview .prev-t").inner_text()
    page.keyboard.press("j")
    expect(page.locator("#preview .prev-t")).not_to_have_text(first)
    page.keyboard.press("k")
    expect(page.locator("#preview .prev-t")).to_have_text(first)
    page.keyboard.press("Slash")
    page.keyboard.type("jk")
    expect(page.get_by_text("Nothing matches these filters")).to_be_visible()
    page.go_back()
    expect(rows(page)).to_have_count(len(red))
    expect(page.locator(".lc :checked")).to_have_value("red")

    # the case: claim, comment, hold with words for the operator
    page.locator(f"[data-row='{worst.ref}'] .c-why").click()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{worst.ref}/?lane=red")
    expect(page.locator("#why")).to_contain_text("Packages too heavy for light goods")
    page.keyboard.press("a")
    expect(page.locator(".dec-h")).to_contain_text("yours since")
    expect(page.locator("#time")).to_contain_text("claimed")
    page.keyboard.press("c")
    page.keyboard.type("Ask for the contract")
    page.locator("#time").get_by_role("button", name="Comment").click()
    expect(page.locator("#time .say")).to_have_text("Ask for the contract")
    page.keyboard.press("h")
    page.get_by_label("Seal missing or changed").check()
    page.get_by_label("Ask for").select_option("tailgate")
    page.locator("#decision").get_by_label("What the operator reads").fill(NOTICE)
    page.locator("#decision").get_by_label("Grounds").fill("Two seals in a week")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(rf"/cases/(?!{worst.ref})[-0-9a-f]+/\?lane=red$"))
    expect(page.locator(".msgs")).to_contain_text("Hold and refer")
    worst.refresh_from_db()
    assert worst.state == Case.State.REFERRED
    held = Hold.objects.filter(case=worst, grounds="Two seals in a week")
    assert held.count() == worst.visits.count() > 0

    # the railway reads its notice and nothing else of the case; the officer sees that it did
    notices = railway.notices()
    assert {notice["notice"] for notice in notices} == {NOTICE}
    assert {notice["equipment"] for notice in notices} == set(held.values_list("visit__number", flat=True))
    assert "Two seals in a week" not in json.dumps(notices)
    assert railway.acknowledge_notices("Dispatcher") == len(notices)
    page.goto(f"/cases/{worst.ref}/")
    expect(page.locator("#holds")).to_contain_text("by Dispatcher")
    expect(page.locator(".anchors a[href='#holds'] .n")).to_have_text(str(len(notices) + 1))
    expect(page.locator(".print-h")).to_be_hidden()

    # on paper: the decision and the cargo, no controls, and who had it printed
    page.emulate_media(media="print")
    expect(page.locator(".print-h")).to_contain_text("Aigerim Serikbay")
    expect(page.get_by_role("heading", name="Decided")).to_be_visible()
    expect(page.locator("#decide")).to_be_hidden()
    expect(page.locator(".side, .top, .anchors, .write").filter(visible=True)).to_have_count(0)
    page.emulate_media(media="screen")

    page.goto("/?lane=red")
    expect(rows(page)).to_have_count(len(red) - 1)
