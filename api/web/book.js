// The open book: one page with its picture beside or above its words, and the turning of pages.
import { calm, h, said } from './dom.js';
import { wear } from './palette.js';
import { assetsOf, directionOf, isDone } from './story.js';
import { t } from './words.js';

const TURN = 620; // milliseconds
const ROOMY = 400; // characters: a page with fewer has room for larger letters

/** `onword(index)`: a word was tapped or chosen; `onpicture()`: one did not load; `below(page)`: what its text is followed by. */
export class Book {
  constructor({ onword, onpicture, below }) {
    Object.assign(this, { onword, onpicture, below });
    this.spread = h('div', { class: 'spread' });
    this.node = h('div', { class: 'book' }, this.spread);
    this.turning = null;
    this.cursor = -1;
  }

  /** Show a page. `forward`: which way the leaf turns; null where nothing turns. */
  show(story, pages, index, forward = null) {
    this.turning?.finish();
    const old = this.spread;
    this.page = pages[index];
    this.cursor = -1;
    this.spread = this.#spread(story, pages, index);
    old.replaceWith(this.spread);
    this.node.dir = directionOf(story.language);
    wear(document.documentElement, story.hue_extracted_colors?.[this.page.picture]);
    if (forward !== null && !calm()) this.#turn(old, forward);
  }

  /** Light this word and no other. */
  light(word) {
    this.spread.querySelector('.lit')?.classList.remove('lit');
    if (word < 0) return;
    const element = this.spread.querySelector(`[data-w="${word}"]`);
    if (!element) return;
    element.classList.add('lit');
    this.#keepInView(element);
  }

  /** A picture that has come, or was painted again, without turning the page. */
  refresh(story) {
    const frame = this.spread.querySelector('.picture');
    if (frame && frame.dataset.shows !== key(story, this.page))
      frame.replaceWith(this.#picture(story, this.page, true));
    else if (frame) tellProgress(frame, assetsOf(story)[this.page.picture]);
  }

  #spread(story, pages, index) {
    const page = pages[index];
    const text = h(
      'div',
      {
        class: `words ${page.kind === 'scene' && lengthOf(page) < ROOMY ? 'roomy' : ''}`,
        lang: story.language ?? 'en',
        dir: 'auto',
        tabindex: '0',
        role: 'group',
        'aria-label': t('read.text'),
        onclick: (event) => this.#tapped(event),
        onkeydown: (event) => this.#key(event),
      },
      page.paragraphs.map((pieces, place) =>
        h(
          page.kind === 'cover' && place === 0 ? 'h2' : 'p',
          { class: classOf(page, place), dir: 'auto' },
          pieces.map(pieceNode),
        ),
      ),
      page.kind === 'cover' && names(story),
    );
    return h(
      'section',
      {
        class: `spread of-${page.kind}`,
        'aria-roledescription': t('read.page'),
        'aria-label': t('read.pageOf', { page: index + 1, pages: pages.length }),
      },
      this.#picture(story, page),
      h(
        'div',
        { class: 'leaf prose' },
        text,
        this.below(page),
        h('p', { class: 'folio', 'aria-hidden': 'true' }, index ? String(index) : ''),
      ),
    );
  }

  #picture(story, page, came = false) {
    const asset = assetsOf(story)[page.picture];
    const frame = h('figure', { class: 'leaf picture' });
    frame.dataset.shows = key(story, page);
    if (isDone(asset)) {
      const image = h('img', {
        alt: asset.metadata?.alt ?? '',
        src: asset.url,
        decoding: 'async',
        lang: story.language,
        onerror: () => this.onpicture(),
      });
      if (came) image.addEventListener('load', () => image.classList.add('here'));
      frame.append(image);
    } else {
      frame.append(h('div', { class: 'unpainted' }, h('p', { class: 'what' }), h('div', { class: 'bar' }, h('i'))));
      tellProgress(frame, asset);
    }
    return frame;
  }

  #tapped(event) {
    const word = event.target.closest('[data-w]');
    if (word && !String(getSelection())) this.onword(Number(word.dataset.w));
  }

  /** By keyboard: left and right go from word to word, Enter reads from there. */
  #key(event) {
    const words = [...this.spread.querySelectorAll('[data-w]')];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (this.node.dir === 'rtl' ? -1 : 1);
    if (words.length && step) {
      words[this.cursor]?.classList.remove('chosen');
      this.cursor = Math.min(Math.max(this.cursor + step, 0), words.length - 1);
      words[this.cursor].classList.add('chosen');
      words[this.cursor].scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && words[this.cursor]) {
      this.onword(Number(words[this.cursor].dataset.w));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #keepInView(element) {
    const place = element.getBoundingClientRect();
    const top = document.querySelector('.topbar')?.getBoundingClientRect().bottom ?? 0;
    const foot = document.querySelector('.controls')?.getBoundingClientRect().top ?? innerHeight;
    if (place.top < top || place.bottom > foot)
      element.scrollIntoView({ block: 'center', behavior: calm() ? 'auto' : 'smooth' });
  }

  /** The old leaf turns over the spine and uncovers the new page; copies turn, what can be read and used stands still. */
  #turn(old, forward) {
    const wide = getComputedStyle(this.node).getPropertyValue('--spread').trim() === 'wide';
    const sign = this.node.dir === 'rtl' ? -1 : 1;
    const copy = (spread, half) => strip(spread.querySelector(half).cloneNode(true));
    const layer = h('div', {
      class: `turning ${wide ? 'wide' : 'narrow'} ${forward ? 'ahead' : 'back'}`,
      'aria-hidden': 'true',
    });
    let angles;
    if (wide) {
      const [front, behind] = forward ? ['.prose', '.picture'] : ['.picture', '.prose'];
      layer.append(
        h('div', { class: 'still' }, copy(old, forward ? '.picture' : '.prose')),
        h(
          'div',
          { class: 'leaf-turning' },
          h('div', { class: 'face front' }, copy(old, front), h('i')),
          h('div', { class: 'face behind' }, copy(this.spread, behind), h('i')),
        ),
      );
      angles = forward ? [0, -180 * sign] : [0, 180 * sign];
    } else {
      const turned = forward ? old : this.spread;
      layer.append(
        h('div', { class: 'leaf-turning' }, h('div', { class: 'face front' }, strip(turned.cloneNode(true)), h('i'))),
      );
      angles = forward ? [0, -100 * sign] : [-100 * sign, 0];
    }
    this.node.append(layer);
    const leaf = layer.querySelector('.leaf-turning');
    const timing = { duration: wide ? TURN : TURN * 0.7, easing: 'cubic-bezier(.45,.05,.35,1)', fill: 'both' };
    this.turning = leaf.animate(
      angles.map((angle) => ({ transform: `rotateY(${angle}deg)` })),
      timing,
    );
    for (const shade of layer.querySelectorAll('.face > i'))
      shade.animate([{ opacity: 0 }, { opacity: 0.5 }, { opacity: 0 }], timing);
    this.turning.onfinish = () => {
      layer.remove();
      this.turning = null;
    };
  }
}

const key = (story, page) => assetsOf(story)[page.picture]?.url?.split('?')[0] ?? '';
const lengthOf = (page) => page.paragraphs.flat().reduce((sum, piece) => sum + piece.text.length, 0);
const pieceNode = (piece) =>
  piece.word === undefined ? piece.text : h('span', { class: 'w', 'data-w': piece.word }, piece.text);

function classOf(page, place) {
  if (page.kind === 'cover') return place === 0 ? 'title' : 'dedication';
  if (page.kind === 'end') return place === 0 && page.paragraphs.length > 1 ? 'the-end' : 'moral';
  return place === 0 ? 'opening' : null;
}

const names = (story) =>
  story.characters?.length
    ? h(
        'p',
        { class: 'names', lang: document.documentElement.lang },
        t('read.with'),
        ' ',
        story.characters.map((one, place) => [place ? ', ' : '', said(one.name)]),
      )
    : null;

/** What is being done about a picture that is not there yet. */
function tellProgress(frame, asset) {
  const what = frame.querySelector('.what');
  if (!what) return;
  const step = asset?.metadata?.paletteStep;
  what.textContent =
    asset?.status === 'failed' ? t('read.noPicture') : step ? t('read.painting', { step }) : t('read.unpainted');
  frame.querySelector('.bar i').style.inlineSize = `${asset?.progress ?? 0}%`;
}

function strip(copy) {
  copy.removeAttribute('aria-label');
  for (const each of copy.querySelectorAll('[tabindex], [id], button, a, input')) {
    if (each.matches('button, a, input')) each.tabIndex = -1;
    else each.removeAttribute('tabindex');
    each.removeAttribute('id');
  }
  return copy;
}
