// A story while it is made: a bar for each part, its pictures as they are painted, its first words.
import * as api from '../api.js';
import { announce, h, icon, said, toast } from '../dom.js';
import { explain } from '../errors.js';
import { assetLabel, blockedBy, overallLabel, stateOf } from '../labels.js';
import { wear } from '../palette.js';
import { attempt, openPanel } from '../panel.js';
import { assetsOf, canBeRead, isDone, isGrowing, overall, placeholders, progressOf, scenesOf } from '../story.js';
import { t } from '../words.js';

export async function watch(context) {
  const [id] = context.params;
  const watching = new Watching(context, await api.story(id));
  return {
    title: titleOf(watching.story),
    node: watching.node,
    shown: () => watching.follow(),
  };
}

class Watching {
  #bars = new Map();

  constructor(context, story) {
    Object.assign(this, { context, story });
    this.title = h('h1', { tabindex: '-1' });
    this.lead = h('p', { class: 'lead' });
    this.lost = h('p', { class: 'note lost', hidden: true }, t('watch.lost'));
    this.whole = bar(t('watch.whole'));
    this.actions = h('div', { class: 'row actions' });
    this.easel = h('div', { class: 'easel' });
    this.paints = h('ol', { class: 'paints', 'aria-label': t('watch.palette') });
    this.words = h('div', { class: 'first-words', dir: 'auto' });
    this.parts = h('ul', { class: 'parts' });
    this.node = h(
      'div',
      { class: 'page watch' },
      h('div', { class: 'head' }, h('div', {}, this.title, this.lead)),
      ...[this.lost, this.whole.node, this.actions],
      h(
        'div',
        { class: 'studio' },
        h('section', { 'aria-label': t('watch.pictures') }, this.easel, this.paints, this.words),
        h('section', { 'aria-label': t('watch.parts') }, this.parts),
      ),
    );
    this.#show();
  }

  /** Show each newer state until the story is over. */
  async follow() {
    const connected = (yes) => {
      this.lost.hidden = yes;
    };
    try {
      for await (const now of api.watch(this.story.id, this.context.signal, connected)) {
        const before = this.story;
        this.story = now;
        this.#show();
        tell(before, now);
      }
    } catch (error) {
      toast(explain(error), 'bad');
    }
  }

  #show() {
    const { story } = this;
    this.title.replaceChildren(story.content?.title ? said(story.content.title) : titleOf(story));
    document.title = `${titleOf(story)} · Storytailor`;
    this.lead.replaceChildren(...leadOf(story));
    this.whole.set(progressOf(story));
    wear(document.documentElement, story.hue_extracted_colors?.cover);
    showPaints(this.paints, story);
    showFrames(this.easel, story);
    showWords(this.words, story);
    for (const [name, asset] of Object.entries(assetsOf(story))) this.#bar(name).set(asset, isGrowing(story));
    this.#showActions();
  }

  #bar(name) {
    if (!this.#bars.has(name)) {
      const made = partOf(name, (button) => this.#again(button, name));
      this.#bars.set(name, made);
      this.parts.append(made.node);
    }
    return this.#bars.get(name);
  }

  #again(button, name) {
    return attempt(button, async () => {
      await api.remake(this.story.id, [name]);
      this.context.reload();
    });
  }

  /** What can be done now; the buttons stay the same ones for as long as that does. */
  #showActions() {
    const { story } = this;
    const shows = `${canBeRead(story)} ${overall(story)}`;
    if (this.actions.dataset.shows === shows) return;
    const focused = this.actions.contains(document.activeElement);
    this.actions.dataset.shows = shows;
    const growing = isGrowing(story);
    const stop = (event) => attempt(event.currentTarget, () => api.cancel(story.id));
    const read = { class: 'button main big', href: `#/read/${story.id}` };
    this.actions.replaceChildren(
      ...(canBeRead(story) ? [h('a', read, icon('book'), growing ? t('watch.readAlong') : t('watch.read'))] : []),
      growing
        ? h('button', { type: 'button', class: 'quiet', onclick: stop }, icon('stop'), t('watch.stop'))
        : h('button', { type: 'button', class: 'quiet', onclick: () => this.#panel() }, icon('more'), t('panel.title')),
    );
    if (focused) this.actions.firstElementChild.focus();
  }

  async #panel() {
    const what = await openPanel(this.story);
    if (what === 'remade') this.context.reload();
    if (what === 'deleted') this.context.go('#/');
  }
}

function titleOf(story) {
  return story.content?.title || t(overall(story) === 'failed' ? 'watch.failed' : 'watch.title');
}

function leadOf(story) {
  if (!isGrowing(story)) return [story.content?.title ? overallLabel(overall(story)) : t('watch.tryAgain')];
  const { motif } = assetsOf(story).palette?.data ?? {};
  return motif ? [t('watch.motif'), ' ', said(motif)] : [t('watch.soon')];
}

/** A progress bar that says its name and its number. */
function bar(label) {
  const fill = h('i');
  const node = h(
    'div',
    { class: 'bar', role: 'progressbar', 'aria-label': label, 'aria-valuemin': '0', 'aria-valuemax': '100' },
    fill,
  );
  return {
    node,
    set(percent) {
      node.setAttribute('aria-valuenow', percent);
      fill.style.inlineSize = `${percent}%`;
    },
  };
}

function partOf(name, again) {
  const label = assetLabel(name);
  const progress = bar(label);
  const state = h('span', { class: 'state', dir: 'auto' });
  const button = h(
    'button',
    { type: 'button', class: 'quiet small', hidden: true, onclick: (event) => again(event.currentTarget) },
    icon('again'),
    t('watch.again'),
    h('span', { class: 'unseen' }, label),
  );
  const node = h('li', {}, h('span', { class: 'label' }, label), state, progress.node, button);
  return {
    node,
    set(asset, growing) {
      const blocked = blockedBy(asset); // and made with that part, when it is made again
      node.className = blocked ? 'pending' : asset.status;
      state.textContent = stateOf(name, asset);
      state.toggleAttribute('lang', false);
      if (asset.status === 'failed' && asset.error && !blocked) state.lang = 'en';
      progress.set(isDone(asset) ? 100 : asset.progress);
      button.hidden = growing || blocked || !(asset.status === 'failed' || asset.metadata?.fallback);
    },
  };
}

function showPaints(paints, story) {
  const steps = assetsOf(story).palette?.data?.steps ?? [];
  if (paints.children.length === steps.length) return;
  paints.replaceChildren(
    ...steps.map((step) =>
      h(
        'li',
        {},
        h(
          'span',
          { class: 'swatches', 'aria-hidden': 'true' },
          (step.colours ?? step.colors).map((color) => h('i', { '--swatch': color })),
        ),
        said(step.name),
      ),
    ),
  );
}

function showFrames(frames, story) {
  for (const name of ['cover', ...scenesOf(story)]) {
    let frame = frames.querySelector(`[data-part="${name}"]`);
    if (!frame) {
      frame = h(
        'figure',
        { 'data-part': name, class: name === 'cover' ? 'large' : null },
        h('figcaption', {}, assetLabel(name)),
      );
      frames.append(frame);
    }
    const asset = assetsOf(story)[name];
    const url = isDone(asset) ? asset.url : '';
    if (frame.dataset.shows !== url.split('?')[0]) {
      frame.dataset.shows = url.split('?')[0];
      frame.querySelector('img')?.remove();
      if (url) {
        const image = h('img', {
          src: url,
          alt: asset.metadata?.alt ?? '',
          lang: story.language,
          decoding: 'async',
          onload: () => image.classList.add('here'),
        });
        frame.prepend(image);
      }
    }
    frame.classList.toggle('busy', asset?.status === 'generating' || asset?.status === 'retrying');
  }
}

function showWords(words, story) {
  const [first] = story.content?.beats ?? [];
  if (!first || words.children.length) return;
  words.lang = story.language ?? 'en';
  words.append(
    ...first.text
      .split(/\n\s*\n/)
      .slice(0, 3)
      .map((text) => h('p', {}, text)),
  );
}

/** What is worth a word: the text, the cover, the end, and what went wrong. */
function tell(before, now) {
  const came = (name) => isDone(assetsOf(now)[name]) && !isDone(assetsOf(before)[name]);
  if (came('content')) announce(t('watch.textReady'));
  if (came('cover') && isGrowing(now)) toast(t('watch.coverReady'));
  for (const [name, asset] of Object.entries(assetsOf(now))) {
    if (asset.status === 'failed' && !blockedBy(asset) && assetsOf(before)[name]?.status !== 'failed')
      toast(`${assetLabel(name)}: ${stateOf(name, asset)}`, 'bad');
  }
  if (isGrowing(now) || !isGrowing(before)) return;
  const bad = overall(now) === 'failed';
  toast(
    bad ? t('overall.failed') : placeholders(now).length ? t('overall.partial') : t('watch.allReady'),
    bad ? 'bad' : 'good',
  );
}
