// The tablet page's way to the server: how an answer is judged, and trying again ever more seldom. Only what the server
// judged by its content (400) or its size (413) is refused; everything else is kept and tried again, and told why.
(function () {
  "use strict";
  const desk = window.pcuExamination;
  if (!desk) return;
  const { owner } = desk;
  const SHORTEST = 2000;
  const LONGEST = 60_000;
  const troubles = new Map(); // what is sent ("entries", "photos") to how it last failed: {fate, since, message}
  const senders = new Map();

  function cookie(name) {
    return document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]+)`))?.[1] || "";
  }
  // gives {fate, status, body, message, after}; fate is
  //   ok       done; `body` is the answer
  //   refused  judged by its content or size, and never taken as it is
  //   lost     no link
  //   session  signed out, or somebody else is signed in
  //   again    the server cannot now: busy, out of order, or half an answer; `after` is how many seconds it asks for
  //   barred   the server does not take it as things stand: an act handed in, rights gone; `message` says why
  async function ask(address, { method = "POST", body, type = "application/json", patience = 30_000 } = {}) {
    let response;
    try {
      response = await fetch(address, {
        method,
        body,
        credentials: "same-origin",
        headers: { "Content-Type": type, "X-CSRFToken": cookie("csrftoken"), "Page-Owner": owner, Accept: "application/json" },
        signal: AbortSignal.timeout(patience),
      });
    } catch {
      return { fate: "lost" };
    }
    const { status } = response;
    if (status === 401 || response.redirected) return { fate: "session", status };
    const told = await response.json().catch(() => null);
    if (response.ok && told) return { fate: "ok", status, body: told };
    const message = (told?.errors || []).map((one) => one.detail).join(" ");
    // a 400 that is no judgement of the values is a body cut on the way, or an address the server does not know
    if (status === 413 || (status === 400 && told?.type === "validation_error")) return { fate: "refused", status, message };
    if (response.ok || status >= 500 || [400, 408, 419, 425, 429].includes(status)) {
      return { fate: "again", status, after: Number(response.headers.get("Retry-After")) || 0 };
    }
    return { fate: "barred", status, message: message || `HTTP ${status}` };
  }

  const isLink = (fate) => fate === "lost" || fate === "session";
  function heard(what, said) {
    if (said.fate === "ok" || said.fate === "refused") {
      troubles.delete(what);
      for (const [other, trouble] of troubles) {
        if (!isLink(trouble.fate)) continue;
        troubles.delete(other); // there is a link again for everybody
        senders.get(other)?.soon();
      }
    } else {
      const before = troubles.get(what);
      troubles.set(what, { ...said, since: before?.fate === said.fate ? before.since : new Date() });
    }
    desk.paint();
  }

  // `round` sends what waits, and gives the answer that ended it, or null when nothing is left to send
  function sender(what, round) {
    let timer = 0;
    let delay = 0;
    let isBusy = false;
    let isWanted = false;
    function soon(pause = 0) {
      clearTimeout(timer);
      timer = setTimeout(run, pause);
    }
    async function run() {
      if (isBusy) return void (isWanted = true);
      isBusy = true;
      isWanted = false;
      let said = { fate: "again" };
      try {
        said = await round();
      } finally {
        isBusy = false;
        delay = said ? Math.min(LONGEST, Math.max(SHORTEST, delay * 2)) : 0;
        // what came meanwhile, a link that is back too, does not wait for the turn of what was sent before it
        if (isWanted) soon();
        else if (said) soon(Math.max((said.after || 0) * 1000, delay * (0.75 + Math.random() / 2)));
        desk.paint();
      }
    }
    const made = { soon, isBusy: () => isBusy };
    senders.set(what, made);
    return made;
  }
  const all = () => senders.forEach((one) => one.soon());
  window.addEventListener("online", all);
  document.addEventListener("visibilitychange", () => document.hidden || all());

  Object.assign(desk, { ask, heard, sender, troubles });
})();
