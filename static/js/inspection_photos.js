// Photographs of the tablet page: kept in this browser until the server has them, sent one by one beside the entries.
// One that the browser cannot keep is held by the page, sent at once, and says so.
(function () {
  "use strict";
  const desk = window.pcuExamination;
  if (!desk) return;
  const { page, words, act, owner } = desk;
  const kept = window.pcuKept;
  const rows = new Map(); // id to row; a row holds the picture itself
  const held = new Set(); // ids of rows that the browser did not keep
  const tries = new Map(); // id to how often it was sent without an answer
  const PATIENCE = 10 * 60_000; // ms for twenty megabytes over a poor link
  const WHY = { lost: "textPhotoLost", session: "textPhotoSession", again: "textPhotoAgain", barred: "textPhotoBarred" };
  let sending = null;
  let reading = 0; // pictures chosen of which the bytes are not here yet

  const waiting = () => Array.from(rows.values()).filter((row) => !row.sent && !row.refused);
  const listOf = (line) => page.querySelector(`[data-line-part="${line}"] [data-photos]`);
  const labelOf = (kind) => page.querySelector(`[data-photo-what] option[value="${kind}"]`)?.textContent || kind;
  const itemOf = (row) => page.querySelector(`[data-photo-id="${row.id}"]`);

  async function keep(row) {
    try {
      await kept.put("photos", row);
      held.delete(row.id);
    } catch {
      held.add(row.id);
    }
  }

  async function draw(row) {
    const list = listOf(row.line);
    const mould = document.getElementById("photo-waiting");
    if (!list || !mould) return;
    const item = mould.content.firstElementChild.cloneNode(true);
    item.dataset.photoId = row.id;
    if (!row.refused) item.dataset.photoKind = row.kind;
    item.querySelector("[data-photo-words]").textContent = labelOf(row.kind) + (row.caption ? `: ${row.caption}` : "");
    item.querySelector("[data-photo-away]").addEventListener("click", () => letGo(row));
    item.querySelector("[data-photo-again]").addEventListener("click", () => sendAgain(row));
    list.append(item);
    tell(row);
    try {
      // drawn, not addressed: the content policy lets no page point at bytes in memory
      const canvas = item.querySelector("canvas");
      const picture = await createImageBitmap(row.blob);
      const scale = Math.max(canvas.width / picture.width, canvas.height / picture.height);
      const [width, height] = [picture.width * scale, picture.height * scale];
      canvas.getContext("2d").drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
      picture.close();
    } catch {
      // a kind that this browser cannot draw; the server judges it
    }
  }
  // what is said beside it, line by line
  function fateOf(row) {
    if (row.sent) return [];
    if (row.refused) return [row.refused];
    const trouble = desk.troubles.get("photos");
    let text = words.textPhotoWaits;
    if (row === sending) text = words.textPhotoSending;
    else if (trouble) text = words[WHY[trouble.fate]].replace("{why}", trouble.message);
    return held.has(row.id) ? [text, words.textPhotoUnkept] : [text];
  }
  function tell(row) {
    const item = itemOf(row);
    if (!item) return;
    item.classList.toggle("ins-ph-w8", !row.sent);
    const fate = item.querySelector("[data-photo-fate]");
    const told = fateOf(row).map((text) => Object.assign(document.createElement("p"), { textContent: text }));
    fate.replaceChildren(...told);
    fate.classList.toggle("bad-t", Boolean(row.refused) || (held.has(row.id) && !row.sent));
    item.querySelector("[data-photo-away]").hidden = item.querySelector("[data-photo-again]").hidden = !row.refused;
    if (!row.blob || row.blob.size > Number(words.maxBytes)) item.querySelector("[data-photo-again]").hidden = true;
    if (row.refused) delete item.dataset.photoKind;
    else item.dataset.photoKind = row.kind;
    page.dispatchEvent(new CustomEvent("examination:photos", { detail: item.closest("[data-line-part]") }));
  }
  const tellAll = () => waiting().forEach(tell);

  async function letGo(row) {
    rows.delete(row.id);
    held.delete(row.id);
    await kept.remove("photos", row.id).catch(() => {});
    const item = itemOf(row);
    const part = item?.closest("[data-line-part]");
    item?.remove();
    if (part) page.dispatchEvent(new CustomEvent("examination:photos", { detail: part }));
    desk.paint();
  }
  async function sendAgain(row) {
    delete row.refused;
    await keep(row);
    tell(row);
    desk.paint();
    photos.soon();
  }

  page.addEventListener("change", async (event) => {
    const field = event.target.closest("input[type=file][data-photo]");
    if (!field) return;
    const line = field.closest("[data-line-part]").dataset.linePart;
    const box = field.closest("[data-take-photo]");
    const caption = box?.querySelector("[data-photo-caption]");
    const told = {
      owner,
      act,
      line,
      kind: field.dataset.photo || box.querySelector("[data-photo-what]").value,
      seal: field.dataset.seal?.replace("seals.", "") || "",
      caption: caption?.value.trim() || "",
    };
    const files = Array.from(field.files);
    field.value = "";
    if (caption) caption.value = "";
    reading += files.length;
    desk.paint();
    for (const file of files) {
      const row = { id: kept.uuid(), ...told };
      // a file on a card may be gone at the time it is sent; a copy is not
      const bytes = await file.arrayBuffer().catch(() => null);
      reading -= 1;
      if (bytes) row.blob = new Blob([bytes], { type: file.type });
      else row.refused = words.textPhotoUnread;
      if (file.size > Number(words.maxBytes)) row.refused = words.textTooLarge;
      rows.set(row.id, row);
      desk.paint();
      const keeping = row.blob ? keep(row) : null;
      await draw(row);
      photos.soon(); // also while a store that hangs is waited for
      await keeping;
      tell(row);
      desk.paint();
    }
  });

  // the one that failed least goes first, so that one the server fails over holds up no other; one of a seal waits for
  // the entry of its seal
  function next() {
    const unsent = new Set(desk.waiting().map((row) => row.field));
    const due = waiting().filter((row) => !row.seal || !unsent.has(`seals.${row.seal}`));
    return due.sort((a, b) => (tries.get(a.id) || 0) - (tries.get(b.id) || 0))[0];
  }
  async function round() {
    for (let row = next(); row; row = next()) {
      const said = await send(row);
      if (said.fate === "ok" || said.fate === "refused") continue;
      tries.set(row.id, (tries.get(row.id) || 0) + 1);
      for (const one of waiting()) if (held.has(one.id)) await keep(one); // perhaps there is room now
      tellAll();
      return said;
    }
    return waiting().length ? { fate: "again" } : null; // of a seal that waits itself
  }
  async function send(row) {
    sending = row;
    tell(row);
    const query = new URLSearchParams({ kind: row.kind, line: row.line, caption: row.caption, upload_id: row.id });
    if (row.seal) query.set("seal", row.seal);
    const said = await desk.ask(`${words.api}photos/?${query}`, {
      body: row.blob,
      type: row.blob.type || "application/octet-stream",
      patience: PATIENCE,
    });
    sending = null;
    if (said.fate === "ok") {
      row.sent = said.body.ref;
      desk.savedAt = new Date();
      row.blob = (await small(row)) || row.blob; // makes room for those that wait
    } else if (said.fate === "refused") row.refused = said.message || words.textPhotoTooLarge;
    if (row.sent || row.refused) {
      tries.delete(row.id);
      if (!held.has(row.id)) await kept.put("photos", row).catch(() => {});
    }
    desk.heard("photos", said);
    tell(row);
    tellAll();
    if (row.sent) desk.refresh();
    return said;
  }
  const small = (row) =>
    new Promise((resolve) => {
      const canvas = itemOf(row)?.querySelector("canvas");
      if (canvas) canvas.toBlob(resolve, "image/jpeg", 0.8);
      else resolve(null);
    });

  async function replay() {
    const found = await kept.of("photos", owner).catch(() => []); // the page itself tells that nothing can be kept
    for (const row of found.filter((one) => one.act === act)) {
      // one that the page shows already is only a copy
      if (row.sent && page.querySelector(`img[src*="${row.sent}"]`)) await kept.remove("photos", row.id).catch(() => {});
      else {
        rows.set(row.id, row);
        await draw(row);
      }
    }
    desk.paint();
    photos.soon();
  }

  const photos = desk.sender("photos", round);
  desk.countPhotos(() => {
    const all = Array.from(rows.values());
    return {
      waiting: waiting().length,
      refused: all.filter((row) => row.refused).length,
      unkept: all.filter((row) => held.has(row.id) && !row.sent).length,
      reading,
    };
  });
  page.addEventListener("examination:sent", () => waiting().some((row) => row.seal) && photos.soon());
  document.addEventListener("DOMContentLoaded", replay);
})();
