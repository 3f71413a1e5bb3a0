// Photographs of the tablet page: kept in this browser until the server has them, sent after the entries, one by one.
(function () {
  "use strict";
  const desk = window.pcuExamination;
  if (!desk) return;
  const { page, words, act, owner } = desk;
  const kept = window.pcuKept;
  const rows = new Map(); // id to row; a row holds the picture itself
  const PATIENCE = 10 * 60_000; // ms for twenty megabytes over a poor link

  const waiting = () => Array.from(rows.values()).filter((row) => !row.sent && !row.refused);
  const listOf = (line) => page.querySelector(`[data-line-part="${line}"] [data-photos]`);
  const labelOf = (kind) => page.querySelector(`[data-photo-what] option[value="${kind}"]`)?.textContent || kind;
  const itemOf = (row) => page.querySelector(`[data-photo-id="${row.id}"]`);

  async function draw(row) {
    const list = listOf(row.line);
    const mould = document.getElementById("photo-waiting");
    if (!list || !mould) return;
    const item = mould.content.firstElementChild.cloneNode(true);
    item.dataset.photoId = row.id;
    if (!row.refused) item.dataset.photoKind = row.kind;
    item.querySelector("[data-photo-words]").textContent = labelOf(row.kind) + (row.caption ? `: ${row.caption}` : "");
    item.querySelector("[data-photo-away]").addEventListener("click", () => letGo(row));
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
  function tell(row, text) {
    const item = itemOf(row);
    if (!item) return;
    item.classList.toggle("ins-ph-w8", !row.sent);
    const fate = item.querySelector("[data-photo-fate]");
    fate.textContent = row.refused || text || (row.sent ? "" : words.textPhotoWaits);
    fate.classList.toggle("bad-t", Boolean(row.refused));
    item.querySelector("[data-photo-away]").hidden = !row.refused;
    if (row.refused) delete item.dataset.photoKind;
    page.dispatchEvent(new CustomEvent("examination:photos", { detail: item.closest("[data-line-part]") }));
  }
  async function letGo(row) {
    rows.delete(row.id);
    await kept.remove("photos", row.id).catch(() => {});
    itemOf(row)?.remove();
    desk.paint();
  }

  page.addEventListener("change", async (event) => {
    const field = event.target.closest("input[type=file][data-photo]");
    if (!field) return;
    const line = field.closest("[data-line-part]").dataset.linePart;
    const box = field.closest("[data-take-photo]");
    for (const file of field.files) {
      const row = {
        id: crypto.randomUUID(),
        owner,
        act,
        line,
        kind: field.dataset.photo || box.querySelector("[data-photo-what]").value,
        seal: field.dataset.seal?.replace("seals.", "") || "",
        caption: box?.querySelector("[data-photo-caption]").value.trim() || "",
        // a file on a card may be gone at the time it is sent; a copy is not
        blob: new Blob([await file.arrayBuffer()], { type: file.type }),
      };
      if (file.size > Number(words.maxBytes)) row.refused = words.textTooLarge;
      rows.set(row.id, row);
      if (!row.refused) await kept.put("photos", row).catch(() => {});
      await draw(row);
    }
    field.value = "";
    if (box) box.querySelector("[data-photo-caption]").value = "";
    desk.paint();
    desk.schedule(0);
  });

  // true when nothing waits any more
  async function sendPhotos(linked) {
    for (const row of waiting()) {
      tell(row, words.textPhotoSending);
      const query = new URLSearchParams({ kind: row.kind, line: row.line, caption: row.caption, upload_id: row.id });
      if (row.seal) query.set("seal", row.seal);
      const said = await desk.ask(`${words.api}photos/?${query}`, {
        body: row.blob,
        type: row.blob.type || "application/octet-stream",
        patience: PATIENCE,
      });
      if (!linked(said.fate)) {
        tell(row);
        return false;
      }
      if (said.fate === "ok") row.sent = said.body.ref;
      else row.refused = said.message;
      await kept.put("photos", row).catch(() => {});
      tell(row);
      desk.paint();
      desk.refresh();
    }
    return true;
  }

  async function replay() {
    try {
      for (const row of (await kept.of("photos", owner)).filter((one) => one.act === act)) {
        // one that the page shows already is only a copy
        if (row.sent && page.querySelector(`img[src*="${row.sent}"]`)) await kept.remove("photos", row.id);
        else {
          rows.set(row.id, row);
          await draw(row);
        }
      }
    } catch {
      return; // the page itself tells that nothing can be kept
    }
    desk.paint();
    desk.schedule(0);
  }

  desk.photosWaiting = () => waiting().length;
  desk.sendPhotos = sendPhotos;
  document.addEventListener("DOMContentLoaded", replay);
})();
