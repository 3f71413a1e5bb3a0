// The theme, set before the first paint: the officer's choice, else what the system prefers.
// Loaded in the head without defer; everything else is deferred.
(function () {
  "use strict";
  const KEY = "pcu-theme";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      const value = localStorage.getItem(KEY);
      return value === "light" || value === "dark" ? value : null;
    } catch {
      return null; // storage may be closed by policy; the system's preference then holds
    }
  }

  function apply() {
    root.dataset.theme = chosen() || (system.matches ? "dark" : "light");
  }

  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", (event) => event.key === KEY && apply());

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // not remembered, still switched for this page
    }
    root.dataset.theme = next;
  });
})();
