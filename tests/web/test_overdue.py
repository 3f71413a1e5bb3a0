"""Cases that nobody ends, and cargo that never arrived."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from pcu.accounts.models import User
from pcu.accounts.roles import Role
from profiling.cases import services
from profiling.cases.models import Case, Hold, Referral
from profiling.cases.outcomes import close_case
from profiling.cases.overdue import overdue
from tests import factories
from tests.web.conftest import signed_in
from tests.web.pages import HTMX, holds_something_inline, queries_of, rows, text

pytestmark = pytest.mark.django_db
PAGE = "/cases/overdue/"


@pytest.fixture
def altynkol():
    return factories.UnitFactory()


@pytest.fixture
def dostyk(altynkol):
    return factories.UnitFactory(code="DOS")


@pytest.fixture
def officer(altynkol) -> User:
    return factories.person(altynkol)


def late(unit: Any, hours: float = 1, **fields: Any) -> Case:
    return factories.case_in(unit, due_at=timezone.now() - timedelta(hours=hours), **fields)


def listed(response: Any) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', text(response))


def test_cases_past_their_clock_stand_oldest_first_and_say_how_far_they_are(altynkol, officer):
    young, old, asked, referred, examined = (
        late(altynkol, 1),
        late(altynkol, 72),
        late(altynkol, 30, state="documents"),
        late(altynkol, 20, state="referred"),
        late(altynkol, 10, state="referred"),
    )
    factories.ReferralFactory(case=referred)
    factories.ReferralFactory(case=examined, state=Referral.State.TAKEN)
    services.claim(case=young, user=officer)
    late(altynkol, -1)
    late(altynkol, 5, state="closed")
    factories.case_in(altynkol, due_at=None)
    response = signed_in(officer).get(PAGE)
    assert listed(response) == [str(case.ref) for case in (old, asked, referred, examined, young)]
    told = [re.sub(r"<[^>]+>", " ", row) for row in text(response).split("data-row=")[1:]]
    for row, words in zip(
        told,
        ["3 d 0 h", "waiting for documents", "referred, nobody has begun", "being examined", str(officer)],
        strict=True,
    ):
        assert words in row
    assert not holds_something_inline(response)
    assert listed(signed_in(officer).get(PAGE, {"stage": "examined"})) == [str(examined.ref)]


def test_closed_cases_whose_equipment_is_held_still_are_listed_apart(altynkol, officer):
    case = late(altynkol)
    hold = factories.HoldFactory(case=case)
    close_case(case=case, user=officer, disposition="inspected_clean")
    lifted = late(altynkol)
    factories.HoldFactory(case=lifted, state=Hold.State.LIFTED)
    close_case(case=lifted, user=officer, disposition="inspected_clean")
    client = signed_in(officer)
    assert rows(client.get(PAGE)) == 0
    response = client.get(PAGE, {"show": "held"})
    assert listed(response) == [str(case.ref)]
    assert hold.visit.number in text(response)


def test_who_reads_several_units_chooses_one_by_its_count(altynkol, dostyk, officer):
    late(altynkol), late(dostyk), late(dostyk)
    above = signed_in(factories.person(altynkol.parent, Role.SUPERVISOR))
    told = text(above.get(PAGE))
    assert "Alt: 1" in told
    assert "Dos: 2" in told
    assert rows(above.get(PAGE, {"unit": "DOS"})) == 2
    assert rows(above.get(PAGE, {"unit": "nowhere"})) == 0
    assert "od-unit" not in text(signed_in(officer).get(PAGE))


def test_others_see_none_of_it(altynkol, dostyk):
    late(altynkol)
    assert rows(signed_in(factories.person(dostyk)).get(PAGE)) == 0
    assert signed_in(factories.person(dostyk)).post(PAGE).status_code == 405


def test_a_case_passed_on_is_late_for_both_and_counts_for_who_works_on_it(altynkol, dostyk, officer):
    case = late(altynkol, working_unit=dostyk)
    for unit in (altynkol, dostyk):
        assert listed(signed_in(factories.person(unit)).get(PAGE)) == [str(case.ref)]
    assert "Past their clock" in text(signed_in(factories.person(dostyk)).get("/"))
    assert "Past their clock" not in text(signed_in(officer).get("/"))


def test_the_queue_leads_there_with_the_count(altynkol, officer):
    client = signed_in(officer)
    assert PAGE not in text(client.get("/"))
    late(altynkol), late(altynkol, state="referred")
    assert re.search(rf'href="{PAGE}">Past their clock <span class="n bad-t">2</span>', text(client.get("/")))


def test_the_list_pages_by_key_and_costs_the_same_however_long(altynkol, officer):
    client = signed_in(officer)

    def more() -> None:
        for _each in range(4):
            case = late(altynkol)
            factories.HoldFactory(case=case)

    more()
    few = queries_of(client, PAGE)
    assert queries_of(client, PAGE, more) == few
    assert client.get(PAGE, headers=HTMX).status_code == 200
    assert client.get(PAGE, {"after": "nonsense"}).status_code == 200


# ---- never arrived


def close(user: User, case: Case, note: str = "The train came without it") -> Any:
    return signed_in(user).post(reverse("case_never_arrived", args=[case.ref]), {"note": note})


def test_cargo_that_never_came_is_closed_from_its_case(altynkol, officer):
    case = late(altynkol)
    page = text(signed_in(officer).get(reverse("case", args=[case.ref])))
    assert "It never arrived" in page
    assert '<details class="fold">' in page
    response = close(officer, case)
    assert (response.status_code, response.url) == (302, reverse("case", args=[case.ref]))
    case.refresh_from_db()
    assert (case.state, case.disposition) == ("closed", "never_arrived")
    assert case.events.latest("pk").text == "The train came without it"
    assert not overdue(Case.objects.all()).exists()
    assert "It never arrived" not in text(signed_in(officer).get(reverse("case", args=[case.ref])))


def test_without_saying_how_one_knows_it_stays_open(altynkol, officer):
    case = late(altynkol)
    response = close(officer, case, " \0 ")
    assert response.status_code == 422
    assert "Say how you know that it never arrived." in text(response)
    assert Case.objects.get().state == "open"


def test_what_stands_in_the_way_is_told_and_the_note_is_kept(altynkol, officer):
    case = late(altynkol)
    hold = factories.HoldFactory(case=case)
    response = close(officer, case, "Not <b>seen</b>")
    assert response.status_code == 409
    assert "Equipment is still held" in text(response)
    assert "Not &lt;b&gt;seen&lt;/b&gt;" in text(response)
    hold.delete()
    referral = factories.ReferralFactory(case=case, state=Referral.State.TAKEN)
    assert "is being examined" in text(close(officer, case))
    referral.delete()
    assert close(officer, case).status_code == 302
    again = close(officer, case)
    assert (again.status_code, "is closed" in text(again)) == (409, True)


def test_only_who_decides_cases_of_the_unit_may_close_them(altynkol, dostyk):
    case = late(altynkol)
    assert close(factories.person(altynkol, Role.ANALYST), case).status_code == 403
    assert close(factories.person(dostyk), case).status_code == 404
    reader = signed_in(factories.person(altynkol, Role.AUDITOR))
    assert "It never arrived" not in text(reader.get(reverse("case", args=[case.ref])))
    assert signed_in(factories.person(altynkol)).get(reverse("case_never_arrived", args=[case.ref])).status_code == 405
