// One's own books, newest first, more as one comes to the end; without a network those that were opened.
import * as api from '../api.js';
import { h, icon, iconButton, said } from '../dom.js';
import { explain } from '../errors.js';
import { titleOf } from '../labels.js';
import { keptStories } from '../offline.js';
import { openPanel } from '../panel.js';
import { assetsOf, isDone, isGrowing, overall, progressOf } from '../story.js';
import { number, t } from '../words.js';

export async function shelf({ signal, go, reload }) {
  const books = h('ul', { class: 'shelf' });
  const foot = h('div', { class: 'foot' });
  let cursor = null;
  let busy = false;

  const more = async () => {
    if (busy) return;
    busy = true;
    try {
      const page = await api.stories(cursor);
      if (signal.aborted) return;
      books.append(...page.items.map((story) => bookOf(story, { go, reload })));
      cursor = page.nextCursor;
      foot.replaceChildren();
      if (cursor) foot.append(h('button', { type: 'button', class: 'quiet', onclick: more }, t('shelf.more')));
      else watchEnd.disconnect();
      if (!books.children.length) foot.replaceChildren(empty());
    } catch (error) {
      watchEnd.disconnect();
      await withoutNetwork(error);
    } finally {
      busy = false;
    }
  };
  const withoutNetwork = async (error) => {
    const kept = cursor === null && error.code === 'OFFLINE' ? await keptStories() : [];
    books.append(...kept.map((story) => bookOf(story, { go, reload })));
    foot.replaceChildren(
      h('p', { class: 'note' }, kept.length ? t('shelf.offline') : explain(error)),
      h('button', { type: 'button', class: 'quiet', onclick: reload }, t('again')),
    );
  };
  const watchEnd = new IntersectionObserver(
    (entries) => {
      if (cursor && entries.some((entry) => entry.isIntersecting)) more();
    },
    { rootMargin: '600px' },
  );
  watchEnd.observe(foot);
  signal.addEventListener('abort', () => watchEnd.disconnect());

  await more();
  return {
    title: t('shelf.title'),
    node: h(
      'div',
      { class: 'page' },
      h(
        'div',
        { class: 'head' },
        h('h1', { tabindex: '-1' }, t('shelf.title')),
        h('a', { class: 'button main', href: '#/new' }, icon('plus'), t('shelf.new')),
      ),
      books,
      foot,
    ),
  };
}

function empty() {
  return h(
    'div',
    { class: 'empty' },
    icon('book'),
    h('p', { class: 'lead' }, t('shelf.empty')),
    h('a', { class: 'button main', href: '#/new' }, t('shelf.first')),
  );
}

function bookOf(story, { go, reload }) {
  const cover = assetsOf(story).cover;
  const state = overall(story);
  const panel = async () => {
    const whole = await api
      .story(story.id)
      .catch((error) => (error.code === 'OFFLINE' ? story : Promise.reject(error)));
    const what = await openPanel(whole);
    if (what === 'remade') go(`#/watch/${story.id}`);
    if (what === 'deleted') reload();
  };
  const address = state === 'generating' || state === 'failed' ? `#/watch/${story.id}` : `#/read/${story.id}`;
  return h(
    'li',
    { class: 'on-shelf' },
    h(
      'a',
      { class: 'cover', href: address },
      isDone(cover)
        ? h('img', { src: cover.url, alt: '', loading: 'lazy', decoding: 'async', width: 320, height: 320 })
        : h('span', { class: 'blank' }, said(titleOf(story))),
      h('span', { class: 'name' }, said(titleOf(story))),
    ),
    h(
      'div',
      { class: 'under' },
      state === 'ready'
        ? h(
            'span',
            { class: 'hint' },
            story.characters?.slice(0, 3).map((one, place) => [place ? ', ' : '', said(one.name)]),
          )
        : h(
            'span',
            { class: `chip ${state === 'failed' ? 'bad' : 'calm'}` },
            isGrowing(story) ? t('shelf.growing', { percent: number(progressOf(story)) }) : t(`shelf.${state}`),
          ),
      iconButton('more', t('shelf.about', { title: titleOf(story) }), panel),
    ),
  );
}
