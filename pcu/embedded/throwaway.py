"""Servers and settings for a run whose data are worth nothing after it: tests, checks, benchmarks."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pcu.embedded.home import claim_first_free
from pcu.embedded.paths import VAR
from pcu.embedded.servers import Servers


@contextmanager
def throwaway_servers(
    environment: Mapping[str, str], root: Path = VAR, *, durable: bool = False
) -> Iterator[dict[str, str]]:
    """Run the servers of ``var/test`` (or the next free one); yield what to add to the environment.

    With `durable` they are those of ``var/bench`` and write as safely as a real installation's: what is measured
    on them counts.
    """
    home = claim_first_free(root, "bench" if durable else "test")
    servers = Servers(home, environment, throwaway=not durable)
    try:
        additions = servers.start()
        store = home.folder / "store"
        shutil.rmtree(store, ignore_errors=True)
        store.mkdir()
        defaults = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "PCU_SAMPLE_SEED": "a seed that draws the same sample in every test run",
            "PCU_STORE_DIR": str(store),
            "DEBUG": "off",
        }
        for name, value in defaults.items():
            if name not in environment and f"{name}_FILE" not in environment:
                additions[name] = value
        yield additions
    finally:
        servers.stop()
        home.release()
