"""Every translatable text of the code and of the templates, found by babel."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file, extract_python
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGES = ("pcu", "profiling", "inspections", "exchanges")
TEMPLATES = "templates"
TEMPLATE_SUFFIXES = (".html", ".txt")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENT_TAGS = ("Translators:",)


def extract_template(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Any]:
    """The babel extraction method of Django templates: their tags as the Python calls they stand for."""
    calls = templatize(fileobj.read().decode())
    # Inside brackets Python minds no indentation, and a template keeps none.
    return extract_python(BytesIO(f"({calls}\n)".encode()), keywords, comment_tags, dict(options))  # type: ignore[arg-type]


def sources(root: Path) -> Iterator[Path]:
    """Every file that may hold texts, in one order on all machines."""
    for package in PACKAGES:
        yield from sorted(path for path in (root / package).rglob("*.py") if "migrations" not in path.parts)
    yield from sorted(path for path in (root / TEMPLATES).rglob("*") if path.suffix in TEMPLATE_SUFFIXES)


def extracted(root: Path = settings.BASE_DIR) -> Catalog:
    """All texts, each with the files it stands in: line numbers would change the catalogue with every edit."""
    found = Catalog(charset="utf-8")
    for path in sources(root):
        method: Any = extract_python if path.suffix == ".py" else extract_template
        name = path.relative_to(root).as_posix()
        for _line, text, comments, context in extract_from_file(method, path, KEYWORDS, COMMENT_TAGS):
            found.add(text, None, [(name, 1)], auto_comments=comments, context=context)
    return found
