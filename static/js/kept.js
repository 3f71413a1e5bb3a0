// What this browser keeps of examinations until the server has it: entries and photographs, in IndexedDB.
// Whoever signs out is warned while something is unsent. Pages kept for reading without a link belong to one person
// and are deleted at sign-out and when another person's page opens: posts share machines.
(function () {
  "use strict";
  const NAME = "pcu-examinations";
  const PAGES = "pcu-examinations-";
  const SILENT = 4000; // ms after which a store that does not open counts as none
  const STUCK = 20_000; // ms that a slow disk gets for one photograph
  const REST = 30_000; // ms until one that could not be opened is tried again
  let opening = null;

  function open() {
    if (opening) return opening;
    const mine = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("silent")), SILENT);
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
        const base = request.result;
        base.onversionchange = () => base.close();
        base.onclose = () => forgetOpening(mine);
        resolve(base);
      };
      request.onerror = request.onblocked = () => reject(request.error || new Error("blocked"));
    });
    mine.catch(() => setTimeout(forgetOpening, REST, mine));
    return (opening = mine);
  }
  function forgetOpening(one) {
    if (opening === one) opening = null;
  }

  // true to the disk before it counts: tablets run out of battery
  function transact(base, store, mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(store, mode, { durability: "strict" });
      const watch = setTimeout(() => transaction.abort(), STUCK);
      const end = (settle, what) => {
        clearTimeout(watch);
        settle(what);
      };
      let request;
      transaction.oncomplete = () => end(resolve, request.result);
      transaction.onerror = transaction.onabort = () => end(reject, transaction.error || request?.error || new Error("silent"));
      try {
        request = work(transaction.objectStore(store));
        if (mode === "readwrite") transaction.commit?.(); // a page that closes does not take it back
      } catch (error) {
        clearTimeout(watch);
        transaction.abort();
        reject(error);
      }
    });
  }
  async function within(store, mode, work) {
    const mine = open();
    try {
      return await transact(await mine, store, mode, work);
    } catch (error) {
      if (error?.name !== "InvalidStateError") throw error;
      forgetOpening(mine); // the browser closed it behind our back
      return transact(await open(), store, mode, work);
    }
  }

  // gives the key; rows under the keys `instead` go in the same transaction, so that there is never neither
  const put = (store, row, instead = []) =>
    within(store, "readwrite", (rows) => {
      const request = rows.put(row);
      for (const key of instead) rows.delete(key);
      return request;
    });
  const remove = (store, key) => within(store, "readwrite", (rows) => rows.delete(key));
  const of = (store, owner) => within(store, "readonly", (rows) => rows.index("owner").getAll(owner));

  // crypto.randomUUID is missing on addresses without TLS
  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  async function tablet() {
    const known = await within("meta", "readonly", (rows) => rows.get("tablet"));
    if (known) return known.value;
    const value = uuid();
    await put("meta", { name: "tablet", value });
    return value;
  }

  // what waits in the store, and what only the open page holds
  async function unsent(owner) {
    await window.pcuKept.settled(); // what was typed just before the click too
    const onPage = window.pcuKept.onPage();
    try {
      const changes = await of("changes", owner);
      const photos = await of("photos", owner);
      return changes.length + photos.filter((photo) => !photo.sent).length + onPage;
    } catch {
      return onPage; // nothing can be kept here, so nothing is
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
    try {
      for (const name of await caches.keys()) {
        if (name.startsWith(PAGES) && name !== PAGES + except) await caches.delete(name);
      }
    } catch {
      // a browser that lets no page have a cache; nobody is held back from signing out by it
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

  let isLeaving = false; // said twice already: the browser need not ask a third time
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
    const onPage = window.pcuKept.onPage();
    for (const [part, n] of [["kept", waiting - onPage], ["unkept", onPage]]) {
      dialog.querySelector(`[data-unsent-${part}]`).hidden = !n;
      dialog.querySelector(`[data-unsent-${part}] [data-unsent]`).textContent = n;
    }
    dialog.showModal();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-sign-out-anyway]")) return;
    isLeaving = true;
    signOut(document.querySelector("form[data-sign-out]"));
  });

  window.pcuKept = { put, remove, of, tablet, unsent, uuid, onPage: () => 0, settled: () => null, isLeaving: () => isLeaving };
})();
