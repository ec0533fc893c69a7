// Books that were opened can be read again without a network: their JSON and files are kept in the browser's cache.
import { assetsOf, scenesOf } from './story.js';
import { BASE, visitor } from './session.js';

const BOOKS = 'storytailor-books';
const SHELL = 'storytailor-shell';
const MOST = 30; // books, of some ten megabytes at the most

const address = (id) => new URL(`offline/${visitor()}/${id}`, BASE).href;
const bare = (url) => url.split(/[?#]/)[0];

/** Whether this browser keeps things for us: not in private windows, nor on plain http. */
const canKeep = () => 'caches' in window && visitor() !== null;

export async function register() {
  if (!('serviceWorker' in navigator)) return;
  const policy = window.trustedTypes?.createPolicy('service-worker', { createScriptURL: (url) => url });
  const script = new URL('sw.js', BASE).href;
  await navigator.serviceWorker.register(policy ? policy.createScriptURL(script) : script);
  await navigator.serviceWorker.ready;
  const ours = performance
    .getEntriesByType('resource')
    .map((entry) => entry.name)
    .filter((url) => url.startsWith(new URL('web/', BASE).href));
  await keepShell([...new Set([BASE.href, ...ours])]);
}

/** The page's own files, those that are not kept yet: sw.js keeps them as new as the network has them. */
async function keepShell(urls) {
  const shell = await caches.open(SHELL);
  const kept = new Set((await shell.keys()).map(({ url }) => url));
  try {
    await shell.addAll(urls.filter((url) => !kept.has(url)));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // a TypeError: the network is gone; the next visit keeps them
  }
}

/** Keep an opened story with its pictures and voice. Files that cannot be had now are kept the next time. */
export async function keep(story) {
  if (!canKeep()) return;
  const cache = await caches.open(BOOKS);
  const names = ['cover', ...scenesOf(story), 'audio'];
  const urls = names.map((name) => assetsOf(story)[name]?.url).filter(Boolean);
  await Promise.allSettled(
    urls.map(async (url) => {
      if (await cache.match(bare(url))) return;
      const answer = await fetch(url);
      if (answer.ok) await cache.put(bare(url), answer);
    }),
  );
  const current = new Set(urls.map(bare));
  for (const { url } of await cache.keys()) {
    if (url.includes(`/stories/${story.id}/`) && !current.has(url)) await cache.delete(url);
  }
  await cache.delete(address(story.id)); // put again at the end: the order of the keys is that of opening
  await cache.put(address(story.id), Response.json(story));
  const kept = (await cache.keys()).map(({ url }) => url).filter((url) => url.startsWith(address('')));
  for (const url of kept.slice(0, -MOST)) await forget(url.split('/').pop());
}

export async function keptStory(id) {
  if (!canKeep()) return null;
  const answer = await (await caches.open(BOOKS)).match(address(id));
  return answer ? answer.json() : null;
}

/** A kept file as a URL of this browser's own, null when it is not kept. */
export async function keptFile(url) {
  const answer = canKeep() ? await (await caches.open(BOOKS)).match(bare(url)) : null;
  return answer ? URL.createObjectURL(await answer.blob()) : null;
}

/** The visitor's kept stories, the one opened last first. */
export async function keptStories() {
  if (!canKeep()) return [];
  const cache = await caches.open(BOOKS);
  const ours = (await cache.keys()).filter(({ url }) => url.startsWith(address('')));
  const stories = await Promise.all(ours.map(async (request) => (await cache.match(request)).json()));
  return stories.reverse();
}

export async function forget(id) {
  if (!canKeep()) return;
  const cache = await caches.open(BOOKS);
  for (const { url } of await cache.keys()) {
    if (url === address(id) || url.includes(`/stories/${id}/`)) await cache.delete(url);
  }
}

/** Whoever signs out leaves nothing behind. */
export const forgetAll = async () => {
  if ('caches' in window) await caches.delete(BOOKS);
};
