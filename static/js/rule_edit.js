// The editor of a rule: saves on change, keys for the row one works on. Without this script buttons do the same.
(function () {
  "use strict";
  const FIELD = "input:not([type=checkbox], [type=radio], [type=hidden]), select, textarea";
  const MOVES = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in", Delete: "delete" };
  let typedSince = false;
  let lastRow = "";

  const editor = () => document.querySelector("form[data-rule-editor]");
  const press = (value) => {
    const button = Array.from(editor().querySelectorAll("button[name=do]")).find((one) => one.value === value);
    if (button) button.click();
  };

  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-rule-editor]")) typedSince = true;
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-rule-editor]");
    if (form && !event.target.matches("[data-no-autosave]")) window.htmx.trigger(form, "autosave");
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row-of]");
    if (row) lastRow = row.dataset.rowOf;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt === editor()) typedSince = false;
  });
  // What was typed while a saving was under way is not covered by its answer: it goes with the next one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = editor();
    if (!form || event.detail.target !== form || !typedSince || ![200, 422].includes(event.detail.xhr.status)) return;
    const answer = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    const fresh = answer.querySelector("#editor [name=edit]");
    const acted = event.detail.requestConfig.parameters.do || event.detail.requestConfig.parameters.get?.("do");
    if (!fresh || acted) return;
    form.elements.edit.value = fresh.value;
    event.detail.shouldSwap = false;
  });

  document.addEventListener("keydown", (event) => {
    if (!editor() || event.ctrlKey || event.metaKey) return;
    const inField = event.target.matches(FIELD);
    const row = event.target.closest("[data-row-of]")?.dataset.rowOf || (inField ? "" : lastRow);
    if (event.altKey && row && MOVES[event.code]) {
      event.preventDefault();
      press(`${row}:${MOVES[event.code]}`);
    } else if (!event.altKey && inField && event.code === "Escape") {
      event.target.blur();
    } else if (!event.altKey && !event.shiftKey && !inField && (event.code === "KeyC" || event.code === "KeyG")) {
      event.preventDefault();
      press(`${lastRow || "c.0"}:${event.code === "KeyC" ? "condition" : "group"}`);
    } else if (!event.altKey && !inField && event.code === "Delete" && lastRow) {
      event.preventDefault();
      press(`${lastRow}:delete`);
    }
  });
})();
