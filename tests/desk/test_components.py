"""Each small part of the pages, drawn on its own."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

NOW = datetime(2026, 5, 12, 9, 32, tzinfo=UTC)


@dataclass(frozen=True)
class Lane:
    code: str
    mark: str
    letter: str
    label: str
    threshold: int | None


@dataclass(frozen=True)
class Fired:
    number: int
    points: int
    short: str = ""
    text: str = ""


@dataclass(frozen=True)
class Unit:
    time_zone: str


LANES = [
    Lane("red", "e", "E", "Examine", 70),
    Lane("orange", "s", "S", "Scan", 55),
    Lane("yellow", "d", "D", "Documents", 40),
    Lane("blue", "a", "A", "Audit", 25),
    Lane("green", "n", "N", "None", None),
]
FIRED = [Fired(n, p) for n, p in enumerate((26, 20, 14, 12, 10, 10, -6), start=1)]
ALTYNKOL = Unit("Asia/Almaty")


def draw(source: str, **context: object) -> str:
    return Template("{% load desk %}" + source).render(Context(context))


def draw_svg(source: str, **context: object) -> ElementTree.Element:
    html = draw(source, **context)
    assert "style=" not in html
    return ElementTree.fromstring(html.strip())


def test_an_icon_is_inline_svg_without_a_style_attribute() -> None:
    svg = draw_svg('{% icon "inbox" 18 %}')
    assert svg.get("class") == "i i-18"
    assert svg.get("width") == "18"
    assert svg.get("aria-hidden") == "true"
    assert svg.findall("path")


def test_an_icon_that_carries_meaning_is_named() -> None:
    svg = draw_svg("{% icon 'lock' label=words %}", words='Taken by "A"')
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == 'Taken by "A"'


@pytest.mark.parametrize("lane", LANES, ids=lambda lane: lane.code)
def test_a_lane_mark_has_its_own_shape_and_the_letter_of_the_lane_table(lane: Lane) -> None:
    svg = draw_svg("{% lane_mark lane %}", lane=lane)
    shape = svg[0]
    assert shape.tag == ("circle" if lane.mark == "n" else "path")
    assert svg.findtext("text") == lane.letter
    others = {draw("{% lane_mark lane %}", lane=other) for other in LANES if other is not lane}
    assert draw("{% lane_mark lane %}", lane=lane) not in others


def test_a_lane_pill_in_a_list_says_the_lane_to_those_who_do_not_see_it() -> None:
    pill = draw_svg("{% lane_pill lane 86 %}", lane=LANES[0])
    assert pill.get("class") == "lane lane-e lane-score"
    assert "".join(pill.itertext()) == "EExamine 86"
    assert pill.find("span").get("class") == "vh"


def test_a_lane_pill_in_a_head_shows_the_word() -> None:
    assert "Examine 86" in draw("{% lane_pill lane 86 word=True %}", lane=LANES[0])
    assert draw("{% lane_pill lane %}", lane=LANES[1]).endswith("Scan</span>")


def test_a_label_from_the_lane_table_is_escaped() -> None:
    lane = Lane("x", "e", "<", "<b>", None)
    assert "<b>" not in draw("{% lane_pill lane 3 %}{% lane_pill lane %}", lane=lane)


def test_the_score_bar_has_a_segment_per_rule_and_the_points_off_dashed_after_the_total() -> None:
    svg = draw_svg("{% score_bar fired lanes %}", fired=FIRED, lanes=LANES)
    classes = [rect.get("class") for rect in svg.findall("rect")]
    assert classes[:7] == ["seg-1", "seg-2", "seg-3", "seg-4", "seg-5", "seg-6", "seg-off"]
    dashed = svg.findall("rect")[6]
    assert dashed.get("x") == "86.00%"
    assert [tspan.text for tspan in svg.iter("tspan") if tspan.get("class") == "tn"] == list("1234567")
    assert [text.text for text in svg.findall("text") if "tot" in text.get("class")] == ["86"]


def test_only_the_lane_the_score_reaches_is_in_full_colour() -> None:
    svg = draw_svg("{% score_bar fired lanes %}", fired=FIRED, lanes=LANES)
    zones = [rect.get("class") for rect in svg.findall("rect") if "zone" in rect.get("class")]
    assert zones == ["zone f-n", "zone f-a", "zone f-d", "zone f-s", "zone f-e zone-on"]


def test_the_score_bar_is_told_in_words() -> None:
    label = draw_svg("{% score_bar fired lanes %}", fired=FIRED, lanes=LANES).get("aria-label")
    assert label == (
        "rule 1: +26, rule 2: +20, rule 3: +14, rule 4: +12, rule 5: +10, rule 6: +10, rule 7: −6, together 86"
    )


def test_the_score_bar_stays_on_its_field_whatever_the_points_are() -> None:
    for points in ([90, 80, 70], [-100, -50, 10], [3], [], [-20]):
        fired = [Fired(n, p) for n, p in enumerate(points, start=1)]
        svg = draw_svg("{% score_bar fired lanes compact=True %}", fired=fired, lanes=LANES)
        for rect in svg.findall("rect"):
            x, width = (float(rect.get(name).rstrip("%")) for name in ("x", "width"))
            assert x >= 0
            assert width > 0
            assert x + width <= 100.01


def test_lengths_of_the_score_bar_keep_their_point_in_a_language_with_a_comma() -> None:
    with translation.override("ru"):
        svg = draw("{% score_bar fired lanes %}", fired=FIRED, lanes=LANES)
    assert re.findall(r'(?:x|width)="[^"]*,[^"]*"', svg) == []


def test_numbers_of_rules_wear_the_tone_of_their_segment() -> None:
    source = "{% for rule, tone in fired|with_tones %}{% rule_number rule.number tone %}{% endfor %}"
    assert re.findall(r"no-(\w+)", draw(source, fired=FIRED)) == ["1", "2", "3", "4", "5", "6", "off"]


@pytest.mark.parametrize(
    ("left", "text", "urgency"),
    [
        (timedelta(hours=2, minutes=10), "2 h 10 min", ""),
        (timedelta(hours=1, minutes=12), "1 h 12 min", "clock-soon"),
        (timedelta(seconds=20), "under 1 min", "clock-soon"),
        (timedelta(minutes=-27), "27 min over", "clock-late"),
        (timedelta(days=3, hours=4, minutes=50), "3 d 4 h", ""),
    ],
)
def test_a_clock_says_what_is_left_and_how_urgent_it_is(left: timedelta, text: str, urgency: str) -> None:
    html = draw("{% clock due now=now %}", due=NOW + left, now=NOW)
    assert text in html
    assert ("clock-soon" in html, "clock-late" in html) == (urgency == "clock-soon", urgency == "clock-late")
    assert ("<svg" in html) == bool(urgency)


def test_a_clock_without_a_time_says_so() -> None:
    assert "no time given" in draw("{% clock due %}", due=None)


def test_a_clock_in_a_head_says_what_it_leads_to() -> None:
    assert "2 h 10 min to arrival" in draw(
        "{% clock due 'arrival' now=now %}", due=NOW + timedelta(minutes=130), now=NOW
    )
    assert "5 min past arrival" in draw("{% clock due 'arrival' now=now %}", due=NOW - timedelta(minutes=5), now=NOW)


def test_a_time_is_shown_in_the_units_zone_with_its_date_and_zone() -> None:
    html = draw("{{ moment|unit_time:unit }}", moment=NOW, unit=ALTYNKOL)
    assert 'datetime="2026-05-12T14:32:00+05:00"' in html
    assert ">12 May 2026, 14:32 UTC+5<" in html


def test_a_time_near_midnight_falls_on_the_units_day() -> None:
    late = datetime(2026, 5, 12, 20, 30, tzinfo=UTC)
    assert draw("{{ moment|unit_day:unit }}", moment=late, unit=ALTYNKOL) == "13 May 2026"
    assert ">01:30<" in draw("{{ moment|unit_clock:zone }}", moment=late, zone=ZoneInfo("Asia/Almaty"))


def test_half_hour_zones_are_named_in_full() -> None:
    assert "UTC+5:30" in draw("{{ moment|unit_time:'Asia/Kolkata' }}", moment=NOW)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("TEMU6180477", "TEMU 618047 7"), ("temu 618047 7", "TEMU 618047 7"), ("5264118", "5264118"), (None, "")],
)
def test_container_numbers_are_set_in_their_three_parts(raw: str | None, shown: str) -> None:
    assert draw("{{ raw|container_number }}", raw=raw) == shown


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [
        (19860, "19,860", "19\xa0860"),
        (Decimal("19860.500"), "19,860.5", "19\xa0860,5"),
        (Decimal("1E+3"), "1,000", "1\xa0000"),
        (0.1, "0.1", "0,1"),
        (None, "–", "–"),
    ],
)
def test_quantities_are_grouped_as_the_reader_is_used_to(value: object, english: str, russian: str) -> None:
    assert draw("{{ value|quantity }}", value=value) == english
    with translation.override("ru"):
        assert draw("{{ value|quantity }}", value=value) == russian


@pytest.mark.parametrize(("share", "shown"), [(15 / 56, "27"), (0.0996, "10.0"), (0.0824, "8.2"), (1, "100"), (0, "0")])
def test_what_is_rounded_for_show_is_not_cut_off(share: float, shown: str) -> None:
    assert draw("{{ share|percent }}", share=share) == f"{shown}\N{NARROW NO-BREAK SPACE}%"
    assert draw("{{ value|quantity:0 }}", value=Decimal("12.7")) == "13"


def test_points_line_up_with_a_true_minus() -> None:
    assert [draw("{{ points|signed }}", points=points) for points in (26, -6, 0)] == ["+26", "−6", "0"]


def test_a_person_is_two_letters_and_a_name() -> None:
    html = draw("{% avatar name is_me=True %}", name="Айгерім Серікбай")
    assert ">АС</span>" in html
    assert "av-me" in html
    assert 'aria-label="Nobody"' in draw("{% avatar '' %}")
