"""What came before: two years of regular business, so that "first", "usual" and "seen before" mean something.

The last ninety days of them are lived through (`days`) and not only remembered.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from demo.manifests import Manifest, Push
from demo.world import POSTS, Post

SEED = 1520


def seeded(name: str) -> random.Random:
    """Chances that fall the same way in every demonstration, of its own for each name."""
    return random.Random(f"{SEED}/{name}")  # noqa: S311  # not for secrets: it must be foreseeable


DAYS = 790  # a little more than the 24 months that rules look back
LAST = 96  # days ago: then the ninety days begin (see `days`)


def past(began: datetime) -> Iterator[Push]:
    """The runs of all posts, oldest first within each."""
    for post in POSTS:
        yield from runs(post, began)


def runs(post: Post, began: datetime) -> Iterator[Push]:
    rng = seeded(post.unit)
    serial = 0
    for run in range(post.runs):
        days = DAYS - (DAYS - LAST) * run / (post.runs - 1)
        arrival = (began - timedelta(days=days)).replace(hour=rng.randint(0, 23), minute=rng.choice((5, 20, 35, 50)))
        number = post.numbers[run % len(post.numbers)]
        manifest = Manifest(post, rng, number if post.mode == "rail" else f"{number}-{arrival:%m%d}", arrival, serial)
        for _note in range(rng.randint(*post.notes)):
            manifest.add_usual()
        serial = manifest.serial
        yield manifest.push(history=True)
