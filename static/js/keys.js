// The keyboard: one attribute on the control names its key, so the list of keys is always true for the page.
//
//   data-key="KeyH"            a click on the control (a radio is also focused); fields are focused instead
//   data-key="Control+Enter"   works inside fields too
//   data-key-label="Hold"      what the list says; else the control's own text
//   data-rows > data-row       a list: J and K move, Space picks, Enter opens [data-open]; a row that becomes
//                              current gets the event "current", which hx-trigger may listen to; give the list
//                              hx-sync="#preview:replace", so that a slow answer never covers a later row's
//
// Keys are physical (event.code): they stay where they are on Cyrillic layouts.
(function () {
  "use strict";
  const FIELD = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), select, textarea, [contenteditable]";
  const NAMES = { Slash: "/", Escape: "Esc", Enter: "Enter", Space: "Space", Control: "Ctrl", Shift: "⇧" };

  const seen = (element) => element.getClientRects().length > 0 && !element.closest("[inert]");

  function combo(event) {
    return (event.ctrlKey || event.metaKey ? "Control+" : "") + (event.altKey ? "Alt+" : "") + (event.shiftKey ? "Shift+" : "") + event.code;
  }

  function words(keys) {
    return keys.split("+").map((key) => NAMES[key] || key.replace(/^(Key|Digit)/, ""));
  }

  // ---- the controls that name a key
  function controlFor(keys) {
    return Array.from(document.querySelectorAll("[data-key]")).find(
      (control) => control.dataset.key === keys && seen(control) && !control.disabled,
    );
  }

  function use(control) {
    if (control.matches(FIELD)) {
      control.focus();
      if (control.select) control.select();
      return;
    }
    if (control.matches("input[type=radio]")) control.focus();
    control.click();
  }

  // ---- the list
  const rows = () => Array.from(document.querySelectorAll("[data-rows] [data-row]")).filter(seen);
  let currentRef = null;

  function current(all) {
    return all.find((row) => row.classList.contains("is-current"));
  }

  function setCurrent(row, scroll) {
    for (const other of document.querySelectorAll("[data-rows] .is-current")) {
      other.classList.remove("is-current");
      other.removeAttribute("aria-current");
    }
    row.classList.add("is-current");
    row.setAttribute("aria-current", "true");
    currentRef = row.dataset.row;
    if (scroll) row.scrollIntoView({ block: "nearest" });
    // until this row's preview has come, no key or click may act on the one before
    const beside = row.hasAttribute("hx-get") && row.closest("[hx-target]");
    if (beside) document.querySelector(beside.getAttribute("hx-target")).inert = true;
    row.dispatchEvent(new CustomEvent("current", { bubbles: true }));
  }

  function move(step) {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(current(all));
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    if (next !== current(all)) setCurrent(next, true);
    return true;
  }

  function onRows(keys) {
    if (keys === "KeyJ" || keys === "ArrowDown") return move(1);
    if (keys === "KeyK" || keys === "ArrowUp") return move(-1);
    const row = current(rows());
    if (!row) return false;
    const wanted = { Space: "input[type=checkbox]", Enter: "[data-open]" }[keys];
    const target = wanted && row.querySelector(wanted);
    if (!target) return false;
    target.click();
    return true;
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows] [data-row]");
    if (row && !event.target.closest("a, button, input, label")) setCurrent(row, false);
  });

  // after a swap the same case stays current, else the first row becomes so
  function keepCurrent() {
    const all = rows();
    if (!all.length || current(all)) return;
    setCurrent(all.find((row) => row.dataset.row === currentRef) || all[0], false);
  }
  document.addEventListener("htmx:afterSettle", keepCurrent);
  document.addEventListener("htmx:afterSwap", (event) => (event.detail.target.inert = false));
  window.addEventListener("load", keepCurrent);

  // ---- the list of keys valid here
  function showKeys() {
    const dialog = document.getElementById("keys");
    if (!dialog || dialog.open) return;
    const list = dialog.querySelector("[data-keys-list]");
    for (const line of list.querySelectorAll("[data-made]")) line.remove();
    for (const line of list.querySelectorAll("[data-keys-if]")) line.hidden = !document.querySelector(line.dataset.keysIf);
    const told = new Set();
    for (const control of document.querySelectorAll("[data-key]")) {
      if (!seen(control) || told.has(control.dataset.key)) continue;
      told.add(control.dataset.key);
      const line = document.createElement("div");
      line.dataset.made = "";
      const term = document.createElement("dt");
      term.textContent = control.dataset.keyLabel || control.getAttribute("aria-label") || control.textContent.trim();
      const detail = document.createElement("dd");
      for (const word of words(control.dataset.key)) {
        const key = document.createElement("kbd");
        key.textContent = word;
        detail.append(key);
      }
      line.append(term, detail);
      list.append(line);
    }
    dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const keys = combo(event);
    const inField = event.target instanceof Element && event.target.matches(FIELD);
    if (inField) {
      if (keys === "Escape") event.target.blur();
      if (!keys.startsWith("Control+")) return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?" || keys === "Shift+Slash") {
      // the question mark sits elsewhere on Cyrillic layouts: both its sign and its Latin place count
      event.preventDefault();
      showKeys();
      return;
    }
    const control = controlFor(keys);
    if (control) {
      event.preventDefault();
      // held down, a key acts once: the page that a decision leads to has the same keys
      if (!event.repeat) use(control);
      return;
    }
    // a focused link or button keeps its own Enter and Space
    const own = event.target instanceof Element && event.target.closest("a, button, summary, input, label");
    if (own && (keys === "Enter" || keys === "Space")) return;
    if (onRows(keys)) event.preventDefault();
  });

  document.addEventListener("click", (event) => event.target.closest("[data-keys-open]") && showKeys());
})();
