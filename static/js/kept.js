// What this browser keeps of examinations until the server has it: entries and photographs, in IndexedDB.
// Whoever signs out is warned while something is unsent. Pages kept for reading without a link belong to one person
// and are deleted at sign-out and when another person's page opens: posts share machines.
(function () {
  "use strict";
  const NAME = "pcu-examinations";
  const PAGES = "pcu-examinations-";
  let opening = null;

  function open() {
    opening ||= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        const base = request.result;
        // the turn orders what this tablet wrote; it never runs backwards, also not when rows are deleted
        for (const [name, options] of [
          ["changes", { keyPath: "turn", autoIncrement: true }],
          ["photos", { keyPath: "id" }],
          ["known", { keyPath: "key" }],
          ["meta", { keyPath: "name" }],
        ]) {
          const store = base.createObjectStore(name, options);
          if (name !== "meta") store.createIndex("owner", "owner");
        }
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = request.onblocked = () => reject(request.error || new Error("blocked"));
    });
    return opening;
  }

  async function within(store, mode, work) {
    const base = await open();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(store, mode);
      const request = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error || request.error);
    });
  }

  const put = (store, row) => within(store, "readwrite", (rows) => rows.put(row));
  const remove = (store, key) => within(store, "readwrite", (rows) => rows.delete(key));
  const of = (store, owner) => within(store, "readonly", (rows) => rows.index("owner").getAll(owner));

  async function tablet() {
    const known = await within("meta", "readonly", (rows) => rows.get("tablet"));
    if (known) return known.value;
    const value = crypto.randomUUID();
    await put("meta", { name: "tablet", value });
    return value;
  }

  async function unsent(owner) {
    try {
      const changes = await of("changes", owner);
      const photos = await of("photos", owner);
      return changes.length + photos.filter((photo) => !photo.sent).length;
    } catch {
      return 0; // nothing can be kept here, so nothing is
    }
  }

  // what is only a copy of what the server has; entries and photographs that wait stay for their owner's next sign-in
  async function forgetCopies(owner) {
    try {
      for (const row of await of("known", owner)) await remove("known", row.key);
      for (const photo of await of("photos", owner)) if (photo.sent) await remove("photos", photo.id);
    } catch {
      // as above
    }
  }

  async function forgetPages(except) {
    if (!("caches" in window)) return;
    for (const name of await caches.keys()) {
      if (name.startsWith(PAGES) && name !== PAGES + except) await caches.delete(name);
    }
  }

  function ownerOfPage() {
    try {
      return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["Page-Owner"] || "";
    } catch {
      return "";
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const owner = ownerOfPage();
    if (owner) forgetPages(owner);
    else if (document.querySelector("body.gate input[name=login]")) forgetPages("");
  });

  async function signOut(form) {
    await forgetCopies(ownerOfPage());
    await forgetPages("");
    form.submit();
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-sign-out]");
    if (!form) return;
    event.preventDefault();
    const waiting = await unsent(ownerOfPage());
    const dialog = document.getElementById("unsent");
    if (!waiting || !dialog) return signOut(form);
    dialog.querySelector("[data-unsent]").textContent = waiting;
    dialog.showModal();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-sign-out-anyway]")) signOut(document.querySelector("form[data-sign-out]"));
  });

  window.pcuKept = { put, remove, of, tablet, unsent };
})();
