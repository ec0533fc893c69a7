// The REST API as the page uses it: JSON with a bearer token, and a story's changes as they happen.
import { pause } from './dom.js';
import { BASE, reachable, renew, token } from './session.js';

const LONGEST_WAIT = 8000; // milliseconds between tries of a connection that was cut

/** What the API refused, by its code; OFFLINE when it was not reached at all. */
export class ApiError extends Error {
  constructor(code, message, { status = 0, data = null, retryAfter = null } = {}) {
    super(message);
    Object.assign(this, { code, status, data, retryAfter });
  }
}

async function send(path, { method = 'GET', body, headers = {}, signal, open = false } = {}) {
  const form = body instanceof FormData;
  const asked = (bearer) =>
    fetch(new URL(`api/v1${path}`, BASE), {
      method,
      signal,
      headers: {
        ...(bearer && { Authorization: `Bearer ${bearer}` }),
        ...(body && !form && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body && !form ? JSON.stringify(body) : body,
    });
  let answer;
  try {
    answer = await asked(open ? null : await token());
    if (answer.status === 401 && !open) answer = await asked(await renew());
  } catch (error) {
    if (error instanceof TypeError) throw new ApiError('OFFLINE', error.message);
    throw error; // aborted: whoever asked has gone
  }
  if (answer.ok) return answer;
  throw await refusal(answer);
}

async function refusal(answer) {
  const told = answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : {};
  return new ApiError(told.code ?? 'INTERNAL_ERROR', told.message ?? '', {
    status: answer.status,
    data: told.data,
    retryAfter: Number(answer.headers.get('Retry-After')) || null,
  });
}

async function call(path, how) {
  const answer = await send(path, how);
  return answer.status === 204 ? null : (await answer.json()).data;
}

export const options = () => call('/options');
export const me = () => call('/me');
export const characters = () => call('/characters?limit=100').then((page) => page.items.map(shownCharacter));
export const createCharacter = (body) => call('/characters', { method: 'POST', body }).then(shownCharacter);

export function addPicture(id, image) {
  const form = new FormData();
  form.set('image', image);
  form.set('consent', 'true');
  return call(`/characters/${id}/reference-images`, { method: 'POST', body: form }).then(shownCharacter);
}

export const estimate = (body, signal) => call('/stories/estimate', { method: 'POST', body, signal });
export const createStory = (body, key) =>
  call('/stories', { method: 'POST', body, headers: { 'Idempotency-Key': key } });

/** A page of one's own stories, newest first: few at once, then more. */
export async function stories(cursor) {
  const page = await call(cursor ? `/stories?limit=36&cursor=${encodeURIComponent(cursor)}` : '/stories?limit=12');
  return { ...page, items: page.items.map(shown) };
}

export const story = (id) => call(`/stories/${id}`).then(shown);
export const sharedStory = (link) => call(`/shared/${encodeURIComponent(link)}`, { open: true }).then(shown);
export const remake = (id, assetTypes, cascade = false) =>
  call(`/stories/${id}/assets/regenerate`, { method: 'POST', body: { assetTypes, cascade } }).then(shown);
export const cancel = (id) => call(`/stories/${id}/cancel`, { method: 'POST' });
export const removeStory = (id) => call(`/stories/${id}`, { method: 'DELETE' });
export const takeBack = (id) => call(`/stories/${id}/share`, { method: 'DELETE' });

/** A link to this very page, which shows the story to whoever has it. The token is behind the #: no log has it. */
export async function share(id) {
  const { url } = await call(`/stories/${id}/share`, { method: 'POST' });
  return new URL(`#/shared/${url.split('/').pop()}`, BASE).href;
}

/**
 * The story now and after each change, until it is over or `signal` aborts; a cut connection is made again.
 * `onConnection(false)` while there is none.
 */
export async function* watch(id, signal, onConnection = () => {}) {
  let last = '';
  for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      const answer = await send(`/stories/${id}/events`, { signal, headers: { 'Last-Event-ID': last } });
      onConnection(true);
      if (answer.status === 204) return;
      for await (const event of eventsOf(answer.body)) {
        last = event.id;
        wait = 500;
        const told = shown(JSON.parse(event.data));
        yield told;
        if (told.asset_generation_status.overall !== 'generating') return;
      }
    } catch (error) {
      if (signal.aborted) return;
      const passing =
        error instanceof TypeError || error.code === 'OFFLINE' || error.status >= 500 || error.status === 429;
      if (!passing) throw error;
      onConnection(false);
    }
    const waited = new AbortController();
    const online = new Promise((resolve) => addEventListener('online', resolve, { signal: waited.signal }));
    await Promise.race([pause(wait, signal), online]);
    waited.abort();
  }
}

async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader(); // Safari gives no chunks to `for await`
  let text = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const events = (text + chunk.value).split('\r\n\r\n');
    text = events.pop();
    for (const event of events.filter((each) => !each.startsWith(':'))) {
      yield Object.fromEntries(event.split('\r\n').map((line) => line.split(/: (.*)/s)));
    }
  }
}

/** A story whose files this page can reach. */
function shown(story) {
  for (const asset of Object.values(story.asset_generation_status.assets)) {
    if (asset.url) asset.url = reachable(asset.url);
    for (const [name, value] of Object.entries(asset.metadata ?? {})) {
      if (name.endsWith('Url')) asset.metadata[name] = reachable(value);
    }
  }
  return story;
}

const shownCharacter = (character) => ({ ...character, reference_images: character.reference_images.map(reachable) });
