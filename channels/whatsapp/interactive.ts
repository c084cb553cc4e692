import type { Button } from '../../domain/message/model.ts';
import { shorten } from '../../domain/message/split-text.ts';

/** So many answers stand as buttons; more open as a list. */
const MOST_REPLY_BUTTONS = 3;
const ROW_DESCRIPTION_LIMIT = 72;

type Action =
  | { type: 'button'; action: { buttons: { type: 'reply'; reply: { id: string; title: string } }[] } }
  | { type: 'list'; action: { button: string; sections: { rows: { id: string; title: string; description?: string }[] }[] } }
  | { type: 'cta_url'; action: { name: 'cta_url'; parameters: { display_text: string; url: string } } };

/**
 * The buttons of a part as WhatsApp has them: one link alone, up to three answers as buttons, up to ten as a list behind a button. `text`: what stands above
 * them; the language of the list's own button follows it.
 */
export function actionOf(buttons: Button[], text: string): Action {
  const [first] = buttons;
  if (first?.type === 'url') {
    return { type: 'cta_url', action: { name: 'cta_url', parameters: { display_text: first.label, url: first.url } } };
  }
  const replies = buttons.flatMap((button) => (button.type === 'reply' ? [button] : []));
  if (replies.length <= MOST_REPLY_BUTTONS) {
    const named = replies.map(({ key, label }) => ({ type: 'reply' as const, reply: { id: key, title: label } }));
    return { type: 'button', action: { buttons: named } };
  }
  const rows = replies.map(({ key, label, fullLabel }) => ({
    id: key,
    title: label,
    ...(fullLabel === undefined ? {} : { description: shorten(fullLabel, ROW_DESCRIPTION_LIMIT) }),
  }));
  const isRussian = /[а-яё]/i.test(text) || replies.some(({ label }) => /[а-яё]/i.test(label));
  return { type: 'list', action: { button: isRussian ? 'Выбрать' : 'Choose', sections: [{ rows }] } };
}
