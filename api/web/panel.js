// What can be done with a story besides reading it: share it, take its files along, make parts anew, delete it.
import * as api from './api.js';
import { confirm, openDialog } from './dialogs.js';
import { h, icon, said, toast } from './dom.js';
import { explain } from './errors.js';
import { forget } from './offline.js';
import { assetLabel, blockedBy, titleOf } from './labels.js';
import { assetsOf, failed, isDone, isGrowing, placeholders, scenesOf } from './story.js';
import { has, t } from './words.js';

/** Run what a button asks for: it waits, and what is refused is said in plain words. Returns whether it was done. */
export async function attempt(button, work) {
  button?.setAttribute('aria-busy', 'true');
  try {
    await work();
    return true;
  } catch (error) {
    toast(explain(error), 'bad');
    return false;
  } finally {
    button?.removeAttribute('aria-busy');
  }
}

/** The panel of one story, `open` the picture that is looked at. Settles with repainted, remade, deleted or undefined. */
export function openPanel(story, { shared = false, open = null } = {}) {
  return openDialog(
    t('panel.title'),
    (close) => [
      h('p', { class: 'lead' }, said(titleOf(story))),
      !shared && sharing(story),
      downloads(story),
      preflight(story),
      !shared && remaking(story, open, close),
      !shared && h('section', {}, h('h3', {}, t('panel.delete')), deletion(story, close)),
    ],
    { kind: 'side' },
  );
}

function sharing(story) {
  const body = h('div', { class: 'stack' });
  const shown = (link) =>
    body.replaceChildren(
      ...(link
        ? linked(link)
        : [
            h('p', {}, story.shared_at ? t('share.is') : t('share.isNot')),
            h(
              'div',
              { class: 'row' },
              h(
                'button',
                { type: 'button', class: 'main', onclick: (event) => attempt(event.currentTarget, share) },
                icon('link'),
                story.shared_at ? t('share.show') : t('share.make'),
              ),
              story.shared_at && takeBackButton(),
            ),
          ]),
    );
  const share = async () => {
    const link = await api.share(story.id);
    story.shared_at ??= new Date().toISOString();
    shown(link);
    body.querySelector('input').select();
  };
  const takeBack = async () => {
    await api.takeBack(story.id);
    story.shared_at = null;
    toast(t('share.takenBack'));
    shown(null);
    body.querySelector('button').focus();
  };
  const takeBackButton = () =>
    h(
      'button',
      { type: 'button', class: 'quiet', onclick: (event) => attempt(event.currentTarget, takeBack) },
      t('share.takeBack'),
    );
  const linked = (link) => [
    h(
      'label',
      { class: 'field' },
      t('share.link'),
      h('input', { class: 'link', type: 'text', readonly: true, value: link, dir: 'ltr' }),
    ),
    h('p', { class: 'hint' }, t('share.who')),
    h(
      'div',
      { class: 'row' },
      navigator.clipboard &&
        h(
          'button',
          {
            type: 'button',
            class: 'main',
            onclick: (event) =>
              attempt(event.currentTarget, async () => {
                await navigator.clipboard.writeText(link);
                toast(t('share.copied'));
              }),
          },
          t('share.copy'),
        ),
      takeBackButton(),
    ),
  ];
  shown(null);
  return h('section', {}, h('h3', {}, t('share.title')), body);
}

/** Every file of the book: [label, file name, URL], or what makes the file. */
function filesOf(story) {
  const assets = assetsOf(story);
  const done = (name) => isDone(assets[name]) && assets[name].url;
  const files = [];
  if (done('pdf')) files.push([t('files.pdf'), 'story.pdf', assets.pdf.url]);
  for (const [name, url] of Object.entries(assets.pdf?.metadata ?? {}).filter(
    ([key]) => key.endsWith('Url') && isDone(assets.pdf),
  )) {
    const part = name.slice(0, -3);
    files.push([part === 'print' ? t('files.print') : t('files.printer', { name: part }), `story-${part}.pdf`, url]);
  }
  if (done('epub')) files.push([t('files.epub'), 'story.epub', assets.epub.url]);
  if (done('audio')) files.push([t('files.audio'), 'audio.mp3', assets.audio.url]);
  for (const name of ['cover', ...scenesOf(story)].filter(done))
    files.push([assetLabel(name), `${name}.png`, assets[name].url]);
  if (story.audio_words) files.push([t('files.words'), 'words.json', () => story.audio_words]);
  if (isDone(assets.activities)) files.push([t('files.activities'), 'activities.json', () => assets.activities.data]);
  return files;
}

function downloads(story) {
  const files = filesOf(story);
  return h(
    'section',
    {},
    h('h3', {}, t('files.title')),
    files.length
      ? h(
          'ul',
          { class: 'files' },
          files.map(([label, name, source]) =>
            h(
              'li',
              {},
              typeof source === 'string'
                ? h('a', { href: source, download: name, target: '_blank', rel: 'noopener' }, icon('down'), label)
                : h(
                    'button',
                    { type: 'button', class: 'plain', onclick: () => saveJson(name, source()) },
                    icon('down'),
                    label,
                  ),
            ),
          ),
        )
      : h('p', {}, t('files.none')),
  );
}

function saveJson(name, data) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 1)], { type: 'application/json' }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function preflight(story) {
  const verdicts = Object.entries(assetsOf(story).pdf?.metadata?.preflight ?? {});
  verdicts.sort(([one], [other]) => (other === 'home') - (one === 'home'));
  if (!verdicts.length) return null;
  return h(
    'section',
    {},
    h('h3', {}, t('preflight.title')),
    h('p', { class: 'hint' }, t('preflight.about')),
    verdicts.map(([name, verdict]) =>
      h(
        'details',
        {},
        h(
          'summary',
          {},
          has(`preflight.names.${name}`) ? t(`preflight.names.${name}`) : said(name),
          h(
            'span',
            { class: `chip ${verdict.passes ? 'good' : 'calm'}` },
            verdict.passes ? t('preflight.passes') : t('preflight.fails'),
          ),
        ),
        h(
          'ul',
          { lang: 'en' },
          [...(verdict.problems ?? []), ...(verdict.notes ?? [])].map((line) => h('li', {}, said(line))),
        ),
      ),
    ),
  );
}

function remaking(story, open, close) {
  const assets = assetsOf(story);
  const failedItself = failed(story).filter((name) => !blockedBy(assets[name])); // what waited for it is made with it
  const broken = [...failedItself, ...placeholders(story)];
  const names = Object.keys(assets);
  const boxes = names.map((name) =>
    h(
      'label',
      { class: 'check' },
      h('input', { type: 'checkbox', name: 'part', value: name, checked: broken.includes(name) }),
      assetLabel(name),
      failedItself.includes(name) && h('span', { class: 'chip bad' }, t('states.failed')),
      assets[name].metadata?.fallback && h('span', { class: 'chip calm' }, t('states.placeholder')),
    ),
  );
  const form = h(
    'form',
    {
      class: 'stack',
      onsubmit: async (event) => {
        event.preventDefault();
        const parts = new FormData(form).getAll('part');
        if (!parts.length) return toast(t('remake.nothing'), 'bad');
        if (await attempt(form.querySelector('.main'), () => api.remake(story.id, parts))) close('remade');
        return undefined;
      },
    },
    h('p', { class: 'hint' }, isGrowing(story) ? t('remake.busy') : t('remake.left', { count: story.remakesLeft })),
    h('div', { class: 'checks' }, boxes),
    h('button', { class: 'main', disabled: isGrowing(story) }, icon('again'), t('remake.do')),
  );
  const repaint =
    open &&
    isDone(assets[open]) &&
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        disabled: isGrowing(story),
        onclick: async (event) => {
          if (await attempt(event.currentTarget, () => api.remake(story.id, [open]))) close('repainted');
        },
      },
      icon('again'),
      t('read.repaint'),
    );
  return h('section', { class: 'stack' }, h('h3', {}, t('remake.title')), repaint, form);
}

function deletion(story, close) {
  return h(
    'button',
    {
      type: 'button',
      class: 'danger',
      onclick: async (event) => {
        const button = event.currentTarget;
        if (!(await confirm(t('delete.title'), t('delete.text', { title: story.title }), t('delete.yes')))) return;
        const gone = await attempt(button, async () => {
          await api.removeStory(story.id);
          await forget(story.id);
        });
        if (gone) close('deleted');
      },
    },
    icon('bin'),
    t('delete.do'),
  );
}
