"""What a browser and a server may do to the tablet page, and what its officer does meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.test_tablet import here
from tests.factories_recording import picture

UPRIGHT = {"width": 768, "height": 1024}
Unplugged = Callable[[Page], AbstractContextManager[None]]

# what a browser may do to a page that wants to keep something
BROKEN = {
    "missing": "Object.defineProperty(window, 'indexedDB', {value: undefined})",
    "refused": "indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }",
    "silent": "indexedDB.open = () => ({})",
    "full": "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }; void 0",
}
FULL = BROKEN["full"]
FULL_FOR_PHOTOGRAPHS = """
  window.whole = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...row) {
    if (this.name === 'photos') throw new DOMException('full', 'QuotaExceededError');
    return window.whole.apply(this, row);
  };
  void 0
"""
SLOW_FOR_ONE = """
  const put = pcuKept.put;
  let isFirst = true;
  pcuKept.put = (...row) => {
    if (!isFirst) return put(...row);
    isFirst = false;
    return new Promise(() => {});
  };
  void 0
"""
TRY_NOW = "window.dispatchEvent(new Event('online'))"
STORED = """
  (store) => new Promise((resolve) => {
    const opening = indexedDB.open('pcu-examinations');
    opening.onsuccess = () => {
      const asking = opening.result.transaction(store).objectStore(store).getAll();
      asking.onsuccess = () => { opening.result.close(); resolve(asking.result.map((row) => row.value ?? row.kind)); };
    };
  })
"""


class Server:
    """Answers in the server's place while `status` says so: a number, or "away"; lets everything through while None."""

    def __init__(self, page: Page, address: str) -> None:
        self.status: int | str | None = None
        self.asked = 0
        page.route(address, self._answer)

    def _answer(self, route: Route) -> None:
        if route.request.method != "POST" or self.status is None:
            return route.continue_()
        self.asked += 1
        if self.status == "away":
            return route.abort()
        kind = {400: "validation_error"}.get(int(self.status), "client_error")
        body = {"type": kind, "errors": [{"code": "x", "detail": f"Because of {self.status}.", "attr": None}]}
        return route.fulfill(status=int(self.status), json=body)


def enter(page: Page, label: str, value: str) -> None:
    box = here(page).get_by_label(label)
    box.fill(value)
    box.blur()


def take(page: Page, tmp_path: Path, name: str = "one.jpg", content: bytes | None = None) -> None:
    path = tmp_path / name
    path.write_bytes(content or picture((800, 600)))
    before = photographs(page).count()
    here(page).locator(".ins-cam input[type=file]").set_input_files(path)
    expect(photographs(page)).to_have_count(before + 1)


def photographs(page: Page) -> Any:
    return here(page).locator("[data-photo-id]")


# what the corner of the page says after an answer that is no judgement
CORNER = {
    401: "Sign in again in a new tab",
    403: "the server does not take it",
    404: "the server does not take it",
    408: "the server cannot take it just now",
    409: "the server does not take it",
    419: "the server cannot take it just now",
    429: "the server cannot take it just now",
    500: "the server cannot take it just now",
    503: "the server cannot take it just now",
    "away": "no link since",
}
# and what it says beside a photograph
BESIDE = {
    401: "waits until you sign in again",
    403: "The server says: Because of 403.",
    404: "The server says: Because of 404.",
    408: "tried again by itself",
    409: "The server says: Because of 409.",
    419: "tried again by itself",
    429: "tried again by itself",
    500: "tried again by itself",
    503: "tried again by itself",
    "away": "waits for a link",
}
