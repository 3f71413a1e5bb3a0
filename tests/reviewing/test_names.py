"""Names of persons tied to a seizure are kept back in a report from whom they are kept back in the seizure."""

from __future__ import annotations

import pytest

from inspections import reviewing
from inspections.models import Link
from pcu.accounts.roles import Role
from tests import factories
from tests import factories_inspections as made

NAME = "Karim Secretovich"


@pytest.fixture
def report(altynkol, author):
    act = made.work(altynkol, author=author, result="found")
    seizure = made.SeizureFactory(line=act.lines.get())
    link = made.LinkFactory(seizure=seizure, kind=Link.Kind.PERSON, name="Somebody Else", part="Driver")
    first = reviewing.submit(inspection=act, user=author)
    chief = factories.person(altynkol, Role.SUPERVISOR)
    reviewing.send_back(report=first, reviewer=chief, note="Who was it?")
    Link.objects.filter(pk=link.pk).update(name=NAME)
    return reviewing.submit(inspection=act, user=author)


@pytest.mark.parametrize(("role", "reads"), [(Role.SUPERVISOR, True), (Role.OFFICER, True), (Role.ANALYST, False)])
def test_persons_are_named_in_page_content_and_differences_to_whom_their_names_are_told(client, report, role, reads):
    client.force_login(factories.person(report.inspection.unit, role))
    told = [client.get(f"/api/v1/reports/{report.ref}/").content.decode()]
    told += [client.get(f"/review/{report.ref}/?view={view}").content.decode() for view in ("", "seizures", "whole")]
    assert [NAME in text for text in told[:1]] == [reads]
    assert any(NAME in text for text in told[1:]) is reads
    assert any("Somebody Else" in text for text in told) is reads
    assert "Driver" in told[0]
