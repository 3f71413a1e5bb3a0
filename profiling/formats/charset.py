"""Which characters the bytes of an interchange are: what it declares, checked against what it holds.

Senders declare one set and write another (ISO 8859-1 that is Windows-1252, ISO 8859-5 that is Windows-1251,
UNOA with Cyrillic in it). So UTF-8 is tried first, then the declared set, then the two Windows sets.
Syntax levels: ISO 9735-1, annex A, and UN/EDIFACT code list 0001.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

DECLARED: Final = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "cp1252",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOW": "utf-8",
    "UNOX": "utf-8",
    "UNOY": "utf-8",
}
_CYRILLIC_RUN: Final = re.compile(rb"[\xa8\xb8\xc0-\xff]{3}")
_HIGH_RUN: Final = re.compile(rb"[\x80-\xff]{3}")
_ODD: Final = re.compile("[а-яё][А-ЯЁ]|[^\x00-\x7fА-Яа-яЁё№«»–—°]")
_UTF8_CHARACTER: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH: Final = bytes(range(0x80, 0x100))


@dataclass(frozen=True, slots=True)
class Charset:
    """How to decode the segments of one interchange.

    name: "utf-8" where the head of the file proved it, a single-byte set where it disproved it, and "" where
    the head was plain ASCII and each segment has to be judged by itself.
    """

    name: str
    declared: str

    def decode(self, raw: bytes) -> tuple[str, bool]:
        """The text, and whether every byte of it could be read."""
        if raw.isascii():
            return raw.decode("ascii"), True
        if self.name in ("", "utf-8"):
            try:
                return raw.decode("utf-8"), True
            except UnicodeDecodeError:
                if self.name:
                    return raw.decode("utf-8", "replace"), False
        name = self.name or single_byte(self.declared, raw)
        try:
            return raw.decode(name), True
        except UnicodeDecodeError:
            return raw.decode(name, "replace"), False


def choose(level: str, head: bytes) -> Charset:
    """The character set of an interchange of this syntax level (UNOA…UNOY), from the first bytes of the file."""
    declared = DECLARED.get(level.upper(), "ascii")
    if head.isascii():
        return Charset("", declared)
    try:
        codecs.utf_8_decode(head, "strict", False)  # the last character may be cut
        return Charset("utf-8", declared)
    except UnicodeDecodeError:
        pass  # a few broken characters do not make it another set: count
    rest, whole = _UTF8_CHARACTER.subn(b"", head)
    broken = len(rest) - len(rest.translate(None, _HIGH))
    if whole > broken:
        return Charset("utf-8", declared)
    return Charset(single_byte(declared, head), declared)


def single_byte(declared: str, sample: bytes) -> str:
    """The single-byte set of text that is not UTF-8. Latin letters with accents stand alone, Cyrillic in runs."""
    if declared == "iso8859-5":
        return min(("iso8859-5", "cp1251"), key=lambda name: _oddities(sample.decode(name, "replace")))
    if declared not in ("ascii", "utf-8", "cp1252"):
        return declared
    return "cp1251" if _CYRILLIC_RUN.search(sample) else "cp1252"


def of_text(sample: bytes) -> str:
    """The single-byte set of a text that declares none and is not UTF-8: DOS and Windows Cyrillic, else cp1252."""
    if not _HIGH_RUN.search(sample):
        return "cp1252"
    return min(("cp1251", "cp866"), key=lambda name: _oddities(sample.decode(name, "replace")))


def _oddities(text: str) -> int:
    """How much of a Cyrillic text looks wrong: capitals inside words, letters no language here uses, signs."""
    return len(_ODD.findall(text))
