// The parts of the form for a new story in which something is chosen: who it is about, and what.
import { newCharacter } from './character.js';
import { h, icon, said } from './dom.js';
import { list, number, t } from './words.js';

const THEMES = ['courage', 'friendship', 'kindness', 'curiosity', 'patience', 'sharing', 'honesty', 'home'];
const MOST_THEMES = 5;

/** Cards of all characters, those of the ids `chosen` chosen, and one to add somebody new. */
export function peopleChooser(characters, options, chosen, changed) {
  const add = async () => {
    const made = await newCharacter(options);
    if (!made) return;
    people.lastElementChild.before(person(made, true));
    changed();
    people.querySelector(`[value="${made.id}"]`).focus();
  };
  const people = h(
    'div',
    { class: 'people' },
    characters.map((one) => person(one, chosen.includes(one.id))),
    h('button', { type: 'button', class: 'person new', onclick: add }, icon('plus'), t('make.newCharacter')),
  );
  return people;
}

/** A character to choose: a portrait, or the first letter of the name on a colour of its own. */
function person(one, chosen) {
  const age = one.age === null ? null : t('make.years', { count: one.age, age: number(one.age) });
  const species = one.species === 'human' ? null : one.species;
  return h(
    'label',
    { class: 'person' },
    h('input', { type: 'checkbox', name: 'character', value: one.id, checked: chosen }),
    portrait(one),
    h('b', {}, said(one.name)),
    h('span', { class: 'hint' }, said([age, species].filter(Boolean).join(', '))),
    one.traits.length > 0 && h('span', { class: 'hint' }, list(one.traits.map((trait) => t(`traits.${trait}`)))),
  );
}

function portrait(one) {
  const [picture] = one.reference_images;
  if (picture) return h('img', { src: picture, alt: '', loading: 'lazy', width: 96, height: 96 });
  // ids that are close to each other get colours that are not
  const place = [...one.id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7);
  const letter = [...one.name][0].toLocaleUpperCase();
  return h('span', { class: 'letter', 'aria-hidden': 'true', '--hue': (place * 137) % 360 }, letter);
}

/** Themes: some ideas, and a field for others. `values` are those chosen, `finish` takes what stands in the field. */
export class ThemeChooser {
  constructor(values, changed) {
    this.values = values;
    this.changed = changed;
    this.chips = h('ul', { class: 'chips', 'aria-label': t('make.chosenThemes') });
    const onkeydown = (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      this.finish();
    };
    const own = t('make.ownTheme');
    this.field = h('input', {
      ...{ type: 'text', name: 'theme', maxlength: 60, autocomplete: 'off', dir: 'auto' },
      ...{ 'aria-label': own, placeholder: own, onkeydown },
    });
    const add = h('button', { type: 'button', class: 'quiet', onclick: () => this.finish() }, t('make.addTheme'));
    this.add = h('div', { class: 'row add' }, this.field, add);
    const ideas = THEMES.map((name) => t(`themes.${name}`));
    this.ideas = h(
      'div',
      { class: 'row wrap', role: 'group', 'aria-label': t('make.themeIdeas') },
      ideas.map((idea) => h('button', { type: 'button', class: 'idea', onclick: () => this.#choose(idea) }, idea)),
    );
    this.nodes = [this.chips, this.add, this.ideas];
    this.#show();
  }

  finish() {
    this.#choose(this.field.value);
    this.field.value = '';
  }

  #choose(text) {
    const theme = text.trim();
    if (!theme || this.values.includes(theme) || this.values.length >= MOST_THEMES) return;
    this.values.push(theme);
    this.#show();
    this.changed();
  }

  #without(theme) {
    this.values = this.values.filter((other) => other !== theme);
    this.#show();
    this.changed();
    this.field.focus();
  }

  #show() {
    this.chips.replaceChildren(
      ...this.values.map((theme) => {
        const label = t('make.withoutTheme', { theme });
        const away = h(
          'button',
          { type: 'button', 'aria-label': label, onclick: () => this.#without(theme) },
          icon('close'),
        );
        return h('li', {}, said(theme), away);
      }),
    );
    for (const idea of this.ideas.children) idea.hidden = this.values.includes(idea.textContent);
    this.add.hidden = this.values.length >= MOST_THEMES;
  }
}
