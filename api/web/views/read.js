// The book: one's own, or one behind a shared link.
import * as api from '../api.js';
import { toast } from '../dom.js';
import { turnByKeysAndSwipes } from '../gestures.js';
import { keptStory } from '../offline.js';
import { Reader } from '../reader.js';
import { t } from '../words.js';

/** One's own story; without a network as it was kept. */
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
  return opened(context, new Reader(context, story, { load, own: !offline, place: `storytailor.page.${id}` }));
}

/** A story behind a shared link: to be read, and nothing else. */
export async function shared(context) {
  const [link] = context.params;
  const load = () => api.sharedStory(link);
  const place = `storytailor.page.${link.slice(0, 8)}`;
  return opened(context, new Reader(context, await load(), { load, own: false, shared: true, place }));
}

function opened({ signal }, reader) {
  turnByKeysAndSwipes(reader, signal);
  document.documentElement.dataset.reading = 'yes';
  signal.addEventListener('abort', () => document.documentElement.removeAttribute('data-reading'));
  return { title: reader.story.title, node: reader.node, shown: () => reader.begin() };
}
