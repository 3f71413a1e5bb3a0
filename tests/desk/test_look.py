"""What the stylesheet, the scripts and the templates must not contain: a strict content policy and Chrome 109."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SHEET = (ROOT / "static" / "css" / "pcu.css").read_text()
RULES = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL)


@pytest.mark.parametrize("word", ["oklch(", "light-dark(", "color-mix(", "@layer", "@scope", "&", "url("])
def test_the_sheet_uses_nothing_younger_than_chrome_109_and_no_outside_file(word: str) -> None:
    assert word not in RULES


def test_rules_are_nested_in_queries_and_in_nothing_else() -> None:
    opened: list[str] = []
    for piece in re.findall(r"[^{}]*[{}]", RULES):
        if piece.endswith("}"):
            opened.pop()
            continue
        assert not opened or opened[-1].startswith(("@media", "@container", "@keyframes")), piece
        opened.append(piece.strip())
    assert opened == []


def test_every_colour_token_of_the_light_theme_has_its_dark_one() -> None:
    light, dark = (
        set(re.findall(r"(--[\w-]+):\s*(?:#|rgba)", RULES[RULES.index(start) : RULES.index("}", RULES.index(start))]))
        for start in (":root {", '[data-theme="dark"] {')
    )
    assert light - dark == set()
    assert len(light) > 60


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_holds_no_inline_style_script_or_handler(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"<[^>]+\sstyle\s*=", source)
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert "hx-on" not in source
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", source)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_number_in_an_attribute_is_written_without_a_mark_for_thousands(path: Path) -> None:
    """A page shows 1,234 to a person; a form that sends "1,234" back names nothing."""
    bound = re.findall(r"\b(?:value|min|max|maxlength)=\"(\{\{[^}]*\}\})\"", path.read_text())
    numbers = re.compile(r"\{\{ ?[\w.]*\b(?:pk|edit|version|points|hands|least|most|limit)\b(?:\|default:\d+)? ?\}\}")
    assert [one for one in bound if numbers.fullmatch(one)] == []
