import type { Button } from '../../domain/message/model.ts';
import { shorten } from '../../domain/message/split-text.ts';
import { ChannelError } from '../channel.ts';
import { payloadOf } from './payload.ts';

const PER_ROW = 5;
const INLINE = { most: 10, rows: 6 };
const REGULAR = { most: 40, rows: 10 };
const MAX_LABEL = 40;
/** Buttons of a row are equally wide: so many characters of the longest label, times the buttons, fit a phone. */
const ROW_CHARACTERS = 30;

/**
 * The keyboard of a message, as VK's JSON: under the message up to 10 buttons, else (up to 40) in place of the phone's keyboard until one is pressed.
 * Buttons write a message with our key as its payload: unlike callback buttons every client shows them, and the choice stands in the client's own thread.
 * Throws ChannelError where VK could not take them.
 */
export function keyboardOf(buttons: Button[]): string | undefined {
  if (buttons.length === 0) return undefined;
  const inline = buttons.length <= INLINE.most;
  const { most, rows } = inline ? INLINE : REGULAR;
  if (buttons.length > most) {
    throw new ChannelError('refused', {
      code: 'too_many_buttons',
      words: `VK takes up to ${most} buttons, the message has ${buttons.length}`,
    });
  }
  return JSON.stringify({
    ...(inline ? { inline: true } : { one_time: true, inline: false }),
    buttons: rowsOf(buttons, rows).map((row) => row.map(buttonOf)),
  });
}

/** Short labels share a row; where that makes too many rows, all are filled alike. The order stays. */
function rowsOf(buttons: Button[], most: number): Button[][] {
  const rows: Button[][] = [];
  let longest = 0;
  for (const button of buttons) {
    const row = rows.at(-1);
    longest = Math.max(longest, button.label.length);
    if (row !== undefined && row.length < PER_ROW && longest * (row.length + 1) <= ROW_CHARACTERS) {
      row.push(button);
    } else {
      rows.push([button]);
      longest = button.label.length;
    }
  }
  if (rows.length <= most) return rows;
  const perRow = Math.ceil(buttons.length / most);
  return Array.from({ length: Math.ceil(buttons.length / perRow) }, (_, index) => buttons.slice(index * perRow, (index + 1) * perRow));
}

function buttonOf(button: Button) {
  const label = shorten(button.label, MAX_LABEL);
  if (button.type === 'url') return { action: { type: 'open_link', label, link: button.url } };
  const payload = payloadOf(button.key);
  if (payload === undefined)
    throw new ChannelError('refused', { code: 'button_key', words: `The key of the button "${label}" is too long for VK` });
  return { action: { type: 'text', label, payload }, color: 'secondary' };
}
