// The voice, and which of its words is heard right now.

const LINGER = 0.35; // seconds a word stays lit after its end when none follows

/**
 * Plays a narration. Events: `word` (its index, -1 for none) by one animation-frame loop, which the audio's `playing`
 * starts and its pause ends; `change` when it begins, stands still or ends; `trouble` when the sound cannot be had.
 */
export class Narration extends EventTarget {
  #words = [];
  #frame = 0;
  #freshUrl;
  #triedAt = -Infinity;

  constructor() {
    super();
    this.lit = -1;
    this.audio = new Audio();
    this.audio.preload = 'auto';
    this.audio.preservesPitch = true;
    this.audio.addEventListener('playing', () => this.#follow());
    for (const event of ['playing', 'pause', 'ended', 'waiting'])
      this.audio.addEventListener(event, () => this.#tell('change'));
    this.audio.addEventListener('seeked', () => {
      if (this.isPlaying) this.#look();
    });
    this.audio.addEventListener('error', () => this.#recover());
  }

  /** Sound and words; `freshUrl` is asked when the URL has ended. The place is kept. */
  load(url, words, freshUrl) {
    this.#freshUrl = freshUrl;
    this.#words = words;
    if (this.audio.src === url) return;
    const at = this.audio.currentTime;
    this.audio.src = url;
    if (at) this.audio.currentTime = at;
  }

  get isLoaded() {
    return Boolean(this.audio.src);
  }
  get isPlaying() {
    return !this.audio.paused && !this.audio.ended;
  }
  get rate() {
    return this.audio.playbackRate;
  }
  set rate(value) {
    this.audio.defaultPlaybackRate = value;
    this.audio.playbackRate = value;
  }

  async play() {
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name === 'NotAllowedError')
        this.#tell('trouble'); // a browser that waits for a tap
      else if (error.name !== 'AbortError' && error.name !== 'NotSupportedError') throw error; // #recover is told of those
    }
  }

  pause() {
    this.audio.pause();
  }
  toggle() {
    return this.isPlaying ? this.pause() : this.play();
  }

  /** Go to where this word begins. */
  goTo(word) {
    if (!this.#words[word]) return;
    this.audio.currentTime = this.#words[word].start + 0.001;
    if (!this.isPlaying) this.lit = -1; // who reads alone is shown no word
  }

  end() {
    cancelAnimationFrame(this.#frame);
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  #follow() {
    cancelAnimationFrame(this.#frame);
    const look = () => {
      this.#look();
      if (this.isPlaying) this.#frame = requestAnimationFrame(look);
    };
    look();
  }

  #look() {
    const word = this.wordAt(this.audio.currentTime);
    if (word === this.lit) return;
    this.lit = word;
    this.#tell('word');
  }

  /** The word that is heard at this second of the sound. */
  wordAt(seconds) {
    let low = 0;
    let high = this.#words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#words[middle].start <= seconds) low = middle + 1;
      else high = middle;
    }
    return low && seconds < this.#words[low - 1].end + LINGER ? low - 1 : -1;
  }

  /** The URL has ended, or the network was cut: with a new URL from where it stopped, at most every two seconds. */
  async #recover() {
    if (!this.audio.hasAttribute('src') || !this.#freshUrl) return;
    const { currentTime: at, paused, playbackRate } = this.audio;
    const again = performance.now() - this.#triedAt > 2000;
    this.#triedAt = performance.now();
    const url = again ? await this.#freshUrl() : null;
    if (!url) {
      this.audio.pause();
      this.#tell('trouble');
      return;
    }
    this.audio.src = url;
    this.audio.currentTime = at;
    this.rate = playbackRate;
    if (!paused) await this.play();
  }

  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}

/** Holds the screen on while `isWanted()`; browsers let go of it whenever the page is hidden. */
export class WakeLock {
  #lock = null;

  async update(isWanted) {
    if (!('wakeLock' in navigator)) return;
    if (isWanted && !this.#lock && document.visibilityState === 'visible') {
      try {
        this.#lock = await navigator.wakeLock.request('screen');
        this.#lock.addEventListener('release', () => {
          this.#lock = null;
        });
      } catch (error) {
        if (error.name !== 'NotAllowedError') throw error; // a battery that is low: the screen may go dark
      }
    } else if (!isWanted && this.#lock) {
      await this.#lock.release();
    }
  }
}
