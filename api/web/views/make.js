// A new story: who is in it, what kind it is, what it is about; what it costs is said before it is asked for.
import * as api from '../api.js';
import { newCharacter } from '../character.js';
import { h, icon, pause, said } from '../dom.js';
import { explain } from '../errors.js';
import { language, languageName, list, number, t } from '../words.js';

const DRAFT = 'storytailor.draft';
const THEMES = ['courage', 'friendship', 'kindness', 'curiosity', 'patience', 'sharing', 'honesty', 'home'];
const MOST_THEMES = 5;
const MOST_CHARACTERS = 5;
const SETTLED = 500; // milliseconds after the last change at which the cost is asked for

export async function make({ signal, go }) {
  const [characters, options, me] = await Promise.all([api.characters(), api.options(), api.me()]);
  const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? '{}');
  let key = crypto.randomUUID(); // the same for a request that is sent again: it makes one story
  let themes = draft.themes ?? [];

  const people = h('div', { class: 'people' });
  const addPerson = (one, chosen) => people.lastElementChild.before(person(one, chosen));
  people.append(h('button', { type: 'button', class: 'person new', onclick: async () => {
    const made = await newCharacter(options);
    if (made) { addPerson(made, true); changed(); people.querySelector(`[value="${made.id}"]`).focus(); }
  } }, icon('plus'), t('make.newCharacter')));
  const chosen = draft.character_ids ?? characters.slice(0, 1).map((one) => one.id);
  characters.forEach((one) => addPerson(one, chosen.includes(one.id)));

  const chips = h('ul', { class: 'chips', 'aria-label': t('make.chosenThemes') });
  const theme = h('input', { type: 'text', name: 'theme', maxlength: 60, autocomplete: 'off', 'aria-label': t('make.ownTheme'), placeholder: t('make.ownTheme'), onkeydown: (event) => { if (event.key === 'Enter') { event.preventDefault(); addTheme(theme.value); } } });
  const ideas = h('div', { class: 'row wrap', role: 'group', 'aria-label': t('make.themeIdeas') }, THEMES.map((one) => h('button', { type: 'button', class: 'idea', onclick: () => addTheme(t(`themes.${one}`)) }, t(`themes.${one}`))));
  const addTheme = (text) => {
    const clean = text.trim();
    if (clean && !themes.includes(clean) && themes.length < MOST_THEMES) themes.push(clean);
    theme.value = '';
    showThemes();
    changed();
  };
  const showThemes = () => {
    chips.replaceChildren(...themes.map((one) => h('li', {}, said(one), h('button', { type: 'button', 'aria-label': t('make.withoutTheme', { theme: one }), onclick: () => { themes = themes.filter((other) => other !== one); showThemes(); changed(); theme.focus(); } }, icon('close')))));
    for (const idea of ideas.children) idea.hidden = themes.includes(idea.textContent);
    theme.closest('.add')?.toggleAttribute('hidden', themes.length >= MOST_THEMES);
  };

  const expected = h('p', { class: 'expected', role: 'status' });
  const problem = h('p', { class: 'note problem', role: 'alert', tabindex: '-1', hidden: true });
  const left = me.storyLimit - me.storiesUsed;
  const age = h('output', {});
  const form = h('form', { class: 'page make', novalidate: true, oninput: () => changed(), onsubmit: (event) => { event.preventDefault(); submit(); } },
    h('div', { class: 'head' }, h('h1', { tabindex: '-1' }, t('make.title'))),
    h('fieldset', {}, h('legend', {}, t('make.who')), people),
    h('fieldset', {}, h('legend', {}, t('make.type')), h('div', { class: 'types' }, options.story_types.map((type) => h('label', { class: 'type' },
      h('input', { type: 'radio', name: 'story_type', value: type, checked: type === (draft.story_type ?? 'adventure') }), h('b', {}, t(`types.${type}.name`)), h('span', {}, t(`types.${type}.about`)))))),
    h('fieldset', {}, h('legend', {}, t('make.themes')), chips, h('div', { class: 'row add' }, theme, h('button', { type: 'button', class: 'quiet', onclick: () => addTheme(theme.value) }, t('make.addTheme'))), ideas),
    h('fieldset', { class: 'details' }, h('legend', {}, t('make.details')),
      h('label', { class: 'field wide' }, t('make.ownTitle'), h('input', { type: 'text', name: 'title', maxlength: 120, dir: 'auto', value: draft.title ?? '', autocomplete: 'off' }), h('span', { class: 'hint' }, t('make.titleHint'))),
      h('label', { class: 'field' }, h('span', {}, t('make.age'), ' ', age), h('input', { type: 'range', name: 'age', min: 2, max: 12, value: String(draft.age ?? 6) })),
      h('label', { class: 'field' }, h('span', {}, t('make.language')), h('select', { name: 'language', 'aria-label': t('make.language') }, languages(options.languages).map((tag) => h('option', { value: tag, selected: tag === (draft.language ?? language) }, languageName(tag))))),
      options.voices.length > 0 && h('label', { class: 'field' }, h('span', {}, t('make.voice')), h('select', { name: 'voice_id', 'aria-label': t('make.voice') }, h('option', { value: '' }, t('make.anyVoice')), options.voices.map((voice) => h('option', { value: voice.id, selected: voice.id === draft.voice_id }, voice.name ?? voice.id))))),
    problem,
    h('div', { class: 'order' }, h('div', {}, h('p', { class: 'quota' }, t('make.quota', { count: left, left: number(left) })), expected), h('button', { class: 'main big' }, icon('book'), t('make.do'))));

  const request = () => {
    const data = new FormData(form);
    const optional = { title: data.get('title').trim(), voice_id: data.get('voice_id') };
    return {
      character_ids: data.getAll('character'), story_type: data.get('story_type'), themes: [...themes], age: Number(data.get('age')), language: data.get('language'), generateAssets: true,
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value)),
    };
  };
  const missing = (body) => {
    if (!body.character_ids.length) return t('make.noCharacter');
    if (body.character_ids.length > MOST_CHARACTERS) return t('make.tooMany', { most: number(MOST_CHARACTERS) });
    return body.themes.length ? null : t('make.noTheme');
  };
  let asking = new AbortController();
  const changed = async () => {
    const body = request();
    age.textContent = number(body.age);
    sessionStorage.setItem(DRAFT, JSON.stringify(body));
    key = crypto.randomUUID();
    asking.abort();
    asking = new AbortController();
    const mine = AbortSignal.any([asking.signal, signal]);
    await pause(SETTLED, mine);
    if (mine.aborted) return;
    if (missing(body)) return expected.replaceChildren(missing(body));
    try {
      const cost = await api.estimate(body, mine);
      expected.replaceChildren(estimated(cost));
    } catch (error) {
      if (!mine.aborted) expected.replaceChildren(explain(error));
    }
    return undefined;
  };
  const refuse = (text) => {
    problem.textContent = text;
    problem.hidden = false;
    problem.focus();
  };
  const submit = async () => {
    if (theme.value.trim()) addTheme(theme.value);
    const body = request();
    if (missing(body)) return refuse(missing(body));
    problem.hidden = true;
    const button = form.querySelector('.order .main');
    button.setAttribute('aria-busy', 'true');
    try {
      const made = await api.createStory(body, key);
      sessionStorage.removeItem(DRAFT);
      go(`#/watch/${made.id}`);
    } catch (error) {
      refuse(explain(error));
    } finally {
      button.removeAttribute('aria-busy');
    }
    return undefined;
  };

  showThemes();
  return { title: t('make.title'), node: form, shown: changed };
}

/** Those the page itself speaks first, the visitor's before all; the rest by name. */
function languages(tags) {
  const ours = [language, 'en', 'de', 'es', 'fr'].filter((tag, place, all) => all.indexOf(tag) === place && tags.includes(tag));
  const rest = tags.filter((tag) => !ours.includes(tag)).sort((one, other) => languageName(one).localeCompare(languageName(other), language));
  return [...ours, ...rest];
}

function estimated({ cost_usd: cost, seconds }) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const time = t('make.minutes', { count: minutes, minutes: number(minutes) });
  if (!cost) return t('make.expectedTime', { time });
  const dollars = (value) => number(value, { style: 'currency', currency: 'USD' });
  return t('make.expected', { low: dollars(cost.low), high: dollars(cost.high), time });
}

/** A character to choose: a portrait, or the first letter of the name on a colour of its own. */
function person(one, chosen) {
  const hue = ([...one.id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) * 137) % 360; // ids that are close get colours that are not
  const portrait = one.reference_images[0]
    ? h('img', { src: one.reference_images[0], alt: '', loading: 'lazy', width: 96, height: 96 })
    : h('span', { class: 'letter', 'aria-hidden': 'true', '--hue': hue }, [...one.name][0].toLocaleUpperCase());
  const about = [one.age === null ? null : t('make.years', { count: one.age, age: number(one.age) }), one.species === 'human' ? null : one.species].filter(Boolean);
  return h('label', { class: 'person' }, h('input', { type: 'checkbox', name: 'character', value: one.id, checked: chosen }),
    portrait, h('b', {}, said(one.name)), h('span', { class: 'hint' }, said(about.join(', '))), one.traits.length > 0 && h('span', { class: 'hint' }, list(one.traits.map((trait) => t(`traits.${trait}`)))));
}
