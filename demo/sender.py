"""A system that pushes manifests over the REST API and asks until they are done, with nothing but HTTP."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from demo.manifests import Push

BOUNDARY = "altynkol-khorgos-1520"
ASK_EVERY = 0.2  # seconds
PATIENCE = 300  # seconds
ENDS = {"done", "rejected", "failed"}


class UnfinishedError(Exception):
    """A manifest was not done in time, or not at all."""


class Sender:
    """One token at one installation."""

    def __init__(self, base_url: str, token: str) -> None:
        self._base = f"{base_url.rstrip('/')}/api/v1"
        self._token = token

    def push(self, push: Push) -> str:
        """Push one file and return where to ask for it. The same file again is answered as the first time."""
        part = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{push.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = part.encode() + push.content + f"\r\n--{BOUNDARY}--\r\n".encode()
        history = "&history=true" if push.history else ""
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Idempotency-Key": f"demo {push.unit} {push.name}",
        }
        return str(self.ask("POST", f"{self._base}/manifests/?unit={push.unit}{history}", body, headers)["url"])

    def wait(self, urls: Sequence[str]) -> list[dict[str, Any]]:
        """What became of what was pushed, once all of it is finished. Raises UnfinishedError."""
        end = time.monotonic() + PATIENCE
        told = []
        for url in urls:
            answer = self.ask("GET", url)
            while answer["status"] not in ENDS:
                if time.monotonic() > end:
                    raise UnfinishedError(f"{url} is still {answer['status']}.")
                time.sleep(ASK_EVERY)
                answer = self.ask("GET", url)
            if answer["status"] != "done":
                raise UnfinishedError(f"{url} is {answer['status']}.")
            told.append(answer)
        return told

    def ask(
        self, method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310  # the address of our own installation, given by the launcher
            url, data=body, method=method, headers={"Authorization": f"Token {self._token}", **(headers or {})}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # the request above, to our own address
            found: dict[str, Any] = json.load(answer)
            return found

    def notices(self) -> list[dict[str, Any]]:
        """The hold notices for one's own equipment."""
        found: list[dict[str, Any]] = self.ask("GET", f"{self._base}/hold-notices/")["results"]
        return found

    def acknowledge_notices(self, by: str) -> int:
        """Say of all standing hold notices that they are understood. Returns how many."""
        notices = [notice for notice in self.notices() if notice["state"] != "lifted"]
        for notice in notices:
            body = json.dumps({"by": by}).encode()
            headers = {"Content-Type": "application/json"}
            self.ask("POST", f"{self._base}/hold-notices/{notice['ref']}/acknowledge/", body, headers)
        return len(notices)
