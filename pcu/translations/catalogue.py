"""The catalogue of one language: read, brought up to date with the code, written, and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.conf import settings

DOMAIN = "django"
WIDTH = 110
# Only what gettext needs: dates and tools of the last run would change the file with every run.
HEADER = r"""msgid ""
msgstr ""
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plurals}\n"

"""
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|(?<!\{)\{(\w*)(?::\w+)?\}(?!\})|%[sd]")


def languages() -> list[str]:
    """What the pages are offered in, besides the language of the code."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def path_of(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def stored(language: str) -> Catalog:
    """The catalogue as it lies in locale/; an empty one where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def updated(kept: Catalog, found: Catalog) -> Catalog:
    """The texts of the code with the translations kept; a new text has none, a lost one is dropped."""
    fresh = Catalog(locale=kept.locale, domain=DOMAIN, charset="utf-8")
    for message in found:
        if message.id:
            old = kept.get(message.id, message.context)
            if old is not None and old.pluralizable != message.pluralizable:
                old = None
            fresh.add(
                message.id,
                old.string if old else None,
                message.locations,
                flags=["fuzzy"] if old and old.fuzzy else [],
                auto_comments=message.auto_comments,
                user_comments=old.user_comments if old else [],
                context=message.context,
            )
    return fresh


def written(catalogue: Catalog) -> bytes:
    """The file: sorted by text, so that two branches that add texts seldom meet in one place."""
    body = BytesIO()
    write_po(body, catalogue, width=WIDTH, sort_output=True, include_lineno=False, omit_header=True)
    header = HEADER.format(language=catalogue.locale_identifier, plurals=catalogue.plural_forms)
    return header.encode() + body.getvalue()


def write(language: str, catalogue: Catalog) -> None:
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(catalogue))


def faults(found: Catalog, kept: Catalog) -> list[str]:
    """Where a catalogue fails the code it serves, one sentence each; none when it is complete."""
    wanted = {_key(message) for message in found if message.id}
    had = {_key(message) for message in kept if message.id}
    return [
        *(f"is missing: {_show(key)}" for key in sorted(wanted - had)),
        *(f"is no longer in the code: {_show(key)}" for key in sorted(had - wanted)),
        *(f"is kept though no longer in the code: {_show(_key(message))}" for message in kept.obsolete.values()),
        *(
            f"{fault}: {_show(_key(message))}"
            for message in kept
            if message.id
            for fault in _faults_of(message, kept.num_plurals)
        ),
    ]


def _faults_of(message: Message, plurals: int) -> Iterator[str]:
    if message.fuzzy:
        yield "is marked as uncertain"
    originals = _texts(message.id)
    texts = _texts(message.string)
    if message.pluralizable and len(texts) != plurals:
        yield f"has {len(texts)} of {plurals} plural forms"
    if not all(text.strip() for text in texts):
        yield "is not translated"
        return
    # A form for one thing may leave the number out, so each form is held against what the text may hold.
    allowed = set().union(*map(_placeholders, originals))
    needed = set.intersection(*map(_placeholders, originals))
    for text in texts:
        if not needed <= _placeholders(text) <= allowed:
            yield f"has other placeholders ({', '.join(sorted(_placeholders(text) ^ allowed))})"


def _texts(texts: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """The forms of a text: one, or one for each plural; a form that is not there yet is empty."""
    return [texts or ""] if isinstance(texts, str | None) else [text or "" for text in texts]


def _placeholders(text: str) -> set[str]:
    return {match.group() for match in _PLACEHOLDER.finditer(text)}


def _key(message: Message) -> tuple[str, str, str]:
    """Context, text, plural; what is missing is empty."""
    singular, *plural = _texts(message.id)
    return message.context or "", singular, plural[0] if plural else ""


def _show(key: tuple[str, str, str]) -> str:
    context, singular, _plural = key
    return f"“{singular}” ({context})" if context else f"“{singular}”"
