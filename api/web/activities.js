// What to do with the book after reading it.
import { h } from './dom.js';
import { assetsOf } from './story.js';
import { t } from './words.js';

export function activities(story) {
  const { data } = assetsOf(story).activities ?? {};
  if (!data) return null;
  return h(
    'div',
    { class: 'activities', lang: story.language ?? 'en' },
    part(
      t('activities.questions'),
      data.questions?.map((one) =>
        h('details', {}, h('summary', { dir: 'auto' }, one.question), h('p', { dir: 'auto' }, one.answer)),
      ),
    ),
    part(
      t('activities.words'),
      data.vocabulary?.length &&
        h(
          'dl',
          {},
          data.vocabulary.map((one) => [h('dt', { dir: 'auto' }, one.word), h('dd', { dir: 'auto' }, one.meaning)]),
        ),
    ),
    part(
      t(`activities.${data.idea?.kind === 'talking' ? 'talking' : 'drawing'}`),
      data.idea && h('p', { dir: 'auto' }, data.idea.prompt),
    ),
  );
}

const part = (title, content) =>
  content && h('section', {}, h('h2', { lang: document.documentElement.lang }, title), content);
