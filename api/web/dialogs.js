// Questions and panels above the page, as the browser's own modal dialogs: focus stays in them and comes back after.
import { h, iconButton } from './dom.js';
import { t } from './words.js';

let opened = 0;

/** Open a panel; `fill(close)` gives its contents. Settles with what `close` was given, undefined when dismissed. */
export function openDialog(title, fill, { kind = '', lasting = false } = {}) {
  return new Promise((resolve) => {
    let result;
    const titleId = `dialog-${(opened += 1)}`; // a question may stand above a panel
    const close = (value) => {
      result = value;
      dialog.close();
    };
    const dialog = h(
      'dialog',
      { class: kind, 'data-lasting': lasting, 'aria-labelledby': titleId },
      h(
        'header',
        {},
        h('h2', { id: titleId }, title),
        !lasting && iconButton('close', t('close'), () => close()),
      ),
      h('div', { class: 'inside' }, fill(close)),
    );
    dialog.addEventListener('cancel', (event) => {
      if (lasting) event.preventDefault();
    });
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog && !lasting) close();
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A question with two answers; the safe one has the focus. */
export function confirm(title, text, yes) {
  return openDialog(
    title,
    (close) => [
      h('p', {}, text),
      h(
        'div',
        { class: 'row end' },
        h('button', { type: 'button', class: 'quiet', autofocus: true, onclick: () => close(false) }, t('cancel')),
        h('button', { type: 'button', class: 'danger', onclick: () => close(true) }, yes),
      ),
    ],
    { kind: 'small' },
  );
}
