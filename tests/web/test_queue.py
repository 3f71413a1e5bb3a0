"""The queue page: what it shows, how it is narrowed and ordered, and what it costs."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from pcu.accounts.models import Unit, User
from pcu.desk import paging
from profiling.cargo.models import ConveyanceCall
from profiling.cases import services
from profiling.cases.models import Case, CaseConsignment, CaseVisit
from profiling.web import queue
from tests import factories
from tests.factories_workbench import CapacityFactory
from tests.web.conftest import signed_in
from tests.web.pages import HTMX, holds_something_inline, link, queries_of, rows, text

QUEUE = reverse("queue")


@pytest.fixture
def case(unit: Unit) -> Case:
    return factories.case_in(
        unit,
        consignee="ТОО «Нұр Жол»",
        goods="Bed linen",
        conveyance="X9017",
        equipment_number="MSKU6180479",
        equipment_count=1,
    )


def cases_shown(response: Any) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', text(response))


def refs(*cases: Case) -> list[str]:
    return [str(case.ref) for case in cases]


# ---- what it shows


def test_a_row_says_what_where_why_by_when_and_whose(desk: Client, case: Case, officer: User) -> None:
    placed = factories.PlacementFactory(visit=case.visits.get())
    version = factories.RuleVersionFactory(shorts={"en": "Packages too heavy"})
    case.assessment.fired = [
        {"version": version.pk, "code": "R-1", "points": 40, "values": {}},
        {"version": 0, "code": "R-2", "points": 20, "values": {}},
        {"version": 0, "code": "R-3", "points": 10, "values": {}},
    ]
    case.assessment.save()
    services.claim(case=case, user=officer)
    page = text(desk.get(QUEUE))
    assert "MSKU 618047 9" in page
    assert "X9017" in page
    assert placed.carrier.number in page
    assert "ТОО «Нұр Жол»" in page
    assert "Bed linen" in page
    assert "Packages too heavy" in page
    assert re.search(r"R-2, \+1 more", page)
    assert 'class="av av-me"' in page
    assert f"{reverse('case', args=[case.ref])}" in page


def test_many_containers_are_one_number_and_how_many_more(desk: Client, unit: Unit) -> None:
    factories.case_in(unit, equipment_number="MSKU6180479", equipment_count=40, boxes=40)
    assert "+39" in text(desk.get(QUEUE))


def test_a_drawn_case_says_how_rarely(desk: Client, case: Case) -> None:
    case.assessment.sampled, case.assessment.inclusion_probability = True, "0.02"
    case.assessment.fired = []
    case.assessment.save()
    page = text(desk.get(QUEUE))
    assert "Drawn at random, 1 in 50" in page
    assert "No rule fired" in page


def test_a_colleague_sees_the_queue_and_an_outsider_nothing_of_it(unit: Unit, case: Case, outside: Client) -> None:
    colleague = signed_in(factories.person(unit))
    assert cases_shown(colleague.get(QUEUE)) == refs(case)
    assert cases_shown(outside.get(QUEUE)) == []
    assert "Nothing to decide" in text(outside.get(QUEUE))


def test_a_case_passed_on_is_in_the_queue_of_who_decides_now(desk: Client, unit: Unit, case: Case) -> None:
    dostyk = factories.UnitFactory(code="DOS", parent=unit.parent)
    Case.objects.filter(pk=case.pk).update(working_unit=dostyk)
    assert cases_shown(desk.get(QUEUE)) == []
    there = signed_in(factories.person(dostyk))
    assert cases_shown(there.get(QUEUE)) == refs(case)
    assert "Passed on by" in text(there.get(QUEUE))


def test_an_auditor_sees_rows_and_no_decisions(reading: Client, case: Case) -> None:
    assert cases_shown(reading.get(QUEUE)) == refs(case)
    assert "decision=" not in text(reading.get(reverse("case_preview", args=[case.ref])))


def test_the_pages_hold_nothing_inline(desk: Client, case: Case) -> None:
    for address in (QUEUE, reverse("case_preview", args=[case.ref]), f"{QUEUE}?q=nothing"):
        assert not holds_something_inline(desk.get(address)), address


@pytest.mark.parametrize("name", ["queue", "queue_fresh"])
def test_a_list_is_only_read(desk: Client, name: str) -> None:
    assert desk.post(reverse(name)).status_code == 405


def test_somebody_without_a_unit_is_told_whom_to_ask(db: None) -> None:
    nobody = signed_in(factories.UserFactory())
    assert "You belong to no unit yet" in text(nobody.get(QUEUE))


def test_the_queue_asks_to_sign_in(client: Client, db: None) -> None:
    response = client.get(QUEUE)
    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


# ---- the board


def test_the_board_shows_what_arrives_next_with_the_work_left(desk: Client, unit: Unit, case: Case) -> None:
    orange = factories.case_in(unit, lane="orange")
    done = factories.case_in(unit, state=Case.State.CLOSED)
    gone = factories.case_in(unit)
    now = timezone.now()
    for each, train, eta in (
        (case, "SOON", now + timedelta(hours=1)),
        (orange, "LATER", now + timedelta(hours=5)),
        (done, "DONE", now + timedelta(hours=2)),
        (gone, "GONE", now - timedelta(days=3)),
    ):
        call = each.consignments.get().call
        ConveyanceCall.objects.filter(pk=call.pk).update(voyage=train, eta=eta)
    page = text(desk.get(QUEUE))
    board = page[page.index('class="board"') : page.index('class="split"')]
    assert re.findall(r"SOON|LATER|DONE|GONE", board) == ["SOON", "LATER"]
    assert re.search(r'title="Orange".*?</span>\s*1', board, re.DOTALL)


def test_each_tile_leads_to_exactly_the_cases_it_counts(desk: Client, unit: Unit) -> None:
    dostyk = factories.UnitFactory(code="DOS", parent=unit.parent)
    # one case by its bill in three containers, one by a container alone, another lane, and what must not count:
    by_bill = factories.case_in(unit, boxes=3)
    call = by_bill.consignments.get().call
    by_visit = factories.case_in(unit)
    CaseVisit.objects.filter(case=by_visit).update(visit=factories.VisitFactory(call=call))
    others = [factories.case_in(unit, lane="orange"), factories.case_in(unit, state=Case.State.CLOSED)]
    others.append(factories.case_in(unit, working_unit=dostyk))
    for case in others:
        CaseConsignment.objects.filter(case=case).update(consignment=factories.ConsignmentFactory(call=call))
    elsewhere = factories.case_in(unit)
    ConveyanceCall.objects.update(eta=timezone.now() + timedelta(hours=1))

    page = text(desk.get(QUEUE))
    board = page[page.index('class="board"') : page.index('class="split"')]
    tile = next(tile for tile in board.split('<div class="call"') if str(call.ref) in tile)
    links = [address.replace("&amp;", "&") for address in re.findall(r'href="([^"]+)"', tile)]
    assert links == [f"/?call={call.ref}", f"/?call={call.ref}&lane=red", f"/?call={call.ref}&lane=orange"]
    counts = [int(number) for number in re.findall(r"</span>\s*(\d+)</a>", tile)]
    assert counts == [2, 1]
    everything, *by_lane = (set(cases_shown(desk.get(address))) for address in links)
    assert [len(cases) for cases in by_lane] == counts
    assert by_lane == [set(refs(by_bill, by_visit)), set(refs(others[0]))]
    assert everything == by_lane[0] | by_lane[1]
    assert not everything & set(refs(elsewhere))


def test_a_tile_followed_is_marked_told_in_words_and_kept_by_the_other_filters(desk: Client, case: Case) -> None:
    call = case.consignments.get().call
    ConveyanceCall.objects.filter(pk=call.pk).update(eta=timezone.now(), voyage="K9795")
    page = text(desk.get(f"{QUEUE}?call={call.ref}"))
    assert 'class="call is-on"' in page
    assert "Arrival: K9795" in page
    assert f'<input type="hidden" name="call" value="{call.ref}">' in page
    assert f"?call={call.ref}" in page[page.index("<tbody") :]


def test_an_arrival_of_another_unit_is_not_named(outside: Client, case: Case) -> None:
    call = case.consignments.get().call
    page = text(outside.get(f"{QUEUE}?call={call.ref}"))
    assert call.label not in page
    assert cases_shown(outside.get(f"{QUEUE}?call={call.ref}")) == []


# ---- narrowing


def test_what_is_decided_is_left_out_until_it_is_asked_for(desk: Client, unit: Unit, case: Case) -> None:
    referred = factories.case_in(unit, state=Case.State.REFERRED)
    assert cases_shown(desk.get(QUEUE)) == refs(case)
    assert cases_shown(desk.get(QUEUE, {"state": "referred"})) == refs(referred)
    assert set(cases_shown(desk.get(QUEUE, {"state": "all"}))) == set(refs(case, referred))


def test_each_filter_narrows(desk: Client, unit: Unit, officer: User, case: Case) -> None:
    mine = factories.case_in(unit, lane="orange", due_at=factories.NOON + timedelta(days=3))
    drawn = factories.case_in(unit, lane="yellow", origin=Case.Origin.SAMPLE)
    services.claim(case=mine, user=officer)
    services.claim(case=drawn, user=factories.person(unit))
    case.consignments.update(document_no="SMGS-ARYS/7")
    wagon = factories.PlacementFactory(visit=case.visits.get()).carrier.number
    asked = {
        "lane=orange": {mine},
        "lane=orange&lane=yellow": {mine, drawn},
        "claimed=mine": {mine},
        "claimed=others": {drawn},
        "claimed=free": {case},
        "origin=sample": {drawn},
        "due_before=2026-03-03T00:00": {case, drawn},
        "q=нұр": {case},
        f"q={case.number.lower()}": {case},
        "conveyance=x90": {case},
        "q=x9017": {case},
        "q=smgs-ar": {case},
        f"q={wagon[:3]} {wagon[3:]}": {case},
    }
    for query, expected in asked.items():
        assert set(cases_shown(desk.get(f"{QUEUE}?{query}"))) == set(refs(*expected)), query


def test_filters_go_along_to_the_case_the_pages_and_the_preview(
    desk: Client, unit: Unit, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.case_in(unit)
    monkeypatch.setattr(queue, "PAGE_SIZE", 1)
    response = desk.get(f"{QUEUE}?lane=red&sort=score&nonsense=1")
    page = text(response)
    first = cases_shown(response)[0]
    assert f"/cases/{first}/?lane=red&amp;sort=score" in page
    assert f"/cases/{first}/preview/?lane=red&amp;sort=score" in page
    assert "nonsense" not in page[page.index("<main") : page.index("</main>")]
    assert re.search(r"\?lane=red&amp;sort=score&amp;after=", page)
    there = text(desk.get(f"/cases/{first}/?lane=red&sort=score"))
    assert 'href="/?lane=red&amp;sort=score"' in there
    assert f"/cases/{first}/decide/?lane=red&amp;sort=score" in there


def test_htmx_gets_the_rows_alone_with_the_address_to_show(desk: Client, case: Case) -> None:
    response = desk.get(f"{QUEUE}?lane=red&q=&state=", headers=HTMX)
    assert cases_shown(response) == refs(case)
    assert "<html" not in text(response)
    assert response["HX-Push-Url"] == "/?lane=red"
    assert "HX-Request" in response["Vary"]
    back = desk.get(f"{QUEUE}?lane=red", headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<html" in text(back)


def test_nothing_found_is_told_with_the_way_out(desk: Client, case: Case) -> None:
    page = text(desk.get(f"{QUEUE}?q=zzz"))
    assert "Nothing matches these filters" in page
    assert "Clear the filters" in page


def test_what_is_found_nowhere_leaves_no_case_to_act_on_beside_the_rows(desk: Client, case: Case) -> None:
    assert 'hx-swap-oob="innerHTML:#preview"' in text(desk.get(f"{QUEUE}?q=zzz", headers=HTMX))
    assert 'hx-swap-oob="innerHTML:#preview"' not in text(desk.get(QUEUE, headers=HTMX))


@pytest.mark.parametrize(
    "query", ["due_before=yesterday", "state=lost", "after=1", "sort=name", "lane=%00", "q=%00", "call=1"]
)
def test_an_address_somebody_garbled_is_no_error(desk: Client, case: Case, query: str) -> None:
    assert desk.get(f"{QUEUE}?{query}").status_code == 200


# ---- order and pages


def make_cases(unit: Unit) -> list[Case]:
    """In the order of the default sort: lane, then due, those without a time last."""
    due = factories.NOON
    return [
        factories.case_in(unit, lane="red", due_at=due, score=71),
        factories.case_in(unit, lane="red", due_at=due + timedelta(hours=1), score=99),
        factories.case_in(unit, lane="red", due_at=None, score=80),
        factories.case_in(unit, lane="orange", due_at=due - timedelta(hours=1), score=60),
        factories.case_in(unit, lane="orange", due_at=None, score=60),
        factories.case_in(unit, lane="orange", due_at=None, score=55),
    ]


def test_the_order_is_lane_then_due_unless_another_is_asked_for(desk: Client, unit: Unit) -> None:
    a, b, c, d, e, f = make_cases(unit)
    assert cases_shown(desk.get(QUEUE)) == refs(a, b, c, d, e, f)
    assert cases_shown(desk.get(f"{QUEUE}?sort=score")) == refs(b, c, a, d, e, f)
    assert cases_shown(desk.get(f"{QUEUE}?sort=due")) == refs(d, a, b, c, e, f)
    assert cases_shown(desk.get(f"{QUEUE}?sort=opened")) == refs(f, e, d, c, b, a)


@pytest.mark.parametrize("sort", list(queue.SORTS))
def test_pages_forth_and_back_meet_every_case_once(
    desk: Client, unit: Unit, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cases(unit)
    monkeypatch.setattr(queue, "PAGE_SIZE", 100)
    whole = cases_shown(desk.get(f"{QUEUE}?sort={sort}"))
    monkeypatch.setattr(queue, "PAGE_SIZE", 2)

    def walk(address: str, rel: str) -> list[list[str]]:
        response = desk.get(address)
        onward = re.search(rf'<a[^>]*href="([^"]+)"[^>]*rel="{rel}"', text(response))
        met = cases_shown(response)
        return [met, *walk(onward[1].replace("&amp;", "&"), rel)] if onward else [met]

    pages = walk(f"{QUEUE}?sort={sort}", "next")
    assert [one for page in pages for one in page] == whole
    fourth = paging.write_key(queue.SORTS[sort], Case.objects.get(ref=whole[3]))
    back = walk(f"{QUEUE}?sort={sort}&after={fourth}", "prev")
    assert [one for page in reversed(back) for one in page] == whole


@pytest.mark.parametrize("sort", list(queue.SORTS))
def test_the_neighbours_of_a_case_are_its_neighbours_in_the_list(unit: Unit, sort: str) -> None:
    make_cases(unit)
    order = queue.SORTS[sort]
    whole = list(Case.objects.order_by(*(key.order() for key in order)))
    for at, case in enumerate(whole):
        here = paging.key_of(order, case)
        after = paging.beyond(Case.objects.all(), order, here).first()
        before = paging.beyond(Case.objects.all(), order, here, backward=True).first()
        assert after == (whole[at + 1] if at + 1 < len(whole) else None)
        assert before == (whole[at - 1] if at else None)


# ---- what is new, the preview


def test_new_cases_are_counted_and_not_pushed_in(desk: Client, unit: Unit, case: Case) -> None:
    since = timezone.now().isoformat()
    assert "new" not in text(desk.get(reverse("queue_fresh"), {"since": since}))
    factories.case_in(unit)
    factories.case_in(unit, lane="orange")
    assert "2 new" in text(desk.get(reverse("queue_fresh"), {"since": since}))
    narrowed = text(desk.get(reverse("queue_fresh"), {"since": since, "lane": "orange"}))
    assert "1 new" in narrowed
    assert 'href="/?lane=orange"' in narrowed
    assert desk.get(reverse("queue_fresh"), {"since": "2026-99-99T00:00:00Z"}).status_code == 200


def test_the_preview_says_why_what_and_the_last_word(desk: Client, unit: Unit, case: Case, outside: Client) -> None:
    factories.MentionFactory(version=case.assessment.version, name="ТОО «Нұр Жол»")
    services.comment(case=case, user=factories.person(unit, last_name="Muratov"), text="Ask for the contract")
    sibling = factories.case_in(unit, consignee=case.consignee, conveyance=case.conveyance)
    address = reverse("case_preview", args=[case.ref])
    page = text(desk.get(address))
    assert "Ask for the contract" in page
    assert "Muratov" in page
    assert case.consignments.get().document_no in page
    assert reverse("case", args=[sibling.ref]) in page
    assert "?decision=hold_and_refer" in page
    assert outside.get(address).status_code == 404
    assert desk.post(address).status_code == 405


def test_the_queue_costs_the_same_however_many_rows(desk: Client, unit: Unit, case: Case) -> None:
    now = timezone.now()

    def more() -> None:
        for _each in range(5):
            made = factories.case_in(unit, boxes=3)
            factories.PlacementFactory(visit=made.visits.first())
            ConveyanceCall.objects.filter(consignments__cases=made).update(eta=now)

    more()
    few = queries_of(desk, QUEUE)
    assert queries_of(desk, QUEUE, more) == few
    assert few <= 26  # the count of overdue cases among them
    assert rows(desk.get(QUEUE)) == 11
    assert link(desk.get(QUEUE), "next") is None


def test_the_queue_speaks_the_language_of_its_lanes(desk: Client, case: Case, officer: User) -> None:
    lane = case.recommended_lane
    lane.labels = {"en": "Examine", "ru": "Досмотр"}
    lane.save()
    officer.language = "ru"
    officer.save()
    with translation.override("ru"):
        page = text(desk.get(QUEUE, headers={"Accept-Language": "ru"}))
    assert "Досмотр" in page


# ---- the cut line


@pytest.fixture
def three_hands(unit: Unit) -> Any:
    cache.clear()
    return CapacityFactory(unit=unit, inspections_per_shift=3, shift_starts=time(0), shift_hours=24)


def line_stands_before(response: Any) -> list[str]:
    """The row after each cut line."""
    return re.findall(r'class="cutline".*?data-row="([^"]+)"', text(response), re.DOTALL)


def after(response: Any) -> str:
    """Where the pager leads on to."""
    found = re.search(r'href="(\?after=[^"]+)"', text(response))
    assert found
    return found[1]


def test_the_line_stands_after_as_many_cases_as_there_are_hands(desk: Client, unit: Unit, three_hands: Any) -> None:
    made = [factories.case_in(unit, lane_rank=1 + at) for at in range(5)]
    page = desk.get(QUEUE)
    assert cases_shown(page) == refs(*made)
    assert line_stands_before(page) == refs(made[3])
    assert "3 inspections left in this shift" in text(page)
    assert "3 of 3 inspections left" in text(page)
    assert text(page).count('class="r below"') == 2
    assert not holds_something_inline(page)


def test_the_line_stays_where_it_is_however_the_queue_is_narrowed_and_paged(
    desk: Client, unit: Unit, three_hands: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [factories.case_in(unit, lane_rank=1 + at, consignee=f"Firm {at % 2}") for at in range(6)]
    narrowed = desk.get(QUEUE, {"q": "Firm 1"}, headers=HTMX)
    assert cases_shown(narrowed) == refs(made[1], made[3], made[5])
    assert line_stands_before(narrowed) == refs(made[3])
    assert 'id="queue-hands" hx-swap-oob="true"' in text(narrowed)
    monkeypatch.setattr(queue, "PAGE_SIZE", 2)
    first = desk.get(QUEUE)
    second = desk.get(QUEUE + after(first))
    third = desk.get(QUEUE + after(second))
    assert [line_stands_before(page) for page in (first, second, third)] == [[], refs(made[3]), refs(made[4])]


@pytest.mark.parametrize("sort", [*queue.SORTS])
def test_the_line_follows_the_order_that_is_chosen(desk: Client, unit: Unit, three_hands: Any, sort: str) -> None:
    now = timezone.now()
    for at in range(6):
        factories.case_in(
            unit,
            lane_rank=1 + at % 3,
            score=10 * (at % 4),
            due_at=None if at % 2 else now + timedelta(hours=at),
            opened_at=now - timedelta(hours=at * 5 % 7),
        )
    page = desk.get(QUEUE, {"sort": sort})
    assert line_stands_before(page) == [cases_shown(page)[3]]


def test_there_is_no_line_among_what_is_decided_and_none_where_all_hands_reach(
    desk: Client, unit: Unit, three_hands: Any
) -> None:
    factories.case_in(unit)
    assert line_stands_before(desk.get(QUEUE)) == []
    for _each in range(4):
        factories.case_in(unit)
    assert len(line_stands_before(desk.get(QUEUE))) == 1
    assert line_stands_before(desk.get(QUEUE, {"state": "all"})) == []
    three_hands.delete()
    page = desk.get(QUEUE)
    assert line_stands_before(page) == []
    assert "inspections left" not in text(page)


def test_the_line_costs_two_queries_more_and_no_more_for_a_long_queue(
    desk: Client, unit: Unit, three_hands: Any
) -> None:
    def more() -> None:
        for _each in range(5):
            factories.case_in(unit)

    with_line = queries_of(desk, QUEUE, more)
    assert queries_of(desk, QUEUE, more) == with_line
    three_hands.delete()
    assert with_line - queries_of(desk, QUEUE) <= 1  # the other asks whether there is a capacity


def test_the_count_is_that_of_the_rows(desk: Client, unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    for lane in ("red", "red", "orange"):
        factories.case_in(unit, lane=lane)

    def counted(**asked: str) -> str:
        found = re.search(r'id="queue-count">([^<]+)<', text(desk.get(QUEUE, asked)))
        assert found
        return found[1]

    assert (counted(), counted(lane="red"), counted(lane="orange")) == ("3", "2", "1")
    assert counted(q="nothing like it") == "0"
    monkeypatch.setattr(paging, "COUNTED_AT_MOST", 2)
    assert counted() == "2+"
