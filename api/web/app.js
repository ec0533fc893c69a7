// The page: who is here, in which language, and which view the address names.
import { h, icon, toast } from './dom.js';
import { explain, mayPass } from './errors.js';
import { forgetAll, register } from './offline.js';
import { begin, isDemo, isSignedIn, signOut, whenSignInIsNeeded } from './session.js';
import { LANGUAGES, choose, preferred, speak, t } from './words.js';
import { make } from './views/make.js';
import { read, shared } from './views/read.js';
import { shelf } from './views/shelf.js';
import { askForSignIn } from './views/sign-in.js';
import { watch } from './views/watch.js';

const VIEWS = [
  [/^#?\/?$/, shelf],
  [/^#\/new$/, make],
  [/^#\/watch\/([0-9a-f-]{36})$/, watch],
  [/^#\/read\/([0-9a-f-]{36})$/, read],
  [/^#\/shared\/([\w-]{10,200})$/, shared],
];
const OWN_NAMES = { en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français' };
let leaving = new AbortController();

const go = (address) => {
  location.hash = address;
};

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  for (const dialog of document.querySelectorAll('dialog:not([data-lasting])')) dialog.close(); // of the view that was left
  const [view, params] = viewAt(location.hash);
  document.documentElement.dataset.view = view.name;
  const main = document.getElementById('view');
  main.setAttribute('aria-busy', 'true');
  let shown;
  try {
    shown = await view({ params, signal, go, reload: show });
  } catch (error) {
    shown = failure(error);
  }
  if (signal.aborted) return;
  document.title = `${shown.title} · Storytailor`;
  const focusIsFree = document.activeElement === document.body || main.contains(document.activeElement);
  main.replaceChildren(shown.node);
  main.removeAttribute('aria-busy');
  main.dataset.shows = location.hash;
  header();
  if (show.again && focusIsFree) main.querySelector('h1')?.focus({ preventScroll: true });
  show.again = true;
  scrollTo(0, 0);
  shown.shown?.(); // goes on for as long as the view is there
}

function viewAt(hash) {
  for (const [pattern, view] of VIEWS) {
    const found = pattern.exec(hash);
    if (found) return [view, found.slice(1)];
  }
  return [
    async function lost() {
      return notice(t('lost.title'), t('lost.text'));
    },
    [],
  ];
}

function failure(error) {
  const text = explain(error);
  return notice(
    error.code === 'STORY_NOT_FOUND' ? t('lost.title') : t('errors.title'),
    text,
    mayPass(error) && h('button', { type: 'button', class: 'main', onclick: show }, t('again')),
  );
}

const notice = (title, text, way) => ({
  title,
  node: h(
    'div',
    { class: 'page notice' },
    icon('book'),
    h('h1', { tabindex: '-1' }, title),
    h('p', { class: 'lead' }, text),
    h('div', { class: 'row' }, way, h('a', { class: 'button quiet', href: '#/' }, t('shelf.title'))),
  ),
});

/** The line above every view but the open book. */
function header() {
  const languages = h(
    'select',
    {
      'aria-label': t('language'),
      onchange: async (event) => {
        choose(event.target.value);
        await speak(event.target.value);
        await show();
      },
    },
    LANGUAGES.map((tag) =>
      h('option', { value: tag, lang: tag, selected: tag === document.documentElement.lang }, OWN_NAMES[tag]),
    ),
  );
  const here = location.hash;
  const link = (address, text) =>
    h(
      'a',
      { href: address, 'aria-current': here === address || (address === '#/' && here === '') ? 'page' : null },
      text,
    );
  document
    .getElementById('header')
    .replaceChildren(
      h('a', { class: 'brand', href: '#/' }, icon('book'), 'Storytailor'),
      h('nav', { 'aria-label': t('navigation') }, link('#/', t('shelf.title')), link('#/new', t('shelf.new'))),
      languages,
      ...(isSignedIn() && !isDemo()
        ? [h('button', { type: 'button', class: 'quiet small', onclick: leave }, t('signIn.out'))]
        : []),
    );
  document.getElementById('skip').textContent = t('skip');
}

async function leave() {
  signOut();
  await forgetAll();
  go('#/');
  await show();
}

whenSignInIsNeeded(askForSignIn);
addEventListener('hashchange', show);
addEventListener('offline', () => toast(t('offline.gone'), 'calm'));
addEventListener('online', () => toast(t('offline.back')));
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  document.querySelector('#view h1')?.focus();
});

await Promise.all([begin(), speak(preferred())]);
await show();
await register();
