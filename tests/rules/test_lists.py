"""Named lists: what an entry may be, versions, lists in lists, rings, and what a release pins."""

import os
from datetime import date, timedelta

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from profiling.indicators.catalogue import REGISTRY
from profiling.reference import hs
from profiling.rules import lists, starter_lists
from profiling.rules.compiling import compiled
from profiling.rules.core.checking import InvalidConditionError, parse
from profiling.rules.core.lists import MAX_ENTRIES, ListKind, Named, Written, codes_in, read_entries, resolve
from profiling.rules.core.tried import fired
from profiling.rules.list_errors import ENTRY_SENTENCES, InvalidListError, ListChangedError, entry_sentence
from profiling.rules.models import NamedList
from profiling.rules.services import asleep_on, score_chunk
from profiling.rules.trying import side_of
from tests import factories
from tests.factories_workbench import NamedListFactory, NamedListVersionFactory
from tests.rules.trees import CATALOGUE


# ------------------------------------------------------------------ entries
def test_entries_are_kept_once_in_the_form_that_is_compared() -> None:
    assert read_entries(ListKind.HS, ["8542.31", " 85 42 31 ", "", "9403"]) == (("854231", "9403"), ())
    assert read_entries(ListKind.COUNTRY, ["kz", "KZ ", "TJ"]) == (("KZ", "TJ"), ())
    assert read_entries(ListKind.WORD, ["Used  parts", "USED PARTS", "steel"]) == (("Used parts", "steel"), ())
    assert read_entries(ListKind.CODE, ["a", "A"]) == (("a", "A"), ())


@pytest.mark.parametrize(
    ("kind", "line", "code"),
    [
        (ListKind.HS, "8", "hs"),
        (ListKind.HS, "85423100001", "hs"),
        (ListKind.HS, "chapter 85", "hs"),
        (ListKind.HS, "٨٥٤٢", "hs"),
        (ListKind.COUNTRY, "KAZ", "country"),
        (ListKind.COUNTRY, "XX", "country"),
        (ListKind.WORD, "- . -", "no_word"),
        (ListKind.WORD, "a" * 201, "length"),
        (ListKind.CODE, "a" * 65, "length"),
    ],
)
def test_a_line_that_is_no_entry_is_told_by_its_number_and_the_others_are_kept(
    kind: ListKind, line: str, code: str
) -> None:
    good = {ListKind.HS: "9403", ListKind.COUNTRY: "KZ"}.get(kind, "steel")
    entries, errors = read_entries(kind, [good, line])
    assert entries == (good,)
    assert [(one.line, one.code) for one in errors] == [(2, code)]
    assert "2" in entry_sentence(errors[0])
    assert code in ENTRY_SENTENCES


def test_ten_thousand_entries_are_taken_and_one_more_is_told() -> None:
    lines = [str(n) for n in range(MAX_ENTRIES + 1)]
    assert read_entries(ListKind.CODE, lines[:-1])[1] == ()
    entries, errors = read_entries(ListKind.CODE, lines)
    assert len(entries) == MAX_ENTRIES
    assert [(one.line, one.code) for one in errors] == [(MAX_ENTRIES + 1, "too_many")]


@given(kind=st.sampled_from(ListKind), lines=st.lists(st.text(max_size=30), max_size=8))
def test_no_line_breaks_the_reading_and_what_was_kept_reads_to_itself(kind: ListKind, lines: list[str]) -> None:
    entries, _errors = read_entries(kind, lines)
    assert read_entries(kind, entries) == (entries, ())


# ------------------------------------------------------------------ lists in lists
def words(*entries: str, includes: tuple[str, ...] = ()) -> Written:
    return Written(ListKind.WORD, entries, includes)


def test_a_list_holds_what_it_includes_however_often_it_meets_it() -> None:
    written = {"a": words("x", includes=("b", "c")), "b": words("y", includes=("c",)), "c": words("z", "X")}
    assert resolve("a", written).entries == ("x", "y", "z")


def test_a_ring_and_a_list_that_is_not_there_are_told_and_not_walked_forever() -> None:
    written = {"a": words(includes=("b",)), "b": words(includes=("c",)), "c": words(includes=("b",))}
    assert resolve("a", written).cycle == ("b", "c", "b")
    assert resolve("a", {"a": words(includes=("gone",))}).absent == "gone"
    deep = {f"l{n}": words(f"w{n}", includes=(f"l{n + 1}",)) for n in range(3000)} | {"l3000": words("end")}
    assert len(resolve("l0", deep).entries) == 3001


@pytest.mark.parametrize(
    ("named", "code"),
    [
        (Named("l", ListKind.COUNTRY, (), cycle=("l", "m", "l")), "list_cyclic"),
        (Named("l", ListKind.COUNTRY, (), absent="m"), "list_incomplete"),
        (Named("l", ListKind.HS, ("94",)), "list_kind"),
        (Named("l", ListKind.WORD, ("steel",)), "list_kind"),
        (Named("l", ListKind.COUNTRY, tuple(map(str, range(MAX_ENTRIES + 1)))), "list_too_long"),
        (Named("other", ListKind.COUNTRY, ("KZ",)), "unknown_list"),
    ],
    ids=["ring", "absent", "headings", "words", "long", "unknown"],
)
def test_a_list_that_cannot_be_used_is_told_at_its_place(named: Named, code: str) -> None:
    tree = {"all": [{"lhs": "origin", "op": "in", "value": {"list": "l"}}]}
    with pytest.raises(InvalidConditionError) as caught:
        parse(tree, CATALOGUE, {named.code: named})
    assert [(one.path, one.code) for one in caught.value.errors] == [("/all/0/value/list", code)]


def test_lists_are_found_in_any_tree() -> None:
    leaf = {"lhs": "origin", "op": "in", "value": {"list": "near"}}
    assert set(codes_in([{"any": [leaf]}, [{"condition": {"not": {**leaf, "value": {"list": "far"}}}}]])) == {
        "near",
        "far",
    }


# ------------------------------------------------------------------ services
@pytest.fixture
def country(db):
    return factories.CountryFactory()


@pytest.fixture
def analyst(country):
    return factories.person(country, "analyst")


def make(country, analyst, code="vague", **more):
    said = {"kind": "word", "titles": {"en": code}, "lines": ["steel"], **more}
    return lists.make_list(unit=country, user=analyst, code=code, **said)


def test_a_list_is_made_and_changed_by_versions(country, analyst) -> None:
    first = make(country, analyst)
    second = lists.change_list(
        named_list=first.named_list, user=analyst, based_on=1, lines=["used parts", "Steel"], note="wider"
    )
    assert (first.number, second.number) == (1, 2)
    assert lists.difference(first, second) == lists.Difference(("used parts",), ())
    assert lists.difference(None, first).added == ("steel",)
    assert lists.at_hand(country)["vague"].entries == ("used parts", "Steel")


def test_who_saw_an_older_version_is_told_and_saving_the_same_makes_none(country, analyst) -> None:
    first = make(country, analyst)
    same = lists.change_list(named_list=first.named_list, user=analyst, based_on=1, lines=["steel"])
    assert same == first
    lists.change_list(named_list=first.named_list, user=analyst, based_on=1, lines=["iron"])
    with pytest.raises(ListChangedError):
        lists.change_list(named_list=first.named_list, user=analyst, based_on=1, lines=["copper"])
    assert first.named_list.versions.count() == 2


def test_what_is_wrong_is_told_by_field_and_nothing_is_kept(country, analyst) -> None:
    with pytest.raises(InvalidListError) as caught:
        make(country, analyst, code="Not A Code", kind="colour", titles={"en": " "})
    assert set(caught.value.errors) == {"code", "kind", "titles"}
    with pytest.raises(InvalidListError) as caught:
        make(country, analyst, lines=["steel", "--"], includes=["gone"])
    assert set(caught.value.errors) == {"lines", "includes"}
    assert [(one.line, one.code) for one in caught.value.lines] == [(2, "no_word")]
    assert not country.pk or lists.at_hand(country) == {}


def test_a_ring_is_refused_and_named(country, analyst) -> None:
    a = make(country, analyst, code="a").named_list
    make(country, analyst, code="b", includes=["a"])
    make(country, analyst, code="c", includes=["b"])
    for includes in (["c"], ["a"]):
        with pytest.raises(InvalidListError) as caught:
            lists.change_list(named_list=a, user=analyst, based_on=1, lines=["steel"], includes=includes)
        assert "a → " in caught.value.errors["includes"]
    assert lists.at_hand(country)["c"].entries == ("steel",)


def test_only_lists_of_one_kind_go_together_and_not_too_many_entries(country, analyst) -> None:
    make(country, analyst, code="numbers", kind="code", lines=[str(n) for n in range(MAX_ENTRIES)])
    with pytest.raises(InvalidListError) as caught:
        make(country, analyst, code="more", kind="code", lines=["x"], includes=["numbers"])
    assert "includes" in caught.value.errors
    with pytest.raises(InvalidListError):
        make(country, analyst, code="words", kind="word", lines=["x"], includes=["numbers"])


def test_only_who_keeps_the_lists_changes_them(country, analyst) -> None:
    officer = factories.person(country, "officer")
    with pytest.raises(PermissionDenied):
        make(country, officer)
    made = make(country, analyst)
    with pytest.raises(PermissionDenied):
        lists.change_list(named_list=made.named_list, user=officer, based_on=1, lines=["x"])


def test_a_list_is_read_by_the_units_below_its_node_and_by_no_other_country(country, analyst) -> None:
    made = make(country, analyst).named_list
    post = factories.UnitFactory(parent=country)
    officer = factories.person(post, "officer")
    stranger = factories.person(factories.CountryFactory(code="UZ"), "officer")
    assert list(lists.readable_by(officer)) == [made]
    assert list(lists.readable_by(stranger)) == []


def test_the_nearest_list_of_a_code_counts(country, analyst) -> None:
    make(country, analyst)
    post = factories.UnitFactory(parent=country)
    NamedListVersionFactory(named_list=NamedListFactory(unit=post, code="vague", kind="word"), entries=["iron"])
    assert lists.at_hand(post)["vague"].entries == ("iron",)
    assert lists.at_hand(country)["vague"].entries == ("steel",)


def test_a_country_begins_with_published_lists_and_keeps_what_it_changed(country, analyst) -> None:
    assert lists.install_starter_lists(unit=country) == len(starter_lists.LISTS)
    held = lists.at_hand(country)
    assert len(held["chpl"].entries) == 50
    chpl = NamedList.objects.get(code="chpl")
    lists.change_list(named_list=chpl, user=analyst, based_on=1, lines=["854231"])
    assert lists.install_starter_lists(unit=country) == 0
    assert lists.at_hand(country)["chpl"].entries == ("854231",)


@pytest.mark.parametrize("one", starter_lists.LISTS, ids=lambda one: one.code)
def test_every_starter_entry_is_one_and_stands_once(one: starter_lists.StarterList) -> None:
    assert read_entries(one.kind, one.entries) == (one.entries, ())
    assert set(one.titles) == {"en", "ru"}
    if one.kind is ListKind.HS:
        assert [code for code in one.entries if not hs.is_subheading(code)] == []


def test_polars_keeps_to_one_thread_in_the_product() -> None:
    assert os.environ["POLARS_MAX_THREADS"]


# ------------------------------------------------------------------ releases
def release_with(country, condition, exceptions=()):
    rule = factories.RuleFactory(unit=country, code="R-901")
    version = factories.RuleVersionFactory(rule=rule, condition=condition, exceptions=list(exceptions), points=20)
    release = factories.ReleaseFactory(unit=country, name="lists", thresholds={"red": 60, "green": None})
    release.versions.set([version])
    return release, version


def scored(release, row, day="2026-09-16"):
    compiled.cache_clear()
    sleep = asleep_on(release.pk, date.fromisoformat(day))
    (result,) = score_chunk(compiled(release.pk, day), [row], sleep)
    return result


def test_a_release_scores_with_the_lists_it_pinned_whatever_changes_later(country, analyst) -> None:
    inner = make(country, analyst, code="inner", kind="hs", lines=["9403"]).named_list
    make(country, analyst, code="outer", kind="hs", lines=["44"], includes=["inner"])
    release, version = release_with(country, {"lhs": "hs_heading", "op": "in", "value": {"list": "outer"}})
    lists.pin(release=release)
    assert {one.named_list.code for one in release.lists.all()} == {"inner", "outer"}
    lists.change_list(named_list=inner, user=analyst, based_on=1, lines=["8542"])
    assert scored(release, {"hs_heading": "9403"}).points == 20
    assert scored(release, {"hs_heading": "8542"}).points == 0
    assert lists.rules_using(inner) == []
    assert lists.rules_using(inner.__class__.objects.get(code="outer")) == [version]
    assert lists.including(inner) == ["outer"]


def test_a_release_that_names_a_list_that_is_not_there_is_not_pinned(country) -> None:
    release, _version = release_with(country, {"lhs": "hs_heading", "op": "in", "value": {"list": "gone"}})
    with pytest.raises(InvalidListError):
        lists.pin(release=release)


def test_a_rule_that_cannot_be_compiled_is_told_and_the_others_score(country) -> None:
    release, _version = release_with(country, {"lhs": "hs_heading", "op": "in", "value": {"list": "gone"}})
    other = factories.RuleVersionFactory(
        rule=factories.RuleFactory(unit=country, code="R-902"),
        condition={"lhs": "hs_heading", "op": "eq", "value": "9403"},
        points=5,
    )
    release.versions.add(other)
    assert scored(release, {"hs_heading": "9403"}).points == 5
    assert [code for code, _why in compiled(release.pk, "2026-09-16").faults] == ["R-901"]


def test_an_exception_counts_up_to_its_last_day(country) -> None:
    known = {"condition": {"lhs": "hs_heading", "op": "eq", "value": "9403"}, "until": "2026-09-30", "note": "line 4"}
    release, _version = release_with(country, {"lhs": "hs_heading", "op": "is_present"}, [known])
    assert scored(release, {"hs_heading": "9403"}, "2026-09-30").points == 0
    assert scored(release, {"hs_heading": "9403"}, "2026-10-01").points == 20
    assert scored(release, {"hs_heading": "8542"}, "2026-09-30").points == 20


# ------------------------------------------------------------------ the past
def fires(release, *headings):
    (rule,) = side_of(release).rules
    rows = pl.DataFrame({"hs_heading": list(headings)})
    return fired(rule, rows, REGISTRY.specs(), release.unit.time_zone).to_list()


def test_a_release_is_tried_with_what_it_pinned_and_a_draft_with_what_it_would_pin(country, analyst) -> None:
    listed = make(country, analyst, code="watched", kind="hs", lines=["9403"]).named_list
    release, _version = release_with(country, {"lhs": "hs_heading", "op": "in", "value": {"list": "watched"}})
    lists.pin(release=release)
    lists.change_list(named_list=listed, user=analyst, based_on=1, lines=["8542"])
    assert fires(release, "9403", "8542") == [True, False]
    release.state = release.State.DRAFT
    assert fires(release, "9403", "8542") == [False, True]


def test_a_rule_that_sleeps_today_is_not_tried(country) -> None:
    release, version = release_with(country, {"lhs": "hs_heading", "op": "is_present"})
    assert [rule.code for rule in side_of(release).rules] == ["R-901"]
    version.rule.suspended_until = timezone.localdate() + timedelta(days=3)
    version.rule.save()
    assert side_of(release).rules == ()
