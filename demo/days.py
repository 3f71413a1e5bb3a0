"""The runs of the ninety days before today: regular business, and oddities among it. Seeded: the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.manifests import Manifest, Push
from demo.oddities import IN_LOW_CARGO, Hidden, add_oddity
from demo.past import seeded
from demo.world import POSTS, Post
from profiling.cases.choices import Commodity

DAYS = 90
EVERY = {"ALT": 3, "DSB": 4, "NPJ": 4, "CHU": 4}  # days from one run to the next
NOTES = (10, 16)
ODDITIES = (2, 4)
SERIAL = 100_000  # above the numbers of the older past and of today
TRAINS = {"ALT": 1300, "DSB": 2500, "NPJ": 0, "CHU": 3200}  # numbers of their own, lest runs be taken for each other


@dataclass(frozen=True, slots=True)
class Run:
    """One train, or one lot of trucks: when it arrives and what was told of it."""

    post: Post
    arrival: datetime
    push: Push


def days(began: datetime, hidden: Hidden) -> Iterator[Run]:
    """All runs, oldest first; what they hide is written into `hidden`."""
    runs = [run for post in POSTS for run in _of_post(post, began, hidden)]
    yield from sorted(runs, key=lambda run: run.arrival)


def _of_post(post: Post, began: datetime, hidden: Hidden) -> Iterator[Run]:
    rng = seeded(f"days/{post.unit}")
    serial = SERIAL
    for number, back in enumerate(range(DAYS, 1, -EVERY[post.unit])):
        arrival = (began - timedelta(days=back)).replace(
            hour=rng.randint(3, 18), minute=rng.choice((5, 20, 35, 50)), second=0, microsecond=0
        )
        name = str(TRAINS[post.unit] + number) if post.mode == "rail" else f"NP-{arrival:%m%d}"
        manifest = Manifest(post, rng, name, arrival, serial)
        for _note in range(rng.randint(*NOTES)):
            manifest.add_usual(rank=0.8)
            if rng.random() < IN_LOW_CARGO:
                equipment = manifest.notes[-1]["loadings"][0]["equipment"]
                hidden.by_number[equipment] = rng.choice((Commodity.TOBACCO, Commodity.CURRENCY, Commodity.DRUGS))
        for _oddity in range(rng.randint(*ODDITIES)):
            add_oddity(manifest, rng, hidden)
        serial = manifest.serial
        yield Run(post, arrival, manifest.push())
