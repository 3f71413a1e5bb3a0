// Lets an examination that was open be opened again without a link. Pages are kept apart by whose they are (the header
// Kept-For) and never shown to another; entries that wait are no business of this worker.
"use strict";
const PAGES = "pcu-examinations-";
const LOOK = "pcu-look";
const PATIENCE = 6000; // ms that a poor link gets before what is kept is shown
const ACT = /^\/inspections\/[0-9a-f-]{36}\/$/;
const THUMB = /^\/inspections\/photos\/[0-9a-f-]{36}\/thumb\/$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function pages() {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(PAGES));
}

async function keepPage(url, response) {
  const owner = response.headers.get("Kept-For");
  if (!response.ok || response.redirected || !owner) return;
  for (const name of await pages()) if (name !== PAGES + owner) await caches.delete(name);
  const kept = await caches.open(PAGES + owner);
  await kept.put(url.origin + url.pathname, response);
}

function inTime(request) {
  return fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
}

async function page(request) {
  const url = new URL(request.url);
  try {
    // a navigation cannot be fetched anew with a signal of one's own; its address can
    const response = await fetch(request.url, {
      credentials: "same-origin",
      redirect: "manual",
      headers: { Accept: request.headers.get("Accept") || "text/html" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.type === "opaqueredirect") return response;
    // a server that is out of order is no reason to close an examination
    if (response.status >= 500) return (await keptPage(url)) || response;
    await keepPage(url, response.clone()).catch(() => {}); // a full disk keeps nobody from the page itself
    return response;
  } catch (error) {
    const kept = await keptPage(url);
    if (kept) return kept;
    throw error;
  }
}

async function keptPage(url) {
  for (const name of await pages()) {
    const kept = await (await caches.open(name)).match(url.origin + url.pathname);
    if (kept) return kept;
  }
  return null;
}

async function look(request) {
  const kept = await caches.open(LOOK);
  try {
    const response = await inTime(request);
    if (response.ok) await kept.put(request, response.clone()).catch(() => {});
    return response;
  } catch (error) {
    const found = await kept.match(request);
    if (found) return found;
    throw error;
  }
}

async function thumb(request) {
  for (const name of await pages()) {
    const found = await (await caches.open(name)).match(request.url);
    if (found) return found;
  }
  const response = await fetch(request);
  const [name] = await pages();
  if (response.ok && name) await (await caches.open(name)).put(request.url, response.clone()).catch(() => {});
  return response;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && ACT.test(url.pathname)) event.respondWith(page(request));
  else if (["style", "script", "font"].includes(request.destination)) event.respondWith(look(request));
  else if (THUMB.test(url.pathname)) event.respondWith(thumb(request));
});

// a page that was open before the worker was asks for itself and for what it is made of
self.addEventListener("message", (event) => {
  const { keep = [], look: parts = [] } = event.data || {};
  event.waitUntil(
    (async () => {
      for (const address of keep) {
        const response = await fetch(address, { credentials: "same-origin" });
        await keepPage(new URL(address), response);
      }
      const kept = await caches.open(LOOK);
      for (const address of parts) if (!(await kept.match(address))) await kept.add(address);
      event.source?.postMessage({ kept: true });
    })(),
  );
});
