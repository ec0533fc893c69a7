// What the parts of a story are called, and how they are doing.
import { t } from './words.js';

export function assetLabel(name) {
  const [, scene] = /^scene_(\d+)$/.exec(name) ?? [];
  return scene ? t('assets.scene', { number: scene }) : t(`assets.${name}`);
}

/** What is going on with a part, in a few words. */
export function stateOf(name, asset) {
  const { status, metadata = {}, error, progress } = asset;
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
