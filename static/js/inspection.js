// The tablet at the container door. Each entry is kept in this browser first, then sent; without a link it waits, is
// tried again ever more seldom, and survives a reload. Where the browser keeps nothing the page holds the entry, sends it
// all the same and says so. What the server refuses, or what somebody else wrote otherwise, is told beside the entry and
// nothing typed is lost.
(function () {
  "use strict";
  const desk = window.pcuExamination;
  if (!desk) return;
  const { page, words, act, owner, groups, find, read, fill } = desk;
  const kept = window.pcuKept;
  const PAUSE = 700; // ms after the last key
  const BATCH = 50;
  const BROKEN = 500; // a server that failed over what it was sent, not one that is away
  // id to row, oldest first. A row with a turn is in the browser's store; one without is held by this page alone
  const rows = new Map();
  const tries = new Map(); // id of a row to how often it was sent without an answer
  const leaves = new WeakMap(); // row to keys of answered rows in the store that go with it
  let tablet = null;
  let canKeep = true;
  let inFlight = new Set(); // ids
  let isWary = false; // one at a time, because the server failed over several
  const typing = new Map(); // groups whose entry is not kept yet to the turn of what was typed last
  let typed = 0;
  let photos = () => ({ waiting: 0, refused: 0, unkept: 0, reading: 0 });

  const pendingOf = (line, field) => Array.from(rows.values()).filter((row) => row.line === line && row.field === field);
  const waiting = () => Array.from(rows.values()).filter((row) => !row.answer);
  const isOut = (row) => inFlight.has(row.id) || tries.has(row.id);
  const hasTurn = (row) => Boolean(row.turn && tablet); // else its base alone tells the server what it rests on

  // ---- keeping
  let keeping = Promise.resolve(); // one after the other, so that two keys do not race for one row
  function inTurn(work) {
    const done = keeping.then(work);
    keeping = done.catch((error) => console.error(error)); // one that fails must not stop those after it
    return done;
  }
  const isBlankSeal = (group, value) =>
    group.dataset.kind === "seal" && group.dataset.base === "null" && (value === null || (!value.number.trim() && value.condition !== "missing"));

  // from the first key until the browser has it the corner says that it is being saved, whatever asks for the keeping
  function mark(group) {
    typing.set(group, (typed += 1));
    desk.paint();
  }
  function keep(group, force = false) {
    if (force || JSON.stringify(read(group)) !== group.dataset.typed) mark(group);
    return inTurn(() => {
      const turn = typing.get(group); // what is typed from here on is not of this keeping
      return keepNow(group, force).finally(() => typing.get(group) === turn && typing.delete(group) && desk.paint());
    });
  }
  function settled() {
    for (const group of typing.keys()) keep(group);
    return keeping;
  }
  async function keepNow(group, force) {
    const value = read(group);
    const typed = JSON.stringify(value);
    const { line, field } = group.dataset;
    const earlier = pendingOf(line, field);
    if (typed === group.dataset.typed && !force) return;
    if (isBlankSeal(group, value) && !earlier.length) return;
    group.dataset.typed = typed;
    desk.typedAt = new Date();
    desk.quiet(group);
    group.classList.add("is-waiting");
    // what may be at the server already stays and goes first; without a turn only the value it leaves behind orders them
    const stays = earlier.filter((row) => !row.answer && (inFlight.has(row.id) || (!hasTurn(row) && isOut(row))));
    const base = () => pendingOf(line, field).filter((row) => !row.answer).at(-1)?.value ?? JSON.parse(group.dataset.base);
    const row = { id: kept.uuid(), owner, act, line, field, value, base: stays.length ? stays.at(-1).value : JSON.parse(group.dataset.base) };
    await store(row, earlier.filter((one) => !stays.includes(one)), base);
    desk.paint();
    entries.soon();
  }
  // keeps a new row in place of others, or holds it here while what is stored of them stays
  async function store(row, instead, base) {
    try {
      row.turn = await kept.put("changes", row, instead.filter((one) => one.turn).map((one) => one.turn));
      canKeep = true;
      for (const one of instead) rows.delete(one.id);
    } catch {
      canKeep = false;
      for (const one of instead) if (one.answer || (!one.turn && !isOut(one))) rows.delete(one.id);
      row.base = base();
      leaves.set(row, instead.filter((one) => one.answer && one.turn).map((one) => one.turn));
    }
    rows.set(row.id, row);
  }
  async function drop(row) {
    rows.delete(row.id);
    tries.delete(row.id);
    for (const turn of [row.turn, ...(leaves.get(row) || [])]) if (turn) await kept.remove("changes", turn).catch(() => {});
  }
  // what the browser could not keep and the server did not take: perhaps there is room now
  async function keepHeld() {
    for (const row of waiting().filter((one) => !one.turn && one === pendingOf(one.line, one.field).at(-1))) {
      try {
        row.turn = await kept.put("changes", row, leaves.get(row));
        leaves.delete(row);
        canKeep = true;
      } catch {
        return;
      }
    }
  }

  // ---- sending
  function next() {
    const due = waiting();
    if (!due.length) isWary = false;
    if (!isWary) return due.slice(0, BATCH);
    // the one that failed least, so that one the server fails over holds up no other; a field's in their order
    const firsts = due.filter((row) => row === pendingOf(row.line, row.field).find((one) => !one.answer));
    return firsts.sort((a, b) => (tries.get(a.id) || 0) - (tries.get(b.id) || 0)).slice(0, 1);
  }
  async function round() {
    for (let batch = next(); batch.length; batch = next()) {
      const said = await deliver(batch);
      if (!said) continue;
      inTurn(keepHeld).then(desk.paint);
      return said;
    }
    return null;
  }
  // gives null, or the answer that says why it waits
  async function deliver(batch) {
    inFlight = new Set(batch.map((row) => row.id));
    const changes = batch.map(({ id, line, field, value, base, turn }) => ({ id, line, field, value, base, turn: turn ?? 0, tablet: turn ? tablet : null }));
    const said = await desk.ask(`${words.api}changes/`, { body: JSON.stringify({ changes }) });
    if (said.fate !== "ok" && said.fate !== "refused") for (const row of batch) tries.set(row.id, (tries.get(row.id) || 0) + 1);
    inFlight = new Set();
    desk.heard("entries", said);
    if (said.fate === "refused") {
      // one of them is what no server takes; it must not hold up the others
      for (const row of batch.length > 1 ? batch : []) {
        const fate = rows.has(row.id) ? await deliver([row]) : null;
        if (fate) return fate;
      }
      if (batch.length === 1) await answered(batch[0], { outcome: "refused", message: said.message || words.textTooMuch });
      return null;
    }
    if (said.fate !== "ok") {
      if (said.status === BROKEN) isWary = true;
      return said;
    }
    desk.savedAt = new Date();
    words.version = said.body.version;
    const told = page.querySelector("[data-state]");
    if (told && said.body.state === "under_way") told.textContent = words.textUnderWay;
    for (const answer of said.body.answers) {
      const row = batch.find((one) => one.id === answer.id);
      if (row) await answered(row, answer, said.body.version);
    }
    desk.tellMissing(said.body.missing);
    page.dispatchEvent(new CustomEvent("examination:sent"));
    return null;
  }
  async function answered(row, answer, version = 0) {
    const group = find(row.line, row.field);
    const isLast = pendingOf(row.line, row.field).at(-1)?.id === row.id;
    if (answer.outcome === "applied" || answer.outcome === "superseded") {
      await drop(row);
      if (answer.outcome === "applied") {
        const known = { key: `${act}|${row.line}|${row.field}`, owner, act, line: row.line, field: row.field, value: answer.value, version };
        await kept.put("known", known).catch(() => {});
      }
      if (!group) return;
      group.dataset.base = JSON.stringify(answer.value); // what a later entry rests on
      if (!isLast || pendingOf(row.line, row.field).length) return;
      group.classList.remove("is-waiting");
      desk.hint(group, answer.hint);
      if (group.dataset.removed) group.remove();
      else if (!group.contains(document.activeElement) && group.dataset.typed === JSON.stringify(row.value)) fill(group, answer.value);
      return;
    }
    if (!isLast) return void (await drop(row));
    row.answer = answer;
    if (row.turn) await kept.put("changes", row).catch(() => {});
    complain(row);
  }
  function complain(row) {
    const { answer } = row;
    const group = find(row.line, row.field);
    if (group && answer.outcome === "conflict") group.dataset.base = JSON.stringify(answer.value);
    const isTold = desk.complain(group, answer, {
      takeTheirs: async () => {
        await drop(row);
        desk.quiet(group);
        fill(group, answer.value);
        desk.paint();
      },
      takeMine: () => keep(group, true),
    });
    if (!isTold) desk.strip("nowhere", `${answer.label || row.field}: ${answer.message}`);
  }

  // ---- typing
  const timers = new WeakMap();
  page.addEventListener("input", (event) => {
    const group = event.target.closest("[data-field]");
    if (!group || event.target.type === "file") return;
    desk.show(group);
    mark(group);
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
  function leave() {
    keepAll();
    if (page.dataset.replayed !== "yes") return;
    // a page that goes does not wait for its turn; of two rows of a field the later stands
    for (const group of typing.keys()) keepNow(group, false);
  }
  for (const leaving of ["beforeunload", "pagehide"]) window.addEventListener(leaving, leave);
  document.addEventListener("visibilitychange", () => document.hidden && keepAll());
  document.getElementById("act-form").addEventListener("submit", (event) => event.preventDefault());

  // ---- a page that opens shows what is typed and not sent over what the server says
  function groupFor(row) {
    if (!desk.isEditable) return null;
    return find(row.line, row.field) || (row.field.startsWith("seals.") && row.value && desk.addSeal ? desk.addSeal(row.line, row.value.event, row.field) : null);
  }
  async function replayKnown() {
    for (const known of (await kept.of("known", owner)).filter((one) => one.act === act)) {
      if (known.version <= Number(words.version)) await kept.remove("known", known.key);
      else {
        const group = groupFor(known);
        if (!group) continue;
        group.dataset.base = JSON.stringify(known.value);
        fill(group, known.value);
      }
    }
  }
  function replayRow(row) {
    rows.set(row.id, row);
    const group = groupFor(row);
    if (!group) return;
    fill(group, row.value);
    if (row.answer) complain(row);
    else group.classList.add("is-waiting");
    desk.typedAt = new Date();
  }
  async function replay() {
    for (const group of groups()) group.dataset.typed = JSON.stringify(read(group));
    const orNone = (work, none) => work.catch(() => ((canKeep = false), none));
    tablet = await orNone(kept.tablet(), null);
    await orNone(replayKnown());
    for (const row of await orNone(kept.of("changes", owner), [])) if (row.act === act) replayRow(row);
    page.dataset.replayed = "yes";
    desk.paint();
    entries.soon();
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

  const entries = desk.sender("entries", round);
  function count() {
    const [all, pictures] = [waiting(), photos()];
    return {
      waiting: all.length + pictures.waiting,
      unkept: Array.from(rows.values()).filter((row) => !row.turn).length + pictures.unkept,
      refused: rows.size - all.length + pictures.refused,
    };
  }
  kept.onPage = () => count().unkept;
  kept.settled = settled;
  const isKeeping = () => typing.size > 0 || photos().reading > 0;
  Object.assign(desk, { keep, waiting, count, settled, isKeeping, keepPage, canKeep: () => canKeep, countPhotos: (counting) => (photos = counting) });
  document.addEventListener("DOMContentLoaded", () => {
    inTurn(replay);
    keepPage().catch(() => {}); // without a worker the page still works, it only cannot be opened again without a link
    navigator.storage?.persist?.().catch(() => {}); // or the browser may clear what waits when the disk runs full
  });
})();
