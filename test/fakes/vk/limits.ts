import { ApiFailure } from './failure.ts';
import type { FakeButton } from './types.ts';

const MAX_LABEL = 40;
const MAX_PAYLOAD = 255;
const COLOURS = ['primary', 'secondary', 'positive', 'negative', 'default'];

/** VK counts characters, not UTF-16 units. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** A keyboard as VK takes it; 911 for anything else. */
export function checkKeyboard(text: string | undefined): { rows: FakeButton[][]; inline: boolean } | undefined {
  if (text === undefined || text === '') return undefined;
  const keyboard = parse(text);
  const { inline = false, one_time: oneTime, buttons } = keyboard as { inline?: unknown; one_time?: unknown; buttons?: unknown };
  if (typeof inline !== 'boolean' || !Array.isArray(buttons)) throw invalid('buttons are missing');
  if (inline && oneTime === true) throw invalid('one_time is not for inline keyboards');
  const rows = buttons.map((row: unknown) => {
    if (!Array.isArray(row) || row.length === 0) throw invalid('a row must be an array');
    if (row.length > 5) throw invalid('row is too long');
    return row.map(checkButton);
  });
  const count = rows.flat().length;
  if (rows.length > (inline ? 6 : 10) || count > (inline ? 10 : 40)) throw invalid('too many buttons');
  return { rows, inline };
}

function checkButton(button: unknown): FakeButton {
  const { action, color } = (button ?? {}) as { action?: Record<string, unknown>; color?: unknown };
  if (action === undefined || action === null) throw invalid('action is missing');
  const { type, label, payload, link } = action;
  if (type !== 'text' && type !== 'callback' && type !== 'open_link') throw invalid(`unknown action ${String(type)}`);
  if (typeof label !== 'string' || label === '' || lengthOf(label) > MAX_LABEL) throw invalid('label is wrong');
  if (color !== undefined && (type === 'open_link' || !COLOURS.includes(String(color)))) throw invalid('color is wrong');
  if (type === 'open_link') {
    if (typeof link !== 'string' || !/^https?:\/\/\S+$/.test(link)) throw invalid('link is wrong');
    return { label, type, link };
  }
  if (payload === undefined) return { label, type };
  if (typeof payload !== 'string' || lengthOf(payload) > MAX_PAYLOAD) throw invalid('payload is wrong');
  parse(payload);
  return { label, type, payload };
}

function parse(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Falls through to the refusal below.
  }
  throw invalid('it is no JSON');
}

function invalid(words: string): ApiFailure {
  return new ApiFailure(911, `Keyboard format is invalid: ${words}`);
}
