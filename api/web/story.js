// What a story is, from its JSON: which parts it has, where they stand, and its pages with their words.

export const assetsOf = (story) => story.asset_generation_status.assets;
export const overall = (story) => story.asset_generation_status.overall;
export const isGrowing = (story) => overall(story) === 'generating';
export const canBeRead = (story) => Boolean(story.content?.beats?.length || story.texts?.length);
export const picture = (story, name) => assetsOf(story)[name];
export const isDone = (asset) => asset?.status === 'ready';
export const directionOf = (language) => (/^(ar|he|fa|ur)\b/.test(language ?? '') ? 'rtl' : 'ltr');

/** The names of the scenes, however many this story has. */
export const scenesOf = (story) =>
  Object.keys(assetsOf(story))
    .filter((name) => /^scene_\d+$/.test(name))
    .sort((one, other) => one.slice(6) - other.slice(6));

/** The whole story's progress in per cent: the mean of its parts'. */
export function progressOf(story) {
  const parts = Object.values(assetsOf(story));
  return Math.round(parts.reduce((sum, part) => sum + (isDone(part) ? 100 : part.progress), 0) / parts.length);
}

export const placeholders = (story) =>
  Object.keys(assetsOf(story)).filter((name) => assetsOf(story)[name].metadata?.fallback);
export const failed = (story) =>
  Object.keys(assetsOf(story)).filter((name) => assetsOf(story)[name].status === 'failed');

const MOST_WORDS = 95; // on a page: what a child takes in beside one picture, in large type

/**
 * The pages: {kind: cover | scene | end, picture, paragraphs, first, last}. A paragraph is a list of pieces
 * {text, word}, `word` an index into audio_words or undefined for what lies between words; first and last are the
 * words that are spoken on the page, -1 while there is no voice.
 */
export function pagesOf(story) {
  const blocks = Object.values(story.audio_blocks ?? {}).map(paragraphsOfHtml);
  const written = (story.texts ?? story.content?.beats?.map((beat) => beat.text) ?? []).map(paragraphsOfText);
  const texts = blocks.length ? blocks : written;
  const scenes = scenesOf(story);
  const inside = texts.flatMap((paragraphs, place) =>
    leaves(paragraphs).map((each) => ({
      kind: 'scene',
      picture: scenes[place] ?? 'cover',
      paragraphs: each,
      scene: place + 1,
    })),
  );
  const words = story.audio_words ?? [];
  const from = Math.min(...blocks.flat(2).flatMap((piece) => piece.word ?? []));
  const to = Math.max(...blocks.flat(2).flatMap((piece) => piece.word ?? []));
  const dedication = story.dedication ?? story.content?.dedication ?? '';
  const moral = story.moral ?? story.content?.moral ?? '';
  const opening = Number.isFinite(from) ? words.slice(0, from) : [];
  const ending = Number.isFinite(to) ? words.slice(to + 1) : [];
  const cover = { kind: 'cover', picture: 'cover', paragraphs: spokenLines([story.title, dedication], opening, 0) };
  const end = { kind: 'end', picture: 'cover', paragraphs: endingLines(moral, ending, to + 1) };
  return [cover, ...inside, end].map(withRange);
}

function withRange(page) {
  const spoken = page.paragraphs.flat().flatMap((piece) => piece.word ?? []);
  return { ...page, first: spoken.length ? Math.min(...spoken) : -1, last: spoken.length ? Math.max(...spoken) : -1 };
}

const wordsIn = (paragraph) =>
  paragraph
    .map((piece) => piece.text)
    .join('')
    .split(/\s+/)
    .filter(Boolean).length;

/** Paragraphs dealt out to as few pages as they need, about as full as each other. */
function leaves(paragraphs) {
  const total = paragraphs.reduce((sum, paragraph) => sum + wordsIn(paragraph), 0);
  const goal = total / Math.ceil(total / MOST_WORDS);
  const pages = [[]];
  let full = 0;
  for (const paragraph of paragraphs) {
    const size = wordsIn(paragraph);
    if (pages.at(-1).length && full + size / 2 > goal * pages.length) pages.push([]);
    pages.at(-1).push(paragraph);
    full += size;
  }
  return pages;
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#39': "'" };
const plain = (text) => text.replace(/&(\w+|#\w+);/g, (whole, name) => ENTITIES[name] ?? whole);

/** The API's safe HTML, one `<span data-w>` a word, as pieces of text: no markup goes into the page. */
function paragraphsOfHtml(html) {
  const paragraphs = [];
  let word;
  for (const [token, number] of html.matchAll(/<span data-w="(\d+)">|<[^>]*>|[^<]+/g)) {
    if (token === '<p>') paragraphs.push([]);
    else if (token === '<br>') paragraphs.at(-1).push({ text: '\n' });
    else if (number !== undefined) word = Number(number);
    else if (token === '</span>') word = undefined;
    else if (!token.startsWith('<')) paragraphs.at(-1)?.push({ text: plain(token), word });
  }
  return paragraphs;
}

const paragraphsOfText = (text) =>
  text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => [{ text: paragraph }]);

/** Lines with the spoken words found in them, one after the other. */
function spokenLines(lines, words, first) {
  let next = 0;
  return lines.filter(Boolean).map((line) => {
    const pieces = [];
    let reached = 0;
    for (; next < words.length; next += 1) {
      const bare = words[next].txt.replace(/[.]$/, ''); // a line without an end mark is spoken with one
      const at = line.indexOf(bare, reached);
      if (at < 0) break;
      if (at > reached) pieces.push({ text: line.slice(reached, at) });
      pieces.push({ text: bare, word: first + next });
      reached = at + bare.length;
    }
    if (reached < line.length) pieces.push({ text: line.slice(reached) });
    return pieces;
  });
}

/** "The End." as it is spoken in the story's language, then the moral. */
function endingLines(moral, words, first) {
  for (let length = 1; length <= Math.min(words.length, 6); length += 1) {
    const [rest] = spokenLines([moral], words.slice(length), first + length);
    if (rest?.filter((piece) => piece.word !== undefined).length === words.length - length) {
      const close = words
        .slice(0, length)
        .flatMap((word, place) => [{ text: word.txt, word: first + place }, { text: ' ' }]);
      return [close, rest];
    }
  }
  return moral ? [[{ text: moral }]] : [];
}
