// The book: page by page, read aloud or by oneself, also while its pictures are still being painted.
import * as api from '../api.js';
import { activities } from '../activities.js';
import { Book } from '../book.js';
import { announce, h, icon, iconButton, said, toast } from '../dom.js';
import { explain } from '../errors.js';
import { assetLabel } from '../labels.js';
import { keep, keptStory } from '../offline.js';
import { openPanel } from '../panel.js';
import { Player } from '../player.js';
import { assetsOf, canBeRead, isDone, isGrowing, overall, pagesOf, progressOf } from '../story.js';
import { number, t } from '../words.js';

/** One's own story. */
export async function read(context) {
  const [id] = context.params;
  let offline = false;
  const load = async () => {
    try {
      return await api.story(id);
    } catch (error) {
      const kept = error.code === 'OFFLINE' ? await keptStory(id) : null;
      if (!kept) throw error;
      offline = true;
      return kept;
    }
  };
  const story = await load();
  if (offline) toast(t('read.offline'));
  return open(context, story, { load, own: !offline, place: `storytailor.page.${id}` });
}

/** A story behind a shared link: to be read, and nothing else. */
export async function shared(context) {
  const [link] = context.params;
  const load = () => api.sharedStory(link);
  return open(context, await load(), { load, own: false, shared: true, place: `storytailor.page.${link.slice(0, 8)}` });
}

function open(context, first, { load, own, shared: isShared = false, place }) {
  const { signal, go, reload } = context;
  let story = first;
  let pages = pagesOf(story);
  let index = Math.min(Number(sessionStorage.getItem(place)) || 0, pages.length - 1);
  let renewedAt = 0;

  const player = new Player({
    signal,
    onword: (word) => heard(word),
    freshUrl: async () => {
      try {
        take(await load());
        return assetsOf(story).audio?.url ?? null;
      } catch (error) {
        toast(explain(error), 'bad');
        return null;
      }
    },
    turn: (step) => turn(index + step),
  });
  const book = new Book({
    onword: (word) => { player.goTo(word); player.play(); },
    extra: (page) => extra(page),
  });
  book.onpicture = async () => { // its URL has ended
    if (performance.now() - renewedAt < 5000) return;
    renewedAt = performance.now();
    story = await load();
    show(null);
  };

  const back = iconButton('back', t('read.back'), () => turn(index - 1), { class: 'round turn' });
  const next = iconButton('forward', t('read.next'), () => turn(index + 1), { class: 'round turn' });
  const where = h('span', { class: 'where' });
  const chip = h('a', { class: 'chip calm', href: own ? `#/watch/${story.id}` : null, hidden: true });
  const dots = h('div', { class: 'dots', 'aria-hidden': 'true' });

  const show = (forward) => {
    book.show(story, pages, index, forward);
    book.light(player.lit);
    where.textContent = t('read.where', { page: number(index + 1), pages: number(pages.length) });
    back.toggleAttribute('disabled', index === 0);
    next.toggleAttribute('disabled', index === pages.length - 1);
    dots.replaceChildren(...pages.map((_, at) => h('i', { class: at === index ? 'on' : null })));
    player.describe(story);
    const coming = assetsOf(story)[pages[index + 1]?.picture];
    if (isDone(coming)) new Image().src = coming.url;
  };
  const turn = (to, byVoice = false) => {
    if (to < 0 || to >= pages.length || to === index) return;
    const forward = to > index;
    const held = book.node.contains(document.activeElement);
    index = to;
    sessionStorage.setItem(place, index);
    if (!byVoice) player.goTo(pages[index].first);
    show(forward);
    if (held) book.spread.querySelector('.words').focus({ preventScroll: true });
    if (!byVoice) scrollTo({ top: 0, behavior: 'instant' });
    announce(t('read.pageOf', { page: index + 1, pages: pages.length }));
  };
  const heard = (word) => {
    if (word >= 0 && player.isPlaying && !(pages[index].first <= word && word <= pages[index].last)) {
      const at = pages.findIndex((page) => page.first <= word && word <= page.last);
      if (at >= 0 && at !== index) {
        if (player.turnsPages || at < index) turn(at, true);
        else player.pause();
      }
    }
    book.light(player.lit);
  };
  const extra = (page) => {
    if (page.kind === 'cover') return h('div', { class: 'row starts' }, player.starts(), h('button', { type: 'button', class: 'quiet', onclick: () => turn(1) }, t('read.myself')));
    if (page.kind === 'end') return activities(story);
    return null;
  };
  const panel = async () => {
    player.pause();
    const { picture, kind } = pages[index];
    const what = await openPanel(story, { shared: !own, open: kind === 'end' ? null : picture });
    if (what === 'repainted') {
      toast(t('read.repainting', { what: assetLabel(picture) }));
      follow();
    }
    if (what === 'remade') go(`#/watch/${story.id}`);
    if (what === 'deleted') go('#/');
  };

  /** A newer state of the same story: pictures come in where they are, the voice and its words when they are there. */
  const take = (now) => {
    const before = story;
    story = now;
    const came = (name) => isDone(assetsOf(now)[name]) && !isDone(assetsOf(before)[name]);
    const same = pages.length;
    pages = pagesOf(story);
    index = Math.min(index, pages.length - 1);
    if (same !== pages.length || textChanged(before, now) || isGrowing(before) !== isGrowing(now)) show(null);
    else book.refresh(story);
    tellState();
    voice();
    if (came('cover') && isGrowing(now)) toast(t('watch.coverReady'));
    if (isGrowing(before) && !isGrowing(now)) {
      toast(overall(now) === 'ready' ? t('watch.allReady') : t(`overall.${overall(now)}`), overall(now) === 'failed' ? 'bad' : 'good');
      if (own) keep(now);
    }
  };
  const voice = () => {
    const { audio } = assetsOf(story);
    if (isDone(audio) && story.audio_words) player.load(audio.url, story.audio_words, pages[index].first);
    player.state(audio?.status);
  };
  const tellState = () => {
    chip.hidden = !isGrowing(story);
    chip.textContent = isGrowing(story) ? t('shelf.growing', { percent: number(progressOf(story)) }) : '';
  };
  let following = false;
  const follow = async () => {
    if (following) return;
    following = true;
    try {
      for await (const now of api.watch(story.id, signal, (connected) => chip.classList.toggle('lost', !connected))) take(now);
    } catch (error) {
      toast(explain(error), 'bad');
    } finally {
      following = false;
    }
  };

  show(null);
  tellState();
  voice();
  keys({ signal, turn: (step) => turn(index + step), go: (to) => turn(to < 0 ? pages.length - 1 : to), player, book });
  signal.addEventListener('abort', () => document.documentElement.removeAttribute('data-reading'));
  document.documentElement.dataset.reading = 'yes';

  return {
    title: story.title,
    node: h('div', { class: 'reader' },
      h('div', { class: 'topbar' },
        isShared ? h('span', { class: 'brand small' }, icon('book'), 'Storytailor') : h('a', { class: 'round', href: '#/', 'aria-label': t('read.toShelf'), title: t('read.toShelf') }, icon('back')),
        h('h1', { tabindex: '-1' }, said(story.title)), chip,
        iconButton('more', t('panel.title'), panel)),
      h('div', { class: 'table' }, canBeRead(story) || isGrowing(story) ? book.node : h('p', { class: 'note' }, t('read.nothing'))),
      h('div', { class: 'controls', role: 'group', 'aria-label': t('read.controls') }, back, player.button, next, h('div', { class: 'place' }, dots, where), player.settings)),
    shown: () => {
      if (own && isGrowing(story)) follow();
      if (own && !isGrowing(story)) keep(story);
    },
  };
}

const textChanged = (before, now) => before.title !== now.title || Boolean(before.audio_blocks) !== Boolean(now.audio_blocks) || Boolean(before.content?.beats) !== Boolean(now.content?.beats)
  || isDone(assetsOf(before).activities) !== isDone(assetsOf(now).activities);

/** Arrow keys and swipes turn pages, space speaks; in a form, a dialog or a button they are its own. */
function keys({ signal, turn, go, player, book }) {
  const direction = () => (book.node.dir === 'rtl' ? -1 : 1);
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, select, textarea, dialog, [popover]')) return;
    const act = {
      ArrowRight: () => turn(direction()), ArrowLeft: () => turn(-direction()),
      PageDown: () => turn(1), PageUp: () => turn(-1), Home: () => go(0), End: () => go(-1),
      ' ': event.target.closest('button, a, summary') ? undefined : () => player.toggle(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }, { signal });
  let from = null;
  book.node.addEventListener('touchstart', (event) => { from = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  book.node.addEventListener('touchend', (event) => {
    if (!from) return;
    const to = event.changedTouches[0];
    const [across, down] = [to.clientX - from.clientX, to.clientY - from.clientY];
    if (Math.abs(across) > 50 && Math.abs(across) > 2 * Math.abs(down)) turn(across < 0 ? direction() : -direction());
  }, { passive: true });
}
