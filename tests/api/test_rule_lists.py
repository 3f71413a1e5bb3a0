"""Named lists over the API: read below their node, changed on top of the version that was read."""

from __future__ import annotations

import pytest

from pcu.accounts.roles import Role
from profiling.rules import lists
from tests import factories


@pytest.fixture
def version(altynkol):
    said = {"code": "cover", "kind": "hs", "titles": {"en": "Cover loads"}, "lines": ["9403"]}
    return lists.make_list(unit=altynkol.parent, user=None, **said)


def test_a_list_is_read_and_changed_and_a_stale_change_is_refused(api, altynkol, version, officer):
    read = api(officer).get("/api/v1/rule-lists/").json()["results"]
    assert [(one["code"], one["version"]) for one in read] == [("cover", 1)]
    address = f"/api/v1/rule-lists/{version.named_list.ref}/"
    assert api(officer).get(address).json()["versions"][0]["entries"] == ["9403"]
    analyst = api(factories.person(altynkol.parent, Role.ANALYST))
    body = {"entries": ["9403", "44.18"], "note": "boards"}
    made = analyst.post(f"{address}versions/", body, format="json", HTTP_IF_MATCH='"1"')
    assert (made.status_code, made.json()["entries"]) == (201, ["9403", "4418"])
    stale = analyst.post(f"{address}versions/", {"entries": ["1"]}, format="json", HTTP_IF_MATCH='"1"')
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "list_changed")
    wrong = analyst.post(f"{address}versions/", {"entries": ["wood"]}, format="json", HTTP_IF_MATCH='"2"')
    assert (wrong.status_code, wrong.json()["errors"][0]["attr"]) == (400, "lines")
    refused = api(officer).post(f"{address}versions/", body, format="json", HTTP_IF_MATCH='"2"')
    assert refused.status_code == 403
    stranger = api(factories.person(factories.UnitFactory(code="DSB", parent__code="TJ"), Role.ANALYST))
    assert stranger.get(address).status_code == 404
