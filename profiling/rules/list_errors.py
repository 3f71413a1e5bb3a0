"""Why a list cannot be kept as asked, and what is wrong with a line of it. Messages are for people, translated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiling.indicators.catalogue import Label
from profiling.rules.core.lists import EntryError

ENTRY_SENTENCES: Mapping[str, Label] = {
    "hs": gettext_lazy("Line %(line)d: “%(entry)s” is no commodity code of 2 to 10 digits."),
    "country": gettext_lazy("Line %(line)d: “%(entry)s” is no country code of two letters."),
    "no_word": gettext_lazy("Line %(line)d: there is no word in “%(entry)s”."),
    "length": gettext_lazy("Line %(line)d: at most %(limit)d characters."),
    "too_many": gettext_lazy("Line %(line)d: the list holds %(limit)d entries at most."),
}


class ListError(Exception):
    """Base of all; `code` is stable, `message` is for people."""

    code = "list_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidListError(ListError):
    """Something is missing or does not fit. errors: messages by field; lines: what is wrong with which line."""

    code = "invalid_list"

    def __init__(self, errors: Mapping[str, str], lines: Sequence[EntryError] = ()) -> None:
        self.errors = dict(errors)
        self.lines = tuple(lines)
        super().__init__(" ".join(self.errors.values()))


class ListChangedError(ListError):
    """Somebody made a new version meanwhile."""

    code = "list_changed"

    def __init__(self, code: str) -> None:
        super().__init__(
            _("Somebody changed list “%(code)s” meanwhile. Look at it and change it again.") % {"code": code}
        )


def entry_sentence(error: EntryError) -> str:
    return str(ENTRY_SENTENCES[error.code]) % {"line": error.line, **error.params}
