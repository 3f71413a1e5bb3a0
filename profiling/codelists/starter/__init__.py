"""Tables of our own, for a start: border stations, posts and customs offices of the region."""

from __future__ import annotations

from importlib import resources
from typing import Final

from pcu.accounts.models import User
from profiling.codelists.services import Outcome, load
from profiling.reference.files.rows import Kind

PLACES: Final = "border_places.csv"


def load_starter(user: User | None = None) -> Outcome:
    """Load the border places; may be run again."""
    with (resources.files(__package__) / PLACES).open("rb") as stream:
        return load(kind=Kind.PLACES, stream=stream, file_name=PLACES, user=user)  # type: ignore[arg-type]
