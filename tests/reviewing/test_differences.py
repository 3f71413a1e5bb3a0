"""What differs between two submissions, whatever they say."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inspections.choices import Point
from inspections.differences import Section, differences
from profiling.cases.choices import Method

words = st.text("abc ", max_size=6)
refs = st.uuids().map(str)


def rows(fields: Any) -> Any:
    return st.lists(fields, max_size=3, unique_by=lambda row: row["ref"])


def fixed(**fields: Any) -> Any:
    return st.fixed_dictionaries(
        {name: st.just(value) if isinstance(value, str) else value for name, value in fields.items()}
    )


seals = rows(fixed(ref=refs, event=st.sampled_from(["found", "affixed"]), number=words, note=words))
lines = rows(
    fixed(
        ref=refs, visit=refs, kind="container", equipment=words,
        methods=st.dictionaries(st.sampled_from(Method.values), fixed(done=st.just(True), note=words), max_size=3),
        points=st.dictionaries(st.sampled_from(Point.values), fixed(state=st.sampled_from(["ok", "no"]), note=words)),
        packages_declared=st.integers(0, 9), packages_found=st.integers(0, 9) | st.none(), counted_how=words,
        gross_declared_kg=words, gross_found_kg=words, weighed_how=words, weighing_note=words, difference_note=words,
        radiation_usvh=words, radiation_background_usvh=words, radiation_device=words, findings=words,
        photos_note=words, result=st.sampled_from(["found", "clean"]), found_in=st.none(), seals=seals,
    )
)  # fmt: skip
photos = rows(fixed(ref=refs, line="", seal="", kind=st.sampled_from(["seal", "doors"]), caption=words, sha256=words))
seizures = rows(
    fixed(
        ref=refs, number=words, line="", visit="", equipment="", commodity=words,
        description=words, custody=st.integers(0, 3),
        facts=st.dictionaries(st.sampled_from(["brand", "cases"]), words),
        links=rows(fixed(ref=refs, name=words, kind="person")), samples=rows(fixed(ref=refs, bag=words, verdict=words)),
    )
)  # fmt: skip
acts = fixed(
    act=fixed(place=words, remarks=words, number="INS-1"),
    team=st.lists(fixed(user=refs, name=words, agency=words), max_size=3, unique_by=lambda member: member["user"]),
    present=st.lists(fixed(name=words, capacity=words), max_size=3),
    lines=lines, photos=photos, seizures=seizures,
)  # fmt: skip


@given(acts)
def test_an_act_does_not_differ_from_itself(act):
    told = differences(act, copy.deepcopy(act))
    assert told.changes == ()


@given(acts)
def test_another_order_is_no_difference(act):
    other = copy.deepcopy(act)
    for part in ("team", "present", "lines", "photos", "seizures"):
        other[part].reverse()
    for line in other["lines"]:
        line["seals"].reverse()
        line["points"] = dict(reversed(line["points"].items()))
    for seizure in other["seizures"]:
        seizure["samples"].reverse()
        seizure["links"].reverse()
    assert differences(act, other).changes == ()


@given(acts, acts)
def test_the_way_back_tells_the_same_the_other_way_round(one, other):
    there = {(c.section, c.ref, c.field): (c.before, c.after) for c in differences(one, other).changes}
    back = {(c.section, c.ref, c.field): (c.after, c.before) for c in differences(other, one).changes}
    assert there == back
    assert len(there) == len(differences(one, other).changes), "something is told twice"


def a_line() -> dict[str, Any]:
    return {
        "ref": "line-1", "visit": "v", "kind": "container", "equipment": "TEMU6180477",
        "methods": {"scan": {"done": True, "device": "X-1"}},
        "points": {point: {"state": "ok", "note": ""} for point in Point.values},
        "packages_declared": 10, "packages_found": 10, "counted_how": "counted", "gross_declared_kg": "10",
        "gross_found_kg": "10", "weighed_how": "scale", "weighing_note": "", "difference_note": "",
        "radiation_usvh": "0.1", "radiation_background_usvh": "0.1", "radiation_device": "R", "findings": "Sheet",
        "photos_note": "", "result": "found", "found_in": None,
        "seals": [{"ref": "seal-1", "event": "found", "number": "S1", "condition": "intact"}],
    }  # fmt: skip


def an_act() -> dict[str, Any]:
    return {
        "act": {"number": "INS-1", "place": "Shed"},
        "team": [{"user": "u", "name": "D. Ospanova", "agency": "customs", "leads": True}],
        "present": [{"name": "A. Driver", "capacity": "Carrier"}],
        "lines": [a_line()],
        "photos": [{"ref": "photo-1", "line": "line-1", "seal": "", "kind": "doors", "caption": "", "sha256": "a"}],
        "seizures": [
            {
                "ref": "seizure-1", "number": "SEI-1", "line": "line-1", "visit": "v", "equipment": "TEMU6180477",
                "commodity": "tobacco", "custody": 1, "facts": {"cases": 240},
                "links": [{"ref": "link-1", "name": "Broker", "kind": "company"}],
                "samples": [{"ref": "sample-1", "bag": "B1", "verdict": ""}],
            }
        ],
    }  # fmt: skip


# Where a field stands, and where its change is told.
FIELDS = {
    ("act", "place"): (Section.ACT, "", "place"),
    ("team", 0, "leads"): (Section.TEAM, "", "leads"),
    ("present", 0, "capacity"): (Section.PRESENT, "", "capacity"),
    ("lines", 0, "methods", "scan", "device"): (Section.METHODS, "TEMU6180477", "device"),
    ("lines", 0, "points", "floor", "state"): (Section.POINTS, "TEMU6180477", "floor"),
    ("lines", 0, "points", "floor", "note"): (Section.POINTS, "TEMU6180477", "floor.note"),
    ("lines", 0, "gross_found_kg"): (Section.PACKAGES, "TEMU6180477", "gross_found_kg"),
    ("lines", 0, "radiation_usvh"): (Section.RADIATION, "TEMU6180477", "radiation_usvh"),
    ("lines", 0, "findings"): (Section.FINDINGS, "TEMU6180477", "findings"),
    ("lines", 0, "seals", 0, "condition"): (Section.SEALS, "TEMU6180477", "condition"),
    ("photos", 0, "caption"): (Section.PHOTOS, "TEMU6180477", "caption"),
    ("seizures", 0, "commodity"): (Section.SEIZURES, "SEI-1", "commodity"),
    ("seizures", 0, "facts", "cases"): (Section.SEIZURES, "SEI-1", "facts.cases"),
    ("seizures", 0, "links", 0, "kind"): (Section.LINKS, "SEI-1", "kind"),
    ("seizures", 0, "samples", 0, "verdict"): (Section.SAMPLES, "SEI-1", "verdict"),
}


def test_every_changed_field_is_told_once_and_where_it_is():
    for way, told in FIELDS.items():
        after = an_act()
        place: Any = after
        for step in way[:-1]:
            place = place[step]
        before, place[way[-1]] = place[way[-1]], "new"
        found = differences(an_act(), after).changes
        assert [(c.section, c.where, c.field, c.before, c.after) for c in found] == [(*told, before, "new")]


def test_all_changed_fields_together_are_each_told_once():
    after = an_act()
    for way in FIELDS:
        place: Any = after
        for step in way[:-1]:
            place = place[step]
        place[way[-1]] = "new"
    before, told = an_act(), differences(an_act(), after)
    assert sorted((c.section, c.where, c.field) for c in told.changes) == sorted(FIELDS.values())
    assert told.unchanged == differences(before, before).unchanged - sum(1 for c in told.changes if c.before != "")


def test_what_is_new_is_told_as_a_whole_and_its_parts_not_again():
    after = an_act()
    after["lines"].append(a_line() | {"ref": "line-2", "equipment": "BMOU5521765", "seals": []})
    after["photos"].append(
        {"ref": "photo-2", "line": "line-2", "seal": "", "kind": "empty", "caption": "", "sha256": "b"}
    )
    after["seizures"].clear()
    told = [
        (c.section, c.where, c.field, c.before is None, c.after is None) for c in differences(an_act(), after).changes
    ]
    assert told == [
        (Section.LINES, "BMOU5521765", "", True, False),
        (Section.PHOTOS, "BMOU5521765", "", True, False),
        (Section.SEIZURES, "SEI-1", "", False, True),
    ]


def test_missing_and_empty_are_the_same():
    after = an_act()
    after["act"]["remarks"] = ""
    after["lines"][0]["points"]["roof"].pop("note")
    assert differences(an_act(), after).changes == ()
