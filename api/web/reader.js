// A book that is open: its pages, its voice, and what comes in while it is still being made.
import * as api from './api.js';
import { activities } from './activities.js';
import { Book } from './book.js';
import { announce, h, icon, iconButton, said, toast } from './dom.js';
import { explain } from './errors.js';
import { assetLabel } from './labels.js';
import { keep } from './offline.js';
import { openPanel } from './panel.js';
import { Player } from './player.js';
import { assetsOf, canBeRead, isDone, isGrowing, overall, pagesOf, progressOf } from './story.js';
import { number, t } from './words.js';

const RENEWED_ONCE_IN = 5000; // milliseconds: a picture that is not there at all asks for no end of new URLs

/** One reading. `load()` fetches the story again; `own`: its reader may change it; `place`: where the page is kept. */
export class Reader {
  #following = false;
  #renewedAt = -Infinity;

  constructor(context, story, { load, own, shared = false, place }) {
    Object.assign(this, { context, story, load, own, shared, place });
    this.pages = pagesOf(story);
    this.index = Math.min(Number(sessionStorage.getItem(place)) || 0, this.pages.length - 1);
    this.player = new Player({
      signal: context.signal,
      onword: (word) => this.#heard(word),
      freshUrl: () => this.#freshSound(),
      turn: (step) => this.turn(this.index + step),
    });
    this.book = new Book({
      onword: (word) => {
        this.player.goTo(word);
        this.player.play();
      },
      onpicture: () => this.#freshPicture(),
      below: (page) => this.#below(page),
    });
    this.back = iconButton('back', t('read.back'), () => this.turn(this.index - 1), { class: 'round turn' });
    this.next = iconButton('forward', t('read.next'), () => this.turn(this.index + 1), { class: 'round turn' });
    this.where = h('span', { class: 'where' });
    this.dots = h('div', { class: 'dots', 'aria-hidden': 'true' });
    this.chip = h('a', { class: 'chip calm', href: own ? `#/watch/${story.id}` : null, hidden: true });
    this.node = this.#node();
    this.show();
    this.#tellState();
    this.#hearVoice();
  }

  /** What goes on once it is shown: a growing story is followed, a whole one kept for when there is no network. */
  begin() {
    if (!this.own) return;
    if (isGrowing(this.story)) this.follow();
    else keep(this.story);
  }

  /** Show the page; `forward` is the way it turns, null where it only appears. */
  show(forward = null) {
    const { story, pages, index } = this;
    this.book.show(story, pages, index, forward);
    this.book.light(this.player.lit);
    this.where.textContent = t('read.where', { page: number(index + 1), pages: number(pages.length) });
    this.back.toggleAttribute('disabled', index === 0);
    this.next.toggleAttribute('disabled', index === pages.length - 1);
    this.dots.replaceChildren(...pages.map((_, at) => h('i', { class: at === index ? 'on' : null })));
    this.player.describe(story);
    const coming = assetsOf(story)[pages[index + 1]?.picture];
    if (isDone(coming)) new Image().src = coming.url;
  }

  /** Turn to a page, if there is one; the voice follows unless it was the voice that turned. */
  turn(to, byVoice = false) {
    if (to < 0 || to >= this.pages.length || to === this.index) return;
    const forward = to > this.index;
    const held = this.book.node.contains(document.activeElement);
    this.index = to;
    sessionStorage.setItem(this.place, to);
    if (!byVoice) this.player.goTo(this.pages[to].first);
    this.show(forward);
    if (held) this.book.spread.querySelector('.words').focus({ preventScroll: true });
    if (!byVoice) scrollTo({ top: 0, behavior: 'instant' });
    announce(t('read.pageOf', { page: to + 1, pages: this.pages.length }));
  }

  /** Take in what is made of the story from now on, until it is over. */
  async follow() {
    if (this.#following) return;
    this.#following = true;
    const connected = (yes) => this.chip.classList.toggle('lost', !yes);
    try {
      for await (const now of api.watch(this.story.id, this.context.signal, connected)) this.#take(now);
    } catch (error) {
      toast(explain(error), 'bad');
    } finally {
      this.#following = false;
    }
  }

  /** A newer state: pictures come in where they are, the voice and its words when they are there. */
  #take(now) {
    const before = this.story;
    this.story = now;
    const pages = pagesOf(now);
    const same = pages.length === this.pages.length && !textChanged(before, now);
    this.pages = pages;
    this.index = Math.min(this.index, pages.length - 1);
    if (same) this.book.refresh(now);
    else this.show();
    this.#tellState();
    this.#hearVoice();
    if (isGrowing(now) && came('cover', before, now)) toast(t('watch.coverReady'));
    if (!isGrowing(before) || isGrowing(now)) return;
    const end = overall(now);
    toast(end === 'ready' ? t('watch.allReady') : t(`overall.${end}`), end === 'failed' ? 'bad' : 'good');
    if (this.own) keep(now);
  }

  #heard(word) {
    const { first, last } = this.pages[this.index];
    if (word >= 0 && this.player.isPlaying && (word < first || word > last)) {
      const at = this.pages.findIndex((page) => page.first <= word && word <= page.last);
      if (at >= 0 && at > this.index && !this.player.turnsPages) this.player.pause();
      else if (at >= 0) this.turn(at, true);
    }
    this.book.light(this.player.lit);
  }

  #hearVoice() {
    const { audio } = assetsOf(this.story);
    const { first } = this.pages[this.index];
    if (isDone(audio) && this.story.audio_words) this.player.load(audio.url, this.story.audio_words, first);
    this.player.state(audio?.status);
  }

  #tellState() {
    const growing = isGrowing(this.story);
    this.chip.hidden = !growing;
    this.chip.textContent = growing ? t('shelf.growing', { percent: number(progressOf(this.story)) }) : '';
  }

  async #freshSound() {
    try {
      this.#take(await this.load());
      return assetsOf(this.story).audio?.url ?? null;
    } catch (error) {
      toast(explain(error), 'bad');
      return null;
    }
  }

  /** A picture's URL has ended: those of a new answer hold again. */
  async #freshPicture() {
    if (performance.now() - this.#renewedAt < RENEWED_ONCE_IN) return;
    this.#renewedAt = performance.now();
    try {
      this.story = await this.load();
      this.show();
    } catch (error) {
      toast(explain(error), 'bad');
    }
  }

  #below(page) {
    if (page.kind === 'end') return activities(this.story);
    if (page.kind === 'scene') return null;
    const alone = h('button', { type: 'button', class: 'quiet', onclick: () => this.turn(1) }, t('read.myself'));
    return h('div', { class: 'row starts' }, this.player.starts(), alone);
  }

  async #openPanel() {
    this.player.pause();
    const { picture, kind } = this.pages[this.index];
    const what = await openPanel(this.story, { shared: !this.own, open: kind === 'end' ? null : picture });
    if (what === 'repainted') {
      toast(t('read.repainting', { what: assetLabel(picture) }));
      this.follow();
    }
    if (what === 'remade') this.context.go(`#/watch/${this.story.id}`);
    if (what === 'deleted') this.context.go('#/');
  }

  #node() {
    const { story, book, player } = this;
    const home = this.shared
      ? h('span', { class: 'brand small' }, icon('book'), 'Storytailor')
      : h('a', { class: 'round', href: '#/', 'aria-label': t('read.toShelf'), title: t('read.toShelf') }, icon('back'));
    const more = iconButton('more', t('panel.title'), () => this.#openPanel());
    const place = h('div', { class: 'place' }, this.dots, this.where);
    const shown = canBeRead(story) || isGrowing(story) ? book.node : h('p', { class: 'note' }, t('read.nothing'));
    return h(
      'div',
      { class: 'reader' },
      h('div', { class: 'topbar' }, home, h('h1', { tabindex: '-1' }, said(story.title)), this.chip, more),
      h('div', { class: 'table' }, shown),
      h(
        'div',
        { class: 'controls', role: 'group', 'aria-label': t('read.controls') },
        ...[this.back, player.button, this.next, place, player.settings],
      ),
    );
  }
}

const came = (name, before, now) => isDone(assetsOf(now)[name]) && !isDone(assetsOf(before)[name]);

/** Whether an open page has to be set anew: other words, words that light up now, or activities. */
function textChanged(before, now) {
  const parts = (story) => [
    story.title,
    Boolean(story.audio_blocks),
    canBeRead(story),
    isDone(assetsOf(story).activities),
    isGrowing(story),
  ];
  return parts(before).join() !== parts(now).join();
}
