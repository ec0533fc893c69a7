// A story while it is made: a bar for each part, its pictures as they are painted, its first words.
import * as api from '../api.js';
import { announce, h, icon, said, toast } from '../dom.js';
import { explain } from '../errors.js';
import { assetLabel, overallLabel, stateOf } from '../labels.js';
import { wear } from '../palette.js';
import { attempt, openPanel } from '../panel.js';
import { assetsOf, canBeRead, isDone, isGrowing, overall, placeholders, progressOf, scenesOf } from '../story.js';
import { t } from '../words.js';

export async function watch({ params: [id], signal, go, reload }) {
  let story = await api.story(id);
  const bars = new Map();
  const title = h('h1', { tabindex: '-1' });
  const lead = h('p', { class: 'lead' });
  const line = h('p', { class: 'note lost', hidden: true }, t('watch.lost'));
  const whole = bar(t('watch.whole'));
  const paints = h('ol', { class: 'paints', 'aria-label': t('watch.palette') });
  const frames = h('div', { class: 'easel' });
  const words = h('div', { class: 'first-words', dir: 'auto' });
  const parts = h('ul', { class: 'parts' });
  const actions = h('div', { class: 'row actions' });

  const update = (next) => {
    const before = story;
    story = next;
    title.replaceChildren(story.content?.title ? said(story.content.title) : t('watch.title'));
    document.title = `${story.content?.title || t('watch.title')} · Storytailor`;
    lead.replaceChildren(...leadOf(story));
    whole.set(progressOf(story));
    wear(document.documentElement, story.hue_extracted_colors?.cover);
    showPaints(paints, story);
    showFrames(frames, story);
    showWords(words, story);
    for (const [name, asset] of Object.entries(assetsOf(story))) {
      if (!bars.has(name)) {
        bars.set(name, partOf(name, () => again([name])));
        parts.append(bars.get(name).node);
      }
      bars.get(name).set(asset, isGrowing(story));
    }
    showActions();
    if (before !== next) tell(before, next);
  };
  const again = (names) => (button) => attempt(button, async () => {
    await api.remake(id, names);
    reload();
  });
  const showActions = () => {
    const readable = canBeRead(story);
    const wanted = `${readable} ${overall(story)}`;
    if (actions.dataset.shows === wanted) return;
    const focused = actions.contains(document.activeElement);
    actions.dataset.shows = wanted;
    actions.replaceChildren(...[
      readable && h('a', { class: 'button main big', href: `#/read/${id}` }, icon('book'), isGrowing(story) ? t('watch.readAlong') : t('watch.read')),
      isGrowing(story) && h('button', { type: 'button', class: 'quiet', onclick: (event) => attempt(event.currentTarget, () => api.cancel(id)) }, icon('stop'), t('watch.stop')),
      !isGrowing(story) && h('button', { type: 'button', class: 'quiet', onclick: panel }, icon('more'), t('panel.title')),
    ].filter(Boolean));
    if (focused) actions.firstElementChild?.focus();
  };
  const panel = async () => {
    const what = await openPanel(story);
    if (what === 'remade') reload();
    if (what === 'deleted') go('#/');
  };

  update(story);
  const following = async () => {
    try {
      for await (const next of api.watch(id, signal, (connected) => { line.hidden = connected; })) update(next);
    } catch (error) {
      toast(explain(error), 'bad');
    }
  };
  return {
    title: story.content?.title || t('watch.title'),
    node: h('div', { class: 'page watch' },
      h('div', { class: 'head' }, h('div', {}, title, lead)),
      line, whole.node, actions,
      h('div', { class: 'studio' },
        h('section', { class: 'seen', 'aria-label': t('watch.pictures') }, frames, paints, words),
        h('section', { class: 'done', 'aria-label': t('watch.parts') }, parts))),
    shown: following,
  };
}

function leadOf(story) {
  if (!isGrowing(story)) return [overallLabel(overall(story))];
  const { motif } = assetsOf(story).palette?.data ?? {};
  return motif ? [t('watch.motif'), ' ', said(motif)] : [t('watch.soon')];
}

/** A progress bar that says its name and its number. */
function bar(label) {
  const fill = h('i');
  const node = h('div', { class: 'bar', role: 'progressbar', 'aria-label': label, 'aria-valuemin': '0', 'aria-valuemax': '100' }, fill);
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
  const button = h('button', { type: 'button', class: 'quiet small', hidden: true, onclick: (event) => again()(event.currentTarget) }, icon('again'), t('watch.again'), h('span', { class: 'unseen' }, label));
  const node = h('li', {}, h('span', { class: 'label' }, label), state, progress.node, button);
  return {
    node,
    set(asset, growing) {
      node.className = asset.status;
      state.textContent = stateOf(name, asset);
      progress.set(isDone(asset) ? 100 : asset.progress);
      button.hidden = growing || !(asset.status === 'failed' || asset.metadata?.fallback);
    },
  };
}

function showPaints(paints, story) {
  const steps = assetsOf(story).palette?.data?.steps ?? [];
  if (paints.children.length === steps.length) return;
  paints.replaceChildren(...steps.map((step) => h('li', {},
    h('span', { class: 'swatches', 'aria-hidden': 'true' }, (step.colours ?? step.colors).map((color) => h('i', { '--swatch': color }))), said(step.name))));
}

function showFrames(frames, story) {
  for (const name of ['cover', ...scenesOf(story)]) {
    let frame = frames.querySelector(`[data-part="${name}"]`);
    if (!frame) {
      frame = h('figure', { 'data-part': name, class: name === 'cover' ? 'large' : null }, h('figcaption', {}, assetLabel(name)));
      frames.append(frame);
    }
    const asset = assetsOf(story)[name];
    const url = isDone(asset) ? asset.url : '';
    if (frame.dataset.shows !== url.split('?')[0]) {
      frame.dataset.shows = url.split('?')[0];
      frame.querySelector('img')?.remove();
      if (url) {
        const image = h('img', { src: url, alt: asset.metadata?.alt ?? '', lang: story.language, decoding: 'async', onload: () => image.classList.add('here') });
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
  words.append(...first.text.split(/\n\s*\n/).slice(0, 3).map((text) => h('p', {}, text)));
}

/** What is worth a word: the text, the cover, the end, and what went wrong. */
function tell(before, now) {
  const came = (name) => isDone(assetsOf(now)[name]) && !isDone(assetsOf(before)[name]);
  if (came('content')) announce(t('watch.textReady'));
  if (came('cover') && isGrowing(now)) toast(t('watch.coverReady'));
  for (const [name, asset] of Object.entries(assetsOf(now))) {
    if (asset.status === 'failed' && assetsOf(before)[name]?.status !== 'failed') toast(`${assetLabel(name)}: ${stateOf(name, asset)}`, 'bad');
  }
  if (isGrowing(now) || !isGrowing(before)) return;
  const bad = overall(now) === 'failed';
  toast(bad ? t('overall.failed') : placeholders(now).length ? t('overall.partial') : t('watch.allReady'), bad ? 'bad' : 'good');
}
