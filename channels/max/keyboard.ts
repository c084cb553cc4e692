import type { Button as MaxButton } from '@maxhub/max-bot-api/types';
import type { Button } from '../../domain/message/model.ts';

const MOST_ROWS = 30;
/** A row takes seven buttons, but three of them where one opens an address. */
const MOST_IN_ROW = 7;
const MOST_IN_ROW_WITH_LINK = 3;
/** So many characters of a row's labels together stand on a phone without being cut. */
const ROW_CHARACTERS = 24;

/** The buttons in their order: short labels share a row, others stand alone; where that makes too many rows, they are filled to the limit. */
export function keyboardOf(buttons: Button[]): MaxButton[][] {
  const loose = rowsOf(buttons, ROW_CHARACTERS);
  const rows = loose.length > MOST_ROWS ? rowsOf(buttons, Number.POSITIVE_INFINITY) : loose;
  return rows.map((row) => row.map(buttonOf));
}

function rowsOf(buttons: Button[], mostCharacters: number): Button[][] {
  const rows: Button[][] = [];
  for (const button of buttons) {
    const row = rows.at(-1);
    if (row !== undefined && fits([...row, button], mostCharacters)) row.push(button);
    else rows.push([button]);
  }
  return rows;
}

function fits(row: Button[], mostCharacters: number): boolean {
  const most = row.some(({ type }) => type === 'url') ? MOST_IN_ROW_WITH_LINK : MOST_IN_ROW;
  return row.length <= most && row.reduce((sum, { label }) => sum + label.length, 0) <= mostCharacters;
}

function buttonOf(button: Button): MaxButton {
  return button.type === 'url'
    ? { type: 'link', text: button.label, url: button.url }
    : { type: 'callback', text: button.label, payload: button.key };
}
