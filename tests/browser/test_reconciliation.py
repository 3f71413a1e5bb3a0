"""Documents in the browser: an invoice uploaded, read, confirmed and compared; a loose one set beside its cargo."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pcu.accounts.models import Unit, User
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.documents.models import Document
from tests import factories
from tests.browser.conftest import DESK, PHONE, SHOTS, SignIn
from tests.factories_documents import INVOICE_LINES, PaperFactory, paper, pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def work() -> None:
    """Do what waits, as a worker would."""
    while job := Job.objects.filter(state=Job.State.WAITING).order_by("phase", "pk").first():
        assert jobs.run(job.pk)


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, name


def test_an_invoice_is_uploaded_read_confirmed_and_differs(
    unit: Unit, officer: User, sign_in: SignIn, tmp_path: Path
) -> None:
    case = factories.case_in(unit)
    version = case.assessment.version
    type(version).objects.filter(pk=version.pk).update(packages=412, gross_kg=19860, value=38130, currency="USD")
    factories.MentionFactory(version=version, name="STEPPE TRADE LLP", role="consignee")
    factories.ItemFactory(version=version, commodity_scheme="HS", commodity_code="630232", packages=412)
    file = tmp_path / "invoice.pdf"
    file.write_bytes(pdf(INVOICE_LINES))

    page = sign_in(officer)
    page.goto(f"/cases/{case.ref}/")
    page.get_by_text("Add a document").click()
    papers = page.locator("#papers")
    papers.get_by_label("File", exact=True).set_input_files(file)
    papers.get_by_label("Kind").select_option("invoice")
    papers.get_by_role("button", name="Upload").click()
    page.wait_for_url("**/documents/*/")
    expect(page.get_by_text("is being read")).to_be_visible()
    work()

    # the page finds out by itself that the file has been read
    expect(page.get_by_label("Gross, kg")).to_have_value("18240.00")
    expect(page.locator("input[name=number]")).to_have_value("QH-2026/118")
    expect(page.get_by_text("Gross weight: 18,240.00 kg")).to_be_visible()
    image = page.get_by_role("img", name="Page 1 of the original")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.complete && image.naturalWidth") > 1000
    shot(page, "paper-1440")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a ViewportSize in shape
    shot(page, "paper-390")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]  # as above
    page.get_by_role("button", name="Confirm the fields").click()
    page.wait_for_url("**/consignments/*/")
    work()

    matrix = page.get_by_role("region", name="Documents side by side")
    expect(matrix.locator("td.diff", has_text="388")).to_contain_text("24 less, −5.8 %")
    expect(matrix.locator("td.diff", has_text="18,240")).to_contain_text("1,620 less, −8.2 %")
    expect(matrix.get_by_role("row").nth(1)).not_to_have_class("agree")
    shot(page, "side-by-side-1440")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as above
    expect(matrix.locator("td.diff", has_text="388")).to_be_visible()
    shot(page, "side-by-side-390")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]  # as above
    page.goto(f"/cases/{case.ref}/")
    expect(page.locator("#papers")).to_contain_text("1,620 less")
    shot(page, "case-papers-1440")


def test_an_unmatched_document_is_set_beside_its_consignment(unit: Unit, officer: User, sign_in: SignIn) -> None:
    twins = [
        factories.VersionFactory(consignment__call__unit=unit, consignment__document_no="SMGS4471")
        for _each in range(2)
    ]
    made = PaperFactory(consignment=None, unit=unit, said=paper(consignments=("SMGS4471",)), number="INV-7")
    page = sign_in(officer)
    page.get_by_role("link", name="Documents").click()
    expect(page.get_by_text("number of the transport document").first).to_be_visible()
    shot(page, "unmatched-1440")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a ViewportSize in shape
    shot(page, "unmatched-390")
    page.get_by_role("button", name="Set it beside this").first.click()
    page.wait_for_url("**/consignments/*/")
    expect(page.locator("#papers")).to_contain_text("INV-7")
    assert Document.objects.get(pk=made.pk).consignment_id == twins[1].consignment_id
    page.goto(f"/documents/{made.ref}/")
    page.get_by_role("button", name="Take it away from here").click()
    expect(page.get_by_text("It is among the unmatched documents now.")).to_be_visible()
    assert Document.objects.get(pk=made.pk).consignment_id is None
