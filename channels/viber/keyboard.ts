import type { Button } from '../../domain/message/model.ts';
import { shorten } from '../../domain/message/split-text.ts';

/** Viber's keyboard is a grid of six columns; a page says 24 rows, the FAQ 12: the smaller holds everywhere. */
const COLUMNS = 6;
const MOST_ROWS = 12;
const TEXT_LIMIT = 250;
/** So many characters stand on half a phone's width without being cut. */
const HALF_WIDTH_CHARACTERS = 20;

/** Buttons that leave no line in the client's chat (`Silent`) exist since this version of clients; without it Viber ignores the wish. */
export const KEYBOARD_API_VERSION = 6;

export interface ViberKeyboard {
  Type: 'keyboard';
  DefaultHeight: false;
  Buttons: ViberButton[];
}

interface ViberButton {
  Columns: number;
  Rows: 1;
  ActionType: 'reply' | 'open-url';
  ActionBody: string;
  Text: string;
  TextSize: 'regular';
  Silent: true;
}

/**
 * The buttons in their order: two short labels share a row, others stand alone; where that makes too many rows, every two share one.
 * `labelLimit`: longest label before escaping, for a message that would otherwise be too large.
 */
export function keyboardOf(buttons: Button[], labelLimit: number = TEXT_LIMIT): ViberKeyboard | undefined {
  if (buttons.length === 0) return undefined;
  const loose = rowsOf(buttons, (button) => button.label.length <= HALF_WIDTH_CHARACTERS);
  const rows = loose.length > MOST_ROWS ? rowsOf(buttons, () => true) : loose;
  return {
    Type: 'keyboard',
    DefaultHeight: false,
    Buttons: rows.flatMap((row) => row.map((button) => buttonOf(button, COLUMNS / row.length, labelLimit))),
  };
}

function rowsOf(buttons: Button[], isNarrow: (button: Button) => boolean): Button[][] {
  const rows: Button[][] = [];
  for (const button of buttons) {
    const row = rows.at(-1);
    if (row?.length === 1 && isNarrow(row[0]!) && isNarrow(button)) row.push(button);
    else rows.push([button]);
  }
  return rows;
}

function buttonOf(button: Button, columns: number, labelLimit: number): ViberButton {
  return {
    Columns: columns,
    Rows: 1,
    ActionType: button.type === 'url' ? 'open-url' : 'reply',
    ActionBody: button.type === 'url' ? button.url : button.key,
    Text: labelOf(button.label, labelLimit),
    TextSize: 'regular',
    // The client's chat shows the label's choice by our answer, not a row of meaningless letters.
    Silent: true,
  };
}

/** Viber reads simple HTML in labels; what was written as text stays text, and the escaped form too keeps within the limit. */
function labelOf(label: string, limit: number): string {
  for (let length = Math.min(label.length, limit); ; length -= 1) {
    const escaped = escapeHtml(shorten(label, Math.max(1, length)));
    if (escaped.length <= TEXT_LIMIT || length <= 1) return escaped;
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
