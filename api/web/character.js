// Somebody new for stories: who they are, what every picture must show of them, and pictures, for which consent is asked.
import * as api from './api.js';
import { openDialog } from './dialogs.js';
import { h, icon, toast } from './dom.js';
import { explain } from './errors.js';
import { t } from './words.js';

/** Settles with the new character, or undefined. */
export function newCharacter(options) {
  return openDialog(t('character.title'), (close) => {
    const problem = h('p', { class: 'note problem', role: 'alert', tabindex: '-1', hidden: true });
    const picture = h('input', {
      type: 'file',
      name: 'picture',
      accept: 'image/png,image/jpeg,image/webp,image/avif',
      onchange: () => {
        consent.hidden = !picture.files.length;
      },
    });
    const consent = h(
      'label',
      { class: 'check', hidden: true },
      h('input', { type: 'checkbox', name: 'consent' }),
      t('character.consent'),
    );
    const form = h(
      'form',
      {
        class: 'stack',
        novalidate: true,
        onsubmit: async (event) => {
          event.preventDefault();
          const data = new FormData(form);
          if (!data.get('name').trim()) return refuse(t('character.noName'));
          if (picture.files.length && !data.get('consent')) return refuse(t('character.noConsent'));
          const button = form.querySelector('.main');
          button.setAttribute('aria-busy', 'true');
          try {
            close(await create(data, picture.files[0]));
          } catch (error) {
            refuse(explain(error));
          } finally {
            button.removeAttribute('aria-busy');
          }
          return undefined;
        },
      },
      h(
        'div',
        { class: 'pair' },
        h(
          'label',
          { class: 'field wide' },
          t('character.name'),
          h('input', { type: 'text', name: 'name', maxlength: 80, dir: 'auto', autocomplete: 'off', autofocus: true }),
        ),
        h(
          'label',
          { class: 'field' },
          t('character.age'),
          h('input', { type: 'number', name: 'age', min: 0, max: 130 }),
        ),
      ),
      h(
        'label',
        { class: 'field' },
        t('character.species'),
        h('input', { type: 'text', name: 'species', maxlength: 60, dir: 'auto', placeholder: t('character.human') }),
      ),
      h(
        'label',
        { class: 'field' },
        t('character.appearance'),
        h('textarea', { name: 'appearance', maxlength: 2000, rows: 3, dir: 'auto' }),
        h('span', { class: 'hint' }, t('character.appearanceHint')),
      ),
      h(
        'details',
        { class: 'traits' },
        h('summary', {}, t('character.traits')),
        h('p', { class: 'hint' }, t('character.traitsHint')),
        traits(options),
      ),
      h(
        'label',
        { class: 'field' },
        t('character.picture'),
        picture,
        h('span', { class: 'hint' }, t('character.pictureHint')),
      ),
      consent,
      problem,
      h(
        'div',
        { class: 'row end' },
        h('button', { type: 'button', class: 'quiet', onclick: () => close() }, t('cancel')),
        h('button', { class: 'main' }, icon('check'), t('character.do')),
      ),
    );
    const refuse = (text) => {
      problem.textContent = text;
      problem.hidden = false;
      problem.focus();
    };
    return form;
  });
}

function traits(options) {
  const categories = [...new Set(options.traits.map((trait) => trait.category))];
  return categories.map((category) =>
    h(
      'fieldset',
      {},
      h('legend', {}, t(`categories.${category}`)),
      h(
        'div',
        { class: 'checks' },
        options.traits
          .filter((trait) => trait.category === category)
          .map((trait) =>
            h(
              'label',
              { class: 'check' },
              h('input', { type: 'checkbox', name: 'trait', value: trait.id }),
              t(`traits.${trait.id}`),
            ),
          ),
      ),
    ),
  );
}

/** A picture that is refused leaves the character as it is, and says why. */
async function create(data, picture) {
  const given = {
    species: data.get('species').trim(),
    age: data.get('age') && Number(data.get('age')),
    appearance: data.get('appearance').trim(),
  };
  const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const made = await api.createCharacter({ name: data.get('name').trim(), traits: data.getAll('trait'), ...filled });
  if (!picture) return made;
  try {
    return await api.addPicture(made.id, picture);
  } catch (error) {
    toast(explain(error), 'bad');
    return made;
  }
}
