// What every page of the shell does: menus, dialogs, the sheet, the wall clock, and what is said when a request fails.
(function () {
  "use strict";

  // ---- menus: details elements that close on Escape and on a click or focus elsewhere
  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.code !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else {
      closeSheet();
    }
  });

  // ---- dialogs: data-dialog-open="id", data-dialog-close; a click on the backdrop closes too
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) document.getElementById(opener.dataset.dialogOpen).showModal();
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) closer.closest("dialog").close();
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });

  // ---- the sheet of narrow screens: data-sheet-open="id" raises it, the rest of the page turns inert
  let sheetOpener = null;
  function behindSheet() {
    return document.querySelectorAll("[data-behind-sheet]");
  }
  function openSheet(id, opener) {
    const sheet = document.getElementById(id);
    if (!sheet) return;
    sheetOpener = opener;
    const veil = document.createElement("div");
    veil.className = "sheet-veil";
    veil.id = "sheet-veil";
    veil.addEventListener("click", closeSheet);
    sheet.before(veil);
    sheet.classList.add("is-open");
    sheet.setAttribute("role", "dialog");
    sheet.setAttribute("aria-modal", "true");
    for (const part of behindSheet()) part.inert = true;
    const first = sheet.querySelector("input:checked, input, button");
    if (first) first.focus();
  }
  function closeSheet() {
    const sheet = document.querySelector(".dec.is-open");
    if (!sheet) return;
    sheet.classList.remove("is-open");
    sheet.removeAttribute("role");
    sheet.removeAttribute("aria-modal");
    document.getElementById("sheet-veil")?.remove();
    for (const part of behindSheet()) part.inert = false;
    sheetOpener?.focus();
  }
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-sheet-open]");
    if (opener) openSheet(opener.dataset.sheetOpen, opener);
    if (event.target.closest("[data-sheet-close]")) closeSheet();
  });
  window.matchMedia("(min-width: 1100px)").addEventListener("change", closeSheet);

  // ---- the anchors of a long page: the part being read is marked
  function followAnchors() {
    const nav = document.querySelector(".anchors");
    if (!nav) return;
    const links = Array.from(nav.querySelectorAll("a"));
    const mark = () => {
      const edge = nav.getBoundingClientRect().bottom + 24;
      const begun = links.filter((link) => document.getElementById(link.hash.slice(1))?.getBoundingClientRect().top <= edge);
      const atEnd = window.scrollY > 0 && window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
      const current = atEnd ? links.at(-1) : begun.at(-1) || links[0];
      for (const link of links) {
        if (link === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    };
    window.addEventListener("scroll", mark, { passive: true });
    mark();
  }
  document.addEventListener("DOMContentLoaded", followAnchors);

  // ---- fields that belong to one choice: data-when="decision=hold pass" shows while one of them is picked
  function showFields(root) {
    for (const part of root.querySelectorAll("[data-when]")) {
      const [name, values] = part.dataset.when.split("=");
      const form = part.closest("form") || document;
      const picked = form.querySelector(`[name="${CSS.escape(name)}"]:checked, select[name="${CSS.escape(name)}"]`);
      const shown = Boolean(picked) && values.split(" ").includes(picked.value);
      part.hidden = !shown;
      // a hidden field is not sent and does not stop the form
      for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = !shown;
    }
  }
  // the back button gives the choice back after the page is ready
  window.addEventListener("pageshow", () => showFields(document));
  document.addEventListener("change", (event) => showFields(event.target.closest("form") || document));
  document.addEventListener("DOMContentLoaded", () => showFields(document));
  document.addEventListener("htmx:afterSettle", (event) => showFields(event.target));

  // ---- the unit's wall clock, from the server's time: the post's own clock may be wrong
  function startWall() {
    const wall = document.querySelector("[data-wall]");
    if (!wall) return;
    const zone = { timeZone: wall.dataset.zone };
    const offset = Date.parse(wall.dateTime) - Date.now();
    const time = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });
    // as the server writes it: English in the British order, the others with the whole name of the month
    const lang = document.documentElement.lang;
    const words = lang === "en" ? ["en-GB", "short"] : [lang, "long"];
    const day = new Intl.DateTimeFormat(words[0], { ...zone, weekday: "short", day: "numeric", month: words[1] });
    let shownDay = day.format(Date.now() + offset);
    setInterval(() => {
      const now = Date.now() + offset;
      wall.textContent = time.format(now);
      if (day.format(now) !== shownDay) {
        // midnight passed while the page stood open
        shownDay = day.format(now);
        document.querySelector("[data-wall-day]").textContent = shownDay;
      }
    }, 5000);
  }
  document.addEventListener("DOMContentLoaded", startWall);

  // ---- what is said when a request fails
  function strip(id, shown, text) {
    const element = document.getElementById(id);
    if (!element) return;
    if (text) element.querySelector("[data-text]").textContent = text;
    element.hidden = !shown;
  }
  const lost = () => strip("strip-lost", true);
  const found = () => strip("strip-lost", false);
  window.addEventListener("offline", lost);
  window.addEventListener("online", found);
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, lost);

  function sessionEnded(xhr) {
    if (xhr.status === 401) return true;
    const login = document.body.dataset.loginUrl;
    return Boolean(login && xhr.responseURL) && new URL(xhr.responseURL).pathname === login;
  }
  // signing in again in another tab makes a new token; the cookie holds the one that counts
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (!token) return;
    event.detail.headers["X-CSRFToken"] = token[1];
    delete event.detail.parameters.csrfmiddlewaretoken;
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    found();
    strip("strip-error", false);
    strip("strip-session", false);
    const xhr = event.detail.xhr;
    if (sessionEnded(xhr)) {
      event.preventDefault(); // the sign-in page must not land inside a table; what was typed stays
      strip("strip-session", true);
    } else if (xhr.status >= 400 && xhr.status !== 409 && xhr.status !== 422) {
      const words = document.getElementById("strip-error")?.dataset || {};
      strip("strip-error", true, words[`text${xhr.status}`] || words.textOther);
    }
  });
})();
