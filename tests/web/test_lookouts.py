"""Pages of lookouts: what they show, to whom, and what they refuse."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case
from profiling.lookouts.models import Lookout, LookoutHit
from tests import factories
from tests.factories_lookouts import HitFactory, LookoutFactory
from tests.web import cargo
from tests.web.conftest import signed_in
from tests.web.pages import HTMX, holds_something_inline, queries_of, rows, text


def day(number: int) -> str:
    return (timezone.localdate() + timedelta(days=number)).isoformat()


def said(unit: Unit, **changed: Any) -> dict[str, Any]:
    return {
        "unit": str(unit.ref),
        "kind": "container",
        "value": "TEMU 618047 7",
        "action": "open_case",
        "reason": "Seen twice in a week",
        "expires_on": day(30),
        "source": "own",
        "handling": "restricted",
        **changed,
    }


@pytest.fixture
def lookout(unit: Unit, officer: User) -> Lookout:
    return LookoutFactory(unit=unit, created_by=officer)


def test_the_list_has_what_stands_by_tab_and_counts_its_hits(desk: Client, unit: Unit, lookout: Lookout) -> None:
    HitFactory(lookout=lookout)
    LookoutFactory(unit=unit, value="TEMU 111111 1", expires_on=timezone.localdate() + timedelta(days=5))
    LookoutFactory(unit=unit, value="OLD 222222 2", valid_from=day(-9), expires_on=day(-2))
    page = desk.get(reverse("lookouts"))
    assert (page.status_code, rows(page)) == (200, 2)
    assert not holds_something_inline(page)
    for standing, number in (("expiring", 1), ("expired", 1), ("withdrawn", 0), ("pending", 0), ("nonsense", 2)):
        assert rows(desk.get(reverse("lookouts"), {"standing": standing})) == number
    assert rows(desk.get(reverse("lookouts"), {"q": "temu618"}, headers=HTMX)) == 1
    assert rows(desk.get(reverse("lookouts"), {"q": "\0", "kind": "lost"})) in (0, 2)


def test_lookouts_of_the_country_are_listed_and_those_of_neighbours_are_not(desk: Client, unit: Unit) -> None:
    LookoutFactory(unit=unit.parent, value="NATION 1234567")
    LookoutFactory(unit=cargo.working_unit(unit.parent, "DOS", "Dostyk"), value="NEXTDOOR 1234567")
    page = text(desk.get(reverse("lookouts")))
    assert "NATION" in page
    assert "NEXTDOOR" not in page


def test_the_list_costs_the_same_however_long(desk: Client, unit: Unit, lookout: Lookout) -> None:
    HitFactory(lookout=LookoutFactory(unit=unit, action="inform"))
    few = queries_of(desk, reverse("lookouts"))

    def more() -> None:
        for _each in range(5):
            HitFactory(lookout=LookoutFactory(unit=unit, action="inform"))

    assert queries_of(desk, reverse("lookouts"), more) == few


def test_placing_a_lookout(desk: Client, unit: Unit, django_capture_on_commit_callbacks: Any) -> None:
    answer = desk.post(reverse("lookout_new"), said(unit))
    placed = Lookout.objects.get()
    assert answer.url == reverse("lookout", args=[placed.ref])
    year = timezone.localtime(timezone=placed.unit.zone).year
    assert placed.number == f"ALT-L-{year}-{placed.pk:05d}"
    page = desk.get(answer.url)
    assert "TEMU 618047 7" in text(page)
    assert "What stands is being searched" in text(page)
    assert not holds_something_inline(page)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"value": "ООО", "kind": "name"}, "stand in the names of half of all firms"),
        ({"value": "TEMU*"}, "leave out wildcards"),
        ({"expires_on": day(-1)}, "This day is over"),
        ({"expires_on": day(500)}, "ends within a year"),
        ({"expires_on": ""}, "required"),
        ({"valid_from": day(40)}, "end before it begins"),
        ({"reason": " "}, "required"),
        ({"agency": "police"}, "Say whom others are to ask"),
        ({"kind": "smell"}, "Select a valid choice"),
        ({"unit": "x"}, "not a valid UUID"),
    ],
)
def test_what_cannot_be_placed_is_said_beside_its_field_and_kept(
    desk: Client, unit: Unit, changed: dict[str, str], words: str
) -> None:
    page = desk.post(reverse("lookout_new"), said(unit) | changed)
    assert page.status_code == 422
    assert words in text(page)
    assert "Seen twice" in text(page) or "reason" in changed
    assert not Lookout.objects.exists()


def test_the_form_is_filled_in_by_a_link_and_looks_back_at_once(desk: Client, unit: Unit) -> None:
    factories.VisitFactory(call__unit=unit, number="02CD0144TJ", kind="trailer", created_at=timezone.now())
    page = text(desk.get(reverse("lookout_new"), {"kind": "trailer", "value": "02CD0144TJ"}))
    assert '<option value="plate" selected>' in page
    assert "02CD0144TJ</a>" in page
    assert "stand now" in page


def test_the_preview_is_a_part_and_warns_of_a_check_digit(desk: Client, unit: Unit, lookout: Lookout) -> None:
    page = text(desk.post(reverse("lookout_preview"), {"kind": "container", "value": "TEMU 618047 8"}, headers=HTMX))
    assert "The check digit does not fit: 7 would" in page
    assert "<html" not in page
    again = text(desk.post(reverse("lookout_preview"), {"kind": "container", "value": "temu6180477"}, headers=HTMX))
    assert f"{lookout.number} watches for it already" in again
    assert "Write a value" in text(desk.post(reverse("lookout_preview"), {"value": "\0"}))


def test_renewing_and_withdrawing(desk: Client, lookout: Lookout) -> None:
    until = day(300)
    assert desk.post(reverse("lookout_renew", args=[lookout.ref]), {"expires_on": until}).status_code == 302
    lookout.refresh_from_db()
    assert lookout.expires_on.isoformat() == until
    for wrong in ("", "2026-99-99", "soon", day(-3), day(900)):
        refused = desk.post(reverse("lookout_renew", args=[lookout.ref]), {"expires_on": wrong})
        assert refused.status_code == 422, wrong
    address = reverse("lookout_withdraw", args=[lookout.ref])
    assert desk.post(address, {"reason": " "}).status_code == 422
    assert desk.post(address, {"reason": "The box was scrapped"}).status_code == 302
    twice = desk.post(address, {"reason": "Again"})
    assert twice.status_code == 409
    assert "was withdrawn" in text(twice)
    assert "The box was scrapped" in text(twice)


def test_the_page_tells_what_came_of_hits(desk: Client, unit: Unit, lookout: Lookout) -> None:
    case = factories.case_in(unit)
    HitFactory(lookout=lookout, consignment=case.consignments.get())
    HitFactory(lookout=lookout, consignment=None, visit=factories.VisitFactory(call__unit=unit))
    page = text(desk.get(reverse("lookout", args=[lookout.ref])))
    assert case.number in page
    assert "no case" in page


def test_new_hits_without_a_case_are_shown_until_somebody_has_seen_them(desk: Client, unit: Unit) -> None:
    first = HitFactory(lookout=LookoutFactory(unit=unit, action="inform"))
    second = HitFactory(lookout=LookoutFactory(unit=unit, action="inform"))
    HitFactory(lookout=LookoutFactory(unit=unit, action="open_case"))
    page = text(desk.get(reverse("lookouts")))
    assert "New hits that made no case" in page
    assert 'n-hot">2<' in page
    desk.post(reverse("lookouts_seen"), {"hit": str(first.ref)})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.seen_by is not None, second.seen_at) == (True, None)
    desk.post(reverse("lookouts_seen"), {"hit": "x"})
    desk.post(reverse("lookouts_seen"))
    assert LookoutHit.objects.filter(seen_at=None).count() == 1
    assert "New hits that made no case" not in text(desk.get(reverse("lookouts")))


def test_who_may_only_read_is_offered_nothing_and_refused(reading: Client, unit: Unit, lookout: Lookout) -> None:
    assert "Place a lookout" not in text(reading.get(reverse("lookouts")))
    assert "does not keep them" in text(reading.get(reverse("lookout_new")))
    page = text(reading.get(reverse("lookout", args=[lookout.ref])))
    assert "Renew" not in page
    assert reading.post(reverse("lookout_new"), said(unit)).status_code == 403
    assert reading.post(reverse("lookout_preview"), {"value": "TEMU 618047 7"}).status_code == 403
    assert reading.post(reverse("lookout_renew", args=[lookout.ref]), {"expires_on": day(9)}).status_code == 403
    assert reading.post(reverse("lookout_withdraw", args=[lookout.ref]), {"reason": "x"}).status_code == 403
    HitFactory(lookout__unit=unit, lookout__action="inform")
    assert reading.post(reverse("lookouts_seen")).status_code == 403


def test_an_outsider_meets_nothing(outside: Client, unit: Unit, lookout: Lookout) -> None:
    assert rows(outside.get(reverse("lookouts"))) == 0
    for name in ("lookout", "lookout_renew", "lookout_withdraw", "lookout_search"):
        address = reverse(name, args=[lookout.ref])
        answer = outside.get(address) if name == "lookout" else outside.post(address, {"reason": "x"})
        assert answer.status_code == 404, name
    refused = outside.post(reverse("lookout_new"), said(unit))
    assert refused.status_code == 422
    assert not Lookout.objects.exclude(pk=lookout.pk).exists()


# ---- restricted and silent


@pytest.fixture
def case(unit: Unit) -> Case:
    return factories.case_in(unit, equipment_number="TEMU6180477")


def hit_of(case: Case, unit: Unit, **said: Any) -> LookoutHit:
    return HitFactory(
        lookout=LookoutFactory(unit=unit, reason="The secret reason", source_ref="FILE-77", **said),
        consignment=case.consignments.get(),
        value="TEMU 618047-7",
    )


@pytest.fixture
def police(unit: Unit) -> Client:
    user = cargo.person(unit, username="police")
    user.memberships.update(agency="police")
    return signed_in(user)


def pages_of(case: Case, hit: LookoutHit) -> list[str]:
    return [
        reverse("case", args=[case.ref]),
        reverse("case_preview", args=[case.ref]),
        reverse("queue"),
        reverse("lookouts"),
        reverse("lookouts") + "?q=secret",
        reverse("lookouts") + "?q=TEMU6180477",
        reverse("consignment", args=[hit.consignment.ref]),
    ]


def test_the_case_says_why_it_is_watched_for_and_the_queue_marks_it(desk: Client, unit: Unit, case: Case) -> None:
    hit = hit_of(case, unit, action="must_examine")
    page = text(desk.get(reverse("case", args=[case.ref])))
    for words in ("The secret reason", "FILE-77", hit.lookout.number, "TEMU618047-7".replace("618047", " 618047")):
        assert words in page, words
    assert "lookout</span>" in text(desk.get(reverse("queue")))


def test_of_a_restricted_one_others_are_told_whom_to_ask_and_nothing_else(
    desk: Client, police: Client, unit: Unit, case: Case
) -> None:
    hit = hit_of(case, unit, agency="police", contact="Maj. Aliev, 55-01", action="open_case")
    for address in pages_of(case, hit):
        page = text(desk.get(address))
        for words in ("The secret reason", "FILE-77", hit.lookout.number, "TEMU 618047-7"):
            assert words not in page, (address, words)
    assert "Maj. Aliev, 55-01" in text(desk.get(reverse("case", args=[case.ref])))
    assert "Maj. Aliev, 55-01" in text(desk.get(reverse("case_preview", args=[case.ref])))
    assert rows(desk.get(reverse("lookouts"))) == 0
    assert desk.get(reverse("lookout", args=[hit.lookout.ref])).status_code == 404
    told = text(police.get(reverse("case", args=[case.ref])))
    assert "The secret reason" in told
    assert rows(police.get(reverse("lookouts"))) == 1
    assert police.get(reverse("lookout", args=[hit.lookout.ref])).status_code == 200


def test_of_a_silent_one_others_see_no_trace(desk: Client, unit: Unit, case: Case) -> None:
    creator = cargo.person(unit, username="creator")
    addresses = pages_of(case, HitFactory())
    LookoutHit.objects.all().delete()
    Lookout.objects.all().delete()
    before = [text(desk.get(address)) for address in addresses[1:3]]
    hit = hit_of(case, unit, action="silent", created_by=creator)
    for address in addresses:
        page = text(desk.get(address))
        for words in ("The secret reason", "FILE-77", hit.lookout.number, "Duty officer", 'tg-bad">lookout'):
            assert words not in page, (address, words)
    assert [text(desk.get(address)).count("eye") for address in addresses[1:3]] == [
        page.count("eye") for page in before
    ]
    assert "n-hot" not in text(desk.get(reverse("lookouts")))
    assert desk.get(reverse("lookout", args=[hit.lookout.ref])).status_code == 404
    mine = signed_in(creator)
    assert "The secret reason" in text(mine.get(reverse("case", args=[case.ref])))
    assert "New hits that made no case" in text(mine.get(reverse("lookouts")))


def test_a_silent_one_for_an_agency_is_its_peoples_too(police: Client, unit: Unit, case: Case) -> None:
    hit_of(case, unit, action="silent", agency="police", created_by=cargo.person(unit, username="creator"))
    assert "The secret reason" in text(police.get(reverse("case", args=[case.ref])))


def test_another_agency_or_the_same_elsewhere_is_no_insider(unit: Unit, case: Case) -> None:
    hit = hit_of(case, unit, agency="police")
    customs = cargo.person(unit, username="customs")
    neighbour = cargo.working_unit(unit.parent, "DOS", "Dostyk")
    both = cargo.person(unit, username="both")
    factories.Membership.objects.create(user=both, unit=neighbour, role=Role.OFFICER, agency="police")
    for user in (customs, both):
        assert signed_in(user).get(reverse("lookout", args=[hit.lookout.ref])).status_code == 404


def test_what_is_for_its_unit_only_keeps_its_reason_from_units_below(desk: Client, unit: Unit, case: Case) -> None:
    hit = HitFactory(
        lookout=LookoutFactory(unit=unit.parent, reason="The secret reason", source_ref="FILE-77", handling="unit"),
        unit=unit,
        consignment=case.consignments.get(),
    )
    for address in (*pages_of(case, hit), reverse("lookout", args=[hit.lookout.ref])):
        page = text(desk.get(address))
        assert "The secret reason" not in page, address
        assert "FILE-77" not in page
    chief = signed_in(cargo.person(unit.parent, username="chief"))
    assert "The secret reason" in text(chief.get(reverse("case", args=[case.ref])))


# ---- links and import


def test_equipment_seals_and_parties_lead_to_the_form(desk: Client, reading: Client, unit: Unit) -> None:
    visit = factories.VisitFactory(call__unit=unit, number="TEMU6180477")
    factories.SealFactory(visit=visit, number="AF123", number_as_written="AF/123")
    known = factories.PartyFactory(unit=unit, tax_id="0705", key="tax:KZ:0705")
    unknown = factories.PartyFactory(unit=unit, name="A & B")
    links = {
        reverse("visit", args=[visit.ref]): ["kind=container&amp;value=TEMU6180477", "kind=seal&amp;value=AF%2F123"],
        reverse("party", args=[known.ref]): ["kind=tax_number&amp;value=0705"],
        reverse("party", args=[unknown.ref]): ["kind=name&amp;value=A%20%26%20B"],
    }
    for address, expected in links.items():
        for link in expected:
            assert link in text(desk.get(address))
        assert "lookouts/new" not in text(reading.get(address))


def csv_file(text: str, name: str = "lookouts.csv") -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, text.encode("utf-8-sig"))


def test_a_table_is_imported_row_by_row(desk: Client, unit: Unit) -> None:
    table = (
        "kind;value;action;reason;expires_on;agency;contact\n"
        f"container;TEMU 618047 7;inform;Seen;{day(30)};;\n"
        f"name;ООО;inform;Seen;{day(30)};;\n"
        f"seal;AF-1234;shout;Seen;{day(30)};;\n"
        f"seal;AF-1234;inform;Seen;someday;;\n"
        f'seal;AF-9999;silent;"Two\nlines";{day(30)};police;55-01\n'
    )
    page = desk.post(reverse("lookout_import"), {"file": csv_file(table)})
    assert page.status_code == 422
    assert "2 lookouts placed" in text(page)
    assert [row.line for row in page.context["refused"]] == [3, 4, 5]
    assert set(Lookout.objects.values_list("value", flat=True)) == {"TEMU 618047 7", "AF-9999"}


def imported(desk: Client, table: str, **said: Any) -> Any:
    return desk.post(reverse("lookout_import"), {"file": csv_file(table), **said})


def key_on(page: Any) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', text(page))
    assert found
    return found[1]


def test_a_table_imported_by_a_second_click_is_there_already(desk: Client, unit: Unit) -> None:
    head = "kind,value,action,reason,expires_on\n"
    good = f"container,TEMU 618047 7,inform,Seen,{day(30)}\n"
    key = key_on(desk.get(reverse("lookout_import")))
    for _click in range(2):
        assert "1 lookout placed" in text(imported(desk, head + good + good, form_key=key))
    assert Lookout.objects.count() == 1
    page = imported(desk, head + good + f"seal,AF-1234,shout,Seen,{day(30)}\n", form_key=key)
    assert page.status_code == 422
    assert key_on(page) == key
    mended = head + good + f"seal,AF-1234,inform,Seen,{day(30)}\n"
    assert imported(desk, mended, form_key=key).status_code == 200
    assert Lookout.objects.count() == 2, "of the whole file, mended, what was in place is not placed twice"


def test_who_keeps_lookouts_in_several_units_sees_and_chooses_for_which_one_imports(desk: Client, unit: Unit) -> None:
    table = f"kind,value,action,reason,expires_on\ncontainer,TEMU 618047 7,inform,Seen,{day(30)}\n"
    alone = text(desk.get(reverse("lookout_import")))
    assert f"Watched for in {unit.name} and in all units below." in alone
    neighbour = factories.UnitFactory(code="DOS", parent=unit.parent)
    user = cargo.person(unit, username="both")
    factories.Membership.objects.create(user=user, unit=neighbour, role=Role.OFFICER)
    both = signed_in(user)
    page = text(both.get(reverse("lookout_import")))
    assert unit.name in page
    assert str(neighbour.ref) in page
    assert imported(both, table).status_code == 422
    elsewhere = factories.UnitFactory(code="DSB", parent__code="TJ")
    assert imported(both, table, unit=str(elsewhere.ref)).status_code == 422
    assert not Lookout.objects.exists()
    done = text(imported(both, table, unit=str(neighbour.ref)))
    assert f"1 lookout placed in {neighbour.name}." in done
    assert Lookout.objects.get().unit == neighbour


def test_placing_by_a_second_click_places_one_and_other_words_place_another(desk: Client, unit: Unit) -> None:
    key = key_on(desk.get(reverse("lookout_new")))
    first = desk.post(reverse("lookout_new"), said(unit, form_key=key))
    assert first.status_code == 302
    assert desk.post(reverse("lookout_new"), said(unit, form_key=key)).url == first.url
    assert Lookout.objects.count() == 1
    other = desk.post(reverse("lookout_new"), said(unit, form_key=key, value="MSKU 123456 5"))
    assert other.url != first.url
    assert key_on(desk.get(reverse("lookout_new"))) != key
    desk.post(reverse("lookout_new"), said(unit, form_key=key_on(desk.get(reverse("lookout_new")))))
    assert Lookout.objects.count() == 3, "a form asked for anew is meant"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("kind,value\n", "The first row lacks"),
        ("kind,value,action,reason,expires_on\n", "no rows under its head"),
        ("kind,value,action,reason,expires_on\n" + "a,b,c,d,e\n" * 301, "More than 300 rows"),
        ("x" * 1_100_000, "larger than a megabyte"),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(desk: Client, unit: Unit, content: str, words: str) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = desk.post(reverse("lookout_import"), {"file": SimpleUploadedFile("x.csv", content.encode())})
    assert page.status_code == 422
    assert words in text(page)


def test_a_table_that_is_not_utf_8_is_told_so(desk: Client, unit: Unit) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = desk.post(reverse("lookout_import"), {"file": SimpleUploadedFile("x.csv", "имя".encode("cp1251"))})
    assert "not UTF-8" in text(page)
