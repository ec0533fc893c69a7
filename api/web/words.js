// What the page itself says, in the visitor's language: i18n/<language>.json.

export const LANGUAGES = ['en', 'de', 'es', 'fr'];
const KEPT = 'storytailor.language';
let words = {};
export let language = 'en';

/** The language chosen before, else the browser's first that we have. */
export function preferred() {
  const chosen = localStorage.getItem(KEPT);
  const wanted = [chosen, ...navigator.languages].filter(Boolean).map((tag) => tag.toLowerCase().split('-')[0]);
  return wanted.find((tag) => LANGUAGES.includes(tag)) ?? 'en';
}

export async function speak(tag) {
  const answer = await fetch(new URL(`i18n/${tag}.json`, import.meta.url));
  words = await answer.json();
  language = tag;
  document.documentElement.lang = tag;
}

export function choose(tag) {
  localStorage.setItem(KEPT, tag);
}

/** The words under a key such as `watch.title`, {placeholders} filled; of {one, other} the form that `count` asks for. */
export function t(key, values = {}) {
  let found = key.split('.').reduce((part, name) => part?.[name], words);
  if (found === undefined) throw new Error(`No words for ${key} in ${language}`);
  if (typeof found === 'object') found = found[new Intl.PluralRules(language).select(values.count)] ?? found.other;
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

export const has = (key) => key.split('.').reduce((part, name) => part?.[name], words) !== undefined;

/** A language's own name for itself would be read by who speaks it; here it is named to who asks for a book in it. */
export const languageName = (tag) => {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(tag);
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
};

export const number = (value, options) => new Intl.NumberFormat(language, options).format(value);
export const list = (items) => new Intl.ListFormat(language, { type: 'conjunction' }).format(items);
export const date = (iso) => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(new Date(iso));
