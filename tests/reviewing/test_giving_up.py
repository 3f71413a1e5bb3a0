"""An amendment is given up: what was approved stands, and the working copy says it again, whatever was changed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from inspections import reviewing, samples
from inspections.differences import differences
from inspections.errors import InvalidActError, NoAmendmentError, SeizedSinceError
from inspections.lines import add_line
from inspections.models import Inspection, Link, Sample, SealRecord, Seizure
from inspections.outcomes import settle_outcomes
from inspections.participation import part_of
from inspections.reports import approved_report, content
from inspections.samples import Taken
from inspections.seizing import note_disposal, remove_seizure
from profiling.cases.models import CaseEvent, Outcome
from tests import factories
from tests import factories_inspections as made
from tests.web.conftest import signed_in
from tests.web.pages import text


@pytest.fixture
def act(altynkol, author, supervisor) -> Inspection:
    """Approved, with a row in every table, and being amended."""
    act = made.work(altynkol, author=author, result="found", boxes=2)
    first = act.lines.first()
    made.PersonPresentFactory(inspection=act)
    made.PhotoFactory(inspection=act, line=first, seal=first.seals.get())
    seizure = made.SeizureFactory(line=first, value=Decimal("12.5"), value_currency="USD", value_basis="Street")
    seizure.detections.add(made.ListedWordFactory(unit=act.unit.parent, list="detection", code="scan"))
    made.LinkFactory(seizure=seizure)
    made.SampleFactory(seizure=seizure, bag="B-1")
    reviewing.approve(report=reviewing.submit(inspection=act, user=author), reviewer=supervisor)
    act.refresh_from_db()
    return reviewing.amend(inspection=act, user=author, reason="Something was wrong.")


def give_up(act: Inspection, user: Any, reason: str = "It was right.") -> Inspection:
    return reviewing.give_amendment_up(inspection=act, user=user, reason=reason)


def replace_equipment(act: Inspection, author: Any) -> None:
    """The second line goes, and the same container comes back on a line of its own."""
    line = act.lines.last()
    visit = line.visit
    line.delete()
    add_line(inspection=act, visit=visit, user=author)


def another_container(act: Inspection, author: Any) -> None:
    """A line more, with a photograph on it."""
    visit = factories.VisitFactory(call=act.lines.first().visit.call)
    act.case.visit_links.create(visit=visit)
    line = add_line(inspection=act, visit=visit, user=author)
    made.PhotoFactory(inspection=act, line=line)


CHANGES: dict[str, Callable[[Inspection, Any], object]] = {
    "nothing": lambda act, author: None,
    "the act": lambda act, author: Inspection.objects.filter(pk=act.pk).update(
        place="Shed 9", started_at=None, remarks="x", damage="y", left_out={"a": {"equipment": "b", "why": "c"}}
    ),
    "a line": lambda act, author: act.lines.filter(pk=act.lines.first().pk).update(
        methods={}, points={}, packages_found=1, gross_found_kg=None, result="clean", findings=""
    ),
    "why a photograph is missing": lambda act, author: act.lines.update(photos_note="The camera broke."),
    "a line that went": lambda act, author: act.lines.last().delete(),
    "a line that went and came back": replace_equipment,
    "a line that came": another_container,
    "a seal": lambda act, author: SealRecord.objects.filter(line__inspection=act).update(number="Z9", at=None),
    "a seal that went": lambda act, author: act.lines.first().seals.all().delete(),
    "a seal that came": lambda act, author: made.SealRecordFactory(line=act.lines.first()),
    "a photograph taken out": lambda act, author: act.photos.update(removed_at=factories.NOON),
    "a photograph that came": lambda act, author: made.PhotoFactory(inspection=act, line=act.lines.first()),
    "the team": lambda act, author: (act.team.all().delete(), made.TeamMemberFactory(inspection=act)),
    "who leads": lambda act, author: act.team.update(leads=True, agency="police"),
    "who was present": lambda act, author: (act.present.all().delete(), made.PersonPresentFactory(inspection=act)),
    "a seizure": lambda act, author: act.seizures.update(quantity=1, value=None, facts={}, place=None),
    "how it was detected": lambda act, author: act.seizures.get().detections.clear(),
    "a seizure taken out": lambda act, author: remove_seizure(
        seizure=act.seizures.get(), user=author, expected_version=act.seizures.get().version
    ),
    "a link": lambda act, author: Link.objects.all().delete(),
    "a link that came": lambda act, author: made.LinkFactory(seizure=act.seizures.get(), name="Other"),
    "a sample": lambda act, author: Sample.objects.update(bag="B-7", description="Other"),
    "a sample that went": lambda act, author: Sample.objects.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_was_changed_is_as_it_was_approved(act, author, change):
    approved = approved_report(act)
    photos = act.photos.count()
    CHANGES[change](act, author)
    kept = give_up(Inspection.objects.get(pk=act.pk), author)
    assert kept.state == "approved"
    told = differences(approved.content, content(kept))
    assert told.changes == ()
    assert {line["ref"] for line in content(kept)["lines"]} == {line["ref"] for line in approved.content["lines"]}
    assert approved_report(kept) == approved
    assert act.photos.count() >= photos  # bytes are evidence
    assert settle_outcomes(inspection=kept, user=author) == []
    assert Outcome.objects.filter(status="withdrawn").count() == 0


def test_everything_at_once_is_as_it_was_approved(act, author):
    approved = approved_report(act)
    for name in ("a sample", "a line that came", "a photograph taken out", "a link", "the act", "a seizure taken out"):
        CHANGES[name](act, author)
    assert differences(approved.content, content(give_up(act, author))).changes == ()


def test_what_goes_on_beside_the_act_stays(act, author):
    seizure = act.seizures.get()
    samples.record_result(
        sample=seizure.samples.get(),
        user=author,
        verdict="confirms",
        result="Heroin",
        reported_on=factories.NOON.date(),
    )
    samples.add_sample(seizure=seizure, user=author, taken=Taken("B-2", "Another packet"))
    seizure.refresh_from_db()
    note_disposal(seizure=seizure, user=author, disposal="Burnt", expected_version=seizure.version)
    made.HandoverFactory(seizure=seizure)
    give_up(act, author)
    seizure.refresh_from_db()
    assert seizure.disposal == "Burnt"
    assert [(one.bag, one.verdict) for one in seizure.samples.all()] == [("B-1", "confirms"), ("B-2", "")]
    assert seizure.handovers.count() == 1


def test_goods_taken_in_the_amendment_keep_it_from_being_given_up(act, author):
    made.SeizureFactory(line=act.lines.last(), number="ALT-S-2")
    with pytest.raises(SeizedSinceError) as refused:
        give_up(act, author)
    assert "ALT-S-2" in refused.value.message
    assert Inspection.objects.get().state == "amending"
    Seizure.objects.filter(number="ALT-S-2").update(removed_at=factories.NOON)
    assert give_up(act, author).state == "approved"


def test_a_returned_amendment_is_given_up_and_the_next_is_held_against_what_was_approved(act, author, supervisor):
    first = approved_report(act)
    act.lines.update(weighing_note="Scale 9")
    returned = reviewing.submit(inspection=act, user=author)
    reviewing.send_back(report=returned, reviewer=supervisor, note="Which scale?")
    act.refresh_from_db()
    kept = give_up(act, author)
    assert {line.weighing_note for line in kept.lines.all()} == {""}
    reviewing.amend(inspection=kept, user=author, reason="The damage was left out.")
    assert reviewing.last_return(kept) is None
    Inspection.objects.update(damage="A dent")
    again = reviewing.submit(inspection=kept, user=author, answers={"1": "Scale 2"})
    assert (again.number, again.answers) == (3, {})
    lead = signed_in(supervisor)
    shown = text(lead.get(f"/review/{again.ref}/"))
    assert "A dent" in shown
    assert "Scale 9" not in shown
    told = lead.get(f"/api/v1/reports/{again.ref}/").json()["differences"]
    assert (told["before"], [one["field"] for one in told["changes"]]) == (str(first.ref), ["damage"])


def test_it_says_why_in_the_timeline_and_counts_as_work(act, author, altynkol, second_supervisor):
    with pytest.raises(InvalidActError):
        give_up(act, author, " ")
    give_up(act, second_supervisor, "It was right after all.")
    event = act.case.events.latest("pk")
    assert (event.kind, event.text) == (CaseEvent.Kind.AMENDMENT_DROPPED, "It was right after all.")
    assert part_of(Inspection.objects.get(), second_supervisor) is not None


def test_only_an_amendment_is_given_up_and_only_by_who_inspects(act, altynkol, author, supervisor, outsider):
    other = made.work(altynkol, author=author)
    reviewing.send_back(report=reviewing.submit(inspection=other, user=author), reviewer=supervisor, note="Weigh it.")
    with pytest.raises(NoAmendmentError):
        give_up(Inspection.objects.get(pk=other.pk), author)
    with pytest.raises(PermissionDenied):
        give_up(act, outsider)


def test_the_page_and_the_api_give_it_up(act, author, outsider, altynkol):
    address = f"/inspections/{act.ref}/give-amendment-up/"
    desk = signed_in(author)
    assert address in desk.get(f"/cases/{act.case.ref}/").content.decode()
    assert signed_in(outsider).get(address).status_code == 404
    assert "Why it is given up" in text(desk.get(address))
    refused = desk.post(address, {"reason": " "})
    assert refused.status_code == 422
    assert "Say why the amendment is given up." in text(refused)
    assert desk.post(address, {"reason": "It was right."}).status_code == 302
    assert desk.post(address, {"reason": "It was right."}).status_code == 409
    reviewing.amend(inspection=Inspection.objects.get(), user=author, reason="Again")
    at = f"/api/v1{address}"
    told = {"reason": ""}, {"reason": "It was right."}, {"reason": "Again"}
    answers = [desk.post(at, body, content_type="application/json").status_code for body in told]
    assert answers == [400, 200, 409]
