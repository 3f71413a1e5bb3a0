// The tablet page of an examination, its fields and their values: what stands in a box, and how a value comes into it.
// The other scripts of the page (link, told, inspection, page, photos, leave) find one another through pcuExamination.
(function () {
  "use strict";
  const page = document.querySelector("main[data-act]");
  if (!page) return;
  const words = page.dataset; // all words come from the page

  const groups = () => page.querySelectorAll("[data-field]");
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
  function show(group) {
    page.dispatchEvent(new CustomEvent("examination:shown", { detail: group }));
  }

  window.pcuExamination = { page, words, act: words.act, owner: words.owner, isEditable: words.editable === "yes", groups, find, read, fill, show };
})();
