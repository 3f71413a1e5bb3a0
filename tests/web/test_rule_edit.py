"""The editor of a rule: every act is a post of the form, nothing typed is lost, nothing of another is overwritten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pcu.accounts.roles import Role
from profiling.rules import drafts
from profiling.rules.models import Proposal, RuleDraft
from profiling.web.rule_edit import MOST_EXCEPTIONS
from profiling.web.rule_tree import MOST_ROWS
from tests import factories
from tests.rules.written import said
from tests.web.pages import holds_something_inline, text

HEAVY = {"lhs": "gross_kg", "op": "gt", "value": 20000}
LIGHT = {"lhs": "gross_kg", "op": "lt", "value": 5}


@pytest.fixture
def kz(db: None) -> Any:
    return factories.UnitFactory().parent


@pytest.fixture
def analyst(kz: Any) -> Any:
    return factories.person(kz, Role.ANALYST)


@pytest.fixture
def client(analyst: Any) -> Client:
    client = Client()
    client.force_login(analyst)
    return client


def begun(kz: Any, analyst: Any, **changed: Any) -> RuleDraft:
    return drafts.start(unit=kz, user=analyst, said=said(**changed))


def address(draft: RuleDraft) -> str:
    return reverse("rule_edit", args=[draft.ref])


def fields(draft: RuleDraft, rows: list[dict[str, Any]] | None = None, **changed: Any) -> dict[str, Any]:
    """The form of a draft as a browser without scripts sends it."""
    form: dict[str, Any] = {
        "edit": draft.edit, "exceptions": 0, "points": draft.points, "code": draft.code, "owner": draft.owner,
        "expires_on": draft.expires_on.isoformat(), "note": draft.note,
    }  # fmt: skip
    for name in ("titles", "shorts", "reasons"):
        form |= {f"{name}.{code}": words for code, words in getattr(draft, name).items()}
    for number, row in enumerate(rows or []):
        form.setdefault("c.depth", []).append(row.pop("depth"))
        form |= {f"c.{number}.{name}": value for name, value in row.items()}
    return form | changed


def two_rows() -> list[dict[str, Any]]:
    return [
        {"depth": 0, "kind": "all"},
        {"depth": 1, "kind": "leaf", "fact": "gross_kg", "op": "gt", "value": "20 000"},
        {"depth": 1, "kind": "leaf", "fact": "gross_kg", "op": "lt", "value": "5"},
    ]


@pytest.mark.parametrize(
    ("doing", "condition"),
    [
        ("save", {"all": [HEAVY, LIGHT]}),
        ("c.0:condition", {"all": [HEAVY, LIGHT, {"lhs": ""}]}),
        ("c.1:condition", {"all": [HEAVY, {"lhs": ""}, LIGHT]}),
        ("c.0:group", {"all": [HEAVY, LIGHT, {"any": [{"lhs": ""}]}]}),
        ("c.2:up", {"all": [LIGHT, HEAVY]}),
        ("c.1:down", {"all": [LIGHT, HEAVY]}),
        ("c.1:negate", {"all": [{"not": HEAVY}, LIGHT]}),
        ("c.0:negate", {"not": {"all": [HEAVY, LIGHT]}}),
        ("c.1:duplicate", {"all": [HEAVY, HEAVY, LIGHT]}),
        ("c.2:delete", {"all": [HEAVY]}),
        ("c.2:in", {"all": [HEAVY, {"any": [LIGHT]}]}),
        ("c.1:out", {"all": [HEAVY, LIGHT]}),
        ("c.99:delete", {"all": [HEAVY, LIGHT]}),
    ],
)
def test_every_act_is_a_post_of_the_whole_form(kz, analyst, client, doing, condition):
    draft = begun(kz, analyst)
    answer = client.post(address(draft), fields(draft, two_rows(), do=doing))
    assert answer.status_code == 200
    draft.refresh_from_db()
    assert draft.condition == condition
    assert not holds_something_inline(answer)


def test_what_is_wrong_is_kept_and_told_beside_its_row(kz, analyst, client):
    draft = begun(kz, analyst)
    rows = [
        {"depth": 0, "kind": "all"},
        {"depth": 1, "kind": "leaf", "fact": "gross_kg", "op": "between", "value": ["heavy", "5"]},
    ]
    page = client.post(address(draft), fields(draft, rows)).content.decode()
    draft.refresh_from_db()
    assert draft.condition == {"all": [{"lhs": "gross_kg", "op": "between", "value": ["heavy", 5]}]}
    assert 'value="heavy"' in page
    assert 'id="c.1.err"' in page
    assert re.search(r'value="propose"\s+disabled', page)
    assert "The preview keeps the last valid state" in page


def test_a_wrong_line_of_a_list_is_told_by_its_number(kz, analyst, client):
    draft = begun(kz, analyst)
    long = "X" * 65
    rows = [
        {"depth": 0, "kind": "all"},
        {"depth": 1, "kind": "leaf", "fact": "origin_country", "op": "in", "values": f"CN\n{long}\nKZ"},
    ]
    answer = client.post(address(draft), fields(draft, rows))
    draft.refresh_from_db()
    assert draft.condition["all"][0]["value"] == ["CN", long, "KZ"]
    assert "Line 2:" in text(answer)


def test_points_that_are_no_number_come_back_in_their_field_and_the_rest_is_saved(kz, analyst, client):
    draft = begun(kz, analyst)
    answer = client.post(address(draft), fields(draft, two_rows(), points="many"))
    assert answer.status_code == 422
    assert 'value="many"' in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.points, draft.condition) == (30, {"all": [HEAVY, LIGHT]})


def test_two_people_are_told_and_nothing_is_overwritten_until_one_has_seen_the_other(kz, analyst, client):
    draft = begun(kz, analyst)
    drafts.save(draft=draft, user=factories.person(kz, Role.ANALYST), expected_edit=0, said={"points": 7})
    answer = client.post(address(draft), fields(draft, two_rows(), points="44"))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert 'value="44"' in page
    assert "<del>7</del>" in page
    draft.refresh_from_db()
    assert draft.points == 7
    stale = RuleDraft.objects.get(pk=draft.pk)
    stale.edit = 0
    client.post(address(draft), fields(stale, two_rows(), points="44", take_mine="1"))
    draft.refresh_from_db()
    assert draft.points == 44


def test_an_exception_is_added_and_kept_with_its_end_and_its_note(kz, analyst, client):
    draft = begun(kz, analyst)
    client.post(address(draft), fields(draft, two_rows(), do="exception"))
    draft.refresh_from_db()
    assert len(draft.exceptions) == 1
    form = fields(draft, two_rows(), exceptions=1)
    form |= {"x0.depth": [0, 1], "x0.0.kind": "all", "x0.1.kind": "leaf", "x0.1.fact": "gross_kg", "x0.1.op": "gt",
             "x0.1.value": "30000", "x0.until": "2030-01-31", "x0.note": "a known firm"}  # fmt: skip
    client.post(address(draft), form)
    draft.refresh_from_db()
    condition = {"all": [{"lhs": "gross_kg", "op": "gt", "value": 30000}]}
    assert draft.exceptions == [{"condition": condition, "until": "2030-01-31", "note": "a known firm"}]
    client.post(address(draft), fields(draft, two_rows(), exceptions=1, do="x0:remove"))
    draft.refresh_from_db()
    assert draft.exceptions == []


def test_json_is_taken_and_what_is_no_json_stays_in_its_field(kz, analyst, client):
    draft = begun(kz, analyst)
    answer = client.post(address(draft), fields(draft, two_rows(), do="import", json='{"any": ['))
    assert answer.status_code == 422
    assert "line 1" in text(answer)
    draft.refresh_from_db()
    client.post(address(draft), fields(draft, two_rows(), do="import", json='{"any": [{"lhs": "nobody"}]}'))
    draft.refresh_from_db()
    assert draft.condition == {"any": [{"lhs": "nobody"}]}


@pytest.mark.parametrize(
    "tree",
    [[], "words", {"all": {}}, {"lhs": 7}, {"lhs": "gross_kg", "more": 1}, {"not": {"any": []}}, {"all": [None, {}]}],
    ids=["list", "text", "no-members", "number", "extra", "empty-none", "nothing"],
)
def test_whatever_a_draft_keeps_has_a_page(kz, analyst, client, tree):
    assert client.get(address(begun(kz, analyst, condition=tree))).status_code == 200


def test_groups_two_hundred_deep_have_a_page(kz, analyst, client):
    tree: dict[str, Any] = HEAVY
    for _level in range(200):
        tree = {"all": [tree]}
    answer = client.get(address(begun(kz, analyst, condition=tree)))
    assert "too deep" in text(answer)


def test_a_rule_in_order_is_proposed_without_scripts(kz, analyst, client):
    draft = begun(kz, analyst)
    rows = two_rows()[:2]
    answer = client.post(address(draft), fields(draft, rows, do="propose"))
    assert answer.status_code == 302
    assert Proposal.objects.get().version.condition == {"all": [HEAVY]}


def test_the_sentence_is_read_in_the_language_that_was_chosen(kz, analyst, client):
    draft = begun(kz, analyst)
    assert (
        '<p class="ru-say" lang="ru">'
        in client.post(address(draft), fields(draft, two_rows()[:2], speak="ru")).content.decode()
    )


def test_outsiders_see_nothing_and_readers_write_nothing(kz, analyst):
    draft = begun(kz, analyst)
    outsider, officer = Client(), Client()
    outsider.force_login(factories.person(factories.UnitFactory(code="DSB", parent__code="TJ"), Role.ANALYST))
    officer.force_login(factories.person(kz, Role.OFFICER))
    assert outsider.get(address(draft)).status_code == 404
    assert outsider.post(address(draft), fields(draft)).status_code == 404
    assert officer.post(address(draft), fields(draft)).status_code == 403
    draft.refresh_from_db()
    assert draft.edit == 0


def test_a_form_that_says_more_than_a_rule_may_hold_is_refused_whole(kz, analyst, client):
    draft = begun(kz, analyst)
    many = [{"depth": 0, "kind": "all"}, *({"depth": 1, "kind": "leaf", "fact": "gross_kg"} for _ in range(MOST_ROWS))]
    refused = client.post(address(draft), fields(draft, many))
    assert (refused.status_code, "nothing was saved" in text(refused)) == (422, True)
    refused = client.post(address(draft), fields(draft, two_rows(), exceptions=MOST_EXCEPTIONS + 1))
    assert refused.status_code == 422
    draft.refresh_from_db()
    assert (draft.edit, draft.condition) == (0, said()["condition"])


def test_texts_of_languages_the_form_does_not_ask_for_stay(kz, analyst, client):
    draft = begun(kz, analyst, titles={"en": "Heavy", "ru": "Тяжёлый", "kk": "Ауыр"})
    form = fields(draft, two_rows())
    form = {name: value for name, value in form.items() if not name.endswith(".kk")} | {"titles.en": "Very heavy"}
    assert client.post(address(draft), form).status_code == 200
    draft.refresh_from_db()
    assert draft.titles == {"en": "Very heavy", "ru": "Тяжёлый", "kk": "Ауыр"}


@pytest.mark.parametrize("where", ["row", "exception", "import"])
def test_a_sign_that_no_text_holds_is_taken_out_wherever_json_says_it(kz, analyst, client, where):
    draft = begun(kz, analyst)
    hidden = '{"lhs": "gross\\u0000_kg", "op": "gt", "value": 1, "x": 2}'
    rows = [{"depth": 0, "kind": "all"}, {"depth": 1, "kind": "json", "text": hidden}]
    more = {"row": {}, "exception": {"exceptions": 1, "x0.json": hidden}, "import": {"do": "import", "json": hidden}}
    assert client.post(address(draft), fields(draft, rows, **more[where])).status_code in (200, 422)
    draft.refresh_from_db()
    assert "gross_kg" in str(draft.condition) + str(draft.exceptions)
