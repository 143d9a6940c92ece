// Keeps the last directory for reading without a connection. It keeps nothing else: no page, no
// form, no answer of the API ever enters the cache.
const CACHE = "canais-1";
const DATA = "/diretorio.json";
const PAGE = "/offline.html";
const PARTS = [PAGE, "/offline.js", "/offline.css", "/fonts/raleway.woff2"];
const FRESH = 6 * 60 * 60 * 1000;
const PATIENCE = 8000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(PARTS)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
    await keep();
  })());
});

// Fetch the directory anew when the one kept is old; a refused or broken answer changes nothing.
async function keep() {
  if (self.navigator.connection?.saveData) return;
  const cache = await caches.open(CACHE);
  const kept = await cache.match(DATA);
  if (kept && Date.now() - Number(kept.headers.get("x-kept-at")) < FRESH) return;
  try {
    const answer = await fetch(DATA);
    if (!answer.ok) return;
    const headers = { "content-type": "application/json", "x-kept-at": String(Date.now()) };
    await cache.put(DATA, new Response(await answer.text(), { headers }));
  } catch {
    // no connection: the one kept before stays
  }
}

async function page(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

async function part(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(new URL(request.url).pathname)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin || event.request.method !== "GET") return;
  if (event.request.mode === "navigate") {
    event.respondWith(page(event.request));
    event.waitUntil(keep());
  } else if (PARTS.includes(url.pathname) || url.pathname === DATA) {
    event.respondWith(url.pathname === DATA ? data(event.request) : part(event.request));
  }
});

// The offline page reads what is kept, with its age; nobody else asks for this file.
async function data(request) {
  return (await caches.match(DATA)) ?? fetch(request);
}
