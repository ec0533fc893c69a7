// What the parts of a story are called, and how they are doing.
import { t } from './words.js';

export function assetLabel(name) {
  const [, scene] = /^scene_(\d+)$/.exec(name) ?? [];
  return scene ? t('assets.scene', { number: scene }) : t(`assets.${name}`);
}

/** The part for lack of which this one was not made: the API says so in these words. */
export const blockedBy = ({ status, error }) =>
  (status === 'failed' && /^Not made, because (\w+) failed\.$/.exec(error)?.[1]) || null;

/** What is going on with a part, in a few words. */
export function stateOf(name, asset) {
  const { status, metadata = {}, error, progress } = asset;
  if (blockedBy(asset)) return t('states.blocked', { what: assetLabel(blockedBy(asset)) });
  if (status === 'failed') return error || t('states.failed');
  if (status === 'ready') return metadata.fallback ? t('states.placeholder') : t('states.ready');
  if (status === 'retrying') return t('states.retrying', { attempt: metadata.attempt ?? 2 });
  if (status === 'pending') return t('states.pending');
  if (name === 'cover' || name.startsWith('scene_')) {
    if (progress >= 66) return t('states.looking');
    return metadata.paletteStep ? t('states.painting', { step: metadata.paletteStep }) : t('states.sketching');
  }
  return t(`states.making.${['content', 'palette', 'audio', 'activities'].includes(name) ? name : 'book'}`);
}

export const overallLabel = (overall) => t(`overall.${overall}`);

/** A story's title; one that has none yet is called so by the API, in English. */
export const titleOf = (story) => (story.title === 'Untitled Story' ? t('shelf.untitled') : story.title);
