// What the tablet page shows of its own accord: the open line, drawn points, differences, seals that are added.
(function () {
  "use strict";
  const desk = window.pcuExamination;
  if (!desk) return;
  const { page, words } = desk;
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 3 });
  const share = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const lines = () => Array.from(page.querySelectorAll("[data-line-part]"));

  // ---- lines
  function openLine(ref) {
    for (const part of lines()) part.hidden = part.dataset.linePart !== ref;
    for (const link of page.querySelectorAll("[data-open]")) {
      if (link.dataset.open === ref) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    page.querySelector("[data-line-open]").value = ref;
    history.replaceState(history.state, "", `?line=${ref}`);
    markTab();
  }
  const currentLine = () => lines().find((part) => !part.hidden);
  page.addEventListener("click", (event) => {
    const link = event.target.closest("[data-open]");
    if (link) {
      event.preventDefault();
      openLine(link.dataset.open);
    }
    if (event.target.closest("[data-next-line]")) {
      const all = lines();
      openLine(all[(all.indexOf(currentLine()) + 1) % all.length].dataset.linePart);
      window.scrollTo({ top: 0 });
    }
  });
  function markTab() {
    const line = currentLine();
    if (!line) return;
    const nav = line.querySelector(".ins-t");
    const edge = nav.getBoundingClientRect().bottom + 40;
    const tabs = Array.from(nav.querySelectorAll("[data-tab]"));
    const begun = tabs.filter((tab) => document.getElementById(tab.hash.slice(1)).getBoundingClientRect().top <= edge);
    for (const tab of tabs) {
      if (tab === (begun.at(-1) || tabs[0])) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
  }
  window.addEventListener("scroll", markTab, { passive: true });
  // what sticks below the head moves down with it when the corner has more to say
  const head = page.querySelector(".ins-h");
  new ResizeObserver(() => page.style.setProperty("--ins-h", `${head.offsetHeight}px`)).observe(head);

  // ---- what a value changes beside its box
  page.addEventListener("examination:shown", (event) => {
    const group = event.detail;
    const [kind, key] = group.dataset.field.split(".");
    if (kind === "points") showPoint(group, key);
    if (kind === "methods") showMethod(group);
    if (kind === "result") showResult(group);
    if (["methods", "result", "seals"].includes(kind)) showAsked(group.closest("[data-line-part]"));
    if (kind === "present") growPresent(group);
    const row = group.closest("[data-compare]");
    if (row && ["packages_found", "gross_found_kg"].includes(group.dataset.field)) showDifference(row, group);
  });
  const linkOf = (group) => page.querySelector(`[data-open="${group.dataset.line}"]`);

  function showPoint(group, key) {
    const part = group.closest("[data-line-part]");
    const value = desk.read(group).state;
    for (const shape of part.querySelectorAll(`[data-face="${key}"]`)) {
      const base = shape.classList.contains("face") ? "face" : "pin";
      shape.setAttribute("class", value ? `${base} ${base}-${value}` : base);
    }
    const told = Array.from(part.querySelectorAll("[data-field^='points.']")).filter((one) => desk.read(one).state).length;
    part.querySelector("[data-tab-points]").textContent = told;
    linkOf(group).querySelector("[data-line-points]").textContent = told;
  }
  function showMethod(group) {
    const told = desk.read(group);
    const times = [told.started, told.ended].filter(Boolean).map((time) => time.slice(11, 16)).join(" – ");
    const text = [times, told.device || told.dog].filter(Boolean).join(", ");
    group.querySelector("[data-tile]").textContent = told.done ? text : words.textNotDone;
  }
  function showResult(group) {
    const chosen = group.querySelector("input:checked");
    const box = linkOf(group).querySelector("[data-line-result]");
    const span = document.createElement("span");
    span.className = { found: "bad-t", clean: "good-t" }[chosen?.value] || "mut";
    span.textContent = chosen?.parentElement.textContent.trim() || "";
    box.replaceChildren(span);
  }
  function showDifference(row, group) {
    const box = row.querySelector("[data-difference]");
    const declared = row.dataset.compare;
    const found = Number(desk.read(group).replace(/[\s\u00a0\u202f]/g, "").replace(",", "."));
    if (declared === "" || desk.read(group).trim() === "" || Number.isNaN(found)) return void (box.textContent = "–");
    const more = found - Number(declared);
    const sign = more > 0 ? "+" : "−";
    const span = document.createElement("span");
    span.className = more > 0 ? "bad-t" : more < 0 ? "warn-t" : "";
    const bold = document.createElement("b");
    bold.textContent = more ? sign + number.format(Math.abs(more)) : "0";
    span.append(bold);
    if (more && Number(declared)) span.append(` ${sign}${share.format((Math.abs(more) * 100) / Number(declared))} %`);
    box.replaceChildren(span);
  }
  // photographs that what was done asks for, as the server counts them (inspections/completeness.py)
  const asked = JSON.parse(words.asked);
  function showAsked(part) {
    const kinds = new Set();
    for (const group of part.querySelectorAll("[data-field^='methods.']")) {
      if (desk.read(group).done) (asked[group.dataset.field.split(".")[1]] || []).forEach((kind) => kinds.add(kind));
    }
    for (const group of part.querySelectorAll("[data-field^='seals.']")) {
      const told = desk.read(group);
      if (told && told.number && told.condition !== "missing") kinds.add("seal");
    }
    if (part.querySelector("[data-field=result] input:checked")?.value === "found") kinds.add("finding");
    const taken = new Set(Array.from(part.querySelectorAll("[data-photo-kind]"), (item) => item.dataset.photoKind));
    for (const place of part.querySelectorAll("[data-photo-missing]")) {
      place.hidden = !kinds.has(place.dataset.photoMissing) || taken.has(place.dataset.photoMissing);
    }
    const have = Array.from(kinds).filter((kind) => taken.has(kind)).length;
    part.querySelector("[data-tab-photos]").textContent = kinds.size ? `${have}/${kinds.size}` : "";
  }
  page.addEventListener("examination:photos", (event) => showAsked(event.detail));

  function growPresent(group) {
    const items = Array.from(group.querySelectorAll("[data-item-part=name]"));
    if (items.at(-1)?.value.trim()) {
      group.querySelector("[data-items]").append(document.getElementById("present-row").content.firstElementChild.cloneNode(true));
    }
  }

  // ---- now, in the unit's zone: the tablet's own may be another
  function nowInZone() {
    const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: words.zone, dateStyle: "short", timeStyle: "short" });
    return parts.format(new Date()).replace(" ", "T");
  }
  page.addEventListener("change", (event) => {
    if (event.target.dataset.part !== "done" || !event.target.checked) return;
    const started = event.target.closest("[data-field]").querySelector("[data-part=started]");
    started.value ||= nowInZone();
    showMethod(event.target.closest("[data-field]"));
  }, { capture: true });
  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-now]");
    if (!button) return;
    const group = button.closest("[data-field]");
    group.querySelector(`[data-part=${button.dataset.now}]`).value = nowInZone();
    desk.keep(group);
  });

  // begun without a link too: a change of the time like any other
  document.getElementById("start-form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const group = desk.find("", "time");
    group.querySelector("[data-part=started]").value ||= nowInZone();
    desk.keep(group);
    event.submitter.hidden = true;
  });

  // ---- seals
  function addSeal(line, event, field) {
    const mould = page.querySelector(`template[data-seal-mould="${event}"]`);
    const list = page.querySelector(`[data-line-part="${line}"] [data-seals]`);
    if (!mould || !list) return null;
    const seal = mould.content.firstElementChild.cloneNode(true);
    const old = `${seal.dataset.line}|${seal.dataset.field}`;
    seal.dataset.line = line;
    seal.dataset.field = field;
    seal.dataset.base = "null";
    for (const input of seal.querySelectorAll("[name]")) input.name = input.name.replace(old, `${line}|${field}`);
    const photo = seal.querySelector("[data-seal]");
    if (photo) photo.dataset.seal = field;
    list.append(seal);
    return seal;
  }
  page.addEventListener("click", (event) => {
    const add = event.target.closest("[data-seal-add]");
    if (add) {
      const line = add.closest("[data-line-part]").dataset.linePart;
      const seal = addSeal(line, add.dataset.sealAdd, `seals.${crypto.randomUUID()}`);
      seal.querySelector("[data-part=at]").value = nowInZone();
      seal.dataset.typed = JSON.stringify(desk.read(seal));
      seal.querySelector("[data-part=number]").focus();
    }
    const out = event.target.closest("[data-out]");
    if (!out) return;
    const seal = out.closest("[data-field]");
    seal.dataset.removed = "yes";
    seal.hidden = true;
    desk.keep(seal);
  });

  desk.addSeal = addSeal;
  markTab();
})();
