// Elements, made without markup: what a family or a model wrote is text wherever it stands.
import { t } from './words.js';

/** h('p', {class: 'lead'}, 'text', node): attributes by name, `on…` listeners, nothing for null and false. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name.startsWith('--')) element.style.setProperty(name, value);
  else if (name === 'value' || name === 'checked') element[name] = value;
  else element.setAttribute(name, value === true ? '' : value);
}

/** Somebody's words among ours: in their own direction, whatever that is. */
export const said = (text, props = {}) => h('bdi', { dir: 'auto', ...props }, text ?? '');

const PATHS = {
  book: 'M12 6c-2-1.6-5-2-8-2v14c3 0 6 .4 8 2 2-1.6 5-2 8-2V4c-3 0-6 .4-8 2zm0 0v14',
  back: 'M15 5l-7 7 7 7',
  forward: 'M9 5l7 7-7 7',
  play: 'M8 5v14l11-7z',
  pause: 'M8 5v14M16 5v14',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 13l4 4L19 7',
  tune: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  moon: 'M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.500 10.500z',
  again: 'M4 12a8 8 0 0 1 14-5.300L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.300L4 15M4 20v-5h5',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.500 1.500M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.500-1.500',
  down: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  bin: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  stop: 'M7 7h10v10H7z',
};

/** A small drawing in the text's colour, which says nothing to a screen reader: its button does. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  for (const [key, value] of Object.entries({
    viewBox: '0 0 24 24',
    'aria-hidden': 'true',
    class: `icon icon-${name}`,
  })) {
    svg.setAttribute(key, value);
  }
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** A control that shows a drawing and is called by its label. */
export function iconButton(name, label, onclick, props = {}) {
  return h(
    'button',
    { type: 'button', class: 'round', 'aria-label': label, title: label, onclick, ...props },
    icon(name),
  );
}

/** A word to who cannot see what has changed. */
export function announce(text) {
  const region = document.getElementById('announcer');
  region.textContent = '';
  setTimeout(() => {
    region.textContent = text;
  }, 50); // a change of text alone is not always read
}

/** A short note that goes by itself, and stays while it is looked at. */
export function toast(text, kind = 'good') {
  const note = h(
    'div',
    { class: `toast ${kind}` },
    said(text),
    iconButton('close', t('close'), () => note.remove()),
  );
  document.getElementById('toasts').append(note);
  const wait = () => {
    if (note.matches(':hover, :focus-within')) setTimeout(wait, 2000);
    else note.remove();
  };
  setTimeout(wait, 7000);
}

/** Settles after so many milliseconds, or when `signal` aborts. */
export const pause = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
