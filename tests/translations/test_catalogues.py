"""The catalogues serve the code as it stands: every text in every language, and nothing left over."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from pcu.translations import catalogue
from pcu.translations.extraction import KEYWORDS, extract_template, extracted


@pytest.fixture(scope="module")
def found() -> Catalog:
    return extracted()


@pytest.mark.parametrize("language", catalogue.languages())
def test_a_catalogue_holds_every_text_translated_and_no_other(language: str, found: Catalog) -> None:
    faults = catalogue.faults(found, catalogue.stored(language))
    assert not faults, f"run `make extract`, then translate in {catalogue.path_of(language)}"


@pytest.mark.parametrize("language", catalogue.languages())
def test_bringing_a_catalogue_up_to_date_twice_changes_nothing(language: str, found: Catalog) -> None:
    once = catalogue.updated(catalogue.stored(language), found)
    text = catalogue.written(once)
    assert catalogue.written(catalogue.updated(read_po(BytesIO(text), locale=language), found)) == text


# ---- what counts as a fault


def _one(text: str | tuple[str, str], translation: str | tuple[str, ...], **more: object) -> list[str]:
    wanted, kept = Catalog(locale="ru"), Catalog(locale="ru")
    wanted.add(text)
    kept.add(text, translation, **more)  # type: ignore[arg-type]
    return catalogue.faults(wanted, kept)


def test_a_text_that_is_not_in_the_catalogue_is_a_fault() -> None:
    wanted = Catalog(locale="ru")
    wanted.add("Seal")
    assert catalogue.faults(wanted, Catalog(locale="ru")) == ["is missing: “Seal”"]


def test_the_same_word_in_another_sense_is_another_text() -> None:
    wanted, kept = Catalog(locale="ru"), Catalog(locale="ru")
    wanted.add("Carrier", context="wagon, truck")
    kept.add("Carrier", "Перевозчик")
    assert catalogue.faults(wanted, kept) == [
        "is missing: “Carrier” (wagon, truck)",
        "is no longer in the code: “Carrier”",
    ]


def test_a_text_that_left_the_code_is_a_fault_also_where_it_is_kept_as_a_comment() -> None:
    kept = read_po(BytesIO('msgid "Seal"\nmsgstr "Пломба"\n\n#~ msgid "Gate"\n#~ msgstr "Ворота"\n'.encode()), "ru")
    assert catalogue.faults(Catalog(locale="ru"), kept) == [
        "is no longer in the code: “Seal”",
        "is kept though no longer in the code: “Gate”",
    ]


@pytest.mark.parametrize(
    ("text", "translation", "fault"),
    [
        ("Seal", "Пломба", None),
        ("Seal", "", "is not translated"),
        ("Seal", " ", "is not translated"),
        ("until %(time)s", "до %(time)s", None),
        ("until %(time)s", "до %(times)s", "has other placeholders"),
        ("until %(time)s", "до времени", "has other placeholders"),
        ("until %(time)s", "до %(time)s, %(name)s", "has other placeholders"),
        ("{value} is negative.", "{value} меньше нуля.", None),
        ("{value} is negative.", "{значение} меньше нуля.", "has other placeholders"),
        (("%(n)s seal", "%(n)s seals"), ("%(n)s пломба", "%(n)s пломбы", "%(n)s пломб"), None),
        (("one seal", "%(n)s seals"), ("одна пломба", "%(n)s пломбы", "%(n)s пломб"), None),
        (("%(n)s seal", "%(n)s seals"), ("%(n)s пломба", "%(n)s пломбы"), "has 2 of 3 plural forms"),
        (("%(n)s seal", "%(n)s seals"), ("%(n)s пломба", "", "%(n)s пломб"), "is not translated"),
        (("%(n)s seal", "%(n)s seals"), ("%(n)s пломба", "пломбы", "%(n)s пломб"), "has other placeholders"),
    ],
)
def test_a_translation_must_be_whole_and_keep_its_placeholders(
    text: str | tuple[str, str], translation: str | tuple[str, ...], fault: str | None
) -> None:
    faults = _one(text, translation)
    assert [one.split(": “")[0].split(" (")[0] for one in faults] == ([fault] if fault else [])


def test_a_translation_that_somebody_must_look_at_is_a_fault_and_stays_one_when_updated() -> None:
    assert _one("Seal", "Печать", flags=["fuzzy"]) == ["is marked as uncertain: “Seal”"]
    wanted, kept = Catalog(locale="ru"), Catalog(locale="ru")
    wanted.add("Seal")
    kept.add("Seal", "Печать", flags=["fuzzy"])
    assert catalogue.updated(kept, wanted)["Seal"].fuzzy


def test_an_update_keeps_translations_and_notes_adds_what_is_new_and_drops_what_is_gone() -> None:
    wanted, kept = Catalog(locale="ru"), Catalog(locale="ru")
    wanted.add("Seal")
    wanted.add("Wagon")
    kept.add("Seal", "Пломба", user_comments=["not a stamp"])
    kept.add("Gate", "Ворота")
    fresh = catalogue.updated(kept, wanted)
    assert {message.id: message.string for message in fresh if message.id} == {"Seal": "Пломба", "Wagon": None}
    assert fresh["Seal"].user_comments == ["not a stamp"]


# ---- what is found in a template


def _found_in(template: str) -> list[object]:
    calls = extract_template(BytesIO(template.encode()), KEYWORDS, (), {})
    return [text for _line, _function, text, _comments in calls]


def test_texts_of_a_template_are_found_as_django_will_ask_for_them() -> None:
    template = """
        <p title="{% translate "Seals" %}">it's {% translate 'On' context "wagon" %}
      {{ name|default:_("nobody") }}</p>
    {% blocktranslate count n=seals|length trimmed %}
      {{ n }} seal
    {% plural %}
      {{ n }} seals
    {% endblocktranslate %}
    {% blocktranslate with share=part %}{{ share }} % of all{% endblocktranslate %}
    """
    assert _found_in(template) == [
        "Seals",
        ("wagon", "On"),
        "nobody",
        ("%(n)s seal", "%(n)s seals", None),
        "%(share)s %% of all",
    ]


def test_code_and_templates_of_every_layer_are_searched(found: Catalog) -> None:
    files = {Path(name).parts[0] for message in found for name, _line in message.locations}
    assert files == {"pcu", "profiling", "inspections", "exchanges", "templates"}
