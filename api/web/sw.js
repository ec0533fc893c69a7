// Serves the page and the books that were opened when there is no network. What is in the caches is put there by
// offline.js; nothing of the API is kept here.
const BOOKS = 'storytailor-books';
const SHELL = 'storytailor-shell';
const OBJECT = /\/stories\/[0-9a-f-]{36}\/[\w-]+-[0-9a-f]{12}\.\w+$/; // its name says what is in it: it never changes

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const shell =
    url.origin === location.origin &&
    (request.mode === 'navigate' || url.pathname.startsWith(new URL('web/', registration.scope).pathname));
  if (request.method !== 'GET') return;
  if (request.headers.has('Range')) return; // of a voice: a browser mixes no parts of ours with the network's; player.js asks the cache
  if (OBJECT.test(url.pathname)) event.respondWith(object(request, url));
  else if (shell && (request.mode !== 'navigate' || url.pathname === new URL(registration.scope).pathname))
    event.respondWith(newest(request));
});

async function newest(request) {
  const shell = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (answer.ok) await shell.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await shell.match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function object(request, url) {
  const kept = await (await caches.open(BOOKS)).match(url.origin + url.pathname, { ignoreVary: true });
  return kept ?? fetch(request);
}
