"""The servers a run needs: those whose URL nobody gave are started, the others are left alone."""

from __future__ import annotations

from collections.abc import Mapping

from pcu.embedded.errors import EmbeddedError
from pcu.embedded.home import Home
from pcu.embedded.postgres import Postgres
from pcu.embedded.valkey import Valkey


class Servers:
    """PostgreSQL and Valkey of a claimed home, as far as the environment does not name others."""

    def __init__(self, home: Home, environment: Mapping[str, str], *, throwaway: bool = False) -> None:
        self._home = home
        self._throwaway = throwaway
        self._postgres = Postgres(home, throwaway=throwaway)
        self._valkey = Valkey(home)
        self._wanted: dict[str, Postgres | Valkey] = {}
        if not (environment.get("DATABASE_URL") or environment.get("DATABASE_URL_FILE")):
            self._wanted["DATABASE_URL"] = self._postgres
        if not (environment.get("REDIS_URL") or environment.get("REDIS_URL_FILE")):
            self._wanted["REDIS_URL"] = self._valkey

    def start(self) -> dict[str, str]:
        """Start what is wanted, after stopping what an earlier, killed run left; return the URLs to export.

        Left-over servers are not taken over: they may run with other settings, or be of an older wheel.
        """
        self.stop()
        if self._home.is_forsaken():
            self._home.wipe()
        if not self._wanted:
            return {}
        self._home.prepare_sockets()
        self._home.prepare_state()
        for server in self._wanted.values():
            self._start(server)
        return {name: server.url for name, server in self._wanted.items()}

    def stop(self) -> None:
        """Stop whatever runs in the home."""
        self._valkey.stop()
        self._postgres.stop()

    def _start(self, server: Postgres | Valkey) -> None:
        try:
            server.start()
        except EmbeddedError:
            if not self._throwaway:
                raise
            # Without fsync a crash of the machine may leave broken data, and another wheel may bring another
            # version: a test's data are simply made anew.
            self.stop()
            self._home.wipe()
            self._home.prepare_sockets()
            self._home.prepare_state()
            for wanted in self._wanted.values():
                wanted.start()
