// A new story: who is in it, what kind it is, what it is about; what it costs is said before it is asked for.
import * as api from '../api.js';
import { peopleChooser, ThemeChooser } from '../choosers.js';
import { h, icon, pause } from '../dom.js';
import { explain } from '../errors.js';
import { language, languageName, number, t } from '../words.js';

const DRAFT = 'storytailor.draft';
const MOST_CHARACTERS = 5;
const SETTLED = 500; // milliseconds after the last change at which the cost is asked for

export async function make({ signal, go }) {
  const [characters, options, me] = await Promise.all([api.characters(), api.options(), api.me()]);
  const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? '{}');
  let key = newKey(); // the same for a request that is sent again: it makes one story

  const changed = () => {
    problem.hidden = true;
    key = newKey();
    sessionStorage.setItem(DRAFT, JSON.stringify(request(form, themes.values)));
    age.textContent = number(Number(form.elements.age.value));
    cost.settle(request(form, themes.values));
  };
  const submit = async (event) => {
    event.preventDefault();
    themes.finish();
    const body = request(form, themes.values);
    if (missing(body)) return problem.tell(missing(body));
    const button = event.submitter ?? form.querySelector('.order .main');
    button.setAttribute('aria-busy', 'true');
    try {
      const made = await api.createStory(body, key);
      sessionStorage.removeItem(DRAFT);
      go(`#/watch/${made.id}`);
    } catch (error) {
      problem.tell(explain(error));
    } finally {
      button.removeAttribute('aria-busy');
    }
    return undefined;
  };

  const themes = new ThemeChooser(draft.themes ?? [], () => changed());
  const cost = new ExpectedCost(signal);
  const problem = problemNote();
  const age = h('output', {});
  const chosen = draft.character_ids ?? characters.slice(0, 1).map((one) => one.id);
  const form = h(
    'form',
    { class: 'page make', novalidate: true, oninput: () => changed(), onsubmit: submit },
    h('div', { class: 'head' }, h('h1', { tabindex: '-1' }, t('make.title'))),
    part(
      'make.who',
      peopleChooser(characters, options, chosen, () => changed()),
    ),
    part('make.type', types(options.story_types, draft.story_type ?? 'adventure')),
    part('make.themes', ...themes.nodes),
    details(options, draft, age),
    problem,
    order(me.storyLimit - me.storiesUsed, cost.node),
  );
  return { title: t('make.title'), node: form, shown: changed };
}

/** Names one request; randomUUID is there by https alone. */
const newKey = () => [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(36)).join('-');

const part = (title, ...content) => h('fieldset', {}, h('legend', {}, t(title)), content);

function types(all, chosen) {
  const card = (type) =>
    h(
      'label',
      { class: 'type' },
      h('input', { type: 'radio', name: 'story_type', value: type, checked: type === chosen }),
      h('b', {}, t(`types.${type}.name`)),
      h('span', {}, t(`types.${type}.about`)),
    );
  return h('div', { class: 'types' }, all.map(card));
}

function details(options, draft, age) {
  const title = {
    type: 'text',
    name: 'title',
    maxlength: 120,
    dir: 'auto',
    value: draft.title ?? '',
    autocomplete: 'off',
  };
  const years = { type: 'range', name: 'age', min: 2, max: 12, value: String(draft.age ?? 6) };
  const tags = languages(options.languages).map((tag) => [tag, languageName(tag)]);
  const voices = [['', t('make.anyVoice')], ...options.voices.map((voice) => [voice.id, voice.name ?? voice.id])];
  return h(
    'fieldset',
    { class: 'details' },
    h('legend', {}, t('make.details')),
    h(
      'label',
      { class: 'field wide' },
      t('make.ownTitle'),
      h('input', title),
      h('span', { class: 'hint' }, t('make.titleHint')),
    ),
    h('label', { class: 'field' }, h('span', {}, t('make.age'), ' ', age), h('input', years)),
    choice(t('make.language'), 'language', tags, draft.language ?? language),
    voices.length > 1 && choice(t('make.voice'), 'voice_id', voices, draft.voice_id ?? ''),
  );
}

const choice = (label, name, values, current) =>
  h(
    'label',
    { class: 'field' },
    h('span', { 'aria-hidden': 'true' }, label),
    h(
      'select',
      { name, 'aria-label': label },
      values.map(([value, text]) => h('option', { value, selected: value === current }, text)),
    ),
  );

/** Those the page itself speaks first, the visitor's before all; the rest by name. */
function languages(tags) {
  const ours = [...new Set([language, 'en', 'de', 'es', 'fr'])].filter((tag) => tags.includes(tag));
  const rest = tags.filter((tag) => !ours.includes(tag));
  return [...ours, ...rest.sort((one, other) => languageName(one).localeCompare(languageName(other), language))];
}

const order = (left, cost) =>
  h(
    'div',
    { class: 'order' },
    h('div', {}, h('p', { class: 'quota' }, t('make.quota', { count: left, left: number(left) })), cost),
    h('button', { class: 'main big' }, icon('book'), t('make.do')),
  );

/** What the API is asked for. */
function request(form, themes) {
  const data = new FormData(form);
  const optional = { title: data.get('title').trim(), voice_id: data.get('voice_id') };
  return {
    character_ids: data.getAll('character'),
    story_type: data.get('story_type'),
    themes,
    age: Number(data.get('age')),
    language: data.get('language'),
    generateAssets: true,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value)),
  };
}

/** What has to be chosen first, in words; null when nothing has. */
function missing(body) {
  if (!body.character_ids.length) return t('make.noCharacter');
  if (body.character_ids.length > MOST_CHARACTERS) return t('make.tooMany', { most: number(MOST_CHARACTERS) });
  return body.themes.length ? null : t('make.noTheme');
}

function problemNote() {
  const note = h('p', { class: 'note problem', role: 'alert', tabindex: '-1', hidden: true });
  note.tell = (text) => {
    note.textContent = text;
    note.hidden = false;
    note.focus();
  };
  return note;
}

/** Says what a request would cost and take, once it has stood still for a moment. */
class ExpectedCost {
  #asking = new AbortController();

  constructor(signal) {
    signal.addEventListener('abort', () => this.#asking.abort());
    this.node = h('p', { class: 'expected', role: 'status' });
  }

  async settle(body) {
    this.#asking.abort();
    this.#asking = new AbortController();
    const mine = this.#asking.signal;
    await pause(SETTLED, mine);
    if (mine.aborted) return;
    try {
      const text = missing(body) ?? expected(await api.estimate(body, mine));
      this.node.replaceChildren(text);
    } catch (error) {
      if (!mine.aborted) this.node.replaceChildren(explain(error));
    }
  }
}

function expected({ cost_usd: cost, seconds }) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const time = t('make.minutes', { count: minutes, minutes: number(minutes) });
  if (!cost) return t('make.expectedTime', { time });
  const dollars = (value) => number(value, { style: 'currency', currency: 'USD' });
  return t('make.expected', { low: dollars(cost.low), high: dollars(cost.high), time });
}
