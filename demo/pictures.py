"""Pictures for the demo's acts: drawn, and saying so."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw

from inspections.choices import PhotoKind

SIZE = (640, 480)
SHADES = {
    PhotoKind.SCAN: ("#101820", "#7fd4ff"),
    PhotoKind.SEAL: ("#6b6f76", "#f2c94c"),
    PhotoKind.DOORS: ("#2f5d50", "#e8e8e8"),
    PhotoKind.FINDING: ("#5a2d2d", "#ffd7c2"),
}


@cache
def picture(kind: PhotoKind) -> bytes:
    """A JPEG in which anybody sees that it is no photograph."""
    ground, ink = SHADES.get(kind, ("#4a5568", "#e2e8f0"))
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    draw.rectangle((60, 110, width - 60, height - 90), outline=ink, width=4)
    for x in range(100, width - 60, 40):
        draw.line((x, 110, x, height - 90), fill=ink, width=1)
    if kind in (PhotoKind.FINDING, PhotoKind.SCAN):
        draw.rectangle((width - 190, 150, width - 90, height - 130), fill=ink)
    draw.text((24, 24), f"SYNTHETIC  {kind.value.upper()}", fill=ink, font_size=28)
    draw.text((24, height - 52), "Drawn for the demonstration, no photograph", fill=ink, font_size=20)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=70)
    return target.getvalue()
