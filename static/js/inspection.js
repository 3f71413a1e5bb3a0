// The tablet at the container door. Each entry is kept in this browser first, then sent; without a link it waits, is
// tried again ever more seldom, and survives a reload. What the server refuses, or what somebody else wrote otherwise,
// is told beside the entry and nothing typed is lost. All words come from the page.
(function () {
  "use strict";
  const page = document.querySelector("main[data-act]");
  if (!page) return;
  const words = page.dataset;
  const { act, owner } = words;
  const kept = window.pcuKept;
  const PAUSE = 700; // ms after the last key
  const BATCH = 50;
  const LONGEST = 60_000;
  const rows = new Map(); // turn to row, as in the browser's store
  const state = { tablet: "", lostSince: null, delay: 0, session: false, stopped: false, typedAt: null, savedAt: null };
  const desk = (window.pcuExamination = { act, owner, words, ask, paint, refresh, photosWaiting: () => 0, sendPhotos: null });
  let inFlight = new Set();
  let isSending = false;
  let timer = 0;
  let memoryTurn = 0;

  // ---- values of groups
  const groups = () => page.querySelectorAll("[data-field]");
  const isMould = (element) => element.closest("template");
  const find = (line, field) =>
    Array.from(groups()).find((one) => one.dataset.field === field && one.dataset.line === line);
  const partsOf = (group) => Array.from(group.querySelectorAll("[data-part]"));

  function readInput(inputs) {
    const first = inputs[0];
    if (first.type === "radio") return inputs.find((input) => input.checked)?.value ?? "";
    return first.type === "checkbox" ? first.checked : first.value;
  }
  function read(group) {
    const kind = group.dataset.kind;
    if (group.dataset.removed) return null;
    if (kind === "value") return readInput(partsOf(group));
    if (kind === "team" || kind === "present") return readItems(group, kind);
    const told = {};
    for (const part of partsOf(group)) {
      const name = part.dataset.part;
      told[name] ??= readInput(partsOf(group).filter((one) => one.dataset.part === name));
    }
    return told;
  }
  function readItems(group, kind) {
    const items = Array.from(group.querySelectorAll("[data-item]"));
    const part = (item, name) => item.querySelector(`[data-item-part="${name}"]`);
    if (kind === "present") {
      const told = items.map((item) => ({ name: part(item, "name").value.trim(), capacity: part(item, "capacity").value.trim() }));
      return told.filter((one) => one.name);
    }
    return items
      .filter((item) => part(item, "user").checked)
      .map((item) => ({ user: part(item, "user").value, agency: part(item, "agency").value, leads: part(item, "leads").checked }));
  }
  function fillInput(input, value) {
    if (input.type === "radio") input.checked = input.value === String(value ?? "");
    else if (input.type === "checkbox") input.checked = Boolean(value);
    else if (input.type === "datetime-local") input.value = (value || "").slice(0, 16);
    else input.value = value ?? "";
  }
  function fill(group, value) {
    const kind = group.dataset.kind;
    delete group.dataset.removed;
    if (kind === "team") fillTeam(group, value || []);
    else if (kind === "present") fillPresent(group, value || []);
    else if (kind === "value") partsOf(group).forEach((part) => fillInput(part, value));
    else if (kind === "seal" && value === null) group.dataset.removed = "yes";
    else partsOf(group).forEach((part) => fillInput(part, (value || {})[part.dataset.part]));
    group.hidden = Boolean(group.dataset.removed);
    group.dataset.typed = JSON.stringify(read(group));
    show(group);
  }
  function fillTeam(group, value) {
    for (const item of group.querySelectorAll("[data-item]")) {
      const part = (name) => item.querySelector(`[data-item-part="${name}"]`);
      const chosen = value.find((one) => one.user === part("user").value);
      part("user").checked = Boolean(chosen);
      part("leads").checked = Boolean(chosen?.leads);
      if (chosen?.agency) part("agency").value = chosen.agency;
    }
  }
  function fillPresent(group, value) {
    const list = group.querySelector("[data-items]");
    list.replaceChildren();
    for (const told of [...value, { name: "", capacity: "" }]) {
      const item = document.getElementById("present-row").content.firstElementChild.cloneNode(true);
      for (const name of ["name", "capacity"]) item.querySelector(`[data-item-part="${name}"]`).value = told[name];
      list.append(item);
    }
  }

  // ---- keeping
  const pendingOf = (line, field) =>
    Array.from(rows.values()).filter((row) => row.line === line && row.field === field);
  const waiting = () => Array.from(rows.values()).filter((row) => !row.answer).sort((a, b) => a.turn - b.turn);

  async function store(row) {
    try {
      const turn = await kept.put("changes", row);
      row.turn ??= turn;
    } catch {
      row.turn ??= ++memoryTurn;
      stop(words.textStorage);
    }
    rows.set(row.turn, row);
  }
  async function drop(row) {
    rows.delete(row.turn);
    await kept.remove("changes", row.turn).catch(() => {});
  }
  const isBlankSeal = (group, value) =>
    group.dataset.kind === "seal" && group.dataset.base === "null" && (value === null || (!value.number.trim() && value.condition !== "missing"));

  let keeping = Promise.resolve(); // one after the other, so that two keys do not race for one row
  function keep(group, force = false) {
    keeping = keeping.then(() => keepNow(group, force));
    return keeping;
  }
  async function keepNow(group, force) {
    const value = read(group);
    const typed = JSON.stringify(value);
    const { line, field } = group.dataset;
    const before = pendingOf(line, field);
    if (typed === group.dataset.typed && !force) return;
    if (isBlankSeal(group, value) && !before.length) return;
    group.dataset.typed = typed;
    let base = JSON.parse(group.dataset.base);
    for (const row of before) {
      if (!row.answer && inFlight.has(row.turn)) base = row.value;
      else await drop(row);
    }
    state.typedAt = new Date();
    quiet(group);
    group.classList.add("is-waiting");
    await store({ id: crypto.randomUUID(), owner, act, line, field, value, base });
    paint();
    schedule(0);
  }

  // ---- sending
  function cookie(name) {
    return document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]+)`))?.[1] || "";
  }
  // gives {fate: "ok" | "lost" | "session" | "again" | "refused", body, message}
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
    if (response.status === 401 || response.redirected) return { fate: "session" };
    const told = await response.json().catch(() => null);
    if (response.ok && told) return { fate: "ok", body: told };
    if (response.status >= 500 || [408, 429].includes(response.status) || !told) return { fate: "again" };
    return { fate: "refused", status: response.status, message: (told.errors || []).map((one) => one.detail).join(" ") };
  }
  function schedule(delay) {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  }
  function later() {
    state.delay = Math.min(LONGEST, Math.max(2000, state.delay * 2));
    schedule(state.delay * (0.75 + Math.random() / 2));
  }
  function linked(fate) {
    state.session = fate === "session";
    if (fate === "ok" || fate === "refused") {
      state.lostSince = null;
      state.delay = 0;
    } else if (fate !== "session") state.lostSince ||= new Date();
    paint();
    return fate === "ok" || fate === "refused";
  }
  async function send() {
    if (isSending || state.stopped) return;
    isSending = true;
    try {
      while (true) {
        const batch = waiting().slice(0, BATCH);
        if (!batch.length) break;
        if (!(await deliver(batch))) return void later();
        if (state.stopped) return;
      }
      if (desk.sendPhotos && !(await desk.sendPhotos(linked))) return void later();
    } finally {
      isSending = false;
      paint();
    }
    if (waiting().length && !state.stopped) schedule(0);
  }
  async function deliver(batch) {
    inFlight = new Set(batch.map((row) => row.turn));
    const changes = batch.map(({ id, line, field, value, base, turn }) => ({ id, line, field, value, base, turn, tablet: state.tablet || null }));
    const said = await ask(`${words.api}changes/`, { body: JSON.stringify({ changes }) });
    inFlight = new Set();
    if (!linked(said.fate)) return false;
    if (said.fate === "refused") {
      if (batch.length > 1 && said.status === 400) {
        // one of them is what no server takes; it must not hold up the others
        for (const row of batch) if (!(await deliver([row]))) return false;
        return true;
      }
      if (said.status === 400) await answered(batch[0], { ...batch[0], outcome: "refused", message: said.message });
      else {
        state.stopped = true;
        stop(said.message);
      }
      return true;
    }
    state.savedAt = new Date();
    words.version = said.body.version;
    const told = page.querySelector("[data-state]");
    if (told && said.body.state === "under_way") told.textContent = words.textUnderWay;
    for (const answer of said.body.answers) {
      const row = batch.find((one) => one.id === answer.id);
      if (row) await answered(row, answer, said.body.version);
    }
    tellMissing(said.body.missing);
    return true;
  }
  async function answered(row, answer, version = 0) {
    const group = find(row.line, row.field);
    const isLast = !pendingOf(row.line, row.field).some((other) => other.turn > row.turn);
    if (answer.outcome === "applied" || answer.outcome === "superseded") {
      await drop(row);
      if (answer.outcome === "applied") {
        const known = { key: `${act}|${row.line}|${row.field}`, owner, act, line: row.line, field: row.field, value: answer.value, version };
        await kept.put("known", known).catch(() => {});
      }
      if (!group || !isLast) return;
      group.dataset.base = JSON.stringify(answer.value);
      group.classList.remove("is-waiting");
      hint(group, answer.hint);
      if (group.dataset.removed) group.remove();
      else if (!group.contains(document.activeElement) && group.dataset.typed === JSON.stringify(row.value)) fill(group, answer.value);
      return;
    }
    if (!isLast) return void (await drop(row));
    row.answer = answer;
    await store(row);
    if (group) complain(group, row);
  }

  // ---- what is told
  function complain(group, row) {
    if (!document.getElementById("trouble")) return; // an act that is only read
    quiet(group);
    group.classList.remove("is-waiting");
    group.classList.add("is-bad");
    const { answer } = row;
    const box = document.getElementById("trouble").content.firstElementChild.cloneNode(true);
    box.querySelector("[data-said]").textContent = answer.message;
    const isConflict = answer.outcome === "conflict";
    box.querySelector("[data-both]").hidden = box.querySelector("[data-choose]").hidden = !isConflict;
    if (isConflict) {
      group.dataset.base = JSON.stringify(answer.value);
      box.querySelector("[data-theirs]").textContent = answer.shown;
      box.querySelector("[data-yours]").textContent = answer.yours;
      box.querySelector("[data-by]").textContent = answer.by;
      box.querySelector("[data-take=theirs]").addEventListener("click", async () => {
        await drop(row);
        quiet(group);
        fill(group, answer.value);
        paint();
      });
      box.querySelector("[data-take=mine]").addEventListener("click", () => keep(group, true));
    }
    group.append(box);
  }
  function quiet(group) {
    group.classList.remove("is-bad");
    for (const box of group.querySelectorAll("[data-trouble], .ins-hint")) box.remove();
  }
  function hint(group, text) {
    for (const old of group.querySelectorAll(".ins-hint")) old.remove();
    if (!text) return;
    const line = document.createElement("p");
    line.className = "ins-hint";
    line.textContent = text;
    group.append(line);
  }
  function stop(text) {
    const box = page.querySelector("[data-stop]");
    box.querySelector("[data-stop-text]").textContent = text;
    box.hidden = false;
  }
  const clock = (moment) => new Intl.DateTimeFormat("en-GB", { timeZone: words.zone, hour: "2-digit", minute: "2-digit" }).format(moment);
  function paint() {
    const box = page.querySelector("[data-save]");
    if (!box) return;
    const n = waiting().length + desk.photosWaiting();
    const troubles = Array.from(rows.values()).filter((row) => row.answer).length;
    const put = (text, time) => text.replace("{time}", time ? clock(time) : "").replace("{n}", n);
    let [mood, first, second] = ["", "", words.textLinked];
    if (!n) first = state.savedAt ? put(words.textSaved, state.savedAt) : "";
    else if (state.lostSince || state.session) {
      mood = "is-kept";
      first = put(words.textKept, state.typedAt || new Date());
      second = state.session ? put(words.textSession) : put(words.textLost, state.lostSince);
    } else [first, second] = [words.textSaving, put(words.textWaiting)];
    if (troubles) [mood, second] = [mood || "is-bad", `${words.textTrouble.replace("{n}", troubles)}${n ? ` · ${second}` : ""}`];
    box.className = `ins-save ${mood}`;
    if (first) box.querySelector("[data-save-1]").textContent = first;
    box.querySelector("[data-save-2]").textContent = second;
    for (const icon of box.querySelectorAll("[data-icon]")) icon.hidden = icon.dataset.icon !== (mood === "is-kept" ? "off" : "on");
  }
  function tellMissing(missing) {
    const left = page.querySelector("[data-left]");
    left.classList.toggle("is-done", !missing.length);
    left.querySelector("[data-left-1]").textContent = missing.length ? words.textLeft.replace("{n}", missing.length) : words.textComplete;
    left.querySelector("[data-left-2]").textContent = missing.slice(0, 2).map((one) => one.message).join(" · ");
    for (const part of page.querySelectorAll("[data-line-part]")) {
      const lacking = missing.filter((one) => one.line === part.dataset.linePart).map((one) => one.field.split(".")[0]);
      for (const tab of part.querySelectorAll("[data-tab]")) {
        tab.classList.toggle("is-done", !tab.dataset.tabFields.split(" ").some((field) => lacking.includes(field)));
      }
    }
  }
  async function refresh() {
    const said = await ask(words.api, { method: "GET" });
    if (said.fate === "ok") tellMissing(said.body.missing);
  }
  function show(group) {
    page.dispatchEvent(new CustomEvent("examination:shown", { detail: group }));
  }

  // ---- typing
  const timers = new WeakMap();
  page.addEventListener("input", (event) => {
    const group = event.target.closest("[data-field]");
    if (!group || isMould(group) || event.target.type === "file") return;
    show(group);
    clearTimeout(timers.get(group));
    timers.set(group, setTimeout(() => keep(group), PAUSE));
  });
  page.addEventListener("change", (event) => {
    const group = event.target.closest("[data-field]");
    if (!group || event.target.type === "file") return;
    clearTimeout(timers.get(group));
    keep(group);
  });
  const keepAll = () => groups().forEach((group) => keep(group));
  window.addEventListener("pagehide", keepAll);
  document.addEventListener("visibilitychange", () => (document.hidden ? keepAll() : schedule(0)));
  window.addEventListener("online", () => schedule(0));
  document.getElementById("act-form").addEventListener("submit", (event) => event.preventDefault());

  // ---- a page that opens shows what is typed and not sent over what the server says
  function groupFor(row) {
    return find(row.line, row.field) || (row.field.startsWith("seals.") && row.value && desk.addSeal ? desk.addSeal(row.line, row.value.event, row.field) : null);
  }
  async function replay() {
    for (const group of groups()) group.dataset.typed = JSON.stringify(read(group));
    try {
      state.tablet = await kept.tablet();
      for (const known of (await kept.of("known", owner)).filter((one) => one.act === act)) {
        if (known.version <= Number(words.version)) await kept.remove("known", known.key);
        else {
          const group = words.editable === "yes" ? groupFor(known) : null;
          if (!group) continue;
          group.dataset.base = JSON.stringify(known.value);
          fill(group, known.value);
        }
      }
      for (const row of (await kept.of("changes", owner)).filter((one) => one.act === act)) {
        rows.set(row.turn, row);
        const group = words.editable === "yes" ? groupFor(row) : null;
        if (!group) continue;
        fill(group, row.value);
        if (row.answer) complain(group, row);
        else group.classList.add("is-waiting");
        state.typedAt = new Date();
      }
    } catch {
      stop(words.textStorage);
    }
    page.dataset.replayed = "yes";
    paint();
    schedule(0);
  }
  async function keepPage() {
    if (!("serviceWorker" in navigator)) return;
    const registration = await navigator.serviceWorker.register(words.worker, { scope: words.scope });
    const worker = (await navigator.serviceWorker.ready).active || registration.active;
    const look = Array.from(document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]"), (one) => one.href || one.src);
    navigator.serviceWorker.addEventListener("message", (event) => {
      if (event.data?.kept) page.dataset.keptPage = "yes";
    });
    worker.postMessage({ keep: [location.origin + location.pathname], look });
  }
  Object.assign(desk, { page, keep, fill, read, find, schedule, waiting });
  document.addEventListener("DOMContentLoaded", () => {
    replay();
    keepPage().catch(() => {}); // without a worker the page still works, it only cannot be opened again without a link
  });
})();
