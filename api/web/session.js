// Who is reading: the local stack's demo user, somebody who has signed in with Supabase, or the bearer of a token.

export const BASE = new URL('..', import.meta.url); // below whatever path a proxy serves us
const KEPT = 'storytailor.session';
const LAST = 'storytailor.last-visitor';
const EARLY = 30; // seconds before its end at which a token is renewed

let ways = null; // {demo, supabase, assets}, once the house was reached
let current = null; // {token, refresh, kind}
let renewing = null;
let signInAgain = async () => {
  throw new Error('nobody asks for a sign-in yet');
};

/** What is called when only the visitor can go on: it asks, and settles once somebody is signed in. */
export function whenSignInIsNeeded(ask) {
  signInAgain = ask;
}

export const waysIn = () => ways;
export const isDemo = () => current?.kind === 'demo';
export const isSignedIn = () => current !== null;

/** The visitor's user id; offline, the last one's, whose kept books are here. */
export const visitor = () => (current ? claims(current.token).sub : localStorage.getItem(LAST));

/** Find out how one comes in, and come in as far as that needs nobody. Without a network it is found out later. */
export async function begin() {
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? sessionStorage.getItem(KEPT) ?? 'null');
  if (kept) current = kept;
  try {
    await reach();
    if (!current && ways.demo) await renew();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // a TypeError: no network, and kept books can be read
  }
}

async function reach() {
  if (ways) return;
  const answer = await fetch(new URL('sign-in', BASE));
  if (!answer.ok) throw new TypeError(`The ways in were answered ${answer.status}.`);
  ways = await answer.json();
}

/** A token that still holds. Throws TypeError when there is no network to get one. */
export async function token() {
  await reach();
  const holds = current && claims(current.token).exp - EARLY > Date.now() / 1000;
  return holds ? current.token : renew();
}

/** A new token, asked for once however many wait for it. */
export function renew() {
  renewing ??= renewed().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function renewed() {
  if (ways.demo && (!current || current.kind === 'demo')) {
    const answer = await fetch(new URL('sign-in/demo', BASE), { method: 'POST' });
    if (answer.ok) return keep({ kind: 'demo', token: (await answer.json()).token });
  }
  if (current?.refresh && ways.supabase) {
    const answer = await supabase('refresh_token', { refresh_token: current.refresh });
    if (answer.ok) return keep(await fromSupabase(answer));
  }
  await signInAgain();
  return current.token;
}

/** Sign in with a token that somebody else has made. Throws Error for what is none. */
export function signInWithToken(text) {
  const given = text.trim();
  claims(given);
  return keep({ kind: 'token', token: given });
}

/** Sign in with Supabase. Returns whether it knew them. */
export async function signInWithPassword(email, password) {
  const answer = await supabase('password', { email, password });
  if (answer.ok) keep(await fromSupabase(answer));
  return answer.ok;
}

export function signOut() {
  current = null;
  for (const store of [localStorage, sessionStorage]) store.removeItem(KEPT);
  localStorage.removeItem(LAST);
}

const supabase = (grant, body) =>
  fetch(new URL(`auth/v1/token?grant_type=${grant}`, `${ways.supabase.url.replace(/\/$/, '')}/`), {
    method: 'POST',
    headers: { apikey: ways.supabase.key, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

async function fromSupabase(answer) {
  const { access_token: bearer, refresh_token: refresh } = await answer.json();
  return { kind: 'supabase', token: bearer, refresh };
}

/** A token of one's own goes with the tab; a login stays, as its owner expects; the demo's is asked for anew. */
function keep(next) {
  current = next;
  localStorage.setItem(LAST, claims(next.token).sub);
  if (next.kind === 'supabase') localStorage.setItem(KEPT, JSON.stringify(next));
  if (next.kind === 'token') sessionStorage.setItem(KEPT, JSON.stringify(next));
  return next.token;
}

function claims(bearer) {
  const bytes = Uint8Array.from(atob(bearer.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (letter) =>
    letter.charCodeAt(0),
  );
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** A stored object's URL as this page reaches it: where this API serves it, by the address the page came from. */
export function reachable(url) {
  return url && ways?.assets && url.startsWith(ways.assets)
    ? new URL(`assets/${url.slice(ways.assets.length)}`, BASE).href
    : url;
}
