// How a visitor comes in where nobody is known by default: by Supabase's e-mail and password, or by a token.
import { openDialog } from '../dialogs.js';
import { h } from '../dom.js';
import { signInWithPassword, signInWithToken, waysIn } from '../session.js';
import { t } from '../words.js';

/** Asks until somebody is signed in; what was under way waits. */
export function askForSignIn() {
  return openDialog(
    t('signIn.title'),
    (close) => {
      const { supabase } = waysIn();
      const problem = h('p', { class: 'note problem', role: 'alert', hidden: true });
      const form = h(
        'form',
        {
          class: 'stack',
          onsubmit: async (event) => {
            event.preventDefault();
            problem.hidden = true;
            const wrong = await refusal(new FormData(form), supabase);
            if (!wrong) return close(true);
            problem.textContent = wrong;
            problem.hidden = false;
            return undefined;
          },
        },
        h('p', { class: 'hint' }, supabase ? t('signIn.about') : t('signIn.aboutToken')),
        supabase
          ? [
              h(
                'label',
                { class: 'field' },
                t('signIn.email'),
                h('input', { type: 'email', name: 'email', required: true, autocomplete: 'username', autofocus: true }),
              ),
              h(
                'label',
                { class: 'field' },
                t('signIn.password'),
                h('input', { type: 'password', name: 'password', required: true, autocomplete: 'current-password' }),
              ),
            ]
          : h(
              'label',
              { class: 'field' },
              t('signIn.token'),
              h('textarea', {
                name: 'token',
                rows: 4,
                required: true,
                autocomplete: 'off',
                spellcheck: 'false',
                dir: 'ltr',
                autofocus: true,
              }),
            ),
        problem,
        h('div', { class: 'row end' }, h('button', { class: 'main' }, t('signIn.do'))),
      );
      return form;
    },
    { kind: 'small', lasting: true },
  );
}

/** What was wrong with what was given; null when somebody is signed in now. */
async function refusal(data, supabase) {
  try {
    if (!supabase) signInWithToken(data.get('token'));
    else if (!(await signInWithPassword(data.get('email'), data.get('password')))) return t('signIn.wrong');
    return null;
  } catch (error) {
    if (supabase && error instanceof TypeError) return t('errors.OFFLINE');
    if (error instanceof TypeError || error instanceof SyntaxError || error.name === 'InvalidCharacterError')
      return t('signIn.noToken');
    throw error;
  }
}
