"""Words kept in the database by language: {"en": "Examine", "ru": "Досмотр"}."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language


def in_language(words: Mapping[str, str] | None) -> str:
    """The wording in the active language, else in the installation's, else any that there is."""
    if not words:
        return ""
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return words.get(language) or words.get(settings.LANGUAGE_CODE) or next(iter(words.values()))
