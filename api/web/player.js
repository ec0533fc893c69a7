// The narration's buttons and wishes: play, speed, whether pages turn by themselves, a timer for bedtime, larger letters.
import { h, icon, iconButton, toast } from './dom.js';
import { keptFile } from './offline.js';
import { Narration, WakeLock } from './narration.js';
import { assetsOf, isDone } from './story.js';
import { number, t } from './words.js';

const SPEEDS = [0.75, 0.9, 1, 1.1, 1.25];
const SLEEP = [0, 5, 10, 15, 30]; // minutes
const SIZES = [0.85, 1, 1.15, 1.35];
const FADE = 5000; // milliseconds in which the voice goes at bedtime
const KEPT = 'storytailor.reading';

const wishes = { rate: 1, turns: true, size: 1, ...JSON.parse(localStorage.getItem(KEPT) ?? '{}') };

export class Player {
  #narration = new Narration();
  #lock = new WakeLock();
  #key = '';
  #timer = null;
  #described = '';
  #left = false;

  /** `onword(index)`; `freshUrl()` gives the sound's URL anew; `turn(±1)` turns a page. */
  constructor({ signal, onword, freshUrl, turn }) {
    this.turn = turn;
    this.freshUrl = freshUrl;
    this.button = h('button', { type: 'button', class: 'play', onclick: () => this.toggle() });
    this.settings = this.#settings();
    this.#narration.rate = wishes.rate;
    this.#narration.addEventListener('word', () => onword(this.lit));
    this.#narration.addEventListener('change', () => this.#changed());
    this.#narration.addEventListener('trouble', () => toast(t('voice.trouble'), 'bad'));
    document.addEventListener('visibilitychange', () => this.#lock.update(this.isPlaying), { signal });
    signal.addEventListener('abort', () => this.#leave());
    this.#size();
    this.state('pending');
  }

  get isPlaying() {
    return this.#narration.isPlaying;
  }
  get lit() {
    return this.#narration.lit;
  }
  get turnsPages() {
    return wishes.turns;
  }

  /** The sound and its words; one that is there already goes on, whatever its URL is now. */
  async load(url, words, first) {
    const key = url.split('?')[0];
    if (key === this.#key) return;
    this.#key = key;
    const kept = await keptFile(url);
    if (this.#left) return;
    this.#narration.load(kept ?? url, words, this.freshUrl);
    this.#narration.rate = wishes.rate;
    if (first > 0) this.#narration.goTo(first);
    this.#changed();
  }

  /** How the voice is doing: only one that is there can be played. */
  state(status) {
    this.status = status;
    this.#changed();
  }

  play() {
    return this.#narration.isLoaded ? this.#narration.play() : toast(this.#why(), 'calm');
  }
  pause() {
    this.#narration.pause();
  }
  toggle() {
    return this.isPlaying ? this.pause() : this.play();
  }
  goTo(word) {
    if (word >= 0) this.#narration.goTo(word);
  }

  /** A large button for the cover. */
  starts() {
    return h(
      'button',
      { type: 'button', class: 'main big', onclick: () => this.play() },
      icon('play'),
      t('voice.readToMe'),
    );
  }

  /** Tell the phone's lock screen, a headset's keys and the like. */
  describe(story) {
    const { cover } = assetsOf(story);
    if (!('mediaSession' in navigator) || this.#described === story.title + (cover?.url ?? '')) return;
    this.#described = story.title + (cover?.url ?? '');
    navigator.mediaSession.metadata = new MediaMetadata({
      title: story.title,
      artist: 'Storytailor',
      artwork: isDone(cover) ? [{ src: cover.url, type: 'image/png', sizes: '1024x1024' }] : [],
    });
    const actions = {
      play: () => this.play(),
      pause: () => this.pause(),
      previoustrack: () => this.turn(-1),
      nexttrack: () => this.turn(1),
    };
    for (const [action, act] of Object.entries(actions)) navigator.mediaSession.setActionHandler(action, act);
  }

  #why() {
    return this.status === 'failed' ? t('voice.failed') : this.status ? t('voice.notYet') : t('voice.none');
  }

  #changed() {
    const playing = this.isPlaying;
    const label = playing ? t('voice.pause') : t('voice.play');
    this.button.replaceChildren(icon(playing ? 'pause' : 'play'), h('span', { class: 'unseen' }, label));
    this.button.title = label;
    this.button.classList.toggle('waiting', !this.#narration.isLoaded);
    if ('mediaSession' in navigator) navigator.mediaSession.playbackState = playing ? 'playing' : 'paused';
    this.#lock.update(playing);
  }

  #leave() {
    this.#left = true;
    clearTimeout(this.#timer);
    this.#narration.pause();
    this.#narration.end();
    this.#lock.update(false);
    if ('mediaSession' in navigator) navigator.mediaSession.metadata = null;
  }

  #sleepAfter(minutes) {
    clearTimeout(this.#timer);
    if (!minutes) return;
    toast(t('voice.sleepSet', { minutes: number(minutes) }));
    this.#timer = setTimeout(() => this.#fallAsleep(), minutes * 60_000);
  }

  async #fallAsleep() {
    const { audio } = this.#narration;
    const fading = setInterval(() => {
      audio.volume = Math.max(audio.volume - 0.05, 0);
    }, FADE / 20);
    setTimeout(() => {
      clearInterval(fading);
      this.pause();
      audio.volume = 1;
      this.settings.querySelector('[name=sleep]').value = '0';
    }, FADE);
  }

  #size() {
    document.documentElement.style.setProperty('--reading-size', wishes.size);
  }

  #wish(name, value) {
    wishes[name] = value;
    localStorage.setItem(KEPT, JSON.stringify(wishes));
  }

  #settings() {
    const panel = h(
      'div',
      { id: 'wishes', class: 'wishes', popover: 'auto' },
      choice(
        t('voice.speed'),
        'speed',
        SPEEDS,
        wishes.rate,
        (value) => `${number(value)} ×`,
        (value) => {
          this.#wish('rate', value);
          this.#narration.rate = value;
        },
      ),
      choice(
        t('voice.size'),
        'size',
        SIZES,
        wishes.size,
        (value) => number(value, { style: 'percent' }),
        (value) => {
          this.#wish('size', value);
          this.#size();
        },
      ),
      choice(
        t('voice.sleep'),
        'sleep',
        SLEEP,
        0,
        (value) => (value ? t('voice.minutes', { minutes: number(value) }) : t('voice.never')),
        (value) => this.#sleepAfter(value),
      ),
      h(
        'label',
        { class: 'check' },
        h('input', {
          type: 'checkbox',
          checked: wishes.turns,
          onchange: (event) => this.#wish('turns', event.target.checked),
        }),
        t('voice.turns'),
      ),
    );
    return h(
      'div',
      { class: 'tune' },
      iconButton('tune', t('voice.settings'), null, { popovertarget: 'wishes' }),
      panel,
    );
  }
}

const choice = (label, name, values, current, written, act) =>
  h(
    'label',
    { class: 'field' },
    h('span', { 'aria-hidden': 'true' }, label),
    h(
      'select',
      { name, 'aria-label': label, onchange: (event) => act(Number(event.target.value)) },
      values.map((value) => h('option', { value: String(value), selected: value === current }, written(value))),
    ),
  );
