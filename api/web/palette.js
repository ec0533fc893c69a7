// Colours that follow the pictures, and text that can be read on them whatever they are.

const PAPER = { light: [255, 250, 241], dark: [34, 28, 38] };
const INK = { light: [0, 0, 0], dark: [255, 255, 255] };
const PLAIN = ['#8a4b2a', '#2f5d62', '#6b4a7c']; // where a picture has not been looked at yet
const READABLE = 4.5; // WCAG AA

const parsed = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const written = (color) => `rgb(${color.map(Math.round).join(' ')})`;

function luminance(color) {
  const [red, green, blue] = color.map((part) =>
    part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((first, second) => second - first);
  return (light + 0.05) / (dark + 0.05);
}

/** The colour, moved towards black or white as far as it has to be to be read on (and under) the paper's colour. */
function readable(color, theme) {
  let found = color;
  for (let step = 1; contrast(found, PAPER[theme]) < READABLE && step <= 20; step += 1) {
    found = color.map((part, place) => part + ((INK[theme][place] - part) * step) / 20);
  }
  return found;
}

/** Give an element a picture's colours: --hue-1 … --hue-3 to paint with, --lit to write with. */
export function wear(element, colors) {
  const hues = colors?.length === 3 ? colors : PLAIN;
  hues.forEach((hue, place) => element.style.setProperty(`--hue-${place + 1}`, hue));
  for (const theme of ['light', 'dark']) {
    element.style.setProperty(`--lit-${theme}`, written(readable(parsed(hues[0]), theme)));
  }
}
